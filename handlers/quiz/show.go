package quiz

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"guanjia/store"
)

// question writes q as the n-th of total, its options in the order given.
func (c *Campaign) question(q *Question, order []int, n, total int) string {
	limit := ""
	if d := c.TimePerQuestion.Duration(); d > 0 {
		limit = c.say(c.Texts.HeadLimit, "{limit}", lasted(d))
	}
	lines := []string{
		c.say(c.Texts.Head, "{n}", strconv.Itoa(n), "{total}", strconv.Itoa(total), "{type}", q.Type.name(), "{points}", strconv.Itoa(q.points), "{limit}", limit),
		q.Ask,
	}
	if len(order) > 0 {
		lines = append(lines, q.shown(order).Lines())
	}
	return strings.Join(lines, "\n")
}

// answerLine writes what is right, with the letters that were shown.
func (q *Question) answerLine(order []int) string {
	if q.Type == Text {
		return q.Answer[0]
	}
	shown := q.shown(order)
	var all []string
	for i, o := range order {
		if slices.Contains(q.right, o) {
			all = append(all, shown.Label(i))
		}
	}
	return strings.Join(all, "；")
}

// feedback is what is said at once about an answer, the n-th of its attempt; empty when answers are not told at once.
func (c *Campaign) feedback(attempt string, g given, n int) string {
	q, ok := c.byID[g.Question]
	if !ok {
		return "" // taken out of the content since
	}
	limit, number := lasted(c.TimePerQuestion.Duration()), strconv.Itoa(n)
	if c.Explain != ExplainEach {
		if g.Late {
			return c.say(c.Texts.LateNext, "{limit}", limit, "{n}", number)
		}
		return ""
	}
	sentence := c.Texts.Wrong
	switch {
	case g.Late:
		sentence = c.Texts.Late
	case g.Right:
		sentence = c.Texts.Right
	case g.Points > 0:
		sentence = c.Texts.Partly
	}
	said := c.say(sentence, "{points}", strconv.Itoa(g.Points), "{answer}", q.answerLine(c.optionOrder(q, attempt)), "{limit}", limit, "{n}", number)
	return paragraph(said, c.explanation(q))
}

func (c *Campaign) explanation(q *Question) string {
	if q.Explanation == "" {
		return ""
	}
	return c.say(c.Texts.Explanation, "{explanation}", q.Explanation)
}

// review lists the questions of an attempt with the right answers, in texts that fit into a message each.
func (c *Campaign) review(attempt string, s sheet) []string {
	var texts []string
	for i, g := range s.Given {
		q, ok := c.byID[g.Question]
		if !ok {
			continue
		}
		mark := "❌"
		switch {
		case g.Right:
			mark = "✅"
		case g.Points > 0:
			mark = "🔸"
		}
		entry := paragraph(c.say(c.Texts.Review, "{n}", strconv.Itoa(i+1), "{mark}", mark, "{question}", q.Ask,
			"{answer}", q.answerLine(c.optionOrder(q, attempt))), c.explanation(q))
		if last := len(texts) - 1; last >= 0 && len(texts[last])+len(entry)+2 <= replyBytes {
			texts[last] += "\n\n" + entry
			continue
		}
		texts = append(texts, entry)
	}
	return texts
}

// intro is what is said before the first question.
func (c *Campaign) intro(questions int) string {
	lines := []string{c.say(c.Texts.Intro, "{total}", strconv.Itoa(questions), "{max}", strconv.Itoa(c.mostPoints()))}
	if d := c.TimePerQuestion.Duration(); d > 0 {
		lines = append(lines, c.say(c.Texts.TimeQuestion, "{limit}", lasted(d)))
	}
	if d := c.TimePerAttempt.Duration(); d > 0 {
		lines = append(lines, c.say(c.Texts.TimeAttempt, "{limit}", lasted(d)))
	}
	if c.Leaving == LeavingFinish {
		lines = append(lines, c.say(c.Texts.LeavingFinish))
	} else {
		lines = append(lines, c.say(c.Texts.LeavingRestart))
	}
	if c.Prize != nil {
		var tiers []string
		for _, t := range c.Prize.Tiers {
			tiers = append(tiers, c.say(c.Texts.PrizeTier, "{people}", strconv.Itoa(int(t.People)), "{pool}", yuan(int64(t.Fen))))
		}
		lines = append(lines, c.say(c.Texts.PrizeOffer, "{tiers}", strings.Join(tiers, "，")))
	}
	return strings.Join(lines, "\n")
}

// result writes what a finished attempt came to.
func (c *Campaign) result(a store.Attempt, s store.Standing) string {
	lines := []string{c.say(c.Texts.Result, "{score}", strconv.Itoa(a.Score), "{max}", strconv.Itoa(a.MaxScore),
		"{correct}", strconv.Itoa(a.Correct), "{total}", strconv.Itoa(a.Questions), "{took}", lasted(a.Took))}
	if s.BestScore > a.Score {
		lines = append(lines, c.best(s))
	}
	return strings.Join(append(lines, c.standing(s, a.No)...), "\n")
}

func (c *Campaign) best(s store.Standing) string {
	return c.say(c.Texts.Best, "{score}", strconv.Itoa(s.BestScore), "{took}", lasted(s.BestTook))
}

// standing writes the place in the ranking, the pool as it is now, and what can still be done. used is how many attempts
// were begun.
func (c *Campaign) standing(s store.Standing, used int) []string {
	lines := []string{c.say(c.Texts.Rank, "{rank}", strconv.Itoa(s.Rank), "{people}", strconv.Itoa(s.Participants))}
	lines = append(lines, c.pool(s.Participants)...)
	if !c.closes.IsZero() {
		lines = append(lines, c.say(c.Texts.Closes, "{time}", c.clock(c.closes), "{keyword}", c.standingWord()))
	}
	if left := c.Attempts - used; left > 0 && used > 0 {
		lines = append(lines, c.say(c.Texts.Retry, "{left}", strconv.Itoa(left)))
	}
	return lines
}

// pool writes the prize pool as so many finishers have made it.
func (c *Campaign) pool(people int) []string {
	if c.Prize == nil {
		return nil
	}
	var lines []string
	now := c.Prize.reached(people)
	if now.Fen > 0 {
		sentence := c.Texts.PoolNow
		if c.Prize.MinScore > 0 { // how many share is known at the end only: at most all
			sentence = c.Texts.PoolLeast
		}
		lines = append(lines, c.say(sentence, "{pool}", yuan(int64(now.Fen)),
			"{share}", yuan(c.Prize.share(int64(now.Fen), people)), "{score}", strconv.Itoa(int(c.Prize.MinScore))))
	}
	if next, ok := c.Prize.next(people); ok {
		sentence := c.Texts.PoolNext
		if now.Fen == 0 {
			sentence = c.Texts.PoolFirst
		}
		lines = append(lines, c.say(sentence, "{more}", strconv.Itoa(int(next.People)-people), "{pool}", yuan(int64(next.Fen))))
	}
	return lines
}

// settled writes what a settlement brought to somebody.
func (c *Campaign) settled(s store.Settlement, own store.Standing, fen int64) string {
	lines := []string{c.say(c.Texts.Closed, "{time}", c.clock(c.closes))}
	people := strconv.Itoa(s.Participants)
	if s.PoolFen == 0 {
		return paragraph(lines[0], c.say(c.Texts.NoPool, "{people}", people, "{first}", strconv.Itoa(int(c.Prize.Tiers[0].People))))
	}
	lines = append(lines, c.say(c.Texts.Settled, "{people}", people, "{pool}", yuan(s.PoolFen)))
	sentence := c.Texts.Won
	switch {
	case !own.Finished:
		sentence = c.Texts.Missed
	case fen == 0:
		sentence = c.Texts.NotWon
	}
	lines = append(lines, c.say(sentence, "{score}", strconv.Itoa(own.BestScore), "{rank}", strconv.Itoa(own.Rank), "{prize}", yuan(fen)))
	return strings.Join(lines, "\n")
}

// again asks for an answer that could not be read.
func (c *Campaign) again(q *Question, why misread) string {
	letters := q.options.Range()
	switch {
	case why == ambiguous:
		return c.say(c.Texts.AskLetters, "{range}", letters)
	case q.Type == TrueFalse:
		return c.say(c.Texts.AskTrueFalse)
	case q.Type == Text:
		return c.say(c.Texts.AskText)
	case why == tooMany:
		return c.say(c.Texts.AskOne, "{range}", letters)
	case q.Type == Multiple:
		return c.say(c.Texts.AskMultiple, "{range}", letters, "{example}", "AB")
	}
	return c.say(c.Texts.AskSingle, "{range}", letters, "{example}", "A")
}

// standingWord is the word that shows the own standing.
func (c *Campaign) standingWord() string {
	if len(c.Standing.Keywords) > 0 {
		return c.Standing.Keywords[0]
	}
	return c.keyword()
}

// clock writes a moment as people read it.
func (c *Campaign) clock(t time.Time) string {
	return t.In(c.zone).Format("2006年1月2日 15:04")
}

// paragraph joins what is not empty by line breaks.
func paragraph(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return strings.Join(parts, "\n")
}

// blocks joins what is not empty by empty lines.
func blocks(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return strings.Join(parts, "\n\n")
}
