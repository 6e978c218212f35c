package official

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/wxcrypt"
)

// Mode is how callbacks are protected: what an account is set to, and what a callback comes in. The zero Mode is the safest.
type Mode int

// The modes, as the platform's console calls them.
const (
	Secure     Mode = iota // 安全模式: encrypted only
	Compatible             // 兼容模式: plain and encrypted in one body, of which only the encrypted counts
	Plain                  // 明文模式: the body is neither signed nor encrypted
)

// ParseMode reads a mode: "secure", "compatible" or "plain".
func ParseMode(s string) (Mode, error) {
	for _, m := range []Mode{Secure, Compatible, Plain} {
		if s == m.String() {
			return m, nil
		}
	}
	return Secure, fmt.Errorf("mode %q is not one of secure, compatible, plain", s)
}

// String is what ParseMode reads.
func (m Mode) String() string {
	switch m {
	case Secure:
		return "secure"
	case Compatible:
		return "compatible"
	case Plain:
		return "plain"
	}
	return fmt.Sprintf("Mode(%d)", int(m))
}

// Config is what is set for one account.
type Config struct {
	Account bot.AccountName
	AppID   string
	Token   string
	// AESKey is the EncodingAESKey. Without it only Plain is possible; with it an account in Plain takes encrypted callbacks too.
	AESKey string
	// Mode is the weakest protection that is taken.
	Mode Mode
	// MaxSkew is how far a callback's timestamp may be from now, either way; 0: as far as it likes.
	MaxSkew time.Duration
}

// Replays remembers values under keys: PutOnce stores value unless something is there, and returns what is there then.
type Replays interface {
	PutOnce(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, error)
}

// Deps are what a Channel works with.
type Deps struct {
	Engine   callback.Engine
	Replays  Replays           // needed in Plain only
	Observer callback.Observer // nil: nobody
	Log      *zap.Logger       // nil: nowhere
	Now      func() time.Time  // the clock that timestamps are compared with; nil: time.Now
}

// Channel is the callback address of one account.
type Channel struct {
	endpoint *callback.Endpoint
	account  bot.AccountName
	token    string
	mode     Mode
	codec    *wxcrypt.Codec // nil without a key
	maxSkew  time.Duration
	engine   callback.Engine
	replays  Replays
	// What answers to messages and to events can carry.
	toMessage, toEvent bot.Fitter
}

// New makes the channel of an account.
func New(cfg Config, d Deps) (*Channel, error) {
	if err := cfg.check(d); err != nil {
		return nil, fmt.Errorf("official account %s: %w", cfg.Account, err)
	}
	c := &Channel{
		account: cfg.Account,
		token:   cfg.Token,
		mode:    cfg.Mode,
		maxSkew: cfg.MaxSkew,
		engine:  d.Engine,
		replays: d.Replays,

		toMessage: fitToMessage(),
		toEvent:   fitToEvent(),
	}
	if cfg.AESKey != "" {
		key, err := wxcrypt.ParseKey(cfg.AESKey)
		if err != nil {
			return nil, fmt.Errorf("official account %s: %w", cfg.Account, err)
		}
		c.codec = wxcrypt.NewCodec(cfg.Token, key, cfg.AppID)
	}
	c.endpoint = callback.New(callback.Config{
		Account: cfg.Account, MaxSkew: cfg.MaxSkew, Observer: d.Observer, Log: d.Log, Now: d.Now,
	}, callback.Protocol{Prove: c.prove, Receive: c.receive})
	return c, nil
}

// check names what is missing. It never quotes a secret.
func (cfg Config) check(d Deps) error {
	switch {
	case cfg.Account == "":
		return errors.New("the account has no name")
	case cfg.Token == "":
		return errors.New("the token is missing")
	case cfg.Mode < Secure || cfg.Mode > Plain:
		return fmt.Errorf("unknown mode %d", int(cfg.Mode))
	case cfg.AESKey == "" && cfg.Mode != Plain:
		return fmt.Errorf("mode %s needs the AES key", cfg.Mode)
	case cfg.AESKey != "" && cfg.AppID == "":
		return errors.New("the app id is missing: encrypted callbacks are addressed to it")
	case cfg.MaxSkew < 0:
		return errors.New("the clock window is negative")
	case d.Engine == nil:
		return errors.New("there is no engine")
	case d.Replays == nil && cfg.Mode == Plain:
		return errors.New("mode plain needs a memory of callbacks, against replays")
	}
	return nil
}

// Fit brings messages to what the answer to a person's message can carry.
func (c *Channel) Fit(messages []bot.Message) bot.Fitted { return c.toMessage.Fit(messages) }

var _ bot.Fitter = (*Channel)(nil)
