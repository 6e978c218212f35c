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

// again leaves the push in "sending" and gives it back: whoever takes it next resolves it.
func (w *work) again(ctx context.Context, way policy.Way, o outcome) error {
	due := w.now().Add(againAfter)
	ok, err := w.records.SettleSend(context.WithoutCancel(ctx), w.outcome(store.SendSending, way, o, due, false))
	if err != nil || !ok {
		return err
	}
	return jobs.Later(againAfter)
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

// resume makes the call of a part again. Nothing may stand in its way that did not the first time: it may have arrived already.
func (w *work) resume(ctx context.Context, way policy.Way, part int) error {
	f, err := w.records.SendFacts(ctx, store.SendFactsAsk{ID: w.send.ID, Person: w.send.Person, Reply: true})
	if err != nil {
		return err
	}
	w.facts = f
	w.placed = w.counts()
	_, err = w.deliver(ctx, way, part, false)
	return err
}
