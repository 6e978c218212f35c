package quiz

import (
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"guanjia/bot/ask"
	"guanjia/content"
)

// What is used where the content says nothing else.
const (
	defaultPoints       = 10
	defaultAttempts     = 1
	defaultResumeWithin = 72 * time.Hour
)

// Book is the validated content: the campaigns in the order of the files.
type Book struct {
	campaigns []*Campaign
	byID      map[string]*Campaign
	zone      *time.Location
}

// Campaigns are the campaigns that are not disabled.
func (b *Book) Campaigns() []*Campaign { return b.campaigns }

// Campaign finds a campaign, also a disabled one: its results are still there.
func (b *Book) Campaign(id string) (*Campaign, bool) {
	c, ok := b.byID[id]
	return c, ok
}

// Campaign is one quiz.
type Campaign struct {
	content.Campaign `yaml:",inline"`
	Standing         Standing     `yaml:"standing,omitempty"`
	Attempts         int          `yaml:"attempts,omitempty"`
	Draw             int          `yaml:"draw,omitempty"`
	ShuffleQuestions bool         `yaml:"shuffle_questions,omitempty"`
	ShuffleOptions   bool         `yaml:"shuffle_options,omitempty"`
	Explain          Explain      `yaml:"explain,omitempty"`
	Partial          Partial      `yaml:"partial,omitempty"`
	TimePerQuestion  content.Span `yaml:"time_per_question,omitempty"`
	TimePerAttempt   content.Span `yaml:"time_per_attempt,omitempty"`
	ResumeWithin     content.Span `yaml:"resume_within,omitempty"`
	Grace            content.Span `yaml:"grace,omitempty"`
	Leaving          Leaving      `yaml:"leaving,omitempty"`
	Prize            *Prize       `yaml:"prize,omitempty"`
	Tags             []Tag        `yaml:"tags,omitempty"`
	Questions        []*Question  `yaml:"questions"`
	Texts            Texts        `yaml:"texts,omitempty"`

	byID   map[string]*Question
	closes time.Time // no start from here on; zero: never
	zone   *time.Location
}

// Standing is how somebody asks for the own place in the ranking.
type Standing struct {
	Keywords []string `yaml:"keywords,omitempty"`
	MenuKeys []string `yaml:"menu_keys,omitempty"`
}

// Explain says when the right answers are told.
type Explain string

// The moments.
const (
	ExplainEach  Explain = "after_each"
	ExplainAtEnd Explain = "at_end"
	ExplainNever Explain = "never"
)

// Leaving says what becomes of an attempt that somebody leaves after the first answer.
type Leaving string

// The fates.
const (
	// LeavingFinish counts what was answered. It is the default, because whoever could begin again would know the answers.
	LeavingFinish Leaving = "finish"
	// LeavingRestart lets the person begin the attempt again.
	LeavingRestart Leaving = "restart"
)

// Question is one question.
type Question struct {
	ID          string   `yaml:"id"`
	Type        Type     `yaml:"type"`
	Ask         string   `yaml:"ask"`
	Options     []string `yaml:"options,omitempty"`
	Answer      Words    `yaml:"answer"`
	Points      *Whole   `yaml:"points,omitempty"`
	Explanation string   `yaml:"explanation,omitempty"`

	options ask.Options // as in the file; none for text questions
	right   []int       // the right options, ascending
	spelled []string    // the accepted texts, folded
	points  int
}

// Type says how a question is answered.
type Type string

// The types.
const (
	Single    Type = "single"
	Multiple  Type = "multiple"
	TrueFalse Type = "true_false"
	Text      Type = "text"
)

// Words is a list that may be written as a single value. Each is kept as it is written: "answer: no" means the word.
type Words []string

// UnmarshalYAML reads one value or a list of them.
func (w *Words) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		*w = Words{n.Value}
		return nil
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return n.Decode((*[]string)(w)) // the decoder's own complaint, with its line
			}
			*w = append(*w, item.Value)
		}
		return nil
	}
	return n.Decode((*[]string)(w))
}

// file is one content file of this kind. Its texts are for all its campaigns.
type file struct {
	Campaigns []*Campaign `yaml:"campaigns"`
	Texts     Texts       `yaml:"texts,omitempty"`
}

// Load reads the files of kind quiz.
func Load(docs []content.Doc, zone *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b := &Book{byID: map[string]*Campaign{}, zone: zone}
	ids := content.IDs{}
	for d, f := range content.Files[file](docs, string(Name), &problems) {
		checkTexts(d, f.Texts, &problems)
		for i, c := range f.Campaigns {
			if c == nil {
				problems.Add(d, d.Line("campaigns", i), "write a campaign or remove the dash", "a campaign is empty")
				continue
			}
			c.complete(zone)
			c.check(d, ids, f.Texts, &problems, i)
			b.byID[c.ID] = c
			if !c.Disabled {
				b.campaigns = append(b.campaigns, c)
			}
		}
	}
	return b, problems
}

// complete fills in what a campaign may leave out and prepares its questions.
func (c *Campaign) complete(zone *time.Location) {
	c.zone = zone
	if !c.Active.Until.IsZero() {
		c.closes = c.Active.Until.In(zone)
	}
	if c.Attempts == 0 {
		c.Attempts = defaultAttempts
	}
	if c.ResumeWithin.IsZero() {
		c.ResumeWithin.Time = defaultResumeWithin
	}
	orElse(&c.Explain, ExplainEach)
	orElse(&c.Partial, PartialNone)
	orElse(&c.Leaving, LeavingFinish)
	if c.Prize != nil {
		orElse(&c.Prize.Remainder, RemainderRank)
	}
	c.byID = make(map[string]*Question, len(c.Questions))
	for _, q := range c.Questions {
		if q != nil {
			q.complete()
			c.byID[q.ID] = q
		}
	}
	if c.Draw == 0 {
		c.Draw = len(c.Questions)
	}
}

func orElse[S ~string](s *S, otherwise S) {
	if *s == "" {
		*s = otherwise
	}
}

func (q *Question) complete() {
	q.points = defaultPoints
	if q.Points != nil {
		q.points = int(*q.Points)
	}
	q.Ask, q.Explanation = strings.TrimSpace(q.Ask), strings.TrimSpace(q.Explanation)
	switch q.Type {
	case Single, Multiple:
		q.options = optionsOf(q.Options)
	case TrueFalse:
		q.options = truth()
	case Text:
		for _, a := range q.Answer {
			q.spelled = append(q.spelled, fold(a))
		}
		return
	}
	q.right = q.picked(q.Answer)
}

func optionsOf(texts []string) ask.Options {
	options := make([]ask.Option, len(texts))
	for i, t := range texts {
		options[i] = ask.Option{Text: t}
	}
	return ask.NewOptions(options...)
}

// truth is the two options of a true-or-false question.
func truth() ask.Options {
	return ask.NewOptions(
		ask.Option{Text: "对", Also: []string{"对的", "正确", "是", "是的", "√", "✓", "✔", "✅", "true", "t", "yes", "y"}},
		ask.Option{Text: "错", Also: []string{"错的", "错误", "不对", "不正确", "不是", "否", "×", "✗", "✘", "❌", "false", "f", "no", "n"}},
	)
}

// ends is when an open attempt stops counting; zero: never.
func (c *Campaign) ends() time.Time {
	if c.closes.IsZero() {
		return c.closes
	}
	return c.Grace.After(c.closes, c.zone)
}

// over tells whether answers have stopped counting.
func (c *Campaign) over(now time.Time) bool { return !c.closes.IsZero() && !now.Before(c.ends()) }

// keyword is the word that starts the quiz, for sentences; its name when it starts otherwise.
func (c *Campaign) keyword() string {
	if len(c.Keywords) > 0 {
		return c.Keywords[0]
	}
	return c.Name
}
