// Package hot says what the two hot states, in redis and in sql, have in common beyond bot.HotState: how long they keep what
// the engine gives no time for. Both pass the contracts storetest.RunHot and, for the values and locks that the processes of
// an installation share, storetest.RunShared.
//
// A person's state is a session, a lease, the late replies and a count of the current minute's arrivals; beside it each event
// has the number of its deliveries and, once answered, its reply.
package hot

import (
	"errors"
	"strings"
	"time"

	"guanjia/bot"
)

const (
	// KeepTries is how long the deliveries of an event that nobody answered are counted. The platform gives up after 15
	// seconds; the rest is for callbacks held up on their way.
	KeepTries = 10 * time.Minute
	// KeepLate is how long a reply that reached nobody waits for the person's next event. What is older answers nothing.
	KeepLate = 72 * time.Hour
	// KeepUnfinished is how long it is remembered that a lease ran out.
	KeepUnfinished = 72 * time.Hour
)

// unfinishedMax bounds the crashes in a row that are remembered of one person.
const unfinishedMax = 8

// Unfinished reads the events whose lease ran out from the form they are kept in, a line each; keys have no line breaks.
func Unfinished(kept string) []bot.EventKey {
	if kept == "" {
		return nil
	}
	lines := strings.Split(kept, "\n")
	keys := make([]bot.EventKey, len(lines))
	for i, l := range lines {
		keys[i] = bot.EventKey(l)
	}
	return keys
}

// AddUnfinished puts key in front of those kept. begin.lua does the same.
func AddUnfinished(kept string, key bot.EventKey) string {
	lines := []string{string(key)}
	for _, k := range Unfinished(kept) {
		if k != key && len(lines) < unfinishedMax {
			lines = append(lines, string(k))
		}
	}
	return strings.Join(lines, "\n")
}

var (
	errNoOwner     = errors.New("a lease needs a person, a key and an owner")
	errNoLockOwner = errors.New("a lock needs a key and an owner")
)

// Check refuses a lease that names nobody: an empty owner is how a free lease is kept.
func Check(l bot.Lease) error {
	if l.Owner == "" || l.Key == "" || l.Person.User == "" {
		return errNoOwner
	}
	return nil
}

// CheckLock refuses a lock that names nobody.
func CheckLock(key, owner string) error {
	if key == "" || owner == "" {
		return errNoLockOwner
	}
	return nil
}
