package outbound

import (
	"sync"
	"time"

	"guanjia/bot"
)

// rests are the accounts that make no calls for a moment, because the platform takes none of theirs: tried by everybody who waits, they
// would use up the account's calls of the day.
type rests struct {
	mu  sync.Mutex
	all map[bot.AccountName]time.Time
}

// note lets an account rest until a time; the zero time changes nothing.
func (r *rests) note(a bot.AccountName, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until.After(r.all[a]) {
		if r.all == nil {
			r.all = map[bot.AccountName]time.Time{}
		}
		r.all[a] = until
	}
}

// until is the end of an account's rest; past when it has none.
func (r *rests) until(a bot.AccountName) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all[a]
}
