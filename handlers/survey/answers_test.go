package survey

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guanjia/bot"
	"guanjia/store"
)

func says(text string) *bot.Event { return &bot.Event{Kind: bot.KindText, Text: text} }

func picture(id string) *bot.Event {
	return &bot.Event{Kind: bot.KindImage, Media: &bot.Media{MediaID: id}}
}

func question(q Question) *Question {
	q.ID, q.Ask = "q", "?"
	q.complete()
	return &q
}

var days = []Option{{Text: "周六"}, {Text: "周日"}, {Text: "跳过"}, {Text: "周一、周二"}}

// What people send is read by the type of the question; what is no answer to it is asked for again.
func TestAnswersAreReadByType(t *testing.T) {
	t.Parallel()
	choice := question(Question{Type: Choice, Options: days})
	multi := question(Question{Type: MultiChoice, Options: days, AtMost: 2})
	five := question(Question{Type: Rating})
	ten := question(Question{Type: Rating, Scale: 10})
	text := question(Question{Type: Text})
	shot := question(Question{Type: Picture})
	for _, c := range []struct {
		name string
		q    *Question
		ev   *bot.Event
		why  reading
		want store.SurveyAnswer
	}{
		{"letter", choice, says("ｂ"), answered, store.SurveyAnswer{Choices: []string{"周日"}}},
		{"text with a separator", choice, says("周一、周二"), answered, store.SurveyAnswer{Choices: []string{"周一、周二"}}},
		{"an option named like a word of ours", choice, says("跳过"), answered, store.SurveyAnswer{Choices: []string{"跳过"}}},
		{"two of one", choice, says("AB"), tooMany, store.SurveyAnswer{}},
		{"back", choice, says("上一题"), goesBack, store.SurveyAnswer{}},
		{"nonsense", choice, says("嗯"), unclear, store.SurveyAnswer{}},
		{"two of many", multi, says("A，D"), answered, store.SurveyAnswer{Choices: []string{"周六", "周一、周二"}}},
		{"three of at most two", multi, says("ABD"), tooMany, store.SurveyAnswer{}},
		{"digit", five, says("4"), answered, store.SurveyAnswer{Rating: 4}},
		{"full-width with unit", five, says("４分"), answered, store.SurveyAnswer{Rating: 4}},
		{"numeral", five, says("四星"), answered, store.SurveyAnswer{Rating: 4}},
		{"in a sentence", five, says("我打 5 分"), answered, store.SurveyAnswer{Rating: 5}},
		{"fraction of the scale", five, says("4/5"), answered, store.SurveyAnswer{Rating: 4}},
		{"stars", five, says("⭐⭐⭐"), answered, store.SurveyAnswer{Rating: 3}},
		{"stars with empty ones", five, says("★★★☆☆"), answered, store.SurveyAnswer{Rating: 3}},
		{"too many stars", five, says("⭐⭐⭐⭐⭐⭐"), unclear, store.SurveyAnswer{}},
		{"empty stars only", five, says("☆☆☆☆☆"), unclear, store.SurveyAnswer{}},
		{"zero of five", five, says("0"), unclear, store.SurveyAnswer{}},
		{"six of five", five, says("6"), unclear, store.SurveyAnswer{}},
		{"half", five, says("4.5"), unclear, store.SurveyAnswer{}},
		{"minus", five, says("-1"), unclear, store.SurveyAnswer{}},
		{"a number out of range", five, says(strings.Repeat("9", 30)), unclear, store.SurveyAnswer{}},
		{"zero of ten", ten, says("零分"), answered, store.SurveyAnswer{Rating: 0}},
		{"ten of ten", ten, says("十分"), answered, store.SurveyAnswer{Rating: 10}},
		{"skip a rating", ten, says("跳过"), skips, store.SurveyAnswer{}},
		{"text", text, says(" 晚上 8 点😀\x00 "), answered, store.SurveyAnswer{Text: "晚上 8 点😀"}},
		{"nothing but NUL", text, says("\x00"), unclear, store.SurveyAnswer{}},
		{"spoken", text, &bot.Event{Kind: bot.KindVoice, Text: "晚上八点"}, answered, store.SurveyAnswer{Text: "晚上八点"}},
		{"a picture for a text", text, picture("m"), unclear, store.SurveyAnswer{}},
		{"picture", shot, picture("m1"), answered, store.SurveyAnswer{MediaID: "m1"}},
		{"a picture without id", shot, picture(""), unclear, store.SurveyAnswer{}},
		{"a text for a picture", shot, says("没有"), unclear, store.SurveyAnswer{}},
		{"skip a picture", shot, says("跳过。"), skips, store.SurveyAnswer{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, why := c.q.read(c.ev, 100)
			c.want.Question = "q"
			if why != c.why || !cmp.Equal(got, c.want) {
				t.Errorf("read(%q) = %+v, %v, want %+v, %v", c.ev.Text, got, why, c.want, c.why)
			}
		})
	}
}

// An answer of 5,000 characters is taken, up to the limit.
func TestLongAnswersAreKeptUpToTheLimit(t *testing.T) {
	t.Parallel()
	q := question(Question{Type: Text})
	long := strings.Repeat("长", 5000)
	if a, why := q.read(says(long), 5000); why != answered || a.Text != long {
		t.Errorf("limit 5000: %v, %d bytes", why, len(a.Text))
	}
	if a, why := q.read(says(long), 2000); why != cut || a.Text != strings.Repeat("长", 2000) {
		t.Errorf("limit 2000: %v, %d bytes", why, len(a.Text))
	}
}

// Where an answer leads depends on it as the content says; the first chosen option that leads somewhere decides.
func TestBranches(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, head+`  questions:
  - id: how
    type: multi_choice
    ask: 一
    options: [甲, {text: 乙, next: b}, {text: 丙, next: end}]
    optional: true
  - {id: a, type: text, ask: 二}
  - id: b
    type: rating
    ask: 三
    ranges: [{from: 1, to: 2, next: d}, {from: 5, to: 5, next: end}]
    next: c
  - {id: c, type: text, ask: 四, next: end}
  - {id: d, type: picture, ask: 五}
`).Campaigns()[0]
	for _, v := range []struct {
		question, said, next string
	}{
		{"how", "A", "a"}, {"how", "B", "b"}, {"how", "C", "end"}, {"how", "AC", "end"}, {"how", "CB", "b"}, {"how", "跳过", "a"},
		{"a", "好", "b"},
		{"b", "1", "d"}, {"b", "2", "d"}, {"b", "3", "c"}, {"b", "5", "end"},
		{"c", "好", "end"},
		{"d", "跳过", "end"},
	} {
		q := c.byID[v.question]
		a, why := q.read(says(v.said), 100)
		a.Skipped = why == skips
		if got := q.next(a); got != v.next {
			t.Errorf("%s: %q leads to %s, want %s", v.question, v.said, got, v.next)
		}
	}
	if diff := cmp.Diff(map[string]int{"how": 4, "a": 3, "b": 2, "c": 1, "d": 1}, c.ahead); diff != "" {
		t.Error(diff)
	}
}

// For any branches: content without problems is a survey in which every path ends and every question is on one; content with
// a loop or a question on no path has a problem.
func TestPathsAreFoundOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "questions")
		c := &Campaign{byID: map[string]*Question{}}
		ids := []string{"a", "b", "c", "d", "e", "f", "g"}[:n]
		for i, id := range ids {
			q := &Question{ID: id, Type: Text, after: End, Next: rapid.SampledFrom(append([]string{"", End}, ids...)).Draw(t, "next")}
			if i+1 < n {
				q.after = ids[i+1]
			}
			c.Questions, c.byID[id] = append(c.Questions, q), q
		}
		reached, at := map[string]bool{}, "a" // texts have one way each: just go
		for at != End && !reached[at] {
			reached[at] = true
			at = c.byID[at].otherwise()
		}
		loops := at != End
		p := c.walk()
		if (p.loop != nil) != loops {
			t.Fatalf("loop %v, but going along it loops: %v", p.loop, loops)
		}
		if !loops && (len(p.visited) != len(reached) || p.ahead["a"] != len(reached)) {
			t.Fatalf("visited %v, ahead %v, reached %v", p.visited, p.ahead, reached)
		}
	})
}

func FuzzReadAnswer(f *testing.F) {
	for _, s := range []string{"A", "周一、周二", "4分", "⭐⭐⭐", "★★☆☆☆", "十", "跳过", "上一题", "\x00", "\xff😀", "4/5", "-1"} {
		f.Add(s)
	}
	questions := []*Question{
		question(Question{Type: Choice, Options: days}), question(Question{Type: MultiChoice, Options: days, AtMost: 2}),
		question(Question{Type: Rating}), question(Question{Type: Rating, Scale: 10}), question(Question{Type: Text}), question(Question{Type: Picture}),
	}
	f.Fuzz(func(t *testing.T, said string) {
		for _, q := range questions {
			a, why := q.read(says(said), 20)
			if why != answered && why != cut {
				continue
			}
			switch q.Type {
			case Choice, MultiChoice:
				if len(a.Choices) == 0 || len(a.Choices) > q.mayPick() {
					t.Errorf("%q chooses %v", said, a.Choices)
				}
			case Rating:
				if a.Rating < q.lowest() || a.Rating > q.Scale {
					t.Errorf("%q rates %d", said, a.Rating)
				}
			case Text:
				if a.Text == "" || len([]rune(a.Text)) > 20 || strings.ContainsRune(a.Text, 0) {
					t.Errorf("%q is kept as %q", said, a.Text)
				}
			case Picture:
				t.Errorf("%q is taken for a picture", said)
			}
		}
	})
}
