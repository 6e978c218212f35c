package store

import (
	"crypto/rand"
	"encoding/hex"
)

// newID makes an id of 128 random bits. Random on purpose: an id in order of time would tell who answered an anonymous survey when.
func newID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
