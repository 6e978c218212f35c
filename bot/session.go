package bot

import (
	"encoding/json"
	"fmt"
	"time"
)

// Session is what the engine remembers of a person between events. It lives in the hot state under Person and is saved by
// the engine after each event; handlers change it through Turn.
type Session struct {
	// Handler holds the conversation that is open; empty when none is.
	Handler  HandlerName     `json:"h,omitempty"`
	Campaign string          `json:"c,omitempty"`
	State    json.RawMessage `json:"s,omitempty"` // the handler's own
	Until    int64           `json:"u,omitempty"` // unix ms at which the open conversation lapses

	// Offer is the menu shown last as numbered lines: the number typed back means the choice.
	Offer []Choice `json:"o,omitempty"`
	// Asking is the way out of the open conversation that waits for a yes.
	Asking *Pending `json:"a,omitempty"`
	// Fresh says that the person followed and has not said anything yet.
	Fresh bool `json:"f,omitempty"`
	// Unknown is how many messages in a row nobody had an answer for but the default.
	Unknown int `json:"n,omitempty"`
	// Later are messages that did not fit in the reply before; they go with the next one.
	Later []Message `json:"l,omitempty"`
	// Held are messages that wait for the reply to what the person has said meanwhile; they lead it.
	Held []Message `json:"w,omitempty"`
	// Memo is small per-handler memory outside conversations (when a hint was last given), by handler name.
	Memo map[HandlerName]int64 `json:"m,omitempty"`
}

// Pending is what a person asked for while another conversation was open: it is asked again once they said yes.
type Pending struct {
	Kind    Kind   `json:"k"`
	Text    string `json:"t,omitempty"`
	ItemKey string `json:"i,omitempty"`
}

// Empty tells whether nothing need be kept.
func (s *Session) Empty() bool {
	return s.Handler == "" && len(s.Offer) == 0 && s.Asking == nil && !s.Fresh && s.Unknown == 0 && len(s.Later) == 0 && len(s.Held) == 0 && len(s.Memo) == 0
}

// Turn is one event being answered by one handler.
type Turn struct {
	Event   *Event
	Now     time.Time      // when the engine took the event up; the only clock of a handler
	Zone    *time.Location // of the people who read
	Route   *Route         // how the event was matched; nil when the open conversation got it
	Session *Session
	// Handler is the handler at work, Campaign the one the route or the session names.
	Handler  HandlerName
	Campaign string
	// Wisher is the handler that wished for a person, when the reception is asked to hand over.
	Wisher HandlerName
	// Scratch is the handler's own, from Accepts to Handle of the same event: what was read once need not be read again.
	Scratch any

	outcome string
	private bool
	quiet   bool
	passed  bool
}

// Open starts (or replaces) the conversation of the handler at work. It lapses after life without an answer.
func (t *Turn) Open(campaign string, state any, life time.Duration) error {
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("save the state of %s: %w", t.Handler, err)
	}
	t.Session.Handler, t.Session.Campaign, t.Session.State = t.Handler, campaign, b
	t.Session.Until = t.Now.Add(life).UnixMilli()
	t.Session.Asking = nil
	return nil
}

// State reads the open conversation's state into v.
func (t *Turn) State(v any) error {
	if err := json.Unmarshal(t.Session.State, v); err != nil {
		return fmt.Errorf("read the state of %s: %w", t.Handler, err)
	}
	return nil
}

// Close ends the open conversation.
func (t *Turn) Close() {
	t.Session.Handler, t.Session.Campaign, t.Session.State, t.Session.Until = "", "", nil, 0
	t.Session.Asking = nil
}

// InConversation tells whether the open conversation is the working handler's.
func (t *Turn) InConversation() bool {
	return t.Session.Handler != "" && t.Session.Handler == t.Handler
}

// Note records the outcome for logs and metrics: one of a few constant words, never text of a person's.
func (t *Turn) Note(outcome string) { t.outcome = outcome }

// Outcome is what was noted.
func (t *Turn) Outcome() string { return t.outcome }

// Private keeps what was said out of the journal: for answers promised to be anonymous.
func (t *Turn) Private() { t.private = true }

// Quiet lets nothing go out, not even what earlier replies left over: somebody of the staff has the word. Only a
// MessageTransfer does, where the reply to the event can carry it: it passes what the person said on to staff.
func (t *Turn) Quiet() { t.quiet = true }

// Pass ends the open conversation and gives the event to whoever answers it outside of it: the conversation had ended without
// the person. What the handler says goes first.
func (t *Turn) Pass() {
	t.Close()
	t.passed = true
}

// Remember notes a number under the working handler's name; Recall reads it, 0 when there is none.
func (t *Turn) Remember(n int64) {
	if t.Session.Memo == nil {
		t.Session.Memo = map[HandlerName]int64{}
	}
	t.Session.Memo[t.Handler] = n
}

// Recall reads what the working handler remembered.
func (t *Turn) Recall() int64 { return t.Session.Memo[t.Handler] }
