package kf

import (
	"context"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// budget is how many messages may still be sent to a customer. The platform counts from their newest message, whether it has been
// pulled or answered or not: somebody who writes ten messages in a breath can be sent five, not fifty.
type budget struct {
	newest bot.EventKey // from which is counted
	sent   int          // since, or in the same second
	sure   int          // since, certainly: the platform dates messages in whole seconds
	full   bool         // the platform says that there were five
	known  bool         // what was sent before this shift
	times  []time.Time  // of the latest messages sent
}

// clockSlack is how far the platform's clock and ours may differ.
const clockSlack = 5 * time.Second

// heard tells whether an event is a message of the customer's, from which the platform counts.
func heard(ev *bot.Event) bool { return ev.Kind.IsMessage() && !ev.Past }

// hear begins to count anew when there is a newer message. Those count that were sent after it, before it was pulled.
func (b *budget) hear(newest *bot.Event) {
	if newest == nil || newest.Key == b.newest {
		return
	}
	b.newest, b.sent, b.sure, b.full = newest.Key, 0, 0, false
	for _, t := range b.times {
		if !t.Before(newest.At) {
			b.sent++
		}
		if t.After(newest.At.Add(clockSlack)) {
			b.sure++
		}
	}
}

// spend counts messages sent.
func (b *budget) spend(n int, now time.Time) {
	b.sent, b.sure = b.sent+n, b.sure+n
	for range n {
		b.times = append(b.times, now)
	}
	if over := len(b.times) - maxMessages; over > 0 {
		b.times = b.times[over:]
	}
}

// heard is what the ledger is told.
func (b *budget) heard(newest *bot.Event) *store.KfHeard {
	if newest == nil {
		return nil
	}
	return &store.KfHeard{Key: newest.Key, At: newest.At, Sent: b.sure}
}

// fitter is how the answer to j may be said.
func (s *Service) fitter(ctx context.Context, j job) (Fitter, bool) {
	if j.ev.Speakable {
		return byCode, true
	}
	b := j.budget
	b.hear(j.newest)
	if j.more && !b.known {
		// Another replica, or this one before a restart, may have begun to answer what the customer wrote in a breath.
		ok := s.insist(ctx, func(ctx context.Context) error {
			leave, err := s.records.KfLeave(ctx, talkOf(j.ev))
			if err == nil && leave.HeardAt.Equal(j.newest.At) {
				b.sent = max(b.sent, leave.Sent)
			}
			return err
		})
		if !ok {
			return Fitter{}, false
		}
	}
	b.known = true
	if b.full {
		return Fitter{More: true}, true // until they write again
	}
	if !j.more {
		return Fitter{Messages: max(1, maxMessages-b.sure)}, true
	}
	return Fitter{Messages: max(1, maxMessages-b.sent), More: true}, true
}
