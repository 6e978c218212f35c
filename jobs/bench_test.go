package jobs_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/store"
)

// BenchmarkJobs takes jobs that do nothing from their insertion, a thousand a transaction, to their end.
func BenchmarkJobs(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{
		"SQLite":     func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "jobs.db") },
		"PostgreSQL": testproc.Postgres,
	} {
		b.Run(name, func(b *testing.B) {
			ctx := context.Background()
			s, err := store.Open(ctx, url(b), store.Options{Log: zap.NewNop()})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := jobs.Migrate(ctx, s); err != nil {
				b.Fatal(err)
			}
			var did atomic.Int64
			kinds := jobs.NewKinds()
			if err := jobs.Add(kinds, func(context.Context, jobs.Job[errand]) error { did.Add(1); return nil }); err != nil {
				b.Fatal(err)
			}
			q, err := jobs.Open(ctx, jobs.Config{Store: s, Kinds: kinds, Queues: map[string]int{jobs.DefaultQueue: 200}})
			if err != nil {
				b.Fatal(err)
			}
			defer q.Close()
			if err := q.Start(ctx); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for at := 0; at < b.N; at += 1000 {
				var page []jobs.Insert
				for i := range min(1000, b.N-at) {
					page = append(page, jobs.New(errand{fmt.Sprint(at + i)}))
				}
				if _, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (int, error) { return 0, q.Insert(ctx, tx, page...) }); err != nil {
					b.Fatal(err)
				}
			}
			for did.Load() < int64(b.N) {
				time.Sleep(time.Millisecond)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			if err := q.Stop(ctx); err != nil {
				b.Fatal(err)
			}
		})
	}
}
