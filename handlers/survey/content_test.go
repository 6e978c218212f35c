package survey

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/content/sample"
)

var zone = time.FixedZone("CST", 8*3600)

// load reads one file of content.
func load(t testing.TB, text string) (*Book, content.Problems) {
	t.Helper()
	doc, problems := content.Parse("survey.yaml", []byte(text), nil)
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

func sampleBook(t testing.TB) *Book {
	t.Helper()
	docs, problems := content.Load(sample.FS, nil)
	if problems != nil {
		t.Fatal(problems)
	}
	b, problems := Load(docs, zone)
	if problems != nil {
		t.Fatal(problems)
	}
	return b
}

// The content that ships is right: a survey after a live stream that knows who answers, and a box for opinions that does not.
func TestSampleIsRight(t *testing.T) {
	t.Parallel()
	b := sampleBook(t)
	live, ok := b.Campaign("live-feedback")
	if !ok || live.Anonymous || live.ahead["score"] != 7 {
		t.Errorf("live-feedback: %+v", live)
	}
	box, ok := b.Campaign("suggestion")
	if !ok || !box.Anonymous || !box.Again.Always || len(box.Questions) > 2 {
		t.Errorf("suggestion: %+v", box)
	}
}

const head = "kind: survey\ncampaigns:\n- id: s\n  name: 问卷\n  keywords: [问卷]\n"

// Every mistake is named with its line and what to do about it; nothing wrong gets through.
func TestMistakesAreNamedWithLineAndRemedy(t *testing.T) {
	t.Parallel()
	one := "  questions:\n  - {id: a, type: text, ask: 一}\n"
	for _, c := range []struct {
		name, text string
		line       int
		what       string
		remedy     string
	}{
		{"unknown key", head + "  anonimous: true\n" + one, 6, `key "anonimous" is not known here`, "spelling"},
		{"unknown key in an option", head + "  questions:\n  - id: a\n    type: choice\n    ask: 一\n    options:\n    - 甲\n    - {text: 乙, goto: end}\n", 12, `key "goto" is not known here`, "spelling"},
		{"an option that is a list", head + "  questions:\n  - id: a\n    type: choice\n    ask: 一\n    options:\n    - [甲]\n", 11, "a list stands where a single value belongs", "single value"},
		{"no questions", head, 3, "a survey has 0 questions", "write 1 to 100 questions"},
		{"an empty question", head + "  questions:\n  -\n", 7, "a question is empty", "remove the dash"},
		{"an empty campaign", "kind: survey\ncampaigns:\n-\n", 3, "a campaign is empty", "remove the dash"},
		{"duplicate campaign ids", head + one + strings.TrimPrefix(head, "kind: survey\ncampaigns:\n") + one, 8, `id "s" is used already (survey.yaml:3)`, "id of its own"},
		{"duplicate question ids", head + one + "  - {id: a, type: text, ask: 二}\n", 8, `id "a" is used already (line 7)`, "id of its own"},
		{"a question named end", head + "  questions:\n  - {id: end, type: text, ask: 一}\n", 7, `id "end" can't be used`, "not 'end'"},
		{"unknown type", head + "  questions:\n  - {id: a, type: single, ask: 一}\n", 7, `type "single" is not known`, "choice, multi_choice, rating, text, picture"},
		{"nothing asked", head + "  questions:\n  - {id: a, type: text}\n", 7, `question "a" asks nothing`, "write ask:"},
		{"empty options", head + "  questions:\n  - {id: a, type: choice, ask: 一, options: []}\n", 7, `question "a" has 0 options`, "2 to 26"},
		{"an empty option", head + "  questions:\n  - {id: a, type: choice, ask: 一, options: [甲, ' ']}\n", 7, "an option is empty", "what the option says"},
		{"equal options", head + "  questions:\n  - {id: a, type: choice, ask: 一, options: [甲, {text: 甲}]}\n", 7, `option "甲" is listed twice`, "change one"},
		{"27 options", head + "  questions:\n  - {id: a, type: multi_choice, ask: 一, options: [" + strings.Repeat("x,", 27) + "]}\n", 7, "has 27 options", "2 to 26"},
		{"options for a text", head + "  questions:\n  - {id: a, type: text, ask: 一, options: [甲, 乙]}\n", 7, "has no options", "type: choice"},
		{"at_most for a single choice", head + "  questions:\n  - {id: a, type: choice, ask: 一, options: [甲, 乙], at_most: 1}\n", 7, "at_most 1 can't be used", "multi_choice"},
		{"at_most above the options", head + "  questions:\n  - {id: a, type: multi_choice, ask: 一, options: [甲, 乙], at_most: 3}\n", 7, "at_most 3 can't be used", "up to that"},
		{"a scale of 7", head + "  questions:\n  - {id: a, type: rating, ask: 一, scale: 7}\n", 7, "scale 7 can't be used", "1 to 5"},
		{"a scale for a text", head + "  questions:\n  - {id: a, type: text, ask: 一, scale: 5}\n", 7, "has no scale", "type: rating"},
		{"a range outside the scale", head + "  questions:\n  - {id: a, type: rating, ask: 一, ranges: [{from: 0, to: 2, next: end}]}\n", 7, "range 0 to 2 is not within 1 to 5", "within the scale"},
		{"a range upside down", head + "  questions:\n  - {id: a, type: rating, ask: 一, ranges: [{from: 3, to: 2, next: end}]}\n", 7, "range 3 to 2 is not within", "from: not above to:"},
		{"overlapping ranges", head + "  questions:\n  - id: a\n    type: rating\n    ask: 一\n    ranges:\n    - {from: 1, to: 3, next: end}\n    - {from: 3, to: 4, next: end}\n", 12, "range 3 to 4 overlaps with 1 to 3", "one range only"},
		{"a range to nowhere", head + "  questions:\n  - {id: a, type: rating, ask: 一, ranges: [{from: 1, to: 2}]}\n", 7, "a range leads nowhere", "next:"},
		{"a branch to an unknown question", head + "  questions:\n  - {id: a, type: text, ask: 一, next: b}\n", 7, `there is no question "b" to go to`, "or end"},
		{"an option to an unknown question", head + "  questions:\n  - id: a\n    type: choice\n    ask: 一\n    options:\n    - 甲\n    - {text: 乙, next: z}\n", 12, `there is no question "z" to go to`, "or end"},
		{"a loop of two", head + "  questions:\n  - {id: a, type: text, ask: 一}\n  - {id: b, type: text, ask: 二, next: a}\n", 8, "branches can loop for ever: a -> b -> a", "to end"},
		{"a loop of one", head + "  questions:\n  - {id: a, type: text, ask: 一, next: a}\n", 7, "branches can loop for ever: a -> a", "to end"},
		{"a loop by one option", head + "  questions:\n  - {id: a, type: text, ask: 一}\n  - id: b\n    type: choice\n    ask: 二\n    options: [甲, {text: 乙, next: a}]\n", 8, "loop for ever: a -> b -> a", "to end"},
		{"a loop by one rating", head + "  questions:\n  - {id: a, type: rating, ask: 一}\n  - {id: b, type: rating, ask: 二, ranges: [{from: 5, to: 5, next: a}]}\n", 8, "loop for ever", "to end"},
		{"an unreachable question", head + "  questions:\n  - {id: a, type: text, ask: 一, next: end}\n  - {id: b, type: text, ask: 二}\n", 8, `question "b" can't be reached`, "lead to it"},
		{"unreachable behind options", head + "  questions:\n  - {id: a, type: choice, ask: 一, options: [{text: 甲, next: end}, {text: 乙, next: end}]}\n  - {id: b, type: text, ask: 二}\n", 8, `question "b" can't be reached`, "lead to it"},
		{"an empty tag", head + "  tags: ['']\n" + one, 6, "a tag is empty", "老客户"},
		{"a long tag", head + "  tags: [" + strings.Repeat("长", 31) + "]\n" + one, 6, "longer than 30 characters", "shorten"},
		{"a tag twice", head + "  tags: [甲, 甲]\n" + one, 6, `tag "甲" is listed twice`, "remove one"},
		{"a long tag of an option", head + "  questions:\n  - id: a\n    type: choice\n    ask: 一\n    options:\n    - 甲\n    - {text: 乙, tag: " + strings.Repeat("长", 31) + "}\n", 12, "longer than 30", "shorten"},
		{"a tag that tells an anonymous answer", head + "  anonymous: true\n  questions:\n  - id: a\n    type: choice\n    ask: 一\n    options:\n    - 甲\n    - {text: 乙, tag: 乙}\n", 13, "a tag would tell what somebody answered", "anonymous: false"},
		{"bad again", head + "  again: sometimes\n" + one, 6, `again "sometimes" is not known`, ""},
		{"again after a bad span", head + "  again: after 30\n" + one, 6, `"30" is not a span of time`, ""},
		{"bad duration", head + "  resume_within: -5m\n" + one, 6, `"-5m" is not a span of time`, ""},
		{"too many characters", head + "  max_chars: 100000\n" + one, 6, "max_chars 100000", "1 to 10000"},
		{"nothing leads to it", "kind: survey\ncampaigns:\n- id: s\n  name: 问卷\n" + one, 3, "nothing leads to this survey", "keywords:"},
		{"an unknown sentence", head + "  texts: {thank: 谢}\n" + one, 6, `key "thank"`, "spelling"},
		{"an unknown placeholder", head + "  texts: {cut: '{n} 字'}\n" + one, 6, "placeholder {n} is not known", "{limit}"},
		{"a question that fits no reply", head + "  questions:\n  - {id: a, type: text, ask: " + strings.Repeat("长", 600) + "}\n", 7, "a reply holds 2048", "shorten"},
		{"an introduction that leaves no room", head + "  texts: {intro: " + strings.Repeat("长", 400) + "}\n  questions:\n  - {id: a, type: text, ask: " + strings.Repeat("长", 300) + "}\n", 8, "a reply holds 2048", "shorten"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, problems := load(t, c.text)
			for _, p := range problems {
				if p.Line == c.line && strings.Contains(p.What, c.what) && strings.Contains(p.Remedy, c.remedy) {
					return
				}
			}
			t.Errorf("no problem at line %d with %q and remedy %q, but\n%v", c.line, c.what, c.remedy, problems)
		})
	}
}

// What content leaves out has the defaults that the reference names.
func TestDefaults(t *testing.T) {
	t.Parallel()
	b := mustLoad(t, head+"  questions:\n  - {id: a, type: rating, ask: 一}\n")
	c := b.Campaigns()[0]
	if c.Anonymous || c.KeepPartial || c.Again != (Again{}) || c.ResumeWithin.Duration() != 72*time.Hour || c.MaxChars != 2000 || c.Questions[0].Scale != 5 {
		t.Errorf("defaults: %+v", c)
	}
	if c.Texts != DefaultTexts() {
		t.Error("texts are not the defaults")
	}
}

// Again is read as it is written.
func TestAgain(t *testing.T) {
	t.Parallel()
	done := time.Date(2026, 3, 10, 10, 0, 0, 0, zone)
	for _, c := range []struct {
		again  string
		later  time.Duration
		allows bool
	}{
		{"never", 10000 * time.Hour, false},
		{"always", 0, true},
		{"after 30d", 29 * 24 * time.Hour, false},
		{"after 30d", 31 * 24 * time.Hour, true},
		{"after 12h", 11 * time.Hour, false},
		{"after 12h", 12 * time.Hour, true},
	} {
		b := mustLoad(t, head+"  again: "+c.again+"\n  questions:\n  - {id: a, type: text, ask: 一}\n")
		if got := b.Campaigns()[0].Again.allows(done, done.Add(c.later), zone); got != c.allows {
			t.Errorf("again: %s allows another one after %v: %v", c.again, c.later, got)
		}
	}
}

// A sentence of the campaign goes before one of the file, that before the default.
func TestTextsOfFileAndCampaign(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, head+"  texts: {thanks: 一}\n  questions:\n  - {id: a, type: text, ask: 一}\ntexts: {thanks: 二, done: 三}\n").Campaigns()[0]
	if c.Texts.Thanks != "一" || c.Texts.Done != "三" || c.Texts.Closed != DefaultTexts().Closed {
		t.Errorf("texts: %q, %q, %q", c.Texts.Thanks, c.Texts.Done, c.Texts.Closed)
	}
	if _, problems := load(t, head+"  questions:\n  - {id: a, type: text, ask: 一}\ntexts: {thanks: '{nobody}'}\n"); problems == nil {
		t.Error("a wrong sentence of the file has no problem")
	}
}

// A disabled campaign is checked all the same, and is not there for customers; other kinds are left alone.
func TestDisabledCampaignsAndOtherKinds(t *testing.T) {
	t.Parallel()
	if b := mustLoad(t, head+"  disabled: true\n  questions:\n  - {id: a, type: text, ask: 一}\n"); len(b.Campaigns()) != 0 {
		t.Error("a disabled survey is offered")
	} else if _, ok := b.Campaign("s"); !ok {
		t.Error("the results of a disabled survey can't be reached")
	}
	if _, problems := load(t, head+"  disabled: true\n"); problems == nil {
		t.Error("a disabled survey without questions has no problem")
	}
	if b := mustLoad(t, "kind: quiz\nwhatever: 1\n"); len(b.Campaigns()) != 0 {
		t.Error("a quiz is taken for a survey")
	}
}

func FuzzContent(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "..", "content", "sample", "survey.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add(head + "  questions:\n  - {id: a, type: choice, ask: 一, options: [甲, {text: 乙, next: end}]}\n")
	f.Add(head + "  again: after 30d\n  questions: [{}, null, {options: [[]]}, {ranges: [{from: 9}]}]\n")
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
		for _, c := range b.Campaigns() { // what has no problems can be walked to its end, whatever is answered
			for _, said := range []string{"A", "B", "5", "跳过"} {
				ev := &bot.Event{Kind: bot.KindText, Text: said}
				n := 1
				for at := c.Questions[0].ID; at != End; n++ {
					q := c.byID[at]
					if q == nil || n > len(c.Questions) {
						t.Fatalf("the path goes astray at %q", at)
					}
					if len(c.question(q, n)) > replyBytes {
						t.Errorf("question %s is longer than a reply", q.ID)
					}
					a, _ := q.read(ev, c.MaxChars)
					at = q.next(a)
				}
			}
		}
	})
}
