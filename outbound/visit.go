package outbound

import (
	"context"
	"encoding/json"
	"fmt"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// OnVisit gives what was kept for the person's next visit, which is the event with that key: owed are answers to what they said earlier, news is the
// rest. It counts as said from now on; the same event again is given the same. Where nothing is kept for anybody it costs nothing.
func (s *Service) OnVisit(ctx context.Context, p bot.Person, key bot.EventKey) (owed, news []bot.Message, err error) {
	if !s.board.shown.Load().held[p.Account] {
		return nil, nil, nil
	}
	if err := s.dropMoot(ctx, p); err != nil {
		return nil, nil, err
	}
	held, err := s.records.TakeHeld(ctx, p, key, s.now())
	if err != nil {
		return nil, nil, err
	}
	for _, h := range held {
		var c Content
		if err := json.Unmarshal(h.Content, &c); err != nil {
			s.log.Error("a push can't be read", zap.String("id", h.ID), zap.Error(err))
			continue
		}
		s.cfg.Observer.Pushed(h.Person.Account, policy.Budget(h.Budget), policy.NextVisit, store.SendSent, policy.SaidOnVisit)
		if h.Budget == string(policy.ForReply) {
			owed = append(owed, c.Messages...)
		} else {
			news = append(news, c.Messages...)
		}
	}
	return owed, news, nil
}

// dropMoot drops what was kept for a person and is over by now.
func (s *Service) dropMoot(ctx context.Context, p bot.Person) error {
	if s.cfg.Moot == nil {
		return nil
	}
	held, err := s.records.HeldSends(ctx, p)
	if err != nil {
		return err
	}
	for _, h := range held {
		moot, err := s.cfg.Moot(ctx, p, h.Cause)
		if err == nil && moot {
			err = s.records.DropHeld(ctx, h.ID, string(policy.Moot), s.now())
		}
		if err != nil {
			return err
		}
		if moot {
			s.cfg.Observer.Pushed(p.Account, policy.Budget(h.Budget), policy.NextVisit, store.SendDropped, policy.Moot)
		}
	}
	return nil
}

var _ bot.Outbox = (*Service)(nil)

// SendsLate tells whether answers that are late can be sent: the account may write, and nothing is switched off.
func (s *Service) SendsLate(a bot.AccountName) bool {
	if s.cfg.Senders[a][policy.Custom] == nil || !s.cfg.On(a) {
		return false
	}
	n := s.board.shown.Load()
	paused, _ := n.paused(&store.Send{Person: bot.Person{Account: a}})
	shut, _ := n.shut(a, policy.Custom, s.now())
	return paused == policy.Running && shut == ""
}

// Late sends an answer that came too late to go with its callback. The same event again changes nothing.
func (s *Service) Late(ctx context.Context, p bot.Person, key bot.EventKey, messages []bot.Message) error {
	now := s.now()
	_, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		return s.outbox.Enqueue(ctx, tx, Push{
			To: p, Cause: "late:" + string(key), Budget: policy.ForReply, Priority: policy.Service, Expires: now.Add(wordsFor),
			Ways: []policy.Way{policy.Custom, policy.NextVisit}, Content: Content{Messages: messages},
		})
	})
	if err != nil {
		return fmt.Errorf("send a late answer: %w", err)
	}
	return nil
}
