package sql

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/store/hot"
)

const now = int64(1_769_848_215_123) // 2026-01-31 08:30:15.123 UTC

func ask(k, owner string) bot.BeginRequest {
	return bot.BeginRequest{Lease: bot.Lease{Key: bot.EventKey(k), Owner: owner}, For: 10 * time.Second, Arrival: true}
}

func TestBegin(t *testing.T) {
	t.Parallel()
	held := func(k, owner string, until int64) person {
		return person{now: now, leaseKey: bot.EventKey(k), leaseOwner: owner, leaseUntil: until}
	}
	for name, c := range map[string]struct {
		p       person
		e       event
		r       bot.BeginRequest
		want    bot.BeginResult
		holder  string
		tries   int64
		inbound int64
	}{
		"a new person":               {person{now: now}, event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1}, "me", 1, 1},
		"a session in time":          {person{now: now, session: []byte("s"), sessionUntil: now + 1}, event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1, Session: []byte("s")}, "me", 1, 1},
		"a session at its end":       {person{now: now, session: []byte("s"), sessionUntil: now}, event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1}, "me", 1, 1},
		"done":                       {person{now: now}, event{tries: 1, doneBy: "x", reply: []byte("r")}, ask("k", "me"), bot.BeginResult{State: bot.BeginDone, Try: 2, Reply: []byte("r")}, "", 2, 0},
		"done, somebody at work":     {held("o", "x", now+1), event{tries: 1, doneBy: "x"}, ask("k", "me"), bot.BeginResult{State: bot.BeginDone, Try: 2}, "x", 2, 0},
		"the same is running":        {held("k", "x", now+1), event{tries: 1}, ask("k", "me"), bot.BeginResult{State: bot.BeginRunning, Try: 2}, "x", 2, 0},
		"another is running":         {held("o", "x", now+1), event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginWait, Try: 1}, "x", 1, 1},
		"another at its end":         {held("o", "x", now), event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1, Unfinished: []bot.EventKey{"o"}}, "me", 1, 1},
		"the same at its end":        {held("k", "x", now), event{tries: 1}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 2, Inbound: 1, Unfinished: []bot.EventKey{"k"}}, "me", 2, 0},
		"two ran out":                {person{now: now, leaseKey: "o", leaseOwner: "x", leaseUntil: 1, unfinished: "first"}, event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1, Unfinished: []bot.EventKey{"o", "first"}}, "me", 1, 1},
		"asked again":                {person{now: now}, event{tries: 2}, bot.BeginRequest{Lease: ask("k", "me").Lease}, bot.BeginResult{State: bot.BeginRun, Try: 2, Inbound: 1}, "me", 2, 0},
		"the request was sent twice": {held("k", "me", now+1), event{tries: 1}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1}, "me", 1, 0},
		"the third this minute":      {person{now: now, minute: now / minute, inbound: 2}, event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 3}, "me", 1, 3},
		"the first this minute":      {person{now: now, minute: now/minute - 1, inbound: 99}, event{}, ask("k", "me"), bot.BeginResult{State: bot.BeginRun, Try: 1, Inbound: 1}, "me", 1, 1},
	} {
		got := begin(&c.p, &c.e, c.r)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		if c.p.leaseOwner != c.holder || c.e.tries != c.tries || c.p.inbound != c.inbound {
			t.Errorf("%s: holder %q, tries %d, inbound %d", name, c.p.leaseOwner, c.e.tries, c.p.inbound)
		}
	}
}

func TestFinish(t *testing.T) {
	t.Parallel()
	p := person{now: now, session: []byte("old"), sessionUntil: now + 1, leaseKey: "k", leaseOwner: "me", leaseUntil: now + 1, unfinished: "crashed",
		minute: now / minute, inbound: 3}
	r := bot.FinishRequest{Lease: bot.Lease{Key: "k", Owner: "me"}, Session: []byte("new"), SessionFor: time.Minute, Reply: []byte("r"), ReplyFor: time.Second}

	kept := p
	e := finish(&kept, r)
	want := person{now: now, session: []byte("new"), sessionUntil: now + 60_000, minute: now / minute, inbound: 3, keepUntil: kept.keepUntil}
	if d := cmp.Diff(want, kept, cmp.AllowUnexported(person{})); d != "" {
		t.Error(d)
	}
	if kept.keepUntil <= kept.sessionUntil || kept.keepUntil > kept.sessionUntil+hour {
		t.Errorf("the row goes at %d, its session at %d", kept.keepUntil, kept.sessionUntil)
	}
	if d := cmp.Diff(event{doneBy: "me", reply: []byte("r"), keepUntil: now + 1000}, e, cmp.AllowUnexported(event{})); d != "" {
		t.Error(d)
	}

	r.Session, r.Undelivered = nil, true
	late := p
	first := finish(&late, r)
	second := finish(&late, r) // in the same millisecond
	if late.session != nil || late.sessionUntil != 0 {
		t.Errorf("the session stays: %+v", late)
	}
	if first.lateUntil != now+hot.KeepLate.Milliseconds() || second.lateUntil <= first.lateUntil || second.keepUntil < second.lateUntil || late.keepUntil < second.lateUntil {
		t.Errorf("late replies lose their order or go too early: %+v %+v %+v", first, second, late)
	}
}
