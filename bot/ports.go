package bot

import (
	"context"
	"errors"
	"time"
)

// ErrLeaseLost says that the lease ran out and somebody else may be working for the person.
var ErrLeaseLost = errors.New("lease lost")

// HotState is the state that expires: sessions, replies already given, leases. Every method is one round trip. Durations are
// measured by the store's own clock, so that replicas with different clocks agree.
type HotState interface {
	// Begin asks to work on an event.
	Begin(ctx context.Context, r BeginRequest) (BeginResult, error)
	// Finish saves the outcome and frees the lease; ErrLeaseLost when the lease is no longer the owner's (nothing is saved).
	Finish(ctx context.Context, r FinishRequest) error
	// Renew extends the lease; ErrLeaseLost when it is no longer the owner's.
	Renew(ctx context.Context, l Lease, d time.Duration) error
	// Abandon frees the lease without an outcome: the event failed and will come again.
	Abandon(ctx context.Context, l Lease) error
	// PutOnce stores value under key for ttl unless something is there already, and returns what is there then.
	PutOnce(ctx context.Context, key string, value []byte, ttl time.Duration) ([]byte, error)
}

// Lease is the right to work for one person, held for one event by one execution.
type Lease struct {
	Person Person
	Key    EventKey
	Owner  string // unique to the execution
}

// BeginRequest asks for a lease.
type BeginRequest struct {
	Lease
	For time.Duration // how long the lease holds without Renew
	// Arrival is true for the first ask of a delivery and false when asking again while waiting: arrivals are counted.
	Arrival bool
	// Unheard is true when nobody waits for the answer any more: a reply that is being kept as Late stays so.
	Unheard bool
}

// BeginState is the answer to Begin.
type BeginState int

// The states.
const (
	BeginRun     BeginState = iota // the lease is yours: run the event
	BeginDone                      // the event has been answered: Reply
	BeginRunning                   // the same event is being worked on
	BeginWait                      // another event of the same person is
)

// BeginResult is what Begin found.
type BeginResult struct {
	State BeginState
	Reply []byte // BeginDone: as given to Finish
	Try   int    // which delivery of the event this is, from 1
	// For BeginRun:
	Session []byte // as given to the last Finish; nil when there is none
	Late    []Late // replies of earlier events that reached nobody
	Inbound int    // arrivals of this person's events in the current minute, this one included
	// Unfinished are the events whose lease ran out since the last Finish, the newest first: the journal may know what became
	// of them, and the newest it knows led to the session that counts. They stay until a Finish.
	Unfinished []EventKey
}

// Late is a reply that reached nobody.
type Late struct {
	Key   EventKey
	Reply []byte
}

// FinishRequest is the outcome of an event.
type FinishRequest struct {
	Lease
	Session    []byte // nil: delete
	SessionFor time.Duration
	Reply      []byte
	ReplyFor   time.Duration
	// Undelivered keeps Reply for the person's next event as Late, unless a later delivery of the same event fetches it
	// first (Begin answers BeginDone and, unless Unheard, drops it from Late).
	Undelivered bool
	// LateTaken are the late replies that went out with this one.
	LateTaken []EventKey
	// Recovered is the reply of the newest event of BeginResult.Unfinished that the journal knows: it is remembered for
	// ReplyFor as if that event had finished.
	Recovered *Late
}

// Journal is the record of what happened and what was answered: the commit point of an event.
type Journal interface {
	// Commit writes the entry unless one with its account and key exists; it returns the entry that counts, and whether it
	// is the given one.
	Commit(ctx context.Context, e Entry) (Entry, bool, error)
	// Find looks an entry up.
	Find(ctx context.Context, a AccountName, k EventKey) (Entry, bool, error)
}

// Entry is one row of the journal.
type Entry struct {
	Person   Person
	Key      EventKey
	Kind     Kind
	Name     string // the platform's name of the message type or event
	MsgID    string
	At       time.Time // CreateTime
	Received time.Time
	Took     time.Duration
	Handler  HandlerName
	Outcome  string
	Text     string // what was said; empty for private turns
	Raw      []byte // the document, for kinds nobody knows
	Private  bool
	Reply    []byte // encoded, enough to answer the same event again
	Session  []byte // encoded, what the event led to; nil: none
}

// Outbox writes to people beyond the reply, and keeps what can't be written for their next visit.
type Outbox interface {
	// SendsLate tells whether an answer that is late can be sent to people of the account: then a delivery is acknowledged instead of
	// being left for the platform to repeat.
	SendsLate(a AccountName) bool
	// Late sends the answer to an event. The same event again changes nothing.
	Late(ctx context.Context, p Person, k EventKey, messages []Message) error
	// OnVisit gives what was kept for this visit: owed answers earlier words and goes first, news comes last. It counts as said; the same
	// event again is given the same.
	OnVisit(ctx context.Context, p Person, k EventKey) (owed, news []Message, err error)
}

// Toggles tells what is switched on now.
type Toggles interface {
	On(a AccountName, feature HandlerName) bool
}

// Fitter turns what handlers said into what one reply of the channel can carry.
type Fitter interface {
	Fit(messages []Message) Fitted
}

// Fitted is a reply that the channel can carry.
type Fitted struct {
	Now   []Message // goes out with the reply
	Later []Message // did not fit, is kept for the next one, behind what that one says
	Held  []Message // is kept for the next one as well, and leads it: the person has said more already, which is about to be answered
	Offer []Choice  // choices shown as numbered lines
}

// ErrNoAnswer says that the answer is not ready in time: leave the delivery unanswered, the platform asks again.
var ErrNoAnswer = errors.New("no answer in time")

// Answer is what goes back to the platform for one delivery of an event. No messages: acknowledge only.
type Answer struct {
	Messages []Message
	At       time.Time // the reply's time of creation, equal for every delivery of the event
	Outcome  string    // one of a few words, for logs and metrics
}
