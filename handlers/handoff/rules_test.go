package handoff

import "testing"

// TestOrdersAreReadAsStaffTypeThem, and nothing else is an order.
func TestOrdersAreReadAsStaffTypeThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		want  order
		ok    bool
	}{
		{"接待 12", order{false, 12}, true},
		{"接待12", order{false, 12}, true},
		{"结束　１２。", order{true, 12}, true},
		{"结束 #12", order{true, 12}, true},
		{"结束编号 3", order{true, 3}, true},
		{"接待第3号", order{false, 3}, true},
		{"接待", order{}, false},
		{"结束", order{}, false},
		{"请接待 12", order{}, false},
		{"接待 12 位客人", order{}, false},
		{"接待 -1", order{}, false},
		{"接待 99999999999999999999", order{}, false},
		{"接待 " + "                                                                     1", order{}, false},
	} {
		if got, ok := readOrder(c.typed); got != c.want || ok != c.ok {
			t.Errorf("%q is %+v, %v", c.typed, got, ok)
		}
	}
}
