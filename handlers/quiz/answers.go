package quiz

import (
	"slices"
	"strings"
	"unicode"

	"guanjia/bot"
	"guanjia/bot/ask"
)

// maxKeptAnswer is how much of a typed answer is kept in the records, in characters.
const maxKeptAnswer = 200

// answer is what a person's words mean for a question.
type answer struct {
	options []int  // indices in the file's order, ascending
	text    string // for text questions
}

// misread is why an answer must be asked for again.
type misread int

const (
	understood misread = iota
	unclear            // names no answer
	ambiguous          // could name different answers
	tooMany            // names several answers where one is right
)

// read finds what said answers to q, whose options were shown in order: order[0] is the option under "A".
func (q *Question) read(said string, order []int) (answer, misread) {
	if q.Type == Text {
		text, _ := ask.Clean(said, maxKeptAnswer)
		if fold(text) == "" {
			return answer{}, unclear
		}
		return answer{text: text}, understood
	}
	shown, reading := q.shown(order).Read(said)
	switch {
	case reading == ask.Unclear:
		return answer{}, unclear
	case reading == ask.Ambiguous:
		return answer{}, ambiguous
	case len(shown) > 1 && q.Type != Multiple:
		return answer{}, tooMany
	}
	picked := make([]int, len(shown))
	for i, s := range shown {
		picked[i] = order[s]
	}
	slices.Sort(picked)
	return answer{options: picked}, understood
}

// shown is the options in the order shown.
func (q *Question) shown(order []int) ask.Options {
	if slices.IsSorted(order) {
		return q.options
	}
	return q.options.Reordered(order)
}

// picked reads the answers that the content names: by letter or by full text. An answer that names no option is left out.
func (q *Question) picked(words Words) []int {
	var all []int
	for _, w := range words {
		named, reading := q.options.Read(w)
		if reading == ask.Clear {
			all = append(all, named...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// fold brings typed texts to one form for comparing: beyond case and width, spaces anywhere and punctuation around don't
// count. A minus sign does: -5 is not 5.
func fold(s string) string {
	s = strings.Join(strings.Fields(bot.Normalize(s)), "")
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsPunct(r) && r != '-' && r != '%' })
}
