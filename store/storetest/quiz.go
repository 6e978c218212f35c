package storetest

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

func finish(a store.Attempt, score int, took time.Duration, at time.Time) store.FinishedAttempt {
	return store.FinishedAttempt{ID: a.ID, Key: "finish", At: at, Score: score, MaxScore: 100, Correct: score / 10, Questions: 10,
		Took: took, Answers: []byte(`[{"q":"1","a":"B\u0000"}]`)}
}

// play starts and finishes an attempt.
func play(t testing.TB, s *store.Store, p bot.Person, score int, took time.Duration, at time.Time) (store.Attempt, store.Standing) {
	t.Helper()
	a, outcome, err := s.StartAttempt(t.Context(), "quiz", p, 0, key("start-%s-%d-%d", p.User, score, at.UnixMilli()), at)
	ok(t, err)
	equal(t, outcome, store.Started)
	a, standing, err := s.FinishAttempt(t.Context(), finish(a, score, took, at))
	ok(t, err)
	return a, standing
}

func quizAttempts(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	p := someone(1)
	begin := func(k bot.EventKey) (store.Attempt, store.StartOutcome) {
		t.Helper()
		a, outcome, err := s.StartAttempt(t.Context(), "quiz", p, 2, k, precise)
		ok(t, err)
		return a, outcome
	}
	first, outcome := begin("start-1")
	equal(t, outcome, store.Started)
	equal(t, first, store.Attempt{ID: first.ID, Campaign: "quiz", Person: p, No: 1, Key: "start-1", StartedAt: precise})
	for k, want := range map[bot.EventKey]store.StartOutcome{"start-1": store.Started, "start-2": store.Unfinished} {
		again, outcome := begin(k)
		equal(t, outcome, want)
		equal(t, again, first)
	}

	f := finish(first, 80, 90*time.Second+5*time.Millisecond, precise.Add(time.Hour))
	done := first
	done.FinishedAt, done.Score, done.MaxScore, done.Correct, done.Questions = f.At, 80, 100, 8, 10
	done.Took, done.Answers = f.Took, f.Answers
	worse := finish(first, 10, time.Second, precise.Add(2*time.Hour))
	for _, f := range []store.FinishedAttempt{f, f, worse} {
		a, standing, err := s.FinishAttempt(t.Context(), f)
		ok(t, err)
		equal(t, a, done)
		equal(t, standing, store.Standing{Rank: 1, Participants: 1, BestScore: 80, BestTook: done.Took, Finished: true})
	}
	again, outcome := begin("start-1")
	equal(t, outcome, store.Started)
	equal(t, again, done)

	second, outcome := begin("start-3")
	equal(t, outcome, store.Started)
	equal(t, second.No, 2)
	_, _, err := s.FinishAttempt(t.Context(), finish(second, 60, time.Second, precise))
	ok(t, err)
	last, outcome := begin("start-4")
	equal(t, outcome, store.NoAttemptsLeft)
	equal(t, last.ID, second.ID)

	if _, _, err := s.FinishAttempt(t.Context(), store.FinishedAttempt{ID: "unheard of"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("finish of nothing: %v", err)
	}
	standing, err := s.QuizStanding(t.Context(), "quiz", p)
	ok(t, err)
	equal(t, standing, store.Standing{Rank: 1, Participants: 1, BestScore: 80, BestTook: done.Took, Finished: true})
}

func quizConcurrentStarts(t *testing.T, fresh Fresh) {
	url := fresh(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	var started atomic.Int32
	var ids [40]string
	together(40, func(i int) {
		a, outcome, err := stores[i%2].StartAttempt(t.Context(), "quiz", someone(1), 3, key("start-%d", i/2), precise)
		if err != nil {
			t.Error(err)
			return
		}
		if outcome == store.Started {
			started.Add(1)
		}
		ids[i] = a.ID
	})
	equal(t, started.Load(), int32(2)) // one event, delivered twice
	for _, id := range ids {
		equal(t, id, ids[0])
	}
	var best [20]store.Standing
	together(20, func(i int) {
		f := store.FinishedAttempt{ID: ids[0], At: precise, Score: i, Took: time.Second}
		var err error
		if _, best[i], err = stores[i%2].FinishAttempt(t.Context(), f); err != nil {
			t.Error(err)
		}
	})
	for _, b := range best {
		equal(t, b, best[0])
	}
	n, err := stores[0].QuizParticipants(t.Context(), "quiz")
	ok(t, err)
	equal(t, n, 1)
}

func quizRanks(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	n, err := s.QuizParticipants(t.Context(), "quiz")
	ok(t, err)
	equal(t, n, 0)
	standing, err := s.QuizStanding(t.Context(), "quiz", someone(1))
	ok(t, err)
	equal(t, standing, store.Standing{})

	results := []struct {
		person int
		score  int
		took   time.Duration
		at     time.Time
	}{
		{5, 90, 60 * time.Second, precise},
		{4, 100, 60 * time.Second, precise.Add(time.Millisecond)}, // same score and time, finished later
		{3, 100, 60 * time.Second, precise},
		{2, 100, 60 * time.Second, precise}, // all the same: by name
		{1, 100, 61 * time.Second, precise},
		{0, 0, time.Second, precise},
	}
	want := []int{2, 3, 4, 1, 5, 0}
	for _, r := range results {
		play(t, s, someone(r.person), r.score, r.took, r.at)
	}
	check := func(want []int) {
		t.Helper()
		for i, l := range collect(t, s.QuizRanking(t.Context(), "quiz")) {
			equal(t, l.Person, someone(want[i]))
			equal(t, l.Rank, i+1)
			standing, err := s.QuizStanding(t.Context(), "quiz", l.Person)
			ok(t, err)
			equal(t, standing, store.Standing{Rank: i + 1, Participants: len(want), BestScore: l.Score, BestTook: l.Took, Finished: true})
		}
	}
	check(want)
	play(t, s, someone(0), 100, 59*time.Second, precise.Add(time.Hour)) // better: counts
	play(t, s, someone(2), 100, 62*time.Second, precise.Add(time.Hour)) // worse: does not
	check([]int{0, 2, 3, 4, 1, 5})
}

// splitPool gives everybody the same share of 150.00, and leaves the rest.
func splitPool(ranking []store.Ranked) (store.Settlement, []store.Payout, error) {
	const pool = 15000
	st := store.Settlement{Participants: len(ranking), PoolFen: pool, Rule: "kept"}
	st.ShareFen = pool / int64(len(ranking))
	st.RemainderFen = pool % int64(len(ranking))
	var payouts []store.Payout
	for _, r := range ranking {
		payouts = append(payouts, store.Payout{Person: r.Person, Rank: r.Rank, Fen: st.ShareFen, Score: r.Score, Took: r.Took, FinishedAt: r.FinishedAt})
	}
	return st, payouts, nil
}

func quizSettle(t *testing.T, fresh Fresh) {
	url := fresh(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	s := stores[0]
	const players = 69
	together(4, func(g int) {
		for i := g; i < players; i += 4 {
			play(t, s, someone(i), i%10*10, time.Duration(i)*time.Second, precise)
		}
	})
	if _, err := s.QuizSettlement(t.Context(), "quiz"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("before the settlement: %v", err)
	}
	var did atomic.Int32
	var found [20]store.Settlement
	together(20, func(i int) {
		st, now, err := stores[i%2].Settle(t.Context(), "quiz", precise.Add(time.Duration(i)*time.Second), splitPool)
		if err != nil {
			t.Error(err)
			return
		}
		if now {
			did.Add(1)
		}
		found[i] = st
	})
	equal(t, did.Load(), int32(1))
	for _, st := range found {
		equal(t, st, found[0])
	}
	want := store.Settlement{Campaign: "quiz", Participants: players, PoolFen: 15000, ShareFen: 217, RemainderFen: 27, Rule: "kept", SettledAt: found[0].SettledAt}
	equal(t, found[0], want)
	before := collect(t, s.Payouts(t.Context(), "quiz"))
	play(t, s, someone(0), 100, time.Second, precise.Add(time.Hour)) // too late
	after := collect(t, s.Payouts(t.Context(), "quiz"))
	equal(t, after, before)
	var sum int64
	for i, p := range after {
		equal(t, p.Rank, i+1)
		sum += p.Fen
	}
	equal(t, sum+want.RemainderFen, want.PoolFen)
}

func quizSettleFails(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	play(t, s, someone(1), 100, time.Second, precise)
	for i, plan := range []func([]store.Ranked) (store.Settlement, []store.Payout, error){
		func([]store.Ranked) (store.Settlement, []store.Payout, error) {
			return store.Settlement{}, nil, errors.New("no tier")
		},
		func([]store.Ranked) (store.Settlement, []store.Payout, error) { // pays somebody twice
			p := store.Payout{Person: someone(1), Rank: 1}
			return store.Settlement{}, []store.Payout{p, p}, nil
		},
	} {
		if _, _, err := s.Settle(t.Context(), "quiz", precise, plan); err == nil {
			t.Errorf("plan %d went through", i)
		}
		if _, err := s.QuizSettlement(t.Context(), "quiz"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("plan %d left a settlement: %v", i, err)
		}
		equal(t, len(collect(t, s.Payouts(t.Context(), "quiz"))), 0)
	}
	_, now, err := s.Settle(t.Context(), "quiz", precise, splitPool)
	ok(t, err)
	equal(t, now, true)
}
