package policy

import (
	"fmt"
	"time"
)

const dayMinutes = 24 * 60

// Quiet is the part of the day in which nobody is written to, by the clock on the wall; From is in it, Until is not. It may
// go over midnight. The zero Quiet is none.
type Quiet struct {
	From, Until int // minutes since midnight, from 0 to 1439; equal: none
	Zone        *time.Location
}

// ParseQuiet reads "21:30-08:30", or "off".
func ParseQuiet(text string, zone *time.Location) (Quiet, error) {
	if text == "off" {
		return Quiet{}, nil
	}
	q := Quiet{Zone: zone}
	var h1, m1, h2, m2 int
	if n, err := fmt.Sscanf(text, "%2d:%2d-%2d:%2d", &h1, &m1, &h2, &m2); err != nil || n != 4 || text != fmt.Sprintf("%02d:%02d-%02d:%02d", h1, m1, h2, m2) ||
		h1 < 0 || h1 > 23 || m1 < 0 || m1 > 59 || h2 < 0 || h2 > 23 || m2 < 0 || m2 > 59 {
		return Quiet{}, fmt.Errorf("%q is no part of the day: write 21:30-08:30, or off", text)
	}
	q.From, q.Until = h1*60+m1, h2*60+m2
	return q, nil
}

func (q Quiet) wall(t time.Time) int {
	t = t.In(q.zone())
	return t.Hour()*60 + t.Minute()
}

func (q Quiet) zone() *time.Location {
	if q.Zone == nil {
		return time.UTC
	}
	return q.Zone
}

// At tells whether it is quiet.
func (q Quiet) At(t time.Time) bool {
	m := q.wall(t)
	switch {
	case q.From == q.Until:
		return false
	case q.From < q.Until:
		return m >= q.From && m < q.Until
	}
	return m >= q.From || m < q.Until
}

// End is the first moment from t on that is not quiet. Where the clocks are put forward over the end, that is when they are.
func (q Quiet) End(t time.Time) time.Time {
	for q.At(t) {
		left := time.Duration((q.Until-q.wall(t)+dayMinutes)%dayMinutes) * time.Minute
		local := t.In(q.zone())
		end := t.Add(left - time.Duration(local.Second())*time.Second - time.Duration(local.Nanosecond()))
		if _, change := local.ZoneBounds(); !change.IsZero() && change.After(t) && !change.After(end) {
			end = change // another count begins there
		}
		t = end
	}
	return t
}
