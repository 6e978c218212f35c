package storetest

import (
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

func kfCursor(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	for i := range 2 { // a restart does not begin anew
		d, err := s.OpenKfDesk(t.Context(), "assistant", "wk1", start.Add(time.Duration(i)*time.Hour))
		ok(t, err)
		equal(t, d, store.KfDesk{Account: "assistant", Desk: "wk1", StartedAt: start, MovedAt: start})
	}
	moved := func(from, to string, want bool) {
		t.Helper()
		did, err := s.MoveKfCursor(t.Context(), "assistant", "wk1", from, to, precise)
		ok(t, err)
		equal(t, did, want)
	}
	moved("", "c1", true)
	moved("", "c0", false) // by somebody who was held up meanwhile
	moved("c1", "c2", true)
	d, err := s.OpenKfDesk(t.Context(), "assistant", "wk1", start.Add(time.Hour))
	ok(t, err)
	equal(t, d, store.KfDesk{Account: "assistant", Desk: "wk1", Cursor: "c2", StartedAt: start, MovedAt: precise})
	d, err = s.OpenKfDesk(t.Context(), "assistant", "wk2", precise)
	ok(t, err)
	equal(t, d.Cursor, "")

	// Of many who move it at once, one does.
	won := make([]bool, 20)
	together(len(won), func(i int) {
		var err error
		if won[i], err = s.MoveKfCursor(t.Context(), "assistant", "wk1", "c2", string(key("c3-%d", i)), precise); err != nil {
			t.Error(err)
		}
	})
	winners := 0
	for _, w := range won {
		if w {
			winners++
		}
	}
	equal(t, winners, 1)
}

func kfTalkOf(i int) store.KfTalk { return store.KfTalk{Person: someone(i), Desk: "wk1"} }

func heardAt(k string, at time.Time) *store.KfHeard {
	return &store.KfHeard{Key: key("%s", k), At: at}
}

func kfLeave(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	talk := kfTalkOf(1)
	plan := func(heard *store.KfHeard) store.KfLeave {
		t.Helper()
		leave, _, err := s.PlanKfSends(t.Context(), talk, heard, "k", nil, precise)
		ok(t, err)
		return leave
	}
	equal(t, plan(nil), store.KfLeave{})
	equal(t, plan(heardAt("m1", start)), store.KfLeave{HeardAt: start})
	sent := []store.KfSend{{Number: 0, MsgID: "a", Kind: bot.MessageText, State: store.KfSent, Planned: precise, Settled: precise}}
	ok(t, s.SettleKfSends(t.Context(), talk, "m1", sent, 3))
	equal(t, plan(nil), store.KfLeave{HeardAt: start, Sent: 3})
	equal(t, plan(heardAt("m1", start)), store.KfLeave{HeardAt: start, Sent: 3})                 // the same message
	equal(t, plan(heardAt("m0", start.Add(-time.Hour))), store.KfLeave{HeardAt: start, Sent: 3}) // an older one
	equal(t, plan(heardAt("m2", start)), store.KfLeave{HeardAt: start})                          // another one in the same second
	ok(t, s.SettleKfSends(t.Context(), talk, "m2", sent, 5))
	late := heardAt("m2b", start.Add(time.Second)) // it came while the answer to the one before was being sent
	late.Sent = 1
	equal(t, plan(late), store.KfLeave{HeardAt: start.Add(time.Second), Sent: 1})
	read, err := s.KfLeave(t.Context(), talk)
	ok(t, err)
	equal(t, read, store.KfLeave{HeardAt: start.Add(time.Second), Sent: 1})
	read, err = s.KfLeave(t.Context(), kfTalkOf(2))
	ok(t, err)
	equal(t, read, store.KfLeave{})
	equal(t, plan(heardAt("m3", start.Add(time.Minute))), store.KfLeave{HeardAt: start.Add(time.Minute)})

	ok(t, s.SetKfStaff(t.Context(), talk, true, precise))
	equal(t, plan(nil), store.KfLeave{HeardAt: start.Add(time.Minute), Staff: true})
	ok(t, s.SetKfStaff(t.Context(), talk, false, precise))
	equal(t, plan(nil), store.KfLeave{HeardAt: start.Add(time.Minute)})

	// At another desk, and before a word was said.
	elsewhere := store.KfTalk{Person: talk.Person, Desk: "wk2"}
	ok(t, s.SetKfStaff(t.Context(), elsewhere, true, precise))
	leave, _, err := s.PlanKfSends(t.Context(), elsewhere, nil, "k", nil, precise)
	ok(t, err)
	equal(t, leave, store.KfLeave{Staff: true})
}

func kfSends(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	talk := kfTalkOf(1)
	account := talk.Person.Account
	planned := []store.KfSend{
		{Number: 0, MsgID: "a0", Kind: bot.MessageText, State: store.KfPlanned, Planned: precise},
		{Number: 1, MsgID: "a1", Kind: bot.MessageMenu, State: store.KfPlanned, Planned: precise},
	}
	plan := func() []store.KfSend {
		t.Helper()
		_, sends, err := s.PlanKfSends(t.Context(), talk, heardAt("m1", start), "m1", planned, precise)
		ok(t, err)
		return sends
	}
	equal(t, plan(), planned)
	equal(t, plan(), planned) // after a crash
	done := []store.KfSend{planned[0], planned[1]}
	done[0].State, done[0].Settled = store.KfSent, precise.Add(time.Second)
	done[1].State, done[1].Reason, done[1].Settled = store.KfFailed, "40007", precise.Add(time.Second)
	ok(t, s.SettleKfSends(t.Context(), talk, "m1", done, 1))
	equal(t, plan(), done)

	// The platform says later that the first did not arrive.
	known, err := s.FailKfSend(t.Context(), account, "a0", "rejected", precise.Add(time.Minute))
	ok(t, err)
	equal(t, known, true)
	done[0].State, done[0].Reason, done[0].Settled = store.KfFailed, "rejected", precise.Add(time.Minute)
	known, err = s.FailKfSend(t.Context(), account, "nobody's", "rejected", precise)
	ok(t, err)
	equal(t, known, false)
	again := []store.KfSend{planned[0]}
	again[0].State = store.KfSent
	ok(t, s.SettleKfSends(t.Context(), talk, "m1", again, 0))
	sends, err := s.KfSends(t.Context(), account, "m1")
	ok(t, err)
	equal(t, sends, done)
}

func kfTrim(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	for i := range 700 { // more than one statement deletes
		at := start.Add(time.Duration(i) * time.Second)
		_, _, err := s.PlanKfSends(t.Context(), kfTalkOf(i), heardAt("m", at), key("m%d", i),
			[]store.KfSend{{MsgID: "a", Kind: bot.MessageText, State: store.KfPlanned, Planned: at}}, at)
		ok(t, err)
	}
	n, err := s.TrimKf(t.Context(), start.Add(600*time.Second))
	ok(t, err)
	equal(t, n, 2*600)
	left, err := s.KfSends(t.Context(), "brand", "m600")
	ok(t, err)
	equal(t, len(left), 1)
	gone, err := s.KfSends(t.Context(), "brand", "m599")
	ok(t, err)
	equal(t, len(gone), 0)
	leave, _, err := s.PlanKfSends(t.Context(), kfTalkOf(650), nil, "k", nil, precise)
	ok(t, err)
	equal(t, leave.HeardAt, start.Add(650*time.Second))
}
