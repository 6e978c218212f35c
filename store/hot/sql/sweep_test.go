package sql_test

import (
	"fmt"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/internal/testproc"
	"guanjia/store/hot/sql"
	"guanjia/store/storetest"
)

func TestSweepDeletesWhatHasExpired(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"SQLite": sqliteURL, "PostgreSQL": testproc.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := sql.New(storetest.Open(t, url(t)), sql.Options{})
			const n = 600 // more than a chunk
			for i := range n {
				// The even ones are gone in a moment, the odd ones stay.
				life := time.Millisecond
				if i%2 == 1 {
					life = time.Hour
				}
				l := bot.Lease{Person: bot.Person{Account: "brand", User: "openid"}, Key: bot.EventKey(fmt.Sprint("event-", i)), Owner: "o"}
				if _, err := h.Begin(t.Context(), bot.BeginRequest{Lease: l, For: time.Minute, Arrival: true}); err != nil {
					t.Fatal(err)
				}
				if err := h.Finish(t.Context(), bot.FinishRequest{Lease: l, Reply: []byte("reply"), ReplyFor: life}); err != nil {
					t.Fatal(err)
				}
				if _, err := h.PutOnce(t.Context(), fmt.Sprint("once-", i), nil, life); err != nil {
					t.Fatal(err)
				}
				if err := h.Put(t.Context(), fmt.Sprint("shared-", i), nil, life); err != nil {
					t.Fatal(err)
				}
				if locked, err := h.TryLock(t.Context(), fmt.Sprint("lock-", i), "o", life); err != nil || !locked {
					t.Fatal(locked, err)
				}
			}
			swept := 0
			for deadline := time.Now().Add(2 * time.Minute); swept < 2*n && time.Now().Before(deadline); {
				some, err := h.Sweep(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				swept += some
			}
			if swept != 2*n { // half of the events, of the values put once, of those shared and of the locks
				t.Errorf("%d rows were swept", swept)
			}
			for i := range n {
				if _, ok, err := h.Get(t.Context(), fmt.Sprint("shared-", i)); err != nil || ok != (i%2 == 1) {
					t.Fatalf("shared value %d: %v, %v", i, ok, err)
				}
				l := bot.Lease{Person: bot.Person{Account: "brand", User: "openid"}, Key: bot.EventKey(fmt.Sprint("event-", i)), Owner: "o2"}
				r, err := h.Begin(t.Context(), bot.BeginRequest{Lease: l, For: time.Minute})
				if err != nil {
					t.Fatal(err)
				}
				if want := bot.BeginState(i % 2); r.State != want { // run or done
					t.Fatalf("event %d: state %v", i, r.State)
				}
				if r.State == bot.BeginRun {
					if err := h.Abandon(t.Context(), l); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}
