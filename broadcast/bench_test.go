package broadcast_test

import (
	"path/filepath"
	"testing"
	"time"

	"guanjia/internal/testproc"
)

// BenchmarkDryRun asks what would become of a broadcast to 100,000 people.
func BenchmarkDryRun(b *testing.B) {
	const people = 100_000
	for name, url := range map[string]func(testing.TB) string{
		"SQLite": func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "b.db") }, "PostgreSQL": testproc.Postgres,
	} {
		b.Run(name, func(b *testing.B) {
			bed := &bed{t: b, url: url(b), clock: &clock{now: time.Date(2026, 3, 2, 12, 0, 0, 0, china())}, post: &post{}, caller: &caller{}}
			bed.open()
			bed.followers(0, people)
			bed.draft(live)
			b.ResetTimer()
			for b.Loop() {
				r, err := bed.service.DryRun(b.Context(), "live", "wang", nil)
				bed.ok(err)
				if r.People != people {
					b.Fatalf("%d people", r.People)
				}
			}
			b.ReportMetric(float64(b.N)*people/b.Elapsed().Seconds(), "people/s")
		})
	}
}
