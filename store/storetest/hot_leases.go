package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"guanjia/bot"
)

// short is a lease that runs out while a test waits.
const short = 30 * time.Millisecond

func hotCrash(t *testing.T, open OpenHot) {
	for person, next := range []string{"crashed", "another"} { // the same event again, or any other of the person
		h := use(t, open)
		h.arrive(lease(person, "crashed"), short)
		l := lease(person, next)
		l.Owner = "another replica"
		eventually(t, "the lease runs out", func() bool {
			r := h.ask(l, long)
			if r.State == bot.BeginRun {
				equal(t, r.Unfinished, []bot.EventKey{"crashed"})
				return true
			}
			return false
		})
		h.state(h.ask(lease(person, "third"), long), bot.BeginWait)
	}
}

func hotUnfinishedStays(t *testing.T, open OpenHot) {
	h := use(t, open)
	h.arrive(lease(1, "crashed"), short)
	eventually(t, "the lease runs out", func() bool { return h.ask(lease(1, "second"), long).State == bot.BeginRun })
	ok(t, h.Abandon(t.Context(), lease(1, "second")))
	r := h.arrive(lease(1, "third"), long)
	h.state(r, bot.BeginRun)
	equal(t, r.Unfinished, []bot.EventKey{"crashed"})
	h.finish(lease(1, "third"), "", "")
	equal(t, len(h.arrive(lease(1, "fourth"), long).Unfinished), 0)
}

func hotCrashesInARow(t *testing.T, open OpenHot) {
	h := use(t, open)
	for _, key := range []string{"first", "second", "first", "third"} {
		eventually(t, "the lease before runs out", func() bool { return h.ask(lease(1, key), short).State == bot.BeginRun })
	}
	eventually(t, "the last lease runs out", func() bool {
		r := h.ask(lease(1, "next"), long)
		if r.State == bot.BeginRun {
			equal(t, r.Unfinished, []bot.EventKey{"third", "first", "second"})
		}
		return r.State == bot.BeginRun
	})
}

func hotRecovered(t *testing.T, open OpenHot) {
	h := use(t, open)
	h.arrive(lease(1, "crashed"), short)
	next := lease(1, "next")
	eventually(t, "the lease runs out", func() bool { return h.ask(next, long).State == bot.BeginRun })
	f := outcome(next, "session", "reply")
	f.Recovered = &bot.Late{Key: "crashed", Reply: []byte("from the journal")}
	ok(t, h.Finish(t.Context(), f))
	equal(t, h.arrive(lease(1, "crashed"), long), bot.BeginResult{State: bot.BeginDone, Try: 2, Reply: []byte("from the journal")})
	equal(t, h.arrive(next, long).Reply, []byte("reply"))
	equal(t, string(h.arrive(lease(1, "last"), long).Session), "session")
}

func hotLost(t *testing.T, open OpenHot) {
	h := use(t, open)
	slow, quick := lease(1, "slow"), lease(1, "quick")
	h.arrive(slow, short)
	eventually(t, "the lease runs out", func() bool { return h.ask(quick, long).State == bot.BeginRun })
	f := outcome(slow, "wrong session", "wrong reply")
	f.Undelivered = true
	if err := h.Finish(t.Context(), f); !errors.Is(err, bot.ErrLeaseLost) {
		t.Fatalf("finish: %v", err)
	}
	if err := h.Renew(t.Context(), slow, long); !errors.Is(err, bot.ErrLeaseLost) {
		t.Fatalf("renew: %v", err)
	}
	ok(t, h.Abandon(t.Context(), slow)) // not its lease to free
	h.state(h.ask(slow, long), bot.BeginWait)
	h.finish(quick, "right session", "right reply")

	r := h.ask(slow, long) // it may run again: it was never answered
	h.state(r, bot.BeginRun)
	equal(t, string(r.Session), "right session")
	equal(t, len(r.Late), 0)

	// The lease may also be somebody else's for the same event.
	other := slow
	other.Owner = "another replica"
	if err := h.Finish(t.Context(), outcome(other, "", "")); !errors.Is(err, bot.ErrLeaseLost) {
		t.Fatalf("finish by another owner: %v", err)
	}
	if err := h.Finish(t.Context(), outcome(lease(2, "never begun"), "", "")); !errors.Is(err, bot.ErrLeaseLost) {
		t.Fatalf("finish of nothing: %v", err)
	}
}

func hotRenew(t *testing.T, open OpenHot) {
	h := use(t, open)
	h.arrive(lease(1, "renewed"), short)
	ok(t, h.Renew(t.Context(), lease(1, "renewed"), long))
	h.arrive(lease(2, "not renewed"), short) // begun later, so when it has run out the other would have as well
	eventually(t, "the lease runs out", func() bool { return h.ask(lease(2, "next"), long).State == bot.BeginRun })
	h.state(h.ask(lease(1, "next"), long), bot.BeginWait)
	h.finish(lease(1, "renewed"), "", "")
}

func hotAbandon(t *testing.T, open OpenHot) {
	h := use(t, open)
	l := lease(1, "k")
	h.arrive(l, long)
	ok(t, h.Abandon(t.Context(), l))
	again := l
	again.Owner = "another replica"
	equal(t, h.arrive(again, long), bot.BeginResult{State: bot.BeginRun, Try: 2, Inbound: 1})
	ok(t, h.Abandon(t.Context(), l)) // not the owner any more
	h.state(h.ask(lease(1, "next"), long), bot.BeginWait)
}

// hotTwice sends requests twice, as a client does when a connection broke after the first.
func hotTwice(t *testing.T, open OpenHot) {
	h := use(t, open)
	l := lease(1, "k")
	for range 2 {
		equal(t, h.arrive(l, long), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1})
	}
	for range 2 {
		h.finish(l, "session", "reply")
	}
	next := lease(1, "next")
	h.arrive(next, long)
	h.finish(l, "old session", "old reply") // and very late
	h.finish(next, "", "")
	equal(t, string(h.arrive(lease(1, "last"), long).Session), "")
}

func late(l bot.Lease) bot.Late {
	return bot.Late{Key: l.Key, Reply: []byte("reply to " + string(l.Key))}
}

func (h hotTest) finishLate(l bot.Lease) {
	h.t.Helper()
	f := outcome(l, "", string(late(l).Reply))
	f.Undelivered = true
	ok(h.t, h.Finish(h.t.Context(), f))
}

func hotLate(t *testing.T, open OpenHot) {
	h := use(t, open)
	first, second := lease(1, "first"), lease(1, "second")
	for _, l := range []bot.Lease{first, second} {
		h.arrive(l, long)
		h.finishLate(l)
	}
	both := []bot.Late{late(first), late(second)}

	failed := lease(1, "failed")
	equal(t, h.arrive(failed, long).Late, both)
	ok(t, h.Abandon(t.Context(), failed))
	silent := lease(1, "silent")
	equal(t, h.arrive(silent, long).Late, both)
	h.finish(silent, "", "") // took nothing along

	one := lease(1, "one")
	equal(t, h.arrive(one, long).Late, both)
	f := outcome(one, "", string(late(one).Reply))
	f.LateTaken, f.Undelivered = []bot.EventKey{"first", "unheard of"}, true
	ok(t, h.Finish(t.Context(), f))

	last := lease(1, "last")
	equal(t, h.arrive(last, long).Late, []bot.Late{late(second), late(one)})
	f = outcome(last, "", "")
	f.LateTaken = []bot.EventKey{"second", "one"}
	ok(t, h.Finish(t.Context(), f))
	equal(t, len(h.arrive(lease(1, "after"), long).Late), 0)
	equal(t, len(h.arrive(lease(2, "stranger"), long).Late), 0)
}

func hotLateFetched(t *testing.T, open OpenHot) {
	h := use(t, open)
	for i, left := range []int{0, 1, 2} {
		var leases []bot.Lease
		for n := range left + 1 {
			l := lease(i, fmt.Sprint("late-", n))
			h.arrive(l, long)
			h.finishLate(l)
			leases = append(leases, l)
		}
		r, err := h.Begin(t.Context(), bot.BeginRequest{Lease: leases[0], For: long, Unheard: true}) // a replica that waited in vain
		ok(t, err)
		h.state(r, bot.BeginDone)
		r = h.arrive(leases[0], long) // the platform's next try
		equal(t, r, bot.BeginResult{State: bot.BeginDone, Try: 2, Reply: late(leases[0]).Reply})
		var want []bot.Late
		for _, l := range leases[1:] {
			want = append(want, late(l))
		}
		equal(t, h.arrive(lease(i, "next"), long).Late, want)
	}
}

func hotInbound(t *testing.T, open OpenHot) {
	for person := 0; ; person++ { // again when the minute turned in between
		h := use(t, open)
		before := time.Now().Minute()
		var got []int
		for i := range 3 {
			l := lease(person, fmt.Sprint("event-", i))
			h.arrive(l, long)
			waiting := lease(person, fmt.Sprint("waiting-", i))
			h.arrive(waiting, long) // counts, though it waits
			h.arrive(l, long)       // a retry does not
			h.ask(waiting, long)    // nor does asking again
			h.finish(l, "", "")
			h.arrive(l, long)
			got = append(got, h.ask(waiting, long).Inbound)
			h.finish(waiting, "", "")
		}
		if time.Now().Minute() == before {
			equal(t, got, []int{2, 4, 6})
			return
		}
	}
}
