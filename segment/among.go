package segment

import (
	"context"
	"fmt"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// AmongMax is how many people Among is asked about at most: the engines bind a limited number of values.
const AmongMax = 1000

// Among tells who of some people, at most AmongMax, are meant at a moment. It looks up what they have, and nobody else's.
func Among(ctx context.Context, q store.Queryer, e *Expr, now time.Time, some []bot.Person) (map[bot.Person]bool, error) {
	if len(some) > AmongMax {
		return nil, fmt.Errorf("among %d people: at most %d", len(some), AmongMax)
	}
	of := map[bot.AccountName][]bot.UserID{}
	for _, p := range some {
		of[p.Account] = append(of[p.Account], p.User)
	}
	meant := make(map[bot.Person]bool, len(some))
	for account, users := range of {
		names, err := namesOf(ctx, q, account, users)
		if err != nil {
			return nil, err
		}
		query, args := amongQuery(e, now, account, users, names)
		found, err := store.All(ctx, q, scanUser, query, args...)
		if err != nil {
			return nil, fmt.Errorf("look who is in a segment: %w", err)
		}
		for _, u := range found {
			meant[bot.Person{Account: account, User: u}] = true
		}
	}
	return meant, nil
}

func scanUser(r store.Row) (u bot.UserID, err error) { return u, r.Scan(&u) }

// name is a name of somebody: their own, or the same person's on another account.
type name struct {
	user bot.UserID
	name bot.Person
}

// namesOf lists the names of those who are known on more than one account.
func namesOf(ctx context.Context, q store.Queryer, account bot.AccountName, users []bot.UserID) ([]name, error) {
	c := newCompiler(time.Time{})
	here, these := c.value(string(account)), c.list(users)
	names, err := store.All(ctx, q, func(r store.Row) (n name, err error) { return n, r.Scan(&n.user, &n.name.Account, &n.name.User) }, `
		WITH k(user_id, owner_account, owner_user) AS (
			SELECT user_id, owner_account, owner_user FROM identity WHERE (owner_account <> account OR owner_user <> user_id) AND account = `+here+` AND user_id IN (`+these+`)
			UNION
			SELECT owner_user, owner_account, owner_user FROM identity WHERE (owner_account <> account OR owner_user <> user_id) AND owner_account = `+here+` AND owner_user IN (`+these+`))
		SELECT k.user_id, i.account, i.user_id FROM k JOIN identity i ON i.owner_account = k.owner_account AND i.owner_user = k.owner_user AND (i.owner_account <> i.account OR i.owner_user <> i.user_id)
		UNION
		SELECT user_id, owner_account, owner_user FROM k`, c.args...)
	if err != nil {
		return nil, fmt.Errorf("look who is known on more than one account: %w", err)
	}
	return names, nil
}

func amongQuery(e *Expr, now time.Time, account bot.AccountName, users []bot.UserID, names []name) (string, []any) {
	c := newCompiler(now)
	c.some = c.list(users)
	c.names = names
	var queries []string
	for _, t := range tables() {
		queries = append(queries, c.ask(e, place{t, account}, "p.user_id", ""))
	}
	return union(queries), c.args
}

// list is parameters for user ids.
func (c *compiler) list(users []bot.UserID) string {
	all := make([]string, len(users))
	for i, u := range users {
		all[i] = c.value(string(u))
	}
	return strings.Join(all, ", ")
}

// kinRows are those names as rows k: the user id, the account and the id there.
func (c *compiler) kinRows() string {
	rows := make([]string, len(c.names))
	for i, n := range c.names {
		rows[i] = "(" + c.value(string(n.user)) + ", " + c.value(string(n.name.Account)) + ", " + c.value(string(n.name.User)) + ")"
	}
	return "(VALUES " + strings.Join(rows, ", ") + ") k"
}
