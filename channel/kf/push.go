package kf

import (
	"context"
	"errors"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// Push is one message to a customer that answers nothing they just said. It is counted in the same ledger as answers.
type Push struct {
	ID       string // by which the platform knows it: at most 32 of [0-9a-zA-Z_-], the same at every try
	Desk     string
	Customer bot.Person
	Message  bot.Message // one of those that PushFitter gives
}

// PushFitter brings what is to be said to the messages that a desk can send. All of it is Now.
type PushFitter struct{}

var _ bot.Fitter = PushFitter{}

// Fit gives the messages that Push takes.
func (PushFitter) Fit(messages []bot.Message) bot.Fitted {
	var parts []bot.Message
	for _, m := range messages {
		if m.Kind == bot.MessageTransfer || m.Kind == bot.MessageReturn {
			continue
		}
		for _, p := range expressed(m) {
			parts = appendJoined(parts, p)
		}
	}
	return bot.Fitted{Now: parts}
}

// Shut is a finding of the ledger that nothing may be said to the customer, without asking the platform.
type Shut struct{ Window, Limit, Staff bool }

// Error gives the reason.
func (s *Shut) Error() string {
	switch {
	case s.Staff:
		return "somebody of the staff has the conversation"
	case s.Limit:
		return "five messages were sent since the customer wrote"
	}
	return "the customer last wrote more than 48 hours ago"
}

// Push sends a message once: one that the ledger has as sent is not sent again. A refusal of the platform comes as it is; without an
// answer the same Push may be made again.
func (s *Service) Push(ctx context.Context, p Push) error {
	now := s.now()
	talk := store.KfTalk{Person: p.Customer, Desk: p.Desk}
	key := bot.EventKey("push:" + p.ID)
	leave, rows, err := s.records.PlanKfSends(ctx, talk, nil, key,
		[]store.KfSend{{MsgID: p.ID, Kind: p.Message.Kind, State: store.KfPlanned, Planned: now}}, now)
	if err != nil {
		return err
	}
	row := &rows[0]
	if row.State == store.KfSent {
		return nil
	}
	l := &letter{Service: s, ev: &bot.Event{Account: s.account, User: p.Customer.User, Desk: p.Desk}, talk: talk, leave: leave}
	again := row.Planned.Before(now.Truncate(time.Millisecond)) // it may have arrived, and is not forbidden now
	if why := l.forbidden(ctx); why != "" && !again {
		return errors.Join(shutFor(why), l.conclude(ctx, key, rows, verdict{state: store.KfUnsent, reason: why}))
	}
	path, body := l.address(p.ID, p.Message)
	err = s.api.Post(ctx, s.tokens, path, body, nil)
	if v := judge(err, false, false); v.state != "" {
		return errors.Join(err, l.conclude(ctx, key, rows, v))
	}
	return err
}

// conclude writes down what became of the one message.
func (l *letter) conclude(ctx context.Context, key bot.EventKey, rows []store.KfSend, v verdict) error {
	rows[0].State, rows[0].Reason, rows[0].Settled = v.state, v.reason, l.now()
	counted := 0
	if v.state == store.KfSent {
		counted = 1
	}
	l.report(&rows[0])
	return l.records.SettleKfSends(context.WithoutCancel(ctx), l.talk, key, rows, counted)
}

func shutFor(why string) error {
	switch why {
	case reasonStaff, reasonEnded:
		return &Shut{Staff: true}
	case reasonLimit:
		return &Shut{Limit: true}
	}
	return &Shut{Window: true}
}
