package kf

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
)

// Engine answers events; *bot.Engine does.
type Engine interface {
	Handle(ctx context.Context, ev *bot.Event, f bot.Fitter, respondBy time.Time) (bot.Answer, error)
}

const (
	// beforeStart is how old an item may be at the first start on a desk to be answered all the same.
	beforeStart = time.Minute
	// waitForAnswer bounds the engine's own bounds: nobody waits for an answer but us.
	waitForAnswer = time.Hour
	// maxFailures is how often an event may fail by itself before it is written down unanswered, so that the customer's next
	// ones are answered.
	maxFailures = 5
)

// sorry is what a customer is told whose message can't be dealt with.
const sorry = "抱歉，刚才出了点问题，没能处理您的消息。请稍后再发一次。"

// outcomeGivenUp is what observers hear of an event that failed by itself.
const outcomeGivenUp = "given_up"

// date tells what age does to an event: what was sent before the desk was opened, or is older than the platform lets it be
// answered, is past; and an event's code must be young to say something by.
func date(ev *bot.Event, started, now time.Time) {
	age := now.Sub(ev.At)
	ev.Past = ev.At.Before(started.Add(-beforeStart)) || age >= windowLife
	switch ev.Kind {
	case bot.KindEnter, bot.KindStaffEnded:
		ev.Speakable = codeOf(ev) != "" && !ev.Past && age < codeLife
	}
}

// dealWith takes an event to its end. It tells whether it did: not, when ctx ended before.
func (s *Service) dealWith(ctx context.Context, j job) bool {
	ev := j.ev
	if ctx.Err() != nil || !s.note(ctx, ev) {
		return false
	}
	fit, ok := s.fitter(ctx, j)
	if !ok {
		return false
	}
	a, ok := s.ask(ctx, ev, fit)
	if !ok {
		return false
	}
	if len(a.Messages) > 0 || heard(ev) {
		if !s.deliver(ctx, j, a.Messages) {
			return false
		}
	} else if e, isEntry := ev.Detail.(Entry); isEntry && e.WelcomeCode != "" && !ev.Speakable && !ev.Past {
		s.observer.Greeted(s.account, reasonLate, s.now().Sub(ev.At))
	}
	s.observer.Answered(s.account, ev.Kind, max(0, s.now().Sub(ev.At)), len(a.Messages) > 0)
	return true
}

// ask lets the engine answer. What is in the way of every event is waited for; an event that fails by itself is given up in the
// end, and journaled without an answer.
func (s *Service) ask(ctx context.Context, ev *bot.Event, fit Fitter) (bot.Answer, bool) {
	own := 0
	for failures := 1; ; failures++ {
		a, err := s.engine.Handle(context.WithoutCancel(ctx), ev, fit, time.Now().Add(waitForAnswer))
		switch {
		case err == nil && own >= maxFailures && ev.Kind.IsMessage():
			return bot.Answer{Messages: []bot.Message{bot.Text(sorry)}, Outcome: outcomeGivenUp}, true
		case err == nil:
			return a, true
		case errors.Is(err, bot.ErrStopping):
			return bot.Answer{}, false
		}
		var failed *bot.HandlerError
		if errors.As(err, &failed) && s.records.Ping(context.WithoutCancel(ctx)) == nil {
			own++
		}
		s.log.Warn("an event could not be answered yet", zap.String("kind", string(ev.Kind)), zap.Int("failures", failures), zap.Error(err))
		if own >= maxFailures && !ev.Past {
			s.log.Error("an event is given up: it failed again and again while others were answered", zap.String("kind", string(ev.Kind)), zap.String("key", string(ev.Key)))
			given := *ev
			given.Past, ev = true, &given
		}
		if !rest(ctx, s.slots, pauseAfter(failures, nil)) {
			return bot.Answer{}, false
		}
	}
}

// note writes down what an event says about the conversation.
func (s *Service) note(ctx context.Context, ev *bot.Event) bool {
	switch ev.Kind {
	case bot.KindStaffTook, bot.KindStaffMoved:
		return s.insist(ctx, func(ctx context.Context) error { return s.records.SetKfStaff(ctx, talkOf(ev), true, s.now()) })
	case bot.KindStaffEnded:
		return s.insist(ctx, func(ctx context.Context) error { return s.records.SetKfStaff(ctx, talkOf(ev), false, s.now()) })
	case bot.KindSendFailed:
		d, ok := ev.Detail.(SendFailure)
		if !ok || d.MsgID == "" {
			return true
		}
		why := undelivered(d.Type)
		return s.insist(ctx, func(ctx context.Context) error {
			known, err := s.records.FailKfSend(ctx, s.account, d.MsgID, why, s.now())
			if known {
				s.log.Warn("a message did not reach the customer", zap.String("why", why), zap.Int64("fail_type", d.Type))
				s.observer.Sent(s.account, Undelivered)
			}
			return err
		})
	}
	return true
}

// insist does what needs the records until it is done. When ctx ends it is not tried again.
func (s *Service) insist(ctx context.Context, do func(context.Context) error) bool {
	for failures := 1; ; failures++ {
		err := do(context.WithoutCancel(ctx))
		if err == nil {
			return true
		}
		s.log.Warn("the records could not be written yet", zap.Int("failures", failures), zap.Error(err))
		if !rest(ctx, s.slots, pauseAfter(failures, nil)) {
			return false
		}
	}
}
