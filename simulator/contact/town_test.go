package contact

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// town is a World that a test makes up: Wang and Li are on WeChat, zhangsan and lisi work in the corp.
type town struct {
	members []Member
	people  map[string]Person
	media   map[string]Media
	unbound bool
}

func (t *town) Members() []Member { return t.members }
func (t *town) Person(id string) (Person, bool) {
	p, ok := t.people[id]
	return p, ok
}
func (t *town) Bound() bool { return !t.unbound }
func (t *town) Media(id string, _ time.Time) (Media, bool) {
	m, ok := t.media[id]
	return m, ok
}
func (t *town) Uploaded(url string) bool { return strings.HasPrefix(url, "https://uploaded.example/") }
func (t *town) Linked(appID string) bool { return appID == "wxours" }
func (t *town) CodeURL(id string) string { return "https://codes.example/" + id }

const (
	wang, li, foreigner = "wmWang", "wmLi", "woForeigner"
	zhang, lisi         = "zhangsan", "lisi"
)

// corp is a corp in the hands of a test.
type corp struct {
	t    testing.TB
	book *Book
	town *town
	now  time.Time
	app  string
}

func open(t testing.TB) *corp {
	t.Helper()
	w := &town{
		members: []Member{
			{UserID: zhang, Name: "张三", Contact: true, Active: true}, {UserID: lisi, Name: "李四", Contact: true, Active: true},
			{UserID: "idle", Name: "未激活", Contact: true}, {UserID: "clerk", Name: "无权限", Active: true},
		},
		people: map[string]Person{
			wang: {Name: "小王", Type: TypeWeChat, Gender: 1, UnionID: "oWang"}, li: {Name: "小李", Type: TypeWeChat, UnionID: "oLi"},
			foreigner: {Name: "外企", Type: TypeWeCom},
		},
		media: map[string]Media{
			"picture": {Kind: "image"}, "film": {Kind: "video", Name: "a.mp4"}, "paper": {Kind: "file", Name: "a.pdf"},
			"moment": {Kind: "image", Attachment: true},
		},
	}
	c := &corp{t: t, town: w, now: time.Unix(1760000000, 0), app: "assistant"}
	c.book = Open(&State{}, w)
	c.book.OwnWay("way-shop", "shop", "门店", []string{zhang}, true, c.now)
	c.book.OwnWay("way-ask", "ask", "先问", []string{zhang, lisi}, false, c.now)
	return c
}

func (c *corp) wait(d time.Duration) { c.now = c.now.Add(d) }

// do does an act that must be allowed.
func (c *corp) do(a Act) []Event {
	c.t.Helper()
	events, err := c.book.Do(a, c.now)
	if err != nil {
		c.t.Fatalf("%s: %v", a.Kind, err)
	}
	return events
}

// add is wang who comes through a contact way.
func (c *corp) add(state string) Event {
	c.t.Helper()
	events := c.do(Act{Kind: ActAdd, ExternalUserID: wang, State: state})
	if len(events) != 1 {
		c.t.Fatalf("%d events", len(events))
	}
	return events[0]
}

// answer is what a call of the API came to.
type answer struct {
	code int
	body string // JSON
}

// call calls the API; what is a GET's body is its query.
func (c *corp) call(path, body string) answer {
	c.t.Helper()
	i := slices.IndexFunc(Calls(), func(call Call) bool { return call.Path == path })
	if i < 0 {
		c.t.Fatalf("no call %s", path)
	}
	q := &Request{App: c.app, Now: c.now, Decode: func(v any) error {
		if err := json.NewDecoder(strings.NewReader(body)).Decode(v); err != nil {
			return fail(CodeParameter, "%v", err)
		}
		return nil
	}}
	values, _ := url.ParseQuery(body)
	q.Query = values.Get
	out, err := Calls()[i].Do(c.book, q)
	if refused, ok := errors.AsType[*Error](err); ok {
		return answer{code: refused.Code}
	}
	if err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(out); err != nil {
		c.t.Fatal(err)
	}
	return answer{body: strings.TrimSpace(b.String())}
}

// refused calls the API and wants an errcode.
func (c *corp) refused(code int, path, body string) {
	c.t.Helper()
	if got := c.call(path, body); got.code != code {
		c.t.Errorf("%s %s: errcode %d, want %d; %s", path, body, got.code, code, got.body)
	}
}

// obeyed calls the API and reads the answer into v, which may be nil.
func (c *corp) obeyed(path, body string, v any) {
	c.t.Helper()
	got := c.call(path, body)
	if got.code != 0 {
		c.t.Fatalf("%s %s: errcode %d", path, body, got.code)
	}
	if v != nil {
		if err := json.Unmarshal([]byte(got.body), v); err != nil {
			c.t.Fatal(err)
		}
	}
}

// reads is what the two see, one bubble a line.
func (c *corp) reads(userID, customer string) []string {
	all := []string{}
	for _, l := range c.book.Chat(userID, customer) {
		if l.Kind != KindNote {
			all = append(all, strings.Join([]string{string(l.From), string(l.Kind), l.Text + l.Title + l.MediaID + l.PictureURL}, " "))
		}
	}
	return all
}

func kinds(events []Event) []string {
	all := []string{}
	for _, e := range events {
		all = append(all, strings.Trim(e.ChangeType+" "+e.TagType+e.UpdateDetail, " "))
	}
	return all
}
