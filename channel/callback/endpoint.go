package callback

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
)

const (
	// MaxBody bounds a callback; the platform's are a few kilobytes.
	MaxBody = 64 << 10 // bytes
	// keptBuffer is the largest buffer that is kept for the next callback.
	keptBuffer = 2 * MaxBody // bytes
)

// Time that the platform gives (official account docs, 被动回复用户消息; WeCom docs, 接收消息与事件).
const (
	// PlatformWaits is how long the platform waits for an answer.
	PlatformWaits = 5 * time.Second
	// AnswerWithin is how long there is for an answer; the rest is for the network.
	AnswerWithin = 4500 * time.Millisecond
)

const (
	typeXML  = "application/xml; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
)

// Protocol is what one kind of account does with requests that are well-formed and in time. Errors made with Reject decide
// the status; all others are faults of ours.
type Protocol struct {
	// Prove checks the request that the platform makes when the address is saved in its console, and is the answer to it.
	Prove func(q Query) (string, error)
	// Receive takes one callback to its answer.
	Receive func(d *Delivery) error
}

// Observer is told what becomes of callbacks. Its methods are called from many goroutines.
type Observer interface {
	// Rejected counts a request that was refused.
	Rejected(account bot.AccountName, why Reason)
	// Took measures a callback that became an event, from its arrival to the end of its answer.
	Took(account bot.AccountName, d time.Duration)
}

// Config says what an Endpoint is and works with.
type Config struct {
	Account bot.AccountName
	// MaxSkew is how far a callback's timestamp may be from now, either way; 0: as far as it likes.
	MaxSkew  time.Duration
	Observer Observer         // nil: nobody
	Log      *zap.Logger      // nil: nowhere
	Now      func() time.Time // the clock that timestamps are compared with; nil: time.Now
}

// Endpoint is the callback address of one account.
type Endpoint struct {
	account    bot.AccountName
	protocol   Protocol
	maxSkew    time.Duration
	observer   Observer
	log        *zap.Logger
	now        func() time.Time
	deliveries sync.Pool // of *Delivery
}

// New makes the endpoint of an account.
func New(cfg Config, p Protocol) *Endpoint {
	e := &Endpoint{
		account:    cfg.Account,
		protocol:   p,
		maxSkew:    cfg.MaxSkew,
		observer:   cfg.Observer,
		log:        cfg.Log,
		now:        cfg.Now,
		deliveries: sync.Pool{New: func() any { return new(Delivery) }},
	}
	if e.observer == nil {
		e.observer = unobserved{}
	}
	if e.log == nil {
		e.log = zap.NewNop()
	}
	e.log = e.log.With(zap.String("account", string(cfg.Account)))
	if e.now == nil {
		e.now = time.Now
	}
	return e
}

// unobserved is the Observer of nobody.
type unobserved struct{}

func (unobserved) Rejected(bot.AccountName, Reason)    {}
func (unobserved) Took(bot.AccountName, time.Duration) {}

// ServeHTTP answers the platform: GET when the callback address is saved in its console, POST for every callback.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	received := time.Now()
	defer e.contain(w)
	var err error
	switch r.Method {
	case http.MethodGet:
		err = e.prove(w, r)
	case http.MethodPost:
		err = e.receive(w, r, received)
	default:
		w.Header().Set("Allow", "GET, POST")
		err = Reject(ReasonMethod, nil)
	}
	if err != nil {
		e.refuse(w, err)
	}
}

// prove proves to the platform that the address is ours.
func (e *Endpoint) prove(w http.ResponseWriter, r *http.Request) error {
	q, err := e.readQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if q.Echo.Text == "" || len(q.Echo.Text) > MaxEcho {
		return Reject(ReasonQuery, errors.New("echostr is missing or too long"))
	}
	echo, err := e.protocol.Prove(q)
	if err != nil {
		return err
	}
	respond(w, http.StatusOK, typeText, []byte(echo))
	return nil
}

// receive takes one callback from the request to the answer.
func (e *Endpoint) receive(w http.ResponseWriter, r *http.Request, received time.Time) error {
	if err := checkHead(r); err != nil {
		return err
	}
	q, err := e.readQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	d := e.deliveries.Get().(*Delivery)
	d.Query, d.Received, d.endpoint, d.w, d.r = q, received, e, w, r
	defer e.release(d)
	return e.protocol.Receive(d)
}

// checkHead refuses a body for what its head says, before it is read.
func checkHead(r *http.Request) error {
	if r.ContentLength > MaxBody {
		return Reject(ReasonTooLarge, nil)
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if strings.HasSuffix(media, "json") || strings.HasPrefix(media, "multipart/") {
		return Reject(ReasonMediaType, nil)
	}
	return nil
}

// readQuery reads the query of a request and checks what is signed for its shape and time.
func (e *Endpoint) readQuery(raw string) (Query, error) {
	q, err := ParseQuery(raw)
	if err == nil {
		err = q.checkSigned()
	}
	if err != nil {
		return q, Reject(ReasonQuery, err)
	}
	if !e.current(q.Timestamp.Text) {
		return q, Reject(ReasonClock, nil)
	}
	return q, nil
}

// current tells whether a timestamp is within the clock window.
func (e *Endpoint) current(timestamp string) bool {
	if e.maxSkew == 0 {
		return true
	}
	unix, err := strconv.ParseInt(timestamp, 10, 64)
	return err == nil && e.now().Sub(time.Unix(unix, 0)).Abs() <= e.maxSkew
}

// release measures a callback that became an event, and gives its buffers back.
func (e *Endpoint) release(d *Delivery) {
	if d.asked {
		e.observer.Took(e.account, time.Since(d.Received))
	}
	if d.forget() {
		e.deliveries.Put(d)
	}
}

// hangUp leaves a callback without an answer: it waits until the platform has given up, since a connection closed earlier
// might count as an answer, and ends the connection.
func hangUp(ctx context.Context, at time.Time) {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	panic(http.ErrAbortHandler)
}

// refuse answers with the status of a rejection and nothing else, and says in the log what to look at.
func (e *Endpoint) refuse(w http.ResponseWriter, err error) {
	r := rejection{reason: ReasonInternal, cause: err}
	errors.As(err, &r)
	e.observer.Rejected(e.account, r.reason)
	log := e.log.Warn
	if r.reason == ReasonInternal {
		log = e.log.Error
	}
	log("callback refused",
		zap.String("reason", string(r.reason)), zap.String("look_at", Describe(r.reason)), zap.NamedError("cause", r.cause))
	if r.reason == ReasonUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	respond(w, r.reason.status(), typeText, []byte(http.StatusText(r.reason.status())))
}

// contain turns a panic into a 500 for this request alone. What panicked may quote a customer and is named by its type only,
// unless it is the runtime speaking.
func (e *Endpoint) contain(w http.ResponseWriter) {
	p := recover()
	if p == nil {
		return
	}
	what := zap.String("type", fmt.Sprintf("%T", p))
	if err, ok := p.(error); ok {
		var fault runtime.Error
		switch {
		case errors.Is(err, http.ErrAbortHandler):
			panic(p)
		case errors.As(err, &fault):
			what = zap.Error(fault)
		}
	}
	e.log.Error("callback panicked", what, zap.Stack("stack"))
	e.observer.Rejected(e.account, ReasonInternal)
	respond(w, http.StatusInternalServerError, typeText, []byte(http.StatusText(http.StatusInternalServerError)))
}

// respond writes a whole answer. A sender who has gone does not get it and asks again.
func respond(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff") // the echo is the sender's own text
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
