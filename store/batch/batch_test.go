package batch_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"guanjia/store/batch"
)

// double answers each request with its double, and notes the size of each batch.
type double struct {
	gate  chan struct{} // work waits for it
	mu    sync.Mutex
	sizes []int
}

func (d *double) work(calls []*batch.Call[int, int]) {
	<-d.gate
	d.mu.Lock()
	d.sizes = append(d.sizes, len(calls))
	d.mu.Unlock()
	for _, c := range calls {
		if c.Result = 2 * c.Request; c.Request == 13 {
			c.Err = errors.New("unlucky")
		}
	}
}

func TestCallsThatArriveTogetherGoTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &double{gate: make(chan struct{})}
		q := batch.New(1, 4, d.work)
		var callers sync.WaitGroup
		ask := func(n int) {
			callers.Go(func() {
				got, err := q.Do(t.Context(), n)
				if got != 2*n || (err != nil) != (n == 13) {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			})
		}
		ask(1)
		synctest.Wait() // it is at work, alone
		for n := range 6 {
			ask(10 + n)
		}
		synctest.Wait() // they wait for each other
		close(d.gate)
		callers.Wait()
		q.Close()
		if want := []int{1, 4, 2}; !slices.Equal(d.sizes, want) {
			t.Errorf("batches of %v instead of %v", d.sizes, want)
		}
	})
}

func TestWhoLeavesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &double{gate: make(chan struct{})}
		q := batch.New(1, 4, d.work)
		ctx, cancel := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		for n := range 3 { // the first is taken up, the others still wait
			callers.Go(func() {
				if _, err := q.Do(ctx, n); !errors.Is(err, context.Canceled) {
					t.Errorf("%d: %v", n, err)
				}
			})
			synctest.Wait()
		}
		cancel()
		callers.Wait()
		close(d.gate)
		if got, err := q.Do(t.Context(), 21); got != 42 || err != nil {
			t.Errorf("the next: %d, %v", got, err)
		}
		q.Close()
		if want := []int{1, 1}; !slices.Equal(d.sizes, want) {
			t.Errorf("batches of %v instead of %v: who left before was worked for", d.sizes, want)
		}
		if _, err := q.Do(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("a call that is over already: %v", err)
		}
	})
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &double{gate: make(chan struct{})}
		q := batch.New(2, 2, d.work)
		var callers sync.WaitGroup
		for n := range 9 {
			callers.Go(func() {
				if got, err := q.Do(t.Context(), n); got != 2*n || err != nil {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			})
		}
		synctest.Wait()
		callers.Go(q.Close)
		synctest.Wait()
		if _, err := q.Do(t.Context(), 1); !errors.Is(err, batch.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		close(d.gate)
		callers.Wait()
		q.Close() // a second time
	})
}
