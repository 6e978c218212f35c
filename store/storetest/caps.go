package storetest

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store/hot"
)

// CapState is the state that the caps of people and the pace of accounts are kept in.
type CapState interface {
	hot.Caps
	hot.Pace
}

// OpenCaps opens the same state again each time, as another process does, and closes it when the test ends.
type OpenCaps func() CapState

// RunCaps checks every promise of caps and pace; fresh makes an empty state.
func RunCaps(t *testing.T, fresh func(t testing.TB) OpenCaps) {
	for _, promise := range []struct {
		name  string
		check func(*testing.T, OpenCaps)
	}{
		{"a person nobody knows is asked about first", capsLost},
		{"a cap holds and says until when", capsHold},
		{"a cap of 0 lets nothing through", capsNone},
		{"a place given back is free", capsGiveBack},
		{"the same message has one place", capsSame},
		{"what the records know counts after a loss", capsKnown},
		{"64 at once for one person: exactly the cap", capsRush},
		{"64 at once after a loss: exactly the cap", capsRushLost},
		{"a clock that was set back blocks for no longer than the cap", capsClockBack},
		{"people don't share caps", capsStrangers},
		{"a place needs an owner and an id", capsNameless},
		{"it does what the model does", capsModel},
		{"calls are spread over time for all together", paceSpreads},
		{"who has no patience takes no turn", pacePatience},
	} {
		t.Run(promise.name, func(t *testing.T) {
			t.Parallel()
			promise.check(t, fresh(t))
		})
	}
}

// capClock is when these tests begin; the state's own clock does not matter.
func capClock() time.Time { return time.Date(2026, 1, 31, 8, 30, 15, 123_000_000, time.UTC) }

func capOwner() bot.Person { return bot.Person{Account: "brand", User: "openid-{1}"} }

func capsOf(day, week int, gap time.Duration) policy.Caps {
	return policy.Caps{PerDay: day, PerWeek: week, MinGap: gap}
}

type capTest struct {
	CapState
	t testing.TB
}

func (c capTest) reserve(id string, now time.Time, caps policy.Caps) hot.CapResult {
	c.t.Helper()
	r := hot.CapRequest{Owner: capOwner(), ID: id, Now: now, Caps: caps}
	result, err := c.Reserve(c.t.Context(), r)
	ok(c.t, err)
	if result.Lost {
		r.Known = []hot.CapPlace{}
		result, err = c.Reserve(c.t.Context(), r)
		ok(c.t, err)
	}
	return result
}

func capsLost(t *testing.T, open OpenCaps) {
	s := open()
	r := hot.CapRequest{Owner: capOwner(), ID: "a", Now: capClock(), Caps: capsOf(1, 3, 0)}
	for range 2 { // asking does not make the person known
		got, err := s.Reserve(t.Context(), r)
		ok(t, err)
		equal(t, got, hot.CapResult{Lost: true})
	}
	r.Known = []hot.CapPlace{}
	got, err := s.Reserve(t.Context(), r)
	ok(t, err)
	equal(t, got, hot.CapResult{Taken: true})
}

func capsHold(t *testing.T, open OpenCaps) {
	s, now := capTest{open(), t}, capClock()
	caps := capsOf(2, 3, time.Hour)
	equal(t, s.reserve("a", now, caps), hot.CapResult{Taken: true})
	equal(t, s.reserve("b", now.Add(59*time.Minute), caps), hot.CapResult{Free: now.Add(time.Hour)})
	equal(t, s.reserve("b", now.Add(time.Hour), caps), hot.CapResult{Taken: true})
	equal(t, s.reserve("c", now.Add(3*time.Hour), caps), hot.CapResult{Free: now.Add(policy.Day)})
	equal(t, s.reserve("c", now.Add(policy.Day), caps), hot.CapResult{Taken: true})
	equal(t, s.reserve("d", now.Add(3*policy.Day), caps), hot.CapResult{Free: now.Add(policy.Week)})
	equal(t, capTest{open(), t}.reserve("d", now.Add(policy.Week), caps), hot.CapResult{Taken: true})
}

func capsNone(t *testing.T, open OpenCaps) {
	s := capTest{open(), t}
	for _, caps := range []policy.Caps{capsOf(0, 3, 0), capsOf(1, 0, 0), capsOf(-1, -1, 0)} {
		equal(t, s.reserve("a", capClock(), caps), hot.CapResult{})
	}
}

func capsGiveBack(t *testing.T, open OpenCaps) {
	s, now, caps := capTest{open(), t}, capClock(), capsOf(1, 3, 0)
	equal(t, s.reserve("a", now, caps).Taken, true)
	equal(t, s.reserve("b", now, caps).Taken, false)
	ok(t, s.GiveBack(t.Context(), capOwner(), "b")) // has none
	equal(t, s.reserve("b", now, caps).Taken, false)
	ok(t, s.GiveBack(t.Context(), capOwner(), "a"))
	equal(t, s.reserve("b", now, caps).Taken, true)
}

func capsSame(t *testing.T, open OpenCaps) {
	s, now, caps := capTest{open(), t}, capClock(), capsOf(2, 3, 0)
	for range 5 {
		equal(t, s.reserve("a", now, caps).Taken, true)
	}
	equal(t, s.reserve("b", now, caps).Taken, true)
	equal(t, s.reserve("c", now, caps).Taken, false)
}

func capsKnown(t *testing.T, open OpenCaps) {
	s, now := open(), capClock()
	r := hot.CapRequest{Owner: capOwner(), ID: "new", Now: now, Caps: capsOf(1, 3, 0), Known: []hot.CapPlace{{ID: "old", At: now.Add(-23 * time.Hour)}}}
	for range 2 {
		got, err := s.Reserve(t.Context(), r)
		ok(t, err)
		equal(t, got, hot.CapResult{Free: now.Add(time.Hour)})
	}
	// What the records said once is not said over again.
	r.Now, r.Known = now.Add(time.Hour), []hot.CapPlace{{ID: "other", At: now}}
	got, err := s.Reserve(t.Context(), r)
	ok(t, err)
	equal(t, got, hot.CapResult{Taken: true})
}

func capsRush(t *testing.T, open OpenCaps) {
	processes := []capTest{{open(), t}, {open(), t}}
	processes[0].reserve("first", capClock(), capsOf(8, 8, 0))
	rush(t, processes, nil, 7)
}

func capsRushLost(t *testing.T, open OpenCaps) {
	rush(t, []capTest{{open(), t}, {open(), t}}, []hot.CapPlace{{ID: "known", At: capClock().Add(-time.Hour)}}, 7)
}

func rush(t *testing.T, processes []capTest, known []hot.CapPlace, want int32) {
	var taken atomic.Int32
	together(64, func(i int) {
		r := hot.CapRequest{Owner: capOwner(), ID: fmt.Sprint("push-", i), Now: capClock().Add(time.Duration(i) * time.Millisecond), Caps: capsOf(8, 8, 0), Known: known}
		got, err := processes[i%2].Reserve(t.Context(), r)
		if err != nil {
			t.Error(err)
		}
		if got.Taken {
			taken.Add(1)
		}
	})
	equal(t, taken.Load(), want)
}

func capsClockBack(t *testing.T, open OpenCaps) {
	s, caps := capTest{open(), t}, capsOf(1, 3, 0)
	future := capClock().AddDate(5, 0, 0)
	equal(t, s.reserve("a", future, caps).Taken, true)
	equal(t, s.reserve("b", capClock(), caps), hot.CapResult{Free: capClock().Add(policy.Day)})
}

func capsStrangers(t *testing.T, open OpenCaps) {
	s := open()
	for _, p := range []bot.Person{{Account: "brand", User: "a"}, {Account: "brand", User: "b"}, {Account: "other", User: "a"}} {
		got, err := s.Reserve(t.Context(), hot.CapRequest{Owner: p, ID: "same", Now: capClock(), Caps: capsOf(1, 1, 0), Known: []hot.CapPlace{}})
		ok(t, err)
		equal(t, got.Taken, true)
	}
}

func capsNameless(t *testing.T, open OpenCaps) {
	s := open()
	for _, r := range []hot.CapRequest{{ID: "a"}, {Owner: capOwner()}} {
		r.Caps, r.Known = capsOf(1, 1, 0), []hot.CapPlace{}
		if _, err := s.Reserve(t.Context(), r); err == nil {
			t.Errorf("%+v took a place", r)
		}
	}
}

// capsModel plays a random story to the state and to the pure rules.
func capsModel(t *testing.T, open OpenCaps) {
	s, now, caps := capTest{open(), t}, capClock(), capsOf(3, 7, 2*time.Hour)
	r := rand.New(rand.NewPCG(7, 11))
	places := map[string]time.Time{}
	for step := range 200 {
		now = now.Add(time.Duration(r.IntN(int(4 * time.Hour)))).Truncate(time.Millisecond)
		id := fmt.Sprint("push-", r.IntN(30))
		if r.IntN(5) == 0 {
			ok(t, s.GiveBack(t.Context(), capOwner(), id))
			delete(places, id)
			continue
		}
		delete(places, id)
		var sent []time.Time
		for _, at := range places {
			sent = append(sent, at)
		}
		free, _ := caps.Free(sent, now)
		want := hot.CapResult{Taken: true}
		if free.After(now) {
			want = hot.CapResult{Free: free}
		} else {
			places[id] = now
		}
		if got := s.reserve(id, now, caps); got != want {
			t.Fatalf("step %d: %+v instead of %+v", step, got, want)
		}
	}
}

func paceSpreads(t *testing.T, open OpenCaps) {
	processes := []CapState{open(), open()}
	const perSecond, burst, turns = 0.01, 3, 9 // so slow that the test's own time does not matter
	var longest time.Duration
	for i := range turns {
		wait, err := processes[i%2].Take(t.Context(), "brand custom", perSecond, burst, time.Hour)
		ok(t, err)
		if i < burst && wait != 0 {
			t.Errorf("turn %d waits %v within the burst", i, wait)
		}
		longest = max(longest, wait)
	}
	if most := (turns - burst) * 100 * time.Second; longest > most || longest < most-90*time.Second {
		t.Errorf("the last of %d waits %v instead of nearly %v", turns, longest, most)
	}
	wait, err := processes[0].Take(t.Context(), "another", perSecond, burst, 0)
	ok(t, err)
	equal(t, wait, time.Duration(0))
}

func pacePatience(t *testing.T, open OpenCaps) {
	s := open()
	for range 5 {
		wait, err := s.Take(t.Context(), "one", 0.001, 1, 0)
		ok(t, err)
		if wait > 1000*time.Second {
			t.Errorf("a turn that was not taken counts: %v", wait)
		}
	}
}
