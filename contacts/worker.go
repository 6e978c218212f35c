package contacts

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// Account is whom a Worker works for. Tokens that are nil are of what the account may not do.
type Account struct {
	Name      bot.AccountName
	Contacts  *wxapi.Source // WeCom: customer contact
	Service   *wxapi.Source // WeCom: customer service
	Followers *wxapi.Source // an official account's
}

// API calls the account's platform.
type API interface {
	Get(ctx context.Context, tokens *wxapi.Source, path string, query url.Values, out any) error
	Post(ctx context.Context, tokens *wxapi.Source, path string, in, out any) error
}

// Lease lets one of the replicas work for an account.
type Lease interface {
	TryLock(ctx context.Context, key, owner string, ttl time.Duration) (bool, error)
	Unlock(ctx context.Context, key, owner string) error
}

// Observer hears what a Worker does.
type Observer interface {
	// LookedUp is told of every look-up: of a "contact", the "tags" or a "person".
	LookedUp(account bot.AccountName, kind store.DirtyKind, outcome string)
	// TagPushed is told what became of a tag for one member's customer.
	TagPushed(account bot.AccountName, outcome store.PushOutcome)
	// ContactStatus is told now and then how things stand.
	ContactStatus(s Status)
}

// Config of a Worker.
type Config struct {
	Account  Account
	Records  Records
	API      API
	Lease    Lease
	Owner    string   // names this process among the replicas
	Observer Observer // nil: nobody
	Log      *zap.Logger
	Now      func() time.Time // nil: time.Now
	// TagGroup is the corp's group of tags in which tags are made.
	TagGroup string
	// SyncEvery is how often all customers are gone through; 0: only when it is asked for, and the first time.
	SyncEvery time.Duration
	// Idle is how long a Worker rests that has nothing to do; 0: idleFor.
	Idle time.Duration
}

const (
	// leaseFor is how long the right to work lasts without being taken again: longer than any one step takes.
	leaseFor = 90 * time.Second
	// leaseEvery is how often it is taken again, or tried by who does not have it.
	leaseEvery = 15 * time.Second
	// idleFor is how long a Worker rests that has nothing to do.
	idleFor = time.Second
	// callPause is between two calls: far from the 10,000 a minute that a corp has for each API (WeCom docs, 访问频率限制), so that
	// others of the corp's apps have theirs.
	callPause = 20 * time.Millisecond
	// takeMarks is how many marks are taken at a time.
	takeMarks = 100
	// statusEvery is how often an Observer is told how things stand.
	statusEvery = time.Minute
)

// Worker keeps one account's records in step with the platform.
type Worker struct {
	cfg     Config
	account Account
	records Records
	log     *zap.Logger
	now     func() time.Time

	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}

	// What follows is touched by the working goroutine alone.
	leased    time.Time // when the lease was taken last, by the machine's clock; zero: it is another's
	called    time.Time
	rests     time.Time // nothing is asked of the platform before
	syncRests time.Time
	narrow    string // the member before the batch that is asked for one by one; "-": none
	failures  int    // of steps, in a row
	told      time.Time
	warned    time.Time
}

// NewWorker makes a worker. It does nothing before Start.
func NewWorker(cfg Config) *Worker {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	if cfg.Observer == nil {
		cfg.Observer = unobserved{}
	}
	if cfg.Idle == 0 {
		cfg.Idle = idleFor
	}
	return &Worker{
		cfg: cfg, account: cfg.Account, records: cfg.Records, now: cfg.Now, narrow: none,
		log: cfg.Log.With(zap.String("account", string(cfg.Account.Name))),
	}
}

// Start begins to work. A second Start does nothing.
func (w *Worker) Start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel, w.done = cancel, make(chan struct{})
	go w.run(ctx)
}

// Stop ends the work and waits until it has ended. It may be called twice, and without a Start.
func (w *Worker) Stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done == nil {
		return
	}
	w.cancel()
	<-w.done
}

func (w *Worker) run(ctx context.Context) {
	defer close(w.done)
	defer w.release(context.WithoutCancel(ctx))
	for pause := time.Duration(0); sleep(ctx, pause); {
		pause = w.turn(ctx)
	}
}

// turn does one piece of work and tells how long to rest.
func (w *Worker) turn(ctx context.Context) time.Duration {
	ours, err := w.hold(ctx)
	if err == nil && !ours {
		return leaseEvery
	}
	did := false
	if err == nil {
		w.tell(ctx)
		did, err = w.step(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		w.failures++
		pause := min(pauseLimit, w.cfg.Idle<<min(w.failures, 10))
		w.log.Warn("contacts can't be kept in step now, will try again", zap.Duration("pause", pause), zap.Error(err))
		return pause
	}
	w.failures = 0
	if did {
		return 0
	}
	return w.cfg.Idle
}

// hold takes the right to work for the account, or takes it again in time.
func (w *Worker) hold(ctx context.Context) (bool, error) {
	began := time.Now()
	if !w.leased.IsZero() && began.Sub(w.leased) < leaseEvery {
		return true, nil
	}
	ours, err := w.cfg.Lease.TryLock(ctx, w.leaseKey(), w.cfg.Owner, leaseFor)
	switch {
	case err != nil:
		w.leased = time.Time{}
		return false, fmt.Errorf("take the lease of contacts: %w", err)
	case ours:
		w.leased = began
	default:
		w.leased = time.Time{}
	}
	return ours, nil
}

func (w *Worker) leaseKey() string { return "contacts:" + string(w.account.Name) }

// release lets another replica go on at once. If that fails, it goes on when the lease ends.
func (w *Worker) release(ctx context.Context) {
	if w.leased.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = w.cfg.Lease.Unlock(ctx, w.leaseKey(), w.cfg.Owner)
	w.leased = time.Time{}
}

// step does what is due, the most urgent first, and tells whether there was anything.
func (w *Worker) step(ctx context.Context) (bool, error) {
	more, err := w.findStrangers(ctx)
	if err != nil || w.now().Before(w.rests) {
		return more, err
	}
	worked, err := w.takeMarks(ctx)
	if err != nil || worked {
		return true, err
	}
	synced, err := w.syncStep(ctx)
	return more || synced, err
}

// errRest says that nothing of the account goes for a while: what is due stays due.
var errRest = errors.New("the account rests")

// rest notes what blocks the account.
func (w *Worker) rest(err error) error {
	pause := pauseAfter(err)
	w.rests = w.now().Add(pause)
	w.log.Warn("the platform can't be asked now", zap.Duration("pause", pause), zap.Error(err))
	return errRest
}

// pace keeps the calls apart.
func (w *Worker) pace(ctx context.Context) error {
	wait := callPause - time.Since(w.called)
	if !sleep(ctx, wait) {
		return ctx.Err()
	}
	w.called = time.Now()
	return nil
}

func (w *Worker) get(ctx context.Context, tokens *wxapi.Source, path string, query url.Values, out any) error {
	if err := w.pace(ctx); err != nil {
		return err
	}
	return w.cfg.API.Get(ctx, tokens, path, query, out)
}

func (w *Worker) post(ctx context.Context, tokens *wxapi.Source, path string, in, out any) error {
	if err := w.pace(ctx); err != nil {
		return err
	}
	return w.cfg.API.Post(ctx, tokens, path, in, out)
}

// sleep tells whether the time passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// unobserved is the Observer of nobody.
type unobserved struct{}

func (unobserved) LookedUp(bot.AccountName, store.DirtyKind, string) {}
func (unobserved) TagPushed(bot.AccountName, store.PushOutcome)      {}
func (unobserved) ContactStatus(Status)                              {}
