// Package batch joins calls that arrive together into one piece of work: one transaction, one statement, one pipeline.
//
// A call that arrives while nothing is going on starts at once and alone; the calls that arrive meanwhile wait for each
// other and go together next. There is no delay to tune: the busier the engine, the larger its batches.
package batch

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// ErrClosed says that the queue has been closed.
var ErrClosed = errors.New("closed")

// Call is one request and, once it has been worked on, its outcome.
type Call[Q, R any] struct {
	Request Q
	Result  R
	Err     error

	ctx  context.Context
	done chan struct{}
}

// Queue gives calls in batches to its workers. Its owner calls Close, which waits for them.
type Queue[Q, R any] struct {
	max  int
	work func([]*Call[Q, R])

	mu      sync.Mutex
	arrived sync.Cond
	waiting []*Call[Q, R]
	closed  bool
	workers sync.WaitGroup
}

// New starts a queue with a number of workers. Each gives work at most max calls at a time; work sets their Result or Err.
func New[Q, R any](workers, max int, work func([]*Call[Q, R])) *Queue[Q, R] {
	q := &Queue[Q, R]{max: max, work: work}
	q.arrived.L = &q.mu
	for range workers {
		q.workers.Go(q.run)
	}
	return q
}

// Do hands the request over and waits for its outcome. When ctx ends first, a call not yet taken up is dropped; one taken
// up is still done, and nobody learns its outcome.
func (q *Queue[Q, R]) Do(ctx context.Context, request Q) (R, error) {
	var none R
	if err := ctx.Err(); err != nil {
		return none, err
	}
	c := &Call[Q, R]{Request: request, ctx: ctx, done: make(chan struct{})}
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return none, ErrClosed
	}
	q.waiting = append(q.waiting, c)
	q.mu.Unlock()
	q.arrived.Signal()
	select {
	case <-c.done:
		return c.Result, c.Err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// Close refuses new calls, finishes those that wait and returns when the workers have stopped. It may be called twice.
func (q *Queue[Q, R]) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.arrived.Broadcast()
	q.workers.Wait()
}

func (q *Queue[Q, R]) run() {
	for {
		calls := q.next()
		if calls == nil {
			return
		}
		wanted := calls[:0:len(calls)]
		for _, c := range calls {
			if c.ctx.Err() == nil {
				wanted = append(wanted, c)
			}
		}
		if len(wanted) > 0 {
			q.work(wanted)
		}
		for _, c := range wanted {
			close(c.done)
		}
	}
}

// next waits for calls and takes them; nil when the queue is closed and empty.
func (q *Queue[Q, R]) next() []*Call[Q, R] {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 {
		if q.closed {
			return nil
		}
		q.arrived.Wait()
	}
	// The scheduler runs whoever was woken last: on a busy processor a caller and the worker would hand one call to and fro
	// while the others wait for their turn. Everybody who is ready to call goes first.
	q.mu.Unlock()
	runtime.Gosched()
	q.mu.Lock()
	if len(q.waiting) == 0 { // another worker was faster
		return []*Call[Q, R]{}
	}
	n := min(len(q.waiting), q.max)
	calls := q.waiting[:n:n]
	if q.waiting = q.waiting[n:]; len(q.waiting) == 0 {
		q.waiting = nil
	} else {
		q.arrived.Signal() // another worker may be idle
	}
	return calls
}
