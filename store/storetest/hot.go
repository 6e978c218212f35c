package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
)

// OpenHot opens the same hot state again each time, as replicas and restarts do, and closes it when the test ends.
type OpenHot func() bot.HotState

// RunHot checks every promise of a hot state; fresh makes an empty one.
func RunHot(t *testing.T, fresh func(t testing.TB) OpenHot) {
	for _, promise := range []struct {
		name  string
		check func(*testing.T, OpenHot)
	}{
		{"a new event runs", hotNewEvent},
		{"the session comes back until it is deleted", hotSession},
		{"a session expires", hotSessionExpires},
		{"an answered event is answered again", hotDone},
		{"a remembered reply expires", hotReplyExpires},
		{"a delivery of a running event is told so", hotRunning},
		{"another event of the person waits, other people do not", hotWait},
		{"one of many concurrent deliveries runs", hotOneRuns},
		{"a person's events run one after the other", hotInOrder},
		{"a crashed holder's lease runs out", hotCrash},
		{"an unfinished event is remembered until a finish", hotUnfinishedStays},
		{"crashes in a row are remembered, the newest first", hotCrashesInARow},
		{"an event found in the journal is answered without running", hotRecovered},
		{"who lost the lease saves nothing", hotLost},
		{"a renewed lease holds", hotRenew},
		{"an abandoned event runs again at once", hotAbandon},
		{"the same execution may ask and finish twice", hotTwice},
		{"a reply that reached nobody goes with the next event", hotLate},
		{"a late reply that is fetched after all goes once", hotLateFetched},
		{"arrivals of different events are counted by the minute", hotInbound},
		{"one value is put", hotPutOnce},
		{"a value put once expires", hotPutOnceExpires},
		{"any bytes and any names are kept", hotBytes},
		{"people do not share a state", hotStrangers},
		{"the state survives a restart", hotRestart},
		{"a cancelled context does nothing", hotCancelled},
		{"a lease needs an owner", hotNameless},
		{"it does what the model does", hotModel},
	} {
		t.Run(promise.name, func(t *testing.T) {
			t.Parallel()
			promise.check(t, fresh(t))
		})
	}
}

const long = time.Hour

func lease(person int, k string) bot.Lease {
	return bot.Lease{Person: someone(person), Key: bot.EventKey(k), Owner: "owner of " + k}
}

// hotTest is a hot state with the wrapping of tests around its methods.
type hotTest struct {
	bot.HotState
	t testing.TB
}

func use(t testing.TB, open OpenHot) hotTest { return hotTest{open(), t} }

// arrive delivers an event.
func (h hotTest) arrive(l bot.Lease, d time.Duration) bot.BeginResult {
	h.t.Helper()
	r, err := h.Begin(h.t.Context(), bot.BeginRequest{Lease: l, For: d, Arrival: true})
	ok(h.t, err)
	return r
}

// ask asks again for an event that was delivered.
func (h hotTest) ask(l bot.Lease, d time.Duration) bot.BeginResult {
	h.t.Helper()
	r, err := h.Begin(h.t.Context(), bot.BeginRequest{Lease: l, For: d})
	ok(h.t, err)
	return r
}

func (h hotTest) finish(l bot.Lease, session, reply string) {
	h.t.Helper()
	ok(h.t, h.Finish(h.t.Context(), outcome(l, session, reply)))
}

func (h hotTest) state(got bot.BeginResult, want bot.BeginState) {
	h.t.Helper()
	if got.State != want {
		h.t.Fatalf("state is %v instead of %v: %+v", got.State, want, got)
	}
}

func outcome(l bot.Lease, session, reply string) bot.FinishRequest {
	r := bot.FinishRequest{Lease: l, SessionFor: long, Reply: []byte(reply), ReplyFor: long}
	if session != "" {
		r.Session = []byte(session)
	}
	return r
}

// eventually asks until it is told yes: for what expires by the engine's own clock.
func eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !yes() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 10 seconds", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func hotNewEvent(t *testing.T, open OpenHot) {
	h := use(t, open)
	equal(t, h.arrive(lease(1, "k"), long), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1})
}

func hotSession(t *testing.T, open OpenHot) {
	h := use(t, open)
	for i, session := range []string{"", "first", "second", ""} {
		l := lease(1, fmt.Sprint("event-", i))
		r := h.arrive(l, long)
		h.state(r, bot.BeginRun)
		equal(t, string(r.Session), []string{"", "", "first", "second"}[i])
		h.finish(l, session, "")
	}
	equal(t, h.arrive(lease(1, "last"), long).Session, []byte(nil))
}

func hotSessionExpires(t *testing.T, open OpenHot) {
	h := use(t, open)
	l := lease(1, "first")
	h.arrive(l, long)
	f := outcome(l, "session", "")
	f.SessionFor = 30 * time.Millisecond
	ok(t, h.Finish(t.Context(), f))
	n := 0
	eventually(t, "the session goes", func() bool {
		n++
		l := lease(1, fmt.Sprint("event-", n))
		r := h.arrive(l, long)
		ok(t, h.Abandon(t.Context(), l))
		return r.Session == nil
	})
}

func hotDone(t *testing.T, open OpenHot) {
	h := use(t, open)
	for i, reply := range []string{"reply", ""} {
		l := lease(i, "k")
		h.arrive(l, long)
		h.finish(l, "session", reply)
		again := l
		again.Owner = "another replica"
		for try := 2; try <= 3; try++ {
			r := h.arrive(again, long)
			equal(t, string(r.Reply), reply)
			r.Reply = nil
			equal(t, r, bot.BeginResult{State: bot.BeginDone, Try: try})
		}
		r := h.ask(again, long)
		h.state(r, bot.BeginDone)
		equal(t, r.Try, 3)
		h.state(h.arrive(lease(i, "next"), long), bot.BeginRun) // answering again took no lease
	}
}

func hotReplyExpires(t *testing.T, open OpenHot) {
	h := use(t, open)
	l := lease(1, "k")
	h.arrive(l, long)
	f := outcome(l, "", "reply")
	f.ReplyFor = 30 * time.Millisecond
	ok(t, h.Finish(t.Context(), f))
	eventually(t, "the reply goes", func() bool {
		r := h.arrive(l, long)
		return r.State == bot.BeginRun && r.Try == 1
	})
}

func hotRunning(t *testing.T, open OpenHot) {
	h := use(t, open)
	l := lease(1, "k")
	h.arrive(l, long)
	again := l
	again.Owner = "another replica"
	equal(t, h.arrive(again, long), bot.BeginResult{State: bot.BeginRunning, Try: 2})
	equal(t, h.ask(again, long), bot.BeginResult{State: bot.BeginRunning, Try: 2})
	h.finish(l, "", "reply")
	equal(t, h.ask(again, long), bot.BeginResult{State: bot.BeginDone, Try: 2, Reply: []byte("reply")})
}

func hotWait(t *testing.T, open OpenHot) {
	h := use(t, open)
	h.arrive(lease(1, "first"), long)
	equal(t, h.arrive(lease(1, "second"), long), bot.BeginResult{State: bot.BeginWait, Try: 1})
	h.state(h.ask(lease(1, "second"), long), bot.BeginWait)
	h.state(h.arrive(lease(2, "first"), long), bot.BeginRun)
	elsewhere := lease(1, "first")
	elsewhere.Person.Account = "pharmacy"
	h.state(h.arrive(elsewhere, long), bot.BeginRun)

	h.finish(lease(1, "first"), "session", "")
	equal(t, h.ask(lease(1, "second"), long), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 2, Session: []byte("session")})
}

func hotOneRuns(t *testing.T, open OpenHot) {
	replicas := []hotTest{use(t, open), use(t, open)}
	var states [4]atomic.Int32
	var last atomic.Int32
	together(100, func(i int) {
		l := lease(1, "k")
		l.Owner = fmt.Sprint("owner-", i)
		r, err := replicas[i%2].Begin(t.Context(), bot.BeginRequest{Lease: l, For: long, Arrival: true})
		if err != nil {
			t.Error(err)
			return
		}
		states[r.State].Add(1)
		if r.Try == 100 {
			last.Add(1)
		}
	})
	equal(t, states[bot.BeginRun].Load(), int32(1))
	equal(t, states[bot.BeginRunning].Load(), int32(99))
	equal(t, last.Load(), int32(1)) // every delivery was counted
}

// hotInOrder adds one to a number in the session from many goroutines on two replicas: none is lost.
func hotInOrder(t *testing.T, open OpenHot) {
	replicas := []hotTest{use(t, open), use(t, open)}
	const people, events = 20, 10
	together(people*events, func(i int) {
		h := replicas[i%2]
		l := lease(i%people, fmt.Sprint("event-", i))
		var r bot.BeginResult
		for arrival := true; arrival || r.State != bot.BeginRun; arrival = false {
			var err error
			if r, err = h.Begin(t.Context(), bot.BeginRequest{Lease: l, For: long, Arrival: arrival}); err != nil {
				t.Error(err)
				return
			}
			if r.State == bot.BeginWait {
				time.Sleep(time.Millisecond)
			}
		}
		n, _ := strconv.Atoi(string(r.Session))
		if err := h.Finish(t.Context(), outcome(l, fmt.Sprint(n+1), "")); err != nil {
			t.Error(err)
		}
	})
	for person := range people {
		equal(t, string(replicas[0].arrive(lease(person, "last"), long).Session), fmt.Sprint(events))
	}
}

func hotPutOnce(t *testing.T, open OpenHot) {
	replicas := []hotTest{use(t, open), use(t, open)}
	var there [50]string
	together(50, func(i int) {
		v, err := replicas[i%2].PutOnce(t.Context(), "nonce", fmt.Append(nil, "value-", i), long)
		if err != nil {
			t.Error(err)
		}
		there[i] = string(v)
	})
	for _, v := range there {
		equal(t, v, there[0])
	}
	for k, value := range map[string][]byte{"other": []byte("v"), "empty": {}, "nil": nil, "bytes\xff": {0, 0xff}} {
		for range 2 {
			v, err := replicas[0].PutOnce(t.Context(), strings.ToValidUTF8(k, "?"), value, long)
			ok(t, err)
			equal(t, string(v), string(value))
		}
	}
}

func hotPutOnceExpires(t *testing.T, open OpenHot) {
	h := use(t, open)
	v, err := h.PutOnce(t.Context(), "k", []byte("first"), 30*time.Millisecond)
	ok(t, err)
	equal(t, string(v), "first")
	eventually(t, "the value goes", func() bool {
		v, err := h.PutOnce(t.Context(), "k", []byte("second"), long)
		ok(t, err)
		return string(v) == "second"
	})
}

func hotBytes(t *testing.T, open OpenHot) {
	h := use(t, open)
	anything := slices.Concat([]byte{0, 1, 0xff, '\r', '\n'}, bytes.Repeat([]byte("长"), 30_000))
	for i, user := range []bot.UserID{"o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "wmEAlECwAA}{:@.%", "张三 😀", "{", "}"} {
		l := lease(i, "k:"+string(user))
		l.Person.User = user
		h.arrive(l, long)
		f := outcome(l, "", "")
		f.Session, f.Reply, f.Undelivered = anything, anything, true
		ok(t, h.Finish(t.Context(), f))
		next := l
		next.Key = "next"
		r := h.arrive(next, long)
		if !bytes.Equal(r.Session, anything) || len(r.Late) != 1 || !bytes.Equal(r.Late[0].Reply, anything) {
			t.Errorf("%q lost some bytes", user)
		}
		if r := h.ask(l, long); !bytes.Equal(r.Reply, anything) {
			t.Errorf("%q lost some bytes of the reply", user)
		}
	}
}

func hotStrangers(t *testing.T, open OpenHot) {
	h := use(t, open)
	for _, p := range []bot.Person{{Account: "a", User: "b:c"}, {Account: "a", User: "b%3Ac"}, {Account: "a", User: "B:C"}, {Account: "ab", User: ":c"}} {
		h.state(h.arrive(bot.Lease{Person: p, Key: "k", Owner: "o"}, long), bot.BeginRun)
	}
}

func hotRestart(t *testing.T, open OpenHot) {
	h := use(t, open)
	h.arrive(lease(1, "done"), long)
	h.finish(lease(1, "done"), "session", "reply")
	h.arrive(lease(2, "running"), long)

	h = use(t, open)
	equal(t, h.arrive(lease(1, "done"), long), bot.BeginResult{State: bot.BeginDone, Try: 2, Reply: []byte("reply")})
	h.state(h.arrive(lease(2, "other"), long), bot.BeginWait)
	h.finish(lease(2, "running"), "", "")
	equal(t, string(h.arrive(lease(1, "next"), long).Session), "session")
}

func hotCancelled(t *testing.T, open OpenHot) {
	h := use(t, open)
	l := lease(1, "k")
	past, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	for ctx, want := range map[context.Context]error{ended(): context.Canceled, past: context.DeadlineExceeded} {
		_, err := h.Begin(ctx, bot.BeginRequest{Lease: l, For: long, Arrival: true})
		if !errors.Is(err, want) {
			t.Errorf("begin: %v instead of %v", err, want)
		}
		if err := h.Finish(ctx, outcome(l, "session", "reply")); !errors.Is(err, want) {
			t.Errorf("finish: %v instead of %v", err, want)
		}
		if _, err := h.PutOnce(ctx, "k", nil, long); !errors.Is(err, want) {
			t.Errorf("put once: %v instead of %v", err, want)
		}
	}
	equal(t, h.arrive(l, long), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1})
}

func hotNameless(t *testing.T, open OpenHot) {
	h := use(t, open)
	for _, l := range []bot.Lease{{}, {Person: someone(1), Key: "k"}, {Person: someone(1), Owner: "o"}, {Key: "k", Owner: "o"}} {
		if _, err := h.Begin(t.Context(), bot.BeginRequest{Lease: l, For: long, Arrival: true}); err == nil {
			t.Errorf("%+v was given", l)
		}
		if err := h.Finish(t.Context(), outcome(l, "", "")); err == nil {
			t.Errorf("%+v was finished", l)
		}
	}
}
