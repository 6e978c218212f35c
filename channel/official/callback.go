package official

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
)

const (
	// maxBody bounds a callback; the platform's are a few kilobytes.
	maxBody = 64 << 10 // bytes
	// keptBuffer is the largest buffer that is kept for the next callback.
	keptBuffer = 2 * maxBody // bytes

	// platformWaits is how long the platform waits for an answer (official account docs, 被动回复用户消息).
	platformWaits = 5 * time.Second
	// answerWithin is how long the engine has of that; the rest is for the network.
	answerWithin = 4500 * time.Millisecond
)

const (
	typeXML  = "application/xml; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
)

// scratch is what one callback needs and the next one can use again. Nothing of it outlives the callback.
type scratch struct {
	body    bytes.Buffer
	scanner scanner
	reply   []byte
	sealed  []byte
}

// ServeHTTP answers the platform: GET when the callback address is saved in its console, POST for every callback.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	received := time.Now()
	defer c.contain(w)
	var err error
	switch r.Method {
	case http.MethodGet:
		err = c.echo(w, r)
	case http.MethodPost:
		err = c.receive(w, r, received)
	default:
		w.Header().Set("Allow", "GET, POST")
		err = reject(ReasonMethod, nil)
	}
	if err != nil {
		c.refuse(w, err)
	}
}

// echo proves to the platform that the address is ours. An official account's echostr is neither encrypted nor signed.
func (c *Channel) echo(w http.ResponseWriter, r *http.Request) error {
	q, err := c.readQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if q.echo.text == "" || len(q.echo.text) > maxEcho {
		return reject(ReasonQuery, errors.New("echostr is missing or too long"))
	}
	if err := c.checkPlain(q); err != nil {
		return err
	}
	respond(w, http.StatusOK, typeText, []byte(q.echo.text))
	return nil
}

// receive takes one callback from the request to the answer.
func (c *Channel) receive(w http.ResponseWriter, r *http.Request, received time.Time) error {
	if err := checkHead(r); err != nil {
		return err
	}
	q, err := c.readQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	encrypted, err := c.encrypted(q)
	if err != nil {
		return err
	}
	s := c.scratch.Get().(*scratch)
	defer c.release(s)
	ev, err := c.read(s, w, r, q, encrypted)
	if err != nil {
		return err
	}
	defer func() { c.observer.Took(c.account, time.Since(received)) }()

	answer, err := c.engine.Handle(r.Context(), ev, fitter{toMessage: ev.Kind.IsMessage()}, received.Add(answerWithin))
	if errors.Is(err, bot.ErrNoAnswer) {
		hangUp(r.Context(), received.Add(platformWaits))
	}
	if err != nil {
		return reject(ReasonUnavailable, err)
	}
	return c.answer(s, w, ev, answer, encrypted)
}

// checkHead refuses a body for what its head says, before it is read.
func checkHead(r *http.Request) error {
	if r.ContentLength > maxBody {
		return reject(ReasonTooLarge, nil)
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if strings.HasSuffix(media, "json") || strings.HasPrefix(media, "multipart/") {
		return reject(ReasonMediaType, nil)
	}
	return nil
}

// read verifies and decodes a callback.
func (c *Channel) read(s *scratch, w http.ResponseWriter, r *http.Request, q query, encrypted bool) (*bot.Event, error) {
	if !encrypted { // known before the body is
		if err := c.checkPlain(q); err != nil {
			return nil, err
		}
	}
	document, err := s.readBody(w, r)
	if err != nil {
		return nil, err
	}
	if encrypted {
		if document, err = c.decrypt(s, q, document); err != nil {
			return nil, err
		}
	}
	es, err := s.scanner.scan(document)
	if err != nil {
		return nil, reject(ReasonMalformed, err)
	}
	ev, err := decode(c.account, document, es)
	if err != nil {
		return nil, reject(ReasonMalformed, err)
	}
	if !encrypted {
		if err := c.guardReplay(r.Context(), q.signature.text, document); err != nil {
			return nil, err
		}
	}
	return ev, nil
}

// readBody reads the whole body. The string is a copy: what is decoded from it may be kept.
func (s *scratch) readBody(w http.ResponseWriter, r *http.Request) (string, error) {
	s.body.Reset()
	_, err := s.body.ReadFrom(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return "", reject(ReasonTooLarge, nil)
	case err != nil:
		return "", reject(ReasonBody, err)
	}
	return s.body.String(), nil
}

// answer writes the passive reply, protected as the callback was.
func (c *Channel) answer(s *scratch, w http.ResponseWriter, ev *bot.Event, a bot.Answer, encrypted bool) error {
	if len(a.Messages) == 0 {
		respond(w, http.StatusOK, typeText, []byte(acknowledged))
		return nil
	}
	if len(a.Messages) > 1 {
		return reject(ReasonInternal, fmt.Errorf("an answer of %d messages, where one can be said", len(a.Messages)))
	}
	var err error
	if s.reply, err = appendReply(s.reply[:0], ev, a.At.Unix(), a.Messages[0]); err != nil {
		return reject(ReasonInternal, err)
	}
	body := s.reply
	if encrypted {
		s.sealed = c.codec.Seal(s.sealed[:0], s.reply, c.now())
		body = s.sealed
	}
	respond(w, http.StatusOK, typeXML, body)
	return nil
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
func (c *Channel) refuse(w http.ResponseWriter, err error) {
	reason := ReasonInternal
	var r rejection
	if errors.As(err, &r) {
		reason = r.reason
	}
	c.observer.Rejected(c.account, reason)
	log := c.log.Warn
	if reason == ReasonInternal {
		log = c.log.Error
	}
	log("callback refused",
		zap.String("reason", string(reason)), zap.String("look_at", Describe(reason)), zap.NamedError("cause", r.cause))
	if reason == ReasonUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	respond(w, reason.status(), typeText, []byte(http.StatusText(reason.status())))
}

// contain turns a panic into a 500 for this request alone. What panicked may quote a customer and is named by its type only,
// unless it is the runtime speaking.
func (c *Channel) contain(w http.ResponseWriter) {
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
	c.log.Error("callback panicked", what, zap.Stack("stack"))
	c.observer.Rejected(c.account, ReasonInternal)
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

// release gives a callback's buffers back.
func (c *Channel) release(s *scratch) {
	s.scanner.forget()
	if max(s.body.Cap(), cap(s.reply), cap(s.sealed)) <= keptBuffer {
		c.scratch.Put(s)
	}
}
