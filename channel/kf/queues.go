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
	work  func(context.Context, *bot.Event) bool
	count func(delta int) // of what waits or is worked on

	mu      sync.Mutex
	waiting map[bot.UserID][]job
	stopped bool
	workers sync.WaitGroup
}

// job is an event to be dealt with; done is called when it has been.
type job struct {
	ev   *bot.Event
	done func()
}

func newQueues(slots chan struct{}, count func(int), work func(context.Context, *bot.Event) bool) *queues {
	return &queues{slots: slots, work: work, count: count, waiting: map[bot.UserID][]job{}}
}

// add puts an event behind the earlier ones of its customer. ctx ends the waits of whoever works on it.
func (q *queues) add(ctx context.Context, ev *bot.Event, done func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.stopped {
		return
	}
	q.count(1)
	jobs, busy := q.waiting[ev.User]
	q.waiting[ev.User] = append(jobs, job{ev, done})
	if !busy {
		q.workers.Go(func() { q.serve(ctx, ev.User) })
	}
}

// serve deals with what waits of one customer until there is nothing.
func (q *queues) serve(ctx context.Context, user bot.UserID) {
	for {
		j, ok := q.next(user)
		if !ok {
			return
		}
		q.slots <- struct{}{}
		finished := q.work(ctx, j.ev)
		<-q.slots
		q.count(-1)
		if !finished {
			q.giveUp(user)
			return
		}
		j.done()
	}
}

func (q *queues) next(user bot.UserID) (job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.waiting[user]
	if len(jobs) == 0 || q.stopped {
		q.count(-len(jobs))
		delete(q.waiting, user)
		return job{}, false
	}
	q.waiting[user] = jobs[1:]
	return jobs[0], true
}

// giveUp takes up nothing more, and forgets what waits of a customer behind an event that was not finished: it is pulled again,
// in order.
func (q *queues) giveUp(user bot.UserID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopped = true
	q.count(-len(q.waiting[user]))
	delete(q.waiting, user)
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
