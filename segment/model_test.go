package segment

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"guanjia/bot"
	"guanjia/store"
)

// CheckSQL compares what a database says with what going through the lists says.
func CheckSQL(t *testing.T, s *store.Store) {
	rapid.Check(t, func(r *rapid.T) {
		w := drawTown(r)
		if err := w.settle(t.Context(), s); err != nil {
			r.Fatal(err)
		}
		for range 4 {
			e := drawExpr(r, 3)
			want := w.meant(e)
			n, err := CountIn(t.Context(), s, e, w.now)
			if err != nil || n != len(want) {
				r.Fatalf("%s: counted %d, %v; want %v", e, n, err, want)
			}
			var got []bot.Person
			for _, a := range testAccounts {
				var last bot.UserID
				for {
					page, err := ListIn(t.Context(), s, e, w.now, a, last, 2)
					if err != nil {
						r.Fatal(err)
					}
					for _, u := range page {
						got = append(got, bot.Person{Account: a, User: u})
						last = u
					}
					if len(page) < 2 {
						break
					}
				}
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				r.Fatalf("%s: listed (-want +got)\n%s", e, diff)
			}
			some := rapid.SliceOfDistinct(rapid.SampledFrom(everybody()), func(p bot.Person) bot.Person { return p }).Draw(r, "some")
			among, err := Among(t.Context(), s.Reader(), e, w.now, some)
			if err != nil {
				r.Fatal(err)
			}
			for _, p := range some {
				if among[p] != slices.Contains(want, p) {
					r.Fatalf("%s: among %v, %v is meant: %v", e, some, p, among[p])
				}
			}
		}
	})
}

func drawExpr(t *rapid.T, depth int) *Expr {
	op := Is
	if depth > 0 {
		op = rapid.SampledFrom([]Op{Is, Is, And, Or, Not}).Draw(t, "op")
	}
	switch op {
	case Is:
		return &Expr{Term: drawTerm(t)}
	case Not:
		return &Expr{Op: Not, Kids: []*Expr{drawExpr(t, depth-1)}}
	}
	e := &Expr{Op: op}
	for range rapid.IntRange(2, 3).Draw(t, "kids") {
		e.Kids = append(e.Kids, drawExpr(t, depth-1))
	}
	return e
}

func drawTerm(t *rapid.T) Term {
	term := Term{About: rapid.SampledFrom(words()).Draw(t, "about")}
	timed := func() {
		term.Op = rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "compare")
		term.Span = rapid.SampledFrom([]time.Duration{0, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}).Draw(t, "span")
	}
	switch term.About {
	case Account:
		term.Name = string(rapid.SampledFrom(testAccounts).Draw(t, "account"))
	case Member:
		term.Name = rapid.SampledFrom([]string{"zhang", "li"}).Draw(t, "member")
	case OptedOut, Consent:
		term.Name = rapid.SampledFrom([]string{"", "o'clock"}).Draw(t, "topic")
	case Followed, Unfollowed:
		if rapid.Bool().Draw(t, "timed") {
			timed()
		}
	case Active:
		timed()
	case All, UnionID:
	default:
		term.Name = rapid.SampledFrom(testNames).Draw(t, "name")
	}
	if facts := forms()[string(term.About)].facts; len(facts) > 0 {
		term.Fact = rapid.SampledFrom(facts).Draw(t, "fact")
	}
	switch term.Fact {
	case expiring:
		timed()
	case score:
		term.Op = rapid.SampledFrom([]string{"<", "<=", ">", ">=", "="}).Draw(t, "compare")
		term.Score = 80
	}
	return term
}

// String shows an expression of a failed test.
func (e *Expr) String() string {
	if e.Op == Is {
		return fmt.Sprintf("%+v", e.Term)
	}
	return fmt.Sprintf("%s%v", []string{"", "and", "or", "not"}[e.Op], e.Kids)
}
