package wecom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/passive"
	"guanjia/channel/wxapi"
	"guanjia/channel/wxcrypt"
)

// Config is what is set for one account: one app of a corp.
type Config struct {
	Account bot.AccountName
	CorpID  string
	// AgentID is the app. What members say to another app is refused when it is set.
	AgentID string
	Token   string
	AESKey  string // EncodingAESKey
	// MaxSkew is how far a callback's timestamp may be from now, either way; 0: as far as it likes.
	MaxSkew time.Duration
}

// Marks remembers values under keys: PutOnce stores value unless something is there, and returns what is there then.
type Marks interface {
	PutOnce(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, error)
}

// Bells are rung when something waits at the desks of customer service, and told which desks there are. Their methods never
// block: the callback is acknowledged at once, what waits is fetched in the background.
type Bells interface {
	// Ring says that something waits at a desk (open kfid), to be fetched with token; without a desk it may be any.
	Ring(desk, token string)
	// Accounts says which desks the app may use from now on, and no longer.
	Accounts(added, removed []string)
}

// Media knows the files of the content by their ids. Again is for messages of which the platform does not know an id: it gives them
// with others, and without those that could not be had; changed is false when none of their ids is the content's.
type Media interface {
	Again(ctx context.Context, account bot.AccountName, messages []bot.Message) (_ []bot.Message, changed bool)
}

// Relations knows who of the staff has which customer.
type Relations interface {
	// HasOtherRelation tells whether somebody else than the member has the customer, as far as is known.
	HasOtherRelation(ctx context.Context, customer bot.Person, member string) (bool, error)
}

// Observer is told what becomes of callbacks and of welcome messages. Its methods are called from many goroutines.
type Observer interface {
	callback.Observer
	// Welcomed is told how the welcome of one customer ended, and how long after they came.
	Welcomed(account bot.AccountName, how Outcome, after time.Duration)
}

// Deps are what a Channel works with.
type Deps struct {
	Engine callback.Engine
	API    *wxapi.Caller // calls the platform; needed with Tokens
	Tokens *wxapi.Source // of an app that may use customer contact; nil: customers are not welcomed
	Marks  Marks         // needed with Tokens
	Bells  Bells         // of customer service; nil: nobody fetches what customers write there
	Media  Media         // nil: media ids are as they are
	// Relations tells whether a customer who ends the relation with one member has left; nil: every end is taken for that.
	Relations Relations
	Observer  Observer         // nil: nobody
	Log       *zap.Logger      // nil: nowhere
	Now       func() time.Time // the clock that timestamps are compared with; nil: time.Now
}

// Channel is the callback address of one account.
type Channel struct {
	endpoint  *callback.Endpoint
	decoder   decoder
	codec     *wxcrypt.Codec
	engine    callback.Engine
	api       *wxapi.Caller
	tokens    *wxapi.Source
	marks     Marks
	bells     Bells
	relations Relations
	media     Media
	observer  Observer
	log       *zap.Logger
	now       func() time.Time
	greeting  singleflight.Group // by welcome code
	fitters   fitters
}

// fitters know what the ways of answering carry.
type fitters struct{ reply, welcome, none bot.Fitter }

// maxArticles is how many link cards a passive reply shows (WeCom docs, 被动回复消息).
const maxArticles = 8

// New makes the channel of an account.
func New(cfg Config, d Deps) (*Channel, error) {
	if err := cfg.check(d); err != nil {
		return nil, fmt.Errorf("wecom account %s: %w", cfg.Account, err)
	}
	key, err := wxcrypt.ParseKey(cfg.AESKey)
	if err != nil {
		return nil, fmt.Errorf("wecom account %s: %w", cfg.Account, err)
	}
	c := &Channel{
		decoder:   decoder{account: cfg.Account, agent: cfg.AgentID, welcomes: d.Tokens != nil},
		codec:     wxcrypt.NewCodec(cfg.Token, key, cfg.CorpID),
		engine:    d.Engine,
		api:       d.API,
		tokens:    d.Tokens,
		marks:     d.Marks,
		bells:     d.Bells,
		relations: d.Relations,
		media:     d.Media,
		observer:  d.Observer,
		log:       d.Log,
		now:       d.Now,
		fitters:   fitters{reply: passive.Fitter{Cards: maxArticles}, welcome: welcomeFitter{}, none: laterFitter{}},
	}
	if c.observer == nil {
		c.observer = unobserved{}
	}
	if c.log == nil {
		c.log = zap.NewNop()
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.endpoint = callback.New(callback.Config{
		Account: cfg.Account, MaxSkew: cfg.MaxSkew, Observer: c.observer, Log: c.log, Now: c.now,
	}, callback.Protocol{Prove: c.prove, Receive: c.receive})
	c.log = c.log.With(zap.String("account", string(cfg.Account)))
	return c, nil
}

// check names what is missing. It never quotes a secret.
func (cfg Config) check(d Deps) error {
	switch {
	case cfg.Account == "":
		return errors.New("the account has no name")
	case cfg.CorpID == "":
		return errors.New("the corp id is missing: callbacks are addressed to it")
	case cfg.Token == "":
		return errors.New("the token is missing")
	case cfg.AESKey == "":
		return errors.New("the AES key is missing: WeCom's callbacks are always encrypted")
	case cfg.MaxSkew < 0:
		return errors.New("the clock window is negative")
	case d.Engine == nil:
		return errors.New("there is no engine")
	case d.Tokens != nil && (d.API == nil || d.Marks == nil):
		return errors.New("welcome messages need the platform's API and a memory of what was tried")
	}
	return nil
}

// unobserved is the Observer of nobody.
type unobserved struct{}

func (unobserved) Rejected(bot.AccountName, callback.Reason)        {}
func (unobserved) Took(bot.AccountName, time.Duration)              {}
func (unobserved) Welcomed(bot.AccountName, Outcome, time.Duration) {}
