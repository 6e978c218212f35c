package broadcast

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/segment"
)

// Kind is how a broadcast reaches people.
type Kind string

// The kinds.
const (
	ToPeople  Kind = "people"     // a push for each
	Mass      Kind = "mass"       // mass message of an official account, by one of its tags (群发)
	GroupSend Kind = "group_send" // mass message to contacts that the staff confirm (企业群发)
	ToGroups  Kind = "groups"     // the same, to customers' groups
	Robot     Kind = "robot"      // robot of a group (群机器人)
)

// fileKind is the kind of the files that hold a draft.
const fileKind = "broadcast"

// Draft is what a broadcast says and to whom.
type Draft struct {
	ID       string          `yaml:"id" json:"id"`
	Name     string          `yaml:"name" json:"name"`
	Account  bot.AccountName `yaml:"account" json:"account"`
	To       Kind            `yaml:"to,omitempty" json:"to"`
	Segment  string          `yaml:"segment,omitempty" json:"segment,omitempty"`
	Ways     []string        `yaml:"ways,omitempty" json:"ways,omitempty"`
	Priority string          `yaml:"priority,omitempty" json:"priority,omitempty"`
	Topic    string          `yaml:"topic,omitempty" json:"topic,omitempty"`
	Expires  string          `yaml:"expires,omitempty" json:"expires,omitempty"` // after its start

	Messages  []bot.Message `yaml:"messages,omitempty" json:"messages,omitempty"`
	Template  *Template     `yaml:"template,omitempty" json:"template,omitempty"`
	Subscribe *Template     `yaml:"subscribe,omitempty" json:"subscribe,omitempty"`

	Tag     int64    `yaml:"tag,omitempty" json:"tag,omitempty"`         // mass: id of a tag of the official account
	Article string   `yaml:"article,omitempty" json:"article,omitempty"` // mass: media id of an article in the account's drafts, instead of messages
	All     bool     `yaml:"all,omitempty" json:"all,omitempty"`         // mass: all followers instead
	Senders []string `yaml:"senders,omitempty" json:"senders,omitempty"` // group_send, groups: user ids of the staff who send
	Chats   []string `yaml:"chats,omitempty" json:"chats,omitempty"`     // groups: only these
	Robot   string   `yaml:"robot,omitempty" json:"robot,omitempty"`     // robot: its name in BOT_ROBOTS
}

// Template is a template message or subscription notification.
type Template struct {
	ID   string            `yaml:"id" json:"id"`
	URL  string            `yaml:"url,omitempty" json:"url,omitempty"`
	App  string            `yaml:"app,omitempty" json:"app,omitempty"`
	Page string            `yaml:"page,omitempty" json:"page,omitempty"`
	Data map[string]string `yaml:"data,omitempty" json:"data,omitempty"`
}

var (
	idText = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	// articleText is what media ids are made of.
	articleText = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	topicText   = regexp.MustCompile(`^[\pL\pN_-]{0,64}$`)
)

// maxDraft bounds a draft, in bytes.
const maxDraft = 256 << 10

// ParseDraft reads and checks a draft in YAML, or in JSON, which is YAML too. file names it in problems.
func ParseDraft(file string, text []byte) (Draft, content.Problems) {
	if len(text) > maxDraft {
		return Draft{}, content.Problems{{File: file, What: "is larger than 256 KiB", Remedy: "shorten it: a broadcast says a few messages"}}
	}
	doc, ps := content.Parse(file, text, []string{fileKind})
	if ps != nil {
		return Draft{}, ps
	}
	var d Draft
	if ps := doc.Decode(&d); ps != nil {
		return Draft{}, ps
	}
	return d, d.check(doc)
}

func (d *Draft) check(doc content.Doc) (ps content.Problems) {
	bad := func(key, what, remedy string) { ps.Add(doc, doc.Line(key), remedy, "%s", what) }
	if d.To == "" {
		d.To = ToPeople
	}
	if d.Priority == "" {
		d.Priority = policy.Campaign.String()
	}
	if !idText.MatchString(d.ID) {
		bad("id", fmt.Sprintf("id %q can't be used", d.ID), "write lower-case letters, digits, - or _, at most 64, such as id: live-1224")
	}
	if strings.TrimSpace(d.Name) == "" || len(d.Name) > 4*content.MaxNameLength {
		bad("name", "the name is missing or too long", "write the name that reports show, such as name: 平安夜直播")
	}
	if d.Account == "" && d.To != Robot {
		bad("account", "the account is missing", "write the name of one of BOT_ACCOUNTS")
	}
	if _, ok := policy.ParsePriority(d.Priority); !ok {
		bad("priority", fmt.Sprintf("priority %q is not known", d.Priority), "use one of service, major, campaign, tip")
	}
	if !topicText.MatchString(d.Topic) {
		bad("topic", fmt.Sprintf("topic %q can't be used", d.Topic), "write letters and digits, as in the consent's content")
	}
	if d.Expires != "" {
		if _, err := content.ParseSpan(d.Expires); err != nil {
			bad("expires", err.Error(), "write how long after its start it still makes sense, such as expires: 48h")
		}
	}
	content.CheckReply(doc, &ps, d.Messages, "messages")
	d.checkKind(bad)
	return ps
}

// checkKind looks at what each kind needs.
func (d *Draft) checkKind(bad func(key, what, remedy string)) {
	says := len(d.Messages) > 0
	switch d.To {
	case ToPeople:
		if !says && d.Template == nil && d.Subscribe == nil {
			bad("messages", "it says nothing", "write messages:, template: or subscribe:")
		}
		d.checkWays(bad)
		d.checkTemplates(bad)
	case Mass:
		if d.Segment != "" {
			bad("segment", "a mass message goes to a tag of the platform and not to a segment", "write tag: with the id of the official account's tag, or use to: people")
		}
		if (d.Tag == 0) == !d.All {
			bad("tag", "it is not clear to whom the mass message goes", "write tag: with the id of a tag, or all: true")
		}
		if d.Article != "" && (says || !articleText.MatchString(d.Article)) {
			bad("article", "the article can't be sent", "write article: with the media id of a draft of the official account, and no messages:")
		}
		if d.Article == "" && len(d.Messages) != 1 {
			bad("messages", "a mass message is one message", "write exactly one below messages:, or article:")
		}
	case GroupSend, ToGroups, Robot:
		if !says {
			bad("messages", "it says nothing", "write messages:")
		}
	default:
		bad("to", fmt.Sprintf("%q is no way to reach people", d.To), "use one of people, mass, group_send, groups, robot")
	}
	if d.Article != "" && d.To != Mass {
		bad("article", "only a mass message can be an article", "write to: mass, or messages: with a card that links to it")
	}
	if d.To == ToGroups && len(d.Senders) == 0 {
		bad("senders", "nobody sends it", "write senders: with the user ids of owners of groups")
	}
	if d.To == GroupSend && len(d.Senders) > 1 {
		bad("senders", "a message to contacts has one sender", "leave senders: out, so that whoever has the customer is asked; or write one")
	}
	if d.To == Robot && d.Robot == "" {
		bad("robot", "the robot is missing", "write robot: with a name of BOT_ROBOTS")
	}
	if d.To == ToPeople || d.To == GroupSend {
		d.checkSegment(bad)
	}
}

func (d *Draft) checkSegment(bad func(key, what, remedy string)) {
	_, err := segment.Parse(d.Segment)
	if p, ok := err.(*segment.Problem); ok { //nolint:errorlint // Parse gives nothing else
		bad("segment", fmt.Sprintf("segment, character %d: %s", p.Pos+1, p.What), p.Remedy)
	}
}

func (d *Draft) checkWays(bad func(key, what, remedy string)) {
	for _, w := range d.Ways {
		switch {
		case policy.Way(w) == policy.GroupSend:
			bad("ways", "a broadcast to people can't go by group_send: the staff would get a task for each of them", "write to: group_send, which asks them once")
		case !slices.Contains(outbound.DefaultWays(), policy.Way(w)):
			bad("ways", fmt.Sprintf("way %q is not known", w), "use some of custom, kf, app, subscribe, template, next_visit, in the order in which they are tried")
		}
	}
}

func (d *Draft) checkTemplates(bad func(key, what, remedy string)) {
	for key, t := range map[string]*Template{"template": d.Template, "subscribe": d.Subscribe} {
		if t != nil && (t.ID == "" || len(t.Data) == 0) {
			bad(key, "a template needs its id and its data", "write id: and data: with a value for each keyword of the template")
		}
	}
}

// campaign is the name under which its pushes are paused and counted.
func campaign(id string) string { return "broadcast:" + id }

// content is what a push of it says.
func (d *Draft) content() outbound.Content {
	turn := func(t *Template) *outbound.Template {
		if t == nil {
			return nil
		}
		return &outbound.Template{ID: t.ID, URL: t.URL, App: t.App, Page: t.Page, Data: t.Data}
	}
	return outbound.Content{Messages: d.Messages, Template: turn(d.Template), Subscribe: turn(d.Subscribe)}
}

// push is the push for one person.
func (d *Draft) push(to bot.Person) outbound.Push {
	p := outbound.Push{To: to, Cause: campaign(d.ID), Campaign: campaign(d.ID), Topic: d.Topic, Content: d.content()}
	p.Priority, _ = policy.ParsePriority(d.Priority)
	for _, w := range d.Ways {
		p.Ways = append(p.Ways, policy.Way(w))
	}
	return p
}

func encode(d Draft) []byte {
	b, _ := json.Marshal(d) // plain data
	return b
}

func decode(b []byte) (d Draft, err error) {
	if err := json.Unmarshal(b, &d); err != nil {
		return Draft{}, fmt.Errorf("read a draft: %w", err)
	}
	return d, nil
}
