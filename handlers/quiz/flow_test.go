package quiz

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"guanjia/bot/bottest"
)

// flow is what must be true of one person in the quiz of three questions with two attempts.
type flow struct {
	person *bottest.Person
	last   *bottest.Heard

	talking   bool // a question waits for an answer
	unstarted bool // an attempt is open that was left before its first answer
	attempts  int
	answered  int
	score     int
	best      int
}

func (f *flow) says(text string, parts ...string) {
	f.last = f.person.Says(text).Hears(parts...)
}

func (f *flow) place() string { return fmt.Sprintf("第 %d/3 题", f.answered+1) }

func (f *flow) start() {
	switch {
	case f.talking:
		f.says("答题", "我们接着答", f.place())
		return
	case f.unstarted:
		f.says("答题", "上次没有答完", f.place())
	case f.attempts == 2:
		f.says("答题", "您已经答过", fmt.Sprintf("您的最好成绩：%d 分", f.best))
		return
	default:
		f.says("答题", "共 3 题", f.place())
		f.attempts++
	}
	f.talking, f.unstarted = true, false
}

func (f *flow) answer(said string, points int, parts ...string) {
	f.answered++
	f.score += points
	if f.answered < 3 {
		f.says(said, append(parts, f.place())...)
		return
	}
	f.finish(said, parts...)
}

func (f *flow) finish(said string, parts ...string) {
	f.says(said, append(parts, fmt.Sprintf("得分 %d/30", f.score))...)
	f.best = max(f.best, f.score)
	f.talking, f.answered, f.score = false, 0, 0
}

func (f *flow) right() {
	f.answer([]string{"B", "4、3、1", "一二零"}[f.answered], 10, "✅ 答对了，得 10 分")
}

func (f *flow) wrong() { f.answer([]string{"a", "B", "110"}[f.answered], 0, "❌ 答错了") }

func (f *flow) leave() {
	if f.answered == 0 {
		f.says("退出", "从第一题重新开始")
		f.talking, f.unstarted = false, true
		return
	}
	f.finish("退出", fmt.Sprintf("按已答的 %d 题交卷", f.answered))
}

// Whatever a person does in whatever order, the place is kept, the score is the sum of the right answers, and an event that
// comes again gets the same reply and changes nothing.
func TestAnyWayThroughTheQuiz(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  attempts: 2\n"))
	people := 0
	rapid.Check(t, func(t *rapid.T) {
		people++
		f := &flow{person: k.Person(fmt.Sprint(people))}
		talking := func(do func()) func(*rapid.T) {
			return func(*rapid.T) {
				if f.talking {
					do()
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"start": func(*rapid.T) { f.start() },
			"right": talking(f.right),
			"leave": talking(f.leave),
			"unclear": talking(func() {
				f.says("？？", f.place())
			}),
			"picture": talking(func() {
				f.last = f.person.SendsPicture("m").Hears(f.place())
			}),
			"again": func(t *rapid.T) {
				if f.last == nil {
					return
				}
				if again := f.person.Again(f.last.Event).Text(); again != f.last.Text() {
					t.Fatalf("the same event said\n%s\nthen\n%s", f.last.Text(), again)
				}
			},
			"wrong": talking(f.wrong),
		})
	})
}
