package survey

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"guanjia/bot/ask"
	"guanjia/content"
)

// What is used where the content says nothing else.
const (
	defaultMaxChars     = 2000
	defaultResumeWithin = 72 * time.Hour
	defaultScale        = 5
)

// End is the name of no question: where a path ends.
const End = "end"

// Book is the validated content: the campaigns in the order of the files.
type Book struct {
	campaigns []*Campaign
	byID      map[string]*Campaign
}

// Campaigns are the campaigns that are not disabled.
func (b *Book) Campaigns() []*Campaign { return b.campaigns }

// Campaign finds a campaign, also a disabled one: its results are still there.
func (b *Book) Campaign(id string) (*Campaign, bool) {
	c, ok := b.byID[id]
	return c, ok
}

// Campaign is one survey.
type Campaign struct {
	content.Campaign `yaml:",inline"`
	Anonymous        bool         `yaml:"anonymous,omitempty"`
	Again            Again        `yaml:"again,omitempty"`
	KeepPartial      bool         `yaml:"keep_partial,omitempty"`
	ResumeWithin     content.Span `yaml:"resume_within,omitempty"`
	MaxChars         int          `yaml:"max_chars,omitempty"`
	Tags             []string     `yaml:"tags,omitempty"` // given to who answers to the end
	Questions        []*Question  `yaml:"questions"`
	Texts            Texts        `yaml:"texts,omitempty"`

	byID  map[string]*Question
	ahead map[string]int // questions on the longest way from one to the end, itself included
	zone  *time.Location
}

// Question is one question.
type Question struct {
	ID       string   `yaml:"id"`
	Type     Type     `yaml:"type"`
	Ask      string   `yaml:"ask"`
	Options  []Option `yaml:"options,omitempty"`
	AtMost   int      `yaml:"at_most,omitempty"`
	Scale    int      `yaml:"scale,omitempty"`
	Ranges   []Range  `yaml:"ranges,omitempty"`
	Optional bool     `yaml:"optional,omitempty"`
	Next     string   `yaml:"next,omitempty"`

	options ask.Options
	after   string // the question after it in the file, or End
}

// Type says how a question is answered.
type Type string

// The types.
const (
	Choice      Type = "choice"
	MultiChoice Type = "multi_choice"
	Rating      Type = "rating"
	Text        Type = "text"
	Picture     Type = "picture"
)

// Option is one answer to choose: a text, or a block of text, next and tag.
type Option struct {
	Text string
	Next string
	Tag  string // given to who chooses it and answers to the end
}

// UnmarshalYAML reads "早上" or {text: 早上, next: end, tag: 早起}.
func (o *Option) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return n.Decode(&o.Text)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		into := map[string]*string{"text": &o.Text, "next": &o.Next, "tag": &o.Tag}[key.Value]
		if into == nil {
			return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: field %s not found in type survey.Option", key.Line, key.Value)}}
		}
		if err := value.Decode(into); err != nil {
			return err
		}
	}
	return nil
}

// Range is where a rating leads that lies between its ends, which belong to it.
type Range struct {
	From int    `yaml:"from"`
	To   int    `yaml:"to"`
	Next string `yaml:"next"`
}

// Again says whether somebody may answer more than once: never, always, or after a span of time.
type Again struct {
	Always bool
	After  content.Span
}

// UnmarshalYAML reads "never", "always" or "after 30d".
func (a *Again) UnmarshalYAML(n *yaml.Node) error {
	switch span, isSpan := strings.CutPrefix(n.Value, "after "); {
	case n.Value == "never":
		*a = Again{}
	case n.Value == "always":
		*a = Again{Always: true}
	case isSpan:
		parsed, err := content.ParseSpan(strings.TrimSpace(span))
		if err != nil {
			return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %v", n.Line, err)}}
		}
		*a = Again{After: parsed}
	default:
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: again %q is not known: write never, always or after 30d", n.Line, n.Value)}}
	}
	return nil
}

// allows tells whether somebody who answered at done may answer again now.
func (a Again) allows(done, now time.Time, zone *time.Location) bool {
	if a.Always {
		return true
	}
	return !a.After.IsZero() && !now.Before(a.After.After(done, zone))
}

// file is one content file of this kind. Its texts are for all its campaigns.
type file struct {
	Campaigns []*Campaign `yaml:"campaigns"`
	Texts     Texts       `yaml:"texts,omitempty"`
}

// Load reads the files of kind survey.
func Load(docs []content.Doc, zone *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b := &Book{byID: map[string]*Campaign{}}
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
	if c.ResumeWithin.IsZero() {
		c.ResumeWithin.Time = defaultResumeWithin
	}
	if c.MaxChars == 0 {
		c.MaxChars = defaultMaxChars
	}
	c.byID = make(map[string]*Question, len(c.Questions))
	after := End
	for i := len(c.Questions) - 1; i >= 0; i-- {
		q := c.Questions[i]
		if q == nil {
			continue
		}
		q.after = after
		q.complete()
		c.byID[q.ID] = q
		after = q.ID
	}
}

func (q *Question) complete() {
	q.Ask = strings.TrimSpace(q.Ask)
	if q.Type == Rating && q.Scale == 0 {
		q.Scale = defaultScale
	}
	options := make([]ask.Option, len(q.Options))
	for i, o := range q.Options {
		options[i] = ask.Option{Text: o.Text}
	}
	q.options = ask.NewOptions(options...)
}

// keyword is the word that opens the survey, for sentences; its name when it opens otherwise.
func (c *Campaign) keyword() string {
	if len(c.Keywords) > 0 {
		return c.Keywords[0]
	}
	return c.Name
}
