package redis

import (
	"context"
	"fmt"
	"time"

	"guanjia/store/hot"
)

// Get reads what Put wrote under key; ok is false when there is nothing or its time is over.
func (h *Hot) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	reply, err := h.run(ctx, command{script: h.get, keys: h.sharedKeys(key)})
	if err != nil {
		return nil, false, fmt.Errorf("get: %w", err)
	}
	fields, ok := reply.([]any)
	if !ok || len(fields) > 1 {
		return nil, false, fmt.Errorf("get: %w", errUnreadable)
	}
	if len(fields) == 0 {
		return nil, false, nil
	}
	text, ok := fields[0].(string)
	if !ok {
		return nil, false, fmt.Errorf("get: %w", errUnreadable)
	}
	return []byte(text), true, nil
}

// Put writes value under key for ttl, over what is there.
func (h *Hot) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if _, err := h.run(ctx, command{h.put, h.sharedKeys(key), []any{value, max(1, ttl.Milliseconds())}}); err != nil {
		return fmt.Errorf("put: %w", err)
	}
	return nil
}

// DeleteIf deletes what is under key if it is value.
func (h *Hot) DeleteIf(ctx context.Context, key string, value []byte) error {
	if _, err := h.run(ctx, command{h.deleteIf, h.sharedKeys(key), []any{value}}); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

// TryLock takes the lock for ttl and tells whether it did. The owner who has it gets it again.
func (h *Hot) TryLock(ctx context.Context, key, owner string, ttl time.Duration) (bool, error) {
	if err := hot.CheckLock(key, owner); err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	reply, err := h.run(ctx, command{h.lock, h.lockKeys(key), []any{owner, max(1, ttl.Milliseconds())}})
	if err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	taken, _ := reply.(int64)
	return taken == 1, nil
}

// Unlock frees the lock if it is the owner's.
func (h *Hot) Unlock(ctx context.Context, key, owner string) error {
	if _, err := h.run(ctx, command{h.deleteIf, h.lockKeys(key), []any{owner}}); err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}

func (h *Hot) sharedKeys(key string) []string { return []string{h.prefix + "shared:" + key} }

func (h *Hot) lockKeys(key string) []string { return []string{h.prefix + "lock:" + key} }
