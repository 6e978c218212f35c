package quiz

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guanjia/bot/ask"
)

func question(t Type, options []string, answer ...string) *Question {
	q := &Question{ID: "q", Type: t, Ask: "?", Options: options, Answer: answer}
	q.complete()
	return q
}

// A person's words mean what they mean whatever the form, and what can't be counted is asked for again, never counted wrong.
func TestAnswersAreReadByType(t *testing.T) {
	t.Parallel()
	single := question(Single, []string{"2 克", "5 克", "10 克"}, "B")
	multiple := question(Multiple, []string{"多饮", "多汗", "多食", "多尿"}, "A", "C", "D")
	truth := question(TrueFalse, nil, "对")
	text := question(Text, nil, "维生素D", "D3", "-5")
	for _, c := range []struct {
		name string
		q    *Question
		said string
		why  misread
		want answer
	}{
		{"letter", single, "Ｂ.", understood, answer{options: []int{1}}},
		{"number", single, "2", understood, answer{options: []int{1}}},
		{"full text", single, "5 克", understood, answer{options: []int{1}}},
		{"two letters for one answer", single, "AB", tooMany, answer{}},
		{"the same letter twice", single, "bB", understood, answer{options: []int{1}}},
		{"out of range", single, "D", unclear, answer{}},
		{"a picture", single, "", unclear, answer{}},
		{"letters", multiple, "acd", understood, answer{options: []int{0, 2, 3}}},
		{"numbers", multiple, "1 3、4", understood, answer{options: []int{0, 2, 3}}},
		{"texts", multiple, "多尿，多饮", understood, answer{options: []int{0, 3}}},
		{"one of several", multiple, "A", understood, answer{options: []int{0}}},
		{"true by word", truth, "正确", understood, answer{options: []int{0}}},
		{"true by letter", truth, "a", understood, answer{options: []int{0}}},
		{"true by sign", truth, "√", understood, answer{options: []int{0}}},
		{"false by word", truth, "不对", understood, answer{options: []int{1}}},
		{"false by number", truth, "2", understood, answer{options: []int{1}}},
		{"both", truth, "对错", unclear, answer{}},
		{"a letter that is in use elsewhere", truth, "T", understood, answer{options: []int{0}}},
		{"text", text, " 维生素 d。", understood, answer{text: "维生素 d。"}},
		{"text with NUL and emoji", text, "D\x003😀", understood, answer{text: "D3😀"}},
		{"only marks for a text", text, "？！", unclear, answer{}},
		{"a picture for a text", text, "", unclear, answer{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, why := c.q.read(c.said, identity(c.q.options.Len()))
			if why != c.why || !cmp.Equal(got, c.want, cmp.AllowUnexported(answer{})) {
				t.Errorf("read(%q) = %+v, %v, want %+v, %v", c.said, got, why, c.want, c.why)
			}
		})
	}
}

// Of a text of 5,000 characters the first 200 are kept.
func TestLongTextsAreKeptInPart(t *testing.T) {
	t.Parallel()
	got, why := question(Text, nil, "好").read(strings.Repeat("好", 5000), nil)
	if why != understood || got.text != strings.Repeat("好", maxKeptAnswer) {
		t.Errorf("kept %d bytes, %v", len(got.text), why)
	}
}

// Accepted spellings are compared without case, width, spaces and marks around, and with everything that makes a difference.
func TestSpellingsAreComparedBySense(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		accepted, said string
		right          bool
	}{
		{"维生素D", "维生素 d", true},
		{"维生素D", "“维生素Ｄ”！", true},
		{"维生素D", "维生素D3", false},
		{"120", "１２０", true},
		{"120", "1200", false},
		{"-5", "－5", true},
		{"-5", "5", false},
		{"3.5", "35", false},
		{"50%", "50％", true},
	} {
		q := question(Text, nil, c.accepted)
		a, _ := q.read(c.said, nil)
		if _, right := q.judge(a, PartialNone); right != c.right {
			t.Errorf("%q for %q: right = %v", c.said, c.accepted, right)
		}
	}
}

// However options are shuffled, the letter under which an option is shown means that option.
func TestShuffledLettersMeanWhatIsShown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, ask.MaxOptions).Draw(t, "options")
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprintf("选项%c", 'あ'+rune(i))
		}
		q := question(Multiple, texts, "A")
		order := rapid.Permutation(identity(n)).Draw(t, "order")
		place := rapid.IntRange(0, n-1).Draw(t, "place")
		for _, said := range []string{ask.Letter(place), fmt.Sprint(place + 1), texts[order[place]], q.shown(order).Label(place)} {
			got, why := q.read(said, order)
			if n > 9 && said == fmt.Sprint(place+1) && why == ambiguous {
				continue
			}
			if why != understood || !slices.Equal(got.options, []int{order[place]}) {
				t.Fatalf("read(%q) = %v, %v, want %d", said, got.options, why, order[place])
			}
		}
	})
}

func FuzzReadAnswer(f *testing.F) {
	for _, s := range []string{"ABD", "Ａ，B D", "1 3", "对", "不对", "维生素D", "\x00", "\xff", "😀", "第２个", "12"} {
		f.Add(s)
	}
	questions := []*Question{
		question(Single, []string{"2 克", "5 克", "10 克"}, "B"),
		question(Multiple, []string{"多饮", "多汗", "多食、多尿", "1"}, "A", "C"),
		question(TrueFalse, nil, "对"),
		question(Text, nil, "维生素D"),
	}
	f.Fuzz(func(t *testing.T, said string) {
		for _, q := range questions {
			order := identity(q.options.Len())
			slices.Reverse(order)
			if q.Type == TrueFalse {
				slices.Sort(order)
			}
			a, why := q.read(said, order)
			if why != understood {
				continue
			}
			if q.Type != Text && len(a.options) == 0 || q.Type != Text && q.Type != Multiple && len(a.options) != 1 {
				t.Errorf("%s: read(%q) = %v", q.Type, said, a.options)
			}
			for _, p := range []Partial{PartialNone, PartialMissing, PartialBalance} {
				points, right := q.judge(a, p)
				if points < 0 || points > q.points || right != (points == q.points) {
					t.Errorf("%s: %q earns %d, right %v", q.Type, said, points, right)
				}
			}
		}
	})
}
