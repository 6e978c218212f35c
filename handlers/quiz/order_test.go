package quiz

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func shuffled(t *testing.T, settings string) *Campaign {
	t.Helper()
	var b strings.Builder
	b.WriteString(head + settings + "  questions:\n")
	for i := range 20 {
		fmt.Fprintf(&b, "  - {id: q%d, type: single, ask: 第%d问, options: [甲, 乙, 丙, 丁], answer: A}\n", i, i)
	}
	return mustLoad(t, b.String()).Campaigns()[0]
}

// An attempt has its order for ever; another attempt has another; what is drawn has no question twice.
func TestOrderBelongsToTheAttempt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, settings string
		n              int
		sorted, fixed  bool
	}{
		{"as in the file", "", 20, true, true},
		{"shuffled", "  shuffle_questions: true\n", 20, false, false},
		{"drawn", "  draw: 5\n", 5, true, false},
		{"drawn and shuffled", "  draw: 5\n  shuffle_questions: true\n", 5, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			campaign := shuffled(t, c.settings)
			first, again, other := campaign.questionOrder("one"), campaign.questionOrder("one"), campaign.questionOrder("two")
			if !slices.Equal(first, again) {
				t.Errorf("an attempt has two orders: %v, %v", first, again)
			}
			if slices.Equal(first, other) != c.fixed {
				t.Errorf("orders of two attempts: %v, %v", first, other)
			}
			if len(first) != c.n || len(slices.Compact(slices.Sorted(slices.Values(first)))) != c.n {
				t.Errorf("drawn: %v, want %d different ones", first, c.n)
			}
			place := func(a, b string) int { return slices.Index(ids(campaign), a) - slices.Index(ids(campaign), b) }
			if slices.IsSortedFunc(first, place) != c.sorted {
				t.Errorf("in the file's order: %v, want %v", first, c.sorted)
			}
		})
	}
}

func ids(c *Campaign) []string {
	var all []string
	for _, q := range c.Questions {
		all = append(all, q.ID)
	}
	return all
}

// Every question is drawn about as often as the others.
func TestDrawingIsFair(t *testing.T) {
	t.Parallel()
	c := shuffled(t, "  draw: 5\n")
	count := map[string]int{}
	const attempts = 4000
	for i := range attempts {
		for _, id := range c.questionOrder(fmt.Sprint(i)) {
			count[id]++
		}
	}
	for id, n := range count {
		if want := attempts * 5 / 20; n < want*8/10 || n > want*12/10 {
			t.Errorf("question %s was drawn %d times, want about %d", id, n, want)
		}
	}
}

// Options are shuffled when asked for, per question and attempt.
func TestOptionsAreShuffledWhenAskedFor(t *testing.T) {
	t.Parallel()
	plain, mixed := shuffled(t, ""), shuffled(t, "  shuffle_options: true\n")
	if !slices.IsSorted(plain.optionOrder(plain.Questions[0], "x")) {
		t.Error("options are shuffled though nobody asked for it")
	}
	different := 0
	for _, q := range mixed.Questions {
		order := mixed.optionOrder(q, "x")
		if !slices.Equal(order, mixed.optionOrder(q, "x")) {
			t.Error("a question has two orders")
		}
		if !slices.IsSorted(order) {
			different++
		}
	}
	if different < 10 {
		t.Errorf("%d of 20 questions are shuffled", different)
	}
}
