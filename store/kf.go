package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// KfDesk is how far one customer-service account (open kfid) has been pulled.
type KfDesk struct {
	Account   bot.AccountName
	Desk      string
	Cursor    string    // the platform's; empty: nothing has been pulled
	StartedAt time.Time // of the first OpenKfDesk: what was said before is not answered
	MovedAt   time.Time
}

// OpenKfDesk reads how far a desk has been pulled. The first time it writes down that pulling starts at now.
func (s *Store) OpenKfDesk(ctx context.Context, a bot.AccountName, desk string, now time.Time) (KfDesk, error) {
	scan := func(r Row) (KfDesk, error) {
		d := KfDesk{Account: a, Desk: desk}
		var started, moved int64
		err := r.Scan(&d.Cursor, &started, &moved)
		d.StartedAt, d.MovedAt = fromMS(started), fromMS(moved)
		return d, err
	}
	d, err := inSteps(ctx, s, func(ctx context.Context, w executor) (KfDesk, error) {
		d, _, err := Get(ctx, w, scan, `INSERT INTO kf_cursor (account, desk, cursor, started_at, moved_at) VALUES ($1, $2, '', $3, $3)
			ON CONFLICT (account, desk) DO UPDATE SET started_at = kf_cursor.started_at RETURNING cursor, started_at, moved_at`,
			string(a), desk, ms(now))
		return d, err
	})
	if err != nil {
		return KfDesk{}, fmt.Errorf("read the cursor of a desk: %w", err)
	}
	return d, nil
}

// MoveKfCursor moves a desk's cursor, and tells whether it stood where from says: otherwise somebody else has moved it, and it
// stays.
func (s *Store) MoveKfCursor(ctx context.Context, a bot.AccountName, desk, from, to string, now time.Time) (bool, error) {
	n, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, "UPDATE kf_cursor SET cursor = $4, moved_at = $5 WHERE account = $1 AND desk = $2 AND cursor = $3",
			string(a), desk, from, to, ms(now))
	})
	if err != nil {
		return false, fmt.Errorf("move the cursor of a desk: %w", err)
	}
	return n == 1, nil
}

// TrimKf deletes what the ledger of customer service keeps of customers and messages not touched since before. It tells how many
// rows it deleted.
func (s *Store) TrimKf(ctx context.Context, before time.Time) (int, error) {
	total := 0
	for _, query := range []string{
		`DELETE FROM kf_send WHERE (account, event_key, number) IN (
			SELECT account, event_key, number FROM kf_send WHERE planned_at < $1 ORDER BY planned_at LIMIT $2)`,
		`DELETE FROM kf_talk WHERE (account, desk, user_id) IN (
			SELECT account, desk, user_id FROM kf_talk WHERE touched_at < $1 ORDER BY touched_at LIMIT $2)`,
	} {
		for {
			n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) { return tx.Exec(ctx, query, ms(before), trimChunk) })
			if err != nil {
				return total, fmt.Errorf("trim the ledger of customer service: %w", err)
			}
			if total += n; n < trimChunk {
				break
			}
		}
	}
	return total, nil
}
