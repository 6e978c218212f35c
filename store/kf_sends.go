package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// KfState is what became of a message to a customer.
type KfState string

// The states.
const (
	KfPlanned KfState = "planned" // it may have been sent: nobody has written down yet what became of it
	KfSent    KfState = "sent"
	KfFailed  KfState = "failed" // refused by the platform, at once or later
	KfUnsent  KfState = "unsent" // not tried: it could not have been sent
)

// KfSend is one message to a customer.
type KfSend struct {
	Number  int    // from 0, among the messages of the answer
	MsgID   string // what the platform is told, to know it again
	Kind    bot.MessageKind
	State   KfState
	Reason  string // of failed and unsent, in one word or a code
	Planned time.Time
	Settled time.Time
}

// PlanKfSends writes down what the customer said, unless heard is nil, and which messages answer key. It returns what may be
// said and the messages as they are written down: those that were planned before as they have become.
func (s *Store) PlanKfSends(ctx context.Context, t KfTalk, heard *KfHeard, key bot.EventKey, sends []KfSend, now time.Time) (KfLeave, []KfSend, error) {
	type planned struct {
		leave KfLeave
		sends []KfSend
	}
	p, err := inSteps(ctx, s, func(ctx context.Context, w executor) (p planned, err error) {
		if p.leave, err = touchKfTalk(ctx, w, t, heard, now); err != nil || len(sends) == 0 {
			return p, err
		}
		p.sends, err = insertKfSends(ctx, w, t, key, sends)
		return p, err
	})
	if err != nil {
		return KfLeave{}, nil, fmt.Errorf("plan messages to a customer: %w", err)
	}
	return p.leave, p.sends, nil
}

const kfSendColumns = "account, event_key, number, desk, user_id, msg_id, kind, state, reason, planned_at, settled_at"

const kfSendColumnCount = 11

func kfSendArgs(t KfTalk, key bot.EventKey, sends []KfSend) []any {
	args := make([]any, 0, len(sends)*kfSendColumnCount)
	for _, m := range sends {
		args = append(args, string(t.Person.Account), string(key), m.Number, t.Desk, string(t.Person.User), m.MsgID, string(m.Kind),
			string(m.State), clean(m.Reason), ms(m.Planned), ms(m.Settled))
	}
	return args
}

// insertKfSends writes the messages that are not there yet, and reads the answer's.
func insertKfSends(ctx context.Context, w executor, t KfTalk, key bot.EventKey, sends []KfSend) ([]KfSend, error) {
	n, err := w.Exec(ctx, "INSERT INTO kf_send ("+kfSendColumns+") VALUES "+placeholders(1, len(sends), kfSendColumnCount)+
		" ON CONFLICT DO NOTHING", kfSendArgs(t, key, sends)...)
	if err != nil || n == len(sends) {
		return sends, err
	}
	return All(ctx, w, scanKfSend, "SELECT number, msg_id, kind, state, reason, planned_at, settled_at FROM kf_send WHERE account = $1 AND event_key = $2 ORDER BY number",
		string(t.Person.Account), string(key))
}

func scanKfSend(r Row) (KfSend, error) {
	var m KfSend
	var planned, settled int64
	err := r.Scan(&m.Number, &m.MsgID, &m.Kind, &m.State, &m.Reason, &planned, &settled)
	m.Planned, m.Settled = fromMS(planned), fromMS(settled)
	return m, err
}

// SettleKfSends writes down what became of messages that were planned, and how many more the customer has been sent that the
// platform counts. What has been settled before stays as it is.
func (s *Store) SettleKfSends(ctx context.Context, t KfTalk, key bot.EventKey, sends []KfSend, counted int) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		n, err := tx.Exec(ctx, "INSERT INTO kf_send ("+kfSendColumns+") VALUES "+placeholders(1, len(sends), kfSendColumnCount)+
			` ON CONFLICT (account, event_key, number) DO UPDATE SET state = excluded.state, reason = excluded.reason, settled_at = excluded.settled_at
			WHERE kf_send.state = 'planned'`, kfSendArgs(t, key, sends)...)
		if err != nil || counted == 0 {
			return n, err
		}
		return tx.Exec(ctx, "UPDATE kf_talk SET sent = sent + $4 WHERE account = $1 AND desk = $2 AND user_id = $3",
			string(t.Person.Account), t.Desk, string(t.Person.User), counted)
	})
	if err != nil {
		return fmt.Errorf("settle messages to a customer: %w", err)
	}
	return nil
}

// KfSends reads the messages that answer an event, in order.
func (s *Store) KfSends(ctx context.Context, a bot.AccountName, key bot.EventKey) ([]KfSend, error) {
	sends, err := All(ctx, s.read(), scanKfSend, "SELECT number, msg_id, kind, state, reason, planned_at, settled_at FROM kf_send WHERE account = $1 AND event_key = $2 ORDER BY number",
		string(a), string(key))
	if err != nil {
		return nil, fmt.Errorf("read messages to a customer: %w", err)
	}
	return sends, nil
}

// FailKfSend writes down that a message did not arrive although the platform had taken it, and tells whether it is known.
func (s *Store) FailKfSend(ctx context.Context, a bot.AccountName, msgID, reason string, now time.Time) (bool, error) {
	n, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, "UPDATE kf_send SET state = $3, reason = $4, settled_at = $5 WHERE account = $1 AND msg_id = $2",
			string(a), clean(msgID), string(KfFailed), clean(reason), ms(now))
	})
	if err != nil {
		return false, fmt.Errorf("note a message that did not arrive: %w", err)
	}
	return n > 0, nil
}
