package kf

import (
	"errors"
	"slices"
	"strings"
	"time"

	"guanjia/simulator/platform"
)

// maxRefused bounds what a desk remembers of refused messages.
const maxRefused = 1000

// Refused is a message of the API that nobody saw, and why.
type Refused struct {
	At             time.Time `json:"at"`
	Call           string    `json:"call"`           // send_msg or send_msg_on_event
	Code           string    `json:"code,omitempty"` // what the code was for: welcome, pool, taken, end
	ExternalUserID string    `json:"external_userid,omitempty"`
	MsgID          string    `json:"msgid,omitempty"`
	MsgType        string    `json:"msgtype,omitempty"`
	ErrCode        int       `json:"errcode"` // 0: it was answered ok, and not shown all the same
	Why            string    `json:"why"`
}

// Turn is one message of a customer, or their coming in, and what followed it before the next one.
type Turn struct {
	ExternalUserID string   `json:"external_userid"`
	Message        Bubble   `json:"message"`
	Replies        []Bubble `json:"replies"`
}

// Ledger is what a desk was asked and what it answered.
type Ledger struct {
	Turns   []Turn    `json:"turns"` // oldest first
	Refused []Refused `json:"refused"`
}

// Ledger tells which replies followed each message of a customer, or of everybody when customer is empty.
func (s *Service) Ledger(openKfID, customer string) Ledger {
	l := Ledger{Turns: []Turn{}, Refused: []Refused{}}
	for _, x := range s.state.Sessions {
		if x.Desk == openKfID && (customer == "" || x.Customer == customer) {
			l.Turns = append(l.Turns, x.turns()...)
		}
	}
	slices.SortStableFunc(l.Turns, func(a, b Turn) int {
		if c := a.Message.At.Compare(b.Message.At); c != 0 {
			return c
		}
		return strings.Compare(a.ExternalUserID, b.ExternalUserID)
	})
	for _, r := range s.state.Desks[openKfID].Refused {
		if customer == "" || r.ExternalUserID == customer {
			l.Refused = append(l.Refused, r)
		}
	}
	return l
}

func (x *session) turns() []Turn {
	var turns []Turn
	for _, b := range x.Bubbles {
		switch {
		case b.byCustomer():
			turns = append(turns, Turn{ExternalUserID: x.Customer, Message: *b, Replies: []Bubble{}})
		case b.From == SideDesk || b.From == SideServicer:
			if n := len(turns); n > 0 {
				turns[n-1].Replies = append(turns[n-1].Replies, *b)
			}
		}
	}
	return turns
}

// refused notes a message that was refused.
func (s *Service) refused(now time.Time, st *deskState, r Refused, err error) {
	if refusal, ok := errors.AsType[*platform.Error](err); ok {
		r.ErrCode, r.Why = refusal.Code, refusal.Msg
	}
	s.note(now, st, r)
}

func (s *Service) note(now time.Time, st *deskState, r Refused) {
	r.At = now
	st.Refused = append(st.Refused, r)
	if extra := len(st.Refused) - maxRefused; extra > 0 {
		st.Refused = slices.Delete(st.Refused, 0, extra)
	}
}
