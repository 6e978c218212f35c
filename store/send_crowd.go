package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"guanjia/bot"
)

// CrowdMax is how many people CrowdFacts is asked about at most: the engines bind a limited number of values.
const CrowdMax = 1000

// CrowdMember is one of several people of an account to whom the same is to go out.
type CrowdMember struct {
	ID   string // of the message to them
	User bot.UserID
}

// CrowdFacts reads of several people at once what SendFacts reads of one; their ids and names take the place of the question's. It is as many
// statements for a thousand people as for one.
func (s *Store) CrowdFacts(ctx context.Context, ask SendFactsAsk, members []CrowdMember) ([]SendFacts, error) {
	if len(members) == 0 {
		return nil, nil
	}
	if len(members) > CrowdMax {
		return nil, fmt.Errorf("read what is known of %d people: at most %d", len(members), CrowdMax)
	}
	c := newCrowd(s.Reader(), ask, members)
	reads := []func(context.Context) error{c.readNames}
	if !ask.Reply {
		reads = append(reads, c.readConsent, c.readCounted, c.readRivals)
	}
	reads = append(reads, c.readLeft, c.readTalks, c.readRelations)
	if !ask.ActsSince.IsZero() {
		reads = append(reads, c.readActs)
	}
	if ask.Notice != "" {
		reads = append(reads, c.readNotices)
	}
	if !ask.SentSince.IsZero() {
		reads = append(reads, c.readSent)
	}
	for _, read := range reads {
		if err := read(ctx); err != nil {
			return nil, fmt.Errorf("read what is known of %d people: %w", len(members), err)
		}
	}
	return c.facts, nil
}

// crowd is what is being found out about several people.
type crowd struct {
	q       Queryer
	ask     SendFactsAsk
	members []CrowdMember
	facts   []SendFacts // in the order of the members
	// here are the members by their names on the account, names by all that they are known under, users those names by account.
	here  map[bot.UserID][]int
	names map[bot.Person][]int
	users map[bot.AccountName][]bot.UserID
}

func newCrowd(q Queryer, ask SendFactsAsk, members []CrowdMember) *crowd {
	c := &crowd{
		q: q, ask: ask, members: members, facts: make([]SendFacts, len(members)),
		here: map[bot.UserID][]int{}, names: map[bot.Person][]int{}, users: map[bot.AccountName][]bot.UserID{},
	}
	for i, m := range members {
		p := bot.Person{Account: ask.Person.Account, User: m.User}
		c.facts[i].Owner = p
		c.here[m.User] = append(c.here[m.User], i)
		c.name(p, i)
	}
	return c
}

// name notes one more name of a member.
func (c *crowd) name(p bot.Person, of int) {
	if len(c.names[p]) == 0 {
		c.users[p.Account] = append(c.users[p.Account], p.User)
	}
	if !slices.Contains(c.names[p], of) {
		c.names[p] = append(c.names[p], of)
	}
}

// about is a statement about some people of an account: its text before and after the condition that a row is one of theirs, and the values that
// the text before it has. The first column is the user id.
type about struct {
	before, after string
	values        []any
}

func (a about) among(account bot.AccountName, users []bot.UserID) (string, []any) {
	first := len(a.values) + 1
	args := append(slices.Grow(slices.Clone(a.values), 1+len(users)), string(account))
	for _, u := range users {
		args = append(args, string(u))
	}
	return a.before + " account = $" + strconv.Itoa(first) + " AND user_id IN " + placeholders(first+1, 1, len(users)) + a.after, args
}

// everywhere asks about everybody under all their names, and gives each row to whom it is of.
func everywhere[T any](ctx context.Context, c *crowd, a about, scan func(Row, *bot.UserID) (T, error), give func(member int, row T)) error {
	for account, users := range c.users {
		of := func(u bot.UserID) []int { return c.names[bot.Person{Account: account, User: u}] }
		for page := range slices.Chunk(users, CrowdMax) {
			if err := under(ctx, c, a, account, page, of, scan, give); err != nil {
				return err
			}
		}
	}
	return nil
}

// onAccount asks about everybody under their names on the account only.
func onAccount[T any](ctx context.Context, c *crowd, a about, scan func(Row, *bot.UserID) (T, error), give func(member int, row T)) error {
	users := slices.Collect(maps.Keys(c.here))
	return under(ctx, c, a, c.ask.Person.Account, users, func(u bot.UserID) []int { return c.here[u] }, scan, give)
}

func under[T any](
	ctx context.Context, c *crowd, a about, account bot.AccountName, users []bot.UserID, of func(bot.UserID) []int,
	scan func(Row, *bot.UserID) (T, error), give func(int, T),
) error {
	type row struct {
		user bot.UserID
		is   T
	}
	query, args := a.among(account, users)
	rows, err := All(ctx, c.q, func(r Row) (got row, err error) {
		got.is, err = scan(r, &got.user)
		return got, err
	}, query, args...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		for _, i := range of(r.user) {
			give(i, r.is)
		}
	}
	return nil
}
