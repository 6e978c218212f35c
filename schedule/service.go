package schedule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"guanjia/jobs"
	"guanjia/store"
)

// Queue is where the jobs of schedules are.
const Queue = "schedule"

const (
	// tendEvery is how often plans are looked after that should have come and did not, or were not taken up because the records were away.
	tendEvery = time.Minute
	// keepSlots is how long it can be told what happened at a time.
	keepSlots = 90 * 24 * time.Hour
	// elsewhere is how long a job waits for a replica that knows the content it is of.
	elsewhere = 10 * time.Second
	// runFor is how long one job goes on with a run before it lets others in (jobs: a minute).
	runFor = 20 * time.Second
)

// Config of a Service.
type Config struct {
	Store *store.Store
	Log   *zap.Logger      // nil: silent
	Now   func() time.Time // nil: time.Now. Plans are due by it
}

// Service lets plans happen at their times.
type Service struct {
	store *store.Store
	queue *jobs.Queue
	log   *zap.Logger
	now   func() time.Time

	plans atomic.Pointer[plans]

	adopting sync.Mutex
	known    map[string]string // by name, the version that this process has taken up; guarded by adopting

	wake    chan struct{}
	stop    chan struct{}
	running sync.WaitGroup
}

// plans are those of one reading of the content.
type plans struct {
	list  []Plan
	named map[string]*Plan
}

// New makes a Service. Add its jobs to the kinds, open the queue, give it plans, and Start it.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = zap.NewNop()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Service{store: c.Store, log: c.Log, now: c.Now, wake: make(chan struct{}, 1), stop: make(chan struct{})}
	return s
}

// tick is the job that lets the next time of a plan come. Its kind and arguments are for ever.
type tick struct {
	Name    string `json:"name"`
	Version int64  `json:"version"`
	At      int64  `json:"at"` // unix ms
}

// Kind names it.
func (tick) Kind() string { return "schedule_tick" }

// run is the job of a time that has come. Its kind and arguments are for ever.
type run struct {
	Name string `json:"name"`
	At   int64  `json:"at"` // unix ms
}

// Kind names it.
func (run) Kind() string { return "schedule_run" }

// Add tells kinds how plans are done.
func (s *Service) Add(kinds *jobs.Kinds) error {
	return errors.Join(
		jobs.Add(kinds, func(ctx context.Context, j jobs.Job[tick]) error { return s.tick(ctx, j.Args) }),
		jobs.Add(kinds, func(ctx context.Context, j jobs.Job[run]) error { return s.run(ctx, j.Args) }),
	)
}

// Open gives the Service its queue. It comes before the queue is started.
func (s *Service) Open(queue *jobs.Queue) { s.queue = queue }

// Use says which plans there are from now on: those of the content as it was just read.
func (s *Service) Use(list []Plan) {
	p := &plans{list: list, named: make(map[string]*Plan, len(list))}
	for i := range list {
		p.named[list[i].Name] = &list[i]
	}
	s.plans.Store(p)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// plan finds a plan; nil: the content has none of that name.
func (s *Service) plan(name string) *Plan {
	if p := s.plans.Load(); p != nil {
		return p.named[name]
	}
	return nil
}

// Start begins to look after the plans.
func (s *Service) Start() { s.running.Go(s.tend) }

// Stop ends that, and waits. The queue has been stopped before.
func (s *Service) Stop() {
	close(s.stop)
	s.running.Wait()
}

// tend takes up what the content says, and looks from time to time whether all is well.
func (s *Service) tend() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.running.Go(func() { <-s.stop; cancel() })
	ticks := time.NewTicker(tendEvery)
	defer ticks.Stop()
	for failed := false; ; {
		err := s.Adopt(ctx)
		if err == nil {
			_, err = s.store.TrimSlots(ctx, s.now().Add(-keepSlots))
		}
		if err != nil && !failed && ctx.Err() == nil {
			s.log.Warn("schedules could not be looked after, it is tried again", zap.Error(err))
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		case <-s.wake:
		}
	}
}

// Adopt writes the plans down as the content has them now. What this process has taken up before, and another one has changed since, is the
// other one's: it has read newer content.
func (s *Service) Adopt(ctx context.Context) error {
	s.adopting.Lock()
	defer s.adopting.Unlock()
	current := s.plans.Load()
	if current == nil {
		return nil // nothing has been read yet, which is not the same as reading nothing
	}
	rows, err := s.store.Plans(ctx)
	if err != nil {
		return err
	}
	there := make(map[string]store.Plan, len(rows))
	for _, r := range rows {
		there[r.Name] = r
	}
	known := make(map[string]string, len(current.list))
	for i := range current.list {
		p := &current.list[i]
		row, ok := there[p.Name]
		mine := s.known[p.Name] == p.Version
		if _, changes := p.adopted(row, s.now()); !ok || changes && (!mine || row.Fingerprint == p.Version) {
			if err := s.adopt(ctx, p); err != nil {
				return err
			}
		}
		known[p.Name] = p.Version
	}
	for _, r := range rows {
		_, still := current.named[r.Name]
		if _, was := s.known[r.Name]; !still && r.Fingerprint != "" && (was || s.known == nil) {
			if err := s.remove(ctx, r.Name); err != nil {
				return err
			}
		}
	}
	s.known = known
	return nil
}

func (s *Service) adopt(ctx context.Context, p *Plan) error {
	now := s.now()
	_, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		if err := store.MakePlan(ctx, tx, p.Name, now); err != nil {
			return 0, err
		}
		row, _, err := store.LockPlan(ctx, tx, p.Name)
		if err != nil {
			return 0, err
		}
		row, changes := p.adopted(row, now)
		if !changes {
			return 0, nil
		}
		if err := store.SavePlan(ctx, tx, row); err != nil {
			return 0, err
		}
		return 0, s.alarm(ctx, tx, row)
	})
	if err != nil {
		return fmt.Errorf("take up schedule %s: %w", p.Name, err)
	}
	return nil
}

func (s *Service) remove(ctx context.Context, name string) error {
	_, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		row, ok, err := store.LockPlan(ctx, tx, name)
		if err != nil || !ok {
			return 0, err
		}
		row.Version++
		row.Fingerprint, row.Next, row.ChangedAt = "", time.Time{}, s.now()
		return 0, store.SavePlan(ctx, tx, row)
	})
	if err != nil {
		return fmt.Errorf("remove schedule %s: %w", name, err)
	}
	return nil
}

// alarm inserts the job of the next time, if there is one.
func (s *Service) alarm(ctx context.Context, tx *store.Tx, row store.Plan) error {
	if row.Next.IsZero() {
		return nil
	}
	return s.queue.Insert(ctx, tx, jobs.New(tick{row.Name, row.Version, row.Next.UnixMilli()}).On(Queue).At(row.Next).Once())
}
