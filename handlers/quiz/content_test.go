package quiz

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/content"
	"guanjia/content/sample"
)

var zone = time.FixedZone("CST", 8*3600)

// load reads one file of content.
func load(t testing.TB, text string) (*Book, content.Problems) {
	t.Helper()
	doc, problems := content.Parse("quiz.yaml", []byte(text), nil)
	if problems != nil {
		return nil, problems
	}
	return Load([]content.Doc{doc}, zone)
}

// mustLoad reads content that has no problems.
func mustLoad(t testing.TB, text string) *Book {
	t.Helper()
	b, problems := load(t, text)
	if problems != nil {
		t.Fatalf("content has problems:\n%v", problems)
	}
	return b
}

// The content that ships is right, and is the story it tells: ten questions of all four types, open for years, three tiers.
func TestSampleIsRight(t *testing.T) {
	t.Parallel()
	docs, problems := content.Load(sample.FS, nil)
	if problems != nil {
		t.Fatal(problems)
	}
	b, problems := Load(docs, zone)
	if problems != nil {
		t.Fatal(problems)
	}
	c, ok := b.Campaign("health-quiz")
	if !ok || len(c.Questions) != 10 || c.mostPoints() != 100 {
		t.Fatalf("the sample's quiz has %d questions for %d points", len(c.Questions), c.mostPoints())
	}
	types := map[Type]int{}
	for _, q := range c.Questions {
		types[q.Type]++
		if q.Explanation == "" {
			t.Errorf("question %s has no explanation", q.ID)
		}
	}
	if len(types) != 4 {
		t.Errorf("types of questions: %v", types)
	}
	if c.closes.Year() < 2030 || len(c.Prize.Tiers) != 3 || c.Prize.Tiers[2] != (Tier{111, 66600}) {
		t.Errorf("closes %v, tiers %v", c.closes, c.Prize.Tiers)
	}
}

const head = "kind: quiz\ncampaigns:\n- id: q\n  name: 问答\n  keywords: [答题]\n"

// Every mistake is named with its line and what to do about it; nothing wrong gets through.
func TestMistakesAreNamedWithLineAndRemedy(t *testing.T) {
	t.Parallel()
	one := "  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\n"
	for _, c := range []struct {
		name, text string
		line       int
		what       string
		remedy     string
	}{
		{"unknown key", head + "  questoins: []\n" + one, 6, `key "questoins" is not known here`, "spelling"},
		{"unknown key in a question", head + "  questions:\n  - {id: a, type: text, ask: 一, anwser: 二}\n", 7, `key "anwser"`, "spelling"},
		{"no questions", head, 3, "a quiz has 0 questions", "write 1 to 200 questions"},
		{"an empty question", head + "  questions:\n  -\n", 7, "a question is empty", "remove the dash"},
		{"an empty campaign", "kind: quiz\ncampaigns:\n-\n", 3, "a campaign is empty", "remove the dash"},
		{"duplicate campaign ids", head + one + strings.TrimPrefix(head, "kind: quiz\ncampaigns:\n") + one, 8, `id "q" is used already (quiz.yaml:3)`, "id of its own"},
		{"duplicate question ids", head + one + "  - {id: a, type: true_false, ask: 二, answer: 错}\n", 8, `id "a" is used already (line 7)`, "id of its own"},
		{"bad question id", head + "  questions:\n  - {id: 问, type: true_false, ask: 一, answer: 对}\n", 7, `id "问" can't be used`, "letters"},
		{"unknown type", head + "  questions:\n  - {id: a, type: choice, ask: 一, answer: 对}\n", 7, `type "choice" is not known`, "single, multiple"},
		{"nothing asked", head + "  questions:\n  - {id: a, type: text, answer: 二}\n", 7, `question "a" asks nothing`, "write ask:"},
		{"no correct answer", head + "  questions:\n  - {id: a, type: single, ask: 一, options: [甲, 乙]}\n", 7, `question "a" has no correct answer`, "write answer:"},
		{"an answer that is no option", head + "  questions:\n  - id: a\n    type: single\n    ask: 一\n    options: [甲, 乙]\n    answer: C\n", 11, `answer "C" names no option`, "A-B"},
		{"single choice with two correct answers", head + "  questions:\n  - id: a\n    type: single\n    ask: 一\n    options: [甲, 乙]\n    answer: [A, B]\n", 11, "2 correct answers", "type: multiple"},
		{"true and false", head + "  questions:\n  - {id: a, type: true_false, ask: 一, answer: [对, 错]}\n", 7, "2 correct answers", "keep one"},
		{"an empty spelling", head + "  questions:\n  - {id: a, type: text, ask: 一, answer: ['120', ' ']}\n", 7, "an accepted answer is empty", "spelling"},
		{"empty options", head + "  questions:\n  - {id: a, type: single, ask: 一, options: [], answer: A}\n", 7, `question "a" has 0 options`, "2 to 26"},
		{"an empty option", head + "  questions:\n  - {id: a, type: single, ask: 一, options: [甲, ''], answer: A}\n", 7, "an option is empty", "what the option says"},
		{"equal options", head + "  questions:\n  - {id: a, type: single, ask: 一, options: [Ａ药, a药], answer: A}\n", 7, "listed twice", "change one"},
		{"27 options", head + "  questions:\n  - {id: a, type: single, ask: 一, options: [" + strings.Repeat("x,", 27) + "], answer: A}\n", 7, "has 27 options", "2 to 26"},
		{"options for a text question", head + "  questions:\n  - {id: a, type: text, ask: 一, options: [甲, 乙], answer: 甲}\n", 7, "has no options", "remove them"},
		{"negative points", head + "  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对, points: -1}\n", 7, "-1 points", "0 to 1000"},
		{"bad duration", head + "  time_per_question: 30x\n" + one, 6, `"30x" is not a span of time`, ""},
		{"duration without unit", head + "  resume_within: 30\n" + one, 6, `"30" is not a span of time`, ""},
		{"more time for a question than for all", head + "  time_per_question: 10m\n  time_per_attempt: 5m\n" + one, 6, "more time than the whole attempt", "shorter"},
		{"drawing more than there are", head + "  draw: 2\n" + one, 6, "2 questions can't be drawn from 1", "up to that"},
		{"drawing a negative number", head + "  draw: -1\n" + one, 6, "-1 questions can't be drawn", "up to that"},
		{"drawing among unequal points", head + "  draw: 1\n" + one + "  - {id: b, type: true_false, ask: 二, answer: 错, points: 5}\n", 9, "scores could not be compared", "same points"},
		{"no attempts", head + "  attempts: -1\n" + one, 6, "attempts -1", "1 to 100"},
		{"unknown explain", head + "  explain: sometimes\n" + one, 6, `explain "sometimes"`, "after_each, at_end, never"},
		{"unknown partial", head + "  partial: half\n" + one, 6, `partial "half"`, "none, missing, balance"},
		{"unknown leaving", head + "  leaving: stay\n" + one, 6, `leaving "stay"`, "finish, restart"},
		{"grace without an end", head + "  grace: 5m\n" + one, 6, "grace needs a closing time", "until:"},
		{"a prize without an end", head + "  prize: {tiers: [{people: 20, fen: 5000}]}\n" + one, 6, "a prize needs a closing time", "until:"},
		{"a long tag", head + "  tags: [" + strings.Repeat("长", 31) + "]\n" + one, 6, "longer than 30 characters", "shorten"},
		{"an empty tag", head + "  tags: [{from: 5}]\n" + one, 6, "a tag is empty", "老客户"},
		{"a tag for a score out of reach", head + "  tags: [{tag: 达人, from: 20}]\n" + one, 6, "scores from 20 to 10, of at most 10", "within the scores"},
		{"a tag upside down", head + "  tags: [{tag: 达人, from: 8, to: 5}]\n" + one, 6, "scores from 8 to 5", "not above to:"},
		{"an unknown key of a tag", head + "  tags:\n  - {tag: 达人, above: 5}\n" + one, 7, `key "above"`, "spelling"},
		{"nothing leads to it", "kind: quiz\ncampaigns:\n- id: q\n  name: 问答\n" + one, 3, "nothing leads to this quiz", "keywords:"},
		{"a keyword for both", head + "  standing: {keywords: [答题]}\n" + one, 6, `keyword "答题" starts the quiz already`, "another word"},
		{"a menu key for both", head + "  menu_keys: [Q]\n  standing: {menu_keys: [Q]}\n" + one, 7, `menu key "Q" starts the quiz already`, "another menu item"},
		{"an unknown sentence", head + "  texts: {rihgt: 对}\n" + one, 6, `key "rihgt"`, "spelling"},
		{"an unknown placeholder", head + "  texts: {right: '对，{point} 分'}\n" + one, 6, "placeholder {point} is not known", "{points}"},
		{"a question that fits no reply", head + "  questions:\n  - {id: a, type: true_false, ask: " + strings.Repeat("长", 700) + ", answer: 对}\n", 7, "a reply holds 2048", "shorten"},
		{"a question that does not fit below the introduction", head + "  texts: {intro: " + strings.Repeat("长", 400) + "}\n  questions:\n  - {id: a, type: true_false, ask: " + strings.Repeat("长", 300) + ", answer: 对}\n", 8, "what is said before it", "introduction"},
		{"an explanation that fits no reply", head + one + "  - id: b\n    type: true_false\n    ask: 二\n    answer: 对\n    explanation: " + strings.Repeat("长", 600) + "\n", 12, "would not fit together with the result", "shorten"},
		{"a question that does not fit below the explanation before", head + "  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对, explanation: " + strings.Repeat("长", 330) + "}\n  - {id: b, type: true_false, ask: " + strings.Repeat("长", 330) + ", answer: 对}\n", 8, "what is said before it", "shorten"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, c.text, c.line, c.what, c.remedy)
		})
	}
}

// A prize table must grow in people and in money, in fen that can be shared.
func TestPrizeTablesThatDoNotGrowAreRefused(t *testing.T) {
	t.Parallel()
	prize := func(tiers string) string {
		return head + "  active: {until: 2030-01-01}\n  prize:\n" + tiers + "  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\n"
	}
	for _, c := range []struct {
		name, tiers string
		line        int
		what        string
		remedy      string
	}{
		{"no tiers", "    tiers: []\n", 8, "a prize has no tiers", "write tiers:"},
		{"fewer people", "    tiers:\n    - {people: 50, fen: 5000}\n    - {people: 20, fen: 15000}\n", 10, "tier 20 people, 15000 fen does not come after 50 people, 5000 fen", "smallest to the largest"},
		{"the same people", "    tiers:\n    - {people: 50, fen: 5000}\n    - {people: 50, fen: 15000}\n", 10, "does not come after", "smallest"},
		{"less money", "    tiers:\n    - {people: 20, fen: 15000}\n    - {people: 50, fen: 5000}\n", 10, "does not come after", "smallest"},
		{"the same money", "    tiers:\n    - {people: 20, fen: 5000}\n    - {people: 50, fen: 5000}\n", 10, "does not come after", "smallest"},
		{"nobody", "    tiers: [{people: 0, fen: 5000}]\n", 8, "needs people and money", "5000 is 50 yuan"},
		{"negative money", "    tiers: [{people: 1, fen: -5}]\n", 8, "needs people and money", "5000 is 50 yuan"},
		{"less than a fen each", "    tiers: [{people: 100, fen: 50}]\n", 8, "50 fen can't be shared by 100 people", "in fen"},
		{"yuan with a fraction", "    tiers: [{people: 100, fen: 50.5}]\n", 8, `"50.5" stands where a whole number belongs`, "whole number"},
		{"negative cap", "    cap: -1\n    tiers: [{people: 1, fen: 5}]\n", 8, "cap -1 is negative", "leave it out"},
		{"a score nobody reaches", "    min_score: 11\n    tiers: [{people: 1, fen: 5}]\n", 8, "min_score 11 is not between 0 and 10", "can be reached"},
		{"unknown remainder", "    remainder: charity\n    tiers: [{people: 1, fen: 5}]\n", 8, `remainder "charity" is not known`, "rank, keep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, prize(c.tiers), c.line, c.what, c.remedy)
		})
	}
}

// expect loads content with a mistake and looks for the problem that names it.
func expect(t *testing.T, text string, line int, what, remedy string) {
	t.Helper()
	_, problems := load(t, text)
	for _, p := range problems {
		if p.Line == line && strings.Contains(p.What, what) && strings.Contains(p.Remedy, remedy) {
			return
		}
	}
	t.Errorf("no problem at line %d with %q and remedy %q, but\n%v", line, what, remedy, problems)
}

// What content leaves out has the defaults that the reference names.
func TestDefaults(t *testing.T) {
	t.Parallel()
	b := mustLoad(t, head+"  active: {until: 2030-01-01}\n  prize: {tiers: [{people: 1, fen: 5}]}\n  questions:\n  - {id: a, type: true_false, ask: 一, answer: no}\n")
	c := b.Campaigns()[0]
	q := c.Questions[0]
	if c.Attempts != 1 || c.Draw != 1 || c.Explain != ExplainEach || c.Partial != PartialNone || c.Leaving != LeavingFinish ||
		c.Prize.Remainder != RemainderRank || c.ResumeWithin.Duration() != 72*time.Hour || q.points != 10 {
		t.Errorf("defaults: %+v, points %d", c, q.points)
	}
	if len(q.right) != 1 || q.right[0] != 1 {
		t.Errorf("answer: no is read as %v", q.right)
	}
	if c.Texts != DefaultTexts() {
		t.Error("texts are not the defaults")
	}
}

// A sentence of the campaign goes before one of the file, that before the default.
func TestTextsOfFileAndCampaign(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, head+"  texts: {right: 一}\n  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\ntexts: {right: 二, wrong: 三}\n").Campaigns()[0]
	if c.Texts.Right != "一" || c.Texts.Wrong != "三" || c.Texts.Closed != DefaultTexts().Closed {
		t.Errorf("texts: %q, %q, %q", c.Texts.Right, c.Texts.Wrong, c.Texts.Closed)
	}
	if _, problems := load(t, head+"  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\ntexts: {right: '{nobody}'}\n"); problems == nil {
		t.Error("a wrong sentence of the file has no problem")
	}
}

// A disabled campaign is checked all the same, and is not there for customers.
func TestDisabledCampaignsAreCheckedButNotOffered(t *testing.T) {
	t.Parallel()
	question := "  questions:\n  - {id: a, type: true_false, ask: 一, answer: 对}\n"
	if b := mustLoad(t, head+"  disabled: true\n"+question); len(b.Campaigns()) != 0 {
		t.Error("a disabled quiz is offered")
	} else if _, ok := b.Campaign("q"); !ok {
		t.Error("the results of a disabled quiz can't be reached")
	}
	if _, problems := load(t, head+"  disabled: true\n"); problems == nil {
		t.Error("a disabled quiz without questions has no problem")
	}
}

// Content of other kinds is none of the quiz's business.
func TestOtherKindsAreLeftAlone(t *testing.T) {
	t.Parallel()
	b, problems := load(t, "kind: survey\nwhatever: 1\n")
	if problems != nil || len(b.Campaigns()) != 0 {
		t.Errorf("%v, %v", b.Campaigns(), problems)
	}
}

func FuzzContent(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "..", "content", "sample", "quiz.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add(head + "  questions:\n  - {id: a, type: single, ask: 一, options: [甲, 乙], answer: AB}\n")
	f.Add(head + "  draw: 1\n  questions: [{}, null, {answer: [[]]}]\n  prize: {tiers: [{people: 1}]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, problems := load(t, text)
		if problems != nil {
			for _, p := range problems {
				if p.What == "" || p.Remedy == "" {
					t.Errorf("problem without what or remedy: %+v", p)
				}
			}
			return
		}
		for _, c := range b.Campaigns() { // what has no problems can be asked and answered
			for i, id := range c.questionOrder("attempt") {
				q := c.byID[id]
				order := c.optionOrder(q, "attempt")
				if len(c.question(q, order, i+1, len(c.Questions))) > replyBytes {
					t.Errorf("question %s is longer than a reply", id)
				}
				if _, why := q.read(q.answerLine(order), order); why != understood && q.Type != Multiple {
					t.Errorf("question %s: its own answer %q is not understood", id, q.answerLine(order))
				}
			}
		}
	})
}
