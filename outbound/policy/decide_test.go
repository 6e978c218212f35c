package policy_test

import (
	"testing"
	"time"

	"guanjia/outbound/policy"
)

func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skip("no time zones on this machine: ", err)
	}
	return z
}

// noon is the moment of most rows.
func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, shanghai()) }

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 3, day, hour, minute, 0, 0, shanghai())
}

// usual is a push that may go: by a customer-service message, because the person wrote an hour ago.
func usual() policy.Request {
	return policy.Request{
		Now: noon(), Budget: policy.ForPush, Priority: policy.Campaign, Expires: noon().Add(policy.Week),
		Quiet: policy.Quiet{From: 21*60 + 30, Until: 8*60 + 30, Zone: shanghai()},
		Caps:  policy.Caps{PerDay: 1, PerWeek: 3, MinGap: 20 * time.Hour},
		Rights: []policy.Right{
			{Way: policy.Custom, Windowed: true, Needs: 1, Grants: []policy.Grant{{From: noon().Add(-time.Hour), Until: noon().Add(47 * time.Hour), Left: 5}}},
		},
	}
}

func shut(w policy.Way, why policy.Reason) policy.Right { return policy.Right{Way: w, Shut: why} }

func TestDecide(t *testing.T) {
	t.Parallel()
	send, wait, hold, never := policy.Send, policy.Wait, policy.Hold, policy.Never
	for _, c := range []struct {
		name  string
		given func(*policy.Request)
		do    policy.Do
		why   policy.Reason
		until time.Time
		way   policy.Way
	}{
		{"nothing stands in its way", func(*policy.Request) {}, send, policy.Allowed, time.Time{}, policy.Custom},

		{"everything is paused", func(r *policy.Request) { r.Paused = policy.PausedAll }, wait, policy.PauseAll, time.Time{}, ""},
		{"the account is paused", func(r *policy.Request) { r.Paused = policy.PausedAccount }, wait, policy.PauseAccount, time.Time{}, ""},
		{"the campaign is paused", func(r *policy.Request) { r.Paused = policy.PausedCampaign }, wait, policy.PauseCampaign, time.Time{}, ""},
		{"pushes are switched off", func(r *policy.Request) { r.Paused = policy.PausedBySetting }, wait, policy.PauseSetting, time.Time{}, ""},
		{"paused goes before expired", func(r *policy.Request) { r.Paused, r.Expires = policy.PausedAll, noon() }, wait, policy.PauseAll, time.Time{}, ""},
		{"an answer is paused too", func(r *policy.Request) { r.Paused, r.Budget = policy.PausedAll, policy.ForReply }, wait, policy.PauseAll, time.Time{}, ""},

		{"it expires now", func(r *policy.Request) { r.Expires = noon() }, never, policy.Expired, time.Time{}, ""},
		{"it expired long ago", func(r *policy.Request) { r.Expires = noon().AddDate(-1, 0, 0) }, never, policy.Expired, time.Time{}, ""},
		{"it expires in a moment", func(r *policy.Request) { r.Expires = noon().Add(1) }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"it never expires", func(r *policy.Request) { r.Expires = time.Time{} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"its time has not come", func(r *policy.Request) { r.NotBefore = at(3, 9, 0) }, wait, policy.Early, at(3, 9, 0), ""},
		{"its time is now", func(r *policy.Request) { r.NotBefore = noon() }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"it expires before its time", func(r *policy.Request) { r.NotBefore, r.Expires = at(4, 9, 0), at(3, 9, 0) }, never, policy.Expired, time.Time{}, ""},
		{"an answer expires too", func(r *policy.Request) { r.Expires, r.Budget = noon(), policy.ForReply }, never, policy.Expired, time.Time{}, ""},

		{"opted out of everything", func(r *policy.Request) { r.OptedOut = true }, never, policy.OptedOut, time.Time{}, ""},
		{"opted out of the topic", func(r *policy.Request) { r.OptedOutTopic = true }, never, policy.OptedOutTopic, time.Time{}, ""},
		{"opted out, and a service message", func(r *policy.Request) { r.OptedOut, r.Priority = true, policy.Service }, never, policy.OptedOut, time.Time{}, ""},
		{"opted out, and an answer", func(r *policy.Request) { r.OptedOut, r.Budget = true, policy.ForReply }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"opted out before its time", func(r *policy.Request) { r.OptedOut, r.NotBefore = true, at(3, 9, 0) }, wait, policy.Early, at(3, 9, 0), ""},
		{"unfollowed", func(r *policy.Request) { r.Gone = true }, never, policy.Gone, time.Time{}, ""},
		{"unfollowed, and an answer", func(r *policy.Request) { r.Gone, r.Budget = true, policy.ForReply }, never, policy.Gone, time.Time{}, ""},
		{"done meanwhile", func(r *policy.Request) { r.Moot = true }, never, policy.Moot, time.Time{}, ""},
		{"done meanwhile, in quiet hours", func(r *policy.Request) { r.Moot, r.Now = true, at(2, 23, 0) }, never, policy.Moot, time.Time{}, ""},
		{"done meanwhile, and gone", func(r *policy.Request) { r.Moot, r.Gone = true, true }, never, policy.Gone, time.Time{}, ""},
		{"done meanwhile, and paused", func(r *policy.Request) { r.Moot, r.Paused = true, policy.PausedAll }, wait, policy.PauseAll, time.Time{}, ""},
		{"unfollowed in quiet hours", func(r *policy.Request) { r.Gone, r.Now = true, at(2, 23, 0) }, never, policy.Gone, time.Time{}, ""},

		{"late in the evening", func(r *policy.Request) { r.Now = at(2, 23, 0) }, wait, policy.QuietHours, at(3, 8, 30), ""},
		{"after midnight", func(r *policy.Request) { r.Now = at(3, 0, 0) }, wait, policy.QuietHours, at(3, 8, 30), ""},
		{"early in the morning", func(r *policy.Request) { r.Now = at(3, 8, 29) }, wait, policy.QuietHours, at(3, 8, 30), ""},
		{"as they begin", func(r *policy.Request) { r.Now = at(2, 21, 30) }, wait, policy.QuietHours, at(3, 8, 30), ""},
		{"just before they begin", func(r *policy.Request) { r.Now = at(2, 21, 30).Add(-1) }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"as they end", func(r *policy.Request) { r.Now = at(3, 8, 30) }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"a service message at night", func(r *policy.Request) { r.Now, r.Priority = at(2, 23, 0), policy.Service }, wait, policy.QuietHours, at(3, 8, 30), ""},
		{"an answer at night", func(r *policy.Request) { r.Now, r.Budget = at(2, 23, 0), policy.ForReply }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"it expires in the night", func(r *policy.Request) { r.Now, r.Expires = at(2, 23, 0), at(3, 8, 0) }, never, policy.QuietTooLong, time.Time{}, ""},
		{"it expires as the night ends", func(r *policy.Request) { r.Now, r.Expires = at(2, 23, 0), at(3, 8, 30) }, never, policy.QuietTooLong, time.Time{}, ""},
		{"it expires after the night", func(r *policy.Request) { r.Now, r.Expires = at(2, 23, 0), at(3, 8, 31) }, wait, policy.QuietHours, at(3, 8, 30), ""},
		{"no quiet hours", func(r *policy.Request) { r.Now, r.Quiet = at(2, 23, 0), policy.Quiet{} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"quiet at noon, within a day", func(r *policy.Request) { r.Quiet = policy.Quiet{From: 11 * 60, Until: 14 * 60, Zone: shanghai()} }, wait, policy.QuietHours, at(2, 14, 0), ""},

		{"one today", func(r *policy.Request) { r.Sent = []time.Time{at(2, 10, 0)} }, wait, policy.CapDay, at(3, 10, 0), ""},
		{"one 24 hours ago", func(r *policy.Request) { r.Sent = []time.Time{at(1, 12, 0)} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"one a moment less than 24 hours ago", func(r *policy.Request) { r.Sent = []time.Time{at(1, 12, 0).Add(1)} }, wait, policy.CapDay, noon().Add(1), ""},
		{"two a day, the gap holds", func(r *policy.Request) { r.Caps.PerDay, r.Sent = 2, []time.Time{at(2, 10, 0)} }, wait, policy.CapGap, at(3, 8, 30), ""},
		{"the gap ends by day", func(r *policy.Request) {
			r.Caps.PerDay, r.Caps.MinGap, r.Sent = 2, 5*time.Hour, []time.Time{at(2, 10, 0)}
		}, wait, policy.CapGap, at(2, 15, 0), ""},
		{"no gap, two a day", func(r *policy.Request) { r.Caps.PerDay, r.Caps.MinGap, r.Sent = 2, 0, []time.Time{at(2, 10, 0)} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"two today of two", func(r *policy.Request) {
			r.Caps.PerDay, r.Caps.MinGap, r.Sent = 2, 0, []time.Time{at(2, 11, 0), at(2, 9, 0)}
		}, wait, policy.CapDay, at(3, 9, 0), ""},
		{"three this week", func(r *policy.Request) {
			r.Now, r.Expires = at(10, 12, 0), at(20, 0, 0)
			r.Sent = []time.Time{at(4, 12, 0), at(6, 12, 0), at(8, 12, 0)}
			r.Rights[0] = policy.Right{Way: policy.Template}
		}, wait, policy.CapWeek, at(11, 12, 0), ""},
		{"three, one of them a week ago", func(r *policy.Request) {
			r.Now, r.Expires = at(11, 12, 0), at(20, 0, 0)
			r.Sent = []time.Time{at(4, 12, 0), at(6, 12, 0), at(8, 12, 0)}
			r.Rights[0] = policy.Right{Way: policy.Template}
		}, send, policy.Allowed, time.Time{}, policy.Template},
		{"the cap ends at night", func(r *policy.Request) { r.Sent = []time.Time{at(1, 22, 0)} }, wait, policy.CapDay, at(3, 8, 30), ""},
		{"it expires under the cap", func(r *policy.Request) { r.Sent, r.Expires = []time.Time{at(2, 10, 0)}, at(3, 9, 0) }, never, policy.CapTooLong, time.Time{}, ""},
		{"a cap of 0 a day", func(r *policy.Request) { r.Caps.PerDay = 0 }, never, policy.CapNone, time.Time{}, ""},
		{"a cap of 0 a week", func(r *policy.Request) { r.Caps.PerWeek = 0 }, never, policy.CapNone, time.Time{}, ""},
		{"a cap below 0", func(r *policy.Request) { r.Caps.PerWeek = -1 }, never, policy.CapNone, time.Time{}, ""},
		{"a cap of 0 and a service message", func(r *policy.Request) { r.Caps, r.Priority = policy.Caps{}, policy.Service }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"a cap of 0 and an answer", func(r *policy.Request) { r.Caps, r.Budget = policy.Caps{}, policy.ForReply }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"a service message above the cap", func(r *policy.Request) { r.Sent, r.Priority = []time.Time{at(2, 10, 0)}, policy.Service }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"the clock was set back a year", func(r *policy.Request) { r.Sent = []time.Time{noon().AddDate(1, 0, 0)} }, wait, policy.CapDay, noon().Add(policy.Day), ""},
		{"the clock was set back three times over", func(r *policy.Request) {
			r.Sent, r.Expires = []time.Time{noon().AddDate(1, 0, 0), noon().AddDate(1, 0, 1), noon().AddDate(1, 0, 2)}, time.Time{}
		}, wait, policy.CapWeek, noon().Add(policy.Week), ""},
		{"the clock jumped ahead", func(r *policy.Request) {
			r.Sent, r.Now, r.Expires = []time.Time{at(2, 10, 0)}, at(2, 12, 0).AddDate(5, 0, 0), time.Time{}
		}, never, policy.WindowClosed, time.Time{}, ""},

		{"something major waits for today", func(r *policy.Request) { r.Rivals = []policy.Rival{{Priority: policy.Major, From: at(2, 18, 0)}} }, wait, policy.Yields, at(2, 18, 1), ""},
		{"something major waits for now", func(r *policy.Request) { r.Rivals = []policy.Rival{{Priority: policy.Major}} }, wait, policy.Yields, at(2, 12, 1), ""},
		{"a tip waits", func(r *policy.Request) { r.Rivals = []policy.Rival{{Priority: policy.Tip, From: at(2, 18, 0)}} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"its equal waits", func(r *policy.Request) { r.Rivals = []policy.Rival{{Priority: policy.Campaign}} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"a service message waits", func(r *policy.Request) { r.Rivals = []policy.Rival{{Priority: policy.Service}} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"something major waits for the day after", func(r *policy.Request) { r.Rivals = []policy.Rival{{Priority: policy.Major, From: at(3, 18, 0)}} }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"something major has room beside it", func(r *policy.Request) {
			r.Caps, r.Rivals = policy.Caps{PerDay: 2, PerWeek: 3}, []policy.Rival{{Priority: policy.Major, From: at(2, 18, 0)}}
		}, send, policy.Allowed, time.Time{}, policy.Custom},
		{"something major expires before it could go", func(r *policy.Request) {
			r.Rivals = []policy.Rival{{Priority: policy.Major, From: at(2, 22, 0), Expires: at(3, 8, 0)}}
		}, send, policy.Allowed, time.Time{}, policy.Custom},
		{"it expires behind something major", func(r *policy.Request) {
			r.Expires, r.Rivals = at(2, 17, 0), []policy.Rival{{Priority: policy.Major, From: at(2, 18, 0)}}
		}, never, policy.YieldsTooLong, time.Time{}, ""},
		{"a major one yields to none but service", func(r *policy.Request) {
			r.Priority, r.Rivals = policy.Major, []policy.Rival{{Priority: policy.Major}, {Priority: policy.Service}, {Priority: policy.Campaign}}
		}, send, policy.Allowed, time.Time{}, policy.Custom},
		{"the first of two rivals counts", func(r *policy.Request) {
			r.Rivals = []policy.Rival{{Priority: policy.Major, From: at(2, 18, 0)}, {Priority: policy.Major, From: at(2, 14, 0)}}
		}, wait, policy.Yields, at(2, 14, 1), ""},

		{"the person never wrote", func(r *policy.Request) { r.Rights[0].Grants = nil }, never, policy.WindowClosed, time.Time{}, ""},
		{"the window closed a moment ago", func(r *policy.Request) { r.Now = noon().Add(47 * time.Hour) }, never, policy.WindowClosed, time.Time{}, ""},
		{"five were sent", func(r *policy.Request) { r.Rights[0].Grants[0].Left = 0 }, never, policy.WindowUsed, time.Time{}, ""},
		{"it takes more messages than are left", func(r *policy.Request) { r.Rights[0].Needs = 6 }, never, policy.WindowUsed, time.Time{}, ""},
		{"two rights together are enough", func(r *policy.Request) {
			r.Rights[0].Needs, r.Rights[0].Grants = 6, append(r.Rights[0].Grants, policy.Grant{From: noon(), Until: noon().Add(time.Minute), Left: 3})
		}, send, policy.Allowed, time.Time{}, policy.Custom},
		{"the next way", func(r *policy.Request) {
			r.Rights = []policy.Right{shut(policy.Custom, policy.WindowClosed), {Way: policy.Template}}
		}, send, policy.Allowed, time.Time{}, policy.Template},
		{"the first way of two", func(r *policy.Request) { r.Rights = []policy.Right{{Way: policy.Subscribe}, {Way: policy.Template}} }, send, policy.Allowed, time.Time{}, policy.Subscribe},
		{"no way, kept for a visit", func(r *policy.Request) {
			r.Rights = []policy.Right{shut(policy.Custom, policy.WindowClosed), {Way: policy.NextVisit}}
		}, hold, policy.ForNextVisit, time.Time{}, ""},
		{"a visit is the last resort", func(r *policy.Request) { r.Rights = append([]policy.Right{{Way: policy.NextVisit}}, r.Rights...) }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"the quota comes back", func(r *policy.Request) {
			r.Rights[0].Shut, r.Rights[0].Opens = policy.Quota, at(3, 0, 0)
		}, wait, policy.Quota, at(3, 8, 30), ""},
		{"the quota comes back, for an answer at night", func(r *policy.Request) {
			r.Budget, r.Rights[0].Shut, r.Rights[0].Opens = policy.ForReply, policy.Quota, at(3, 0, 0)
		}, wait, policy.Quota, at(3, 0, 0), ""},
		{"the quota comes back too late", func(r *policy.Request) {
			r.Expires, r.Rights[0].Shut, r.Rights[0].Opens = at(2, 20, 0), policy.Quota, at(3, 0, 0)
		}, never, policy.Quota, time.Time{}, ""},
		{"the quota comes back in the night it expires", func(r *policy.Request) {
			r.Expires, r.Rights[0].Shut, r.Rights[0].Opens = at(3, 5, 0), policy.Quota, at(3, 0, 0)
		}, never, policy.QuotaTooLong, time.Time{}, ""},
		{"the quota comes back in the night it expires, and there is a visit", func(r *policy.Request) {
			r.Expires, r.Rights[0].Shut, r.Rights[0].Opens = at(3, 5, 0), policy.Quota, at(3, 0, 0)
			r.Rights = append(r.Rights, policy.Right{Way: policy.NextVisit})
		}, hold, policy.ForNextVisit, time.Time{}, ""},
		{"a quota that comes back is better than a visit", func(r *policy.Request) {
			r.Rights = []policy.Right{{Way: policy.Custom, Shut: policy.Quota, Opens: at(2, 13, 0)}, {Way: policy.NextVisit}}
		}, wait, policy.Quota, at(2, 13, 0), ""},
		{"an open way is better than waiting for a quota", func(r *policy.Request) {
			r.Rights = []policy.Right{{Way: policy.Custom, Shut: policy.Quota, Opens: at(2, 13, 0)}, {Way: policy.Template}}
		}, send, policy.Allowed, time.Time{}, policy.Template},
		{"a quota that has come back", func(r *policy.Request) { r.Rights[0].Shut, r.Rights[0].Opens = policy.Quota, noon() }, send, policy.Allowed, time.Time{}, policy.Custom},
		{"no ways at all", func(r *policy.Request) { r.Rights = nil }, never, policy.NoWay, time.Time{}, ""},
		{"the first reason counts", func(r *policy.Request) {
			r.Rights = []policy.Right{shut(policy.Custom, policy.WindowClosed), shut(policy.Template, policy.NoContent)}
		}, never, policy.WindowClosed, time.Time{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := usual()
			c.given(&r)
			got := policy.Decide(r)
			if got.Do != c.do || got.Reason != c.why || !got.Until.Equal(c.until) || got.Way != c.way {
				t.Errorf("%s %s because of %s until %s; not %s %s because of %s until %s", got.Do, got.Way, got.Reason, got.Until, c.do, c.way, c.why, c.until)
			}
		})
	}
}

func TestQuietHoursEndWhereTheClocksAreChanged(t *testing.T) {
	t.Parallel()
	newYork, berlin := zone(t, "America/New_York"), zone(t, "Europe/Berlin")
	for _, c := range []struct {
		name        string
		hours       string
		zone        *time.Location
		now, ends   string // RFC 3339
		quietAtEnds bool
	}{
		{"the hour of the end does not exist", "22:00-02:30", newYork, "2026-03-07T23:00:00-05:00", "2026-03-08T03:00:00-04:00", false},
		{"the night is an hour shorter", "22:00-08:30", newYork, "2026-03-07T23:00:00-05:00", "2026-03-08T08:30:00-04:00", false},
		{"the night is an hour longer", "22:00-08:30", newYork, "2026-10-31T23:00:00-04:00", "2026-11-01T08:30:00-05:00", false},
		{"the hour of the end comes twice: its first time", "22:00-01:30", newYork, "2026-10-31T23:00:00-04:00", "2026-11-01T01:30:00-04:00", false},
		{"… and its second", "22:00-01:30", newYork, "2026-11-01T01:10:00-05:00", "2026-11-01T01:30:00-05:00", false},
		{"summer time begins in Berlin", "21:30-02:15", berlin, "2026-03-28T22:00:00+01:00", "2026-03-29T03:00:00+02:00", false},
		{"seconds are whole minutes at the end", "21:30-08:30", berlin, "2026-03-28T22:00:07.5+01:00", "2026-03-29T08:30:00+02:00", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q, err := policy.ParseQuiet(c.hours, c.zone)
			if err != nil {
				t.Fatal(err)
			}
			now, err1 := time.Parse(time.RFC3339Nano, c.now)
			want, err2 := time.Parse(time.RFC3339Nano, c.ends)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if !q.At(now) {
				t.Fatalf("it is not quiet at %s", now)
			}
			if got := q.End(now); !got.Equal(want) {
				t.Errorf("it ends at %s, not %s", got.In(c.zone), want.In(c.zone))
			}
		})
	}
}

// TestQuietHoursEndSomewhere looks at every hour of two years in zones that change their clocks at odd times.
func TestQuietHoursEndSomewhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Shanghai"} {
		q := policy.Quiet{From: 21*60 + 30, Until: 2*60 + 20, Zone: zone(t, name)}
		for h := range 2 * 365 * 24 {
			now := time.Date(2026, 1, 1, h, 7, 3, 0, time.UTC)
			end := q.End(now)
			if q.At(end) || end.Before(now) || end.Sub(now) > 25*time.Hour || q.At(now) && !q.At(end.Add(-time.Nanosecond)) {
				t.Fatalf("%s: from %s they end at %s", name, now, end)
			}
		}
	}
}

func TestParseQuiet(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]policy.Quiet{
		"21:30-08:30": {From: 1290, Until: 510, Zone: time.UTC}, "00:00-23:59": {From: 0, Until: 1439, Zone: time.UTC}, "off": {},
	} {
		if q, err := policy.ParseQuiet(text, time.UTC); err != nil || q != want {
			t.Errorf("%q is %+v, %v", text, q, err)
		}
	}
	for _, text := range []string{"", "21:30", "24:00-08:00", "21:60-08:00", "9:00-10:00", "21:30-08:30 ", "-1:30-08:30", "21:30–08:30", "quiet"} {
		if q, err := policy.ParseQuiet(text, time.UTC); err == nil {
			t.Errorf("%q is %+v", text, q)
		}
	}
}

func TestTheGrantThatExpiresFirstIsUsed(t *testing.T) {
	t.Parallel()
	words := func(minute int) policy.Act {
		return policy.Act{At: noon().Add(time.Duration(minute) * time.Minute), For: 48 * time.Hour, Count: 5}
	}
	tap := func(minute int) policy.Act {
		return policy.Act{At: noon().Add(time.Duration(minute) * time.Minute), For: time.Minute, Count: 3}
	}
	sent := func(seconds ...int) (all []time.Time) {
		for _, s := range seconds {
			all = append(all, noon().Add(time.Duration(s)*time.Second))
		}
		return all
	}
	for _, c := range []struct {
		name string
		acts []policy.Act
		sent []time.Time
		now  int // seconds
		left []int
	}{
		{"nothing was done", nil, nil, 0, nil},
		{"a message", []policy.Act{words(0)}, nil, 1, []int{5}},
		{"a message and two answers", []policy.Act{words(0)}, sent(1, 2), 3, []int{3}},
		{"a tap goes before the message", []policy.Act{words(0), tap(0)}, sent(1, 2), 3, []int{1, 5}},
		{"the tap is over", []policy.Act{words(0), tap(0)}, sent(1, 2), 61, []int{5}},
		{"after the tap the message is used", []policy.Act{words(0), tap(0)}, sent(1, 2, 61), 62, []int{4}},
		{"the tap is used up", []policy.Act{words(0), tap(0)}, sent(1, 2, 3, 4), 5, []int{0, 4}},
		{"two messages", []policy.Act{words(0), words(1)}, sent(61, 62, 63, 64, 65, 66), 70, []int{0, 4}},
		{"sent before the act", []policy.Act{words(1)}, sent(1), 70, []int{5}},
		{"in the very second of the act", []policy.Act{words(0)}, sent(0), 1, []int{4}},
		{"the minute is over at its end", []policy.Act{tap(0)}, nil, 60, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var left []int
			for _, g := range policy.Grants(c.acts, c.sent, noon().Add(time.Duration(c.now)*time.Second)) {
				left = append(left, g.Left)
			}
			if len(left) != len(c.left) {
				t.Fatalf("left are %v, not %v", left, c.left)
			}
			for i := range left {
				if left[i] != c.left[i] {
					t.Errorf("left are %v, not %v", left, c.left)
				}
			}
		})
	}
}

func TestEveryReasonIsSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, r := range policy.Reasons() {
		if r.English() == "" || r.Chinese() == "" || r.English() == string(r) {
			t.Errorf("%s is said as %q and %q", r, r.English(), r.Chinese())
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	r := usual()
	r.Sent = []time.Time{noon().Add(-100 * time.Hour), noon().Add(-50 * time.Hour)}
	r.Rivals = []policy.Rival{{Priority: policy.Tip}, {Priority: policy.Major, From: noon().Add(80 * time.Hour)}}
	b.ReportAllocs()
	for b.Loop() {
		if v := policy.Decide(r); v.Do != policy.Send {
			b.Fatal(v)
		}
	}
}
