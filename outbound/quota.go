package outbound

import (
	"time"

	"guanjia/outbound/policy"
)

// What a new account may call in a day (official account docs, 接口调用频次限制; 模板消息). Larger accounts may more: then the platform's
// own word counts, which is 45009.
const (
	customPerDay   = 500_000
	templatePerDay = 100_000
)

// DailyQuota is how many messages of a way an account may send in a day; 0: no number is known.
func DailyQuota(w policy.Way) int {
	switch w {
	case policy.Custom:
		return customPerDay
	case policy.Template:
		return templatePerDay
	}
	return 0
}

// china is where the platform's day begins (official account docs, 接口调用频次限制).
func china() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// platformDay names the platform's day.
func platformDay(t time.Time) string { return t.In(china()).Format(time.DateOnly) }

// NextReset is when the quotas of the day begin anew.
func NextReset(t time.Time) time.Time {
	y, m, d := t.In(china()).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, china()).UTC()
}
