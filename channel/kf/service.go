package kf

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

// atOnce bounds the customers of an account who are answered at the same moment.
const atOnce = 32

// Observer is told what happens at the desks. Its methods are called from many goroutines; words have few values.
type Observer interface {
	// Pulled is told of every look at a desk: PullOK, PullFailed, or PullElsewhere when another replica is at it; and PullGone when
	// it is not looked after any more.
	Pulled(account bot.AccountName, desk, result string, items int)
	// Answered is told of every item, how long after it was sent, and whether something was said.
	Answered(account bot.AccountName, kind bot.Kind, after time.Duration, said bool)
	// Sent is told what became of a message to a customer: Sent, Undelivered, or in a word why it was not sent.
	Sent(account bot.AccountName, outcome string)
	// Waiting is told how many items more wait or are worked on.
	Waiting(account bot.AccountName, delta int)
	// Greeted is told how the welcome of a customer who opened a chat ended, and how long after.
	Greeted(account bot.AccountName, outcome string, after time.Duration)
}

// What observers are told.
const (
	PullOK        = "ok"
	PullFailed    = "error"
	PullElsewhere = "elsewhere"
	PullGone      = "gone"
	Sent          = "sent"
	Undelivered   = "undelivered" // the platform had taken it, and says that it did not arrive
)

// Media knows the files of the content by their ids. Again is for messages of which the platform does not know an id: it gives them
// with others, and without those that could not be had; changed is false when none of their ids is the content's.
type Media interface {
	Again(ctx context.Context, account bot.AccountName, messages []bot.Message) (_ []bot.Message, changed bool)
}

// Deps are what a Service works with.
type Deps struct {
	Engine   Engine
	API      *wxapi.Caller
	Tokens   *wxapi.Source // of an app that may use customer service
	Shared   wxapi.Shared  // what the replicas have in common
	Records  Records
	Media    Media // nil: media ids are as they are
	Observer Observer
	Log      *zap.Logger      // nil: nowhere
	Now      func() time.Time // the platform's clock; nil: time.Now
	// Owner names this process among replicas and restarts.
	Owner string
	// Rhythm is how often things are looked at; the zero Rhythm is right for production.
	Rhythm Rhythm
}

// Service is the customer service of one account: all its desks.
type Service struct {
	account  bot.AccountName
	engine   Engine
	api      *wxapi.Caller
	tokens   *wxapi.Source
	shared   wxapi.Shared
	records  Records
	media    Media
	observer Observer
	log      *zap.Logger
	now      func() time.Time
	owner    string
	rhythm   Rhythm
	slots    chan struct{}
	pace     pace

	ctx    context.Context // of everything that goes on
	cancel context.CancelFunc
	loops  sync.WaitGroup

	mu      sync.Mutex
	desks   map[string]*desk
	running bool
}

// New makes the customer service of an account.
func New(account bot.AccountName, d Deps) (*Service, error) {
	if d.Engine == nil || d.API == nil || d.Tokens == nil || d.Shared == nil || d.Records == nil || d.Owner == "" {
		return nil, fmt.Errorf("customer service of %s: %w", account, errors.New("it needs an engine, the platform's API with tokens, shared state, records and an owner"))
	}
	s := &Service{
		account: account, engine: d.Engine, api: d.API, tokens: d.Tokens, shared: d.Shared, records: d.Records, media: d.Media, observer: d.Observer,
		log: d.Log, now: d.Now, owner: d.Owner, rhythm: d.Rhythm.orDefaults(), slots: make(chan struct{}, atOnce), desks: map[string]*desk{},
	}
	if s.observer == nil {
		s.observer = unobserved{}
	}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.log = s.log.With(zap.String("account", string(account)))
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Start begins to look after the desks.
func (s *Service) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = true
	for _, d := range s.desks { // rung before
		s.loops.Go(d.run)
	}
	s.loops.Go(s.keepAccounts)
}

// Stop pulls no more, lets what is in work finish and waits for it, until ctx ends.
func (s *Service) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.running = false
	s.mu.Unlock()
	s.cancel()
	done := make(chan struct{})
	go func() {
		s.loops.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop customer service of %s: customers are still being answered: %w", s.account, ctx.Err())
	}
}

// Ring says that something waits at a desk; token is for the pull. Without a desk it may be any. It never blocks.
func (s *Service) Ring(desk, token string) {
	switch {
	case validDesk(desk):
		s.open(desk).ring(token)
	case desk == "":
		for _, d := range s.all() {
			d.ring("")
		}
	}
}

// Accounts says which desks the app may use from now on, and no longer. It never blocks.
func (s *Service) Accounts(added, removed []string) {
	for _, id := range removed {
		s.close(id)
	}
	for _, id := range added {
		if validDesk(id) {
			s.open(id).ring("")
		}
	}
}

// open finds a desk, and begins to look after one that is new.
func (s *Service) open(id string) *desk {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.desks[id]
	if d == nil {
		d = newDesk(s, id)
		s.desks[id] = d
		if s.running {
			s.loops.Go(d.run)
		}
	}
	return d
}

// close ends looking after a desk.
func (s *Service) close(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.desks[id]; d != nil {
		delete(s.desks, id)
		d.cancel()
		s.observer.Pulled(s.account, id, PullGone, 0)
	}
}

func (s *Service) all() []*desk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.desks))
}

// unobserved is the Observer of nobody.
type unobserved struct{}

func (unobserved) Pulled(bot.AccountName, string, string, int)             {}
func (unobserved) Answered(bot.AccountName, bot.Kind, time.Duration, bool) {}
func (unobserved) Sent(bot.AccountName, string)                            {}
func (unobserved) Waiting(bot.AccountName, int)                            {}
func (unobserved) Greeted(bot.AccountName, string, time.Duration)          {}
