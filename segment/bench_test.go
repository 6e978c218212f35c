package segment_test

import (
	"fmt"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/internal/testproc"
	"guanjia/segment"
	"guanjia/store"
	"guanjia/store/storetest"
)

// benchSegments are what operators would write.
func benchSegments() []string {
	return []string{
		"all",
		"followed<30d",
		"scene:scene-7",
		"tag:孕期 and followed<30d and not coupon:newgift",
		"tag:tag-1 and followed<30d and not coupon:newgift",
		"account:shop and not optedout",
		"tag:tag-1 or coupon:newgift unredeemed",
		"not tag:tag-1",
		"active<7d",
		"active>30d",
		"quiz:health finished",
		"quiz:health unfinished",
		"quiz:health score>=90",
		"survey:satisfaction",
		"coupon:newgift expiring<3d",
		"consent:live",
		"unionid",
		"member:member-7",
		"active<7d or followed<7d or tag:孕期",
		"not (tag:tag-1 or quiz:health finished) and followed",
		"(tag:tag-1 or tag:tag-0) and (followed<30d or active<7d) and not optedout",
		"tag:tag-1 or quiz:health or coupon:newgift or survey:satisfaction",
	}
}

// BenchmarkSegment counts among followers, lists a page from the middle on, and asks who of a page's people are meant:
//
//	go test ./segment -run '^$' -bench Segment/PostgreSQL -benchtime 3x
//
// It takes a minute to make a million people on PostgreSQL, and two on SQLite.
func BenchmarkSegment(b *testing.B) {
	postgres := func(t testing.TB) string { return testproc.Postgres(t) }
	sqlite := func(t testing.TB) string { return "sqlite:" + t.TempDir() + "/guanjia.db" }
	for _, on := range []struct {
		engine string
		people int
		url    func(testing.TB) string
	}{
		{"PostgreSQL", 1_000_000, postgres}, {"SQLite", 1_000_000, sqlite}, {"SQLite", 100_000, sqlite},
	} {
		b.Run(fmt.Sprintf("%s/%d", on.engine, on.people), func(b *testing.B) {
			s, err := store.Open(b.Context(), on.url(b), store.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = s.Close() })
			if _, _, err := s.Migrate(b.Context()); err != nil {
				b.Fatal(err)
			}
			now := time.UnixMilli(1_800_000_000_000)
			storetest.FillTown(b, s, on.people, now)
			for _, text := range benchSegments() {
				benchSegment(b, s, text, now)
			}
		})
	}
}

func benchSegment(b *testing.B, s *store.Store, text string, now time.Time) {
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
			if _, err = segment.ListIn(b.Context(), s, e, now, storetest.TownAccount, storetest.TownMiddle, segment.PageMax); err != nil {
				b.Fatal(err)
			}
		}
	})
	all, err := segment.Parse("all")
	if err != nil {
		b.Fatal(err)
	}
	users, err := segment.ListIn(b.Context(), s, all, now, storetest.TownAccount, storetest.TownMiddle, 500)
	if err != nil {
		b.Fatal(err)
	}
	people := make([]bot.Person, len(users))
	for i, u := range users {
		people[i] = bot.Person{Account: storetest.TownAccount, User: u}
	}
	b.Run("among500/"+text, func(b *testing.B) {
		for b.Loop() {
			if _, err := segment.Among(b.Context(), s.Reader(), e, now, people); err != nil {
				b.Fatal(err)
			}
		}
	})
}
