package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/internal/testproc"
	"guanjia/store"
	"guanjia/store/storetest"
)

// TestPostgreSQLDiesAndComesBack kills the database in the middle: writes fail instead of hanging, nothing is written twice,
// and the store goes on by itself when it is back.
func TestPostgreSQLDiesAndComesBack(t *testing.T) {
	t.Parallel()
	server := testproc.StartPostgres(t)
	s := storetest.Open(t, server.URL)
	commit := func(k string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, _, err := s.Journal().Commit(ctx, bot.Entry{Person: bot.Person{Account: "brand", User: "openid"}, Key: bot.EventKey(k)})
		return err
	}
	claim := func(n int) (store.Claim, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		c, _, err := s.ClaimCoupon(ctx, store.ClaimRequest{Campaign: "gift", Key: "k", Person: bot.Person{Account: "brand", User: bot.UserID(fmt.Sprint(n))}})
		return c, err
	}
	var codes []string
	for n := range 50 {
		codes = append(codes, fmt.Sprint("code-", n))
	}
	if _, err := s.ImportCodes(t.Context(), "gift", codes, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := commit("before"); err != nil {
		t.Fatal(err)
	}

	var people sync.WaitGroup
	told := make([]string, 50) // the code that each person saw before or after the crash
	for n := range told {
		people.Go(func() {
			if c, err := claim(n); err == nil {
				told[n] = c.Code
			}
		})
	}
	server.Kill()
	people.Wait()
	if err := commit("while away"); err == nil {
		t.Error("a dead database wrote")
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a dead database answered")
	}

	server.Restart()
	eventually(t, func() error { return commit("after") })
	for n := range told {
		var c store.Claim
		eventually(t, func() (err error) { c, err = claim(n); return err })
		if told[n] != "" && told[n] != c.Code {
			t.Errorf("person %d was told %s and then %s", n, told[n], c.Code)
		}
	}
	stock, err := s.CouponStock(t.Context(), "gift")
	if err != nil || stock.Claimed != 50 {
		t.Errorf("%+v, %v", stock, err)
	}
	for _, k := range []bot.EventKey{"before", "after"} {
		if _, found, err := s.Journal().Find(t.Context(), "brand", k); err != nil || !found {
			t.Errorf("entry %s: %v, %v", k, found, err)
		}
	}
}

func eventually(t *testing.T, f func() error) {
	t.Helper()
	err := f()
	for deadline := time.Now().Add(2 * time.Minute); err != nil && time.Now().Before(deadline); err = f() {
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
}
