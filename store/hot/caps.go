package hot

import (
	"context"
	"errors"
	"time"

	"guanjia/bot"
	"guanjia/outbound/policy"
)

// Caps are the places that messages to people take under their caps. All replicas share them; each operation happens as a whole.
// Times are the caller's, since people are written to by the product's clock.
type Caps interface {
	// Reserve takes a place for a message, or tells when there is one. The same message again takes its place anew.
	Reserve(ctx context.Context, r CapRequest) (CapResult, error)
	// GiveBack frees the place of a message that did not go out.
	GiveBack(ctx context.Context, owner bot.Person, id string) error
}

// CapPlace is a place that is taken.
type CapPlace struct {
	ID string
	At time.Time
}

// CapRequest asks for a place.
type CapRequest struct {
	Owner bot.Person // under whose name the person's messages are counted
	ID    string     // of the message
	Now   time.Time
	Caps  policy.Caps
	// Known are the person's places as the records have them; nil: they have not been read. They count only where the state knows
	// nothing of the person, as after a loss.
	Known []CapPlace
}

// CapResult is what came of it.
type CapResult struct {
	Taken bool
	Lost  bool      // the state knows nothing of the person: ask again with Known
	Free  time.Time // when there is a place, unless Taken or Lost; zero: never
}

// KeepCaps is how long the places of a person are kept that nobody writes to: longer than any cap looks back. What is older is in the
// records.
const KeepCaps = 8 * policy.Day

// CapSpan is how far back caps look.
func CapSpan(c policy.Caps) time.Duration { return max(policy.Week, c.MinGap) }

var errNoPlace = errors.New("a place needs an owner and an id")

// CheckCap refuses a request that names nobody.
func CheckCap(owner bot.Person, id string) error {
	if owner.User == "" || id == "" {
		return errNoPlace
	}
	return nil
}

// Pace spreads calls over time, for all replicas together, by the state's own clock.
type Pace interface {
	// Take tells how long to wait before the next call under the name, of which there may be perSecond, and burst at once. When that is
	// longer than patience, nothing was taken and one asks again then.
	Take(ctx context.Context, name string, perSecond float64, burst int, patience time.Duration) (wait time.Duration, err error)
}
