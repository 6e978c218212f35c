package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// on is a person of an account.
func on(account, user string) bot.Person {
	return bot.Person{Account: bot.AccountName(account), User: bot.UserID(user)}
}

func looked(p bot.Person, unionid string) store.Identity {
	return store.Identity{Person: p, UnionID: unionid, LookedUpAt: start}
}

func linked(t testing.TB, s *store.Store, told ...store.Identity) store.Linked {
	t.Helper()
	l, err := s.Link(t.Context(), told)
	ok(t, err)
	return l
}

func generated(campaign string, p bot.Person, k bot.EventKey) store.ClaimRequest {
	made := 0
	return store.ClaimRequest{Campaign: campaign, Person: p, Key: k, At: precise, Generate: &store.Generate{Code: func() (string, error) {
		made++
		return fmt.Sprintf("%s-%s-%d", campaign, k, made), nil
	}}}
}

func identityOneCoupon(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	follower, customer := on("brand", "o1"), on("kf", "wm1")
	first, outcome, err := s.ClaimCoupon(t.Context(), generated("gift", follower, "a"))
	ok(t, err)
	equal(t, outcome, store.Claimed)

	equal(t, linked(t, s, looked(follower, "u1")), store.Linked{})
	equal(t, linked(t, s, looked(customer, "u1")), store.Linked{Joined: 1})
	equal(t, linked(t, s, looked(customer, "u1")), store.Linked{})
	second, outcome, err := s.ClaimCoupon(t.Context(), generated("gift", customer, "b"))
	ok(t, err)
	equal(t, outcome, store.AlreadyClaimed)
	equal(t, second, first)
	shown, err := s.CouponClaim(t.Context(), "gift", customer)
	ok(t, err)
	equal(t, shown, first)
	equal(t, shown.Through, follower)

	// Who leaves the account on which nothing was got loses nothing.
	n, err := s.VoidClaims(t.Context(), customer, []string{"gift"}, precise)
	ok(t, err)
	equal(t, n, 0)
	n, err = s.VoidClaims(t.Context(), follower, []string{"gift"}, precise)
	ok(t, err)
	equal(t, n, 1)
	all, err := s.SamePerson(t.Context(), customer)
	ok(t, err)
	equal(t, all, []bot.Person{customer, follower})
}

// identityBegun: who is reminded of a survey that they have not finished is asked wherever they began, and not when they have answered
// elsewhere.
func identityBegun(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	follower, customer := on("brand", "o1"), on("kf", "wm1")
	due := func() (people []bot.Person) {
		t.Helper()
		all, err := store.InTx(t.Context(), s, func(ctx context.Context, tx *store.Tx) ([]store.Due, error) {
			return store.UnfinishedSurveys(ctx, tx, store.DuePage{Campaign: "visit", To: start.Add(time.Hour), Limit: 10})
		})
		ok(t, err)
		for _, d := range all {
			people = append(people, d.Keeper)
		}
		return people
	}
	open := func(p bot.Person, begun time.Time) bool {
		t.Helper()
		still, err := s.SurveyStillOpen(t.Context(), "visit", p, begun)
		ok(t, err)
		return still
	}
	linked(t, s, looked(follower, "u1"))
	ok(t, s.BeginSurvey(t.Context(), "visit", customer, start))
	equal(t, due(), []bot.Person{customer})
	linked(t, s, looked(customer, "u1"))
	equal(t, due(), []bot.Person{follower}) // under whose name it is kept
	equal(t, open(customer, start), true)
	ok(t, s.BeginSurvey(t.Context(), "visit", customer, start.Add(time.Minute)))
	equal(t, due(), []bot.Person{follower})
	first, err := s.SubmitSurvey(t.Context(), store.SurveyResponse{Campaign: "visit", Person: customer, Key: "s", StartedAt: start, FinishedAt: start.Add(2 * time.Minute), Complete: true}, customer)
	ok(t, err)
	equal(t, first, true)
	equal(t, due(), []bot.Person(nil))
	equal(t, open(follower, start), false)
	equal(t, open(customer, start.Add(time.Minute)), false)
}

// identityRush lets one person ask on two channels at once, over and over, on two processes.
func identityRush(t *testing.T, fresh Fresh) {
	url := fresh(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	people := []bot.Person{on("brand", "o1"), on("kf", "wm1")}
	linked(t, stores[0], looked(people[0], "u1"), looked(people[1], "u1"))
	var told [40]string
	var given atomic.Int32
	together(len(told), func(i int) {
		c, outcome, err := stores[i%2].ClaimCoupon(t.Context(), generated("gift", people[i/2%2], key("claim-%d", i)))
		if err != nil {
			t.Error(err)
		}
		if told[i] = c.Code; outcome == store.Claimed {
			given.Add(1)
		}
	})
	equal(t, given.Load(), int32(1))
	for _, code := range told {
		equal(t, code, told[0])
	}
	equal(t, len(collect(t, stores[1].Claims(t.Context(), "gift"))), 1)
}

func identityMoves(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	follower, customer := on("brand", "o1"), on("kf", "wm1")
	linked(t, s, looked(follower, "u1"))
	theirs, _, err := s.ClaimCoupon(t.Context(), generated("gift", follower, "a"))
	ok(t, err)
	_, _, err = s.ClaimCoupon(t.Context(), generated("gift", customer, "b"))
	ok(t, err)
	moved, _, err := s.ClaimCoupon(t.Context(), generated("summer", customer, "c"))
	ok(t, err)
	_, err = s.SubmitSurvey(t.Context(), store.SurveyResponse{Campaign: "poll", Key: "d", FinishedAt: precise}, customer)
	ok(t, err)

	equal(t, linked(t, s, looked(customer, "u1")), store.Linked{Joined: 1, Moved: 2, Left: 1})
	for _, p := range []bot.Person{follower, customer} {
		c, err := s.CouponClaim(t.Context(), "gift", p)
		ok(t, err)
		equal(t, c.Code, theirs.Code)
		c, err = s.CouponClaim(t.Context(), "summer", p)
		ok(t, err)
		equal(t, c.Code, moved.Code)
		equal(t, c.Through, customer)
		_, done, err := s.SurveyDone(t.Context(), "poll", p)
		ok(t, err)
		equal(t, done, true)
	}
	left, err := s.LeftBehind(t.Context(), 10)
	ok(t, err)
	equal(t, left, []store.LeftBehind{{What: "coupon", Campaign: "gift", Person: customer, At: start}})
}

func identityOneRank(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	follower, customer, other := on("brand", "o1"), on("kf", "wm1"), on("brand", "o2")
	play := func(p bot.Person, k bot.EventKey, score int) {
		a, outcome, err := s.StartAttempt(t.Context(), "quiz", p, 5, k, start)
		ok(t, err)
		equal(t, outcome, store.Started)
		_, _, err = s.FinishAttempt(t.Context(), store.FinishedAttempt{ID: a.ID, Key: k, At: start.Add(time.Minute), Score: score})
		ok(t, err)
	}
	play(follower, "a", 10)
	play(customer, "b", 30)
	play(other, "c", 20)
	linked(t, s, looked(follower, "u1"), looked(other, "u2"))
	equal(t, linked(t, s, looked(customer, "u1")), store.Linked{Joined: 1, Left: 1}) // attempts stay, the better standing counts
	for _, p := range []bot.Person{follower, customer} {
		st, err := s.QuizStanding(t.Context(), "quiz", p)
		ok(t, err)
		equal(t, []int{st.Rank, st.BestScore, st.Participants}, []int{1, 30, 2})
	}
	_, _, err := s.Settle(t.Context(), "quiz", start, func(ranking []store.Ranked) (store.Settlement, []store.Payout, error) {
		var payouts []store.Payout
		for _, r := range ranking {
			payouts = append(payouts, store.Payout{Person: r.Person, Rank: r.Rank, Fen: 100})
		}
		return store.Settlement{Participants: len(ranking)}, payouts, nil
	})
	ok(t, err)
	equal(t, len(collect(t, s.Payouts(t.Context(), "quiz"))), 2)
	for _, p := range []bot.Person{follower, customer} {
		payout, won, err := s.QuizPayout(t.Context(), "quiz", p)
		ok(t, err)
		equal(t, won, true)
		equal(t, payout.Person, follower)
	}
	_, outcome, err := s.StartAttempt(t.Context(), "quiz", customer, 1, "d", start)
	ok(t, err)
	equal(t, outcome, store.NoAttemptsLeft)
}

func identityTorn(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	a, b, c := on("brand", "o1"), on("kf", "wm1"), on("kf", "wm2")
	linked(t, s, looked(a, "u1"), looked(b, "u1"), looked(c, "u2"))
	equal(t, linked(t, s, looked(b, "")), store.Linked{}) // nothing told undoes nothing
	equal(t, linked(t, s, looked(b, "u2")), store.Linked{Torn: 1})
	equal(t, linked(t, s, looked(b, "u3")), store.Linked{}) // a new one of the same person
	i, known, err := s.Identity(t.Context(), b)
	ok(t, err)
	equal(t, known, true)
	equal(t, i, store.Identity{Person: b, UnionID: "u3", Owner: a, LookedUpAt: start})
	equal(t, linked(t, s, looked(on("app", "x"), "u3")), store.Linked{Joined: 1})
	i, _, err = s.Identity(t.Context(), on("app", "x"))
	ok(t, err)
	equal(t, i.Owner, a)
}

// identityRaces lets two channels of one person claim while they are being linked, on two processes: afterwards both are shown
// the same code, and a second one, given before the link was known, is noted.
func identityRaces(t *testing.T, fresh Fresh) {
	url := fresh(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	for n := range 40 {
		campaign := fmt.Sprint("race-", n)
		people := []bot.Person{on("brand", campaign), on("kf", campaign)}
		var attempts [2]store.Attempt
		together(6, func(i int) {
			s, p := stores[i%2], people[i%2]
			var err error
			switch i / 2 {
			case 0:
				_, err = s.Link(t.Context(), []store.Identity{looked(p, campaign)})
			case 1:
				_, _, err = s.ClaimCoupon(t.Context(), generated(campaign, p, key("claim-%d-%d", n, i)))
			case 2:
				attempts[i%2], _, err = s.StartAttempt(t.Context(), campaign, p, 1, key("start-%d-%d", n, i), start)
				if err == nil {
					_, _, err = s.FinishAttempt(t.Context(), store.FinishedAttempt{ID: attempts[i%2].ID, At: start, Score: i})
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
		who, _, err := stores[0].Identity(t.Context(), people[0])
		ok(t, err)
		claims := collect(t, stores[0].Claims(t.Context(), campaign))
		left := map[string]bool{}
		all, err := stores[0].LeftBehind(t.Context(), 1000)
		ok(t, err)
		for _, l := range all {
			if l.Campaign == campaign {
				left[l.What] = true
			}
		}
		for _, p := range people {
			c, err := stores[1].CouponClaim(t.Context(), campaign, p)
			ok(t, err)
			equal(t, c.Person, who.Owner)
		}
		if (len(claims) == 2) != left["coupon"] || len(claims) == 0 {
			t.Errorf("%d codes went out, noted: %v", len(claims), left["coupon"])
		}
		st, err := stores[0].QuizStanding(t.Context(), campaign, people[1])
		ok(t, err)
		equal(t, st.Participants, 1)
		if two := attempts[0].ID != attempts[1].ID; two && !left["quiz"] {
			t.Errorf("two attempts were made and none noted")
		}
	}
}

// identityUnknown keeps people apart of whom the platform tells no unionid: that two have none makes them no one person.
func identityUnknown(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	follower, customer := on("brand", "o1"), on("kf", "wm1")
	equal(t, linked(t, s, looked(follower, ""), looked(customer, "")), store.Linked{})
	for i, p := range []bot.Person{follower, customer} {
		_, outcome, err := s.ClaimCoupon(t.Context(), generated("gift", p, key("k%d", i)))
		ok(t, err)
		equal(t, outcome, store.Claimed)
	}
}
