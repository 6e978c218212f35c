package outbound_test

import (
	"context"
	"testing"
	"time"

	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// TestAReportThatOvertakesTheAnswerIsNotLost: the platform says that a message did not arrive before its answer to the call is read.
func TestAReportThatOvertakesTheAnswerIsNotLost(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.posts[policy.Custom].before = func(l outbound.Letter) {
			b.ok(p.service.Undelivered(context.Background(), l.To.Account, "platform-"+l.ID, "failed:user block"))
		}
		b.spoke("wang")
		p.enqueue(hello("wang", "gift"))
		b.becomes("wang", "gift", store.SendSent, policy.Arrived)
		b.later(3 * time.Second)
		b.becomes("wang", "gift", store.SendFailed, policy.Undeliverable)
		b.ok(p.service.Undelivered(context.Background(), "brand", "of somebody else", "failed:user block"))
	})
}
