package callback

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/channel/passive"
	"guanjia/channel/wxcrypt"
	"guanjia/channel/wxxml"
)

const errEnvelope wxxml.Malformed = "there is not exactly one Encrypt, with something in it"

// Engine answers events. The error bot.ErrNoAnswer leaves the delivery unanswered, any other asks the platform to try again.
type Engine interface {
	// Handle gets the context of the request, which ends when the platform hangs up. respondBy is in real time, as given by
	// time.Now, whatever clock the rest of the bot is set to.
	Handle(ctx context.Context, ev *bot.Event, f bot.Fitter, respondBy time.Time) (bot.Answer, error)
}

// Delivery is one callback on its way to its answer, with the buffers that it and later ones use. Nothing of it outlives the
// callback but the texts that Body and Open return.
type Delivery struct {
	Query    Query
	Received time.Time // in real time

	endpoint *Endpoint
	w        http.ResponseWriter
	r        *http.Request
	asked    bool // it became an event

	body    bytes.Buffer
	scanner wxxml.Scanner
	reply   []byte
	sealed  []byte
}

// Context is the request's: it ends when the platform hangs up.
func (d *Delivery) Context() context.Context { return d.r.Context() }

// Body reads the whole body. The string is a copy: what is decoded from it may be kept.
func (d *Delivery) Body() (string, error) {
	d.body.Reset()
	_, err := d.body.ReadFrom(http.MaxBytesReader(d.w, d.r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return "", Reject(ReasonTooLarge, nil)
	case err != nil:
		return "", Reject(ReasonBody, err)
	}
	return d.body.String(), nil
}

// Open checks and opens an encrypted body and returns the document in it. Whatever else the body says, as in an official
// account's compatible mode, is neither signed nor read.
func (d *Delivery) Open(codec *wxcrypt.Codec, body string) (string, error) {
	if err := d.Query.checkMsgSignature(); err != nil {
		return "", err
	}
	es, err := d.Scan(body)
	if err != nil {
		return "", err
	}
	var encrypted string
	var times int
	for e := range es.All("Encrypt") {
		encrypted = strings.TrimSpace(e.Text) // pretty-printing is not signed
		times++
	}
	if times != 1 || encrypted == "" {
		return "", Reject(ReasonMalformed, errEnvelope)
	}
	return d.Query.Decrypt(codec, encrypted)
}

// Decrypt checks the signature of what is encrypted for one address, and opens it.
func (q *Query) Decrypt(codec *wxcrypt.Codec, encrypted string) (string, error) {
	if err := q.checkMsgSignature(); err != nil {
		return "", err
	}
	text, err := codec.Open(q.MsgSignature.Text, q.Timestamp.Text, q.Nonce.Text, encrypted)
	if err != nil {
		return "", undecrypted(err)
	}
	return string(text), nil
}

func (q *Query) checkMsgSignature() error {
	if q.MsgSignature.Text == "" {
		return Reject(ReasonQuery, errors.New("msg_signature is missing"))
	}
	return nil
}

// Scan reads a document. The elements hold until the next Scan or Open.
func (d *Delivery) Scan(document string) (wxxml.Elements, error) {
	es, err := d.scanner.Scan(document)
	if err != nil {
		return nil, Reject(ReasonMalformed, err)
	}
	return es, nil
}

// Ask lets the engine answer ev until respondBy, in real time. Without an answer by then the connection ends and Ask does not
// return: the platform asks again.
func (d *Delivery) Ask(engine Engine, ev *bot.Event, f bot.Fitter, respondBy time.Time) (bot.Answer, error) {
	d.asked = true
	answer, err := engine.Handle(d.Context(), ev, f, respondBy)
	if errors.Is(err, bot.ErrNoAnswer) {
		hangUp(d.Context(), d.Received.Add(PlatformWaits))
	}
	if err != nil {
		return bot.Answer{}, Reject(ReasonUnavailable, err)
	}
	return answer, nil
}

// Acknowledge answers with a text that shows nothing to anybody.
func (d *Delivery) Acknowledge(text string) { respond(d.w, http.StatusOK, typeText, []byte(text)) }

// Reply answers with the one message of a as the passive reply to ev, encrypted by codec unless that is nil.
func (d *Delivery) Reply(ev *bot.Event, a bot.Answer, codec *wxcrypt.Codec) error {
	if len(a.Messages) != 1 {
		return Reject(ReasonInternal, fmt.Errorf("an answer of %d messages, where one can be said", len(a.Messages)))
	}
	var err error
	if d.reply, err = passive.Append(d.reply[:0], ev, a.At.Unix(), a.Messages[0]); err != nil {
		return Reject(ReasonInternal, err)
	}
	body := d.reply
	if codec != nil {
		d.sealed = codec.Seal(d.sealed[:0], d.reply, d.endpoint.now())
		body = d.sealed
	}
	respond(d.w, http.StatusOK, typeXML, body)
	return nil
}

// forget lets go of everything but the buffers, and tells whether those are worth keeping.
func (d *Delivery) forget() bool {
	d.scanner.Forget()
	d.Query, d.endpoint, d.w, d.r, d.asked = Query{}, nil, nil, nil, false
	return max(d.body.Cap(), cap(d.reply), cap(d.sealed)) <= keptBuffer
}
