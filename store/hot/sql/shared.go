package sql

import (
	"context"
	"fmt"
	"time"

	"guanjia/store"
	"guanjia/store/hot"
)

// Get reads what Put wrote under key; ok is false when there is nothing or its time is over.
func (h *Hot) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	value, err = store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) ([]byte, error) {
		value, ok, err := store.Get(ctx, tx, scanBytes, "SELECT value FROM hot_shared WHERE name = $1 AND keep_until > "+tx.Clock(), key)
		if ok && value == nil {
			value = []byte{}
		}
		return value, err
	})
	if err != nil {
		return nil, false, fmt.Errorf("get: %w", err)
	}
	return value, value != nil, nil
}

// Put writes value under key for ttl, over what is there.
func (h *Hot) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if value == nil {
		value = []byte{}
	}
	_, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, `INSERT INTO hot_shared (name, value, keep_until) VALUES ($1, $2, `+tx.Clock()+` + CAST($3 AS BIGINT))
			ON CONFLICT (name) DO UPDATE SET value = excluded.value, keep_until = excluded.keep_until`, key, value, max(1, ttl.Milliseconds()))
	})
	if err != nil {
		return fmt.Errorf("put: %w", err)
	}
	return nil
}

// DeleteIf deletes what is under key if it is value.
func (h *Hot) DeleteIf(ctx context.Context, key string, value []byte) error {
	if value == nil {
		value = []byte{}
	}
	_, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, "DELETE FROM hot_shared WHERE name = $1 AND value = $2", key, value)
	})
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

// TryLock takes the lock for ttl and tells whether it did. The owner who has it gets it again.
func (h *Hot) TryLock(ctx context.Context, key, owner string, ttl time.Duration) (bool, error) {
	if err := hot.CheckLock(key, owner); err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	n, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, `INSERT INTO hot_lock (name, owner, keep_until) VALUES ($1, $2, `+tx.Clock()+` + CAST($3 AS BIGINT))
			ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, keep_until = excluded.keep_until
			WHERE hot_lock.owner = excluded.owner OR hot_lock.keep_until <= `+tx.Clock(), key, owner, max(1, ttl.Milliseconds()))
	})
	if err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	return n == 1, nil
}

// Unlock frees the lock if it is the owner's.
func (h *Hot) Unlock(ctx context.Context, key, owner string) error {
	_, err := store.InTx(ctx, h.s, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, "DELETE FROM hot_lock WHERE name = $1 AND owner = $2", key, owner)
	})
	if err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}
