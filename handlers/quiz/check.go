package quiz

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/content"
)

// Limits of what a quiz may hold.
const (
	maxQuestions   = 200
	maxAttempts    = 100
	maxPoints      = 1000
	maxPoolFen     = 100_000_000_00 // 100 million yuan: more is a typing error
	maxOptionText  = 200            // characters
	maxAnswerText  = maxKeptAnswer  // characters of an accepted spelling
	replyBytes     = content.MaxTextBytes
	minOptions     = 2
	noteReserve    = 500 // bytes that a standing, or what is said to an unclear answer, may take above the question
	resultsReserve = 900 // bytes that the result of an attempt may take beside the last explanation
)

var questionID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$`)

// checker looks one campaign over.
type checker struct {
	d  content.Doc
	ps *content.Problems
	at []any // where the campaign stands
}

func (k checker) place(step ...any) []any { return append(slices.Clip(k.at), step...) }

func (k checker) line(step ...any) int { return k.d.Line(k.place(step...)...) }

func (k checker) add(line int, remedy, format string, args ...any) {
	k.ps.Add(k.d, line, remedy, format, args...)
}

// check looks a campaign over; i is its place in the file, shared are the file's own sentences.
func (c *Campaign) check(d content.Doc, ids content.IDs, shared Texts, ps *content.Problems, i int) {
	k := checker{d: d, ps: ps, at: []any{"campaigns", i}}
	before := len(*ps)
	c.Campaign.Check(d, ids, ps, k.at...)
	k.entries(c)
	k.rules(c)
	if c.Prize != nil {
		k.prize(c)
	}
	k.questions(c)
	k.tags(c)
	checkTexts(d, c.Texts, ps, k.at...)
	c.Texts = ask.Complete(ask.Complete(c.Texts, shared), DefaultTexts())
	if len(*ps) == before { // only what is right can be written out and measured
		k.sizes(c)
	}
}

// entries looks over the words that lead to the quiz.
func (k checker) entries(c *Campaign) {
	content.CheckWords(k.d, c.Standing.Keywords, k.ps, k.place("standing", "keywords")...)
	content.CheckMenuKeys(k.d, c.Standing.MenuKeys, k.ps, k.place("standing", "menu_keys")...)
	for i, w := range c.Standing.Keywords {
		if slices.ContainsFunc(c.Keywords, func(start string) bool { return bot.Normalize(start) == bot.Normalize(w) }) {
			k.add(k.line("standing", "keywords", i), "use another word for one of them", "keyword %q starts the quiz already", w)
		}
	}
	for i, m := range c.Standing.MenuKeys {
		if slices.Contains(c.MenuKeys, m) {
			k.add(k.line("standing", "menu_keys", i), "use another menu item for one of them", "menu key %q starts the quiz already", m)
		}
	}
	if len(c.Keywords) == 0 && len(c.MenuKeys) == 0 && len(c.Scenes) == 0 {
		k.add(k.line(), "write keywords:, menu_keys: or scenes:", "nothing leads to this quiz")
	}
}

func (k checker) rules(c *Campaign) {
	if c.Attempts < 1 || c.Attempts > maxAttempts {
		k.add(k.line("attempts"), "write how often one person may answer, 1 to 100", "attempts %d can't be used", c.Attempts)
	}
	if c.Draw < 1 && len(c.Questions) > 0 || c.Draw > len(c.Questions) {
		k.add(k.line("draw"), "write a number up to that of the questions, or leave it out to ask all", "%d questions can't be drawn from %d", c.Draw, len(c.Questions))
	}
	k.oneOf(string(c.Explain), []string{string(ExplainEach), string(ExplainAtEnd), string(ExplainNever)}, "explain")
	k.oneOf(string(c.Partial), []string{string(PartialNone), string(PartialMissing), string(PartialBalance)}, "partial")
	k.oneOf(string(c.Leaving), []string{string(LeavingFinish), string(LeavingRestart)}, "leaving")
	if !c.Grace.IsZero() && c.closes.IsZero() {
		k.add(k.line("grace"), "write active: with until:, or remove grace", "grace needs a closing time")
	}
	if perQuestion, whole := c.TimePerQuestion.Duration(), c.TimePerAttempt.Duration(); whole > 0 && perQuestion > whole {
		k.add(k.line("time_per_question"), "write a shorter one", "a question has more time than the whole attempt")
	}
}

// oneOf makes sure that the value at the last step is a known one.
func (k checker) oneOf(value string, known []string, step ...any) {
	if !slices.Contains(known, value) {
		k.add(k.line(step...), "use one of "+strings.Join(known, ", "), "%v %q is not known", step[len(step)-1], value)
	}
}

func (k checker) prize(c *Campaign) {
	p := c.Prize
	if c.closes.IsZero() {
		k.add(k.line("prize"), "write active: with until:, so that the pool can be shared then", "a prize needs a closing time")
	}
	if len(p.Tiers) == 0 {
		k.add(k.line("prize"), "write tiers: with people: and fen:", "a prize has no tiers")
	}
	var before Tier
	for i, t := range p.Tiers {
		line := k.line("prize", "tiers", i)
		switch {
		case t.People < 1 || t.Fen < 1 || t.Fen > maxPoolFen:
			k.add(line, "write people: and fen: (5000 is 50 yuan)", "a tier needs people and money")
		case t.People <= before.People || t.Fen <= before.Fen:
			k.add(line, "list the tiers from the smallest to the largest, with more people and more money each", "tier %d people, %d fen does not come after %d people, %d fen", t.People, t.Fen, before.People, before.Fen)
		case t.Fen < t.People:
			k.add(line, "write the pool in fen: 5000 is 50 yuan", "%d fen can't be shared by %d people", t.Fen, t.People)
		}
		before = t
	}
	k.oneOf(string(p.Remainder), []string{string(RemainderRank), string(RemainderKeep)}, "prize", "remainder")
	if p.Cap < 0 {
		k.add(k.line("prize", "cap"), "write the most that one person gets, in fen, or leave it out", "cap %d is negative", p.Cap)
	}
	if most := c.mostPoints(); p.MinScore < 0 || int(p.MinScore) > most {
		k.add(k.line("prize", "min_score"), "write a score that can be reached", "min_score %d is not between 0 and %d", p.MinScore, most)
	}
}

// mostPoints is the best score of an attempt.
func (c *Campaign) mostPoints() int {
	sum, n := 0, min(max(c.Draw, 0), len(c.Questions))
	for _, q := range c.Questions[:n] { // drawing is allowed only among equal points
		if q != nil {
			sum += q.points
		}
	}
	return sum
}

func (k checker) questions(c *Campaign) {
	if len(c.Questions) == 0 || len(c.Questions) > maxQuestions {
		k.add(k.line("questions"), "write 1 to 200 questions", "a quiz has %d questions", len(c.Questions))
	}
	seen := map[string]int{}
	for i, q := range c.Questions {
		line := k.line("questions", i)
		if q == nil {
			k.add(line, "write a question or remove the dash", "a question is empty")
			continue
		}
		if !questionID.MatchString(q.ID) {
			k.add(k.line("questions", i, "id"), "write letters, digits, - or _, at most 32, such as id: q1", "id %q can't be used", q.ID)
		} else if first, taken := seen[q.ID]; taken {
			k.add(k.line("questions", i, "id"), "give each question an id of its own", "id %q is used already (line %d)", q.ID, first)
		} else {
			seen[q.ID] = line
		}
		if q.points < 0 || q.points > maxPoints {
			k.add(k.line("questions", i, "points"), "write 0 to 1000", "%d points can't be given", q.points)
		}
		if c.Draw < len(c.Questions) && q.points != c.Questions[0].pointsOr(q.points) {
			k.add(k.line("questions", i, "points"), "give all questions the same points, or ask them all", "questions are drawn, but this one has other points than the first, so that scores could not be compared")
		}
		k.question(i, q)
	}
}

// pointsOr is the points of a question that may be missing.
func (q *Question) pointsOr(otherwise int) int {
	if q == nil {
		return otherwise
	}
	return q.points
}

func (k checker) question(i int, q *Question) {
	here := checker{d: k.d, ps: k.ps, at: k.place("questions", i)}
	if q.Ask == "" {
		here.add(here.line("ask"), "write ask: with the question", "question %q asks nothing", q.ID)
	}
	content.CheckText(k.d, k.ps, q.Ask, nil, nil, here.place("ask")...)
	content.CheckText(k.d, k.ps, q.Explanation, nil, nil, here.place("explanation")...)
	here.oneOf(string(q.Type), []string{string(Single), string(Multiple), string(TrueFalse), string(Text)}, "type")
	switch q.Type {
	case Single, Multiple:
		if here.options(q) {
			here.answer(q)
		}
	case TrueFalse, Text:
		if len(q.Options) > 0 {
			here.add(here.line("options"), "remove them", "a question of type %s has no options", q.Type)
		}
		here.answer(q)
	}
}

// options looks the options over and tells whether answers can be read with them.
func (k checker) options(q *Question) bool {
	n := len(q.Options)
	if n < minOptions || n > ask.MaxOptions {
		k.add(k.line("options"), "write 2 to 26 options", "question %q has %d options", q.ID, n)
		return false
	}
	seen := map[string]bool{}
	for i, o := range q.Options {
		folded := bot.Normalize(o)
		switch {
		case folded == "":
			k.add(k.line("options", i), "write what the option says", "an option is empty")
		case utf8.RuneCountInString(o) > maxOptionText:
			k.add(k.line("options", i), "shorten it", "an option is longer than %d characters", maxOptionText)
		case seen[folded]:
			k.add(k.line("options", i), "change one of them", "option %q is listed twice", o)
		}
		seen[folded] = true
		content.CheckText(k.d, k.ps, o, nil, nil, k.place("options", i)...)
	}
	return true
}

func (k checker) answer(q *Question) {
	line := k.line("answer")
	if len(q.Answer) == 0 {
		k.add(line, "write answer: with what is right", "question %q has no correct answer", q.ID)
		return
	}
	if q.Type == Text {
		for i, f := range q.spelled {
			if f == "" || utf8.RuneCountInString(f) > maxAnswerText {
				k.add(k.line("answer", i), "write a spelling that is accepted, at most 200 characters", "an accepted answer is empty or too long")
			}
		}
		return
	}
	for _, w := range q.Answer {
		if _, reading := q.options.Read(w); reading != ask.Clear {
			k.add(line, "write letters ("+q.options.Range()+") or the full text of an option", "answer %q names no option of question %q", w, q.ID)
		}
	}
	if q.Type != Multiple && len(q.right) > 1 {
		k.add(line, "keep one, or use type: multiple", "question %q of type %s has %d correct answers", q.ID, q.Type, len(q.right))
	}
}

// checkTexts looks sentences over; at is the place of what holds them.
func checkTexts(d content.Doc, t Texts, ps *content.Problems, at ...any) {
	for _, s := range ask.Sentences(t, DefaultTexts()) {
		holds := append(s.Holds, "{name}", "{keyword}")
		content.CheckText(d, ps, s.Text, holds, nil, append(slices.Clip(at), "texts", s.Key)...)
	}
}

// sizes makes sure that each question fits into one reply together with what is said about the answer before it.
func (k checker) sizes(c *Campaign) {
	for i, q := range c.Questions {
		if q == nil {
			continue
		}
		size, before := len(c.question(q, identity(q.options.Len()), len(c.Questions), len(c.Questions))), noteReserve
		if i == 0 || c.ShuffleQuestions || c.Draw < len(c.Questions) { // it may be the first
			before = max(before, len(c.intro(c.Draw)))
		}
		for j, p := range c.Questions {
			if p != nil && c.follows(i, j) {
				before = max(before, c.longestFeedback(p))
			}
		}
		if size+before > replyBytes {
			k.add(k.line("questions", i), "shorten it, or the introduction or explanation before it (a Chinese character takes 3 bytes)",
				"question %q takes %d bytes and what is said before it up to %d; a reply holds %d", q.ID, size, before, replyBytes)
		}
		if last := c.longestFeedback(q); last+resultsReserve > replyBytes {
			k.add(k.line("questions", i, "explanation"), "shorten it (a Chinese character takes 3 bytes)",
				"the explanation of question %q takes %d bytes and would not fit together with the result", q.ID, last)
		}
	}
}

// follows tells whether question i may be asked right after question j.
func (c *Campaign) follows(i, j int) bool {
	if c.ShuffleQuestions {
		return i != j
	}
	if c.Draw < len(c.Questions) {
		return j < i
	}
	return j == i-1
}

// longestFeedback is the most that is said about an answer to q, in bytes.
func (c *Campaign) longestFeedback(q *Question) int {
	longest := 0
	for _, g := range []given{{Right: true}, {Points: max(q.points-1, 1)}, {}, {Late: true}} {
		g.Question, g.Of = q.ID, q.points
		longest = max(longest, len(c.feedback("", g, len(c.Questions))))
	}
	return longest
}
