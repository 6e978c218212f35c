package wxapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Shared is the state that the processes of an installation have in common. Durations are measured by its own clock. Values
// and locks of one key don't meet.
type Shared interface {
	// Get reads the value; ok is false when there is none or its time is over.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// Put writes the value, over any other, for ttl.
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// DeleteIf deletes the value if it is still this one.
	DeleteIf(ctx context.Context, key string, value []byte) error
	// TryLock takes the lock for ttl, and tells whether it did. The owner who has it gets it again, from now on for ttl.
	TryLock(ctx context.Context, key, owner string, ttl time.Duration) (bool, error)
	// Unlock frees the lock if it is still the owner's.
	Unlock(ctx context.Context, key, owner string) error
}

// sharedTimeout bounds one operation on the shared state: without it a token is found as well.
const sharedTimeout = 2 * time.Second

// sharedKey names the token of an account and secret. The hash does not give the secret away: it is long and random.
func sharedKey(kind Kind, id string, secret Secret) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", string(kind), id, string(secret)))
	return fmt.Sprintf("token:%s:%s:%s", kind, id, hex.EncodeToString(sum[:12]))
}

// sharedToken is how a token is kept in Shared.
type sharedToken struct {
	Token   string `json:"token"`
	Renew   int64  `json:"renew"`   // when to fetch the next, unix ms
	Expires int64  `json:"expires"` // unix ms
}

func (h *held) encode() ([]byte, error) {
	return json.Marshal(sharedToken{Token: h.value, Renew: h.renew.UnixMilli(), Expires: h.expires.UnixMilli()})
}

// decodeHeld reads a shared token; what can't be read is none.
func decodeHeld(value []byte) *held {
	var t sharedToken
	if err := json.Unmarshal(value, &t); err != nil || t.Token == "" {
		return nil
	}
	return &held{value: t.Token, renew: time.UnixMilli(t.Renew), expires: time.UnixMilli(t.Expires)}
}
