package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// sendsListed is how many messages of a person are listed.
const sendsListed = 200

// SendsTo lists what was to go out to a person, on all their accounts, the newest first; with a campaign only that one's.
func (s *Store) SendsTo(ctx context.Context, p bot.Person, campaign string) ([]Send, error) {
	people, err := samePerson(ctx, s.read(), p)
	if err == nil {
		among, args := amongPeople(people, 3)
		var all []Send
		all, err = All(ctx, s.read(), scanSend, "SELECT "+sendColumns+" FROM send WHERE ($1 = '' OR campaign = $1) AND "+among+" ORDER BY created_at DESC, id LIMIT $2",
			append([]any{campaign, sendsListed}, args...)...)
		if err == nil {
			return all, nil
		}
	}
	return nil, fmt.Errorf("list what goes to a person: %w", err)
}

// SendCount is how many messages are in a state for a reason.
type SendCount struct {
	State  SendState
	Reason string
	Count  int
}

// SendCounts counts the messages of a campaign by state and reason.
func (s *Store) SendCounts(ctx context.Context, campaign string) ([]SendCount, error) {
	all, err := All(ctx, s.read(), func(r Row) (c SendCount, err error) { return c, r.Scan(&c.State, &c.Reason, &c.Count) },
		"SELECT state, reason, COUNT(*) FROM send WHERE campaign = $1 AND campaign <> '' GROUP BY state, reason ORDER BY state, reason", campaign)
	if err != nil {
		return nil, fmt.Errorf("count messages of a campaign: %w", err)
	}
	return all, nil
}

// OpenSends is how many messages of a campaign wait, or are kept for visits, for a reason.
type OpenSends struct {
	SendCount
	Campaign string
	Next     time.Time // when the first of those that wait is looked at again; zero: of those that are kept
}

// SendsOpen counts what something is still to become of, by campaign, state and reason.
func (s *Store) SendsOpen(ctx context.Context) ([]OpenSends, error) {
	all, err := All(ctx, s.read(), func(r Row) (o OpenSends, err error) {
		var next int64
		err = r.Scan(&o.Campaign, &o.State, &o.Reason, &o.Count, &next)
		if o.State != SendHeld {
			o.Next = fromMS(next)
		}
		return o, err
	}, `SELECT campaign, state, reason, COUNT(*), MIN(due_at) FROM send WHERE state IN ('queued', 'waiting', 'held')
		GROUP BY campaign, state, reason ORDER BY campaign, state, reason`)
	if err != nil {
		return nil, fmt.Errorf("count messages that wait: %w", err)
	}
	return all, nil
}

// SendsHeld tells on which accounts something is kept for a visit.
func (s *Store) SendsHeld(ctx context.Context) ([]bot.AccountName, error) {
	all, err := All(ctx, s.read(), scalar[bot.AccountName], "SELECT DISTINCT account FROM send WHERE state = 'held'")
	if err != nil {
		return nil, fmt.Errorf("look for what is kept for visits: %w", err)
	}
	return all, nil
}

// HeldSends lists what is kept for a person's next visit.
func (s *Store) HeldSends(ctx context.Context, p bot.Person) ([]Send, error) {
	all, err := All(ctx, s.read(), scanSend, "SELECT "+sendColumns+" FROM send WHERE account = $1 AND user_id = $2 AND state = 'held'", string(p.Account), string(p.User))
	if err != nil {
		return nil, fmt.Errorf("list what is kept for a visit: %w", err)
	}
	return all, nil
}

// DropHeld drops a message that is kept for a visit, for a reason; another one stays as it is.
func (s *Store) DropHeld(ctx context.Context, id, reason string, now time.Time) error {
	_, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, "UPDATE send SET state = 'dropped', reason = $2, settled_at = $3, content = $4 WHERE id = $1 AND state = 'held'", id, reason, ms(now), []byte{})
	})
	if err != nil {
		return fmt.Errorf("drop what is kept for a visit: %w", err)
	}
	return nil
}

// TrimSends forgets messages that were settled before a time, quotas of days before it, and closings that are over.
func (s *Store) TrimSends(ctx context.Context, before time.Time) (int, error) {
	total := 0
	for {
		n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
			return tx.Exec(ctx, "DELETE FROM send WHERE id IN (SELECT id FROM send WHERE settled_at > 0 AND settled_at < $1 ORDER BY settled_at LIMIT $2)", ms(before), trimChunk)
		})
		if err != nil {
			return total, fmt.Errorf("trim messages: %w", err)
		}
		if total += n; n < trimChunk {
			break
		}
	}
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "DELETE FROM send_quota_part WHERE day < $1", before.UTC().Format(time.DateOnly))
	})
	if err != nil {
		return total, fmt.Errorf("trim quotas: %w", err)
	}
	_, err = InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "DELETE FROM subscription_grant WHERE used_by <> '' AND granted_at < $1", ms(before))
	})
	if err != nil {
		return total, fmt.Errorf("trim subscriptions: %w", err)
	}
	return total, nil
}

// Send reads a message.
func (s *Store) Send(ctx context.Context, id string) (Send, bool, error) {
	m, ok, err := Get(ctx, s.read(), scanSend, "SELECT "+sendColumns+" FROM send WHERE id = $1", id)
	if err != nil {
		return Send{}, false, fmt.Errorf("read a message: %w", err)
	}
	return m, ok, nil
}

// ExpireHeldSends drops what was kept for visits that did not come in time.
func (s *Store) ExpireHeldSends(ctx context.Context, now time.Time) (int, error) {
	n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, `UPDATE send SET state = 'dropped', reason = 'expired', settled_at = $1, content = $2
			WHERE state = 'held' AND expires_at > 0 AND expires_at <= $1`, ms(now), []byte{})
	})
	if err != nil {
		return 0, fmt.Errorf("drop what was kept for visits: %w", err)
	}
	return n, nil
}
