package jobs_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"guanjia/jobs"
	"guanjia/store"
)

// workerEnv makes the test's own binary a process that takes up jobs and never ends them, so that it can be killed.
const workerEnv = "GUANJIA_TEST_JOB_WORKER"

func TestMain(m *testing.M) {
	if url := os.Getenv(workerEnv); url != "" {
		if err := hang(url); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func hang(url string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		return err
	}
	kinds := jobs.NewKinds()
	if err := jobs.Add(kinds, func(context.Context, jobs.Job[errand]) error { select {} }); err != nil {
		return err
	}
	q, err := jobs.Open(ctx, jobs.Config{Store: s, Kinds: kinds, Queues: map[string]int{jobs.DefaultQueue: 2}, Worker: "hanging"})
	if err != nil {
		return err
	}
	if err := q.Start(ctx); err != nil {
		return err
	}
	select {} // until it is killed
}

// hanging starts a process and waits until it has so many jobs at work.
func hanging(t *testing.T, s *store.Store, url string, want int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), workerEnv+"="+url), os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		n, err := store.InTx(t.Context(), s, func(ctx context.Context, tx *store.Tx) (int, error) {
			n, _, err := store.Get(ctx, tx, func(r store.Row) (n int, err error) { return n, r.Scan(&n) }, "SELECT COUNT(*) FROM river_job WHERE state = 'running'")
			return n, err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == want {
			return cmd
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d jobs are at work, not %d", n, want)
		}
	}
}

// inserting opens a queue that only inserts.
func inserting(t *testing.T, s *store.Store) *jobs.Queue {
	t.Helper()
	q, err := jobs.Open(t.Context(), jobs.Config{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// TestJobsOfAKilledProcessAreTakenUp by those who live, long before a job counts as stuck; what the living have at work stays theirs.
func TestJobsOfAKilledProcessAreTakenUp(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, d := openStore(t, url), newDone()
		idle := inserting(t, s)
		insert(t, s, idle, nil, jobs.New(errand{"one"}), jobs.New(errand{"two"}))
		killed := hanging(t, s, url, 2)
		held := make(chan struct{})
		do := func(_ context.Context, j jobs.Job[errand]) error {
			d.add(j.Args.Name)
			if j.Args.Name == "long" {
				<-held
			}
			return nil
		}
		if s.Engine() == "sqlite" { // one process at a time
			kill(killed)
			killed = nil
		}
		first := start(t, s, nil, do)
		t.Cleanup(func() { close(held) })
		insert(t, s, first, nil, jobs.New(errand{"long"}))
		d.wait(t, func() bool { return d.of("long") == 1 })
		second := start(t, s, nil, do)
		if killed != nil {
			if first.Gone("hanging") {
				t.Error("a living process is said to be gone")
			}
			kill(killed)
		}
		d.wait(t, func() bool { return d.of("one") == 1 && d.of("two") == 1 })
		for _, q := range []*jobs.Queue{first, second} {
			d.wait(t, func() bool { return q.Gone("hanging") })
		}
		if n := d.of("long"); n != 1 || first.Gone(second.Worker()) || second.Gone(first.Worker()) {
			t.Errorf("the living are taken for dead: their job was done %d times", n)
		}
	})
}

// A job that kills whoever does it is not given back at once for ever.
func TestAJobThatKillsItsProcessIsSuspected(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, url string) {
		s, d := openStore(t, url), newDone()
		idle := inserting(t, s)
		insert(t, s, idle, nil, jobs.New(errand{"deadly"}), jobs.New(errand{"harmless"}))
		kill(hanging(t, s, url, 2))
		_, err := store.InTx(t.Context(), s, func(ctx context.Context, tx *store.Tx) (int, error) {
			return tx.Exec(ctx, "UPDATE river_job SET attempt = 4 WHERE id = (SELECT MIN(id) FROM river_job)")
		})
		if err != nil {
			t.Fatal(err)
		}
		start(t, s, nil, func(_ context.Context, j jobs.Job[errand]) error { d.add(j.Args.Name); return nil })
		d.wait(t, func() bool { return d.of("harmless") == 1 })
		if d.of("deadly") != 0 {
			t.Error("it was given back at once")
		}
	})
}
