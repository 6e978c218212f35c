package outbound_test

import (
	"context"
	"sync/atomic"
	"testing"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// TestWhatWasDoneMeanwhileIsNotSaid: neither by a push that waits for its time, nor on a visit for which it was kept.
func TestWhatWasDoneMeanwhileIsNotSaid(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		var done atomic.Bool
		b.moot = func(_ context.Context, _ bot.Person, cause string) (bool, error) {
			return done.Load() && cause == "quiz", nil
		}
		p := b.start(true)
		b.spoke("wang")
		kept := hello("li", "quiz")
		kept.Ways = []policy.Way{policy.Custom, policy.NextVisit}
		other := hello("li", "gift")
		other.Ways = kept.Ways
		p.enqueue(kept, other)
		b.becomes("li", "quiz", store.SendHeld, policy.ForNextVisit)
		b.becomes("li", "gift", store.SendHeld, policy.ForNextVisit)
		done.Store(true)
		p.enqueue(hello("wang", "quiz"))
		b.becomes("wang", "quiz", store.SendDropped, policy.Moot)
		waitFor(t, func() bool { // until the process knows that something is kept
			_, news, err := p.service.OnVisit(context.Background(), kept.To, "visit")
			b.ok(err)
			return len(news) == 1
		})
		b.becomes("li", "quiz", store.SendDropped, policy.Moot)
		b.becomes("li", "gift", store.SendSent, policy.SaidOnVisit)
	})
}
