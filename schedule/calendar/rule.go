package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Rule says at which times of the wall clock something happens. Its parts are alternatives: any cron line, any time of day.
type Rule struct {
	lines []cron.Schedule
	// From counts, Until does not; zero: there is none.
	From, Until time.Time
	Days        []time.Weekday // empty: every day
	Skip        map[Date]bool  // holidays
}

// lookAhead is how many times of the wall clock are looked at for one that is not skipped: a time a minute for a month of holidays.
const lookAhead = 31 * 24 * 60

// Cron adds a line of five fields: minute, hour, day of the month, month, day of the week. Seconds, time zones and "@every" are not
// understood: what is said to people happens at a time that one can write down.
func (r *Rule) Cron(line string) error {
	if strings.HasPrefix(line, "@") || strings.Contains(line, "TZ=") {
		return fmt.Errorf("%q has no five fields", line)
	}
	s, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(line)
	if err != nil {
		return err
	}
	r.lines = append(r.lines, s)
	return nil
}

// Daily adds a time of day.
func (r *Rule) Daily(hour, minute int) error {
	return r.Cron(strconv.Itoa(minute) + " " + strconv.Itoa(hour) + " * * *")
}

// Named are the times of day that have a name: when people of a community are used to hear something.
func Named() map[string]string {
	return map[string]string{"morning": "08:30", "noon": "12:00", "afternoon": "15:30", "evening": "18:00"}
}

// ParseTimeOfDay reads 08:30 or the name of one.
func ParseTimeOfDay(s string) (hour, minute int, err error) {
	if named, ok := Named()[s]; ok {
		s = named
	}
	t, err := time.Parse("15:04", s)
	return t.Hour(), t.Minute(), err
}

// Next is the first time after a moment at which it happens in zone; zero: never again.
func (r *Rule) Next(after time.Time, zone *time.Location) time.Time {
	if before := r.From.Add(-time.Nanosecond); after.Before(before) && !r.From.IsZero() {
		after = before
	}
	wall := WallOf(after, zone)
	for range lookAhead {
		var ok bool
		if wall, ok = r.nextWall(wall); !ok {
			return time.Time{}
		}
		at := wall.In(zone)
		if !r.Until.IsZero() && !at.Before(r.Until) {
			return time.Time{}
		}
		if at.After(after) && r.runsOn(wall.Date()) {
			return at
		}
	}
	return time.Time{}
}

// nextWall is the earliest time of any line after w.
func (r *Rule) nextWall(w Wall) (first Wall, ok bool) {
	for _, l := range r.lines {
		t := l.Next(w.t)
		if !t.IsZero() && (!ok || t.Before(first.t)) {
			first, ok = Wall{t}, true
		}
	}
	return first, ok
}

func (r *Rule) runsOn(d Date) bool {
	day := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
	return !r.Skip[d] && (len(r.Days) == 0 || slices.Contains(r.Days, day))
}
