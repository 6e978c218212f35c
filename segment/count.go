package segment

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// PageMax is how many people one List gives at most: some megabytes.
const PageMax = 50_000

// Count tells how many people are meant at a moment. CountIn is faster where no transaction is under way.
func Count(ctx context.Context, q store.Queryer, e *Expr, now time.Time) (int, error) {
	all, err := whereKnown(ctx, q)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	query, args := countQuery(e, now, all)
	n, _, err := store.Get(ctx, q, func(r store.Row) (n int, err error) { return n, r.Scan(&n) }, query, args...)
	if err != nil {
		return 0, fmt.Errorf("count a segment: %w", err)
	}
	return n, nil
}

func countQuery(e *Expr, now time.Time, of []place) (string, []any) {
	c := newCompiler(now)
	queries := make([]string, len(of))
	for i, p := range of {
		queries[i] = c.ask(e, p, "COUNT(*) AS n", "")
	}
	return "SELECT CAST(SUM(n) AS BIGINT) FROM (" + union(queries) + ") s", c.args
}

// CountIn is Count in a transaction that is made for it.
func CountIn(ctx context.Context, s *store.Store, e *Expr, now time.Time) (int, error) {
	return store.ReadLarge(ctx, s, func(ctx context.Context, q store.Queryer) (int, error) { return Count(ctx, q, e, now) })
}

// List lists the people of one account who are meant at a moment, in the order of their ids, from after one on: the empty id is before
// all. Fewer than limit mean that there are no more. Every page costs about what Count does: an Ahead asks for many at a time. ListIn is faster where
// no transaction is under way.
func List(ctx context.Context, q store.Queryer, e *Expr, now time.Time, account bot.AccountName, after bot.UserID, limit int) ([]bot.UserID, error) {
	query, args := pageQuery(e, now, account, after, min(limit, PageMax))
	list, err := store.All(ctx, q, func(r store.Row) (u bot.UserID, err error) { return u, r.Scan(&u) }, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list a segment: %w", err)
	}
	return list, nil
}

func pageQuery(e *Expr, now time.Time, account bot.AccountName, after bot.UserID, limit int) (string, []any) {
	c := newCompiler(now)
	var queries []string
	for _, t := range tables() {
		queries = append(queries, c.ask(e, place{t, account}, "p.user_id", " AND p.user_id > "+c.value(string(after))))
	}
	return "SELECT user_id FROM (" + union(queries) + ") s ORDER BY user_id LIMIT " + c.value(int64(limit)), c.args
}

// ListIn is List in a transaction that is made for it.
func ListIn(ctx context.Context, s *store.Store, e *Expr, now time.Time, account bot.AccountName, after bot.UserID, limit int) ([]bot.UserID, error) {
	return store.ReadLarge(ctx, s, func(ctx context.Context, q store.Queryer) ([]bot.UserID, error) {
		return List(ctx, q, e, now, account, after, limit)
	})
}
