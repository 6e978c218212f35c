package content

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"guanjia/bot"
)

// Campaign is the head that every campaign of every kind shares: embed it with `yaml:",inline"`.
type Campaign struct {
	ID       string            `yaml:"id"`
	Name     string            `yaml:"name"`
	Disabled bool              `yaml:"disabled,omitempty"`
	Accounts []bot.AccountName `yaml:"accounts,omitempty"`
	Keywords []string          `yaml:"keywords,omitempty"`
	MenuKeys []string          `yaml:"menu_keys,omitempty"`
	Scenes   []bot.Scene       `yaml:"scenes,omitempty"`
	Priority int               `yaml:"priority,omitempty"`
	Active   Active            `yaml:"active,omitempty"`
}

// Active says when a campaign runs. The zero Active is always.
type Active struct {
	From  Moment    `yaml:"from,omitempty"`
	Until Moment    `yaml:"until,omitempty"`
	Hours []Hours   `yaml:"hours,omitempty"`
	Days  []Weekday `yaml:"days,omitempty"`
}

// State is where a campaign stands at a moment.
type State int

// The states.
const (
	Running State = iota
	NotStarted
	Over
	OutsideHours // between its dates, but not at this hour or on this day
)

// At tells the state at now, reading dates and hours in zone. From counts, Until does not.
func (a Active) At(now time.Time, zone *time.Location) State {
	local := now.In(zone)
	if !a.From.IsZero() && local.Before(a.From.In(zone)) {
		return NotStarted
	}
	if !a.Until.IsZero() && !local.Before(a.Until.In(zone)) {
		return Over
	}
	if len(a.Days) > 0 && !slices.Contains(a.Days, Weekday(local.Weekday())) {
		return OutsideHours
	}
	if len(a.Hours) == 0 {
		return Running
	}
	for _, h := range a.Hours {
		if h.Contains(local) {
			return Running
		}
	}
	return OutsideHours
}

// Moment is a date and time of the wall clock, zoneless until asked: "2026-01-31", "2026-01-31 08:30" or with seconds. As
// the end of a campaign a bare date means the start of that day; write "2026-02-01" to include all of January.
type Moment struct{ wall time.Time }

// IsZero tells whether no moment was given.
func (m Moment) IsZero() bool { return m.wall.IsZero() }

// In is the moment in zone.
func (m Moment) In(zone *time.Location) time.Time {
	y, mo, d := m.wall.Date()
	return time.Date(y, mo, d, m.wall.Hour(), m.wall.Minute(), m.wall.Second(), 0, zone)
}

// MarshalText writes it as it is read; nothing when no moment was given.
func (m Moment) MarshalText() ([]byte, error) {
	if m.IsZero() {
		return nil, nil
	}
	return []byte(m.wall.Format("2006-01-02 15:04:05")), nil
}

// UnmarshalYAML reads a moment.
func (m *Moment) UnmarshalYAML(n *yaml.Node) error {
	parsed, err := ParseMoment(n.Value)
	if err != nil {
		return lineError(n, err)
	}
	*m = parsed
	return nil
}

// ParseMoment reads "2026-01-31", "2026-01-31 08:30" or "2026-01-31 08:30:00".
func ParseMoment(s string) (Moment, error) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return Moment{t}, nil
		}
	}
	return Moment{}, fmt.Errorf("%q is not a date: write 2026-01-31 or 2026-01-31 08:30", s)
}

// Hours is a span of the day, "08:30-21:30"; it may run over midnight, "22:00-06:00". The end does not count.
type Hours struct{ From, To int } // minutes of the day, 0 to 1440

// Contains tells whether t's time of day is within.
func (h Hours) Contains(t time.Time) bool {
	m := t.Hour()*60 + t.Minute()
	if h.From <= h.To {
		return m >= h.From && m < h.To
	}
	return m >= h.From || m < h.To
}

// UnmarshalYAML reads a span.
func (h *Hours) UnmarshalYAML(n *yaml.Node) error {
	parsed, err := ParseHours(n.Value)
	if err != nil {
		return lineError(n, err)
	}
	*h = parsed
	return nil
}

var hoursText = regexp.MustCompile(`^(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$`)

// ParseHours reads "08:30-21:30".
func ParseHours(s string) (Hours, error) {
	m := hoursText.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Hours{}, fmt.Errorf("%q is not a span of hours: write 08:30-21:30", s)
	}
	var n [4]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // one or two digits
	}
	from, to := n[0]*60+n[1], n[2]*60+n[3]
	if n[1] > 59 || n[3] > 59 || from >= 1440 || to > 1440 || from == to {
		return Hours{}, fmt.Errorf("%q is not a span of hours: write 08:30-21:30", s)
	}
	return Hours{from, to}, nil
}

// Weekday reads 周一 to 周日, mon to sun or 1 to 7 (Monday to Sunday).
type Weekday time.Weekday

var weekdays = map[string]Weekday{
	"周一": 1, "周二": 2, "周三": 3, "周四": 4, "周五": 5, "周六": 6, "周日": 0,
	"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 0,
	"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 0,
}

// UnmarshalYAML reads a day.
func (w *Weekday) UnmarshalYAML(n *yaml.Node) error {
	d, ok := weekdays[strings.ToLower(n.Value)]
	if !ok {
		return lineError(n, fmt.Errorf("%q is not a day: write 周一, mon or 1", n.Value))
	}
	*w = d
	return nil
}

// lineError makes err one that the decoder reports beside the others, with its line. What follows ": write " is the remedy.
func lineError(n *yaml.Node, err error) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %v", n.Line, err)}}
}
