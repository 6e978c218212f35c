package official

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/passive"
	"guanjia/channel/wxcrypt"
)

const (
	// acknowledged is the answer that shows nothing and is not asked for again.
	acknowledged = "success"
	// replayMemory is how long the signature of an unencrypted callback is remembered at least. The clock window alone would
	// not do: digits moved between timestamp and nonce can make an old signature current again.
	replayMemory = 24 * time.Hour
)

// How many link cards a passive reply shows (official account docs, 被动回复用户消息).
const (
	maxArticles          = 8 // in answer to an event
	maxArticlesToMessage = 1 // in answer to a message, since October 2018
)

// ServeHTTP answers the platform: GET when the callback address is saved in its console, POST for every callback.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.endpoint.ServeHTTP(w, r) }

// prove echoes. An official account's echostr is neither encrypted nor signed.
func (c *Channel) prove(q callback.Query) (string, error) {
	return q.Echo.Text, c.checkPlain(q)
}

// receive takes one callback to its answer.
func (c *Channel) receive(d *callback.Delivery) error {
	encrypted, err := c.encrypted(d.Query)
	if err != nil {
		return err
	}
	ev, err := c.read(d, encrypted)
	if err != nil {
		return err
	}
	fit := c.toEvent
	if ev.Kind.IsMessage() {
		fit = c.toMessage
	}
	a, err := d.Ask(c.engine, ev, fit, d.Received.Add(callback.AnswerWithin))
	switch {
	case err != nil:
		return err
	case len(a.Messages) == 0:
		d.Acknowledge(acknowledged)
		return nil
	case encrypted:
		return d.Reply(ev, a, c.codec)
	}
	return d.Reply(ev, a, nil)
}

// What a passive reply shows. Events can't be handed to a servicer; the person's next message can.
func fitToMessage() passive.Fitter {
	return passive.Fitter{Cards: maxArticlesToMessage, Music: true, MiniPrograms: true, Transfer: passive.TransferNow}
}

func fitToEvent() passive.Fitter {
	return passive.Fitter{Cards: maxArticles, Music: true, MiniPrograms: true, Transfer: passive.TransferLater}
}

// read verifies and decodes a callback.
func (c *Channel) read(d *callback.Delivery, encrypted bool) (*bot.Event, error) {
	if !encrypted { // known before the body is
		if err := c.checkPlain(d.Query); err != nil {
			return nil, err
		}
	}
	document, err := d.Body()
	if err != nil {
		return nil, err
	}
	if encrypted {
		if document, err = d.Open(c.codec, document); err != nil {
			return nil, err
		}
	}
	es, err := d.Scan(document)
	if err != nil {
		return nil, err
	}
	ev, err := decode(c.account, document, es)
	if err != nil {
		return nil, callback.Reject(callback.ReasonMalformed, err)
	}
	if !encrypted {
		if err := c.guardReplay(d.Context(), d.Query.Signature.Text, document); err != nil {
			return nil, err
		}
	}
	return ev, nil
}

// encrypted tells whether a callback is encrypted, and refuses what is protected less than the account is set to. A
// msg_signature says that the sender encrypts; the plain signature is no substitute for it.
func (c *Channel) encrypted(q callback.Query) (bool, error) {
	switch q.EncryptType.Text {
	case "aes":
		if c.codec == nil {
			return true, callback.Reject(callback.ReasonNoKey, nil)
		}
		return true, nil
	case "", "raw":
		if c.mode != Plain || q.MsgSignature.Given() {
			return false, callback.Reject(callback.ReasonWeak, nil)
		}
		return false, nil
	}
	return false, callback.Reject(callback.ReasonQuery, errors.New("encrypt_type is neither aes nor raw"))
}

// checkPlain checks the signature that does not cover the body.
func (c *Channel) checkPlain(q callback.Query) error {
	if q.Signature.Text == "" {
		return callback.Reject(callback.ReasonQuery, errors.New("signature is missing"))
	}
	if wxcrypt.Verify(q.Signature.Text, c.token, q.Timestamp.Text, q.Nonce.Text) != nil {
		return callback.Reject(callback.ReasonSignature, nil)
	}
	return nil
}

// guardReplay refuses an unencrypted body under the signature of another: that signature covers no body, so whoever has seen
// one could send what they like under it. The same body again is a duplicate and passes. The signature is what is
// remembered, not timestamp and nonce: digits can be moved between those two without changing it.
func (c *Channel) guardReplay(ctx context.Context, signature, body string) error {
	sum := sha256.Sum256([]byte(body))
	key := "replay:" + string(c.account) + ":" + signature
	first, err := c.replays.PutOnce(ctx, key, sum[:], max(replayMemory, 2*c.maxSkew))
	if err != nil {
		return callback.Reject(callback.ReasonUnavailable, err)
	}
	if len(first) > 0 && !bytes.Equal(first, sum[:]) {
		return callback.Reject(callback.ReasonReplay, nil)
	}
	return nil
}
