package outbound

import (
	"context"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
	"guanjia/store/hot"
)

// Judge asks the policy what would become of a push now, from everything that is known, without writing or sending anything.
func (s *Service) Judge(ctx context.Context, p Push) (policy.Verdict, error) {
	w, err := s.considered(p)
	if err != nil {
		return policy.Verdict{}, err
	}
	if err := w.gather(ctx); err != nil {
		return policy.Verdict{}, err
	}
	request, _ := w.request(s.now())
	return policy.Decide(request), nil
}

// JudgeAll is Judge for a push to each of some people of its account, at most store.CrowdMax: what is known of them is asked for together. The
// verdicts are in the order of the people.
func (s *Service) JudgeAll(ctx context.Context, p Push, users []bot.UserID) ([]policy.Verdict, error) {
	works, members := make([]*work, len(users)), make([]store.CrowdMember, len(users))
	for i, u := range users {
		p.To.User = u
		w, err := s.considered(p)
		if err != nil {
			return nil, err
		}
		works[i], members[i] = w, store.CrowdMember{ID: w.send.ID, User: u}
	}
	if len(works) == 0 {
		return nil, nil
	}
	facts, err := s.records.CrowdFacts(ctx, works[0].ask(), members)
	if err != nil {
		return nil, err
	}
	verdicts := make([]policy.Verdict, len(works))
	for i, w := range works {
		w.facts = facts[i]
		if err := w.lookIfMoot(ctx); err != nil {
			return nil, err
		}
		request, _ := w.request(s.now())
		verdicts[i] = policy.Decide(request)
	}
	return verdicts, nil
}

// considered is a push that is only thought about.
func (s *Service) considered(p Push) (*work, error) {
	send, err := p.record(s.now())
	if err != nil {
		return nil, err
	}
	return &work{Service: s, send: send, content: p.Content, refused: map[policy.Way]outcome{}}, nil
}

// gather reads what is known of the person.
func (w *work) gather(ctx context.Context) (err error) {
	if w.facts, err = w.records.SendFacts(ctx, w.ask()); err != nil {
		return err
	}
	return w.lookIfMoot(ctx)
}

func (w *work) lookIfMoot(ctx context.Context) (err error) {
	if w.cfg.Moot != nil {
		w.moot, err = w.cfg.Moot(ctx, w.send.Person, w.send.Cause)
	}
	return err
}

// ask is what has to be known of the person.
func (w *work) ask() store.SendFactsAsk {
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
	return ask
}
