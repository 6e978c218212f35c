package calendar

import "time"

// Wall is what a clock on the wall shows, without a zone: it is kept as if it were UTC.
type Wall struct{ t time.Time }

// WallOf is what the clocks of zone show at t.
func WallOf(t time.Time, zone *time.Location) Wall {
	local := t.In(zone)
	y, m, d := local.Date()
	return Wall{time.Date(y, m, d, local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)}
}

// In is the moment at which the clocks of zone first show w, or would have if they had not gone past it.
func (w Wall) In(zone *time.Location) time.Time {
	y, m, d := w.t.Date()
	t := time.Date(y, m, d, w.t.Hour(), w.t.Minute(), w.t.Second(), w.t.Nanosecond(), zone)
	from, to := t.ZoneBounds()
	switch shown := WallOf(t, zone).t; {
	case shown.Before(w.t): // left out: t is before the clocks went forward
		return to
	case shown.After(w.t):
		return from
	}
	if from.IsZero() {
		return t
	}
	_, before := from.Add(-1).Zone()
	if first := w.t.Add(-time.Duration(before) * time.Second); first.Before(from) {
		return first.In(zone)
	}
	return t
}

// Date is the day that w is on.
func (w Wall) Date() Date { return Date{w.t.Year(), w.t.Month(), w.t.Day()} }

// Date is a day of the calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads 2026-10-01.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	return Wall{t}.Date(), err
}

// String writes it as ParseDate reads it.
func (d Date) String() string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// Next is the day after.
func (d Date) Next() Date {
	return Wall{time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, time.UTC)}.Date()
}
