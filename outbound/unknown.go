package outbound

import (
	"context"
	"time"

	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// againAfter is how soon a call with an unknown outcome is made again where the platform knows it.
const againAfter = 3 * time.Second

// again leaves the push in "sending" and gives it back: whoever takes it next resolves it. That is when the outcome says that the call
// may be made, and at the latest when the platform has forgotten the first one.
func (w *work) again(ctx context.Context, way policy.Way, o outcome) error {
	now := w.now()
	soon, forgotten := now.Add(againAfter), w.send.SendingAt.Add(sameIDFor(way))
	due := latest(soon, o.until)
	if due.After(forgotten) {
		due = latest(soon, forgotten)
	}
	o.reason = policy.Unknown
	ok, err := w.records.SettleSend(context.WithoutCancel(ctx), w.outcome(store.SendSending, way, o, due, false))
	if err != nil || !ok {
		return err
	}
	return jobs.Later(due.Sub(now))
}

// resolve takes up a push that was being sent when nobody wrote down what came of it, by the rule of its way:
//
//   - customer service and template messages know a call by its id: the same one is made again, while the platform remembers it;
//   - everything else may have arrived, and is never sent again. It counts as sent.
func (w *work) resolve(ctx context.Context) error {
	way := policy.Way(w.send.Way)
	part := max(0, w.send.Parts-1)
	if within := sameIDFor(way); within > 0 && w.now().Sub(w.send.SendingAt) < within {
		w.send.Parts = part
		return w.resume(ctx, way, part)
	}
	return w.settle(ctx, store.SendUnknown, way, outcome{reason: policy.Unknown, detail: w.send.Detail})
}

// resume makes the call of a part again. Caps and windows don't stand in its way: it may have arrived already, and has its place. But when
// it has not, it would arrive now: where nothing may arrive it is left alone, for as long as the platform remembers it.
func (w *work) resume(ctx context.Context, way policy.Way, part int) error {
	f, err := w.records.SendFacts(ctx, store.SendFactsAsk{
		ID: w.send.ID, Person: w.send.Person, Topic: w.send.Topic, Reply: w.send.Budget == string(policy.ForReply),
	})
	if err != nil {
		return err
	}
	w.facts = f
	w.placed = w.counts()
	switch paused := w.board.shown.Load().pausedBy(&w.send); {
	case f.OptedOut, f.OptedOutTopic, f.Gone, !w.send.Expires.IsZero() && !w.now().Before(w.send.Expires):
		return w.settle(ctx, store.SendUnknown, way, outcome{reason: policy.Unknown, detail: w.send.Detail})
	case paused != policy.Running, w.quiet():
		w.send.Parts = part + 1
		return w.again(ctx, way, outcome{detail: w.send.Detail})
	}
	w.maybe = true
	_, err = w.deliver(ctx, way, part, false)
	return err
}

// onItsWay is how long before a quiet time nothing is sent any more: what is on its way would arrive in it.
const onItsWay = 5 * time.Second

// quiet tells whether it is a time at which the push must not arrive, or is about to be.
func (w *work) quiet() bool {
	now, q := w.now(), w.cfg.Rules.Quiet
	return w.send.Budget != string(policy.ForReply) && (q.At(now) || q.At(now.Add(onItsWay)))
}
