package broadcast

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/segment"
	"guanjia/store"
)

// Outbox takes pushes and pauses them; *outbound.Outbox is one.
type Outbox interface {
	outbound.Enqueuer
	Pause(ctx context.Context, s *store.Store, scope store.PauseScope, name string) error
	Resume(ctx context.Context, s *store.Store, scope store.PauseScope, name string) (bool, error)
}

// Judge asks the policy what would become of a push to each of some people now, without sending it; *outbound.Service is one.
type Judge interface {
	JudgeAll(ctx context.Context, p outbound.Push, users []bot.UserID) ([]policy.Verdict, error)
}

// Inserter takes jobs; *jobs.Queue is one.
type Inserter interface {
	Insert(ctx context.Context, tx *store.Tx, jobs ...jobs.Insert) error
}

// Config of a Service.
type Config struct {
	Store    *store.Store
	Judge    Judge
	Accounts []bot.AccountName // that may be written on
	Callers  Callers           // nil: none
	Now      func() time.Time  // nil: time.Now
	Zone     *time.Location    // nil: UTC; what times are told in
	Log      *zap.Logger       // nil: silent
}

// Service keeps broadcasts and brings them out.
type Service struct {
	cfg    Config
	store  *store.Store
	queue  Inserter
	outbox Outbox
	now    func() time.Time
	log    *zap.Logger
	ahead  segment.Ahead
}

// New makes a Service. Add its jobs to the kinds, and Open it with the queue that is made of them.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	return &Service{cfg: c, store: c.Store, now: c.Now, log: c.Log}
}

// Open gives the Service its queue and outbox, before anything is asked of it.
func (s *Service) Open(q Inserter, o Outbox) { s.queue, s.outbox = q, o }

// Refusal is why something can't be done with a broadcast, in a sentence that says what to do instead.
type Refusal struct {
	Code   string // stable, for programs
	What   string
	Remedy string
	Number int // of people, where the refusal asks to confirm it
}

// Error gives what and remedy.
func (r *Refusal) Error() string { return r.What + "; " + r.Remedy }

// The codes of refusals.
const (
	codeUnknown    = "unknown"
	codeState      = "wrong_state"
	codeEmpty      = "empty"
	codeEverybody  = "everybody"
	codeAccount    = "unknown_account"
	codeNoWay      = "no_way"
	codeNotWritten = "not_writable"
)

func unknownBroadcast(id string) *Refusal {
	return &Refusal{Code: codeUnknown, What: fmt.Sprintf("there is no broadcast %q", id), Remedy: "list them with 'guanjia broadcast list'"}
}

func wrongState(b store.Broadcast, wanted string) *Refusal {
	return &Refusal{Code: codeState, What: fmt.Sprintf("broadcast %q is %s", b.ID, b.State), Remedy: wanted}
}

// Save keeps a draft that was checked, new or instead of the one with its id. Only what has not been started can be changed.
func (s *Service) Save(ctx context.Context, d Draft, who string) (store.Broadcast, error) {
	if d.To != Robot && !s.knows(d.Account) {
		return store.Broadcast{}, &Refusal{Code: codeAccount, What: fmt.Sprintf("there is no account %q", d.Account), Remedy: "write one of BOT_ACCOUNTS as account:"}
	}
	if why := s.cfg.Callers.fits(d); why != nil {
		return store.Broadcast{}, why
	}
	return store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (store.Broadcast, error) {
		now := s.now()
		b, err := store.LockBroadcast(ctx, tx, d.ID)
		act := "changed"
		switch {
		case errors.Is(err, store.ErrNotFound):
			b, act = store.Broadcast{ID: d.ID, State: store.BroadcastDraft, CreatedAt: now}, "drafted"
		case err != nil:
			return b, err
		case b.State != store.BroadcastDraft:
			return b, wrongState(b, "only a draft can be changed: give this one another id")
		}
		b.Name, b.Account, b.Kind, b.Draft = d.Name, d.Account, string(d.To), encode(d)
		b.DryRun, b.DryRunAt, b.PreviewedAt, b.ChangedAt = nil, time.Time{}, time.Time{}, now
		if err := store.SaveBroadcast(ctx, tx, b); err != nil {
			return b, err
		}
		return b, store.NoteBroadcast(ctx, tx, b.ID, store.BroadcastAct{Who: who, Act: act, At: now})
	})
}

func (s *Service) knows(a bot.AccountName) bool {
	for _, known := range s.cfg.Accounts {
		if known == a {
			return true
		}
	}
	return false
}

// List lists the broadcasts, the newest first.
func (s *Service) List(ctx context.Context) ([]store.Broadcast, error) {
	return s.store.Broadcasts(ctx)
}

// find reads a broadcast and its draft.
func (s *Service) find(ctx context.Context, id string) (store.Broadcast, Draft, error) {
	b, err := s.store.Broadcast(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return b, Draft{}, unknownBroadcast(id)
	}
	if err != nil {
		return b, Draft{}, err
	}
	d, err := decode(b.Draft)
	return b, d, err
}

// change locks a broadcast, lets f change it and writes it down with who did it.
func (s *Service) change(ctx context.Context, id, who, act, detail string, f func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error) (store.Broadcast, error) {
	return store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (store.Broadcast, error) {
		b, err := store.LockBroadcast(ctx, tx, id)
		if errors.Is(err, store.ErrNotFound) {
			return b, unknownBroadcast(id)
		}
		if err != nil {
			return b, err
		}
		if err := f(ctx, tx, &b); err != nil {
			return b, err
		}
		b.ChangedAt = s.now()
		if err := store.SaveBroadcast(ctx, tx, b); err != nil {
			return b, err
		}
		return b, store.NoteBroadcast(ctx, tx, id, store.BroadcastAct{Who: who, Act: act, Detail: detail, At: s.now()})
	})
}

// audience is the segment of a draft on its account. Where the platform sends and no policy is asked for each, who opted out is left out here.
func audience(d Draft) (*segment.Expr, error) {
	e, err := segment.Parse(d.Segment)
	if err != nil {
		return nil, fmt.Errorf("read the segment: %w", err)
	}
	on := &segment.Expr{Term: segment.Term{About: segment.Account, Name: string(d.Account)}}
	all := &segment.Expr{Op: segment.And, Kids: []*segment.Expr{on, e}}
	if d.To != GroupSend {
		return all, nil
	}
	for _, topic := range slices.Compact([]string{"", d.Topic}) {
		no := &segment.Expr{Term: segment.Term{About: segment.OptedOut, Name: topic}}
		all.Kids = append(all.Kids, &segment.Expr{Op: segment.Not, Kids: []*segment.Expr{no}})
	}
	return all, nil
}

// expires is when a broadcast that starts at a moment makes no sense any more.
func (d *Draft) expires(start time.Time, zone *time.Location) time.Time {
	span, err := content.ParseSpan(d.Expires)
	if err != nil { // none was written
		return start.Add(outbound.DefaultLife)
	}
	return span.After(start, zone)
}
