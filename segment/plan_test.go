package segment

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// TestNoFactIsLookedForInAWholeTable asks SQLite's planner: what a tag, a campaign, a topic or a span of time names is found by an index, and of
// few people nothing is read but what is theirs.
func TestNoFactIsLookedForInAWholeTable(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/guanjia.db", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	explain := func(query string, args []any) []string {
		lines, err := store.All(t.Context(), s.Reader(), func(r store.Row) (detail string, err error) {
			var id, parent, unused int
			return detail, r.Scan(&id, &parent, &unused, &detail)
		}, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	now := time.UnixMilli(1_800_000_000_000)
	var everywhere []place
	for _, table := range tables() {
		everywhere = append(everywhere, place{table, "shop"})
	}
	users := []bot.UserID{"a", "b"}
	names := []name{{"a", bot.Person{Account: "corp", User: "x"}}}
	// Rows that are read one after the other, without an index that says which: of tables, not of what was put together before.
	whole := regexp.MustCompile(`^SCAN (f|c|r|i|follower|contact\w*|kf_talk|person_tag|coupon_claim|quiz_\w+|survey_\w+|journal|consent)\b`)
	for _, text := range []string{
		"tag:孕期 and followed<30d and not coupon:newgift", "tag:孕期 or coupon:newgift unredeemed", "coupon:newgift expiring<3d", "coupon:newgift redeemed",
		"active<7d", "active>30d and not quiz:q", "quiz:q finished", "quiz:q unfinished", "quiz:q score>=80", "not (survey:s or tag:孕期)", "not optedout", "consent:live",
		"member:zhang", "(active<7d or followed<7d or tag:孕期) and not optedout",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for of, plan := range map[string][]string{
			"count": explain(countQuery(e, now, everywhere)), "page": explain(pageQuery(e, now, "shop", "a", 100)), "among": explain(amongQuery(e, now, "shop", users, names)),
		} {
			for _, line := range plan {
				if whole.MatchString(line) {
					t.Errorf("%s of %s: %s\nin\n%s", of, text, line, strings.Join(plan, "\n"))
				}
			}
		}
	}
}
