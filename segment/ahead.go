package segment

import (
	"context"
	"slices"
	"sync"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// aheadMax bounds the segments that an Ahead keeps people of.
const aheadMax = 8

// Ahead reads people of segments page by page, and many pages at once: one costs about what all do. What changes meanwhile in who is meant
// is seen within PageMax people. The zero Ahead is ready.
type Ahead struct {
	mu   sync.Mutex
	kept map[string]kept // by Page.Of
}

// Page asks for people of one account who are meant, in the order of their ids.
type Page struct {
	Of      string // what the page is of: pages of the same are read together
	Expr    *Expr
	At      time.Time
	Account bot.AccountName
	After   bot.UserID // empty: from the first one on
	Limit   int        // at most PageMax
}

// kept are people who come one after the other.
type kept struct {
	account bot.AccountName
	at      time.Time
	after   bot.UserID
	users   []bot.UserID
}

// List gives a page, from what was read before where that is enough. Fewer than its limit mean that there are no more.
func (a *Ahead) List(ctx context.Context, s *store.Store, p Page) ([]bot.UserID, error) {
	if users, ok := a.Kept(p); ok {
		return users, nil
	}
	users, err := ListIn(ctx, s, p.Expr, p.At, p.Account, p.After, PageMax)
	if err != nil {
		return nil, err
	}
	a.keep(p, users)
	return users[:min(p.Limit, len(users))], nil
}

// Kept gives a page that was read before; ok is false when it was not.
func (a *Ahead) Kept(p Page) (users []bot.UserID, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.kept[p.Of]
	if !ok || k.account != p.Account || !k.at.Equal(p.At) || p.After < k.after {
		return nil, false
	}
	from, found := slices.BinarySearch(k.users, p.After)
	if found {
		from++
	}
	rest := k.users[from:]
	last := len(k.users) < PageMax
	if len(rest) < p.Limit && !last {
		return nil, false
	}
	return rest[:min(p.Limit, len(rest))], true
}

func (a *Ahead) keep(p Page, users []bot.UserID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil {
		a.kept = map[string]kept{}
	}
	for of := range a.kept { // whichever: it is read again if it is wanted
		if len(a.kept) < aheadMax {
			break
		}
		delete(a.kept, of)
	}
	a.kept[p.Of] = kept{p.Account, p.At, p.After, users}
}
