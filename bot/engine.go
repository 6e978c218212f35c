package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Durations of the engine. The platform delivers an event three times, 5 s apart (official account docs, 被动回复).
const (
	// LastTry is the platform's last delivery of an event: what misses it can only be said with the person's next message.
	LastTry = 3
	// DefaultLease is how long a crashed execution keeps the person: short enough for the first retry to find it free.
	DefaultLease = 6 * time.Second
	// DefaultReplyFor is how long a given reply is remembered in the hot state. It must outlast the retries and the clock
	// window of the receiver, so that a replayed callback is answered and not run.
	DefaultReplyFor = 15 * time.Minute
	// DefaultSessionFor is how long an idle person is remembered beyond the end of the open conversation.
	DefaultSessionFor = 7 * 24 * time.Hour
	// DefaultBudget is the longest that one handler may work.
	DefaultBudget = 30 * time.Second
)

// Config is what an Engine needs. Zero durations mean the defaults.
type Config struct {
	Hot      HotState
	Journal  Journal
	Toggles  Toggles
	Observer Observer // may be nil
	Outbox   Outbox   // nil: there is only the reply
	Log      *zap.Logger
	Now      func() time.Time // nil: time.Now
	Zone     *time.Location   // of the people who read; nil: UTC

	Lease, ReplyFor, SessionFor, Budget time.Duration
	// InboundPerMinute is how many events of one person are answered in a minute; 0: no limit.
	InboundPerMinute int
	// Switch says what a keyword of something else does inside a conversation.
	Switch SwitchPolicy
}

// SwitchPolicy says what a keyword of something else does inside a conversation.
type SwitchPolicy string

// The policies.
const (
	SwitchAsk  SwitchPolicy = "ask"  // ask whether to leave
	SwitchNow  SwitchPolicy = "now"  // leave
	SwitchStay SwitchPolicy = "stay" // give the text to the open conversation
)

// Report is one event seen from outside. It holds nothing that a person said.
type Report struct {
	Event     *Event
	Handler   HandlerName
	Outcome   string
	Took      time.Duration
	Duplicate bool // answered from what was remembered
	Err       error
}

// Observer is told about every event once per execution or remembered answer.
type Observer interface{ EventDone(Report) }

// Engine takes events to replies: each once, in the order of each person, within the platform's time.
type Engine struct {
	cfg     Config
	log     *zap.Logger
	lanes   *lanes
	rules   atomic.Pointer[rules]
	owner   string // this engine, among replicas
	serial  atomic.Uint64
	mu      sync.Mutex
	flights map[flightKey]*flight
	stopped bool
	running sync.WaitGroup
}

// rules is what a reload swaps as one.
type rules struct {
	router *Router
	texts  Texts
}

// NewEngine builds an engine that answers by router. owner must differ between replicas and restarts.
func NewEngine(cfg Config, owner string, router *Router, texts Texts) *Engine {
	setDefault(&cfg.Lease, DefaultLease)
	setDefault(&cfg.ReplyFor, DefaultReplyFor)
	setDefault(&cfg.SessionFor, DefaultSessionFor)
	setDefault(&cfg.Budget, DefaultBudget)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Switch == "" {
		cfg.Switch = SwitchAsk
	}
	e := &Engine{cfg: cfg, log: cfg.Log, lanes: newLanes(), owner: owner, flights: map[flightKey]*flight{}}
	e.Use(router, texts)
	return e
}

func setDefault(d *time.Duration, otherwise time.Duration) {
	if *d == 0 {
		*d = otherwise
	}
}

// Use swaps the content. Events at work finish by the rules they began with.
func (e *Engine) Use(router *Router, texts Texts) {
	e.rules.Store(&rules{router: router, texts: texts.Or(DefaultTexts())})
}

// ErrStopping says that the engine takes no more events; the platform will ask again, another replica or the restarted one.
var ErrStopping = errors.New("engine is stopping")

type flightKey struct {
	person Person
	key    EventKey
}

// flight is one execution and the deliveries that wait for it.
type flight struct {
	done   chan struct{}
	answer Answer
	err    error
	// sendsLate says that an answer that is late can be sent.
	sendsLate bool
	// Guarded by Engine.mu:
	waiting int  // deliveries that can still be answered
	tries   int  // deliveries seen
	due     bool // the answer is promised to those who wait and about to come
	kept    bool // nobody waited: the answer is being kept, and a later delivery must fetch it from the hot state
	acked   bool // the platform was told that there is no answer, and does not ask again
}

// Handle answers one delivery of ev. Deliveries of the same event share one execution, here and between replicas, and get
// equal answers. The execution goes on when this delivery is given up: then the answer is ErrNoAnswer until respondBy of the
// last delivery, which is acknowledged, and the reply is kept for the person's next message. Where a late answer can be sent, the
// first delivery is acknowledged already, and it is sent.
func (e *Engine) Handle(ctx context.Context, ev *Event, fit Fitter, respondBy time.Time) (Answer, error) {
	f, err := e.join(ctx, ev, fit)
	if err != nil {
		return Answer{}, err
	}
	timer := time.NewTimer(time.Until(respondBy))
	defer timer.Stop()
	select {
	case <-f.done:
		return f.answer, f.err
	case <-timer.C:
	case <-ctx.Done():
	}
	return e.giveUp(f)
}

// join finds the flight of ev or starts one.
func (e *Engine) join(ctx context.Context, ev *Event, fit Fitter) (*flight, error) {
	k := flightKey{ev.Person(), ev.Key}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil, ErrStopping
	}
	f, ok := e.flights[k]
	if ok && !f.kept {
		f.waiting++
		f.tries++
		return f, nil
	}
	f = &flight{done: make(chan struct{}), waiting: 1, tries: 1, sendsLate: e.cfg.Outbox != nil && e.cfg.Outbox.SendsLate(ev.Account)}
	e.flights[k] = f
	before, leave := e.lanes.enter(k.person)
	e.running.Add(1)
	go func() {
		defer e.running.Done()
		defer leave()
		x := execution{e: e, ev: ev, fit: fit, flight: f, rules: e.rules.Load(), began: time.Now()}
		// The event is run to its end even when the platform hangs up: its retry will want the answer.
		f.answer, f.err = x.run(context.WithoutCancel(ctx), before)
		e.mu.Lock()
		if e.flights[k] == f {
			delete(e.flights, k)
		}
		e.mu.Unlock()
		close(f.done)
	}()
	return f, nil
}

func (e *Engine) giveUp(f *flight) (Answer, error) {
	e.mu.Lock()
	if f.due { // it came in the last moment
		e.mu.Unlock()
		<-f.done
		return f.answer, f.err
	}
	defer e.mu.Unlock()
	f.waiting--
	if f.sendsLate || f.tries >= LastTry {
		f.acked = true
		return Answer{Outcome: OutcomeLate}, nil
	}
	return Answer{}, ErrNoAnswer
}

// promise binds those who wait for f's answer to take it; it is false when nobody waits any more.
func (e *Engine) promise(f *flight) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	f.due = f.waiting > 0
	f.kept = !f.due
	return f.due
}

// owes tells whether f's answer has to be sent: nobody asks for it any more, and it can be.
func (e *Engine) owes(f *flight) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return f.acked && f.sendsLate
}

// awaited tells whether somebody waits for f's answer.
func (e *Engine) awaited(f *flight) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return f.waiting > 0
}

// counted makes f know the deliveries that other replicas have seen.
func (e *Engine) counted(f *flight, try int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f.tries = max(f.tries, try)
}

// Stop refuses new events and waits for those at work, until ctx ends.
func (e *Engine) Stop(ctx context.Context) error {
	e.mu.Lock()
	e.stopped = true
	e.mu.Unlock()
	done := make(chan struct{})
	go func() {
		e.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		e.mu.Lock()
		left := len(e.flights)
		e.mu.Unlock()
		return fmt.Errorf("stop engine: %d events still at work: %w", left, ctx.Err())
	}
}
