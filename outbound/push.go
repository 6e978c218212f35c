package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// Push is a message to one person that goes out by itself.
type Push struct {
	To bot.Person
	// Cause is why there is one: a second push to the same person with the same cause is none. It names what caused it and, for
	// what comes again, which time: "coupon_expiring:newgift:8F3K", "live:2026-12-24:T-1h".
	Cause    string
	Campaign string // of the content, for reports and pauses; may be empty
	Topic    string // that somebody may opt out of; may be empty

	Budget   policy.Budget   // empty: ForPush
	Priority policy.Priority // 0: Campaign
	// NotBefore is its time; zero: at once. Expires is when it makes no sense any more; zero: DefaultLife after its time.
	NotBefore, Expires time.Time
	// Ways are tried in order; empty: DefaultWays.
	Ways []policy.Way
	Content
}

// Content is what is said, in the form of each way. A way whose form is not there can't be used.
type Content struct {
	Messages  []bot.Message `json:"messages,omitempty"`  // custom, kf, app, next_visit
	Template  *Template     `json:"template,omitempty"`  // template
	Subscribe *Template     `json:"subscribe,omitempty"` // subscribe
}

// Template is a message whose words are the platform's, with values of ours.
type Template struct {
	ID   string            `json:"id"`
	URL  string            `json:"url,omitempty"` // of template messages; of subscription notifications it is the page
	App  string            `json:"app,omitempty"` // app id of a mini program to open instead
	Page string            `json:"page,omitempty"`
	Data map[string]string `json:"data,omitempty"`
}

const (
	// DefaultLife is how long a push makes sense that does not say so itself.
	DefaultLife = 7 * 24 * time.Hour
	// Queue is where the jobs of pushes are.
	Queue = "push"
)

// DefaultWays is the order in which ways are tried that a push does not name itself: what the person is talking on, then what
// waits for them. Templates and subscriptions are tried where the content has them.
func DefaultWays() []policy.Way {
	return []policy.Way{policy.Custom, policy.KF, policy.App, policy.Subscribe, policy.Template, policy.NextVisit}
}

// job sends one push. Its kind and arguments are for ever.
type job struct {
	ID string `json:"id"`
}

// Kind names it.
func (job) Kind() string { return "push" }

// Enqueuer takes pushes; *Outbox is one. What causes pushes asks for this.
type Enqueuer interface {
	// Enqueue writes pushes down as part of the transaction, and tells how many of them are new.
	Enqueue(ctx context.Context, tx *store.Tx, pushes ...Push) (fresh int, err error)
}

// Outbox takes pushes. Who only enqueues needs no more than it.
type Outbox struct {
	queue *jobs.Queue
	now   func() time.Time
}

var _ Enqueuer = (*Outbox)(nil)

// NewOutbox makes an outbox on the jobs of a database. now is the clock that pushes are due by; nil: time.Now.
func NewOutbox(queue *jobs.Queue, now func() time.Time) *Outbox {
	if now == nil {
		now = time.Now
	}
	return &Outbox{queue: queue, now: now}
}

// ErrPush says that a push can't be written down as it is: a mistake of whoever made it.
var ErrPush = errors.New("not a push")

// Enqueue writes pushes down as part of the transaction, and tells how many of them are new. They go out after it commits.
func (o *Outbox) Enqueue(ctx context.Context, tx *store.Tx, pushes ...Push) (fresh int, err error) {
	now := o.now()
	for len(pushes) > 0 {
		page := pushes[:min(len(pushes), store.InsertSendsMax)]
		pushes = pushes[len(page):]
		n, err := o.enqueue(ctx, tx, page, now)
		if err != nil {
			return fresh, fmt.Errorf("enqueue pushes: %w", err)
		}
		fresh += n
	}
	return fresh, nil
}

func (o *Outbox) enqueue(ctx context.Context, tx *store.Tx, page []Push, now time.Time) (int, error) {
	sends := make([]store.Send, 0, len(page))
	at := make(map[string]store.Send, len(page))
	for _, p := range page {
		s, err := p.record(now)
		if err != nil {
			return 0, err
		}
		if _, twice := at[s.ID]; twice {
			continue
		}
		at[s.ID] = s
		sends = append(sends, s)
	}
	ids, err := store.InsertSends(ctx, tx, sends)
	if err != nil {
		return 0, err
	}
	list := make([]jobs.Insert, len(ids))
	for i, id := range ids {
		list[i] = alarm(at[id], at[id].Due, now)
	}
	return len(ids), o.queue.Insert(ctx, tx, list...)
}

// alarm is the job that looks at a push at its time. One that is due gets none: jobs with a time wait for the queue's next look at those
// that have become due, which is some seconds away.
func alarm(s store.Send, at, now time.Time) jobs.Insert {
	j := jobs.New(job{s.ID}).On(Queue).First(min(4, max(1, s.Priority)))
	if at.After(now) {
		j = j.At(at)
	}
	return j
}

// record is the push as it is written down.
func (p *Push) record(now time.Time) (store.Send, error) {
	switch {
	case p.To.Account == "" || p.To.User == "":
		return store.Send{}, fmt.Errorf("%w: it is for nobody", ErrPush)
	case p.Cause == "":
		return store.Send{}, fmt.Errorf("%w: it has no cause", ErrPush)
	case len(p.Messages) == 0 && p.Template == nil && p.Subscribe == nil:
		return store.Send{}, fmt.Errorf("%w: it says nothing", ErrPush)
	}
	s := store.Send{
		ID: store.SendID(p.To, p.Cause), Person: p.To, Cause: p.Cause, Campaign: p.Campaign, Topic: p.Topic, Budget: string(p.Budget), Priority: int(p.Priority),
		NotBefore: p.NotBefore, Expires: p.Expires, Due: now, CreatedAt: now,
	}
	if s.Budget == "" {
		s.Budget = string(policy.ForPush)
	}
	if s.Priority == 0 {
		s.Priority = int(policy.Campaign)
	}
	if s.NotBefore.After(now) {
		s.Due = s.NotBefore
	}
	if s.Expires.IsZero() {
		s.Expires = s.Due.Add(DefaultLife)
	}
	ways := p.Ways
	if len(ways) == 0 {
		ways = DefaultWays()
	}
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = string(w)
	}
	s.Ways = strings.Join(names, ",")
	var err error
	if s.Content, err = json.Marshal(p.Content); err != nil {
		return store.Send{}, fmt.Errorf("%w: %w", ErrPush, err)
	}
	return s, nil
}

func waysOf(s store.Send) []policy.Way {
	var ways []policy.Way
	for _, name := range strings.Split(s.Ways, ",") {
		if name != "" {
			ways = append(ways, policy.Way(name))
		}
	}
	return ways
}
