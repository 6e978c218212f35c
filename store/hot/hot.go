// Package hot says what the two hot states, in redis and in sql, have in common beyond bot.HotState: how long they keep what
// the engine gives no time for. Both pass one contract, storetest.RunHot.
//
// A person's state is a session, a lease, the late replies and a count of the current minute's arrivals; beside it each event
// has the number of its deliveries and, once answered, its reply.
package hot

import (
	"errors"
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

var errNoOwner = errors.New("a lease needs a person, a key and an owner")

// Check refuses a lease that names nobody: an empty owner is how a free lease is kept.
func Check(l bot.Lease) error {
	if l.Owner == "" || l.Key == "" || l.Person.User == "" {
		return errNoOwner
	}
	return nil
}
