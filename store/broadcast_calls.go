package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// CallState is how far a call is that writes to many.
type CallState string

// The states.
const (
	CallPlanned   CallState = "planned"
	CallCalling   CallState = "calling" // nobody has written down yet what came of it
	CallTaken     CallState = "taken"   // the platform has it; what becomes of it is asked for, or told
	CallDone      CallState = "done"
	CallFailed    CallState = "failed"
	CallUnknown   CallState = "unknown" // it may have been taken, and is not made again
	CallCancelled CallState = "cancelled"
)

// Over tells whether nothing more becomes of it.
func (s CallState) Over() bool {
	return s == CallDone || s == CallFailed || s == CallUnknown || s == CallCancelled
}

// BroadcastCall is one call of a broadcast.
type BroadcastCall struct {
	Broadcast string
	Number    int
	Body      []byte
	People    int
	State     CallState
	MsgID     string
	Detail    string

	Sent, Failed, Waiting int
	Outcome               []byte
	CalledAt, SettledAt   time.Time
}

const callColumns = "broadcast, number, body, people, state, msg_id, detail, sent, failed, waiting, outcome, called_at, settled_at"

func scanCall(r Row) (BroadcastCall, error) {
	var c BroadcastCall
	var called, settled int64
	err := r.Scan(&c.Broadcast, &c.Number, &c.Body, &c.People, &c.State, &c.MsgID, &c.Detail, &c.Sent, &c.Failed, &c.Waiting, &c.Outcome, &called, &settled)
	c.CalledAt, c.SettledAt = fromMS(called), fromMS(settled)
	return c, err
}

// BroadcastCalls lists the calls of a broadcast in their order.
func (s *Store) BroadcastCalls(ctx context.Context, id string) ([]BroadcastCall, error) {
	all, err := All(ctx, s.read(), scanCall, "SELECT "+callColumns+" FROM broadcast_call WHERE broadcast = $1 ORDER BY number", id)
	if err != nil {
		return nil, fmt.Errorf("list calls of a broadcast: %w", err)
	}
	return all, nil
}

// LockCall reads a call and holds it to the end of the transaction; ErrNotFound when there is none.
func LockCall(ctx context.Context, tx *Tx, id string, number int) (BroadcastCall, error) {
	c, ok, err := Get(ctx, tx, scanCall, "SELECT "+callColumns+" FROM broadcast_call WHERE broadcast = $1 AND number = $2"+tx.ForUpdate(), id, number)
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return BroadcastCall{}, fmt.Errorf("read a call of a broadcast: %w", err)
	}
	return c, nil
}

// FindCall finds the call of an account that the platform has by an id. When there is none, open tells whether a call of the account is
// being made whose id is not known yet.
func (s *Store) FindCall(ctx context.Context, a bot.AccountName, msgID string) (c BroadcastCall, ok, open bool, err error) {
	const among = " AND broadcast IN (SELECT id FROM broadcast WHERE account = "
	c, ok, err = Get(ctx, s.read(), scanCall, "SELECT "+callColumns+" FROM broadcast_call WHERE msg_id = $1 AND msg_id <> ''"+among+"$2)", clean(msgID), string(a))
	if err == nil && !ok {
		_, open, err = Get(ctx, s.read(), scalar[int], "SELECT 1 FROM broadcast_call WHERE state = 'calling'"+among+"$1) LIMIT 1", string(a))
	}
	if err != nil {
		return BroadcastCall{}, false, false, fmt.Errorf("find a call of a broadcast: %w", err)
	}
	return c, ok, open, nil
}

// KeepTold keeps what the platform told of a message that is not known yet, and forgets what is a week old.
func (s *Store) KeepTold(ctx context.Context, a bot.AccountName, msgID string, outcome []byte, now time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		if _, err := tx.Exec(ctx, "DELETE FROM broadcast_told WHERE at < $1", ms(now.AddDate(0, 0, -7))); err != nil {
			return 0, err
		}
		return tx.Exec(ctx, "INSERT INTO broadcast_told (account, msg_id, outcome, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
			string(a), clean(msgID), outcome, ms(now))
	})
	if err != nil {
		return fmt.Errorf("keep what the platform told: %w", err)
	}
	return nil
}

// Told finds what the platform told of a message; nil when nothing.
func (s *Store) Told(ctx context.Context, a bot.AccountName, msgID string) ([]byte, error) {
	outcome, _, err := Get(ctx, s.read(), scalar[[]byte], "SELECT outcome FROM broadcast_told WHERE account = $1 AND msg_id = $2", string(a), clean(msgID))
	if err != nil {
		return nil, fmt.Errorf("find what the platform told: %w", err)
	}
	return outcome, nil
}

// SaveCall writes a call down, in the transaction that has locked it or plans it.
func SaveCall(ctx context.Context, tx *Tx, c BroadcastCall) error {
	body, outcome := c.Body, c.Outcome
	if body == nil {
		body = []byte{}
	}
	if outcome == nil {
		outcome = []byte{}
	}
	_, err := tx.Exec(ctx, `INSERT INTO broadcast_call (`+callColumns+`) VALUES `+placeholders(1, 1, 13)+`
		ON CONFLICT (broadcast, number) DO UPDATE SET body = excluded.body, people = excluded.people, state = excluded.state, msg_id = excluded.msg_id,
			detail = excluded.detail, sent = excluded.sent, failed = excluded.failed, waiting = excluded.waiting, outcome = excluded.outcome,
			called_at = excluded.called_at, settled_at = excluded.settled_at`,
		c.Broadcast, c.Number, body, c.People, string(c.State), clean(c.MsgID), clean(c.Detail), c.Sent, c.Failed, c.Waiting, outcome, ms(c.CalledAt), ms(c.SettledAt))
	if err != nil {
		return fmt.Errorf("write a call of a broadcast down: %w", err)
	}
	return nil
}
