package wxcrypt

import (
	"encoding/base64"
	"errors"
	"slices"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

// FuzzDecrypt: whatever arrives, Decrypt neither panics nor gives a message with an error; what it opens, it closes to
// something that opens to the same.
func FuzzDecrypt(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Encrypt, v.ReceiveID)
	}
	k := mustKey(f, testKey)
	f.Add(k.Encrypt(nil, ""), "")
	f.Fuzz(func(t *testing.T, encrypted, receiveID string) {
		decrypts(t, k, encrypted, receiveID)
		// Bytes rarely decrypt to a right block, so the fuzzer's are also taken for the block itself.
		block := make([]byte, (len(encrypted)+padBlock-1)/padBlock*padBlock)
		copy(block, encrypted)
		decrypts(t, k, seal(k, block), receiveID)
	})
}

func decrypts(t *testing.T, k *Key, encrypted, receiveID string) {
	t.Helper()
	message, err := k.Decrypt(encrypted, receiveID)
	if err != nil {
		var known Error
		if message != nil || !errors.As(err, &known) {
			t.Fatalf("Decrypt = %q, %v", message, err)
		}
		return
	}
	if raw, err := base64.StdEncoding.DecodeString(encrypted); err != nil || len(message) > len(raw)-headSize-1 {
		t.Fatalf("a message of %d bytes out of %d (%v)", len(message), len(raw), err)
	}
	again, err := k.Decrypt(k.Encrypt(message, receiveID), receiveID)
	if err != nil || !slices.Equal(again, message) {
		t.Fatalf("again: %q, %v; want %q", again, err, message)
	}
}

// FuzzVerify: Verify takes exactly the signature that the SDK computes, in no other spelling.
func FuzzVerify(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.MsgSignature, v.Token, v.Timestamp, v.Nonce, v.Encrypt)
	}
	f.Fuzz(func(t *testing.T, signature, token, timestamp, nonce, encrypted string) {
		want := util.Signature(token, timestamp, nonce, encrypted)
		if err := Verify(want, token, timestamp, nonce, encrypted); err != nil {
			t.Fatalf("the right signature: %v", err)
		}
		if err := Verify(signature, token, timestamp, nonce, encrypted); (err == nil) != (signature == want) {
			t.Fatalf("Verify(%q) = %v, want %q", signature, err, want)
		}
	})
}
