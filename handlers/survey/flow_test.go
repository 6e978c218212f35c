package survey

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"guanjia/bot/bottest"
	"guanjia/store"
)

// flow is what must be true of one person in a survey with branches: the path walked is a stack of answers.
type flow struct {
	campaign *Campaign
	person   *bottest.Person
	last     *bottest.Heard

	at    string // the question that waits; empty: the survey is not open
	given []store.SurveyAnswer
	done  [][]store.SurveyAnswer // handed in
}

func (f *flow) says(text string, parts ...string) { f.last = f.person.Says(text).Hears(parts...) }

// here is what is heard while the question at f.at waits.
func (f *flow) here() []string {
	return []string{fmt.Sprintf("第 %d/", len(f.given)+1), f.campaign.byID[f.at].Ask}
}

func (f *flow) open() {
	if f.at == "" {
		f.at = f.campaign.Questions[0].ID
	}
	f.says("问卷", f.here()...)
}

func (f *flow) back() {
	if n := len(f.given); n > 0 {
		f.at, f.given = f.given[n-1].Question, f.given[:n-1]
		f.says("上一题", f.here()...)
		return
	}
	f.says("上一题", append(f.here(), "已经是第一题了")...)
}

func (f *flow) skip() {
	if !f.campaign.byID[f.at].Optional {
		f.says("跳过", append(f.here(), "这道题需要回答后才能继续")...)
		return
	}
	f.step("跳过", store.SurveyAnswer{Skipped: true}, f.campaign.byID[f.at].otherwise())
}

// answer gives one of the answers of the question that waits.
func (f *flow) answer(which int) {
	switch f.at {
	case "came":
		a := [][2]string{{"看了", "stars"}, {"没看", "why"}, {"没兴趣", "end"}}[which]
		f.step([]string{"a", "没看", "3"}[which], store.SurveyAnswer{Choices: []string{a[0]}}, a[1])
	case "stars":
		f.step([]string{"1", "四星", "⭐⭐⭐⭐⭐"}[which], store.SurveyAnswer{Rating: []int{1, 4, 5}[which]}, []string{"why", "note", "end"}[which])
	case "why":
		said := []string{"忘了", "没时间", "=1+1"}[which]
		f.step(said, store.SurveyAnswer{Text: said}, "note")
	case "note":
		said := []string{"好", "很好😀", "再来"}[which]
		f.step(said, store.SurveyAnswer{Text: said}, End)
	}
}

func (f *flow) step(said string, a store.SurveyAnswer, next string) {
	a.Question = f.at
	f.given = append(f.given[:len(f.given):len(f.given)], a)
	if next != End {
		f.at = next
		f.says(said, f.here()...)
		return
	}
	f.says(said, "感谢您的反馈")
	f.done = append(f.done, f.given)
	f.at, f.given = "", nil
}

func (f *flow) leave() {
	f.says("退出", "前面的回答没有保存")
	f.at, f.given = "", nil
}

// Whatever a person does in whatever order, the bot is where the path walked leads, hands in that path and nothing else, and
// an event that comes again gets the same reply and changes nothing.
func TestAnyWayThroughTheSurvey(t *testing.T) {
	t.Parallel()
	book := mustLoad(t, head+`  again: always
  questions:
  - id: came
    type: choice
    ask: 您看直播了吗
    options: [看了, {text: 没看, next: why}, {text: 没兴趣, next: end}]
  - id: stars
    type: rating
    ask: 打几分
    ranges: [{from: 1, to: 2, next: why}, {from: 5, to: 5, next: end}]
    next: note
    optional: true
  - {id: why, type: text, ask: 为什么}
  - {id: note, type: text, ask: 想说什么, optional: true}
`)
	k := talk(t, book)
	people := 0
	rapid.Check(t, func(t *rapid.T) {
		people++
		f := &flow{campaign: book.Campaigns()[0], person: k.Person(fmt.Sprint(people))}
		inside := func(do func()) func(*rapid.T) {
			return func(*rapid.T) {
				if f.at != "" {
					do()
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"open": func(*rapid.T) { f.open() },
			"back": inside(f.back),
			"skip": inside(f.skip),
			"answer": func(t *rapid.T) {
				if which := rapid.IntRange(0, 2).Draw(t, "which"); f.at != "" {
					f.answer(which)
				}
			},
			"picture": inside(func() { f.last = f.person.SendsPicture("m").Hears(f.here()...) }),
			"leave":   inside(f.leave),
			"again": func(t *rapid.T) {
				if f.last == nil {
					return
				}
				if again := f.person.Again(f.last.Event).Text(); again != f.last.Text() {
					t.Fatalf("the same event said\n%s\nthen\n%s", f.last.Text(), again)
				}
			},
		})
		var kept [][]store.SurveyAnswer
		for r, err := range k.Store.SurveyResponses(t.Context(), "s") {
			if err != nil {
				t.Fatal(err)
			}
			if r.Person == f.person.Person {
				kept = append(kept, r.Answers)
			}
		}
		if len(kept) != len(f.done) {
			t.Fatalf("%d responses are kept, %d were handed in", len(kept), len(f.done))
		}
		for _, handed := range f.done { // responses come in no telling order
			i := 0
			for i < len(kept) && !cmp.Equal(kept[i], handed) {
				i++
			}
			if i == len(kept) {
				t.Fatalf("%+v is not among %+v", handed, kept)
			}
			kept = append(kept[:i:i], kept[i+1:]...)
		}
	})
}
