package wecom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/channel/callback"
)

// decideWithin is how long the engine has to find a welcome; the rest of the time is for sending it.
const decideWithin = 3 * time.Second

// acknowledged is the answer that shows nothing and is not asked for again.
const acknowledged = ""

// ServeHTTP answers the platform: GET when the callback address is saved in its console, POST for every callback.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.endpoint.ServeHTTP(w, r) }

// prove opens WeCom's echostr, which is encrypted and signed, and echoes what is in it.
func (c *Channel) prove(q callback.Query) (string, error) { return q.Decrypt(c.codec, q.Echo.Text) }

// receive takes one callback to its answer.
func (c *Channel) receive(d *callback.Delivery) error {
	ev, err := c.read(d)
	if err != nil {
		return err
	}
	contact, isContact := ev.Detail.(Contact)
	if isContact && ev.Kind == bot.KindUnfollow && c.relations != nil {
		if err := c.leaves(d.Context(), ev, contact); err != nil {
			return callback.Reject(callback.ReasonUnavailable, err)
		}
	}
	switch {
	case isContact && ev.Kind == bot.KindFollow:
		return c.welcome(d, ev, contact.WelcomeCode)
	case isContact && contact.WelcomeCode != "" && !c.decoder.welcomes:
		c.log.Warn("a customer could be welcomed, but the account has no secret for it")
	}
	fit := c.fitters.none
	if takesReply(ev) {
		fit = c.fitters.reply
	}
	a, err := d.Ask(c.engine, ev, fit, d.Received.Add(callback.AnswerWithin))
	switch {
	case err != nil:
		return err
	case len(a.Messages) == 0:
		c.ring(ev)
		d.Acknowledge(acknowledged)
		return nil
	}
	return d.Reply(ev, a, c.codec)
}

// ring passes on what happened at the desks of customer service. It is journaled by now, and a bell may ring twice.
func (c *Channel) ring(ev *bot.Event) {
	if c.bells == nil {
		return
	}
	switch news := ev.Detail.(type) {
	case ServiceNews:
		c.bells.Ring(news.Account, news.Token)
	case ServiceAccounts:
		c.bells.Accounts(news.Added, news.Removed)
	}
}

// leaves makes the end of a relation a mere change while another member has the customer: they have not left.
func (c *Channel) leaves(ctx context.Context, ev *bot.Event, contact Contact) error {
	stays, err := c.relations.HasOtherRelation(ctx, ev.Person(), contact.Member)
	if err != nil {
		return fmt.Errorf("tell whether a customer leaves: %w", err)
	}
	if stays {
		ev.Kind = bot.KindContact
	}
	return nil
}

// read verifies and decodes a callback.
func (c *Channel) read(d *callback.Delivery) (*bot.Event, error) {
	document, err := d.Body()
	if err != nil {
		return nil, err
	}
	if document, err = d.Open(c.codec, document); err != nil {
		return nil, err
	}
	es, err := d.Scan(document)
	if err != nil {
		return nil, err
	}
	ev, err := c.decoder.decode(document, es, d.Query.Timestamp.Text)
	switch {
	case errors.Is(err, errAgent):
		return nil, callback.Reject(callback.ReasonReceiver, err)
	case err != nil:
		return nil, callback.Reject(callback.ReasonMalformed, err)
	}
	return ev, nil
}

// takesReply tells whether a passive reply to ev is shown (WeCom docs, 被动回复消息).
func takesReply(ev *bot.Event) bool {
	if ev.Kind.IsMessage() {
		return true
	}
	return slices.Contains([]string{
		"subscribe", "enter_agent", "LOCATION", "click", "view", "view_miniprogram", "scancode_waitmsg",
		"template_card_event", "template_card_menu_event",
	}, ev.Name)
}

// laterFitter keeps everything for the person's next message: to the event it is for nothing can be said.
type laterFitter struct{}

func (laterFitter) Fit(messages []bot.Message) bot.Fitted { return bot.Fitted{Later: messages} }
