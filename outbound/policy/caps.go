package policy

import (
	"slices"
	"time"
)

// The spans of the caps. They slide: a day is the last 24 hours.
const (
	Day  = 24 * time.Hour
	Week = 7 * Day
)

// Caps bound how often one person is written to unasked. A cap of 0 lets nothing through.
type Caps struct {
	PerDay, PerWeek int
	MinGap          time.Duration // between two; 0: none
}

// None tells whether nothing may be sent at all.
func (c Caps) None() bool { return c.PerDay <= 0 || c.PerWeek <= 0 }

// Free is the first moment from at on at which one more may be sent after those in sent, and which cap it waits for; empty
// when that is at itself. What was sent later than at, by a clock that was set back since, counts as sent at that moment: it
// blocks for a week at most, and not until the clock has caught up. With None there is no such moment.
func (c Caps) Free(sent []time.Time, at time.Time) (free time.Time, why Reason) {
	sorted := make([]time.Time, 0, len(sent))
	for _, s := range sent {
		if s.After(at) {
			s = at
		}
		if s.Add(max(Week, c.MinGap)).After(at) {
			sorted = append(sorted, s)
		}
	}
	slices.SortFunc(sorted, time.Time.Compare)
	free = at
	for _, rule := range []struct {
		span time.Duration
		most int
		why  Reason
	}{{Week, c.PerWeek, CapWeek}, {Day, c.PerDay, CapDay}, {c.MinGap, 1, CapGap}} {
		// What counts is always the newest: when all but most-1 of them have left the span, there is room.
		if rule.most <= 0 || len(sorted) < rule.most {
			continue
		}
		if until := sorted[len(sorted)-rule.most].Add(rule.span); until.After(free) {
			free, why = until, rule.why
		}
	}
	return free, why
}
