package content

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Span is a length of time: whole days of the calendar ("30d"), or hours and less ("72h", "1h30m", "45s").
type Span struct {
	Days int
	Time time.Duration
}

// maxSpanDays bounds a span, in days: ten years.
const maxSpanDays = 3660

// IsZero tells whether no span was given.
func (s Span) IsZero() bool { return s == Span{} }

// Duration is the span with days of 24 hours.
func (s Span) Duration() time.Duration { return time.Duration(s.Days)*24*time.Hour + s.Time }

// After is the moment at which a span that began at t is over. One of days lasts to the end of its last day in zone, as
// people read "valid for 30 days"; one of hours is exact.
func (s Span) After(t time.Time, zone *time.Location) time.Time {
	if s.Days == 0 {
		return t.In(zone).Add(s.Time)
	}
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d+s.Days+1, 0, 0, 0, 0, zone)
}

// UnmarshalYAML reads a span.
func (s *Span) UnmarshalYAML(n *yaml.Node) error {
	parsed, err := ParseSpan(n.Value)
	if err != nil {
		return lineError(n, err)
	}
	*s = parsed
	return nil
}

// ParseSpan reads "30d", "72h", "10m" and the like; it must be longer than nothing.
func ParseSpan(text string) (Span, error) {
	bad := fmt.Errorf("%q is not a span of time: write 30d, 72h or 10m", text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n <= 0 || n > maxSpanDays {
			return Span{}, bad
		}
		return Span{Days: n}, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > maxSpanDays*24*time.Hour {
		return Span{}, bad
	}
	return Span{Time: d}, nil
}
