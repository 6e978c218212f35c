package broadcast_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/channel/wxapi"
	"guanjia/store"
)

// caller is a platform that writes down what it is called with. errs are its answers, in order; after them it takes everything.
type caller struct {
	mu        sync.Mutex
	errs      []error
	letters   []broadcast.Letter
	outcome   broadcast.Outcome
	cancelled []string
	again     bool
}

func (*caller) Fit(broadcast.Draft) error { return nil }
func (*caller) Preview(context.Context, broadcast.Draft, bot.UserID) error {
	return broadcast.ErrNoPreview
}
func (c *caller) KnowsAgain() bool { return c.again }
func (*caller) Notes(context.Context, broadcast.Draft, int) ([]string, error) {
	return []string{"a note"}, nil
}

func (c *caller) Call(_ context.Context, l broadcast.Letter) (broadcast.Taken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.letters = append(c.letters, l)
	if len(c.errs) > 0 {
		err := c.errs[0]
		c.errs = c.errs[1:]
		if err != nil {
			return broadcast.Taken{}, err
		}
	}
	return broadcast.Taken{MsgID: "msg-" + l.ID}, nil
}

func (c *caller) Poll(context.Context, broadcast.Draft, string) (broadcast.Outcome, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outcome, nil
}

func (c *caller) Cancel(_ context.Context, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancelled = append(c.cancelled, id)
	return nil
}

func (c *caller) becomes(o broadcast.Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outcome = o
}

func (c *caller) calls() []broadcast.Letter {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.letters
}

var group = strings.NewReplacer("account: shop", "account: corp\nto: group_send", "ways: [template]\n", "").Replace(live)

func (b *bed) contacts(n int) {
	b.t.Helper()
	_, err := store.InTx(b.t.Context(), b.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, `INSERT INTO follower (account, user_id, scene, followed_at, unfollowed_at, follows, following)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT))
			SELECT 'corp', 'wm' || i, '', CAST($2 AS BIGINT), 0, 1, TRUE FROM n`, n, b.clock.Now().UnixMilli())
	})
	b.ok(err)
}

func TestContactsAreAddressedInCallsOfTenThousandAndTheResultsPulled(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.contacts(10_003)
		b.draft(group)
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 10_003, Who: "wang"})
		b.ok(err)
		b.caller.errs = []error{&wxapi.Error{Code: -1, Msg: "busy"}}
		b.caller.becomes(broadcast.Outcome{Sent: 5, Waiting: 2})
		b.work()
		b.until("live", "taken", func(r broadcast.Report) bool {
			return len(r.Calls) == 2 && r.Calls[0].State == store.CallTaken && r.Calls[1].State == store.CallTaken
		})
		b.clock.forward(time.Minute)
		b.until("live", "asked", func(r broadcast.Report) bool { return r.Progress.Sent == 10 })
		b.caller.becomes(broadcast.Outcome{Sent: 7, Failed: 1, By: map[string]int{"sent": 7, "no friend": 1}, Done: true})
		b.clock.forward(time.Minute)
		r := b.until("live", "done", func(r broadcast.Report) bool { return r.Broadcast.State == store.BroadcastSent })
		if r.Progress.Sent != 14 || r.Progress.Failed != 2 {
			b.t.Errorf("%+v", r.Progress)
		}
		people := map[bot.UserID]bool{}
		for _, l := range b.caller.calls() {
			if len(l.Users) > broadcast.MaxUsers {
				b.t.Errorf("%d people in one call", len(l.Users))
			}
			for _, u := range l.Users {
				people[u] = true
			}
		}
		if len(people) != 10_003 {
			b.t.Errorf("%d people are addressed", len(people))
		}
		if n := len(b.caller.calls()); n != 3 {
			b.t.Errorf("%d calls, want two and the one that was not taken", n)
		}
	})
}

func TestACallWithAnUnknownOutcomeIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.contacts(3)
		b.draft(group)
		b.caller.errs = []error{&wxapi.NoAnswerError{}}
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 3, Who: "wang"})
		b.ok(err)
		b.work()
		r := b.until("live", "unknown", func(r broadcast.Report) bool { return r.Broadcast.State == store.BroadcastSent })
		if r.Progress.Unknown != 3 || len(b.caller.calls()) != 1 {
			b.t.Errorf("%+v after %d calls", r.Progress, len(b.caller.calls()))
		}
	})
}

func TestACancelledCallIsTakenBack(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.contacts(3)
		b.draft(group)
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 3, Who: "wang"})
		b.ok(err)
		b.work()
		b.until("live", "taken", func(r broadcast.Report) bool { return len(r.Calls) == 1 && r.Calls[0].State == store.CallTaken })
		_, err = b.service.Cancel(b.t.Context(), "live", "wang")
		b.ok(err)
		b.until("live", "cancelled", func(r broadcast.Report) bool { return r.Calls[0].State == store.CallCancelled })
		b.caller.mu.Lock()
		defer b.caller.mu.Unlock()
		if len(b.caller.cancelled) != 1 || b.caller.cancelled[0] != "msg-live-0" {
			b.t.Errorf("%v", b.caller.cancelled)
		}
	})
}

func TestContactsWhoOptedOutAreNotAddressed(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.contacts(4)
		for i, topic := range []string{"", "live", "other"} {
			p := bot.Person{Account: "corp", User: bot.UserID(fmt.Sprint("wm", i+1))}
			_, err := b.store.SetConsent(b.t.Context(), store.Consent{Person: p, Topic: topic, Source: "test", Key: bot.EventKey(fmt.Sprint("no-", i)), At: b.clock.Now()})
			b.ok(err)
		}
		b.draft(group)
		_, err := b.service.Start(b.t.Context(), "live", broadcast.Start{Yes: 2, Who: "wang"})
		b.ok(err)
		b.work()
		b.until("live", "taken", func(r broadcast.Report) bool { return len(r.Calls) == 1 && r.Calls[0].State == store.CallTaken })
		if got := fmt.Sprint(b.caller.calls()[0].Users); got != "[wm3 wm4]" {
			b.t.Errorf("addressed are %s", got)
		}
	})
}
