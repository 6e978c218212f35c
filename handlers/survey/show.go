package survey

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"guanjia/bot/ask"
)

// question writes q as the n-th on its path.
func (c *Campaign) question(q *Question, n int) string {
	total := n - 1 + c.ahead[q.ID]
	lines := []string{
		c.say(c.Texts.Head, "{n}", strconv.Itoa(n), "{total}", strconv.Itoa(total), "{type}", q.Type.name()),
		q.Ask,
	}
	if q.options.Len() > 0 {
		lines = append(lines, q.options.Lines())
	}
	hints := c.hint(q)
	if q.Optional {
		hints += c.say(c.Texts.HintOptional)
	}
	if n > 1 {
		hints += c.say(c.Texts.HintBack)
	}
	return strings.Join(append(lines, hints), "\n")
}

// hint tells how to answer.
func (c *Campaign) hint(q *Question) string {
	t := c.Texts
	multi := t.HintMulti
	if q.AtMost > 0 {
		multi = t.HintAtMost
	}
	return c.pick(q, t.HintChoice, multi, t.HintRating, t.HintText, t.HintPicture)
}

// again asks for an answer that could not be read.
func (c *Campaign) again(q *Question, why reading) string {
	t := c.Texts
	switch {
	case why == ambiguous:
		return c.say(t.AskLetters, "{range}", q.options.Range())
	case why == tooMany && q.Type == Choice:
		return c.say(t.AskOne, "{range}", q.options.Range())
	case why == tooMany:
		return c.say(t.AskFewer, "{most}", strconv.Itoa(q.mayPick()))
	case why == skips:
		return c.say(t.MustAnswer)
	}
	return c.pick(q, t.AskChoice, t.AskMulti, t.AskRating, t.AskText, t.AskPicture)
}

// pick fills in the sentence for q's type.
func (c *Campaign) pick(q *Question, choice, multi, rating, text, picture string) string {
	letters := q.options.Range()
	switch q.Type {
	case MultiChoice:
		return c.say(multi, "{range}", letters, "{most}", strconv.Itoa(q.mayPick()), "{example}", example(q))
	case Rating:
		return c.say(rating, "{low}", strconv.Itoa(q.lowest()), "{high}", strconv.Itoa(q.Scale))
	case Text:
		return c.say(text)
	case Picture:
		return c.say(picture)
	}
	return c.say(choice, "{range}", letters)
}

// example is how choosing several looks.
func example(q *Question) string {
	if q.mayPick() == 1 {
		return "A"
	}
	return ask.Letter(0) + ask.Letter(min(2, q.options.Len()-1))
}

// intro is what is said before the first question.
func (c *Campaign) intro() string {
	text := c.say(c.Texts.Intro, "{total}", strconv.Itoa(c.ahead[c.Questions[0].ID]))
	if c.Anonymous {
		text += "\n" + c.say(c.Texts.AnonymousNote)
	}
	return text
}

// clock writes a moment as people read it.
func (c *Campaign) clock(t time.Time) string {
	return t.In(c.zone).Format("2006年1月2日 15:04")
}

// blocks joins what is not empty by empty lines.
func blocks(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return strings.Join(parts, "\n\n")
}
