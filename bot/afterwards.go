package bot

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// retriesOver is when the platform has long given up asking for an event again (official account docs, 被动回复: 15 s).
const retriesOver = time.Minute

// sendLate sends the answer that nobody waits for. What can't be sent is kept for the person's next message. The reply that is
// remembered says nothing then: should the platform ask again all the same, it must not be said twice.
func (x *execution) sendLate(ctx context.Context, answer Answer, finish *FinishRequest) {
	said, err := encodeReply(Answer{At: answer.At, Outcome: OutcomeLate}, finish.LateTaken)
	if err == nil {
		err = x.e.cfg.Outbox.Late(ctx, x.ev.Person(), x.ev.Key, answer.Messages)
	}
	if err != nil {
		x.e.log.Warn("a late answer could not be sent, it is kept", zap.String("account", string(x.ev.Account)), zap.Error(err))
		return
	}
	finish.Undelivered, finish.Reply = false, said
}

// sendRecovered sends the answer of somebody who crashed after deciding it, when the platform does not ask for it any more: no delivery
// has had it, or the event would not be unfinished.
func (x *execution) sendRecovered(ctx context.Context, entry Entry, recovered *Late) {
	out := x.e.cfg.Outbox
	if out == nil || entry.Key == x.ev.Key || x.e.cfg.Now().Sub(entry.At) < retriesOver || !out.SendsLate(x.ev.Account) {
		return
	}
	answer, err := decodeReply(entry.Reply)
	if err != nil || len(answer.Messages) == 0 {
		return
	}
	said, err := encodeReply(Answer{At: answer.At, Outcome: OutcomeLate}, lateIn(entry.Reply))
	if err == nil {
		err = out.Late(ctx, x.ev.Person(), entry.Key, answer.Messages)
	}
	if err != nil {
		x.e.log.Warn("the answer of a crash could not be sent", zap.String("account", string(x.ev.Account)), zap.Error(err))
		return
	}
	recovered.Reply = said
}
