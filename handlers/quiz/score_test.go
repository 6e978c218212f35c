package quiz

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Each rule for partial credit gives exactly what the reference says.
func TestPartialCredit(t *testing.T) {
	t.Parallel()
	q := question(Multiple, []string{"甲", "乙", "丙", "丁"}, "A", "C", "D") // 10 points
	for _, c := range []struct {
		name                   string
		picked                 []int
		none, missing, balance int
	}{
		{"all right", []int{0, 2, 3}, 10, 10, 10},
		{"two of three", []int{0, 2}, 0, 6, 6},
		{"one of three", []int{3}, 0, 3, 3},
		{"two right, one wrong", []int{0, 1, 2}, 0, 0, 3},
		{"all right and one wrong", []int{0, 1, 2, 3}, 0, 0, 6},
		{"one right, one wrong", []int{0, 1}, 0, 0, 0},
		{"only wrong", []int{1}, 0, 0, 0},
	} {
		for rule, want := range map[Partial]int{PartialNone: c.none, PartialMissing: c.missing, PartialBalance: c.balance} {
			if got, right := q.judge(answer{options: c.picked}, rule); got != want || right != (want == 10) {
				t.Errorf("%s by %s: %d points, right %v, want %d", c.name, rule, got, right, want)
			}
		}
	}
}

// What the records keep of an attempt is enough to judge every answer again and come to the same score.
func TestASheetCanBeJudgedAgain(t *testing.T) {
	t.Parallel()
	b := mustLoad(t, head+`  partial: balance
  questions:
  - {id: a, type: single, ask: 一, options: [甲, 乙, 丙], answer: B}
  - {id: b, type: multiple, ask: 二, options: [甲, 乙, 丙], answer: AC, points: 7}
  - {id: c, type: true_false, ask: 三, answer: 错}
  - {id: d, type: text, ask: 四, answer: ['120', 一二零]}
`)
	c := b.Campaigns()[0]
	rapid.Check(t, func(t *rapid.T) {
		p := &progress{Order: c.questionOrder("x")}
		for q := c.current(p); q != nil; q = c.current(p) {
			said := rapid.SampledFrom([]string{"A", "B", "C", "AC", "1 2", "对", "错", "120", "一二零", "不知道"}).Draw(t, "said")
			if a, why := q.read(said, identity(q.options.Len())); why == understood {
				p.Given = append(p.Given, q.give(a, c.Partial, time.Second))
			}
		}
		encoded, err := c.hand(p, endedAll).encode()
		if err != nil {
			t.Fatal(err)
		}
		s, err := decodeSheet(encoded)
		if err != nil {
			t.Fatal(err)
		}
		again := sheet{Version: s.Version}
		for _, g := range s.Given {
			q := c.byID[g.Question]
			a := answer{text: g.Text, options: q.picked(Words{g.Letters})}
			again.Given = append(again.Given, q.give(a, c.Partial, time.Second))
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Fatal(diff)
		}
		if s.result() != again.result() {
			t.Fatal("the score differs")
		}
	})
}

// Questions nobody answered count for the whole, not for the score.
func TestOpenQuestionsCountAsNotRight(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, head+"  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\n  - {id: b, type: true_false, ask: 二, answer: 对}\n").Campaigns()[0]
	p := &progress{Order: []string{"a", "b"}, Given: []given{{Question: "a", Points: 10, Of: 10, Right: true}}}
	if got, want := c.hand(p, endedTime).result(), (result{score: 10, max: 20, correct: 1}); got != want {
		t.Errorf("result = %+v, want %+v", got, want)
	}
}

// A question taken out of the content during an attempt counts for nothing.
func TestVanishedQuestionsCountForNothing(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, head+"  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\n").Campaigns()[0]
	p := &progress{Order: []string{"gone", "a", "gone-too"}}
	if q := c.current(p); q == nil || q.ID != "a" || p.number() != 2 {
		t.Errorf("current = %v, number %d", q, p.number())
	}
	if got := c.hand(p, endedLeft).result(); got != (result{max: 10}) {
		t.Errorf("result = %+v", got)
	}
}
