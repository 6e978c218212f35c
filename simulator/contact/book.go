package contact

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Book is what the platform knows of one corp's customers. Its caller holds a lock around every call.
type Book struct {
	*State
	world World
	pairs map[pair]*Relation
}

// State is what has to be kept over a restart.
type State struct {
	Last       int64        `json:"last"` // names are numbered by it
	Relations  []*Relation  `json:"relations"`
	Codes      []*Code      `json:"codes"`
	Lines      []*Line      `json:"lines"` // of all chats, oldest first
	Tags       []*TagGroup  `json:"tags"`
	Ways       []*Way       `json:"ways"`
	Chats      []*Chat      `json:"chats"` // customers' groups
	Transfers  []*Transfer  `json:"transfers"`
	GroupSends []*GroupSend `json:"group_sends,omitempty"`
	Posts      []GroupPost  `json:"posts,omitempty"` // in customers' groups, oldest first
	Moments    []*Moment    `json:"moments,omitempty"`
	Console    Console      `json:"console"`
	Echoes     []Event      `json:"echoes,omitempty"` // to be pushed; see Console.Echo
}

// Console is what the corp's admins have set.
type Console struct {
	Welcomes   map[string]string `json:"welcomes"`        // by member: then no welcome codes are made
	SkipVerify map[string]bool   `json:"skip_verify"`     // members who can be added without their consent, by their own code
	Rival      *Rival            `json:"rival,omitempty"` // another app that uses the codes too
	Archive    bool              `json:"archive"`         // the conversation archive is on: customers must agree to it
	Left       map[string]bool   `json:"left"`            // members who have left the corp
	// Echo pushes edit_external_contact for remarks and tags of the API too. The platform's own pages contradict each other about it.
	Echo bool `json:"echo"`
}

// Rival is another app of the corp that welcomes customers. It takes each new code at once, and has sent its message after
// Takes; then it has failed when Fails is set, and the code is free again.
type Rival struct {
	TakesMS int64 `json:"takes_ms"`
	Fails   bool  `json:"fails,omitempty"`
	Once    bool  `json:"once,omitempty"` // with the next code only
}

// World is what the rest of the platform knows.
type World interface {
	// Members lists everybody, in the order of the address book.
	Members() []Member
	// Person finds a WeChat user by the name that the corp knows them by.
	Person(externalUserID string) (Person, bool)
	// Bound tells whether an open-platform account is bound to the corp, without which it sees no unionids.
	Bound() bool
	// Media finds what was uploaded; expired pieces are none.
	Media(id string, now time.Time) (Media, bool)
	// Uploaded tells whether a picture was uploaded by media/uploadimg, whose address it is.
	Uploaded(url string) bool
	// Linked tells whether a mini program belongs to the corp.
	Linked(appID string) bool
	// CodeURL is the address of the picture of a contact way's QR code.
	CodeURL(configID string) string
}

// Member is a member of the corp.
type Member struct {
	UserID  string
	Name    string
	Contact bool // has the right to customer contact
	Active  bool // has activated the account
}

// The types of external contact.
const (
	TypeWeChat = 1
	TypeWeCom  = 2 // of another corp
)

// Person is somebody outside of the corp.
type Person struct {
	Name    string
	Avatar  string
	Gender  int // 0 unknown, 1 male, 2 female
	Type    int
	UnionID string // empty of a WeCom user
}

// Media is a file on the platform.
type Media struct {
	Kind       string // "image", "voice", "video", "file"
	Attachment bool   // uploaded by upload_attachment, for moments: can't be used in messages
	Name       string
}

type pair struct{ member, customer string }

// Open works on a state, a new one when it is empty.
func Open(state *State, world World) *Book {
	b := &Book{State: state, world: world, pairs: map[pair]*Relation{}}
	if b.Console.Welcomes == nil {
		b.Console.Welcomes = map[string]string{}
	}
	if b.Console.SkipVerify == nil {
		b.Console.SkipVerify = map[string]bool{}
	}
	if b.Console.Left == nil {
		b.Console.Left = map[string]bool{}
	}
	for _, r := range b.Relations {
		b.pairs[pair{r.UserID, r.ExternalUserID}] = r
	}
	return b
}

// Refused is why an act can't be done, in words for the person who tried.
type Refused struct{ Why string }

func (r *Refused) Error() string { return r.Why }

func refuse(format string, args ...any) error { return &Refused{Why: fmt.Sprintf(format, args...)} }

// name makes a new name: a prefix and 30 characters. It follows from the count of names, so that a world can be repeated, and
// from the time, so that a new world does not give out the names of the one before it.
func (b *Book) name(prefix string, now time.Time) string {
	sum := b.draw(now)
	return prefix + base64.RawURLEncoding.EncodeToString(sum[:])[:30]
}

// hexName is a new name of 32 hexadecimal digits.
func (b *Book) hexName(now time.Time) string {
	sum := b.draw(now)
	return hex.EncodeToString(sum[:16])
}

func (b *Book) draw(now time.Time) [sha256.Size]byte {
	b.Last++
	return sha256.Sum256(fmt.Appendf(nil, "%d %d", b.Last, now.UnixNano()))
}

// staff finds a member who works here. User ids are the same in upper and lower case; the answer has the one of the address book.
func (b *Book) staff(userID string) (Member, bool) {
	for _, m := range b.world.Members() {
		if strings.EqualFold(m.UserID, userID) {
			return m, !b.Console.Left[m.UserID]
		}
	}
	return Member{}, false
}

// theirs finds a member who works here and may have customers, for acts.
func (b *Book) theirs(userID string) (Member, error) {
	m, ok := b.staff(userID)
	switch {
	case !ok:
		return m, refuse("没有成员 %q", userID)
	case !m.Contact:
		return m, refuse("成员 %s 没有客户联系权限", m.UserID)
	}
	return m, nil
}

// hold keeps a list within a bound by dropping the oldest.
func hold[T any](list []T, most int) []T {
	if extra := len(list) - most; extra > 0 {
		return slices.Delete(list, 0, extra)
	}
	return list
}
