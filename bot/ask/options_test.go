package ask

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func options(texts ...string) Options {
	all := make([]Option, len(texts))
	for i, t := range texts {
		all[i] = Option{Text: t}
	}
	return NewOptions(all...)
}

func many(n int) Options {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("选项甲%d", i+1)
	}
	return options(texts...)
}

// What people type for one or several options is understood, however they type it; what could mean two things is not guessed.
func TestReadUnderstandsWhatPeopleType(t *testing.T) {
	t.Parallel()
	sugar := options("糖尿病", "糖尿病前期", "高血压", "高血脂、高尿酸")
	truth := NewOptions(Option{"对", []string{"正确", "是", "√", "T"}}, Option{"错", []string{"错误", "不对", "×", "F"}})
	for _, c := range []struct {
		name    string
		options Options
		said    string
		want    []int
		reading Reading
	}{
		{"letter", sugar, "B", []int{1}, Clear},
		{"lower case", sugar, "b", []int{1}, Clear},
		{"full width", sugar, "Ｂ", []int{1}, Clear},
		{"with spaces and full stop", sugar, "  b 。", []int{1}, Clear},
		{"in brackets", sugar, "（B）", []int{1}, Clear},
		{"with a mark", sugar, "B、", []int{1}, Clear},
		{"in a sentence", sugar, "我选B", []int{1}, Clear},
		{"with ending", sugar, "选B吧", []int{1}, Clear},
		{"number", sugar, "3", []int{2}, Clear},
		{"full-width number", sugar, "３", []int{2}, Clear},
		{"circled number", sugar, "③", []int{2}, Clear},
		{"keycap emoji", sugar, "3️⃣", []int{2}, Clear},
		{"the n-th", sugar, "第3个", []int{2}, Clear},
		{"full text", sugar, "高血压", []int{2}, Clear},
		{"the longer text", sugar, "糖尿病前期", []int{1}, Clear},
		{"the shorter text", sugar, "糖尿病", []int{0}, Clear},
		{"text with a separator in it", sugar, "高血脂、高尿酸", []int{3}, Clear},
		{"the whole line", sugar, "C. 高血压", []int{2}, Clear},
		{"letters run together", sugar, "ABD", []int{0, 1, 3}, Clear},
		{"letters in any order, twice", sugar, "dbaa", []int{0, 1, 3}, Clear},
		{"letters apart", sugar, "A,B D", []int{0, 1, 3}, Clear},
		{"Chinese separators", sugar, "A、B，D", []int{0, 1, 3}, Clear},
		{"numbers apart", sugar, "1 3", []int{0, 2}, Clear},
		{"numbers run together", sugar, "134", []int{0, 2, 3}, Clear},
		{"texts apart", sugar, "高血压，糖尿病", []int{0, 2}, Clear},
		{"letters and texts", sugar, "A 高血压", []int{0, 2}, Clear},
		{"letters with and", sugar, "a和c", []int{0, 2}, Clear},
		{"lines", sugar, "A\nC", []int{0, 2}, Clear},
		{"letter out of range", sugar, "E", nil, Unclear},
		{"number out of range", sugar, "5", nil, Unclear},
		{"zero", sugar, "0", nil, Unclear},
		{"one of several unknown", sugar, "A E", nil, Unclear},
		{"a range", sugar, "A-C", nil, Unclear},
		{"something else", sugar, "你好", nil, Unclear},
		{"part of a text", sugar, "血压", nil, Unclear},
		{"nothing", sugar, "", nil, Unclear},
		{"only marks", sugar, "、，。", nil, Unclear},
		{"an emoji", sugar, "😀", nil, Unclear},
		{"NUL", sugar, "\x00", nil, Unclear},
		{"5,000 characters", sugar, strings.Repeat("血", 5000), nil, Unclear},
		{"an alias", truth, "正确", []int{0}, Clear},
		{"an alias that holds another", truth, "不对", []int{1}, Clear},
		{"a sign", truth, "×", []int{1}, Clear},
		{"an alias that is a filler word", truth, "是", []int{0}, Clear},
		{"a letter beside letter aliases", truth, "t", []int{0}, Clear},
		{"text that is another's number", options("3", "2", "1"), "1", nil, Ambiguous},
		{"text that is its own number", options("1", "2", "3"), "2", []int{1}, Clear},
		{"number among many", many(12), "11", []int{10}, Clear},
		{"number or two numbers", many(12), "12", nil, Ambiguous},
		{"two numbers only", many(12), "13", []int{0, 2}, Clear},
		{"number with a zero", many(12), "10", []int{9}, Clear},
		{"decimal text", options("3", "3.5", "5"), "3.5", []int{1}, Clear},
		{"no options", options(), "A", nil, Unclear},
		{"huge number", sugar, strings.Repeat("9", 400), nil, Unclear},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, reading := c.options.Read(c.said)
			if reading != c.reading || !cmp.Equal(got, c.want) {
				t.Errorf("Read(%q) = %v, %v, want %v, %v", c.said, got, reading, c.want, c.reading)
			}
		})
	}
}

// Any set of options, typed by letters, numbers or texts in any order with any separator, is read as that set.
func TestReadFindsEveryPickTyped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, MaxOptions).Draw(t, "options")
		o := many(n)
		want := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID).Draw(t, "picked")
		pieces := make([]string, len(want))
		for i, w := range want {
			pieces[i] = rapid.SampledFrom([]string{Letter(w), strings.ToLower(Letter(w)), fmt.Sprint(w + 1), o.texts[w], o.Label(w)}).Draw(t, "form")
			if n > 9 && len(pieces[i]) == 2 { // "12" of twelve options is rightly asked again
				pieces[i] = Letter(w)
			}
		}
		said := strings.Join(pieces, rapid.SampledFrom([]string{" ", "、", "，", ",", "/", "\n", "；"}).Draw(t, "separator"))
		got, reading := o.Read(said)
		seen := map[int]bool{}
		for _, g := range got {
			seen[g] = true
		}
		if reading != Clear || len(got) != len(want) {
			t.Fatalf("Read(%q) = %v, %v, want %v", said, got, reading, want)
		}
		for _, w := range want {
			if !seen[w] {
				t.Fatalf("Read(%q) = %v, want %v", said, got, want)
			}
		}
	})
}

func TestOptionsAreShownWithLetters(t *testing.T) {
	t.Parallel()
	o := options("早上", "晚上")
	if got, want := o.Lines(), "A. 早上\nB. 晚上"; got != want {
		t.Errorf("Lines() = %q, want %q", got, want)
	}
	if got := o.Range(); got != "A-B" {
		t.Errorf("Range() = %q", got)
	}
	if got := options("好").Range(); got != "A" {
		t.Errorf("Range() = %q", got)
	}
}

// In another order the letters and numbers are those of the new places, the texts mean what they say.
func TestReorderedOptionsHaveNewLetters(t *testing.T) {
	t.Parallel()
	o := NewOptions(Option{"对", []string{"正确"}}, Option{"错", nil}, Option{"不知道", nil}).Reordered([]int{2, 0, 1})
	if got, want := o.Lines(), "A. 不知道\nB. 对\nC. 错"; got != want {
		t.Errorf("Lines() = %q, want %q", got, want)
	}
	for said, want := range map[string]int{"A": 0, "2": 1, "正确": 1, "错": 2, "A. 不知道": 0} {
		if got, reading := o.Read(said); reading != Clear || len(got) != 1 || got[0] != want {
			t.Errorf("Read(%q) = %v, %v, want %d", said, got, reading, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("ABD", "糖尿病", "高血压")
	f.Add("1 3", "3", "1")
	f.Add("Ａ、\x00b", "a、b", "")
	f.Add("12", "\xff", "对")
	f.Fuzz(func(t *testing.T, said, first, second string) {
		for _, o := range []Options{options(first, second), options(first, second, "是", "1", "2", "3", "4", "5", "6", "7", "8", "9")} {
			got, reading := o.Read(said)
			if (reading == Clear) != (len(got) > 0) {
				t.Fatalf("Read(%q) = %v, %v", said, got, reading)
			}
			for i, g := range got {
				if g < 0 || g >= o.Len() || i > 0 && got[i-1] >= g {
					t.Fatalf("Read(%q) = %v", said, got)
				}
			}
		}
	})
}

func BenchmarkReadAnswer(b *testing.B) {
	o := options("糖尿病", "糖尿病前期", "高血压", "高血脂、高尿酸")
	b.ReportAllocs()
	for b.Loop() {
		if _, r := o.Read("A、B D"); r != Clear {
			b.Fatal(r)
		}
	}
}
