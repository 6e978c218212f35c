package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/store"
)

// errand is a job of the tests.
type errand struct {
	Name string `json:"name"`
}

func (errand) Kind() string { return "errand" }

// from tomorrow is a kind of job that only some versions know.
type fromTomorrow struct {
	Name string `json:"name"`
}

func (fromTomorrow) Kind() string { return "from_tomorrow" }

// done collects what jobs did.
type done struct {
	mu    sync.Mutex
	times map[string]int
	more  chan struct{}
}

func newDone() *done { return &done{times: map[string]int{}, more: make(chan struct{}, 1)} }

func (d *done) add(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.times[name]++
	select {
	case d.more <- struct{}{}:
	default:
	}
	return d.times[name]
}

func (d *done) of(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.times[name]
}

func (d *done) total() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, times := range d.times {
		n += times
	}
	return n
}

// wait waits until ok.
func (d *done) wait(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for !ok() {
		select {
		case <-d.more:
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			t.Fatalf("not done after a minute: %v", d.times)
		}
	}
}

// bench is an opened database with its jobs' tables.
func openStore(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{Log: zap.NewNop(), Synchronous: "NORMAL"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := jobs.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// start opens and starts a queue that does errands by do.
func start(t *testing.T, s *store.Store, now func() time.Time, do func(context.Context, jobs.Job[errand]) error) *jobs.Queue {
	t.Helper()
	kinds := jobs.NewKinds()
	if err := jobs.Add(kinds, do); err != nil {
		t.Fatal(err)
	}
	q, err := jobs.Open(t.Context(), jobs.Config{
		Store: s, Kinds: kinds, Queues: map[string]int{jobs.DefaultQueue: 20}, Now: now, Log: zaptest.NewLogger(t, zaptest.Level(zap.FatalLevel)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			t.Error(err)
		}
		q.Close()
	})
	return q
}

// insert inserts jobs in one transaction; fail takes it back.
func insert(t *testing.T, s *store.Store, q *jobs.Queue, fail error, all ...jobs.Insert) {
	t.Helper()
	_, err := store.InTx(t.Context(), s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return 0, errors.Join(q.Insert(ctx, tx, all...), fail)
	})
	if !errors.Is(err, fail) {
		t.Fatal(err)
	}
}

func onBothEngines(t *testing.T, f func(t *testing.T, url string)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		f(t, "sqlite:"+filepath.Join(t.TempDir(), "jobs.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		f(t, testproc.Postgres(t))
	})
}

func TestAJobIsDoneWhenItsTransactionCommits(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, d := openStore(t, url), newDone()
		q := start(t, s, nil, func(_ context.Context, j jobs.Job[errand]) error { d.add(j.Args.Name); return nil })
		insert(t, s, q, errors.New("changed my mind"), jobs.New(errand{"taken back"}))
		insert(t, s, q, nil, jobs.New(errand{"meant"}))
		d.wait(t, func() bool { return d.of("meant") == 1 })
		insert(t, s, q, nil, jobs.New(errand{"last"}))
		d.wait(t, func() bool { return d.of("last") == 1 })
		if n := d.of("taken back"); n != 0 {
			t.Errorf("a job of a transaction that was taken back was done %d times", n)
		}
	})
}

func TestAJobAskedForOftenIsDoneOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, d := openStore(t, url), newDone()
		q := start(t, s, nil, func(_ context.Context, j jobs.Job[errand]) error { d.add(j.Args.Name); return nil })
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() { insert(t, s, q, nil, jobs.New(errand{"once"}).Once()) })
		}
		wg.Wait()
		insert(t, s, q, nil, jobs.New(errand{"once"}).Once(), jobs.New(errand{"last"}).First(4))
		d.wait(t, func() bool { return d.of("last") == 1 && d.of("once") > 0 })
		insert(t, s, q, nil, jobs.New(errand{"once"}).Once(), jobs.New(errand{"very last"}))
		d.wait(t, func() bool { return d.of("very last") == 1 })
		if n := d.of("once"); n != 1 {
			t.Errorf("done %d times", n)
		}
	})
}

func TestWhatFailsComesAgainAndWhatCantBeDoneDoesNot(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, d := openStore(t, url), newDone()
		q := start(t, s, nil, func(_ context.Context, j jobs.Job[errand]) error {
			n := d.add(j.Args.Name)
			switch {
			case n > 1:
				return nil
			case j.Args.Name == "fails":
				return errors.New("no luck")
			case j.Args.Name == "panics":
				panic("no luck at all")
			case j.Args.Name == "not yet":
				return jobs.Later(10 * time.Millisecond)
			}
			return jobs.Never(errors.New("nobody there"))
		})
		insert(t, s, q, nil, jobs.New(errand{"fails"}), jobs.New(errand{"panics"}), jobs.New(errand{"not yet"}), jobs.New(errand{"never"}))
		d.wait(t, func() bool {
			return d.of("fails") == 2 && d.of("panics") == 2 && d.of("not yet") == 2 && d.of("never") == 1
		})
	})
}

func TestJobsAreDueByTheClockTheyAreGiven(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, d := openStore(t, url), newDone()
		var mu sync.Mutex
		var ahead time.Duration
		now := func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(ahead)
		}
		q := start(t, s, now, func(_ context.Context, j jobs.Job[errand]) error { d.add(j.Args.Name); return nil })
		insert(t, s, q, nil, jobs.New(errand{"tomorrow"}).At(now().Add(24*time.Hour)), jobs.New(errand{"now"}))
		d.wait(t, func() bool { return d.of("now") == 1 })
		if d.of("tomorrow") != 0 {
			t.Fatal("done a day early")
		}
		mu.Lock()
		ahead = 25 * time.Hour
		mu.Unlock()
		d.wait(t, func() bool { return d.of("tomorrow") == 1 })
	})
}

func TestTwoProcessesShareTheJobs(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		const many = 2000
		d := newDone()
		do := func(_ context.Context, j jobs.Job[errand]) error { d.add(j.Args.Name); return nil }
		one, other := openStore(t, url), openStore(t, url)
		q := start(t, one, nil, do)
		start(t, other, nil, do)
		var all []jobs.Insert
		for i := range many {
			all = append(all, jobs.New(errand{fmt.Sprint(i)}).Once())
		}
		insert(t, one, q, nil, all...)
		d.wait(t, func() bool { return d.total() >= many })
		for i := range many {
			if n := d.of(fmt.Sprint(i)); n != 1 {
				t.Errorf("job %d was done %d times", i, n)
			}
		}
	})
}

func TestAJobOfAnUnknownKindWaitsForTheVersionThatKnowsIt(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, d := openStore(t, url), newDone()
		q := start(t, s, nil, func(_ context.Context, j jobs.Job[errand]) error { d.add(j.Args.Name); return nil })
		insert(t, s, q, nil, jobs.New(fromTomorrow{"new"}))
		insert(t, s, q, nil, jobs.New(errand{"old"}))
		d.wait(t, func() bool { return d.of("old") == 1 })
		kinds := jobs.NewKinds()
		if err := jobs.Add(kinds, func(_ context.Context, j jobs.Job[fromTomorrow]) error { d.add(j.Args.Name); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := jobs.Add(kinds, func(_ context.Context, j jobs.Job[errand]) error { return nil }); err != nil {
			t.Fatal(err)
		}
		stop, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := q.Stop(stop); err != nil {
			t.Fatal(err)
		}
		upgraded, err := jobs.Open(t.Context(), jobs.Config{Store: s, Kinds: kinds, Queues: map[string]int{jobs.DefaultQueue: 2}})
		if err != nil {
			t.Fatal(err)
		}
		defer upgraded.Close()
		if err := upgraded.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.wait(t, func() bool { return d.of("new") == 1 })
		if err := upgraded.Stop(stop); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheSchemaIsCheckedAndReplicasMigrateTogether(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), url, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := jobs.CheckSchema(t.Context(), s); !errors.Is(err, jobs.ErrSchemaOlder) {
			t.Errorf("an empty database is said to be %v", err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := jobs.Migrate(t.Context(), s); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := jobs.CheckSchema(t.Context(), s); err != nil {
			t.Error(err)
		}
	})
}

// dueAtOnce names the environment variable with the number of jobs of one moment.
const dueAtOnce = "GUANJIA_JOBS_AT_ONCE"

// TestMultitudesOfOneMomentAreDoneOnceEach by two processes that take them up some at a time.
func TestMultitudesOfOneMomentAreDoneOnceEach(t *testing.T) {
	t.Parallel()
	many := 10_000
	if s := os.Getenv(dueAtOnce); s != "" {
		var err error
		if many, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	onBothEngines(t, func(t *testing.T, url string) {
		var ahead, atWork, most atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		d := newDone()
		do := func(_ context.Context, j jobs.Job[errand]) error {
			n := atWork.Add(1)
			for before := most.Load(); n > before && !most.CompareAndSwap(before, n); before = most.Load() {
			}
			d.add(j.Args.Name)
			atWork.Add(-1)
			return nil
		}
		one, other := openStore(t, url), openStore(t, url)
		q := start(t, one, now, do)
		start(t, other, now, do)
		moment := time.Now().Add(time.Hour)
		for at := 0; at < many; at += 1000 {
			var page []jobs.Insert
			for i := range min(1000, many-at) {
				page = append(page, jobs.New(errand{fmt.Sprint(at + i)}).At(moment))
			}
			insert(t, one, q, nil, page...)
		}
		began := time.Now()
		ahead.Store(int64(2 * time.Hour))
		for deadline := began.Add(10 * time.Minute); d.total() < many; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d are done", d.total(), many)
			}
		}
		t.Logf("%d jobs of one moment took %s", many, time.Since(began).Round(time.Millisecond))
		for i := range many {
			if n := d.of(fmt.Sprint(i)); n != 1 {
				t.Errorf("job %d was done %d times", i, n)
			}
		}
		if n := most.Load(); n > 40 { // twenty by each process
			t.Errorf("%d were worked on at the same time", n)
		}
	})
}
