package bot

import (
	"context"
	"time"
)

// Handler decides what to say to the events routed to it. It is called for one event of a person at a time, but for many
// people at once. Whatever it writes to the records must be idempotent by Event.Key: after a crash the same event comes
// again.
type Handler interface {
	Name() HandlerName
	// Routes lists what the handler wants to see. It is read once, when the content is loaded.
	Routes() []Route
	// Handle answers t. Expected outcomes (sold out, closed) are replies; an error means that nothing could be decided and
	// the platform should ask again.
	Handle(ctx context.Context, t *Turn) (Reply, error)
}

// HandlerError is the failure of a handler to decide on an event, as opposed to one of the state that all events need.
type HandlerError struct {
	Handler HandlerName
	Err     error
}

// Error names the handler.
func (e *HandlerError) Error() string { return string(e.Handler) + ": " + e.Err.Error() }

// Unwrap gives what the handler said.
func (e *HandlerError) Unwrap() error { return e.Err }

// Conversation is a handler that holds a session over several events.
type Conversation interface {
	Handler
	// Accepts tells whether t.Event plainly answers what the session asked, so that keywords need not be looked at.
	Accepts(t *Turn) bool
	// Title names the open conversation to the person, with how far it is: "《健康知识答题》（第 3/10 题）".
	Title(t *Turn) string
	// Leave ends the conversation: it writes what must be kept, closes the session and says goodbye.
	Leave(ctx context.Context, t *Turn, why LeaveReason) (Reply, error)
}

// Reception is the handler that hands conversations to staff. When the reply of another handler holds a MessageTransfer, the
// reception is asked what to say in its place; without a reception the message goes to the channel as it is.
type Reception interface {
	Handler
	// HandOver opens a conversation for staff, wished for by t.Wisher. The open conversation has been closed. While the
	// reception's feature is off it is not asked.
	HandOver(ctx context.Context, t *Turn, wish Message) (Reply, error)
}

// LeaveReason is why a conversation ends before its end.
type LeaveReason int

// The reasons.
const (
	LeaveAsked   LeaveReason = iota // the person said 退出
	LeaveSwitch                     // the person asked for something else
	LeavePaused                     // the feature was switched off
	LeaveExpired                    // nobody answered in time
)

// Route is one way to a handler. Its conditions are alternatives: any keyword, any menu key, any listed kind.
type Route struct {
	Handler  HandlerName
	Campaign string
	Accounts []AccountName // empty: every account

	Keywords []string // whole texts, compared after Normalize
	MenuKeys []string // keys of menu clicks
	// Wants asks for texts that are no whole keyword: "接待 12". It must tell in an instant, and the same each time; nil: none.
	Wants func(ev *Event) bool
	Kinds []Kind // other events, by kind
	// Scenes narrows KindFollow and KindScan in Kinds to these scenes; empty: any, or none.
	Scenes []Scene
	// FirstMessage asks for a person's first message after the follow, beside whatever else answers it.
	FirstMessage bool
	// Default takes the messages that nothing else wants.
	Default bool
	// Always routes work inside other conversations and without toggles: opting out is a right.
	Always bool
	// Now routes leave another open conversation without asking: who asks for a person need not say so twice. While they are not
	// Open they answer in the middle of it.
	Now bool
	// Priority orders routes that match the same event, smaller first.
	Priority int
	// Open tells whether the campaign runs at a moment; nil: always. Open routes go before closed ones, which are used only
	// for keywords and menu keys, so that the handler can say when it opens or that it is over.
	Open func(now time.Time) bool
}
