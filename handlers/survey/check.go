package survey

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/content"
)

// Limits of what a survey may hold.
const (
	maxQuestions  = 100
	maxOptionText = 200 // characters
	minOptions    = 2
	mostChars     = 10_000 // characters of an answer that may be kept
	replyBytes    = content.MaxTextBytes
	noteReserve   = 300 // bytes that what is said before a question may take
)

var questionID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$`)

// checker looks one campaign over.
type checker struct {
	d  content.Doc
	ps *content.Problems
	at []any // where the campaign, or one of its questions, stands
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
	if len(c.Keywords) == 0 && len(c.MenuKeys) == 0 && len(c.Scenes) == 0 {
		k.add(k.line(), "write keywords:, menu_keys: or scenes:", "nothing leads to this survey")
	}
	if c.MaxChars < 1 || c.MaxChars > mostChars {
		k.add(k.line("max_chars"), "write how many characters of an answer are kept, 1 to 10000", "max_chars %d can't be used", c.MaxChars)
	}
	content.CheckTags(k.d, k.ps, c.Tags, k.place("tags")...)
	k.questions(c)
	checkTexts(d, c.Texts, ps, k.at...)
	c.Texts = ask.Complete(ask.Complete(c.Texts, shared), DefaultTexts())
	if len(*ps) > before { // only what is right can be walked and measured
		return
	}
	k.paths(c)
	if len(*ps) == before {
		k.sizes(c)
	}
}

func (k checker) questions(c *Campaign) {
	if len(c.Questions) == 0 || len(c.Questions) > maxQuestions {
		k.add(k.line("questions"), "write 1 to 100 questions", "a survey has %d questions", len(c.Questions))
	}
	seen := map[string]int{}
	for i, q := range c.Questions {
		here := checker{d: k.d, ps: k.ps, at: k.place("questions", i)}
		if q == nil {
			here.add(here.line(), "write a question or remove the dash", "a question is empty")
			continue
		}
		switch first, taken := seen[q.ID]; {
		case !questionID.MatchString(q.ID) || q.ID == End:
			here.add(here.line("id"), "write letters, digits, - or _, at most 32, and not 'end', such as id: q1", "id %q can't be used", q.ID)
		case taken:
			here.add(here.line("id"), "give each question an id of its own", "id %q is used already (line %d)", q.ID, first)
		default:
			seen[q.ID] = k.d.Line(here.at...)
		}
		here.question(c, q)
	}
}

func (k checker) question(c *Campaign, q *Question) {
	if q.Ask == "" {
		k.add(k.line("ask"), "write ask: with the question", "question %q asks nothing", q.ID)
	}
	content.CheckText(k.d, k.ps, q.Ask, nil, nil, k.place("ask")...)
	types := []string{string(Choice), string(MultiChoice), string(Rating), string(Text), string(Picture)}
	if !slices.Contains(types, string(q.Type)) {
		k.add(k.line("type"), "use one of "+strings.Join(types, ", "), "type %q is not known", q.Type)
	}
	k.target(c, q.Next, "next")
	switch {
	case q.Type == Choice, q.Type == MultiChoice:
		k.options(c, q)
	case len(q.Options) > 0:
		k.add(k.line("options"), "remove them, or use type: choice", "a question of type %s has no options", q.Type)
	}
	if q.AtMost != 0 && (q.Type != MultiChoice || q.AtMost < 1 || q.AtMost > len(q.Options)) {
		k.add(k.line("at_most"), "write a number up to that of the options of a multi_choice question, or remove it", "at_most %d can't be used", q.AtMost)
	}
	if q.Type == Rating {
		k.rating(c, q)
	} else if q.Scale != 0 || len(q.Ranges) > 0 {
		k.add(k.line(), "remove them, or use type: rating", "a question of type %s has no scale and no ranges", q.Type)
	}
}

func (k checker) options(c *Campaign, q *Question) {
	if n := len(q.Options); n < minOptions || n > ask.MaxOptions {
		k.add(k.line("options"), "write 2 to 26 options", "question %q has %d options", q.ID, n)
		return
	}
	seen := map[string]bool{}
	for i, o := range q.Options {
		folded := bot.Normalize(o.Text)
		switch {
		case folded == "":
			k.add(k.line("options", i), "write what the option says", "an option is empty")
		case utf8.RuneCountInString(o.Text) > maxOptionText:
			k.add(k.line("options", i), "shorten it", "an option is longer than %d characters", maxOptionText)
		case seen[folded]:
			k.add(k.line("options", i), "change one of them", "option %q is listed twice", o.Text)
		}
		seen[folded] = true
		content.CheckText(k.d, k.ps, o.Text, nil, nil, k.place("options", i)...)
		k.target(c, o.Next, "options", i, "next")
		if o.Tag != "" {
			k.tag(c, o.Tag, "options", i, "tag")
		}
	}
}

// tag looks over what an answer makes of a person.
func (k checker) tag(c *Campaign, tag string, step ...any) {
	content.CheckTag(k.d, k.ps, tag, k.place(step...)...)
	if c.Anonymous {
		k.add(k.line(step...), "remove it, or write anonymous: false", "a tag would tell what somebody answered to an anonymous survey")
	}
}

func (k checker) rating(c *Campaign, q *Question) {
	if q.Scale != 5 && q.Scale != 10 {
		k.add(k.line("scale"), "write scale: 5 (1 to 5) or scale: 10 (0 to 10)", "scale %d can't be used", q.Scale)
		return
	}
	for i, r := range q.Ranges {
		if r.From > r.To || r.From < q.lowest() || r.To > q.Scale {
			k.add(k.line("ranges", i), "write from: and to: within the scale, from: not above to:", "range %d to %d is not within %d to %d", r.From, r.To, q.lowest(), q.Scale)
		}
		if r.Next == "" {
			k.add(k.line("ranges", i), "write next: with the id of a question, or end", "a range leads nowhere")
		}
		for _, other := range q.Ranges[:i] {
			if r.From <= other.To && other.From <= r.To {
				k.add(k.line("ranges", i), "let each rating be in one range only", "range %d to %d overlaps with %d to %d", r.From, r.To, other.From, other.To)
			}
		}
		k.target(c, r.Next, "ranges", i, "next")
	}
}

// target makes sure that a branch leads to a question.
func (k checker) target(c *Campaign, id string, step ...any) {
	if _, ok := c.byID[id]; !ok && id != "" && id != End {
		k.add(k.line(step...), "write the id of a question of this survey, or end", "there is no question %q to go to", id)
	}
}

// checkTexts looks sentences over; at is the place of what holds them.
func checkTexts(d content.Doc, t Texts, ps *content.Problems, at ...any) {
	for _, s := range ask.Sentences(t, DefaultTexts()) {
		holds := append(s.Holds, "{name}", "{keyword}")
		content.CheckText(d, ps, s.Text, holds, nil, append(slices.Clip(at), "texts", s.Key)...)
	}
}

// paths makes sure that every path ends and that every question is on one.
func (k checker) paths(c *Campaign) {
	walked := c.walk()
	if walked.loop != nil {
		i := c.index(walked.loop[len(walked.loop)-2]) // the question that leads back
		k.add(k.line("questions", i), "let one of them lead to a later question, or to end", "branches can loop for ever: %s", strings.Join(walked.loop, " -> "))
		return
	}
	c.ahead = walked.ahead
	for i, q := range c.Questions {
		if !walked.visited[q.ID] {
			k.add(k.line("questions", i), "let an answer lead to it, or remove it", "question %q can't be reached", q.ID)
		}
	}
}

func (c *Campaign) index(id string) int {
	return slices.IndexFunc(c.Questions, func(q *Question) bool { return q.ID == id })
}

// sizes makes sure that each question fits into one reply together with what is said before it.
func (k checker) sizes(c *Campaign) {
	for i, q := range c.Questions {
		before := noteReserve
		if i == 0 {
			before = max(before, len(c.intro()))
		}
		if size := len(c.question(q, i+1)); size+before > replyBytes {
			k.add(k.line("questions", i), "shorten it (a Chinese character takes 3 bytes)", "question %q takes %d bytes and what is said before it up to %d; a reply holds %d", q.ID, size, before, replyBytes)
		}
	}
}
