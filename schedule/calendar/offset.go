package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Offset is how long before or after a moment something happens. Days are days of the calendar, at the same time of day.
type Offset struct {
	Days int
	Time time.Duration
}

// maxOffset bounds an offset to either side.
const maxOffset = 366 * 24 * time.Hour

// ParseOffset reads T, T-1d, T-1h, T-10m, T+30m.
func ParseOffset(s string) (Offset, error) {
	bad := fmt.Errorf("%q is not a time relative to the moment", s)
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(s)), "T")
	if !ok {
		return Offset{}, bad
	}
	if rest == "" {
		return Offset{}, nil
	}
	sign := 1
	switch rest[0] {
	case '-':
		sign = -1
	case '+':
	default:
		return Offset{}, bad
	}
	rest = strings.ToLower(rest[1:])
	if days, ok := strings.CutSuffix(rest, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil || time.Duration(n)*24*time.Hour > maxOffset {
			return Offset{}, bad
		}
		return Offset{Days: sign * int(n)}, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || d > maxOffset || rest[0] == '-' || rest[0] == '+' {
		return Offset{}, bad
	}
	return Offset{Time: time.Duration(sign) * d}, nil
}

// From is the time that the offset means for a moment.
func (o Offset) From(moment time.Time, zone *time.Location) time.Time {
	if o.Days == 0 {
		return moment.Add(o.Time)
	}
	return Wall{WallOf(moment, zone).t.AddDate(0, 0, o.Days)}.In(zone)
}
