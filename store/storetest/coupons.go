package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

func codes(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s-%04d", prefix, i)
	}
	return all
}

func imported(t testing.TB, s *store.Store, campaign string, codes []string) {
	t.Helper()
	for chunk := range slices.Chunk(codes, 1000) {
		r, err := s.ImportCodes(t.Context(), campaign, chunk, start)
		ok(t, err)
		equal(t, r, store.ImportResult{Added: len(chunk)})
	}
}

func claim(i int, k bot.EventKey) store.ClaimRequest {
	return store.ClaimRequest{Campaign: "gift", Person: someone(i), Key: k, At: precise, ExpiresAt: precise.Add(24 * time.Hour)}
}

// couponRush lets 100 people ask twice each, at once, on two processes, for 50 codes.
func couponRush(t *testing.T, fresh Fresh) {
	url := fresh(t)
	stores := []*store.Store{Open(t, url), Open(t, url)}
	imported(t, stores[0], "gift", codes("RUSH", 50))
	imported(t, stores[0], "other", codes("OTHER", 50))
	var mu sync.Mutex
	holders := map[string]bot.Person{} // by code
	held := map[bot.Person]string{}
	var outcomes [3]atomic.Int32
	together(200, func(i int) {
		c, outcome, err := stores[i%2].ClaimCoupon(t.Context(), claim(i/2, key("event-%d", i)))
		if err != nil {
			t.Error(err)
			return
		}
		outcomes[outcome].Add(1)
		if outcome == store.SoldOut {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if p, taken := holders[c.Code]; taken && p != c.Person {
			t.Errorf("code %s went to %v and %v", c.Code, p, c.Person)
		}
		if code, has := held[c.Person]; has && code != c.Code {
			t.Errorf("%v got %s and %s", c.Person, code, c.Code)
		}
		holders[c.Code], held[c.Person] = c.Person, c.Code
	})
	if len(holders) != 50 || outcomes[store.Claimed].Load() != 50 || outcomes[store.AlreadyClaimed].Load() > 50 {
		t.Errorf("%d codes went out; claimed %d, already %d, sold out %d", len(holders), outcomes[0].Load(), outcomes[1].Load(), outcomes[2].Load())
	}
	// Whoever asks after the rush is told the truth.
	for i := range 100 {
		_, outcome, err := stores[0].ClaimCoupon(t.Context(), claim(i, key("after-%d", i)))
		ok(t, err)
		if _, has := held[someone(i)]; has != (outcome == store.AlreadyClaimed) {
			t.Errorf("person %d has a code: %v, and is told %v", i, has, outcome)
		}
	}
	stock, err := stores[0].CouponStock(t.Context(), "gift")
	ok(t, err)
	equal(t, stock, store.Stock{Campaign: "gift", Total: 50, Claimed: 50})
}

func couponRetry(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	_, outcome, err := s.ClaimCoupon(t.Context(), claim(1, "k"))
	ok(t, err)
	equal(t, outcome, store.SoldOut)
	imported(t, s, "gift", codes("C", 2))

	want := store.Claim{Campaign: "gift", Person: someone(1), Through: someone(1), Key: "k", Code: "C-0000", State: store.CouponClaimed,
		ClaimedAt: precise, ExpiresAt: precise.Add(24 * time.Hour)}
	for range 3 {
		c, outcome, err := s.ClaimCoupon(t.Context(), claim(1, "k"))
		ok(t, err)
		equal(t, outcome, store.Claimed)
		equal(t, c, want)
	}
	c, outcome, err := s.ClaimCoupon(t.Context(), claim(1, "another event"))
	ok(t, err)
	equal(t, outcome, store.AlreadyClaimed)
	equal(t, c, want)

	c, err = s.CouponClaim(t.Context(), "gift", someone(1))
	ok(t, err)
	equal(t, c, want)
	if _, err := s.CouponClaim(t.Context(), "gift", someone(2)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody's claim: %v", err)
	}
}

func couponGenerated(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	var made atomic.Int32
	generate := &store.Generate{Limit: 30, Code: func() (string, error) { return fmt.Sprintf("G-%d", made.Add(1)), nil }}
	var outcomes [3]atomic.Int32
	together(100, func(i int) {
		r := claim(i, key("event-%d", i))
		r.Generate = generate
		_, outcome, err := s.ClaimCoupon(t.Context(), r)
		if err != nil {
			t.Error(err)
			return
		}
		outcomes[outcome].Add(1)
	})
	equal(t, outcomes[store.Claimed].Load(), int32(30))
	equal(t, outcomes[store.SoldOut].Load(), int32(70))

	unlimited := claim(1000, "more")
	unlimited.Generate = &store.Generate{Code: generate.Code}
	_, outcome, err := s.ClaimCoupon(t.Context(), unlimited)
	ok(t, err)
	equal(t, outcome, store.Claimed)

	failing := claim(2000, "fails")
	failing.Generate = &store.Generate{Code: func() (string, error) { return "", errors.New("no randomness") }}
	if _, _, err := s.ClaimCoupon(t.Context(), failing); err == nil || !strings.Contains(err.Error(), "no randomness") {
		t.Errorf("failing generator: %v", err)
	}
}

func couponCollisions(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	imported(t, s, "other", []string{"A"})
	next := []string{"A", "A", "B"}
	r := claim(1, "k")
	r.Generate = &store.Generate{Code: func() (string, error) {
		code := next[0]
		next = next[1:]
		return code, nil
	}}
	c, outcome, err := s.ClaimCoupon(t.Context(), r)
	ok(t, err)
	equal(t, outcome, store.Claimed)
	equal(t, c.Code, "B")

	r = claim(2, "k2")
	r.Generate = &store.Generate{Code: func() (string, error) { return "B", nil }}
	if _, _, err := s.ClaimCoupon(t.Context(), r); err == nil {
		t.Error("a generator that knows one code only went through")
	}
	if _, err := s.CouponClaim(t.Context(), "gift", someone(2)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the claim that failed: %v", err)
	}
}

func couponImport(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	imports := []struct {
		campaign string
		codes    []string
		want     store.ImportResult
	}{
		{"gift", []string{"A", "B", "A"}, store.ImportResult{Added: 2, Existing: 1}},
		{"gift", []string{"A", "B", "C"}, store.ImportResult{Added: 1, Existing: 2}},
		{"other", []string{"A", "D", "C"}, store.ImportResult{Added: 1, Conflicts: []string{"A", "C"}}},
		{"other", nil, store.ImportResult{}},
		{"other", codes("MANY", 1000), store.ImportResult{Added: 1000}},
	}
	for _, i := range imports {
		r, err := s.ImportCodes(t.Context(), i.campaign, i.codes, start)
		ok(t, err)
		equal(t, r, i.want)
	}
	for _, bad := range [][]string{codes("TOO-MANY", 1001), {"good", ""}, {"good", "nul\x00"}, {"good", "\xff"}} {
		if _, err := s.ImportCodes(t.Context(), "gift", bad, start); err == nil {
			t.Errorf("%d codes from %q went through", len(bad), bad[len(bad)-1])
		}
	}
	stock, err := s.CouponStock(t.Context(), "gift")
	ok(t, err)
	equal(t, stock.Total, 3)
	// Two files at once with codes in common, in different order.
	mine, theirs := codes("BOTH", 500), codes("BOTH", 500)
	slices.Reverse(theirs)
	var added atomic.Int32
	together(2, func(i int) {
		r, err := s.ImportCodes(t.Context(), "gift", [][]string{mine, theirs}[i], start)
		if err != nil {
			t.Error(err)
		}
		added.Add(int32(r.Added))
	})
	equal(t, added.Load(), int32(500))
}

func couponRedeem(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	imported(t, s, "gift", []string{"A"})
	_, _, err := s.ClaimCoupon(t.Context(), claim(1, "k"))
	ok(t, err)
	var outcomes [7]atomic.Int32
	together(40, func(i int) {
		_, outcome, err := s.RedeemCoupon(t.Context(), store.RedeemRequest{Code: "A", IdempotencyKey: fmt.Sprint(i % 20), By: "till", At: precise})
		if err != nil {
			t.Error(err)
			return
		}
		outcomes[outcome].Add(1)
	})
	// 20 requests, each sent twice: one redeemed, and its copy was told so.
	equal(t, outcomes[store.Redeemed].Load(), int32(1))
	equal(t, outcomes[store.RedeemedBefore].Load(), int32(1))
	equal(t, outcomes[store.AlreadyRedeemed].Load(), int32(38))
}

func couponRedeemOutcomes(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	imported(t, s, "gift", []string{"USED", "VOID", "EXPIRED", "FREE"})
	for i := range 3 {
		_, _, err := s.ClaimCoupon(t.Context(), claim(i, key("k%d", i)))
		ok(t, err)
	}
	_, err := s.VoidClaims(t.Context(), someone(1), []string{"gift"}, precise)
	ok(t, err)
	known := func(i int, code string) store.Redemption {
		return store.Redemption{Code: code, Campaign: "gift", Person: someone(i)}
	}
	used := known(0, "USED")
	used.RedeemedAt, used.By = precise, "till-1"
	for _, c := range []struct {
		name, code, key, by string
		at                  time.Time
		want                store.RedeemOutcome
		redemption          store.Redemption
	}{
		{"the first time", "USED", "r1", "till-1", precise, store.Redeemed, used},
		{"sent again", "USED", "r1", "till-1", precise.Add(time.Hour), store.RedeemedBefore, used},
		{"another request", "USED", "r2", "till-1", precise, store.AlreadyRedeemed, used},
		{"another caller with the same key", "USED", "r1", "till-2", precise, store.AlreadyRedeemed, used},
		{"without a key", "USED", "", "till-1", precise, store.AlreadyRedeemed, used},
		{"void", "VOID", "r3", "till-1", precise, store.VoidCode, known(1, "VOID")},
		{"at its end", "EXPIRED", "r4", "till-1", precise.Add(24 * time.Hour), store.ExpiredCode, known(2, "EXPIRED")},
		{"given to nobody", "FREE", "r5", "till-1", precise, store.UnclaimedCode, store.Redemption{Code: "FREE", Campaign: "gift"}},
		{"unknown", "used", "r6", "till-1", precise, store.UnknownCode, store.Redemption{Code: "used"}},
		{"empty", "", "r7", "till-1", precise, store.UnknownCode, store.Redemption{}},
		{"with NUL", "USED\x00", "r8", "till-1", precise, store.UnknownCode, store.Redemption{Code: "USED\x00"}},
		{"just before its end", "EXPIRED", "r9", "till-1", precise.Add(24*time.Hour - time.Millisecond), store.Redeemed,
			store.Redemption{Code: "EXPIRED", Campaign: "gift", Person: someone(2), RedeemedAt: precise.Add(24*time.Hour - time.Millisecond), By: "till-1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, outcome, err := s.RedeemCoupon(t.Context(), store.RedeemRequest{Code: c.code, IdempotencyKey: c.key, By: c.by, At: c.at})
			ok(t, err)
			equal(t, outcome, c.want)
			equal(t, r, c.redemption)
		})
	}
	stock, err := s.CouponStock(t.Context(), "gift")
	ok(t, err)
	equal(t, stock, store.Stock{Campaign: "gift", Total: 4, Claimed: 3, Redeemed: 2, Void: 1})
}

func couponVoid(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	for _, campaign := range []string{"gift", "keep", "redeemed"} {
		imported(t, s, campaign, []string{"code of " + campaign})
		r := claim(1, key("k"))
		r.Campaign = campaign
		_, _, err := s.ClaimCoupon(t.Context(), r)
		ok(t, err)
	}
	_, outcome, err := s.RedeemCoupon(t.Context(), store.RedeemRequest{Code: "code of redeemed", At: precise})
	ok(t, err)
	equal(t, outcome, store.Redeemed)

	for _, want := range []int{1, 0} {
		n, err := s.VoidClaims(t.Context(), someone(1), []string{"gift", "redeemed", "never heard of"}, precise)
		ok(t, err)
		equal(t, n, want)
	}
	n, err := s.VoidClaims(t.Context(), someone(1), nil, precise)
	ok(t, err)
	equal(t, n, 0)
	for campaign, want := range map[string]store.CouponState{"gift": store.CouponVoid, "keep": store.CouponClaimed, "redeemed": store.CouponRedeemed} {
		c, err := s.CouponClaim(t.Context(), campaign, someone(1))
		ok(t, err)
		equal(t, c.State, want)
	}
	// Following again gives no second code.
	c, outcome2, err := s.ClaimCoupon(t.Context(), claim(1, "followed again"))
	ok(t, err)
	equal(t, outcome2, store.AlreadyClaimed)
	equal(t, c.State, store.CouponVoid)
}

func couponExport(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	const n = 1100 // more than a page
	imported(t, s, "gift", codes("E", n))
	together(20, func(g int) {
		for i := g; i < n; i += 20 {
			if _, _, err := s.ClaimCoupon(t.Context(), claim(i, key("k%d", i))); err != nil {
				t.Error(err)
			}
		}
	})
	seen := map[string]bool{}
	last := bot.Person{}
	for _, c := range collect(t, s.Claims(t.Context(), "gift")) {
		if seen[c.Code] || c.Person.User <= last.User {
			t.Fatalf("%v is out of order or twice", c)
		}
		seen[c.Code], last = true, c.Person
	}
	equal(t, len(seen), n)
	equal(t, len(collect(t, s.Claims(t.Context(), "unheard of"))), 0)
	for _, err := range s.Claims(ended(), "gift") {
		if err == nil {
			t.Error("a cancelled export went on")
		}
	}
}
