package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"guanjia/bot"
)

// ClaimSend gives a message to one worker until it settles it or the lease ends, by the database's clock; ok is false when there is
// nothing to do, or somebody else has it. One that is found SendSending was left by somebody who did not come back.
func (s *Store) ClaimSend(ctx context.Context, id, by string, lease time.Duration) (claimed Send, ok bool, err error) {
	type claim struct {
		send Send
		ok   bool
	}
	c, err := inSteps(ctx, s, func(ctx context.Context, w executor) (c claim, err error) {
		c.send, c.ok, err = Get(ctx, w, scanSend, `UPDATE send SET claimed_by = $2, claimed_at = `+s.dialect.clock+`, tries = tries + 1
			WHERE id = $1 AND state IN ('queued', 'waiting', 'sending') AND (claimed_by = '' OR claimed_by = $2 OR claimed_at <= `+s.dialect.clock+` - CAST($3 AS BIGINT))
			RETURNING `+sendColumns, id, by, lease.Milliseconds())
		return c, err
	})
	if err != nil {
		return Send{}, false, fmt.Errorf("claim a message: %w", err)
	}
	return c.send, c.ok, nil
}

// InheritSend gives a message to a worker that another had whose process has ended; ok is false when it is not theirs any more.
func (s *Store) InheritSend(ctx context.Context, id, by, from string) (claimed Send, ok bool, err error) {
	all, err := inSteps(ctx, s, func(ctx context.Context, w executor) ([]Send, error) {
		return All(ctx, w, scanSend, `UPDATE send SET claimed_by = $2, claimed_at = `+s.dialect.clock+`, tries = tries + 1
			WHERE id = $1 AND state IN ('queued', 'waiting', 'sending') AND claimed_by = $3 RETURNING `+sendColumns, id, by, from)
	})
	if err != nil {
		return Send{}, false, fmt.Errorf("inherit a message: %w", err)
	}
	if len(all) == 0 {
		return Send{}, false, nil
	}
	return all[0], true, nil
}

// SendStart is a message about to be sent.
type SendStart struct {
	ID, By  string
	Way     string
	Parts   int // that are on their way or there, this one included
	Counted bool
	Reply   bool // on the budget of replies
	Account bot.AccountName
	At      time.Time
	Day     string // of the platform
}

// StartSend writes down that a message is about to be sent, and counts it against the account's quota of the day. ok is false when it
// is not the worker's any more: then it must not be sent.
func (s *Store) StartSend(ctx context.Context, b SendStart) (ok bool, err error) {
	pushes, replies := 1, 0
	if b.Reply {
		pushes, replies = 0, 1
	}
	// What is sent again is as old as the first try: the platform knows it from then on.
	start := `UPDATE send SET state = 'sending', way = $3, parts = $4, counted = $5, claimed_at = ` + s.dialect.clock + `,
			sending_at = CASE WHEN state = 'sending' AND way = $3 AND parts = $4 THEN sending_at ELSE $6 END
		WHERE id = $1 AND claimed_by = $2 AND state IN ('queued', 'waiting', 'sending')`
	args := []any{b.ID, b.By, b.Way, b.Parts, b.Counted, ms(b.At)}
	quota := []any{string(b.Account), b.Way, b.Day, quotaPart(b.ID), pushes, replies}
	if s.group != nil {
		ok, err = InTx(ctx, s, func(ctx context.Context, tx *Tx) (bool, error) {
			n, err := tx.Exec(ctx, start, args...)
			if err != nil || n == 0 {
				return false, err
			}
			_, err = tx.Exec(ctx, insertQuota+" VALUES ($1, $2, $3, $4, $5, $6)"+addQuota, quota...)
			return err == nil, err
		})
	} else { // one statement instead of a transaction's four round trips; SQLite has none that does both
		var n int
		n, err = direct{readers{db: s.writer}}.Exec(ctx, "WITH started AS ("+start+" RETURNING id) "+insertQuota+
			" SELECT CAST($7 AS TEXT), CAST($8 AS TEXT), CAST($9 AS TEXT), CAST($10 AS INTEGER), CAST($11 AS BIGINT), CAST($12 AS BIGINT) FROM started"+addQuota, append(args, quota...)...)
		ok = n > 0
	}
	if err != nil {
		return false, fmt.Errorf("write down that a message is sent: %w", err)
	}
	return ok, nil
}

const (
	insertQuota = "INSERT INTO send_quota_part (account, way, day, part, pushes, replies)"
	addQuota    = ` ON CONFLICT (account, way, day, part) DO UPDATE SET pushes = send_quota_part.pushes + excluded.pushes, replies = send_quota_part.replies + excluded.replies`
)

// quotaParts is in how many rows an account's use of a way is counted: as many messages can be begun at once.
const quotaParts = 16

func quotaPart(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return int(h.Sum32() % quotaParts)
}

// SendOutcome is what became of a message for now.
type SendOutcome struct {
	ID, By string
	State  SendState
	Way    string
	Reason string
	Detail string
	MsgID  string
	Due    time.Time // of SendWaiting and SendQueued
	Parts  int
	// Unsent says that nothing of it went out after all: it does not count.
	Unsent bool
	At     time.Time
}

// SettleSend writes down what became of a message and gives it back. ok is false when it is not the worker's any more, and nothing was
// written. The words of what is settled are forgotten.
func (s *Store) SettleSend(ctx context.Context, o SendOutcome) (ok bool, err error) {
	n, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) { return settleSend(ctx, w, o) })
	if err != nil {
		return false, fmt.Errorf("write down what became of a message: %w", err)
	}
	return n == 1, nil
}

func settleSend(ctx context.Context, w executor, o SendOutcome) (int, error) {
	settled := time.Time{}
	if o.State.Settled() {
		settled = o.At
	}
	return w.Exec(ctx, `UPDATE send SET state = $3, way = $4, reason = $5, detail = $6, msg_id = CASE WHEN $7 = '' THEN msg_id ELSE $7 END, due_at = $8,
			parts = $9, settled_at = $10, claimed_by = '', counted = CASE WHEN $11 THEN FALSE ELSE counted END, sending_at = CASE WHEN $11 THEN 0 ELSE sending_at END,
			content = CASE WHEN CAST($10 AS BIGINT) > 0 THEN $12 ELSE content END
		WHERE id = $1 AND claimed_by = $2`,
		o.ID, o.By, string(o.State), o.Way, o.Reason, clean(o.Detail), clean(o.MsgID), ms(o.Due), o.Parts, ms(settled), o.Unsent, []byte{})
}

// PauseSend lets a claimed message wait for somebody to resume what is paused. paused is false when that has happened meanwhile, and
// nothing was written.
func (s *Store) PauseSend(ctx context.Context, o SendOutcome, scope PauseScope, name string) (paused bool, err error) {
	paused, err = InTx(ctx, s, func(ctx context.Context, tx *Tx) (bool, error) {
		// Held to the end, so that whoever resumes it sees this message waiting.
		_, there, err := Get(ctx, tx, scalar[int64], "SELECT paused_at FROM send_pause WHERE scope = $1 AND name = $2"+tx.ForUpdate(), string(scope), name)
		if err != nil || !there {
			return false, err
		}
		n, err := settleSend(ctx, tx, o)
		return n == 1, err
	})
	if err != nil {
		return false, fmt.Errorf("let a message wait: %w", err)
	}
	return paused, nil
}

// TakeHeld gives what was kept for the person's next visit, which is the event: it counts as said with it from now on. The same event
// again is given the same.
func (s *Store) TakeHeld(ctx context.Context, p bot.Person, key bot.EventKey, now time.Time) ([]Send, error) {
	held, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) ([]Send, error) {
		if _, err := tx.Exec(ctx, `UPDATE send SET state = 'dropped', reason = 'expired', settled_at = $3, content = $4
			WHERE account = $1 AND user_id = $2 AND state = 'held' AND expires_at > 0 AND expires_at <= $3`, string(p.Account), string(p.User), ms(now), []byte{}); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, `UPDATE send SET state = 'sent', way = 'next_visit', reason = 'said_on_visit', msg_id = $3, sending_at = $4, settled_at = $4
			WHERE account = $1 AND user_id = $2 AND state = 'held'`, string(p.Account), string(p.User), string(key), ms(now)); err != nil {
			return nil, err
		}
		return All(ctx, tx, scanSend, "SELECT "+sendColumns+` FROM send WHERE account = $1 AND msg_id = $2 AND way = 'next_visit' ORDER BY priority, created_at, id`,
			string(p.Account), string(key))
	})
	if err != nil {
		return nil, fmt.Errorf("take what is kept for a visit: %w", err)
	}
	return held, nil
}

// ConfirmSend writes down that a message has arrived that the platform had taken before, when it is still as it was: sent, for the reason
// from.
func (s *Store) ConfirmSend(ctx context.Context, id, from, to string) error {
	_, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, "UPDATE send SET reason = $3 WHERE id = $1 AND state = 'sent' AND reason = $2", id, from, to)
	})
	if err != nil {
		return fmt.Errorf("note a message that arrived: %w", err)
	}
	return nil
}

// FailSend writes down that a message did not arrive although the platform had taken it, and tells whether it is known. msgID is what the
// platform calls it, or its own id.
func (s *Store) FailSend(ctx context.Context, a bot.AccountName, msgID, reason, detail string, now time.Time) (bool, error) {
	n, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, `UPDATE send SET state = 'failed', reason = $3, detail = $4, settled_at = $5 WHERE account = $1 AND (msg_id = $2 OR id = $2) AND state IN ('sent', 'unknown')`,
			string(a), clean(msgID), reason, clean(detail), ms(now))
	})
	if err != nil {
		return false, fmt.Errorf("note a message that did not arrive: %w", err)
	}
	return n > 0, nil
}
