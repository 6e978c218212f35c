package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// PauseScope is what a pause stops.
type PauseScope string

// The scopes.
const (
	PauseEverything PauseScope = "all"
	PauseOfAccount  PauseScope = "account"
	PauseOfCampaign PauseScope = "campaign"
)

// SendPause is something that somebody paused.
type SendPause struct {
	Scope PauseScope
	Name  string // of the account or campaign
	At    time.Time
}

// PauseSends stops what goes out by itself: from now on it waits. Pausing what is paused changes nothing.
func (s *Store) PauseSends(ctx context.Context, scope PauseScope, name string, now time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "INSERT INTO send_pause (scope, name, paused_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", string(scope), clean(name), ms(now))
	})
	if err != nil {
		return fmt.Errorf("pause what goes out: %w", err)
	}
	return nil
}

// ResumeSends takes a pause away, as part of the transaction, and tells whether there was one.
func ResumeSends(ctx context.Context, tx *Tx, scope PauseScope, name string) (bool, error) {
	n, err := tx.Exec(ctx, "DELETE FROM send_pause WHERE scope = $1 AND name = $2", string(scope), clean(name))
	if err != nil {
		return false, fmt.Errorf("resume what goes out: %w", err)
	}
	return n > 0, nil
}

// SendPauses lists what is paused.
func (s *Store) SendPauses(ctx context.Context) ([]SendPause, error) {
	all, err := All(ctx, s.read(), func(r Row) (p SendPause, err error) {
		var at int64
		err = r.Scan(&p.Scope, &p.Name, &at)
		p.At = fromMS(at)
		return p, err
	}, "SELECT scope, name, paused_at FROM send_pause ORDER BY scope, name")
	if err != nil {
		return nil, fmt.Errorf("list what is paused: %w", err)
	}
	return all, nil
}

// WakeSends makes a page of what waits because of one of the reasons due now, as part of the transaction; so does, with no reasons, what
// was due before a time and has been forgotten. It returns what was woken: fewer than limit mean that there is no more.
func WakeSends(ctx context.Context, tx *Tx, w Wake) ([]Send, error) {
	where, args := "state = 'waiting' AND reason = $3", []any{ms(w.Now), w.Limit, w.Reason}
	switch w.Scope {
	case PauseOfAccount:
		where, args = where+" AND account = $4", append(args, w.Name)
	case PauseOfCampaign:
		where, args = where+" AND campaign = $4", append(args, w.Name)
	case PauseEverything:
	default:
		where, args = "state IN ('queued', 'waiting', 'sending') AND reason NOT LIKE 'paused%' AND due_at < $3", []any{ms(w.Now), w.Limit, ms(w.Before)}
	}
	woken, err := All(ctx, tx, scanSend, `UPDATE send SET due_at = $1, reason = CASE WHEN state = 'waiting' THEN '' ELSE reason END
		WHERE id IN (SELECT id FROM send WHERE `+where+` ORDER BY priority, due_at, id LIMIT $2) RETURNING `+sendColumns, args...)
	if err != nil {
		return nil, fmt.Errorf("wake what waits: %w", err)
	}
	return woken, nil
}

// Wake says what WakeSends wakes.
type Wake struct {
	Scope  PauseScope // empty: what was due Before and forgotten
	Name   string
	Reason string
	Before time.Time
	Now    time.Time
	Limit  int
}

// SendClosed is a way that the platform closed to an account.
type SendClosed struct {
	Account bot.AccountName
	Way     string
	Reason  string
	Detail  string
	Opens   time.Time
}

// CloseSends writes down that a way is closed to an account until a time.
func (s *Store) CloseSends(ctx context.Context, c SendClosed) error {
	_, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, `INSERT INTO send_closed (account, way, reason, detail, opens_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (account, way) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, opens_at = excluded.opens_at WHERE excluded.opens_at > send_closed.opens_at`,
			string(c.Account), c.Way, c.Reason, clean(c.Detail), ms(c.Opens))
	})
	if err != nil {
		return fmt.Errorf("write down that a way is closed: %w", err)
	}
	return nil
}

// SendsClosed lists the ways that are closed at now.
func (s *Store) SendsClosed(ctx context.Context, now time.Time) ([]SendClosed, error) {
	all, err := All(ctx, s.read(), func(r Row) (c SendClosed, err error) {
		var at int64
		err = r.Scan(&c.Account, &c.Way, &c.Reason, &c.Detail, &at)
		c.Opens = fromMS(at)
		return c, err
	}, "SELECT account, way, reason, detail, opens_at FROM send_closed WHERE opens_at > $1 ORDER BY account, way", ms(now))
	if err != nil {
		return nil, fmt.Errorf("list closed ways: %w", err)
	}
	return all, nil
}

// SendQuota is how often an account used a way in a day.
type SendQuota struct {
	Account         bot.AccountName
	Way             string
	Pushes, Replies int
}

// SendQuotas lists what was used on a day.
func (s *Store) SendQuotas(ctx context.Context, day string) ([]SendQuota, error) {
	all, err := All(ctx, s.read(), func(r Row) (q SendQuota, err error) { return q, r.Scan(&q.Account, &q.Way, &q.Pushes, &q.Replies) },
		"SELECT account, way, CAST(SUM(pushes) AS BIGINT), CAST(SUM(replies) AS BIGINT) FROM send_quota_part WHERE day = $1 GROUP BY account, way ORDER BY account, way", day)
	if err != nil {
		return nil, fmt.Errorf("list quotas: %w", err)
	}
	return all, nil
}
