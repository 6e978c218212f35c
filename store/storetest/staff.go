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

func staffQueue(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	var all []store.StaffConversation
	for i := range 5 {
		r := asks(someone(i), string(key("ask-%d", i)), after(time.Duration(i)*time.Minute))
		if i == 1 {
			r.Desk = "wk-other"
		}
		c, _, err := s.OpenStaffConversation(t.Context(), r)
		ok(t, err)
		all = append(all, c)
	}
	before := func(want int) {
		t.Helper()
		n, err := s.WaitingBefore(t.Context(), all[4])
		ok(t, err)
		equal(t, n, want)
	}
	before(3)
	_, _, err := s.SignOfStaff(t.Context(), takes(someone(0), "take", "zhang", after(time.Hour)))
	ok(t, err)
	before(2)
	_, _, err = s.CloseStaffConversation(t.Context(), someone(2), "", "left", after(time.Hour), store.ClosedByPerson)
	ok(t, err)
	before(1)
}

func staffSilence(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	for i := range 3 {
		_, _, err := s.OpenStaffConversation(t.Context(), asks(someone(i), string(key("ask-%d", i)), start))
		ok(t, err)
	}
	_, _, err := s.SignOfStaff(t.Context(), takes(someone(1), "take", "zhang", after(10*time.Minute)))
	ok(t, err)
	_, _, err = s.CloseStaffConversation(t.Context(), someone(2), "", "left", after(20*time.Minute), store.ClosedByPerson)
	ok(t, err)
	for _, step := range []struct {
		at   time.Duration
		want int
	}{{quiet - time.Second, 0}, {quiet, 1}, {quiet, 0}, {10*time.Minute + quiet, 1}} {
		n, err := s.CloseSilentStaff(t.Context(), after(step.at))
		ok(t, err)
		equal(t, n, step.want)
	}
	c, _, err := s.StaffConversation(t.Context(), 1)
	ok(t, err)
	equal(t, c.ClosedBy, store.ClosedByTimeout)
	equal(t, c.ClosedAt, after(quiet))
}

func staffNotice(t *testing.T, fresh Fresh) {
	url := fresh(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	c, _, err := stores[0].OpenStaffConversation(t.Context(), asks(someone(1), "ask", start))
	ok(t, err)
	claims := func(at time.Duration) int32 {
		var mine atomic.Int32
		together(10, func(i int) {
			did, err := stores[i%2].ClaimStaffNotice(t.Context(), c.Number, after(at), after(at+time.Minute))
			if err != nil {
				t.Error(err)
			}
			if did {
				mine.Add(1)
			}
		})
		return mine.Load()
	}
	equal(t, claims(0), int32(1))
	equal(t, claims(59*time.Second), int32(0))
	equal(t, claims(time.Minute), int32(1)) // whoever claimed it before did not get through
	ok(t, stores[0].StaffNoticeGiven(t.Context(), c.Number, after(time.Minute)))
	ok(t, stores[1].StaffNoticeGiven(t.Context(), c.Number, after(time.Hour)))
	equal(t, claims(2*time.Hour), int32(0))
	c, _, err = stores[0].StaffConversation(t.Context(), c.Number)
	ok(t, err)
	equal(t, c.NotifiedAt, after(time.Minute))
}

func staffNews(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	news := func(responded, closed int) {
		t.Helper()
		n, err := s.TellStaffNews(t.Context())
		ok(t, err)
		equal(t, [2]int{len(n.Responded), len(n.Closed)}, [2]int{responded, closed})
	}
	news(0, 0)
	_, _, err := s.OpenStaffConversation(t.Context(), asks(someone(1), "ask", start))
	ok(t, err)
	_, _, err = s.SignOfStaff(t.Context(), takes(someone(1), "take", "zhang", after(time.Minute)))
	ok(t, err)
	news(0, 0)
	for i := range 2 {
		_, _, err = s.SignOfStaff(t.Context(), says(someone(1), string(key("say-%d", i)), "zhang", after(time.Minute)))
		ok(t, err)
		news(1-i, 0)
	}
	_, _, err = s.CloseStaffConversation(t.Context(), someone(1), "", "end", after(time.Hour), store.ClosedByStaff)
	ok(t, err)
	news(0, 1)
	news(0, 0)
}

func staffFigures(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	for i := range 4 {
		_, _, err := s.OpenStaffConversation(t.Context(), asks(someone(i), string(key("ask-%d", i)), after(time.Duration(i)*time.Hour)))
		ok(t, err)
	}
	for i, minutes := range []time.Duration{2, 4} {
		_, _, err := s.SignOfStaff(t.Context(), says(someone(i), string(key("say-%d", i)), "zhang", after(time.Duration(i)*time.Hour+minutes*time.Minute)))
		ok(t, err)
	}
	_, _, err := s.SignOfStaff(t.Context(), says(someone(9), "begin", "zhang", after(time.Hour))) // began by themselves
	ok(t, err)
	_, err = s.CloseSilentStaff(t.Context(), after(2*time.Hour+quiet))
	ok(t, err)
	f, err := s.StaffFigures(t.Context(), "brand", start, after(3*time.Hour))
	ok(t, err)
	equal(t, f, store.StaffFigures{Opened: 3, Responded: 2, TimedOut: 3, MeanResponse: 3 * time.Minute, WorstResponse: 4 * time.Minute})
	none, err := s.StaffFigures(t.Context(), "other", start, after(3*time.Hour))
	ok(t, err)
	equal(t, none, store.StaffFigures{})

	all := collect(t, s.StaffConversations(t.Context(), "brand", start, after(3*time.Hour)))
	equal(t, len(all), 4)
	equal(t, all[3].Reason, store.StaffBegan)
}
