package segment

import (
	"context"
	"fmt"
	"strings"

	"guanjia/bot"
	"guanjia/store"
)

// table is a place where people are known. Each person is in one.
type table struct {
	name string
	// rows are its people as p, who are in no table before it.
	rows string
	// came is the same with when and how they came.
	came string
}

// tables are all places where people are known.
func tables() []table {
	const contacts = `FROM contact c LEFT JOIN contact_relation r ON r.account = c.account AND r.user_id = c.user_id
		WHERE NOT EXISTS (SELECT 1 FROM follower f WHERE f.account = c.account AND f.user_id = c.user_id) GROUP BY c.account, c.user_id) p`
	const talkers = `FROM kf_talk k WHERE NOT EXISTS (SELECT 1 FROM follower f WHERE f.account = k.account AND f.user_id = k.user_id)
		AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.account = k.account AND c.user_id = k.user_id) GROUP BY k.account, k.user_id) p`
	return []table{
		// Followers of official accounts, and members or contacts who came while the bot listened.
		{"follower", "follower p", "follower p"},
		// The other contacts of WeCom.
		{
			"contact",
			"(SELECT c.account, c.user_id FROM contact c WHERE NOT EXISTS (SELECT 1 FROM follower f WHERE f.account = c.account AND f.user_id = c.user_id)) p",
			`(SELECT c.account, c.user_id, COALESCE(MAX(CASE WHEN r.ended_at = 0 THEN r.state ELSE '' END), '') AS scene, COALESCE(MIN(r.since), 0) AS followed_at,
				COALESCE(MAX(r.ended_at), 0) AS unfollowed_at, COALESCE(MAX(CASE WHEN r.ended_at = 0 THEN 1 ELSE 0 END), 0) > 0 AS following ` + contacts,
		},
		// Those who only ever wrote to customer service.
		{"kf_talk", "(SELECT k.account, k.user_id " + talkers, "(SELECT k.account, k.user_id, '' AS scene, 0 AS followed_at, 0 AS unfollowed_at, FALSE AS following " + talkers},
	}
}

// place is a table that knows people of an account.
type place struct {
	table   table
	account bot.AccountName
}

// whereKnown lists where there are people at all. Of each account the engines know much more than of all together: where its people are, and
// which facts it has.
func whereKnown(ctx context.Context, q store.Queryer) ([]place, error) {
	var all []place
	for _, t := range tables() {
		// From one account to the next along the index, whatever lies between them.
		accounts, err := store.All(ctx, q, func(r store.Row) (a bot.AccountName, err error) { return a, r.Scan(&a) }, `WITH RECURSIVE a(account) AS (SELECT MIN(account) FROM `+t.name+`
			UNION ALL SELECT (SELECT MIN(t.account) FROM `+t.name+` t WHERE t.account > a.account) FROM a WHERE a.account IS NOT NULL) SELECT account FROM a WHERE account IS NOT NULL`)
		if err != nil {
			return nil, fmt.Errorf("look on which accounts people are known: %w", err)
		}
		for _, a := range accounts {
			all = append(all, place{t, a})
		}
	}
	return all, nil
}

// ask asks people of a place for columns.
func (c *compiler) ask(e *Expr, of place, columns, more string) string {
	on := c.compile(e, of.account)
	rows := of.table.rows
	if on.came {
		rows = of.table.came
	}
	return "SELECT " + columns + " FROM " + rows + on.joins + " WHERE p.account = " + c.value(string(of.account)) + c.bound("p") + " AND " + on.text + more
}

// union puts what several places answer together.
func union(queries []string) string { return strings.Join(queries, " UNION ALL ") }
