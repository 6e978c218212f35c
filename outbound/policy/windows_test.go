package policy_test

import (
	"slices"
	"testing"
	"time"

	"guanjia/outbound/policy"
)

// TestMassMessagesOfTheStaffOnePerDayAndAsManyAsTheMonthHasDays by the days of the corp's country.
func TestMassMessagesOfTheStaffOnePerDayAndAsManyAsTheMonthHasDays(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UTC+8", 8*60*60)
	on := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, zone)
	}
	daily := func(month time.Month, days int) (sent []time.Time) {
		for d := range days {
			sent = append(sent, on(month, d+1, 9))
		}
		return sent
	}
	for _, c := range []struct {
		name  string
		sent  []time.Time
		now   time.Time
		why   policy.Reason
		opens time.Time
	}{
		{"none yet", nil, on(2, 10, 12), "", time.Time{}},
		{"one this morning", []time.Time{on(2, 10, 9)}, on(2, 10, 12), policy.GroupDay, on(2, 11, 0)},
		{"one at midnight", []time.Time{on(2, 10, 0)}, on(2, 10, 12), policy.GroupDay, on(2, 11, 0)},
		{"one yesterday", []time.Time{on(2, 9, 23)}, on(2, 10, 0), "", time.Time{}},
		{"one on the last of the month", []time.Time{on(2, 28, 9)}, on(2, 28, 12), policy.GroupDay, on(3, 1, 0)},
		{"27 in February", daily(2, 27), on(2, 28, 12), "", time.Time{}},
		{"28 in February", append(daily(2, 27), on(2, 1, 10)), on(2, 28, 12), policy.GroupMonth, on(3, 1, 0)},
		{"28 in January", append(daily(1, 27), on(1, 1, 10)), on(1, 28, 12), "", time.Time{}},
		{"last month's", daily(1, 31), on(2, 1, 0), "", time.Time{}},
		{"December's", append(daily(12, 30), on(12, 1, 10)), on(12, 31, 12), policy.GroupMonth, time.Date(2027, 1, 1, 0, 0, 0, 0, zone)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			slices.Reverse(c.sent)
			why, opens := policy.GroupSends(c.sent, c.now.UTC(), zone)
			if why != c.why || !opens.Equal(c.opens) {
				t.Errorf("%q until %s, want %q until %s", why, opens, c.why, c.opens)
			}
		})
	}
}
