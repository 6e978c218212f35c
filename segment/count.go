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
const PageMax = 1000

// Count tells how many people are meant at a moment.
func Count(ctx context.Context, q store.Queryer, e *Expr, now time.Time) (int, error) {
	c := Compile(e, now)
	n, _, err := store.Get(ctx, q, func(r store.Row) (n int, err error) { return n, r.Scan(&n) }, "SELECT COUNT(*) FROM "+people+" WHERE "+c.Text, c.Args...)
	if err != nil {
		return 0, fmt.Errorf("count a segment: %w", err)
	}
	return n, nil
}

// List lists the people who are meant at a moment, in the order of account and id, from after a person on: the zero Person is before
// all. Fewer than limit mean that there are no more.
func List(ctx context.Context, q store.Queryer, e *Expr, now time.Time, after bot.Person, limit int) ([]bot.Person, error) {
	c := Compile(e, now)
	n := len(c.Args)
	query := "SELECT p.account, p.user_id FROM " + people + " WHERE " + c.Text + " AND (p.account, p.user_id) > ($" + strconv.Itoa(n+1) + ", $" + strconv.Itoa(n+2) +
		") ORDER BY p.account, p.user_id LIMIT $" + strconv.Itoa(n+3)
	list, err := store.All(ctx, q, func(r store.Row) (p bot.Person, err error) { return p, r.Scan(&p.Account, &p.User) },
		query, append(c.Args, string(after.Account), string(after.User), min(limit, PageMax))...)
	if err != nil {
		return nil, fmt.Errorf("list a segment: %w", err)
	}
	return list, nil
}
