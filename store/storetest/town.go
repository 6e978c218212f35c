package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"guanjia/store"
)

// TownAccount is the official account whose followers FillTown makes, TownMiddle an id in the middle of those of a million.
const (
	TownAccount = "shop"
	TownMiddle  = "o6_bmjrPTlm6_2sgVt7100500000"
)

// townPeople counts 1, 2, 3... as i, beside now in unix ms.
const townPeople = "WITH RECURSIVE n(i, now) AS (SELECT CAST(1 AS BIGINT), CAST($2 AS BIGINT) UNION ALL SELECT i + 1, now FROM n WHERE i < CAST($1 AS BIGINT)) "

// townUser is the id of a follower by number: as long as the platform's, and in another order than that in which the rows are written.
func townUser(number string) string { return townID("o6_bmjrPTlm6_2sgVt7", number) }

// townContact is the id of a customer of the corp by number.
func townContact(number string) string { return townID("wmEAlECwAAHrbWYDoK5u3Bf", number) }

func townID(prefix, number string) string {
	return "'" + prefix + "' || CAST(100000000 + (" + number + ") * 48271 % 1000003 AS TEXT)"
}

// townFacts is what is known of the people: rows for each so-many-th of them, as SELECT lists over i and now.
func townFacts() []struct {
	table string
	one   int // in how many people
	row   string
} {
	const day = "86400000"
	ago := func(days int) string {
		return fmt.Sprintf("now - i * 7919 %% %d * %s - i %% 86400 * 1000", days, day)
	}
	return []struct {
		table string
		one   int
		row   string
	}{
		{"follower", 1, "'shop', " + townUser("i") + ", 'scene-' || (i % 50), " + ago(300) + ", CASE WHEN i % 20 = 0 THEN now - 1000 ELSE 0 END, 1, i % 20 > 0"},
		{"person_tag", 2, "'shop', " + townUser("i * 2") + ", 'tag-' || (i % 2), 'quiz', 'q', '', now"},
		{"person_tag", 100, "'shop', " + townUser("i * 100") + ", '孕期', 'quiz', 'q', '', now"},
		{"coupon_claim", 10, "'newgift', 'shop', " + townUser("i * 10") + ", '', 'C' || i, now, now + i % 30 * " + day +
			" + 1, 0, CASE WHEN i % 4 = 0 THEN now ELSE 0 END, '', '', 'shop', " + townUser("i * 10")},
		{"contact", 10, "'corp', " + townContact("i") + ", '', 1, '', CASE WHEN i % 2 = 0 THEN 'u' || (i / 2) ELSE '' END, 1"},
		{"contact_relation", 10, "'corp', " + townContact("i") + ", 'member-' || (i % 40), '', '', 'scene-' || (i % 50), 1, " + ago(300) + ", 0, 1, 1"},
		{"contact_tag", 20, "'corp', " + townContact("i") + ", 'member-' || (i % 40), 'et-' || (i % 10), '', 1"},
		{"identity", 20, "'shop', " + townUser("i * 20") + ", 'u' || i, 'shop', " + townUser("i * 20") + ", now"},
		{"identity", 20, "'corp', " + townContact("i * 2") + ", 'u' || i, 'shop', " + townUser("i * 20") + ", now"},
		{"consent", 100, "'shop', " + townUser("i * 100") + ", '', FALSE, '', now, ''"},
		{"consent", 5, "'shop', " + townUser("i * 5") + ", 'live', i % 10 > 0, '', now, ''"},
		{"quiz_attempt", 5, "'a' || i, 'health', 'shop', " + townUser("i * 5") + ", 1, 'k' || i, " + ago(60) + ", CASE WHEN i % 4 > 0 THEN now ELSE 0 END, 60 + i % 41, 100, 3, 5, 1000, NULL"},
		{"quiz_standing", 5, "'health', 'shop', " + townUser("i * 5") + ", -60 - i % 41, 1000 + i, now"},
		{"survey_begun", 5, "'satisfaction', 'shop', " + townUser("i * 5") + ", " + ago(60)},
		{"survey_participation", 10, "'satisfaction', 'shop', " + townUser("i * 10") + ", now"},
		{"kf_talk", 50, "'desk', 'wk1', 'wmdesk' || i, 1, '', 0, FALSE, 1"},
		{"journal", 1, "'shop', 'k' || i, " + townUser("i % 300000 + 1") + ", CASE WHEN i % 10 = 0 THEN 'unfollow' ELSE 'text' END, '', '', 1, " + ago(90) +
			", 900, 'quiz', 'answered', '', NULL, FALSE, NULL, NULL"},
	}
}

// FillTown makes people followers of an account, at most a million, with what is known of them: tags, coupons, quizzes, surveys, consents,
// what they did, and who is a customer of the corp as well.
func FillTown(b testing.TB, s *store.Store, people int, now time.Time) {
	b.Helper()
	for _, f := range townFacts() {
		where := ""
		if f.table == "quiz_standing" { // of those who finished
			where = " WHERE i % 4 > 0"
		}
		run(b, s, "INSERT INTO "+f.table+" "+townPeople+"SELECT "+f.row+" FROM n"+where, people/f.one, now.UnixMilli())
	}
	for i := range 10 {
		run(b, s, "INSERT INTO corp_tag VALUES ('corp', $1, '', $2, 0, 0)", fmt.Sprint("et-", i), fmt.Sprint("tag-", i))
	}
	// As both would be after a while of their own accord: statistics and, on PostgreSQL, which pages need not be looked at.
	settle := "ANALYZE"
	if s.Engine() == "postgres" {
		settle = "VACUUM ANALYZE"
	}
	if _, err := s.Writer().ExecContext(b.Context(), settle); err != nil {
		b.Fatal(err)
	}
}

func run(b testing.TB, s *store.Store, query string, args ...any) {
	b.Helper()
	_, err := store.InTx(b.Context(), s, func(ctx context.Context, tx *store.Tx) (int, error) { return tx.Exec(ctx, query, args...) })
	if err != nil {
		b.Fatalf("%v\n%s", err, query)
	}
}
