package schedule_test

import (
	"context"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/schedule"
	"guanjia/store"
	"guanjia/store/storetest"
)

// benchSchedules find many among a million people: of each trigger some thousands are due.
const benchSchedules = `
schedules:
  - {id: clock, name: 早安, at: [morning], segment: "tag:tag-1 and not optedout", accounts: [shop], say: [{text: 早上好}]}
  - {id: coupon, name: 到期, on: coupon_expiring, campaign: newgift, within: 3d, grace: 3d, say: [{text: 快到期}]}
  - {id: quiz, name: 答题, on: quiz_unfinished, campaign: health, after: 4h, grace: 30d, say: [{text: 还差几题}]}
  - {id: survey, name: 问卷, on: survey_unfinished, campaign: satisfaction, after: 2h, grace: 30d, say: [{text: 还差几题}]}
  - {id: follow, name: 关注, on: followed, after: 3d, grace: 30d, say: [{text: 三天了}]}
  - {id: member, name: 会员, on: followed, after: 3d, grace: 30d, segment: "tag:tag-1 and not coupon:newgift", say: [{text: 三天了}]}
`

// BenchmarkPage writes to people page by page: each turn is one transaction, which finds the next 500 for whom something is due, or the next 2,000
// of a segment, and enqueues their pushes.
//
//	go test ./schedule -run '^$' -bench Page -benchtime 10x
//
// It takes a minute to make a million people on PostgreSQL, and two on SQLite.
func BenchmarkPage(b *testing.B) {
	for _, engine := range []struct {
		name string
		url  func(testing.TB) string
	}{
		{"PostgreSQL", func(t testing.TB) string { return testproc.Postgres(t) }}, {"SQLite", func(t testing.TB) string { return "sqlite:" + t.TempDir() + "/guanjia.db" }},
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
			if err := jobs.Migrate(b.Context(), s); err != nil {
				b.Fatal(err)
			}
			at := time.UnixMilli(1_800_000_000_000)
			now := func() time.Time { return at }
			storetest.FillTown(b, s, 1_000_000, at)
			q, err := jobs.Open(b.Context(), jobs.Config{Store: s, Kinds: jobs.NewKinds(), Now: now})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(q.Close)
			for _, p := range benchBook(b).Plans(outbound.NewOutbox(q, now), []bot.AccountName{storetest.TownAccount}, now) {
				b.Run(p.Name, func(b *testing.B) { benchPages(b, s, p, at) })
			}
		})
	}
}

func benchBook(b *testing.B) *schedule.Book {
	b.Helper()
	d, ps := content.Parse("s.yaml", []byte("kind: schedule\n"+benchSchedules), nil)
	if ps != nil {
		b.Fatal(ps)
	}
	book, ps := schedule.Load([]content.Doc{d}, zone())
	if ps != nil {
		b.Fatal(ps)
	}
	return book
}

func benchPages(b *testing.B, s *store.Store, p schedule.Plan, at time.Time) {
	slot := store.Slot{Plan: p.Name, At: at}
	done := false
	for b.Loop() {
		if done {
			b.Fatalf("nobody is left after %d people: ask for fewer pages", slot.People)
		}
		if p.Ahead != nil {
			if err := p.Ahead(b.Context(), s, slot); err != nil {
				b.Fatal(err)
			}
		}
		type page struct {
			slot store.Slot
			done bool
		}
		got, err := store.InTx(b.Context(), s, func(ctx context.Context, tx *store.Tx) (page, error) {
			next := slot // it may run more than once
			done, err := p.Page(ctx, tx, &next)
			return page{next, done}, err
		})
		if err != nil {
			b.Fatal(err)
		}
		slot, done = got.slot, got.done
	}
	b.ReportMetric(float64(slot.People)/float64(b.N), "people/op")
}
