package segment

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// AmongMax is how many people Among is asked about at most: the engines bind a limited number of values.
const AmongMax = 1000

// Among tells who of some people, at most AmongMax, are meant at a moment.
func Among(ctx context.Context, q store.Queryer, e *Expr, now time.Time, some []bot.Person) (map[bot.Person]bool, error) {
	meant := make(map[bot.Person]bool, len(some))
	if len(some) == 0 {
		return meant, nil
	}
	if len(some) > AmongMax {
		return nil, fmt.Errorf("among %d people: at most %d", len(some), AmongMax)
	}
	c := Compile(e, now)
	var pairs strings.Builder
	args := c.Args
	for i, p := range some {
		if i > 0 {
			pairs.WriteString(", ")
		}
		n := len(args)
		pairs.WriteString("($" + strconv.Itoa(n+1) + ", $" + strconv.Itoa(n+2) + ")")
		args = append(args, string(p.Account), string(p.User))
	}
	list, err := store.All(ctx, q, func(r store.Row) (p bot.Person, err error) { return p, r.Scan(&p.Account, &p.User) },
		"SELECT p.account, p.user_id FROM "+people+c.Joins+" WHERE "+c.Text+" AND (p.account, p.user_id) IN (VALUES "+pairs.String()+")", args...)
	if err != nil {
		return nil, fmt.Errorf("look who is in a segment: %w", err)
	}
	for _, p := range list {
		meant[p] = true
	}
	return meant, nil
}
