package kf

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// maxBubbles bounds one chat; the oldest go first.
const maxBubbles = 1000

// Side says who a bubble is from.
type Side string

// The sides.
const (
	SideCustomer Side = "customer"
	SideDesk     Side = "desk"     // the API
	SideServicer Side = "servicer" // a person in their client
	SideSystem   Side = "system"   // what the platform shows, or notes for whoever watches
)

// Path says on which way words of the corp came.
type Path string

// The ways.
const (
	PathSend     Path = "send_msg"
	PathEvent    Path = "on_event" // by a code
	PathServicer Path = "servicer"
)

// Bubble is one line of a chat.
type Bubble struct {
	ID    int64           `json:"id"` // its place in the chat, from 1
	At    time.Time       `json:"at"`
	From  Side            `json:"from"`
	Path  Path            `json:"path,omitempty"`
	Use   string          `json:"use,omitempty"` // of the code: welcome, pool, taken, end
	MsgID string          `json:"msgid,omitempty"`
	Type  string          `json:"type"` // msgtype; of the system: what happened
	Body  json.RawMessage `json:"body,omitempty"`

	Servicer string `json:"servicer,omitempty"`
	After    string `json:"after,omitempty"`     // msgid of what the customer did last before it
	AfterMS  int64  `json:"after_ms,omitempty"`  // since what the customer did last
	FailType *int   `json:"fail_type,omitempty"` // it never arrived: the reason of msg_send_fail
	Recalled bool   `json:"recalled,omitempty"`

	Version int64 `json:"version"` // of the chat when the line changed last
}

// Chat is a customer's chat with a desk as both sides see it.
type Chat struct {
	OpenKfID       string    `json:"open_kfid"`
	ExternalUserID string    `json:"external_userid"`
	Version        int64     `json:"version"` // grows with every change
	State          int       `json:"state"`
	Servicer       string    `json:"servicer,omitempty"`
	Rejects        bool      `json:"rejects"`
	SpokeAt        time.Time `json:"spoke_at,omitzero"`
	Sends          int       `json:"sends"` // messages of the API since the customer's last one
	Bubbles        []Bubble  `json:"bubbles"`
}

// byCustomer tells whether something may be expected to follow.
func (b *Bubble) byCustomer() bool {
	return b.From == SideCustomer || b.From == SideSystem && b.Type == typeEnter
}

// show puts a line into a chat.
func (s *Service) show(now time.Time, x *session, b Bubble) *Bubble {
	x.LastBubble++
	b.ID, b.At = x.LastBubble, now
	if b.From == SideDesk || b.From == SideServicer {
		for _, o := range slices.Backward(x.Bubbles) {
			if o.byCustomer() {
				b.After, b.AfterMS = o.MsgID, now.Sub(o.At).Milliseconds()
				break
			}
		}
	}
	x.Bubbles = append(x.Bubbles, &b)
	if extra := len(x.Bubbles) - maxBubbles; extra > 0 {
		x.Bubbles = slices.Delete(x.Bubbles, 0, extra)
	}
	s.touched(x, &b)
	return &b
}

// Chat is what was said between a customer and a desk, with the lines that have changed since a version of the chat; 0: all. A
// customer who was never there has an empty one.
func (s *Service) Chat(now time.Time, openKfID, customer string, since int64) Chat {
	x := s.session(openKfID, customer)
	if x == nil {
		return Chat{OpenKfID: openKfID, ExternalUserID: customer, State: StateEnded, Bubbles: []Bubble{}}
	}
	c := x.chat(now)
	for _, b := range x.Bubbles {
		if b.Version > since {
			c.Bubbles = append(c.Bubbles, *b)
		}
	}
	return c
}

// chat is a session without its lines.
func (x *session) chat(now time.Time) Chat {
	c := Chat{
		OpenKfID: x.Desk, ExternalUserID: x.Customer, Version: x.Version, State: x.at(now), Rejects: x.Rejects,
		SpokeAt: x.SpokeAt, Sends: x.Sends, Bubbles: []Bubble{},
	}
	if c.State == StateHuman {
		c.Servicer = x.Servicer
	}
	return c
}

// Chats lists the chats of a desk without their lines, the customer who wrote last first.
func (s *Service) Chats(now time.Time, openKfID string) []Chat {
	list := []Chat{}
	for _, x := range s.state.Sessions {
		if x.Desk == openKfID {
			list = append(list, x.chat(now))
		}
	}
	slices.SortFunc(list, func(a, b Chat) int {
		if c := b.SpokeAt.Compare(a.SpokeAt); c != 0 {
			return c
		}
		return strings.Compare(a.ExternalUserID, b.ExternalUserID)
	})
	return list
}

// Text is what a person reads in a line; what is no text is named by its type.
func (b *Bubble) Text() string {
	switch b.Type {
	case "text":
		var t textBody
		_ = json.Unmarshal(b.Body, &t) // written by this package
		return t.Content
	case typeMenu:
		var m menuBody
		_ = json.Unmarshal(b.Body, &m)
		return m.text()
	}
	return "[" + b.Type + "]"
}

// Spoken tells whether a line is words of the corp that arrived.
func (b *Bubble) Spoken() bool {
	return (b.From == SideDesk || b.From == SideServicer) && b.FailType == nil
}

// Offers finds an item of a menu by its words or its id; -1 when the line does not offer it.
func (b *Bubble) Offers(item string) int {
	var m menuBody
	if b.Type != typeMenu || json.Unmarshal(b.Body, &m) != nil {
		return -1
	}
	return slices.IndexFunc(m.List, func(i menuItem) bool {
		return i.words() == item || i.Click != nil && i.Click.ID == item
	})
}

// Person is whoever plays a customer; empty when nobody was met under that id.
func (s *Service) Person(customer string) string {
	if c := s.state.Customers[customer]; c != nil {
		return c.Person
	}
	return ""
}
