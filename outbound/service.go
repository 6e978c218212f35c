package outbound

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
	"guanjia/store/hot"
)

// Records keep what goes out; *store.Store does.
type Records interface {
	ClaimSend(ctx context.Context, id, by string, lease time.Duration) (store.Send, bool, error)
	InheritSend(ctx context.Context, id, by, from string) (store.Send, bool, error)
	Send(ctx context.Context, id string) (store.Send, bool, error)
	SendFacts(ctx context.Context, ask store.SendFactsAsk) (store.SendFacts, error)
	CrowdFacts(ctx context.Context, ask store.SendFactsAsk, members []store.CrowdMember) ([]store.SendFacts, error)
	StartSend(ctx context.Context, b store.SendStart) (bool, error)
	SettleSend(ctx context.Context, o store.SendOutcome) (bool, error)
	PauseSend(ctx context.Context, o store.SendOutcome, scope store.PauseScope, name string) (bool, error)
	TakeHeld(ctx context.Context, p bot.Person, key bot.EventKey, now time.Time) ([]store.Send, error)
	HeldSends(ctx context.Context, p bot.Person) ([]store.Send, error)
	DropHeld(ctx context.Context, id, reason string, now time.Time) error
	CloseSends(ctx context.Context, c store.SendClosed) error
	SendsClosed(ctx context.Context, now time.Time) ([]store.SendClosed, error)
	SendPauses(ctx context.Context) ([]store.SendPause, error)
	SendQuotas(ctx context.Context, day string) ([]store.SendQuota, error)
	SendsHeld(ctx context.Context) ([]bot.AccountName, error)
	ExpireHeldSends(ctx context.Context, now time.Time) (int, error)
	TrimSends(ctx context.Context, before time.Time) (int, error)
}

// Observer is told what becomes of pushes. Its methods are called from many goroutines; words have few values.
type Observer interface {
	// Pushed is told of every decision and outcome: the state that a push has come to, by which way, and why.
	Pushed(account bot.AccountName, budget policy.Budget, way policy.Way, state store.SendState, why policy.Reason)
	// PushTook is told how long after its time a push went out.
	PushTook(account bot.AccountName, after time.Duration)
}

// Locks let one replica do what needs to be done once.
type Locks interface {
	TryLock(ctx context.Context, key, owner string, ttl time.Duration) (bool, error)
}

// Rules are the house's own.
type Rules struct {
	Caps  policy.Caps
	Quiet policy.Quiet
	// PerSecond is how many messages an account sends by one way in a second, on all replicas together.
	PerSecond float64
}

// Config of a Service.
type Config struct {
	Store   *store.Store
	Caps    hot.Caps
	Pace    hot.Pace
	Locks   Locks
	Senders map[bot.AccountName]map[policy.Way]Sender
	Rules   Rules
	On      func(bot.AccountName) bool // whether pushes are switched on; nil: they are
	// Moot tells whether what a push is about is over, by its cause; nil: it never is. It is asked right before the policy.
	Moot     func(ctx context.Context, to bot.Person, cause string) (bool, error)
	Observer Observer         // nil: nobody
	Log      *zap.Logger      // nil: silent
	Now      func() time.Time // nil: time.Now. Pushes are due by it
	Owner    string           // names this process among replicas and restarts
	// Lease is how long a push is one worker's, by the database's clock; 0: DefaultLease. It must outlast the platform's answer.
	Lease time.Duration
}

// DefaultLease is longer than a worker may take (jobs: a minute).
const DefaultLease = 90 * time.Second

// Service sends pushes: the job of each, and what has to be looked at from time to time.
type Service struct {
	cfg     Config
	records Records
	store   *store.Store
	log     *zap.Logger
	now     func() time.Time
	board   *board
	outbox  *Outbox
	rests   rests
	serial  atomic.Uint64

	stop    chan struct{}
	running sync.WaitGroup
}

// New makes a Service. Add its jobs to the kinds, open the queue, and Start it with that.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.On == nil {
		c.On = func(bot.AccountName) bool { return true }
	}
	if c.Observer == nil {
		c.Observer = unobserved{}
	}
	if c.Lease == 0 {
		c.Lease = DefaultLease
	}
	s := &Service{cfg: c, records: c.Store, store: c.Store, log: c.Log, now: c.Now, stop: make(chan struct{})}
	s.board = newBoard(s.records, c.Now, c.Log)
	return s
}

// Add tells kinds how pushes are done.
func (s *Service) Add(kinds *jobs.Kinds) error {
	if err := jobs.Add(kinds, func(ctx context.Context, j jobs.Job[job]) error { return s.push(ctx, j.Args.ID) }); err != nil {
		return err
	}
	if err := jobs.Add(kinds, func(ctx context.Context, j jobs.Job[reportJob]) error { return s.report(ctx, j.Args) }); err != nil {
		return err
	}
	return jobs.Add(kinds, func(ctx context.Context, j jobs.Job[wakeJob]) error { return s.wake(ctx, j.Args) })
}

// Open gives the Service its queue, and looks once at what is paused. It comes before the queue is started.
func (s *Service) Open(ctx context.Context, queue *jobs.Queue) error {
	s.outbox = NewOutbox(queue, s.now)
	return s.board.refresh(ctx)
}

// Outbox takes pushes.
func (s *Service) Outbox() *Outbox { return s.outbox }

// Start begins to look at what is paused, closed and forgotten.
func (s *Service) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-s.stop; cancel() }()
	s.running.Go(func() { s.board.keep(ctx) })
	s.running.Go(func() { s.tend(ctx) })
}

// Stop ends that, and waits. The queue has been stopped before.
func (s *Service) Stop() {
	close(s.stop)
	s.running.Wait()
}

// worker names one try.
func (s *Service) worker() string {
	return s.outbox.queue.Worker() + workerSerial + strconv.FormatUint(s.serial.Add(1), 36)
}

// workerSerial parts the process from the try in a worker's name. (Versions before put another there, and what they left waits for the
// end of its lease.)
const workerSerial = "/"

// gone tells whether a process is known to have ended.
func (s *Service) gone(process string) bool { return s.outbox.queue.Gone(process) }

type unobserved struct{}

func (unobserved) Pushed(bot.AccountName, policy.Budget, policy.Way, store.SendState, policy.Reason) {
}
func (unobserved) PushTook(bot.AccountName, time.Duration) {}
