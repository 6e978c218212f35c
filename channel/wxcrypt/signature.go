package wxcrypt

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"slices"
)

const (
	// signatureLen is the length of a signature: SHA-1 in hex.
	signatureLen = sha1.Size * 2
	// usualLen is how much signed text is hashed without going to the heap; a short message is well below.
	usualLen = 1536
)

// Sign returns the platform's signature of parts: the SHA-1, in lower-case hex, of the parts sorted as bytes and joined
// without separator. So it does not tell where one part ends and the next begins: ("12", "3") and ("1", "23") sign alike.
func Sign(parts ...string) string {
	s := sign(parts)
	return string(s[:])
}

// Verify checks that signature, as it came from outside, signs parts. It takes the same time wherever they differ, and takes
// nothing but the 40 lower-case hex digits that the platform sends.
func Verify(signature string, parts ...string) error {
	if len(signature) != signatureLen {
		return ErrSignature
	}
	want := sign(parts)
	var got [signatureLen]byte
	copy(got[:], signature)
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return ErrSignature
	}
	return nil
}

func sign(parts []string) (signature [signatureLen]byte) {
	sorted := append(make([]string, 0, 4), parts...)
	slices.Sort(sorted)
	joined := make([]byte, 0, usualLen)
	for _, p := range sorted {
		joined = append(joined, p...)
	}
	sum := sha1.Sum(joined)
	hex.Encode(signature[:], sum[:])
	return signature
}
