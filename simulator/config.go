package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/simulator/official"
)

// What the platform does unless a test asks otherwise; official account docs, "receive messages" and "passive replies".
const (
	DefaultDeadline   = 5 * time.Second // for one try, connecting included
	DefaultTries      = 3               // in total, per act
	DefaultRetryPause = time.Second     // before asking again when a try failed at once; not documented, a choice
)

// Config says what to play. An account or a corp is required.
type Config struct {
	Accounts []Account
	Corps    []Corp
	// Unbound says that the accounts and corps are not bound to one open platform: nobody has a union id then.
	Unbound bool
	// AllowEscapes reads JSON with \uXXXX escapes, which the platform refuses (40033).
	AllowEscapes bool

	Clock *Clock      // shared with the program under test; nil: one of its own
	Log   *zap.Logger // nil: none

	// StateFile keeps people, chats, pictures and the clock over a restart, as JSON; pictures lie beside it in a folder of
	// its name with ".media" added. Empty: nothing is kept.
	StateFile string
	// BaseURL is where the simulator is mounted as the bot reaches it, for the PicUrl of pictures:
	// "http://127.0.0.1:8080/simulator". Empty: picture URLs lead nowhere, as they do when they have expired.
	BaseURL string
	// Seed makes everything drawn by lot repeatable: openids, nonces, element order, chances of faults. 0: a new one each time.
	Seed uint64
	// MaxUsers is how many people there can be. 0: DefaultMaxUsers.
	MaxUsers int

	Deadline   time.Duration
	Tries      int
	RetryPause time.Duration
}

func (c *Config) setDefaults() {
	c.Deadline = cmp.Or(c.Deadline, DefaultDeadline)
	c.Tries = cmp.Or(c.Tries, DefaultTries)
	c.RetryPause = cmp.Or(c.RetryPause, DefaultRetryPause)
	c.MaxUsers = cmp.Or(c.MaxUsers, DefaultMaxUsers)
	if c.Clock == nil {
		c.Clock = &Clock{}
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
}

// Mode is how messages are protected.
type Mode string

// The modes an account can be set to.
const (
	ModePlain      Mode = "plain"      // 明文
	ModeCompatible Mode = "compatible" // 兼容: plain and encrypted side by side
	ModeSecure     Mode = "secure"     // 安全
)

// Account is one official account as its owner has set it up on the platform.
type Account struct {
	Name       string // short name in addresses; the operator's name of the account
	Title      string // what people see; empty: Name
	OriginalID string // gh_...
	AppID      string // wx...
	Token      string
	AESKey     string // EncodingAESKey, 43 characters; may be empty in plain mode
	Mode       Mode   // empty: secure
	Callback   string // URL that the callbacks are sent to

	Secret    string // AppSecret; empty: its API can't be used
	Certified bool   // 已认证: it may send customer-service messages, make codes and so on
	// Subscription makes it a subscription account (订阅号): one mass message a day, no template messages and no codes made by the API.
	Subscription bool
	TrustedIPs   []string // that may fetch a token (IP 白名单); empty: all
	// StaffOnly keeps what people say from the account while a servicer serves them. Otherwise it is still pushed, and the
	// answer is not shown.
	StaffOnly bool

	Servicers []KfAccount // 客服账号: who can take people over
	Templates []Template  // of template messages
	Articles  []Draft     // in its drafts (草稿箱), which mass messages may send
	Notices   []Template  // of subscription notifications (订阅通知), which each follower must have accepted

	Menu   []Button
	Scenes []Scene
	Media  []MediaFile // material of the account's own, which replies may show; it does not expire
	Faults []Fault     // what goes wrong from the start
}

// KfAccount is one 客服账号 of an official account: name@original id, and the name that people see.
type KfAccount = official.Servicer

// Template is one template (模板) of an account.
type Template = official.Template

// Draft is what lies in the drafts of an account under one media id.
type Draft = official.Draft

// Scene is one parametric QR code of an account.
type Scene struct {
	Key   string `json:"key"`
	Title string `json:"title,omitempty"` // for people who choose among the codes; empty: Key
}

// ButtonType says what tapping a menu button does.
type ButtonType string

// The types of button that can be tapped here.
const (
	ButtonClick       ButtonType = "click"
	ButtonView        ButtonType = "view"
	ButtonMiniProgram ButtonType = "miniprogram"
)

// Button is one entry of an account's menu; one with Sub only opens the list.
type Button struct {
	Name     string     `json:"name"`
	Type     ButtonType `json:"type,omitempty"`
	Key      string     `json:"key,omitempty"`      // click
	URL      string     `json:"url,omitempty"`      // view; miniprogram: where old clients go
	AppID    string     `json:"appid,omitempty"`    // miniprogram
	PagePath string     `json:"pagepath,omitempty"` // miniprogram
	Sub      []Button   `json:"sub_button,omitempty"`
}

// Limits of a menu and a scene; official account docs, "custom menu" and "parametric QR codes".
const (
	maxButtons     = 3
	maxSubButtons  = 5
	maxButtonName  = 60   // bytes
	maxButtonKey   = 128  // bytes
	maxButtonURL   = 1024 // bytes
	maxSceneString = 64   // characters
	aesKeyLength   = 43   // characters
	minTokenLength = 3    // characters
	maxTokenLength = 32   // characters
)

var (
	accountNamePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)
	tokenPattern       = regexp.MustCompile(`^[A-Za-z0-9]+$`)
)

// check refuses what the platform's own console would refuse, and names the remedy.
func (a *Account) check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("account %q: "+format, append([]any{a.Name}, args...)...))
	}
	if !accountNamePattern.MatchString(a.Name) {
		bad("the name must be 1 to 32 of a-z, 0-9, _ and -")
	}
	if !strings.HasPrefix(a.OriginalID, "gh_") {
		bad("the original id must start with gh_, got %q", a.OriginalID)
	}
	if a.AppID == "" {
		bad("the app id is missing")
	}
	if n := len(a.Token); n < minTokenLength || n > maxTokenLength || !tokenPattern.MatchString(a.Token) {
		bad("the token must be %d to %d letters and digits", minTokenLength, maxTokenLength)
	}
	if a.AESKey != "" || a.Mode != ModePlain {
		if len(a.AESKey) != aesKeyLength || !tokenPattern.MatchString(a.AESKey) {
			bad("the AES key must be %d letters and digits", aesKeyLength)
		}
	}
	switch a.Mode {
	case ModePlain, ModeCompatible, ModeSecure:
	default:
		bad("the mode must be plain, compatible or secure, got %q", a.Mode)
	}
	if u, err := url.Parse(a.Callback); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		bad("the callback must be an http or https URL, got %q", a.Callback)
	}
	errs = append(errs, a.checkMenu(), a.checkScenes())
	for _, f := range a.Faults {
		if err := f.check(); err != nil {
			bad("%w", err)
		}
	}
	return errors.Join(errs...)
}

func (a *Account) checkMenu() error {
	if len(a.Menu) > maxButtons {
		return fmt.Errorf("account %q: a menu has at most %d buttons, got %d", a.Name, maxButtons, len(a.Menu))
	}
	for _, b := range a.Menu {
		if len(b.Sub) > maxSubButtons {
			return fmt.Errorf("account %q: button %q has %d entries, at most %d are allowed", a.Name, b.Name, len(b.Sub), maxSubButtons)
		}
		for _, sub := range b.Sub {
			if err := sub.check(); err != nil {
				return fmt.Errorf("account %q: %w", a.Name, err)
			}
		}
		if len(b.Sub) > 0 && b.Name != "" {
			continue
		}
		if err := b.check(); err != nil {
			return fmt.Errorf("account %q: %w", a.Name, err)
		}
	}
	return nil
}

// check looks at a button that does something when tapped.
func (b *Button) check() error {
	switch {
	case b.Name == "" || len(b.Name) > maxButtonName:
		return fmt.Errorf("button %q: the name must be 1 to %d bytes", b.Name, maxButtonName)
	case len(b.Sub) > 0:
		return fmt.Errorf("button %q: an entry of a list can't have entries", b.Name)
	case len(b.URL) > maxButtonURL:
		return fmt.Errorf("button %q: the URL is longer than %d bytes", b.Name, maxButtonURL)
	}
	switch b.Type {
	case ButtonClick:
		if b.Key == "" || len(b.Key) > maxButtonKey {
			return fmt.Errorf("button %q: the key must be 1 to %d bytes", b.Name, maxButtonKey)
		}
	case ButtonView:
		if !isWebURL(b.URL) {
			return fmt.Errorf("button %q: the URL must be http or https, got %q", b.Name, b.URL)
		}
	case ButtonMiniProgram:
		if b.AppID == "" || b.PagePath == "" || !isWebURL(b.URL) {
			return fmt.Errorf("button %q: a mini program needs app id, page path and URL", b.Name)
		}
	default:
		return fmt.Errorf("button %q: the type must be click, view or miniprogram, got %q", b.Name, b.Type)
	}
	return nil
}

func (a *Account) checkScenes() error {
	seen := map[string]bool{}
	for _, s := range a.Scenes {
		if s.Key == "" || len([]rune(s.Key)) > maxSceneString {
			return fmt.Errorf("account %q: scene %q must be 1 to %d characters", a.Name, s.Key, maxSceneString)
		}
		if seen[s.Key] {
			return fmt.Errorf("account %q: scene %q is there twice", a.Name, s.Key)
		}
		seen[s.Key] = true
	}
	return nil
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
