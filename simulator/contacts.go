package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
)

// contacts is customer contact (客户联系) of all corps: a part of the platform.
type contacts struct {
	world platform.World

	mu    sync.Mutex // guards the books and what is in them
	corps []*contactCorp
}

// contactCorp is customer contact of one corp.
type contactCorp struct {
	*platform.Corp
	town  *contactTown
	book  *contact.Book
	shown int64 // the last line of a chat that the pages know
}

var _ platform.Part = (*contacts)(nil)

// openContacts gives each corp its book. base is the address of the page, for QR codes.
func openContacts(w platform.World, corps []platform.Corp, unbound bool, base string) *contacts {
	c := &contacts{world: w}
	for i := range corps {
		cc := &contactCorp{Corp: &corps[i]}
		cc.town = &contactTown{world: w, corp: cc.Corp, unbound: unbound, base: base}
		cc.open(&contact.State{}, w.Now())
		c.corps = append(c.corps, cc)
	}
	return c
}

// open takes up a state, with the contact ways that the corp is set up with.
func (cc *contactCorp) open(state *contact.State, now time.Time) {
	cc.book = contact.Open(state, cc.town)
	for i, w := range cc.Ways {
		cc.book.OwnWay(wayID(cc.ID, w, i), w.State, w.Title, w.Members, w.SkipVerify, now)
	}
	if n := len(state.Lines); n > 0 {
		cc.shown = state.Lines[n-1].ID
	}
}

// wayID is the config id of a way that the corp is set up with: the same each time.
func wayID(corpID string, w platform.Way, place int) string {
	return drawnID(0, corpID+"\x00"+w.State, strconv.Itoa(place))[:32]
}

// register adds the calls of the API.
func (c *contacts) register(api *platform.API) {
	for _, call := range contact.Calls() {
		method := "POST"
		if call.Get {
			method = "GET"
		}
		api.Handle(method+" /cgi-bin/externalcontact/"+call.Path, platform.ByAppWith(platform.RightContact), func(q *platform.Call) (any, error) {
			return c.call(call, q)
		})
	}
}

// call obeys one call of the API. Nothing is pushed because of it but what was due before, unless the console wants echoes.
func (c *contacts) call(call contact.Call, q *platform.Call) (any, error) {
	cc, err := c.corp(q.Corp.ID)
	if err != nil {
		return nil, err
	}
	var unread error // the frame's own refusal of a body
	request := &contact.Request{App: q.App.Name, Now: q.Now, Query: q.Query.Get, Decode: func(v any) error {
		unread = q.Decode(v)
		return unread
	}}
	c.mu.Lock()
	due := cc.book.Settle(q.Now)
	answer, err := call.Do(cc.book, request)
	due = append(due, cc.book.Settle(q.Now)...)
	if err == nil && !call.Reads || len(due) > 0 || cc.news() {
		c.changed(cc)
	}
	body, encodeErr := frozen(answer)
	c.mu.Unlock()
	c.push(cc.ID, due)
	refused, ok := errors.AsType[*contact.Error](err)
	switch {
	case unread != nil:
		return nil, unread
	case ok:
		return nil, platform.Refuse(refused.Code, "%s", refused.Why)
	case err != nil:
		return nil, err
	}
	return body, encodeErr
}

// frozen is an answer that no longer shares anything with the book.
func frozen(answer any) (any, error) {
	if answer == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(answer)
	return json.RawMessage(b.Bytes()), err
}

// corp finds a corp by id.
func (c *contacts) corp(id string) (*contactCorp, error) {
	i := slices.IndexFunc(c.corps, func(cc *contactCorp) bool { return cc.ID == id })
	if i < 0 {
		return nil, refuse(codeNotFound, "没有企业 %q", id)
	}
	return c.corps[i], nil
}

// news tells whether a chat has lines that the pages do not know.
func (cc *contactCorp) news() bool {
	n := len(cc.book.Lines)
	return n > 0 && cc.book.Lines[n-1].ID > cc.shown
}

// changed shows the pages what is new in the chats, says that there is news, and keeps it; c.mu is held.
func (c *contacts) changed(cc *contactCorp) {
	news := contactNews{Corp: cc.ID, Lines: []contact.Line{}}
	for _, l := range slices.Backward(cc.book.Lines) {
		if l.ID <= cc.shown {
			break
		}
		news.Lines = append(news.Lines, *l)
	}
	slices.Reverse(news.Lines)
	if n := len(news.Lines); n > 0 {
		cc.shown = news.Lines[n-1].ID
	}
	c.world.Show("contact", news)
	c.world.Changed()
}

// contactNews is what pages hear of: lines that are new in the chats, and that the rest may have changed.
type contactNews struct {
	Corp  string         `json:"corp"`
	Lines []contact.Line `json:"lines"`
}

// Contacted is an act of customer contact and what came of it.
type Contacted struct {
	Events []contact.Event `json:"events"` // as they were pushed
	Told   []platform.Told `json:"told"`   // what came of each
}

// act does an act and tells the apps of it, one event after the other. When ctx ends before, the rest is told all the same.
func (c *contacts) act(ctx context.Context, corpID string, a contact.Act) (Contacted, error) {
	cc, err := c.corp(corpID)
	if err != nil {
		return Contacted{}, err
	}
	c.mu.Lock()
	events, err := cc.book.Do(a, c.world.Now())
	c.changed(cc)
	c.mu.Unlock()
	done := Contacted{Events: append([]contact.Event{}, events...), Told: []platform.Told{}}
	for _, e := range events {
		done.Told = append(done.Told, c.tell(ctx, cc.ID, e))
	}
	if refused, ok := errors.AsType[*contact.Refused](err); ok {
		return done, refuse(codeConflict, "%s", refused.Why)
	}
	return done, err
}

// settle lets happen what was due.
func (c *contacts) settle() {
	for _, cc := range c.corps {
		c.mu.Lock()
		due := cc.book.Settle(c.world.Now())
		if len(due) > 0 || cc.news() {
			c.changed(cc)
		}
		c.mu.Unlock()
		c.push(cc.ID, due)
	}
}

// push sends events on their way.
func (c *contacts) push(corpID string, events []contact.Event) {
	for _, e := range events {
		_ = c.world.Push(pushOf(corpID, e, c.world.Lot(2) == 0)) // when no app listens nothing is lost
	}
}

// tell pushes an event to every app that may have it.
func (c *contacts) tell(ctx context.Context, corpID string, e contact.Event) platform.Told {
	if ctx.Err() != nil {
		c.push(corpID, []contact.Event{e})
		return platform.Told{}
	}
	told, err := c.world.Tell(ctx, pushOf(corpID, e, c.world.Lot(2) == 0))
	switch {
	case errors.Is(err, errNoApp):
		told.Why = "没有应用接收客户联系的回调"
	case err != nil:
		told.Why = "没有等到应用的应答"
	}
	return told
}

// Remember implements platform.Part.
func (c *contacts) Remember() (json.RawMessage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := map[string]*contact.State{}
	for _, cc := range c.corps {
		kept[cc.ID] = cc.book.State
	}
	return json.Marshal(kept)
}

// Recall implements platform.Part.
func (c *contacts) Recall(data json.RawMessage) error {
	var kept map[string]*contact.State
	if err := json.Unmarshal(data, &kept); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cc := range c.corps {
		if state := kept[cc.ID]; state != nil {
			cc.open(state, c.world.Now())
		}
	}
	return nil
}
