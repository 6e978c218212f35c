package content

import "testing"

// Customers read the days and hours in the order in which the operator wrote them.
func TestTimesAreWrittenForCustomers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		active Active
		want   string
	}{
		{Active{}, "每天"},
		{Active{Days: []Weekday{1, 0}}, "周一、周日"},
		{Active{Hours: []Hours{{510, 720}, {1320, 360}}}, "每天 08:30-12:00、22:00-06:00"},
		{Active{Days: []Weekday{6}, Hours: []Hours{{0, 1440}}}, "周六 00:00-24:00"},
	} {
		if got := c.active.Times(); got != c.want {
			t.Errorf("Times() = %q, want %q", got, c.want)
		}
	}
}
