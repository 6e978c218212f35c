package content

import (
	"fmt"
	"strings"
)

// Times says at which times something runs, for customers: "周一、周三 08:30-12:00、14:00-18:00", or "每天".
func (a Active) Times() string {
	days := "每天"
	if len(a.Days) > 0 {
		names := make([]string, len(a.Days))
		for i, d := range a.Days {
			names[i] = d.String()
		}
		days = strings.Join(names, "、")
	}
	spans := make([]string, len(a.Hours))
	for i, h := range a.Hours {
		spans[i] = fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
	}
	return strings.TrimSpace(days + " " + strings.Join(spans, "、"))
}

// String is the day as people call it: 周一.
func (w Weekday) String() string {
	return [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[w]
}
