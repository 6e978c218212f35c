package simulator

import (
	"slices"
	"time"
)

// maxEntries bounds one chat; the oldest entries go first.
const maxEntries = 1000

// Side says who an entry of a chat is from.
type Side string

// The sides.
const (
	SideUser    Side = "user"
	SideAccount Side = "account"
	SideSystem  Side = "system" // what the platform itself shows
)

// Via is how a message of an account came.
type Via string

// The ways beside the passive reply.
const (
	ViaAPI      Via = "api"      // official account: a customer-service message; WeCom: an app message
	ViaTemplate Via = "template" // official account: a template message
	ViaServicer Via = "servicer" // official account: a servicer wrote it
)

// EntryState is how far the platform is with a person's act.
type EntryState string

// The states.
const (
	StateSending      EntryState = "sending"
	StateReplied      EntryState = "replied"
	StateAcknowledged EntryState = "acknowledged"
	StateFailed       EntryState = "failed"
	StateInterrupted  EntryState = "interrupted" // the simulator was stopped in the middle
)

// Entry is one line of a chat.
type Entry struct {
	ID       int64     `json:"id"`
	Account  string    `json:"account"`
	User     string    `json:"user"`
	At       time.Time `json:"at"` // by the simulated clock
	From     Side      `json:"from"`
	Exchange int64     `json:"exchange"` // what the entry belongs to

	Act   *Act       `json:"act,omitempty"`   // from the person
	State EntryState `json:"state,omitempty"` // of the act
	Reply *Reply     `json:"reply,omitempty"` // from the account
	Via   Via        `json:"via,omitempty"`   // how the reply came, when it was not a passive one
	MsgID string     `json:"msg_id,omitempty"`
	// Recalled says that the message was taken back: only that is seen.
	Recalled bool   `json:"recalled,omitempty"`
	Note     string `json:"note,omitempty"` // from the platform

	Try    int      `json:"try,omitempty"`     // which try brought it; for an act being sent, which one runs
	TookMS int64    `json:"took_ms,omitempty"` // from the act to the end of its delivery
	Why    *Problem `json:"why,omitempty"`     // what went wrong
}

// chat is what was said between a person and an account.
type chat struct {
	Entries []*Entry `json:"entries"`
}

// Chat lists what was said between a person and an account, oldest first.
func (s *Simulator) Chat(account, user string) ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.known(account, user); err != nil {
		return nil, err
	}
	entries := []Entry{}
	if c := s.state.Chats[chatKey(account, user)]; c != nil {
		for _, e := range c.Entries {
			entries = append(entries, *e)
		}
	}
	return entries, nil
}

// known refuses chats that can't be: of an account with a person, or of an app with a member; s.mu is held.
func (s *Simulator) known(name, user string) error {
	if app := s.app(name); app != nil {
		if _, ok := app.corp.Member(user); !ok {
			return refuse(codeNotFound, "企业 %s 没有成员 %q", app.corp.Title, user)
		}
		return nil
	}
	if s.account(name) == nil {
		return refuse(codeNotFound, "没有公众号或应用 %q", name)
	}
	_, err := s.user(user)
	return err
}

func chatKey(account, user string) string { return account + "/" + user }

// addEntry puts a line into a chat and shows it; s.mu is held.
func (s *Simulator) addEntry(e *Entry) *Entry {
	s.publish("entry", s.addLine(e))
	return e
}

// addLine puts a line into a chat; s.mu is held.
func (s *Simulator) addLine(e *Entry) *Entry {
	s.state.LastEntry++
	e.ID = s.state.LastEntry
	e.At = s.clock.Now()
	key := chatKey(e.Account, e.User)
	c := s.state.Chats[key]
	if c == nil {
		c = &chat{}
		s.state.Chats[key] = c
	}
	c.Entries = append(c.Entries, e)
	if extra := len(c.Entries) - maxEntries; extra > 0 {
		c.Entries = slices.Delete(c.Entries, 0, extra)
	}
	return e
}
