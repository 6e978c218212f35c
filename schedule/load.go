package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"guanjia/content"
	"guanjia/schedule/calendar"
	"guanjia/segment"
)

// Load reads the files of kind schedule.
func Load(docs []content.Doc, zone *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b, ids := &Book{}, content.IDs{}
	for d, f := range content.Files[file](docs, Kind, &problems) {
		holidays := readHolidays(d, f.Holidays, &problems)
		for i := range f.Schedules {
			e := &reader{d: d, ps: &problems, zone: zone, holidays: holidays, at: []any{"schedules", i}, entry: &f.Schedules[i]}
			e.head(ids)
			e.read(b)
		}
	}
	return b, problems
}

// readHolidays reads days and spans of days: 2026-10-01, 2026-10-01..2026-10-07.
func readHolidays(d content.Doc, list []string, ps *content.Problems) map[calendar.Date]bool {
	days := map[calendar.Date]bool{}
	for i, text := range list {
		from, to, span := strings.Cut(text, "..")
		if !span {
			to = from
		}
		first, err1 := calendar.ParseDate(strings.TrimSpace(from))
		last, err2 := calendar.ParseDate(strings.TrimSpace(to))
		if err1 != nil || err2 != nil || last.String() < first.String() {
			ps.Add(d, d.Line("holidays", i), "write 2026-10-01, or 2026-10-01..2026-10-07", "%q is not a day, nor days one after the other", text)
			continue
		}
		for day := first; len(days) <= maxHolidays; day = day.Next() {
			days[day] = true
			if day == last {
				break
			}
		}
	}
	if len(days) > maxHolidays {
		ps.Add(d, d.Line("holidays"), "keep those to come", "more than %d days are holidays", maxHolidays)
	}
	return days
}

// reader reads one entry.
type reader struct {
	d        content.Doc
	ps       *content.Problems
	zone     *time.Location
	holidays map[calendar.Date]bool
	at       []any
	*entry
}

func (e *reader) here(step ...any) []any { return append(slices.Clip(e.at), step...) }

func (e *reader) problem(remedy, what string, step ...any) {
	e.ps.Add(e.d, e.d.Line(e.here(step...)...), remedy, "%s", what)
}

// head checks what all entries have.
func (e *reader) head(ids content.IDs) {
	c := content.Campaign{ID: e.ID, Name: e.Name, Accounts: e.Accounts, Active: e.Active}
	c.Check(e.d, ids, e.ps, e.at...)
	if len(e.Active.Hours) > 0 {
		e.problem("write the times of day below at:", "a schedule has times and no opening hours", "active", "hours")
	}
}

// read tells what kind of entry it is.
func (e *reader) read(b *Book) {
	kinds := 0
	for _, is := range []bool{len(e.At)+len(e.Cron) > 0, !e.Moment.IsZero() || len(e.Steps) > 0, e.On != ""} {
		if is {
			kinds++
		}
	}
	if kinds != 1 {
		e.problem("write at: (08:30, morning ...) or cron:, or moment: and steps:, or on:", "it must be clear when it is said: by the clock, around a moment, or because of something")
		return
	}
	to := e.audience()
	switch {
	case e.On != "":
		if t, ok := e.trigger(to); ok && !e.Disabled {
			b.triggers = append(b.triggers, t)
		}
	case len(e.Steps) > 0 || !e.Moment.IsZero():
		plans := e.sequence(to)
		if !e.Disabled {
			b.plans = append(b.plans, plans...)
		}
	default:
		if s, ok := e.recurring(to); ok && !e.Disabled {
			b.plans = append(b.plans, s)
		}
	}
}

// audience reads the segment; nil: there is none.
func (e *reader) audience() *segment.Expr {
	if e.Segment == "" {
		if e.On == "" {
			e.problem("write segment: tag:... or, if everybody is meant, segment: all", "it is not said to whom", "segment")
		}
		return nil
	}
	expr, err := segment.Parse(e.Segment)
	if err != nil {
		e.problem("correct the expression (docs/reference/segments.md)", err.Error(), "segment")
	}
	return expr
}

// recurring reads what is said by the clock.
func (e *reader) recurring(to *segment.Expr) (said, bool) {
	before := len(*e.ps)
	r := &calendar.Rule{}
	if !e.Active.From.IsZero() {
		r.From = e.Active.From.In(e.zone)
	}
	if !e.Active.Until.IsZero() {
		r.Until = e.Active.Until.In(e.zone)
	}
	for _, d := range e.Active.Days {
		r.Days = append(r.Days, time.Weekday(d))
	}
	if !e.entry.Holidays {
		r.Skip = e.holidays
	}
	if len(e.At)+len(e.Cron) > maxTimes {
		e.problem("keep the times at which people want to hear something", fmt.Sprintf("more than %d times", maxTimes), "at")
	}
	for i, text := range e.At {
		hour, minute, err := calendar.ParseTimeOfDay(text)
		if err == nil {
			err = r.Daily(hour, minute)
		}
		if err != nil {
			e.problem("write 08:30, or morning, noon, afternoon or evening", fmt.Sprintf("%q is not a time of day", text), "at", i)
		}
	}
	for i, line := range e.Cron {
		if err := r.Cron(line); err != nil {
			e.problem("write minute, hour, day, month and day of the week, such as 30 8 * * 1-5", fmt.Sprintf("%q is not a line of cron", line), "cron", i)
		}
	}
	s := said{
		id: e.ID, name: e.ID, title: e.Name, rule: r, zone: e.zone, to: to, segment: e.Segment, accounts: e.Accounts,
		grace:   e.graceOf(e.Grace),
		message: e.message(e.words, nil, e.at), version: Version([]any{e.entry, days(e.holidays), e.zone.String()}),
	}
	return s, len(*e.ps) == before
}

// sequence reads what is said around a moment.
func (e *reader) sequence(to *segment.Expr) []said {
	switch {
	case e.Moment.IsZero():
		e.problem("write moment: 2026-12-24 20:00", "the steps have no moment", "steps")
		return nil
	case len(e.Steps) == 0 || len(e.Steps) > maxSteps:
		e.problem("write steps: with at: T-1h and say:", fmt.Sprintf("a moment has 1 to %d steps", maxSteps), "steps")
		return nil
	}
	var all []said
	moment, taken := e.Moment.In(e.zone), map[string]bool{}
	for i, st := range e.Steps {
		before := len(*e.ps)
		offset, err := calendar.ParseOffset(st.At)
		name := strings.ToUpper(strings.TrimSpace(st.At))
		switch {
		case err != nil:
			e.problem("write T-1d, T-1h, T-10m, T or T+30m", err.Error(), "steps", i, "at")
		case taken[name]:
			e.problem("say both in one step", "two steps are at "+name, "steps", i, "at")
		}
		taken[name] = true
		grace := st.Grace
		if grace.IsZero() {
			grace = e.Grace
		}
		s := said{
			id: e.ID, name: e.ID + "/" + name, title: e.Name + " " + name, at: offset.From(moment, e.zone), zone: e.zone, to: to, segment: e.Segment,
			accounts: e.Accounts,
			grace:    e.graceOf(grace),
			message:  e.message(st.words.or(e.words), nil, e.here("steps", i)),
		}
		s.version = Version([]any{s.at.Unix(), st, e.words, e.Segment, e.Accounts, e.Grace})
		if len(*e.ps) == before {
			all = append(all, s)
		}
	}
	return all
}

func (e *reader) graceOf(s content.Span) time.Duration {
	if s.IsZero() {
		return defaultGrace
	}
	return s.Duration()
}

func days(set map[calendar.Date]bool) []string {
	var list []string
	for d := range set {
		list = append(list, d.String())
	}
	slices.Sort(list)
	return list
}
