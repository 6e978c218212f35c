package schedule_test

import (
	"strings"
	"testing"

	"guanjia/content"
	"guanjia/schedule"
)

// TestMistakesInASchedulesFileAreNamed gives one line for each mistake an operator can make.
func TestMistakesInASchedulesFileAreNamed(t *testing.T) {
	t.Parallel()
	const head, say = "  - id: a\n    name: 甲\n", "    say: [{text: 好}]\n"
	const clocked = head + "    segment: all\n    at: ['08:30']\n"
	for _, c := range []struct{ name, file, want string }{
		{"no time", "schedules:\n" + head + "    segment: all\n" + say, "s.yaml:3: it must be clear when it is said: by the clock, around a moment, or because of something; write at: (08:30, morning ...) or cron:, or moment: and steps:, or on:"},
		{"two kinds of time", "schedules:\n" + clocked + "    on: followed\n" + say, "s.yaml:3: it must be clear when it is said: by the clock, around a moment, or because of something; write at: (08:30, morning ...) or cron:, or moment: and steps:, or on:"},
		{"nobody", "schedules:\n" + head + "    at: ['08:30']\n" + say, "s.yaml:3: it is not said to whom; write segment: tag:... or, if everybody is meant, segment: all"},
		{"a broken segment", "schedules:\n" + head + "    segment: 'tag:'\n    at: ['08:30']\n" + say, "s.yaml:5: segment, character 5"},
		{"no words", "schedules:\n" + clocked, "s.yaml:3: it says nothing; write say: with what is said"},
		{"said twice", "schedules:\n" + clocked + say + "    turns: [[{text: 好}]]\n", "s.yaml:8: it is said twice what is said; keep one of say: and turns:"},
		{"a transfer", "schedules:\n" + clocked + "    say: [{kind: transfer}]\n", "s.yaml:7: nobody is handed to staff who has said nothing; remove it"},
		{"six messages", "schedules:\n" + clocked + "    say: [{text: 1}, {text: 2}, {text: 3}, {text: 4}, {text: 5}, {text: 6}]\n", "s.yaml:7: more than 5 messages at once; say it in fewer"},
		{"an unknown placeholder", "schedules:\n" + clocked + "    say: [{text: '{code}'}]\n", "s.yaml:7: placeholder {code} is not known here; use 【】 or （） where brackets are meant"},
		{"no time of day", "schedules:\n" + head + "    segment: all\n    at: ['25:00', dawn]\n" + say, "s.yaml:6: \"25:00\" is not a time of day; write 08:30, or morning, noon, afternoon or evening"},
		{"no cron", "schedules:\n" + head + "    segment: all\n    cron: ['@daily']\n" + say, "s.yaml:6: \"@daily\" is not a line of cron; write minute, hour, day, month and day of the week, such as 30 8 * * 1-5"},
		{"opening hours", "schedules:\n" + clocked + "    active: {hours: [08:00-09:00]}\n" + say, "s.yaml:7: a schedule has times and no opening hours; write the times of day below at:"},
		{"a priority", "schedules:\n" + clocked + "    priority: urgent\n" + say, "s.yaml:7: priority \"urgent\" is not known; write service, major, campaign or tip"},
		{"a way", "schedules:\n" + clocked + "    ways: [custom, pigeon]\n" + say, "s.yaml:7: way \"pigeon\" is not known here; write custom, kf, app, subscribe, template, group_send, next_visit"},
		{"the id again", "schedules:\n" + clocked + say + clocked + say, "s.yaml:8: id \"a\" is used already (s.yaml:3); give each one an id of its own"},
		{"a colon in the id", "schedules:\n  - id: a:b\n    name: 甲\n    segment: all\n    at: ['08:30']\n" + say, "s.yaml:3: id \"a:b\" can't be used"},
		{"a holiday", "holidays: [2026-02-30]\nschedules:\n" + clocked + say, "s.yaml:2: \"2026-02-30\" is not a day, nor days one after the other; write 2026-10-01, or 2026-10-01..2026-10-07"},
		{"holidays backwards", "holidays: [2026-02-03..2026-02-01]\nschedules:\n" + clocked + say, "s.yaml:2: \"2026-02-03..2026-02-01\" is not a day"},
		{"steps without a moment", "schedules:\n" + head + "    segment: all\n    steps: [{at: T-1h, say: [{text: 好}]}]\n", "s.yaml:6: the steps have no moment; write moment: 2026-12-24 20:00"},
		{"a moment without steps", "schedules:\n" + head + "    segment: all\n    moment: 2026-12-24 20:00\n", "s.yaml:3: a moment has 1 to 30 steps; write steps: with at: T-1h and say:"},
		{"a step that is no offset", "schedules:\n" + head + "    segment: all\n    moment: 2026-12-24 20:00\n    steps: [{at: 1h, say: [{text: 好}]}]\n", "s.yaml:7: \"1h\" is not a time relative to the moment; write T-1d, T-1h, T-10m, T or T+30m"},
		{"two steps at once", "schedules:\n" + head + "    segment: all\n    moment: 2026-12-24 20:00\n    steps: [{at: T-1h, say: [{text: 好}]}, {at: t-1h, say: [{text: 好}]}]\n", "s.yaml:7: two steps are at T-1H; say both in one step"},
		{"an unknown cause", "schedules:\n" + head + "    on: birthday\n" + say, "s.yaml:5: on: \"birthday\" is not known; write coupon_expiring, quiz_unfinished, survey_unfinished or followed"},
		{"a cause without a campaign", "schedules:\n" + head + "    on: quiz_unfinished\n    after: 4h\n" + say, "s.yaml:3: campaign: does not fit the cause; write campaign: with the id of the coupon, quiz or survey, and none with followed"},
		{"a cause without a span", "schedules:\n" + head + "    on: coupon_expiring\n    campaign: x\n" + say, "s.yaml:3: it is not said when; write within: 3d"},
		{"a span of the other kind", "schedules:\n" + head + "    on: followed\n    within: 3d\n    after: 3d\n" + say, "s.yaml:5: this cause is not counted that way; remove it, or write after:"},
		{"a cause with dates", "schedules:\n" + head + "    on: followed\n    after: 3d\n    active: {from: 2026-01-01}\n" + say, "s.yaml:7: what has a cause has no dates; remove it; disabled: true switches it off"},
		{"a template without an id", "schedules:\n" + clocked + "    template: {url: 'https://a.cn'}\n", "s.yaml:7: a template has no id; write the id of the platform's template"},
		{"an unknown key", "schedules:\n" + clocked + say + "    colour: red\n", "key \"colour\" is not known here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, ps := content.Parse("s.yaml", []byte("kind: schedule\n"+c.file), nil)
			if ps == nil {
				_, ps = schedule.Load([]content.Doc{d}, zone())
			}
			if told := ps.Error(); !strings.Contains(told, c.want) {
				t.Errorf("told\n%s\nwant\n%s", told, c.want)
			}
		})
	}
}

// FuzzLoad reads whatever somebody may write, and reckons with it.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{morning, "schedules: [{id: a, name: b, on: followed, after: 3d, say: [{text: a}]}]\n", "schedules: [{id: a, name: b, moment: 2026-01-01, segment: all, steps: [{at: T-1d, say: [{text: a}]}]}]\nholidays: [2026-01-01..2026-02-01]\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ps := content.Parse("s.yaml", []byte("kind: schedule\n"+text), nil)
		if ps != nil {
			return
		}
		b, ps := schedule.Load([]content.Doc{d}, zone())
		if ps != nil {
			return
		}
		now := moment("2026-11-25 08:00:00")
		for _, p := range b.Plans(nil, nil, nil) {
			if next := p.Next(now); !next.IsZero() && !next.After(now) {
				t.Errorf("%s: after %v comes %v", p.Name, now, next)
			}
		}
	})
}
