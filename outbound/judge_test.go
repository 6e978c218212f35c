package outbound_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
)

func TestManyAreJudgedAsEachIs(t *testing.T) {
	t.Parallel()
	onEngines(t, func(b *bed) {
		p := b.start(false) // what is enqueued waits
		seed := rand.Uint64()
		b.t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 0))
		var users []bot.UserID
		for i := range 60 {
			u := bot.UserID(fmt.Sprint("u", i))
			users = append(users, u)
			if r.IntN(3) > 0 {
				b.spoke(u)
			}
			if r.IntN(4) == 0 {
				topic := []string{"", "live", "tips"}[r.IntN(3)]
				_, err := p.store.SetConsent(b.t.Context(), store.Consent{
					Person: bot.Person{Account: "brand", User: u}, Topic: topic, Source: "test", Key: bot.EventKey("no-" + u), At: b.clock.Now(),
				})
				b.ok(err)
			}
			if r.IntN(4) == 0 {
				rival := hello(u, "more important")
				rival.Priority = policy.Service + policy.Priority(r.IntN(3))
				p.enqueue(rival)
			}
			if r.IntN(4) == 0 { // one that is on its way counts
				had := hello(u, "before")
				p.enqueue(had)
				id := store.SendID(had.To, had.Cause)
				_, ok, err := p.store.ClaimSend(b.t.Context(), id, "me", time.Hour)
				b.ok(err)
				if !ok {
					b.t.Fatal("not claimed")
				}
				_, err = p.store.StartSend(b.t.Context(), store.SendStart{
					ID: id, By: "me", Way: string(policy.Custom), Parts: 1, Counted: true, Account: "brand", At: b.clock.Now().Add(-time.Duration(r.IntN(40)) * time.Hour), Day: "2026-03-02",
				})
				b.ok(err)
			}
		}
		kinds := map[policy.Verdict]int{}
		for _, hours := range []int{0, 10, 40} { // at noon, in quiet hours, when what was said is nearly too old
			b.later(time.Duration(hours) * time.Hour)
			push := hello("", "campaign")
			push.Topic, push.Ways = "live", []policy.Way{policy.Custom, policy.NextVisit}
			push.Expires = noon().Add(60 * time.Hour)
			together, err := p.service.JudgeAll(b.t.Context(), push, users)
			b.ok(err)
			for i, u := range users {
				push.To.User = u
				alone, err := p.service.Judge(b.t.Context(), push)
				b.ok(err)
				if together[i] != alone {
					b.t.Fatalf("%s after %d hours: together %+v, alone %+v", u, hours, together[i], alone)
				}
				kinds[policy.Verdict{Do: alone.Do, Reason: alone.Reason}]++
			}
		}
		if len(kinds) < 4 {
			b.t.Errorf("the town has too little of everything: %v", kinds)
		}
		if all, err := p.service.JudgeAll(b.t.Context(), hello("", "campaign"), slices.Clone(users[:0])); err != nil || len(all) > 0 {
			b.t.Errorf("nobody: %v %v", all, err)
		}
	})
}
