package calendar_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"guanjia/schedule/calendar"
)

const layout = "2006-01-02 15:04 -0700"

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func rule(t testing.TB, lines string) *calendar.Rule {
	t.Helper()
	r := &calendar.Rule{}
	for _, l := range strings.Split(lines, "|") {
		if err := r.Cron(strings.TrimSpace(l)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestTheNextTimeIsTheOneOnTheWall: each row is a rule and the times that follow a moment.
func TestTheNextTimeIsTheOneOnTheWall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, lines, after, want string }{
		{"this morning", "Asia/Shanghai", "30 8 * * *", "2026-11-25T08:29:59+08:00", "2026-11-25 08:30 +0800, 2026-11-26 08:30 +0800"},
		{"on the dot is over", "Asia/Shanghai", "30 8 * * *", "2026-11-25T08:30:00+08:00", "2026-11-26 08:30 +0800"},
		{"a nanosecond before", "Asia/Shanghai", "30 8 * * *", "2026-11-25T08:29:59.999999999+08:00", "2026-11-25 08:30 +0800"},
		{"whose clock counts", "Asia/Shanghai", "30 8 * * *", "2026-11-25T00:29:00Z", "2026-11-25 08:30 +0800"},
		{"four times a day", "Asia/Shanghai", "30 8 * * *|0 12 * * *|30 15 * * *|0 18 * * *", "2026-11-25T11:00:00+08:00",
			"2026-11-25 12:00 +0800, 2026-11-25 15:30 +0800, 2026-11-25 18:00 +0800, 2026-11-26 08:30 +0800"},
		{"two lines, one time", "Asia/Shanghai", "0 12 * * *|0 12 * * 3", "2026-11-25T11:00:00+08:00", "2026-11-25 12:00 +0800, 2026-11-26 12:00 +0800"},
		{"the 31st", "Asia/Shanghai", "0 9 31 * *", "2026-01-31T10:00:00+08:00", "2026-03-31 09:00 +0800, 2026-05-31 09:00 +0800, 2026-07-31 09:00 +0800"},
		{"the leap day", "Asia/Shanghai", "0 9 29 2 *", "2026-01-01T00:00:00+08:00", "2028-02-29 09:00 +0800"},
		{"over the year's end", "Asia/Shanghai", "0 0 1 1 *", "2026-12-31T23:59:59+08:00", "2027-01-01 00:00 +0800"},
		{"no such day", "Asia/Shanghai", "0 9 31 2 *", "2026-01-01T00:00:00+08:00", ""},
		{"Mondays", "Asia/Shanghai", "0 9 * * 1", "2026-11-25T00:00:00+08:00", "2026-11-30 09:00 +0800, 2026-12-07 09:00 +0800"},
		{"far away in time", "Asia/Shanghai", "0 9 * * *", "1970-01-01T00:00:00Z", "1970-01-01 09:00 +0800"},

		{"New York, spring: what is left out comes at once", "America/New_York", "30 2 * * *", "2026-03-07T12:00:00-05:00", "2026-03-08 03:00 -0400, 2026-03-09 02:30 -0400"},
		{"New York, spring: all that is left out comes once", "America/New_York", "*/15 * * * *", "2026-03-08T01:45:00-05:00", "2026-03-08 03:00 -0400, 2026-03-08 03:15 -0400"},
		{"New York, autumn: what comes twice comes the first time", "America/New_York", "30 1 * * *", "2026-11-01T00:00:00-04:00", "2026-11-01 01:30 -0400, 2026-11-02 01:30 -0500"},
		{"New York, autumn: not again in the second hour", "America/New_York", "30 1 * * *", "2026-11-01T01:10:00-05:00", "2026-11-02 01:30 -0500"},
		{"New York, autumn: half an hour later", "America/New_York", "*/30 * * * *", "2026-11-01T01:30:00-04:00", "2026-11-01 02:00 -0500"},
		{"New York: eight thirty is eight thirty", "America/New_York", "30 8 * * *", "2026-03-07T09:00:00-05:00", "2026-03-08 08:30 -0400"},
		{"Lord Howe: half an hour forward", "Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00:00+10:30", "2026-10-04 02:30 +1100, 2026-10-05 02:15 +1100"},
		{"Lord Howe: half an hour back", "Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00:00+11:00", "2026-04-05 01:45 +1100, 2026-04-06 01:45 +1030"},
		{"Azores: midnight is left out", "Atlantic/Azores", "30 0 * * *", "2026-03-28T12:00:00-01:00", "2026-03-29 01:00 +0000, 2026-03-30 00:30 +0000"},
		{"Apia: a whole day is left out", "Pacific/Apia", "30 8 * * *", "2011-12-29T09:00:00-10:00", "2011-12-31 00:00 +1400, 2011-12-31 08:30 +1400"},
		{"Shanghai had summer time", "Asia/Shanghai", "30 2 * * *", "1986-05-03T12:00:00+08:00", "1986-05-04 03:00 +0900, 1986-05-05 02:30 +0900"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			z, r := zone(t, c.zone), rule(t, c.lines)
			at, err := time.Parse(time.RFC3339Nano, c.after)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(c.want, ", ")
			for i, w := range want {
				at = r.Next(at, z)
				got := ""
				if !at.IsZero() {
					got = at.In(z).Format(layout)
				}
				if got != w {
					t.Fatalf("time %d is %q, want %q", i+1, got, w)
				}
			}
		})
	}
}

func TestARuleKeepsItsDatesDaysAndHolidays(t *testing.T) {
	t.Parallel()
	shanghai := zone(t, "Asia/Shanghai")
	day := func(s string) calendar.Date {
		d, err := calendar.ParseDate(s)
		if err != nil || d.String() != s {
			t.Fatal(d, err)
		}
		return d
	}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	r := rule(t, "30 8 * * *")
	r.From, r.Until = at("2026-10-01 08:30"), at("2026-10-12 08:30")
	r.Days = []time.Weekday{time.Thursday, time.Friday, time.Monday}
	r.Skip = map[calendar.Date]bool{day("2026-10-05"): true, day("2026-10-02"): true}
	var got []string
	for now := at("2026-01-01 00:00"); ; {
		if now = r.Next(now, shanghai); now.IsZero() {
			break
		}
		got = append(got, now.In(shanghai).Format("01-02"))
	}
	if all := strings.Join(got, " "); all != "10-01 10-08 10-09" {
		t.Errorf("it runs on %s", all)
	}
	r.Skip = map[calendar.Date]bool{}
	r.Until = time.Time{}
	r.Days = []time.Weekday{}
	for d := day("2026-10-01"); d != day("2226-10-01"); d = d.Next() {
		r.Skip[d] = true
	}
	if next := r.Next(at("2026-10-01 00:00"), shanghai); !next.IsZero() {
		t.Errorf("two hundred years of holidays, and then %v", next)
	}
}

func TestNoTimeThatCanNotBeWrittenDownIsARule(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", "8:30", "* * * *", "* * * * * *", "60 * * * *", "0 24 * * *", "0 0 32 * *", "@every 1m", "@daily", "TZ=UTC 0 8 * * *", "CRON_TZ=UTC 0 8 * * *", "a b c d e"} {
		if err := new(calendar.Rule).Cron(line); err == nil {
			t.Errorf("%q is a rule", line)
		}
	}
	if !new(calendar.Rule).Next(time.Now(), time.UTC).IsZero() {
		t.Error("a rule of nothing happens")
	}
}

func TestTimesRelativeToAMoment(t *testing.T) {
	t.Parallel()
	newYork := zone(t, "America/New_York")
	moment := time.Date(2026, 3, 8, 20, 0, 0, 0, newYork) // the clocks went forward that morning
	for text, want := range map[string]string{
		"T": "2026-03-08 20:00 -0400", "T-1d": "2026-03-07 20:00 -0500", "t-24h": "2026-03-07 19:00 -0500", "T-10m": "2026-03-08 19:50 -0400",
		"T+30m": "2026-03-08 20:30 -0400", "T+1h30m": "2026-03-08 21:30 -0400", " T-0d ": "2026-03-08 20:00 -0400", "T-366d": "2025-03-07 20:00 -0500",
	} {
		o, err := calendar.ParseOffset(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.From(moment, newYork).In(newYork).Format(layout); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "1h", "-1h", "T1h", "T--1h", "T-+1h", "T-", "T-d", "T-1", "T-9000h", "T-367d", "T+1.5d", "T-99999999999d", "X-1h"} {
		if o, err := calendar.ParseOffset(text); err == nil {
			t.Errorf("%q is read as %+v", text, o)
		}
	}
}

// TestNextGoesForwardInEveryZone: whatever the clocks do, times come one after the other, none is a time of the wall that was there before,
// and none is left out.
func TestNextGoesForwardInEveryZone(t *testing.T) {
	t.Parallel()
	zones := []string{"Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Atlantic/Azores", "Pacific/Apia", "Europe/London", "Africa/Casablanca", "UTC"}
	rapid.Check(t, func(r *rapid.T) {
		z := zone(t, rapid.SampledFrom(zones).Draw(r, "zone"))
		hour, minute := rapid.IntRange(0, 23).Draw(r, "hour"), rapid.IntRange(0, 59).Draw(r, "minute")
		daily := &calendar.Rule{}
		if err := daily.Daily(hour, minute); err != nil {
			r.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(r, "after"), 0)
		for range 400 {
			next := daily.Next(at, z)
			if !next.After(at) {
				r.Fatalf("after %v comes %v", at, next)
			}
			if d := next.Sub(at); d > 26*time.Hour {
				r.Fatalf("a day is left out between %v and %v", at.In(z), next.In(z))
			}
			at = next
		}
	})
}
