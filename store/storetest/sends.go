package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// aSend is a message to somebody that is due.
func aSend(user, cause string) store.Send {
	p := bot.Person{Account: "brand", User: bot.UserID(user)}
	return store.Send{
		ID: store.SendID(p, cause), Person: p, Cause: cause, Campaign: "newgift", Budget: "push", Priority: 3, Ways: "custom,next_visit",
		NotBefore: start, Expires: start.Add(48 * time.Hour), Content: []byte(`{"messages":[]}`), Due: start, CreatedAt: start,
	}
}

func insertSends(t testing.TB, s *store.Store, sends ...store.Send) []string {
	t.Helper()
	fresh, err := store.InTx(context.Background(), s, func(ctx context.Context, tx *store.Tx) ([]string, error) { return store.InsertSends(ctx, tx, sends) })
	ok(t, err)
	return fresh
}

func sendsOnce(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	a := aSend("wang", "gift")
	equal(t, insertSends(t, s, a, aSend("li", "gift")), []string{a.ID, aSend("li", "gift").ID})
	equal(t, len(insertSends(t, s, a)), 0)
	got, there, err := s.Send(t.Context(), a.ID)
	ok(t, err)
	want := a
	want.State = store.SendQueued
	equal(t, there, true)
	equal(t, got, want)
}

func sendsClaims(t *testing.T, fresh Fresh) {
	url := fresh(t)
	processes := []*store.Store{Open(t, url), Open(t, url)}
	a := aSend("wang", "gift")
	insertSends(t, processes[0], a)
	var claims atomic.Int32
	together(20, func(i int) {
		_, mine, err := processes[i%2].ClaimSend(t.Context(), a.ID, fmt.Sprint("worker-", i), time.Hour)
		if err != nil {
			t.Error(err)
		}
		if mine {
			claims.Add(1)
		}
	})
	equal(t, claims.Load(), int32(1))
	eventually(t, "a lease that ran out leaves it to others", func() bool {
		_, mine, err := processes[0].ClaimSend(t.Context(), a.ID, "next", short)
		ok(t, err)
		return mine
	})
}

func sendsSettle(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	a := aSend("wang", "gift")
	insertSends(t, s, a)
	ctx := t.Context()
	_, mine, err := s.ClaimSend(ctx, a.ID, "me", time.Hour)
	ok(t, err)
	equal(t, mine, true)
	begin := store.SendStart{ID: a.ID, By: "another", Way: "custom", Parts: 1, Counted: true, Account: "brand", At: start, Day: "2026-01-31"}
	started, err := s.StartSend(ctx, begin)
	ok(t, err)
	equal(t, started, false)
	begin.By = "me"
	started, err = s.StartSend(ctx, begin)
	ok(t, err)
	equal(t, started, true)
	facts, err := s.SendFacts(ctx, store.SendFactsAsk{ID: "other", Person: a.Person, CountedSince: start.Add(-time.Hour), ActsSince: start.Add(-time.Hour), SentSince: start.Add(-time.Hour), Way: "custom"})
	ok(t, err)
	equal(t, facts.Sent, []store.CapPlace{{ID: a.ID, At: start}})
	equal(t, facts.BySend, []time.Time{start})
	for _, by := range []string{"another", "me"} {
		settled, err := s.SettleSend(ctx, store.SendOutcome{ID: a.ID, By: by, State: store.SendSent, Way: "custom", Reason: "sent", Parts: 1, MsgID: "m1", At: start})
		ok(t, err)
		equal(t, settled, by == "me")
	}
	got, _, err := s.Send(ctx, a.ID)
	ok(t, err)
	equal(t, []any{got.State, len(got.Content), got.Counted, got.SendingAt, got.SettledAt}, []any{store.SendSent, 0, true, start, start})
	_, mine, err = s.ClaimSend(ctx, a.ID, "me", time.Hour)
	ok(t, err)
	equal(t, mine, false)
	quotas, err := s.SendQuotas(ctx, "2026-01-31")
	ok(t, err)
	equal(t, quotas, []store.SendQuota{{Account: "brand", Way: "custom", Pushes: 1}})
	known, err := s.FailSend(ctx, "brand", "m1", "undelivered", "10", start)
	ok(t, err)
	equal(t, known, true)
	n, err := s.TrimSends(ctx, start.Add(time.Hour))
	ok(t, err)
	equal(t, n, 1)
}

func sendsUnsent(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	a, b := aSend("wang", "gift"), aSend("wang", "live")
	b.Priority = 2
	insertSends(t, s, a, b)
	ctx := t.Context()
	_, _, err := s.ClaimSend(ctx, a.ID, "me", time.Hour)
	ok(t, err)
	_, err = s.StartSend(ctx, store.SendStart{ID: a.ID, By: "me", Way: "custom", Parts: 1, Counted: true, Account: "brand", At: start, Day: "2026-01-31"})
	ok(t, err)
	_, err = s.SettleSend(ctx, store.SendOutcome{ID: a.ID, By: "me", State: store.SendWaiting, Reason: "busy", Due: start.Add(time.Minute), Unsent: true, At: start})
	ok(t, err)
	facts, err := s.SendFacts(ctx, store.SendFactsAsk{ID: a.ID, Person: a.Person, CountedSince: start.Add(-time.Hour), ActsSince: start.Add(-time.Hour), SentSince: start.Add(-time.Hour), Way: "custom"})
	ok(t, err)
	equal(t, len(facts.Sent)+len(facts.BySend), 0)
	equal(t, facts.Rivals, []store.SendRival{{Priority: 2, From: start, Expires: start.Add(48 * time.Hour)}})
}

func sendsHeld(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	a, late := aSend("wang", "gift"), aSend("wang", "old")
	late.Expires = start.Add(time.Hour)
	insertSends(t, s, a, late)
	ctx := t.Context()
	for _, id := range []string{a.ID, late.ID} {
		_, _, err := s.ClaimSend(ctx, id, "me", time.Hour)
		ok(t, err)
		_, err = s.SettleSend(ctx, store.SendOutcome{ID: id, By: "me", State: store.SendHeld, Way: "next_visit", Reason: "next_visit", Unsent: true, At: start})
		ok(t, err)
	}
	accounts, err := s.SendsHeld(ctx)
	ok(t, err)
	equal(t, accounts, []bot.AccountName{"brand"})
	for key, want := range map[bot.EventKey][]string{"visit": {a.ID}} {
		for range 2 { // the same event again is told the same
			held, err := s.TakeHeld(ctx, a.Person, key, start.Add(2*time.Hour))
			ok(t, err)
			var ids []string
			for _, h := range held {
				ids = append(ids, h.ID)
			}
			equal(t, ids, want)
		}
	}
	held, err := s.TakeHeld(ctx, a.Person, "another", start.Add(3*time.Hour))
	ok(t, err)
	equal(t, len(held), 0)
	got, _, err := s.Send(ctx, late.ID)
	ok(t, err)
	equal(t, []string{string(got.State), got.Reason}, []string{"dropped", "expired"})
}

func sendsPause(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	a := aSend("wang", "gift")
	insertSends(t, s, a)
	ctx := t.Context()
	_, _, err := s.ClaimSend(ctx, a.ID, "me", time.Hour)
	ok(t, err)
	o := store.SendOutcome{ID: a.ID, By: "me", State: store.SendWaiting, Reason: "paused_campaign", Unsent: true, At: start}
	paused, err := s.PauseSend(ctx, o, store.PauseOfCampaign, "newgift")
	ok(t, err)
	equal(t, paused, false) // nobody paused it
	for range 2 {
		ok(t, s.PauseSends(ctx, store.PauseOfCampaign, "newgift", start))
	}
	paused, err = s.PauseSend(ctx, o, store.PauseOfCampaign, "newgift")
	ok(t, err)
	equal(t, paused, true)
	wake := store.Wake{Scope: store.PauseOfCampaign, Name: "newgift", Reason: "paused_campaign", Now: start.Add(time.Hour), Limit: 10}
	for _, want := range []int{1, 0} {
		woken, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) ([]store.Send, error) { return store.WakeSends(ctx, tx, wake) })
		ok(t, err)
		equal(t, len(woken), want)
	}
	for _, want := range []bool{true, false} {
		was, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (bool, error) {
			return store.ResumeSends(ctx, tx, store.PauseOfCampaign, "newgift")
		})
		ok(t, err)
		equal(t, was, want)
	}
	ok(t, s.CloseSends(ctx, store.SendClosed{Account: "brand", Way: "custom", Reason: "quota", Detail: "45009", Opens: start.Add(2 * time.Hour)}))
	ok(t, s.CloseSends(ctx, store.SendClosed{Account: "brand", Way: "custom", Reason: "quota", Detail: "45011", Opens: start.Add(time.Hour)})) // shorter
	closed, err := s.SendsClosed(ctx, start)
	ok(t, err)
	equal(t, closed, []store.SendClosed{{Account: "brand", Way: "custom", Reason: "quota", Detail: "45009", Opens: start.Add(2 * time.Hour)}})
	counts, err := s.SendCounts(ctx, "newgift")
	ok(t, err)
	equal(t, counts, []store.SendCount{{State: store.SendWaiting, Count: 1}})
	b := aSend("li", "gift")
	insertSends(t, s, b)
	open, err := s.SendsOpen(ctx)
	ok(t, err)
	equal(t, open, []store.OpenSends{
		{SendCount: store.SendCount{State: store.SendQueued, Count: 1}, Campaign: "newgift", Next: start},
		{SendCount: store.SendCount{State: store.SendWaiting, Count: 1}, Campaign: "newgift", Next: start.Add(time.Hour)},
	})
}

// subscriptionGrants: each acceptance is for one message, whatever comes twice; what was taken back, or is not known to the platform, is gone
// until the next acceptance.
func subscriptionGrants(t *testing.T, fresh Fresh) {
	s, ctx := Open(t, fresh(t)), t.Context()
	wang := bot.Person{Account: "brand", User: "wang"}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	accepts := func(key bot.EventKey, at time.Duration) {
		t.Helper()
		ok(s.Subscribe(ctx, wang, key, start.Add(at), store.Subscribed{Template: "T", Accepts: true}, store.Subscribed{Template: "other"}))
	}
	has := func(what string, want int, known bool) {
		t.Helper()
		left, knows, err := s.Subscriptions(ctx, wang, "T")
		ok(err)
		if left != want || knows != known {
			t.Errorf("%s: %d left, known %v", what, left, knows)
		}
	}
	has("at first", 0, false)
	ok(s.UseSubscription(ctx, wang, "T", "nothing"))
	accepts("a", 0)
	accepts("a", 0)
	accepts("b", time.Second)
	has("two events, one twice", 2, true)
	ok(s.UseSubscription(ctx, wang, "T", "one"))
	ok(s.UseSubscription(ctx, wang, "T", "one"))
	has("a message, written down twice", 1, true)
	accepts("a", 0)
	has("an event that comes again when it is used", 1, true)
	ok(s.Subscribe(ctx, wang, "c", start.Add(2*time.Second), store.Subscribed{Template: "T", Stops: true}))
	has("taken back", 0, true)
	accepts("d", 3*time.Second)
	ok(s.Subscribe(ctx, wang, "c", start.Add(2*time.Second), store.Subscribed{Template: "T", Stops: true}))
	has("what was taken back before the acceptance, once more", 1, true)
	ok(s.EndSubscriptions(ctx, wang, "T", "two", start.Add(4*time.Second)))
	ok(s.EndSubscriptions(ctx, wang, "T", "two", start.Add(4*time.Second)))
	has("not known to the platform", 0, true)
	accepts("e", 5*time.Second)
	has("accepted again", 1, true)
}
