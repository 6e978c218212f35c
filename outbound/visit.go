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

// OnVisit gives what was kept for the person's next visit, which is the event: owed are answers to what they said earlier, news is the
// rest. It counts as said from now on; the same event again is given the same. Where nothing is kept for anybody it costs nothing.
func (s *Service) OnVisit(ctx context.Context, ev *bot.Event) (owed, news []bot.Message, err error) {
	if !s.board.shown.Load().held[ev.Account] {
		return nil, nil, nil
	}
	held, err := s.records.TakeHeld(ctx, ev.Person(), ev.Key, s.now())
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

// Late sends an answer that came too late to go with its callback. The same event again changes nothing.
func (s *Service) Late(ctx context.Context, ev *bot.Event, messages []bot.Message) error {
	now := s.now()
	_, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		return s.outbox.Enqueue(ctx, tx, Push{
			To: ev.Person(), Cause: "late:" + string(ev.Key), Budget: policy.ForReply, Priority: policy.Service, Expires: now.Add(wordsFor),
			Ways: []policy.Way{policy.Custom, policy.NextVisit}, Content: Content{Messages: messages},
		})
	})
	if err != nil {
		return fmt.Errorf("send a late answer: %w", err)
	}
	return nil
}
