package welcome

import (
	"fmt"
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/content"
)

// Book is the validated content: the rules, narrowest first.
type Book struct {
	rules []Rule
	zone  *time.Location
}

// Rule says what to say on which occasion.
type Rule struct {
	Event     Trigger           `yaml:"event"`
	Scenes    []bot.Scene       `yaml:"scenes"`
	Members   []string          `yaml:"members"` // of WeCom's staff, by user id
	Followers Audience          `yaml:"followers"`
	Accounts  []bot.AccountName `yaml:"accounts"`
	Active    content.Active    `yaml:"active"`
	Disabled  bool              `yaml:"disabled"`
	Reply     []bot.Message     `yaml:"reply"`

	place string // file:line, to name it in problems
}

// file is one content file of this kind.
type file struct {
	Rules []Rule `yaml:"rules"`
}

// Load reads the files of kind welcome.
func Load(docs []content.Doc, zone *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b := &Book{zone: zone}
	for d, f := range content.Files[file](docs, string(Name), &problems) {
		for i := range f.Rules {
			r := &f.Rules[i]
			r.complete(d, i)
			r.check(d, i, &problems)
			if r.Disabled {
				continue
			}
			if first := b.hiding(r); first != nil {
				problems.Add(d, d.Line("rules", i), "remove one of the two, or narrow this one", "this rule is never used: the one at %s says something on the same occasions", first.place)
			}
			b.rules = append(b.rules, *r)
		}
	}
	slices.SortStableFunc(b.rules, narrower)
	return b, problems
}

// complete fills in what a rule may leave out.
func (r *Rule) complete(d content.Doc, i int) {
	r.place = fmt.Sprintf("%s:%d", d.File, d.Line("rules", i))
	if r.Event == "" {
		r.Event = OnFollow
	}
	if r.Followers == "" {
		r.Followers = AnyFollower
	}
}

func (r *Rule) check(d content.Doc, i int, ps *content.Problems) {
	if !slices.Contains([]Trigger{OnFollow, OnScan, OnFirstMessage, OnEnter}, r.Event) {
		ps.Add(d, d.Line("rules", i, "event"), "use follow, scan, first_message or enter", "event %q is not known", r.Event)
	}
	if !slices.Contains([]Audience{AnyFollower, NewFollower, ReturningFollower}, r.Followers) {
		ps.Add(d, d.Line("rules", i, "followers"), "use any, new or returning", "followers %q are not known", r.Followers)
	}
	if len(r.Reply) == 0 {
		ps.Add(d, d.Line("rules", i), "write reply: with at least one message", "this rule says nothing")
	}
	content.CheckReply(d, ps, r.Reply, "rules", i, "reply")
	for m, id := range r.Members {
		if id == "" {
			ps.Add(d, d.Line("rules", i, "members", m), "write the account of the member, as the address book shows it (账号)", "the id of a member is empty")
		}
	}
	content.CheckScenes(d, r.Scenes, ps, "rules", i, "scenes")
	content.CheckAccounts(d, r.Accounts, ps, "rules", i, "accounts")
	r.Active.Check(d, ps, "rules", i, "active")
}

// hiding finds the rule that keeps r from ever being used.
func (b *Book) hiding(r *Rule) *Rule {
	for i := range b.rules {
		if b.rules[i].hides(r) {
			return &b.rules[i]
		}
	}
	return nil
}

func (b *Book) has(on Trigger) bool {
	return slices.ContainsFunc(b.rules, func(r Rule) bool { return r.Event == on })
}
