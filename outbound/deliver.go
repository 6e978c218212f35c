package outbound

import (
	"context"
	"strconv"
	"time"

	"go.uber.org/zap"

	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
)

const (
	// patience is how long a worker waits for its turn; who has to wait longer gives the place to others.
	patience = 2 * time.Second
	// callWithin bounds a call of the platform; the caller's own bound is shorter.
	callWithin = 20 * time.Second
)

// sendBy sends by a way. again says that the way turned out to be shut and the policy is to be asked once more.
func (w *work) sendBy(ctx context.Context, way policy.Way) (again bool, err error) {
	if until := w.rests.until(w.send.Person.Account); w.now().Before(until) {
		return false, w.wait(ctx, latest(until, w.now().Add(pauseAfter(w.send.Tries))), outcome{reason: policy.Busy}, true)
	}
	free, ok, err := w.place(ctx)
	switch {
	case err != nil:
		return false, err
	case !ok && free.IsZero():
		return false, w.settle(ctx, store.SendDropped, "", outcome{reason: policy.CapNone})
	case !ok: // somebody was faster than what the records told
		if !w.send.Expires.IsZero() && !free.Before(w.send.Expires) {
			return false, w.settle(ctx, store.SendDropped, "", outcome{reason: policy.CapTooLong})
		}
		return false, w.wait(ctx, free, outcome{reason: policy.CapDay}, true)
	}
	turn, err := w.turn(ctx, way)
	if err != nil || turn > 0 {
		if err != nil {
			return false, err
		}
		return false, w.wait(ctx, w.now().Add(turn), outcome{reason: policy.Paced}, true)
	}
	return w.deliver(ctx, way, 0, true)
}

// turn waits for the account's pace; what would take longer than patience is returned.
func (w *work) turn(ctx context.Context, way policy.Way) (time.Duration, error) {
	perSecond := w.cfg.Rules.PerSecond
	if perSecond <= 0 {
		return 0, nil
	}
	wait, err := w.cfg.Pace.Take(ctx, string(w.send.Person.Account)+" "+string(way), perSecond, max(1, int(perSecond)), patience)
	if err != nil || wait > patience {
		return wait, err
	}
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return 0, nil
}

// goOn continues a push of which the first parts are there.
func (w *work) goOn(ctx context.Context, way policy.Way, from int) error {
	w.facts.Owner = w.send.Person
	if way == policy.KF {
		f, err := w.records.SendFacts(ctx, store.SendFactsAsk{ID: w.send.ID, Person: w.send.Person, Reply: true})
		if err != nil {
			return err
		}
		w.facts.Talks = f.Talks
	}
	if paused, key := w.board.shown.Load().paused(&w.send); paused != policy.Running {
		return w.pause(ctx, policy.Verdict{Reason: pauseReason(paused)}, paused, key)
	}
	_, err := w.deliver(ctx, way, from, false)
	return err
}

// deliver sends the parts from one on. fresh says that nothing of the push has gone out.
func (w *work) deliver(ctx context.Context, way policy.Way, from int, fresh bool) (again bool, err error) {
	sender := w.cfg.Senders[w.send.Person.Account][way]
	if sender == nil {
		return false, w.settle(ctx, store.SendFailed, way, outcome{reason: policy.NoRight})
	}
	parts, why := sender.Fit(w.send.Person, w.content)
	if why != "" {
		return false, w.settle(ctx, store.SendFailed, way, outcome{reason: why})
	}
	for i := from; i < len(parts); i++ {
		if paused, key := w.board.shown.Load().paused(&w.send); paused != policy.Running && fresh {
			return false, w.pause(ctx, policy.Verdict{Reason: pauseReason(paused)}, paused, key)
		}
		if fresh && w.quiet() { // it begins now, or began while this one waited for its turn
			return false, w.wait(ctx, w.cfg.Rules.Quiet.End(w.now().Add(onItsWay)), outcome{reason: policy.QuietHours}, true)
		}
		ok, err := w.start(ctx, way, i)
		if err != nil || !ok {
			return false, err
		}
		o := w.call(ctx, sender, way, i, parts[i])
		if o.result == resultSent {
			w.send.Parts, fresh, w.maybe = i+1, false, false
			continue
		}
		return w.failed(ctx, way, i, o, fresh)
	}
	w.cfg.Observer.PushTook(w.send.Person.Account, max(0, w.now().Sub(latest(w.send.NotBefore, w.send.CreatedAt))))
	if _, ok := sender.(Follower); !ok {
		return false, w.settle(ctx, store.SendSent, way, outcome{reason: policy.Arrived})
	}
	if err := w.settle(ctx, store.SendSent, way, outcome{reason: policy.AskedStaff}); err != nil {
		return false, err
	}
	return false, jobs.Later(followFirst) // follow
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// start writes down that a part is on its way.
func (w *work) start(ctx context.Context, way policy.Way, part int) (bool, error) {
	now := w.now()
	w.send.Way = string(way)
	if !w.maybe {
		w.send.SendingAt = now
	}
	return w.records.StartSend(ctx, store.SendStart{
		ID: w.send.ID, By: w.by, Way: string(way), Parts: part + 1, Counted: w.counts(), Reply: w.send.Budget == string(policy.ForReply),
		Account: w.send.Person.Account, At: now, Day: platformDay(now),
	})
}

// call sends a part. It is not given up when the job is: what the platform says must be known.
func (w *work) call(ctx context.Context, sender Sender, way policy.Way, i int, part Part) outcome {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callWithin)
	defer cancel()
	id, err := sender.Send(ctx, Letter{ID: partID(w.send.ID, i), To: w.send.Person, Desk: w.desk(), Part: part})
	o := judge(way, err, w.now())
	if err != nil {
		w.log.Info("the platform did not take a push", zap.String("id", w.send.ID), zap.String("way", string(way)), zap.Error(err))
	}
	if id != "" {
		w.send.MsgID = id
	}
	w.send.Detail = o.detail
	if way == policy.Subscribe && part.Template != nil {
		w.spend(ctx, part.Template.ID, o)
	}
	return o
}

// spend takes what the person had accepted of a subscription notification. When it can't be written down, the platform will say so the
// next time.
func (w *work) spend(ctx context.Context, template string, o outcome) {
	var err error
	switch {
	case o.result == resultSent || o.result == resultUnknown:
		err = w.store.UseSubscription(ctx, w.send.Person, template, w.send.ID)
	case o.reason == policy.Unsubscribed:
		err = w.store.EndSubscriptions(ctx, w.send.Person, template, w.send.ID, w.now())
	}
	if err != nil {
		w.log.Warn("it could not be written down that a subscription is used", zap.String("id", w.send.ID), zap.Error(err))
	}
}

// partID names a part to the platform: at most 32 characters (official account docs, 模板消息; WeCom docs, 微信客服 发送消息).
func partID(id string, part int) string {
	if part == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(part)
}

// failed deals with a part that did not go, or may not have.
func (w *work) failed(ctx context.Context, way policy.Way, part int, o outcome, fresh bool) (again bool, err error) {
	w.send.Parts = part
	if o.result == resultClosed {
		if err := w.close(ctx, way, o); err != nil {
			return false, err
		}
	}
	switch {
	case w.maybe && (o.result == resultNever || o.result == resultNextWay):
		// What the platform says now does not undo an earlier try.
		w.send.Parts = part + 1
		return false, w.settle(ctx, store.SendUnknown, way, outcome{reason: policy.Unknown, detail: o.detail})
	case w.maybe, o.result == resultUnknown && sameIDFor(way) > 0:
		// It stays "sending": the same call is made again, and the platform knows it.
		w.send.Parts = part + 1
		return false, w.again(ctx, way, o)
	case o.result == resultUnknown:
		w.send.Parts = part + 1
		return false, w.settle(ctx, store.SendUnknown, way, o)
	case o.result == resultSoon:
		w.rests.note(w.send.Person.Account, o.until)
		return false, w.wait(ctx, w.now().Add(pauseAfter(w.send.Tries)), o, fresh)
	case o.result == resultClosed && !fresh:
		return false, w.wait(ctx, o.until, o, false)
	case o.result == resultNever || !fresh:
		return false, w.settle(ctx, store.SendFailed, way, o)
	}
	w.refused[way] = o
	return true, w.giveBack(ctx)
}

// close tells all replicas that the way is closed to the account.
func (w *work) close(ctx context.Context, way policy.Way, o outcome) error {
	account := w.send.Person.Account
	err := w.records.CloseSends(context.WithoutCancel(ctx), store.SendClosed{Account: account, Way: string(way), Reason: string(o.reason), Detail: o.detail, Opens: o.until})
	if err != nil {
		return err
	}
	w.log.Warn("the platform closed a way to an account", zap.String("account", string(account)), zap.String("way", string(way)),
		zap.String("why", o.reason.English()), zap.String("errcode", o.detail), zap.Time("until", o.until))
	return w.board.refresh(context.WithoutCancel(ctx))
}

func pauseReason(p policy.Pause) policy.Reason {
	return policy.Decide(policy.Request{Paused: p}).Reason
}
