package sql

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/store"
	"guanjia/store/hot"
)

var (
	_ hot.Caps = (*Hot)(nil)
	_ hot.Pace = (*Hot)(nil)
)

// Reserve takes a place under a person's caps.
func (h *Hot) Reserve(ctx context.Context, r hot.CapRequest) (hot.CapResult, error) {
	if err := hot.CheckCap(r.Owner, r.ID); err != nil {
		return hot.CapResult{}, fmt.Errorf("reserve: %w", err)
	}
	if r.Caps.None() {
		return hot.CapResult{}, nil
	}
	result, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (hot.CapResult, error) { return reserve(ctx, tx, r) })
	if err != nil {
		return hot.CapResult{}, fmt.Errorf("reserve: %w", err)
	}
	return result, nil
}

func reserve(ctx context.Context, tx *store.Tx, r hot.CapRequest) (hot.CapResult, error) {
	there, err := holdCap(ctx, tx, r.Owner)
	switch {
	case err != nil:
		return hot.CapResult{}, err
	case !there && r.Known == nil:
		return hot.CapResult{Lost: true}, nil
	case !there:
		if err := seedCap(ctx, tx, r); err != nil {
			return hot.CapResult{}, err
		}
	}
	insertPlace := insertPlace(tx)
	span := r.Now.Add(-hot.CapSpan(r.Caps)).UnixMilli()
	if _, err := tx.Exec(ctx, "DELETE FROM hot_cap_place WHERE account = $1 AND user_id = $2 AND (at <= $3 OR id = $4)",
		string(r.Owner.Account), string(r.Owner.User), span, r.ID); err != nil {
		return hot.CapResult{}, err
	}
	taken, err := store.All(ctx, tx, func(row store.Row) (time.Time, error) {
		var at int64
		err := row.Scan(&at)
		return time.UnixMilli(at), err
	}, "SELECT at FROM hot_cap_place WHERE account = $1 AND user_id = $2", string(r.Owner.Account), string(r.Owner.User))
	if err != nil {
		return hot.CapResult{}, err
	}
	now := r.Now.Truncate(time.Millisecond)
	if free, _ := r.Caps.Free(taken, now); free.After(now) {
		return hot.CapResult{Free: free.UTC()}, nil
	}
	_, err = tx.Exec(ctx, insertPlace, string(r.Owner.Account), string(r.Owner.User), r.ID, now.UnixMilli(), hot.KeepCaps.Milliseconds())
	if err != nil {
		return hot.CapResult{}, err
	}
	_, err = tx.Exec(ctx, "UPDATE hot_cap SET keep_until = "+tx.Clock()+" + CAST($3 AS BIGINT) WHERE account = $1 AND user_id = $2",
		string(r.Owner.Account), string(r.Owner.User), hot.KeepCaps.Milliseconds())
	return hot.CapResult{Taken: true}, err
}

func insertPlace(tx *store.Tx) string {
	return "INSERT INTO hot_cap_place (account, user_id, id, at, keep_until) VALUES ($1, $2, $3, $4, " + tx.Clock() + " + CAST($5 AS BIGINT)) ON CONFLICT DO NOTHING"
}

// holdCap keeps others from a person's places until the transaction ends, and tells whether anything is known of the person.
func holdCap(ctx context.Context, tx *store.Tx, owner bot.Person) (bool, error) {
	_, there, err := store.Get(ctx, tx, func(row store.Row) (n int64, err error) { return n, row.Scan(&n) },
		"SELECT keep_until FROM hot_cap WHERE account = $1 AND user_id = $2"+tx.ForUpdate(), string(owner.Account), string(owner.User))
	return there, err
}

// seedCap begins a person's places with what the records know. Who comes second to it waits for the first and finds it done.
func seedCap(ctx context.Context, tx *store.Tx, r hot.CapRequest) error {
	n, err := tx.Exec(ctx, "INSERT INTO hot_cap (account, user_id, keep_until) VALUES ($1, $2, "+tx.Clock()+" + CAST($3 AS BIGINT)) ON CONFLICT DO NOTHING",
		string(r.Owner.Account), string(r.Owner.User), hot.KeepCaps.Milliseconds())
	if err != nil {
		return err
	}
	if n == 0 {
		_, err = holdCap(ctx, tx, r.Owner)
		return err
	}
	insertPlace := insertPlace(tx)
	for _, p := range r.Known {
		if _, err := tx.Exec(ctx, insertPlace, string(r.Owner.Account), string(r.Owner.User), p.ID, p.At.UnixMilli(), hot.KeepCaps.Milliseconds()); err != nil {
			return err
		}
	}
	return nil
}

// GiveBack frees a place.
func (h *Hot) GiveBack(ctx context.Context, owner bot.Person, id string) error {
	_, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, "DELETE FROM hot_cap_place WHERE account = $1 AND user_id = $2 AND id = $3", string(owner.Account), string(owner.User), id)
	})
	if err != nil {
		return fmt.Errorf("give back a place: %w", err)
	}
	return nil
}

// Take spreads calls over time.
func (h *Hot) Take(ctx context.Context, name string, perSecond float64, burst int, patience time.Duration) (time.Duration, error) {
	every := 1000 / perSecond // ms
	type turn struct{ now, next float64 }
	wait, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (time.Duration, error) {
		if _, err := tx.Exec(ctx, "INSERT INTO hot_bucket (name, next_at, keep_until) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING", name); err != nil {
			return 0, err
		}
		t, _, err := store.Get(ctx, tx, func(row store.Row) (t turn, err error) { return t, row.Scan(&t.now, &t.next) },
			"SELECT CAST("+tx.Clock()+" AS DOUBLE PRECISION), next_at FROM hot_bucket WHERE name = $1"+tx.ForUpdate(), name)
		if err != nil {
			return 0, err
		}
		next := max(t.next, t.now)
		ms := max(0, next-t.now-every*float64(max(burst, 1)-1))
		wait := time.Duration(ms * float64(time.Millisecond))
		if wait > patience {
			return wait, nil
		}
		_, err = tx.Exec(ctx, "UPDATE hot_bucket SET next_at = $2, keep_until = $3 WHERE name = $1", name, next+every, int64(next+every)+hour)
		return wait, err
	})
	if err != nil {
		return 0, fmt.Errorf("take a turn: %w", err)
	}
	return wait, nil
}
