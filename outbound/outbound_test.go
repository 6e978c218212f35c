package outbound_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/store"
)

func TestAPushGoesOutOnceForItsCause(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang", "li")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() { p.enqueue(hello("wang", "gift"), hello("wang", "gift"), hello("li", "gift")) })
		}
		wg.Wait()
		b.becomes("wang", "gift", store.SendSent, policy.Arrived)
		b.becomes("li", "gift", store.SendSent, policy.Arrived)
		if n := p.enqueue(hello("wang", "gift")); n != 0 {
			b.t.Errorf("the same cause made %d more", n)
		}
		if w, l := b.posts[policy.Custom].to("wang"), b.posts[policy.Custom].to("li"); w != 1 || l != 1 {
			b.t.Errorf("wang got %d, li got %d", w, l)
		}
	})
}

func TestAPushOfATransactionThatFailsIsNone(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang")
		_, err := store.InTx(context.Background(), p.store, func(ctx context.Context, tx *store.Tx) (int, error) {
			if _, err := p.service.Outbox().Enqueue(ctx, tx, hello("wang", "gift")); err != nil {
				return 0, err
			}
			return 0, fmt.Errorf("changed my mind")
		})
		if err == nil {
			b.t.Fatal("it committed")
		}
		if n := p.enqueue(hello("wang", "gift")); n != 1 {
			b.t.Errorf("there was one already")
		}
	})
}

func TestASecondPushWaitsForTheCapAndAServiceMessageDoesNot(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang")
		p.enqueue(hello("wang", "one"))
		b.becomes("wang", "one", store.SendSent, policy.Arrived)
		p.enqueue(hello("wang", "two"))
		s := b.becomes("wang", "two", store.SendWaiting, policy.CapDay)
		if want := noon().Add(24 * time.Hour); !s.Due.Equal(want) {
			b.t.Errorf("it waits until %s, not %s", s.Due, want)
		}
		important := hello("wang", "order")
		important.Priority = policy.Service
		p.enqueue(important)
		b.becomes("wang", "order", store.SendSent, policy.Arrived)
		b.later(24 * time.Hour)
		b.becomes("wang", "two", store.SendSent, policy.Arrived)
	})
}

func TestManyPushesToOnePersonFromThreeProcessesNeverExceedTheCap(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.rules.Caps = policy.Caps{PerDay: 3, PerWeek: 3}
		p := b.start(true)
		b.start(true)
		b.start(true)
		b.spoke("wang")
		var all []outbound.Push
		for i := range 64 {
			all = append(all, hello("wang", fmt.Sprint("cause-", i)))
		}
		p.enqueue(all...)
		waitFor(b.t, func() bool {
			sends, err := p.store.SendsTo(context.Background(), all[0].To, "")
			b.ok(err)
			for _, s := range sends {
				if s.State == store.SendQueued || s.State == store.SendSending || s.ClaimedBy != "" {
					return false
				}
			}
			return true
		})
		if n := b.posts[policy.Custom].to("wang"); n != 3 {
			b.t.Errorf("wang got %d, not 3", n)
		}
	})
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within a minute")
		}
	}
}

func TestNothingGoesOutInQuietHours(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		b.later(10 * time.Hour) // 22:00
		p := b.start(true)
		b.spoke("wang", "li")
		short := hello("li", "tonight")
		short.Expires = b.clock.Now().Add(time.Hour)
		p.enqueue(hello("wang", "gift"), short)
		s := b.becomes("wang", "gift", store.SendWaiting, policy.QuietHours)
		if want := time.Date(2026, 3, 3, 8, 30, 0, 0, china()); !s.Due.Equal(want) {
			b.t.Errorf("it waits until %s, not %s", s.Due, want)
		}
		b.becomes("li", "tonight", store.SendDropped, policy.QuietTooLong)
		b.later(10*time.Hour + 29*time.Minute)
		time.Sleep(200 * time.Millisecond)
		if n := b.posts[policy.Custom].total(); n != 0 {
			b.t.Fatalf("%d went out at night", n)
		}
		b.later(time.Minute)
		b.becomes("wang", "gift", store.SendSent, policy.Arrived)
	})
}

func TestWhoOptedOutOrLeftGetsNothing(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang", "li", "zhao")
		ctx := context.Background()
		_, err := p.store.SetConsent(ctx, store.Consent{Person: bot.Person{Account: "brand", User: "wang"}, Key: "k1", At: b.clock.Now(), Source: "keyword"})
		b.ok(err)
		_, err = p.store.SetConsent(ctx, store.Consent{Person: bot.Person{Account: "brand", User: "li"}, Topic: "live", Key: "k2", At: b.clock.Now(), Source: "keyword"})
		b.ok(err)
		b.ok(p.store.Unfollow(ctx, bot.Person{Account: "brand", User: "zhao"}, "k3", b.clock.Now()))
		live := hello("li", "live")
		live.Topic = "live"
		p.enqueue(hello("wang", "gift"), live, hello("zhao", "gift"), hello("li", "gift"))
		b.becomes("wang", "gift", store.SendDropped, policy.OptedOut)
		b.becomes("li", "live", store.SendDropped, policy.OptedOutTopic)
		b.becomes("zhao", "gift", store.SendDropped, policy.Gone)
		b.becomes("li", "gift", store.SendSent, policy.Arrived)
		answer := hello("wang", "late:m1")
		answer.Budget = policy.ForReply
		p.enqueue(answer) // what they wait for is no push
		b.becomes("wang", "late:m1", store.SendSent, policy.Arrived)
	})
}

func TestWhatCantGoNowGoesByTheNextWayOrWaitsForAVisit(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		both := hello("wang", "reminder")
		both.Ways, both.Template = []policy.Way{policy.Custom, policy.Template, policy.NextVisit}, &outbound.Template{ID: "T1"}
		kept := hello("li", "gift")
		kept.Ways = []policy.Way{policy.Custom, policy.NextVisit}
		p.enqueue(both, kept, hello("zhao", "gift")) // none of them has written
		if s := b.becomes("wang", "reminder", store.SendSent, policy.Arrived); s.Way != string(policy.Template) {
			b.t.Errorf("it went by %s", s.Way)
		}
		b.becomes("zhao", "gift", store.SendDropped, policy.WindowClosed)
		b.becomes("li", "gift", store.SendHeld, policy.ForNextVisit)
		var news []bot.Message
		waitFor(b.t, func() bool {
			var err error
			_, news, err = p.service.OnVisit(context.Background(), kept.To, "visit")
			b.ok(err)
			return len(news) > 0
		})
		if len(news) != 1 || news[0].Text != "你好" {
			b.t.Errorf("the visit was told %+v", news)
		}
		if _, again, err := p.service.OnVisit(context.Background(), kept.To, "visit"); err != nil || len(again) != 1 {
			b.t.Errorf("the same visit again was told %+v, %v", again, err)
		}
		if _, other, err := p.service.OnVisit(context.Background(), kept.To, "another"); err != nil || len(other) != 0 {
			b.t.Errorf("another visit was told %+v, %v", other, err)
		}
		b.becomes("li", "gift", store.SendSent, policy.SaidOnVisit)
	})
}

func TestFiveMessagesAfterOneAndNoSixth(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(true)
		b.spoke("wang")
		for i := range 7 {
			answer := hello("wang", fmt.Sprint("result-", i))
			answer.Budget = policy.ForReply
			p.enqueue(answer)
			if i < 5 {
				b.becomes("wang", answer.Cause, store.SendSent, policy.Arrived)
			} else {
				b.becomes("wang", answer.Cause, store.SendDropped, policy.WindowUsed)
			}
		}
	})
}
