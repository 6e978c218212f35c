package ask

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

type texts struct {
	Hello string `yaml:"hello,omitempty"`
	Bye   string `yaml:"bye,omitempty"`
}

// An operator's sentence replaces one default, keeps the others, and may use the placeholders of the one it replaces.
func TestSentencesAreReplacedOneByOne(t *testing.T) {
	t.Parallel()
	defaults := texts{Hello: "{name}，您好，{name}！还有 {n} 题", Bye: "再见"}
	given := texts{Hello: "{name} 来啦"}
	want := texts{Hello: "{name} 来啦", Bye: "再见"}
	if diff := cmp.Diff(want, Complete(given, defaults)); diff != "" {
		t.Error(diff)
	}
	sentences := []Sentence{{Key: "hello", Text: "{name} 来啦", Holds: []string{"{name}", "{n}"}}}
	if diff := cmp.Diff(sentences, Sentences(given, defaults)); diff != "" {
		t.Error(diff)
	}
}

// Values are put in once, where their names stand and nowhere else.
func TestFillPutsValuesIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sentence, want string
		places         []string
	}{
		{"还差 {n} 人，奖池 {fen} 元", "还差 3 人，奖池 50 元", []string{"{n}", "3", "{fen}", "50"}},
		{"{a}{b}", "{b}x", []string{"{a}", "{b}", "{b}", "x"}},
		{"{a}", "first", []string{"{a}", "first", "{a}", "second"}},
		{"{a} {nobody} {", "1 {nobody} {", []string{"{a}", "1"}},
		{"{{a}}", "{1}", []string{"{a}", "1"}},
		{"{a}", "", []string{"{a}", ""}},
		{"nothing to fill in", "nothing to fill in", nil},
		{"", "", []string{"{a}", "1"}},
	} {
		if got := Fill(c.sentence, c.places...); got != c.want {
			t.Errorf("Fill(%q, %q) = %q, want %q", c.sentence, c.places, got, c.want)
		}
	}
}

func TestCleanKeepsTextAndNothingElse(t *testing.T) {
	t.Parallel()
	family := "👨‍👩‍👧"
	for _, c := range []struct {
		name, said, want string
		limit            int
		cut              bool
	}{
		{"as it is", "周三晚上", "周三晚上", 10, false},
		{"NUL and control characters", "a\x00b\x1b\r\nc", "ab\nc", 10, false},
		{"not UTF-8", "a\xff", "a\uFFFD", 10, false},
		{"space around", " \n好 ", "好", 10, false},
		{"emoji", "好😀", "好😀", 2, false},
		{"5,000 characters", strings.Repeat("好", 5000), strings.Repeat("好", 2000), 2000, true},
		{"within an emoji of several characters", "好" + family, "好👨", 3, true},
		{"nothing", "\x00", "", 10, false},
	} {
		got, cut := Clean(c.said, c.limit)
		if got != c.want || cut != c.cut {
			t.Errorf("%s: Clean(%q, %d) = %q, %v, want %q, %v", c.name, c.said, c.limit, got, cut, c.want, c.cut)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("好\x00😀", 1)
	f.Add("\xff\u200d", 3)
	f.Fuzz(func(t *testing.T, said string, limit int) {
		limit = min(max(limit, 0), 10_000)
		got, _ := Clean(said, limit)
		if !utf8.ValidString(got) || strings.ContainsRune(got, 0) || utf8.RuneCountInString(got) > limit {
			t.Errorf("Clean(%q, %d) = %q", said, limit, got)
		}
	})
}
