package outbound_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/store"
	"guanjia/store/hot/redis"
	"guanjia/store/hot/sql"
)

// BenchmarkPushes takes pushes to as many people, all of whom wrote, from their insertion, five hundred a transaction, to their being
// written down as sent. The way takes everything at once: what is measured is the house, not the platform.
func BenchmarkPushes(b *testing.B) {
	for name, open := range map[string]func(testing.TB) (url, redis string){
		"SQLite":               func(t testing.TB) (string, string) { return "sqlite:" + filepath.Join(t.TempDir(), "push.db"), "" },
		"PostgreSQL and Redis": func(t testing.TB) (string, string) { return testproc.Postgres(t), testproc.Redis(t) },
	} {
		b.Run(name, func(b *testing.B) {
			ctx := context.Background()
			url, redisURL := open(b)
			s, err := store.Open(ctx, url, store.Options{})
			must(b, err)
			defer s.Close()
			_, _, err = s.Migrate(ctx)
			must(b, err)
			must(b, jobs.Migrate(ctx, s))
			var h state = sql.New(s, sql.Options{})
			if redisURL != "" {
				client, err := redis.Open(redisURL)
				must(b, err)
				defer client.Close()
				r := redis.New(client, redis.Options{})
				defer r.Close()
				h = r
			}
			way := newPost()
			service := outbound.New(outbound.Config{
				Store: s, Caps: h, Pace: h, Locks: h, Owner: "bench", Rules: outbound.Rules{Caps: policy.Caps{PerDay: 1, PerWeek: 3}},
				Senders: map[bot.AccountName]map[policy.Way]outbound.Sender{"brand": {policy.Custom: way}},
			})
			kinds := jobs.NewKinds()
			must(b, service.Add(kinds))
			queue, err := jobs.Open(ctx, jobs.Config{Store: s, Kinds: kinds, Queues: map[string]int{outbound.Queue: 64}})
			must(b, err)
			defer queue.Close()
			must(b, service.Open(ctx, queue))
			service.Start()
			defer service.Stop()
			must(b, queue.Start(ctx))
			now := time.Now()
			var pushes []outbound.Push
			for i := range b.N {
				u := bot.UserID(fmt.Sprint("person-", i))
				if _, _, err := s.Journal().Commit(ctx, bot.Entry{Person: bot.Person{Account: "brand", User: u}, Key: bot.EventKey(u), Kind: bot.KindText, At: now, Received: now}); err != nil {
					b.Fatal(err)
				}
				pushes = append(pushes, hello(u, "gift"))
			}
			b.ResetTimer()
			for at := 0; at < b.N; at += 500 {
				page := pushes[at:min(at+500, b.N)]
				_, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (int, error) {
					return service.Outbox().Enqueue(ctx, tx, page...)
				})
				must(b, err)
			}
			for way.total() < b.N {
				time.Sleep(time.Millisecond)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pushes/s")
			stop, cancel := context.WithTimeout(ctx, 30*time.Second)
			defer cancel()
			must(b, queue.Stop(stop))
		})
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
