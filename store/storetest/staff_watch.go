package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"guanjia/store"
)

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

// staffTrim forgets the events of what is over, and leaves those of what is open or ended lately.
func staffTrim(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	for i := range 2 {
		_, _, err := s.OpenStaffConversation(t.Context(), asks(someone(i), "ask"+string(rune('0'+i)), start))
		ok(t, err)
	}
	end := func(i int, k string) (closed bool) {
		_, closed, err := s.CloseStaffConversation(t.Context(), someone(i), "", key("%s", k), after(2*time.Minute), store.ClosedByStaff)
		ok(t, err)
		return closed
	}
	equal(t, end(0, "end"), true)
	equal(t, end(2, "nothing"), false) // nothing was open, which only the journal dates
	nothing := entry(2, "nothing")
	nothing.Received = start
	_, _, err := s.Journal().Commit(t.Context(), nothing)
	ok(t, err)
	for _, trim := range []struct {
		before time.Duration
		want   int
	}{{0, 0}, {2 * time.Minute, 1}, {2 * time.Minute, 0}, {3 * time.Minute, 2}, {time.Hour, 0}} {
		n, err := s.TrimStaff(t.Context(), after(trim.before))
		ok(t, err)
		equal(t, n, trim.want)
	}
	c, opened, err := s.OpenStaffConversation(t.Context(), asks(someone(1), "ask1", start))
	ok(t, err)
	equal(t, opened, true) // told again what it did
	equal(t, c.Number, int64(2))
	c, found, err := s.StaffConversation(t.Context(), 1)
	ok(t, err)
	equal(t, found, true)
	equal(t, c.ClosedBy, store.ClosedByStaff)
}
