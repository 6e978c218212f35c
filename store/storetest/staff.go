package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// quiet is how long staff may be silent in these tests.

const quiet = 30 * time.Minute

func asks(p bot.Person, k string, at time.Time) store.StaffRequest {
	return store.StaffRequest{Person: p, Key: key("%s", k), Channel: store.StaffOfficial, Reason: store.StaffAsked, At: at, QuietUntil: at.Add(quiet)}
}

func takes(p bot.Person, k, who string, at time.Time) store.StaffSign {
	r := asks(p, k, at)
	r.Reason = store.StaffBegan
	return store.StaffSign{StaffRequest: r, Who: who, Took: true}
}

// says is a sign that the person hears of.

func says(p bot.Person, k, who string, at time.Time) store.StaffSign {
	s := takes(p, k, who, at)
	s.Took, s.Responded = false, true
	return s
}

func after(d time.Duration) time.Time { return start.Add(d) }

func staffOnce(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	first := asks(someone(1), "ask-1", start)
	c, opened, err := s.OpenStaffConversation(t.Context(), first)
	ok(t, err)
	equal(t, opened, true)
	equal(t, c, store.StaffConversation{
		Number: 1, Person: someone(1), Key: "ask-1", Channel: store.StaffOfficial, Reason: store.StaffAsked, OpenedAt: start, QuietUntil: after(quiet),
	})
	again, opened, err := s.OpenStaffConversation(t.Context(), asks(someone(1), "ask-2", after(time.Minute)))
	ok(t, err)
	equal(t, opened, false)
	equal(t, again, c)
	_, closed, err := s.CloseStaffConversation(t.Context(), someone(1), "", "end-1", after(2*time.Minute), store.ClosedByStaff)
	ok(t, err)
	equal(t, closed, true)
	c, opened, err = s.OpenStaffConversation(t.Context(), asks(someone(1), "ask-3", after(3*time.Minute)))
	ok(t, err)
	equal(t, opened, true)
	equal(t, c.Number, int64(2))
	_, found, err := s.StaffConversation(t.Context(), 3)
	ok(t, err)
	equal(t, found, false)
}

// staffDesks lets one person ask at two desks, which have nothing to do with each other.

func staffDesks(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	for i, desk := range []string{"wk1", "wk2"} {
		r := asks(p, "ask "+desk, start)
		r.Desk = desk
		c, opened, err := s.OpenStaffConversation(t.Context(), r)
		ok(t, err)
		equal(t, opened, true)
		equal(t, c.Number, int64(i+1))
	}
	sign := takes(p, "take", "zhang", after(time.Minute))
	sign.Desk = "wk1"
	c, open, err := s.SignOfStaff(t.Context(), sign)
	ok(t, err)
	equal(t, open, true)
	equal(t, c.Number, int64(1))
	c, closed, err := s.CloseStaffConversation(t.Context(), p, "wk2", "end", after(time.Hour), store.ClosedByStaff)
	ok(t, err)
	equal(t, closed, true)
	equal(t, c.Number, int64(2))
	left, err := s.OpenStaffConversations(t.Context())
	ok(t, err)
	equal(t, len(left), 1)
}

// staffRetry sends each event twice, as after a crash, the second time when the world has moved on.

func staffRetry(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	for range 2 {
		c, opened, err := s.OpenStaffConversation(t.Context(), asks(p, "ask", start))
		ok(t, err)
		equal(t, opened, true)
		equal(t, c.Number, int64(1))
		c, open, err := s.SignOfStaff(t.Context(), takes(p, "take", "zhang", after(time.Minute)))
		ok(t, err)
		equal(t, open, c.ClosedAt.IsZero())
		c, closed, err := s.CloseStaffConversation(t.Context(), p, "", "end", after(2*time.Minute), store.ClosedByStaff)
		ok(t, err)
		equal(t, closed, true)
		equal(t, c.ClosedAt, after(2*time.Minute))
	}
	_, opened, err := s.OpenStaffConversation(t.Context(), asks(p, "ask again", after(time.Hour)))
	ok(t, err)
	equal(t, opened, true)
	_, _, err = s.OpenStaffConversation(t.Context(), asks(p, "ask", start))
	ok(t, err)
	_, _, err = s.CloseStaffConversation(t.Context(), p, "", "end", after(2*time.Minute), store.ClosedByStaff)
	ok(t, err)
	open, err := s.OpenStaffConversations(t.Context())
	ok(t, err)
	equal(t, len(open), 1)
	equal(t, open[0].Number, int64(2))
}

// staffSameEvent closes one conversation and opens the next by one event.

func staffSameEvent(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	_, _, err := s.OpenStaffConversation(t.Context(), asks(someone(1), "ask", start))
	ok(t, err)
	for range 2 {
		_, closed, err := s.CloseStaffConversation(t.Context(), someone(1), "", "late", after(time.Hour), store.ClosedByTimeout)
		ok(t, err)
		equal(t, closed, true)
		c, opened, err := s.OpenStaffConversation(t.Context(), asks(someone(1), "late", after(time.Hour)))
		ok(t, err)
		equal(t, opened, true)
		equal(t, c.Number, int64(2))
		equal(t, c.ClosedAt.IsZero(), true)
	}
}

// staffRush lets 20 people ask, be taken, answered and ended, each by several events at once on two processes.

func staffRush(t *testing.T, fresh Fresh) {
	url := fresh(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	var opened, closed atomic.Int32
	together(100, func(i int) {
		s, p := stores[i%2], someone(i/5)
		_, did, err := s.OpenStaffConversation(t.Context(), asks(p, string(key("ask-%d", i)), start))
		if err != nil {
			t.Error(err)
		}
		if did {
			opened.Add(1)
		}
		if _, _, err := s.SignOfStaff(t.Context(), says(p, string(key("say-%d", i)), "zhang", after(time.Duration(i)*time.Second))); err != nil {
			t.Error(err)
		}
	})
	equal(t, opened.Load(), int32(20))
	open, err := stores[0].OpenStaffConversations(t.Context())
	ok(t, err)
	equal(t, len(open), 20)
	for _, c := range open {
		var i int
		for person := range 20 {
			if someone(person) == c.Person {
				i = person
			}
		}
		equal(t, c.FirstResponseAt, after(time.Duration(5*i)*time.Second))
		equal(t, c.LastStaffAt, after(time.Duration(5*i+4)*time.Second))
	}
	together(40, func(i int) {
		_, did, err := stores[i%2].CloseStaffConversation(t.Context(), someone(i/2), "", key("end-%d", i), after(time.Hour), store.ClosedByPerson)
		if err != nil {
			t.Error(err)
		}
		if did {
			closed.Add(1)
		}
	})
	equal(t, closed.Load(), int32(20))
}

func staffOutOfOrder(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	_, _, err := s.OpenStaffConversation(t.Context(), asks(p, "ask", start))
	ok(t, err)
	// What they said arrives before that they took it, and a second word before the first.
	_, _, err = s.SignOfStaff(t.Context(), says(p, "say-2", "li", after(3*time.Minute)))
	ok(t, err)
	_, _, err = s.SignOfStaff(t.Context(), says(p, "say-1", "zhang", after(2*time.Minute)))
	ok(t, err)
	c, open, err := s.SignOfStaff(t.Context(), takes(p, "take", "zhang", after(time.Minute)))
	ok(t, err)
	equal(t, open, true)
	equal(t, c, store.StaffConversation{
		Number: 1, Person: p, Key: "ask", Channel: store.StaffOfficial, Reason: store.StaffAsked, OpenedAt: start, TakenAt: after(time.Minute), Servicer: "li",
		FirstResponseAt: after(2 * time.Minute), LastStaffAt: after(3 * time.Minute), QuietUntil: after(3*time.Minute + quiet),
	})
	_, _, err = s.CloseStaffConversation(t.Context(), p, "", "end", after(4*time.Minute), store.ClosedByStaff)
	ok(t, err)
	// A word from before the end opens nothing; one from after it does: staff wrote again.
	c, open, err = s.SignOfStaff(t.Context(), says(p, "say-3", "zhang", after(4*time.Minute)))
	ok(t, err)
	equal(t, open, false)
	equal(t, c.Number, int64(1))
	c, open, err = s.SignOfStaff(t.Context(), says(p, "say-4", "zhang", after(5*time.Minute)))
	ok(t, err)
	equal(t, open, true)
	equal(t, c.Number, int64(2))
	equal(t, c.Reason, store.StaffBegan)
	// An end from before the beginning ends nothing.
	_, closed, err := s.CloseStaffConversation(t.Context(), p, "", "end-late", after(4*time.Minute), store.ClosedByStaff)
	ok(t, err)
	equal(t, closed, false)
}

func staffByNumber(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	c, _, err := s.OpenStaffConversation(t.Context(), asks(someone(1), "ask", start))
	ok(t, err)
	zhang := bot.Person{Account: "assistant", User: "zhang"}
	for range 2 {
		taken, open, err := s.SignOnNumber(t.Context(), c.Number, says(zhang, "accept", "zhang", after(time.Minute)))
		ok(t, err)
		equal(t, open, true)
		equal(t, taken.Person, someone(1))
		equal(t, taken.FirstResponseAt, after(time.Minute))
		equal(t, taken.TakenAt, after(time.Minute))
	}
	for range 2 {
		ended, did, err := s.CloseNumber(t.Context(), c.Number, "assistant", "finish", after(2*time.Minute), store.ClosedByStaff)
		ok(t, err)
		equal(t, did, true)
		equal(t, ended.ClosedBy, store.ClosedByStaff)
	}
	ended, did, err := s.CloseNumber(t.Context(), c.Number, "assistant", "finish again", after(3*time.Minute), store.ClosedByStaff)
	ok(t, err)
	equal(t, did, false)
	equal(t, ended.ClosedAt, after(2*time.Minute))
	for _, number := range []int64{c.Number, 99} {
		_, open, err := s.SignOnNumber(t.Context(), number, says(zhang, string(key("late %d", number)), "zhang", after(4*time.Minute)))
		ok(t, err)
		equal(t, open, false)
	}
	none, did, err := s.CloseNumber(t.Context(), 99, "assistant", "finish nothing", after(time.Hour), store.ClosedByStaff)
	ok(t, err)
	equal(t, did, false)
	equal(t, none, store.StaffConversation{})
}
