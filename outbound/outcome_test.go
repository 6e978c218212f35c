package outbound

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"guanjia/channel/wxapi"
	"guanjia/outbound/policy"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC) // 4 in the morning of March 3rd in China
	code := func(c int) error { return fmt.Errorf("call: %w", &wxapi.Error{API: "/cgi-bin/x", Code: c}) }
	reset := time.Date(2026, 3, 3, 16, 0, 0, 0, time.UTC)
	minute, hour := now.Add(time.Minute), now.Add(time.Hour)
	for _, c := range []struct {
		name  string
		way   policy.Way
		err   error
		do    result
		why   policy.Reason
		until time.Time
	}{
		{"taken", policy.Custom, nil, resultSent, policy.Arrived, time.Time{}},
		{"busy", policy.Custom, code(-1), resultSoon, policy.Busy, time.Time{}},
		{"token", policy.Custom, code(42001), resultSoon, policy.Busy, now.Add(5 * time.Second)},
		{"not even a token", policy.Custom, errors.New("no connection"), resultSoon, policy.Busy, now.Add(5 * time.Second)},
		{"no connection", policy.Custom, &wxapi.NoAnswerError{Why: wxapi.Unsent}, resultSoon, policy.Busy, now.Add(5 * time.Second)},
		{"no answer in time", policy.Custom, &wxapi.NoAnswerError{Why: wxapi.Timeout}, resultUnknown, policy.Unknown, time.Time{}},
		{"connection broke", policy.Subscribe, &wxapi.NoAnswerError{Why: wxapi.Broken}, resultUnknown, policy.Unknown, time.Time{}},
		{"unreadable", policy.App, &wxapi.NoAnswerError{Why: wxapi.Unreadable}, resultUnknown, policy.Unknown, time.Time{}},
		{"quota of the day", policy.Custom, code(45009), resultClosed, policy.Quota, reset},
		{"quota of templates", policy.Template, code(45009), resultClosed, policy.Quota, reset},
		{"quota at WeCom", policy.KF, code(45009), resultClosed, policy.Quota, minute},
		{"too fast", policy.Custom, code(45011), resultClosed, policy.Quota, minute},
		{"too many at once", policy.App, code(45033), resultClosed, policy.Quota, minute},
		{"window", policy.Custom, code(45015), resultNextWay, policy.WindowClosed, time.Time{}},
		{"count", policy.Custom, code(45047), resultNextWay, policy.WindowUsed, time.Time{}},
		{"count at a desk", policy.KF, code(95001), resultNextWay, policy.WindowUsed, time.Time{}},
		{"window at a desk", policy.KF, code(95002), resultNextWay, policy.WindowClosed, time.Time{}},
		{"staff at a desk", policy.KF, code(95018), resultNextWay, policy.WithStaff, time.Time{}},
		{"no such right", policy.Custom, code(48001), resultClosed, policy.NoRight, hour},
		{"right withdrawn", policy.Template, code(48007), resultClosed, policy.NoRight, hour},
		{"no follower", policy.Template, code(43004), resultNever, policy.Gone, time.Time{}},
		{"not a follower any more", policy.Custom, code(50005), resultNever, policy.Gone, time.Time{}},
		{"no relation", policy.GroupSend, code(84061), resultNever, policy.Gone, time.Time{}},
		{"no such person", policy.Custom, code(40003), resultNever, policy.BadAddress, time.Time{}},
		{"restricted", policy.Custom, code(50002), resultNever, policy.BadAddress, time.Time{}},
		{"nobody of the members", policy.App, code(81013), resultNever, policy.BadAddress, time.Time{}},
		{"no subscription", policy.Subscribe, code(43101), resultNextWay, policy.Unsubscribed, time.Time{}},
		{"bad data", policy.Template, code(47003), resultNever, policy.BadData, time.Time{}},
		{"too long", policy.Custom, code(45002), resultNever, policy.BadData, time.Time{}},
		{"never heard of", policy.Custom, code(99999), resultNever, policy.Refused, time.Time{}},
		{"found by the sender", policy.KF, &ShutError{policy.WithStaff}, resultNextWay, policy.WithStaff, time.Time{}},
	} {
		if o := judge(c.way, c.err, now); o.result != c.do || o.reason != c.why || !o.until.Equal(c.until) {
			t.Errorf("%s: %+v, not %d %s until %s", c.name, o, c.do, c.why, c.until)
		}
	}
}
