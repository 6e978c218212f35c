package segment

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// PageMax is how many people one List gives at most.
const PageMax = 10_000

// Count tells how many people are meant at a moment. CountIn is faster where no transaction is under way.
func Count(ctx context.Context, q store.Queryer, e *Expr, now time.Time) (int, error) {
	c := Compile(e, now)
	n, _, err := store.Get(ctx, q, func(r store.Row) (n int, err error) { return n, r.Scan(&n) }, "SELECT COUNT(*) FROM "+people+c.Joins+" WHERE "+c.Text, c.Args...)
	if err != nil {
		return 0, fmt.Errorf("count a segment: %w", err)
	}
	return n, nil
}

// CountIn is Count in a transaction that is made for it.
func CountIn(ctx context.Context, s *store.Store, e *Expr, now time.Time) (int, error) {
	return store.ReadLarge(ctx, s, func(ctx context.Context, q store.Queryer) (int, error) { return Count(ctx, q, e, now) })
}

// List lists the people of one account who are meant at a moment, in the order of their ids, from after one on: the empty id is before
// all. Fewer than limit mean that there are no more. Every page costs about what Count does: ask for many at a time. ListIn is faster where
// no transaction is under way.
func List(ctx context.Context, q store.Queryer, e *Expr, now time.Time, account bot.AccountName, after bot.UserID, limit int) ([]bot.UserID, error) {
	c := Compile(e, now)
	n := len(c.Args)
	query := "SELECT p.user_id FROM " + people + c.Joins + " WHERE " + c.Text + " AND p.account = $" + strconv.Itoa(n+1) + " AND p.user_id > $" + strconv.Itoa(n+2) +
		" ORDER BY p.user_id LIMIT $" + strconv.Itoa(n+3)
	list, err := store.All(ctx, q, func(r store.Row) (u bot.UserID, err error) { return u, r.Scan(&u) },
		query, append(c.Args, string(account), string(after), min(limit, PageMax))...)
	if err != nil {
		return nil, fmt.Errorf("list a segment: %w", err)
	}
	return list, nil
}

// ListIn is List in a transaction that is made for it.
func ListIn(ctx context.Context, s *store.Store, e *Expr, now time.Time, account bot.AccountName, after bot.UserID, limit int) ([]bot.UserID, error) {
	return store.ReadLarge(ctx, s, func(ctx context.Context, q store.Queryer) ([]bot.UserID, error) {
		return List(ctx, q, e, now, account, after, limit)
	})
}
