package outbound

import (
	"context"

	"guanjia/outbound/policy"
	"guanjia/store"
	"guanjia/store/hot"
)

// Judge asks the policy what would become of a push now, from everything that is known, without writing or sending anything.
func (s *Service) Judge(ctx context.Context, p Push) (policy.Verdict, error) {
	send, err := p.record(s.now())
	if err != nil {
		return policy.Verdict{}, err
	}
	w := &work{Service: s, send: send, content: p.Content, refused: map[policy.Way]outcome{}}
	if err := w.gather(ctx); err != nil {
		return policy.Verdict{}, err
	}
	request, _ := w.request(s.now())
	return policy.Decide(request), nil
}

// gather reads what is known of the person.
func (w *work) gather(ctx context.Context) error {
	now := w.now()
	ask := store.SendFactsAsk{
		ID: w.send.ID, Person: w.send.Person, Topic: w.send.Topic, CountedSince: now.Add(-hot.CapSpan(w.cfg.Rules.Caps)),
		Reply: w.send.Budget == string(policy.ForReply),
	}
	if n := w.content.Subscribe; n != nil {
		ask.Notice = n.ID
	}
	switch senders := w.cfg.Senders[w.send.Person.Account]; {
	case senders[policy.Custom] != nil:
		ask.Way, ask.ActsSince, ask.SentSince = string(policy.Custom), now.Add(-actsFor), now.Add(-actsFor)
	case senders[policy.GroupSend] != nil:
		ask.Way, ask.SentSince = string(policy.GroupSend), now.AddDate(0, -1, -1) // a month's
	}
	var err error
	if w.facts, err = w.records.SendFacts(ctx, ask); err != nil || w.cfg.Moot == nil {
		return err
	}
	w.moot, err = w.cfg.Moot(ctx, w.send.Person, w.send.Cause)
	return err
}
