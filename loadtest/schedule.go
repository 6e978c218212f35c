package loadtest

import (
	"context"
	"time"
)

const (
	// waiting is how many messages of the open loop may wait for a free sender, in seconds of the rate. What comes above is
	// not sent, and is counted: the target or this machine can't keep up, and memory must not grow with the run.
	waiting = 2
	// timerLate is how late the runtime's timers may wake up.
	timerLate = 2 * time.Millisecond
)

// schedule gives the times at which messages are due, evenly spaced; nil in the closed loop. The channel is closed at the end.
func (r *run) schedule(ctx context.Context) <-chan time.Time {
	if r.cfg.Rate <= 0 {
		return nil
	}
	due := make(chan time.Time, int(r.cfg.Rate*waiting)+1)
	gap := time.Duration(float64(time.Second) / r.cfg.Rate)
	go func() { // ends with ctx or with the messages; the senders wait for the closing
		defer close(due)
		for n := int64(0); r.cfg.Messages == 0 || n < r.cfg.Messages; n++ {
			// Counted from the beginning, so that what one wait is too long is made good by the next.
			at := r.began.Add(time.Duration(n) * gap)
			if !sleepUntil(ctx, at) {
				return
			}
			r.planned.Add(1)
			select {
			case due <- at:
			default:
			}
		}
	}()
	return due
}

// sleepUntil waits for a moment; it is false when ctx ends before.
func sleepUntil(ctx context.Context, at time.Time) bool {
	for {
		wait := time.Until(at)
		switch {
		case ctx.Err() != nil:
			return false
		case wait <= 0:
			return true
		case wait < 2*timerLate:
			nap(wait)
		default:
			select {
			case <-ctx.Done():
			case <-time.After(wait - timerLate):
			}
		}
	}
}
