package simulator

import (
	"errors"
	"sync/atomic"
	"time"
)

// Limits of Clock.Advance.
const (
	MaxAdvance     = 366 * 24 * time.Hour      // in one step
	MaxClockOffset = 10 * 366 * 24 * time.Hour // altogether
)

// ErrClock says that a clock can't be moved that way.
var ErrClock = errors.New("the clock moves forward only, by at most 366 days at a time and ten years altogether")

// Clock is the time of the simulated world: the real time plus what was added to it. It stamps messages and signatures; the
// program under test takes its Now from the same clock. Deadlines of HTTP are kept in real time. The zero Clock is ready.
type Clock struct {
	offset atomic.Int64 // nanoseconds, never shrinks
}

// Now is the simulated time.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Offset()) }

// Offset is how far the clock is ahead of the real time.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Advance moves the clock forward by d.
func (c *Clock) Advance(d time.Duration) error {
	if d <= 0 || d > MaxAdvance {
		return ErrClock
	}
	for {
		old := c.offset.Load()
		if time.Duration(old)+d > MaxClockOffset {
			return ErrClock
		}
		if c.offset.CompareAndSwap(old, old+int64(d)) {
			return nil
		}
	}
}

// restore puts the clock at least offset ahead: a state file remembers how far it was moved.
func (c *Clock) restore(offset time.Duration) {
	for {
		old := c.offset.Load()
		if int64(offset) <= old || c.offset.CompareAndSwap(old, int64(offset)) {
			return
		}
	}
}
