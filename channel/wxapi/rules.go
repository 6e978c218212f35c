package wxapi

import (
	"errors"
	"time"
)

const (
	// marginMax is how long before its end a token is renewed at the earliest: an official account gets its next one in the
	// last five minutes, while both hold (official account docs, stable_token).
	marginMax = 5 * time.Minute
	// marginShare is the part of a short life that is kept as margin.
	marginShare = 10
	// lifeUnknown is how long a token is used that came without expires_in.
	lifeUnknown = 5 * time.Minute
	// lifeMax bounds what the platform may claim; 7200 seconds is what it does.
	lifeMax = 24 * time.Hour
)

// held is a token with its times.
type held struct {
	value   string
	renew   time.Time // when to fetch the next
	expires time.Time
}

// newHeld is a token given at now that lives so many seconds.
func newHeld(value string, now time.Time, seconds int64) *held {
	life := lifeUnknown
	if seconds > 0 {
		life = time.Duration(min(seconds, int64(lifeMax/time.Second))) * time.Second
	}
	expires := now.Add(life)
	return &held{value: value, renew: expires.Add(-min(marginMax, life/marginShare)), expires: expires}
}

// fresh tells whether there is nothing to do about it.
func (h *held) fresh(now time.Time) bool { return h != nil && now.Before(h.renew) }

// usable tells whether it holds.
func (h *held) usable(now time.Time) bool { return h != nil && now.Before(h.expires) }

const (
	// pauseSettled follows a flight that found no fresh token and no failure: another process is at it.
	pauseSettled = time.Second
	// pauseMax bounds the pauses between failures that may pass by themselves.
	pauseMax = 30 * time.Second
	// pausePerson follows what only a person can mend, a wrong secret or an address that is not allowed: often enough to
	// notice that it is mended, seldom enough not to be locked out.
	pausePerson = 30 * time.Second
	// pauseQuota follows too many calls: the platform blocks for a minute at least (WeCom docs, frequency limits).
	pauseQuota = time.Minute
)

// backOff is how long nothing is fetched after so many failures in a row, of which this is the last.
func backOff(err error, failures int) time.Duration {
	var refused *Error
	if errors.As(err, &refused) {
		switch {
		case refused.RateLimited():
			return pauseQuota
		case refused.SecretRefused(), refused.AddressRefused():
			return pausePerson
		}
	}
	return min(pauseMax, time.Second<<min(failures-1, 10))
}

// budgetSize is how many tokens taken back are believed within budgetTime: one or two are the platform's right, more are a
// quarrel.
const (
	budgetSize = 5
	budgetTime = time.Minute
)

// budget counts what happened within the last budgetTime.
type budget struct {
	times [budgetSize]time.Time // a ring, next is the oldest
	next  int
}

// take tells whether one more may happen, and counts it.
func (b *budget) take(now time.Time) bool {
	if oldest := b.times[b.next]; !oldest.IsZero() && now.Sub(oldest) < budgetTime {
		return false
	}
	b.times[b.next] = now
	b.next = (b.next + 1) % budgetSize
	return true
}
