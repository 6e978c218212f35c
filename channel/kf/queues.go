package kf

import (
	"context"
	"sync"
	"time"

	"guanjia/bot"
)

// queues take up what was pulled: the events of one customer one after the other, those of different customers beside each other.
type queues struct {
	slots chan struct{} // of all desks
	work  func(context.Context, job) bool
	count func(delta int) // of what waits or is worked on

	mu      sync.Mutex
	lines   map[bot.UserID]*line
	stopped bool
	workers sync.WaitGroup
}

// line is what waits of one customer.
type line struct {
	jobs   []job
	budget *budget
}

// job is an event to be dealt with; done is called when it has been.
type job struct {
	ev     *bot.Event
	done   func()
	budget *budget    // of what may be said to the customer
	newest *bot.Event // the newest message of theirs that is known; nil: none
	more   bool       // the newest is behind this one
}

func newQueues(slots chan struct{}, count func(int), work func(context.Context, job) bool) *queues {
	return &queues{slots: slots, work: work, count: count, lines: map[bot.UserID]*line{}}
}

// add puts an event behind the earlier ones of its customer. ctx ends the waits of whoever works on it.
func (q *queues) add(ctx context.Context, ev *bot.Event, done func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.stopped {
		return
	}
	q.count(1)
	l := q.lines[ev.User]
	if l == nil {
		l = &line{budget: &budget{}}
		q.lines[ev.User] = l
		q.workers.Go(func() { q.serve(ctx, ev.User, l) })
	}
	l.jobs = append(l.jobs, job{ev: ev, done: done})
}

// serve deals with what waits of one customer until there is nothing.
func (q *queues) serve(ctx context.Context, user bot.UserID, l *line) {
	for {
		q.slots <- struct{}{}
		j, ok := q.next(user, l)
		finished := ok && q.work(ctx, j)
		<-q.slots
		if !ok {
			return
		}
		q.count(-1)
		if !finished {
			q.giveUp(l)
			return
		}
		j.done()
	}
}

// next takes the next event of a line, and looks what is behind it.
func (q *queues) next(user bot.UserID, l *line) (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(l.jobs) == 0 || q.stopped {
		q.count(-len(l.jobs))
		delete(q.lines, user)
		return job{}, false
	}
	j := l.jobs[0]
	j.budget = l.budget
	for i, other := range l.jobs {
		if heard(other.ev) {
			j.newest, j.more = other.ev, i > 0
		}
	}
	l.jobs = l.jobs[1:]
	return j, true
}

// giveUp takes up nothing more, and forgets what waits of a customer behind an event that was not finished: it is pulled again,
// in order.
func (q *queues) giveUp(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopped = true
	q.count(-len(l.jobs))
	l.jobs = nil
}

// stop takes up nothing more and waits for what is in work.
func (q *queues) stop() {
	q.mu.Lock()
	q.stopped = true
	q.mu.Unlock()
	q.workers.Wait()
}

// rest waits for d and leaves the slot to others meanwhile. It tells whether there was time.
func rest(ctx context.Context, slots chan struct{}, d time.Duration) bool {
	<-slots
	ok := wait(ctx, d)
	slots <- struct{}{}
	return ok
}

// wait tells whether d passed before ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
