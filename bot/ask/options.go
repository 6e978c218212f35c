package ask

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guanjia/bot"
)

// MaxOptions is the most options a question may have: one for each letter.
const MaxOptions = 26

// maxSaid bounds what is read as choices, in bytes: somebody who writes more writes something else.
const maxSaid = 4096

// Option is one answer to choose.
type Option struct {
	Text string
	Also []string // other words that mean it
}

// Options are the answers of one question in the order shown. The zero Options has none.
type Options struct {
	texts []string
	words []word // longest first, so that "糖尿病前期" is not read as "糖尿病"
}

// word is a normalized text or alias and the option it means.
type word struct {
	text   string
	option int
}

// NewOptions prepares the options of a question.
func NewOptions(options ...Option) Options {
	o := Options{texts: make([]string, len(options)), words: make([]word, 0, len(options))}
	for i, option := range options {
		o.texts[i] = option.Text
		for _, w := range append([]string{option.Text}, option.Also...) {
			if w = bot.Normalize(w); w != "" {
				o.words = append(o.words, word{w, i})
			}
		}
	}
	slices.SortStableFunc(o.words, func(a, b word) int { return len(b.text) - len(a.text) })
	return o
}

// Reordered is the same options in another order: order[0] is the index of the option that comes first.
func (o Options) Reordered(order []int) Options {
	place := make([]int, len(order))
	r := Options{texts: make([]string, len(order)), words: slices.Clone(o.words)}
	for i, option := range order {
		r.texts[i], place[option] = o.texts[option], i
	}
	for i := range r.words {
		r.words[i].option = place[r.words[i].option]
	}
	return r
}

// Letter is the letter of the option with index i: "A" for 0.
func Letter(i int) string { return string(rune('A' + i)) }

// Len is how many options there are.
func (o Options) Len() int { return len(o.texts) }

// Label is an option as it is shown: "B. 每天一次".
func (o Options) Label(i int) string { return Letter(i) + ". " + o.texts[i] }

// Lines are the options as they are shown, one to a line.
func (o Options) Lines() string {
	lines := make([]string, o.Len())
	for i := range lines {
		lines[i] = o.Label(i)
	}
	return strings.Join(lines, "\n")
}

// Range names the letters that may be answered: "A-D".
func (o Options) Range() string {
	if o.Len() < 2 {
		return "A"
	}
	return "A-" + Letter(o.Len()-1)
}

// Reading is how well an answer was understood.
type Reading int

// The readings.
const (
	Unclear   Reading = iota // no option was named
	Clear                    // the picked options were named
	Ambiguous                // it could mean different options
)

// Read finds the options that said names, in ascending order: by letter ("b", "Ｂ.", "我选B"), by number ("2", "②"), by full
// text, and several of them run together ("ABD", "134") or apart ("A、B D", "1 3", "游泳，散步").
func (o Options) Read(said string) ([]int, Reading) {
	if len(said) > maxSaid || o.Len() == 0 {
		return nil, Unclear
	}
	rest := bot.Normalize(said)
	picked := make([]bool, o.Len())
	for rest != "" {
		named, length, reading := o.next(rest)
		if reading != Clear {
			return nil, reading
		}
		if length == 0 {
			_, length = utf8.DecodeRuneInString(rest) // a separator
		}
		for _, i := range named {
			picked[i] = true
		}
		rest = rest[length:]
	}
	var all []int
	for i, p := range picked {
		if p {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil, Unclear
	}
	return all, Clear
}

// next reads what rest begins with: a full text, or a piece of letters or numbers up to the next separator. The length is 0
// when it begins with a separator.
func (o Options) next(rest string) (named []int, length int, reading Reading) {
	text, isText := o.text(rest)
	end := strings.IndexFunc(rest, isSeparator)
	if end < 0 {
		end = len(rest)
	}
	if end == 0 && !isText {
		return nil, 0, Clear
	}
	symbols, reading := o.symbols(bare(rest[:end]))
	switch {
	case !isText:
		return symbols, end, reading
	case len(text.text) > end || reading == Unclear || slices.Equal(symbols, []int{text.option}):
		return []int{text.option}, len(text.text), Clear // the longer reading is the one that was meant
	}
	return nil, 0, Ambiguous
}

// text finds the longest option text that rest begins with and that ends where a piece may end.
func (o Options) text(rest string) (word, bool) {
	for _, w := range o.words {
		after, ok := strings.CutPrefix(rest, w.text)
		if !ok {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(after); after == "" || isSeparator(r) {
			return w, true
		}
	}
	return word{}, false
}

func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("、,;/|+&.:!?()[]{}<>\"'。·【】「」《》“”‘’", r)
}

// What people put around a letter or a number.
var (
	before = []string{"我的答案是", "我觉得是", "我选择", "我选", "选择", "选项", "答案是", "答案", "应该是", "选", "第", "是"}
	behind = []string{"选项", "吧", "项", "个", "号"}
)

// bare takes away what people put around a letter or a number.
func bare(piece string) string {
	for _, b := range before {
		if inner, ok := strings.CutPrefix(piece, b); ok {
			piece = inner
			break
		}
	}
	for _, b := range behind {
		piece = strings.TrimSuffix(piece, b)
	}
	return piece
}

// symbols reads a piece of letters or of digits; "a和c" and "1跟3" are two pieces.
func (o Options) symbols(piece string) ([]int, Reading) {
	var all []int
	for _, p := range strings.FieldsFunc(piece, isAnd) {
		named, reading := o.letters(p), Clear
		if named == nil {
			named, reading = o.digits(p)
		}
		if reading != Clear {
			return nil, reading
		}
		all = append(all, named...)
	}
	if len(all) == 0 {
		return nil, Unclear
	}
	return all, Clear
}

func isAnd(r rune) bool { return strings.ContainsRune("和与及跟", r) }

// letters reads "abd"; nil when something else is among it.
func (o Options) letters(p string) []int {
	var named []int
	for _, r := range p {
		i := int(r - 'a')
		if i < 0 || i >= o.Len() {
			return nil
		}
		named = append(named, i)
	}
	return named
}

// digits reads "3", "12", or "134" as three numbers where that is the only way to read it.
func (o Options) digits(p string) ([]int, Reading) {
	var each []int
	number, single := 0, true
	for _, r := range p {
		if r < '0' || r > '9' {
			return nil, Unclear
		}
		d := int(r - '0')
		number = min(number*10+d, MaxOptions+1)
		single = single && d >= 1 && d <= o.Len() && !slices.Contains(each, d-1)
		each = append(each, d-1)
	}
	whole := number >= 1 && number <= o.Len() && p[0] != '0'
	switch {
	case whole && single && len(each) > 1:
		return nil, Ambiguous // "12" of twelve options
	case whole:
		return []int{number - 1}, Clear
	case single:
		return each, Clear
	}
	return nil, Unclear
}
