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
			}
			swept := 0
			for deadline := time.Now().Add(10 * time.Second); swept < n && time.Now().Before(deadline); {
				some, err := h.Sweep(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				swept += some
			}
			if swept != n { // half of the events and half of the values
				t.Errorf("%d rows were swept", swept)
			}
			for i := range n {
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
