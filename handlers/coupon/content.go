package coupon

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"guanjia/bot/ask"
	"guanjia/content"
	"guanjia/store"
)

// Book is the validated content: the campaigns, by priority.
type Book struct {
	campaigns []Campaign
	zone      *time.Location
}

// UnfollowRule is what becomes of a code when its owner stops following.
type UnfollowRule string

// The rules.
const (
	Keep UnfollowRule = "keep"
	Void UnfollowRule = "void"
)

// Campaign gives codes.
type Campaign struct {
	content.Campaign `yaml:",inline"`

	Generate   *Generate      `yaml:"generate"`  // nil: codes are imported
	OnFollow   *bool          `yaml:"on_follow"` // nil: when there are scenes
	OnScan     *bool          `yaml:"on_scan"`   // nil: when there are scenes
	OnUnfollow UnfollowRule   `yaml:"on_unfollow"`
	ValidFor   content.Span   `yaml:"valid_for"`
	ValidUntil content.Moment `yaml:"valid_until"`
	HowTo      string         `yaml:"how_to"`
	Tags       []string       `yaml:"tags"` // given to who gets a code
	Texts      Texts          `yaml:"texts"`
}

// Generate says how codes are made.
type Generate struct {
	Prefix string `yaml:"prefix"`
	Length int    `yaml:"length"` // random characters, between the prefix and the check character
	Limit  *int   `yaml:"limit"`  // how many are given; 0: as many as asked for
}

// file is one content file of this kind. Its texts are for those of its campaigns that have none.
type file struct {
	Campaigns []Campaign `yaml:"campaigns"`
	Texts     Texts      `yaml:"texts"`
}

// Load reads the files of kind coupon.
func Load(docs []content.Doc, zone *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b := &Book{zone: zone}
	ids := content.IDs{}
	for d, f := range content.Files[file](docs, string(Name), &problems) {
		checkTexts(d, f.Texts, &problems)
		for i := range f.Campaigns {
			c := &f.Campaigns[i]
			c.Check(d, ids, &problems, "campaigns", i)
			c.check(d, &problems, "campaigns", i)
			c.complete(f.Texts)
		}
		b.campaigns = append(b.campaigns, f.Campaigns...)
	}
	slices.SortStableFunc(b.campaigns, func(x, y Campaign) int { return x.Priority - y.Priority })
	return b, problems
}

func (c *Campaign) check(d content.Doc, ps *content.Problems, at ...any) {
	line := func(step ...any) int { return d.Line(append(slices.Clip(at), step...)...) }
	if len(c.Keywords)+len(c.MenuKeys)+len(c.kinds()) == 0 {
		ps.Add(d, line(), "give it keywords:, menu_keys:, scenes: or on_follow: true", "nobody can get this coupon")
	}
	if strings.TrimSpace(c.HowTo) == "" {
		ps.Add(d, line("how_to"), "write it for customers, such as how_to: 到任一门店结账时出示券码", "it does not say how to use the code")
	}
	if !slices.Contains([]UnfollowRule{"", Keep, Void}, c.OnUnfollow) {
		ps.Add(d, line("on_unfollow"), "use keep or void", "unfollow rule %q is not known", c.OnUnfollow)
	}
	if !c.ValidFor.IsZero() && !c.ValidUntil.IsZero() {
		ps.Add(d, line("valid_until"), "keep one of the two", "the code has two ends, valid_for and valid_until")
	}
	if from := c.Active.From; !from.IsZero() && !c.ValidUntil.IsZero() && !from.In(time.UTC).Before(c.ValidUntil.In(time.UTC)) {
		ps.Add(d, line("valid_until"), "write an end after the campaign's beginning", "the code is worth nothing when it is given")
	}
	if c.Generate != nil {
		c.Generate.check(d, ps, append(slices.Clip(at), "generate")...)
	}
	content.CheckTags(d, ps, c.Tags, append(slices.Clip(at), "tags")...)
	content.CheckText(d, ps, c.HowTo, nil, nil, append(slices.Clip(at), "how_to")...)
	checkTexts(d, c.Texts, ps, at...)
}

// Bounds of the random part of a code, in characters of 5 bits.
const (
	minRandom     = 6
	maxRandom     = 24
	defaultRandom = 10
)

var prefixText = regexp.MustCompile(`^[` + alphabet + `]{0,8}$`)

func (g *Generate) check(d content.Doc, ps *content.Problems, at ...any) {
	line := func(step string) int { return d.Line(append(slices.Clip(at), step)...) }
	if !prefixText.MatchString(g.Prefix) {
		ps.Add(d, line("prefix"), "use up to 8 digits and capital letters without I, L, O and U, which are misread", "prefix %q can't be used", g.Prefix)
	}
	if g.Length != 0 && (g.Length < minRandom || g.Length > maxRandom) {
		ps.Add(d, line("length"), "write 6 to 24, or leave it out for 10", "%d characters are too few or too many", g.Length)
	}
	switch {
	case g.Limit == nil:
		ps.Add(d, line("limit"), "write limit: 500 for 500 codes, limit: 0 for as many as are asked for", "it does not say how many codes there are")
	case *g.Limit < 0:
		ps.Add(d, line("limit"), "write 0 or more", "%d codes can't be given", *g.Limit)
	case g.Length >= minRandom && float64(*g.Limit) > math.Pow(32, float64(g.Length))/guessable:
		ps.Add(d, line("length"), "make the codes longer or fewer", "with so many short codes, one can be guessed")
	}
}

// guessable is how many tries a code must withstand: one in a million guesses may hit.
const guessable = 1e6

func checkTexts(d content.Doc, t Texts, ps *content.Problems, at ...any) {
	for _, s := range ask.Sentences(t, DefaultTexts()) {
		content.CheckText(d, ps, s.Text, known(s.Key), required(s.Key), append(slices.Clip(at), "texts", s.Key)...)
	}
}

// complete fills in the defaults.
func (c *Campaign) complete(texts Texts) {
	if c.OnUnfollow == "" {
		c.OnUnfollow = Keep
	}
	if c.Generate != nil && c.Generate.Length == 0 {
		c.Generate.Length = defaultRandom
	}
	c.HowTo = strings.TrimSpace(c.HowTo)
	c.Texts = ask.Complete(ask.Complete(c.Texts, texts), DefaultTexts())
}

func (c *Campaign) generator() *store.Generate {
	g := c.Generate
	if g == nil {
		return nil
	}
	return &store.Generate{Limit: *g.Limit, Code: func() (string, error) { return newCode(g.Prefix, g.Length), nil }}
}

// Campaigns lists the campaigns by priority, the disabled ones too.
func (b *Book) Campaigns() []Campaign { return slices.Clone(b.campaigns) }

func (b *Book) campaign(id string) *Campaign {
	for i := range b.campaigns {
		if b.campaigns[i].ID == id {
			return &b.campaigns[i]
		}
	}
	return nil
}
