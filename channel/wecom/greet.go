package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/wxapi"
)

const pathWelcome = "/cgi-bin/externalcontact/send_welcome_msg"

const (
	// markFor is how long a try is remembered: longer than a code and the platform's deliveries of its callback live.
	markFor = 10 * time.Minute
	// pauseFirst is before the second try when the platform is busy; it doubles with each.
	pauseFirst = 200 * time.Millisecond
)

// welcome greets a customer by the code of the event, and acknowledges the event when nothing more can be done: until then the
// platform delivers it again, and the engine gives the same answer.
func (c *Channel) welcome(d *callback.Delivery, ev *bot.Event, code string) error {
	a, err := d.Ask(c.engine, ev, c.fitters.welcome, d.Received.Add(decideWithin))
	if err != nil {
		return err
	}
	if len(a.Messages) == 0 {
		if a.Outcome == bot.OutcomeLate {
			_ = c.report(ev, verdict{outcome: Late}, nil)
		}
		d.Acknowledge(acknowledged)
		return nil
	}
	// Two deliveries at once send once. The platform's hanging up does not stop what is being sent.
	ctx, cancel := context.WithDeadline(context.WithoutCancel(d.Context()), d.Received.Add(callback.AnswerWithin))
	defer cancel()
	_, err, _ = c.greeting.Do(code, func() (any, error) { return nil, c.greet(ctx, ev, code, a.Messages) })
	if err != nil {
		return callback.Reject(callback.ReasonUnavailable, err)
	}
	d.Acknowledge(acknowledged)
	return nil
}

// errTryAgain asks the platform for another delivery.
var errTryAgain = errors.New("the welcome message could not be sent yet")

// greet sends a welcome. The error means that it may still succeed.
func (c *Channel) greet(ctx context.Context, ev *bot.Event, code string, messages []bot.Message) error {
	v, err := c.send(ctx, ev, code, messages, c.tried(ctx, ev.Account, code))
	return c.report(ev, v, err)
}

// report tells how a welcome ended, and asks for another delivery while there is hope. It names no customer.
func (c *Channel) report(ev *bot.Event, v verdict, cause error) error {
	after := max(0, c.now().Sub(ev.At)) // the platform's clock may be ahead
	if v.again && after < welcomeLife {
		v.outcome = TryAgain
	}
	c.observer.Welcomed(ev.Account, v.outcome, after)
	fields := []zap.Field{
		zap.String("outcome", string(v.outcome)), zap.String("what", v.outcome.Describe()), zap.Duration("after", after), zap.NamedError("cause", cause),
	}
	var refused *wxapi.Error
	if errors.As(cause, &refused) {
		fields = append(fields, zap.Int("errcode", refused.Code))
	}
	switch v.outcome {
	case Sent, SentBefore:
		c.log.Debug("customer welcomed", fields...)
	case SentText:
		c.log.Warn("customer welcomed without attachments", fields...)
	case TryAgain:
		c.log.Warn("customer not welcomed yet", fields...)
		return errTryAgain
	default:
		c.log.Warn("customer not welcomed", fields...)
	}
	return nil
}

// send tries until it is decided or the time of this delivery is over. The error is the platform's last refusal, also when it was
// of what was attached and the rest went out after it.
func (c *Channel) send(ctx context.Context, ev *bot.Event, code string, messages []bot.Message, before bool) (v verdict, last error) {
	w := newWelcome(code, messages)
	alone, renewed := false, false
	for pause := pauseFirst; ; pause *= 2 {
		err := c.api.Post(ctx, c.tokens, pathWelcome, w, nil)
		v = judge(attempt{err: err, before: before, alone: alone, age: c.now().Sub(ev.At)}, w.Text != nil && len(w.Attachments) > 0)
		if err != nil {
			last = err
		}
		if v.stale && !renewed {
			renewed = true
			if fresh, ok := c.renew(ctx, ev.Account, messages); ok {
				w = newWelcome(code, fresh)
				alone = len(w.Attachments) == 0
				continue
			}
		}
		switch {
		case v.bare:
			w.Attachments, alone = nil, true
			continue
		case !v.again || !wait(ctx, pause):
			return v, last
		}
		before = before || mayHaveArrived(err)
	}
}

// sendWithin is what is left for sending when media ids are asked for anew.
const sendWithin = time.Second

// renew gets a welcome whose media ids the platform knows; ok is false when there is none to be had.
func (c *Channel) renew(ctx context.Context, account bot.AccountName, messages []bot.Message) (_ []bot.Message, ok bool) {
	if c.media == nil {
		return nil, false
	}
	if end, timed := ctx.Deadline(); timed {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-sendWithin))
		defer cancel()
	}
	fresh, changed := c.media.Again(ctx, account, messages)
	if !changed {
		return nil, false
	}
	fresh = c.fitters.welcome.Fit(fresh).Now
	return fresh, len(fresh) > 0
}

// mayHaveArrived tells whether a call without an answer may have been obeyed.
func mayHaveArrived(err error) bool {
	var lost *wxapi.NoAnswerError
	return errors.As(err, &lost) && lost.Why != wxapi.Unsent
}

// tried marks that a code is about to be used, and tells whether it was marked before: then a refusal because somebody was
// quicker means ourselves, before a crash or a lost answer. Without the memory of marks the welcome is worth more than telling.
func (c *Channel) tried(ctx context.Context, account bot.AccountName, code string) bool {
	sum := sha256.Sum256([]byte(code))
	there, err := c.marks.PutOnce(ctx, "welcome:"+string(account)+":"+base64.RawURLEncoding.EncodeToString(sum[:16]), []byte{1}, markFor)
	if err != nil {
		c.log.Warn("a welcome could not be marked as tried", zap.Error(err))
	}
	return len(there) > 0
}

// wait tells whether there was time to wait.
func wait(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
