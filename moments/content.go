package moments

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/schedule"
)

// Kind is that of the content files.
const Kind = "moments"

// Limits of a post (WeCom docs, 创建发表任务).
const (
	MaxText     = 2000 // characters
	MaxPictures = 9
	MaxTitle    = 64 // characters of a link's title
)

// MaxPerDay is how many posts an account puts up in a day: more is what people mute. It is what the retailers' teams allow themselves.
const MaxPerDay = 3

// Category is what a post is about.
type Category string

// The categories.
const (
	KnowHow   Category = "know-how"
	News      Category = "news"
	Marketing Category = "marketing"
	Life      Category = "life"
	Other     Category = "other"
)

// Categories lists them in the order in which they are shown.
func Categories() []Category { return []Category{KnowHow, News, Marketing, Life, Other} }

// Book is the validated content.
type Book struct {
	posts []Post
	// Target is how much of everything is meant to be of each category, in percent.
	Target map[Category]int
}

// Posts lists them.
func (b *Book) Posts() []Post { return b.posts }

// Post is one post of the calendar.
type Post struct {
	ID       string          `yaml:"id"`
	Account  bot.AccountName `yaml:"account"`
	Date     content.Moment  `yaml:"date"`
	Category Category        `yaml:"category"`
	Text     string          `yaml:"text"`
	Pictures []string        `yaml:"pictures"`
	Link     *Link           `yaml:"link"`
	Members  []string        `yaml:"members"` // who are asked to publish it; empty: everybody with customers
	Tags     []string        `yaml:"tags"`    // ids of corp tags: whose customers see it; empty: all
	Grace    content.Span    `yaml:"grace"`
	Disabled bool            `yaml:"disabled"`

	at      time.Time
	day     string
	version string
}

// Link is a page that a post leads to.
type Link struct {
	Title   string `yaml:"title"`
	URL     string `yaml:"url"`
	Picture string `yaml:"picture"`
}

// At is when it is due.
func (p *Post) At() time.Time { return p.at }

type file struct {
	Target map[Category]int `yaml:"target"`
	Posts  []Post           `yaml:"posts"`
}

// defaultTarget is the mix of a retailer whose customers stayed.
func defaultTarget() map[Category]int {
	return map[Category]int{KnowHow: 43, News: 25, Marketing: 12, Life: 6, Other: 14}
}

// defaultGrace is how late a post still makes sense.
const defaultGrace = 6 * time.Hour

// Load reads the files of kind moments.
func Load(docs []content.Doc, zone *time.Location) (*Book, content.Problems) {
	var problems content.Problems
	b, ids, target := &Book{Target: defaultTarget()}, content.IDs{}, ""
	perDay := map[string]int{}
	for d, f := range content.Files[file](docs, Kind, &problems) {
		if f.Target != nil {
			checkTarget(d, f.Target, target, &problems)
			b.Target, target = f.Target, d.File
		}
		for i := range f.Posts {
			p := &f.Posts[i]
			c := checker{d: d, ps: &problems, at: []any{"posts", i}, Post: p}
			c.check(ids, zone)
			if key := string(p.Account) + " " + p.day; !p.Disabled {
				if perDay[key]++; perDay[key] == MaxPerDay+1 {
					c.problem("move one to another day", fmt.Sprintf("more than %d posts on %s", MaxPerDay, p.day), "date")
				}
				b.posts = append(b.posts, *p)
			}
		}
	}
	return b, problems
}

func checkTarget(d content.Doc, target map[Category]int, first string, ps *content.Problems) {
	if first != "" {
		ps.Add(d, d.Line("target"), "keep one", "%s has a target too", first)
	}
	sum := 0
	for c, share := range target {
		sum += share
		if !known(c) || share < 0 {
			ps.Add(d, d.Line("target", string(c)), "write "+names(), "target %q: %d can't be used", c, share)
		}
	}
	if sum != 100 {
		ps.Add(d, d.Line("target"), "write shares that are 100 together", "the target is %d percent", sum)
	}
}

// checker looks one post over.
type checker struct {
	d  content.Doc
	ps *content.Problems
	at []any
	*Post
}

func (c *checker) problem(remedy, what string, step ...any) {
	c.ps.Add(c.d, c.d.Line(append(append([]any{}, c.at...), step...)...), remedy, "%s", what)
}

func (c *checker) check(ids content.IDs, zone *time.Location) {
	head := content.Campaign{ID: c.ID, Name: "朋友圈"}
	head.Check(c.d, ids, c.ps, c.at...)
	if c.Account != "" {
		content.CheckAccounts(c.d, []bot.AccountName{c.Account}, c.ps, append(append([]any{}, c.at...), "account")...)
	}
	if c.Date.IsZero() {
		c.problem("write date: 2026-12-01 12:00", "a post has no date", "date")
	}
	if !known(c.Category) {
		c.problem("write "+names(), fmt.Sprintf("category %q is not known", c.Category), "category")
	}
	if c.Text == "" && len(c.Pictures) == 0 && c.Link == nil {
		c.problem("write text:, pictures: or link:", "a post is empty")
	}
	if utf8.RuneCountInString(c.Text) > MaxText {
		c.problem("shorten it", fmt.Sprintf("the text is longer than %d characters", MaxText), "text")
	}
	content.CheckText(c.d, c.ps, c.Text, nil, nil, append(append([]any{}, c.at...), "text")...)
	c.pictures()
	c.reckon(zone)
}

func (c *checker) pictures() {
	if len(c.Pictures) > MaxPictures {
		c.problem("keep the best", fmt.Sprintf("more than %d pictures", MaxPictures), "pictures")
	}
	for i, name := range c.Pictures {
		content.CheckFile(c.d, c.ps, name, content.FormMoment, append(append([]any{}, c.at...), "pictures", i)...)
	}
	if c.Link == nil {
		return
	}
	if len(c.Pictures) > 0 {
		c.problem("keep one of pictures: and link:", "a post shows pictures or a link", "link")
	}
	if !strings.HasPrefix(c.Link.URL, "https://") && !strings.HasPrefix(c.Link.URL, "http://") {
		c.problem("write the whole link, with https://", "a link is missing or not complete", "link", "url")
	}
	if utf8.RuneCountInString(c.Link.Title) > MaxTitle {
		c.problem("shorten it", fmt.Sprintf("the title is longer than %d characters", MaxTitle), "link", "title")
	}
	content.CheckFile(c.d, c.ps, c.Link.Picture, content.FormMoment, append(append([]any{}, c.at...), "link", "picture")...)
}

// reckon says when it is due.
func (c *checker) reckon(zone *time.Location) {
	if !c.Date.IsZero() {
		c.Post.at = c.Date.In(zone)
		c.day = c.Post.at.Format(time.DateOnly)
	}
	if c.Grace.IsZero() {
		c.Grace = content.Span{Time: defaultGrace}
	}
	c.version = schedule.Version(c.Post)
}

func known(c Category) bool {
	for _, k := range Categories() {
		if k == c {
			return true
		}
	}
	return false
}

func names() string {
	all := make([]string, 0, len(Categories()))
	for _, c := range Categories() {
		all = append(all, string(c))
	}
	return strings.Join(all, ", ")
}
