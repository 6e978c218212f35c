package broadcast_test

import (
	"testing"
	"time"

	"guanjia/broadcast"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// loses starts a broadcast to three contacts whose only call is not answered, on a platform that knows a call again.
func (b *bed) loses() {
	b.t.Helper()
	b.contacts(3)
	b.draft(group)
	b.caller.again = true
	b.caller.errs = []error{&wxapi.NoAnswerError{}}
	_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 3, Who: "wang"})
	b.ok(err)
	b.work()
	b.until("live", "called", func(r broadcast.Report) bool {
		return len(r.Calls) == 1 && r.Calls[0].State == store.CallCalling && len(b.caller.calls()) == 1
	})
}

func TestALostCallOfAPausedBroadcastIsMadeAgainWhenItIsResumed(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.loses()
		_, err := b.service.Pause(b.t.Context(), "live", "li")
		b.ok(err)
		paused := b.clock.Now()
		b.until("live", "paused", func(broadcast.Report) bool { return b.clock.Now().Sub(paused) > 2*time.Minute })
		if n := len(b.caller.calls()); n != 1 {
			b.t.Fatalf("%d calls of a paused one", n)
		}
		_, err = b.service.Resume(b.t.Context(), "live", "li")
		b.ok(err)
		b.caller.becomes(broadcast.Outcome{Sent: 3, Done: true})
		r := b.until("live", "sent", func(r broadcast.Report) bool { return r.Broadcast.State == store.BroadcastSent })
		calls := b.caller.calls()
		if len(calls) != 2 || calls[0].ID != calls[1].ID || r.Progress.Sent != 3 {
			b.t.Errorf("%d calls, %+v", len(calls), r.Progress)
		}
	})
}

func TestALostCallIsNotMadeAgainWhenItsTimeIsOverOrItIsCancelled(t *testing.T) {
	t.Parallel()
	for what, then := range map[string]func(*bed) error{
		"over":      func(b *bed) error { b.clock.forward(25 * time.Hour); return nil },
		"cancelled": func(b *bed) error { _, err := b.service.Cancel(b.t.Context(), "live", "li"); return err },
		"paused until it is over": func(b *bed) error {
			if _, err := b.service.Pause(b.t.Context(), "live", "li"); err != nil {
				return err
			}
			b.clock.forward(25 * time.Hour)
			_, err := b.service.Resume(b.t.Context(), "live", "li")
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			onEngines(t, func(b *bed) {
				b.loses()
				b.ok(then(b))
				r := b.until("live", what, func(r broadcast.Report) bool { return r.Calls[0].State.Over() })
				if r.Calls[0].State != store.CallUnknown || len(b.caller.calls()) != 1 {
					b.t.Errorf("%s after %d calls", r.Calls[0].State, len(b.caller.calls()))
				}
			})
		})
	}
}

func TestACallThatWasNeverMadeIsNotMadeAfterItsTime(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.contacts(3)
		b.draft(group)
		b.caller.errs = []error{&wxapi.Error{Code: -1, Msg: "busy"}}
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 3, Who: "wang"})
		b.ok(err)
		b.work()
		b.until("live", "planned again", func(r broadcast.Report) bool {
			return len(r.Calls) == 1 && r.Calls[0].State == store.CallPlanned && r.Calls[0].Detail != ""
		})
		b.clock.forward(25 * time.Hour)
		r := b.until("live", "over", func(r broadcast.Report) bool { return r.Calls[0].State.Over() })
		if r.Calls[0].State != store.CallFailed || r.Progress.Failed != 3 || len(b.caller.calls()) != 1 {
			b.t.Errorf("%s after %d calls: %+v", r.Calls[0].State, len(b.caller.calls()), r.Progress)
		}
	})
}
