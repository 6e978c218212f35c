package segment_test

import (
	"context"
	"testing"
	"time"

	"guanjia/internal/testproc"
	"guanjia/segment"
	"guanjia/store"
)

// benchmarkPeople is how many follow the account of the benchmarks.
const benchmarkPeople = 1_000_000

// fill makes people: every second has a tag, every tenth a coupon, every twentieth is known on two accounts, every hundredth said that
// they want no messages.
const series = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS BIGINT)) "

func fill(ctx context.Context, b *testing.B, s *store.Store, now time.Time) {
	b.Helper()
	ms := now.UnixMilli()
	for _, f := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO follower " + series + "SELECT 'shop', 'o' || i, 'scene-' || (i % 50), CAST($2 AS BIGINT) - CAST(i % 300 AS BIGINT) * 86400000, 0, 1, TRUE FROM n", []any{benchmarkPeople, ms}},
		{"INSERT INTO person_tag " + series + "SELECT 'shop', 'o' || (i * 2), 'tag-' || (i % 2), 'quiz', 'q', '', CAST($2 AS BIGINT) FROM n", []any{benchmarkPeople / 2, ms}},
		{"INSERT INTO coupon_claim " + series + "SELECT 'newgift', 'shop', 'o' || (i * 10), '', 'C' || i, CAST($2 AS BIGINT), 0, 0, 0, '', '', 'shop', 'o' || (i * 10) FROM n", []any{benchmarkPeople / 10, ms}},
		{"INSERT INTO identity " + series + "SELECT 'shop', 'o' || (i * 20), 'u' || i, 'shop', 'o' || (i * 20), CAST($2 AS BIGINT) FROM n", []any{benchmarkPeople / 20, ms}},
		{"INSERT INTO identity " + series + "SELECT 'corp', 'wm' || i, 'u' || i, 'shop', 'o' || (i * 20), CAST($2 AS BIGINT) FROM n", []any{benchmarkPeople / 20, ms}},
		{"INSERT INTO consent " + series + "SELECT 'shop', 'o' || (i * 100), '', FALSE, '', CAST($2 AS BIGINT), '' FROM n", []any{benchmarkPeople / 100, ms}},
	} {
		if _, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (int, error) { return tx.Exec(ctx, f.query, f.args...) }); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (int, error) { return tx.Exec(ctx, "ANALYZE") }); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSegment counts among a million followers, and lists a page in the middle of them:
//
//	go test ./segment -run '^$' -bench Segment -benchtime 5x
func BenchmarkSegment(b *testing.B) {
	now := time.UnixMilli(1_800_000_000_000)
	for _, engine := range []struct {
		name string
		url  func(testing.TB) string
	}{
		{"PostgreSQL", testproc.Postgres}, {"SQLite", func(t testing.TB) string { return "sqlite:" + t.TempDir() + "/guanjia.db" }},
	} {
		b.Run(engine.name, func(b *testing.B) {
			s, err := store.Open(b.Context(), engine.url(b), store.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = s.Close() })
			if _, _, err := s.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			fill(b.Context(), b, s, now)
			for _, text := range []string{
				"tag:tag-1 and followed<30d and not coupon:newgift",
				"account:shop and not optedout",
				"tag:tag-1 or coupon:newgift unredeemed",
				"all",
			} {
				e, err := segment.Parse(text)
				if err != nil {
					b.Fatal(err)
				}
				b.Run("count/"+text, func(b *testing.B) {
					n := 0
					for b.Loop() {
						if n, err = segment.CountIn(b.Context(), s, e, now); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(n), "people")
				})
				b.Run("page/"+text, func(b *testing.B) {
					for b.Loop() {
						if _, err = segment.ListIn(b.Context(), s, e, now, "shop", "o5", segment.PageMax); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}
