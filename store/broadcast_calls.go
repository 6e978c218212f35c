package store

import (
	"context"
	"fmt"
	"time"
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

// FindCall finds the call that the platform has by an id; ok is false when it is nobody's.
func (s *Store) FindCall(ctx context.Context, msgID string) (BroadcastCall, bool, error) {
	c, ok, err := Get(ctx, s.read(), scanCall, "SELECT "+callColumns+" FROM broadcast_call WHERE msg_id = $1 AND msg_id <> ''", clean(msgID))
	if err != nil {
		return BroadcastCall{}, false, fmt.Errorf("find a call of a broadcast: %w", err)
	}
	return c, ok, nil
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
