package segment

import (
	"context"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// TestPagesReadAheadListEverybodyOnce goes through more people than are read at once, while some of the pages are somebody else's.
func TestPagesReadAheadListEverybodyOnce(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/guanjia.db", store.Options{Synchronous: "NORMAL"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	const people = PageMax + 4500
	_, err = store.InTx(t.Context(), s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, "INSERT INTO follower WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT 'shop', 'o' || (100000 + i), '', 1, 0, 1, TRUE FROM n", people)
	})
	if err != nil {
		t.Fatal(err)
	}
	e := &Expr{Term: Term{About: All}}
	p := Page{Of: "b", Expr: e, At: time.UnixMilli(1_800_000_000_000), Account: "shop", Limit: 2000}
	var mine, other Ahead
	var all []bot.UserID
	for n := 0; ; n++ {
		a := &mine
		if n%5 == 2 {
			a = &other
		}
		users, err := a.List(t.Context(), s, p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, users...)
		if len(users) < p.Limit {
			break
		}
		p.After = users[len(users)-1]
	}
	if len(all) != people || !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != people {
		t.Errorf("listed %d people, not %d once and in order", len(all), people)
	}
	for what, ask := range map[string]Page{
		"before what was read": {Of: "b", At: p.At, Account: "shop", Limit: 10},
		"of another account":   {Of: "b", At: p.At, Account: "corp", After: p.After, Limit: 10},
		"of another moment":    {Of: "b", At: p.At.Add(1), Account: "shop", After: p.After, Limit: 10},
		"of something else":    {Of: "c", At: p.At, Account: "shop", After: p.After, Limit: 10},
	} {
		if users, ok := mine.Kept(ask); ok {
			t.Errorf("a page %s was read before: %v", what, users)
		}
	}
}
