package wxapi

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Kind is whose account it is.
type Kind string

// The kinds.
const (
	WeCom    Kind = "wecom"
	Official Kind = "official"
)

// SourceConfig of a Source.
type SourceConfig struct {
	Kind   Kind
	ID     string // corp id or app id
	Secret Secret
	Caller *Caller
	Shared Shared           // nil: this process is alone
	Now    func() time.Time // nil: the machine's clock
}

// Source gives the access token of one account and secret: an app of WeCom's has one of its own. It is safe for use by many
// goroutines.
type Source struct {
	c   SourceConfig
	key string
	log *zap.Logger

	token atomic.Pointer[held] // nil: none

	life    context.Context // of the flights
	end     context.CancelFunc
	flights sync.WaitGroup

	mu        sync.Mutex
	flight    *flight   // under way; nil: none
	notBefore time.Time // no flight before that, unless a token is missing and nothing failed
	failed    error     // of the last flight; nil: it was well
	failures  int       // in a row
	bad       string    // the last token that the platform took back
	recent    budget    // of tokens taken back
	closed    bool
}

// errClosed is what callers are told who come after Close.
var errClosed = errors.New("the source of tokens is closed")

// NewSource makes a Source. It fetches at the first Token; Close ends what it does in the background.
func NewSource(c SourceConfig) *Source {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Source{c: c, key: sharedKey(c.Kind, c.ID, c.Secret), log: c.Caller.log.With(zap.String("kind", string(c.Kind)), zap.String("id", c.ID))}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// String names the account.
func (s *Source) String() string { return fmt.Sprintf("tokens of %s %s", s.c.Kind, s.c.ID) }

// Close ends what is under way and waits for it. A token that is known is still given afterwards.
func (s *Source) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.flights.Wait()
}

// Token gives a token. Nobody waits while one is known: it is renewed in the background, ahead of its end. Otherwise all wait
// for one fetch, each for as long as its context says.
func (s *Source) Token(ctx context.Context) (string, error) {
	now := s.c.Now()
	if h := s.token.Load(); h.fresh(now) {
		return h.value, nil
	}
	h, f, err := s.depart(now)
	if h.usable(now) {
		return h.value, nil
	}
	if err != nil {
		return "", err
	}
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return "", fmt.Errorf("wait for a token: %w", ctx.Err())
	}
}

// keepEvery is how often Keep looks after the token.
const keepEvery = 30 * time.Second

// Keep renews the token ahead of its end also while nobody asks for it, so that whoever comes first does not wait. It returns
// when ctx ends.
func (s *Source) Keep(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		_, _ = s.Token(ctx) // a failure is logged where it happens, and met by whoever asks
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Invalidate says that the platform does not take the token any more. It does nothing when there is another one already, and
// tells whether asking for one is worth while: who is told too often stops believing it, so that no quarrel about tokens
// becomes a storm of fetches.
func (s *Source) Invalidate(ctx context.Context, token string) bool {
	h := s.token.Load()
	if h == nil || h.value != token {
		return true
	}
	s.mu.Lock()
	if s.token.Load() != h {
		s.mu.Unlock()
		return true
	}
	if !s.recent.take(s.c.Now()) {
		s.mu.Unlock()
		return false
	}
	s.bad = token
	s.token.Store(nil)
	s.mu.Unlock()
	s.dropShared(ctx, token)
	return true
}
