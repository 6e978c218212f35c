package wxcrypt

import (
	"bytes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const testKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

func mustKey(t testing.TB, encoded string) *Key {
	t.Helper()
	k, err := ParseKey(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// seal encrypts a block as it is, so that tests can build what Encrypt never would.
func seal(k *Key, block []byte) string {
	b := bytes.Clone(block)
	cipher.NewCBCEncrypter(k.block, k.iv[:]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

// block lays a plaintext out with a chosen length field, filled up to size with a chosen last byte count.
func block(size int, length uint32, rest string, pad []byte) []byte {
	b := binary.BigEndian.AppendUint32(bytes.Repeat([]byte("r"), randomSize), length)
	b = append(b, rest...)
	if n := len(b) + len(pad); n != size {
		panic(fmt.Sprintf("block is %d bytes, not %d", n, size))
	}
	return append(b, pad...)
}

func TestDecryptRejects(t *testing.T) {
	t.Parallel()
	k := mustKey(t, testKey)
	good := k.Encrypt([]byte("hello"), "wx1")
	pad := func(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

	for _, tc := range []struct {
		name, encrypted string
		want            error
	}{
		{"empty", "", ErrLength},
		{"not base64", "*** not base64 ***", ErrBase64},
		{"base64 without its padding", strings.TrimRight(good, "="), ErrBase64},
		{"truncated to whole base64 groups", good[:40], ErrLength},
		{"16 bytes", seal(k, make([]byte, 16)), ErrLength},
		{"48 bytes", seal(k, make([]byte, 48)), ErrLength},
		{"pad byte 0", seal(k, block(64, 5, "hello", pad(0, 39))), ErrPadding},
		{"pad byte 33", seal(k, block(64, 5, "hello", pad(33, 39))), ErrPadding},
		{"pad byte 255", seal(k, block(64, 5, "hello", pad(255, 39))), ErrPadding},
		{"only the last pad byte right", seal(k, block(32, 5, "hello", append(pad(1, 6), 7))), ErrPadding},
		{"first pad byte wrong", seal(k, block(32, 5, "hello", append([]byte{6}, pad(7, 6)...))), ErrPadding},
		{"nothing but padding", seal(k, pad(32, 32)), ErrLength},
		{"too short for the length", seal(k, append(bytes.Repeat([]byte("r"), 19), pad(13, 13)...)), ErrLength},
		{"length one too large", seal(k, block(32, 6, "hello", pad(7, 7))), ErrLength},
		{"length with the sign bit", seal(k, block(32, 0x80000000, "hello", pad(7, 7))), ErrLength},
		{"length that overflows", seal(k, block(32, 0xFFFFFFFF, "hello", pad(7, 7))), ErrLength},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := k.Decrypt(tc.encrypted, "")
			if !errors.Is(err, tc.want) || got != nil {
				t.Errorf("Decrypt = %q, %v; want %v", got, err, tc.want)
			}
		})
	}
}

func TestDecryptComparesTheReceiveIDWhenThereIsOne(t *testing.T) {
	t.Parallel()
	k := mustKey(t, testKey)
	for _, tc := range []struct {
		inside, configured string
		want               error
	}{
		{"wx1", "wx1", nil},
		{"wx1", "", nil},
		{"", "", nil},
		{"wx1", "wx2", ErrReceiveID},
		{"wx1", "wx", ErrReceiveID},
		{"wx1", "wx10", ErrReceiveID},
		{"", "wx1", ErrReceiveID},
	} {
		got, err := k.Decrypt(k.Encrypt([]byte("hello"), tc.inside), tc.configured)
		if !errors.Is(err, tc.want) {
			t.Errorf("sent to %q, expected for %q: %v, want %v", tc.inside, tc.configured, err, tc.want)
		}
		if err != nil && got != nil {
			t.Errorf("sent to %q, expected for %q: message given together with %v", tc.inside, tc.configured, err)
		}
	}
}

func TestOpenRejectsOneFlippedCharacterOfEveryVector(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if !v.encrypted() || v.MsgSignature == "" {
			continue
		}
		c := NewCodec(v.Token, v.key(t), v.ReceiveID)
		for i := range v.Encrypt {
			flipped := []byte(v.Encrypt)
			if flipped[i]++; flipped[i] == v.Encrypt[i] {
				continue
			}
			if got, err := c.Open(v.MsgSignature, v.Timestamp, v.Nonce, string(flipped)); !errors.Is(err, ErrSignature) || got != nil {
				t.Fatalf("%s, character %d: Open = %q, %v", v.Name, i, got, err)
			}
		}
	}
}

func TestOpenRejectsAnotherTokenKeyOrReceiver(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "wecom-official-message")
	for _, tc := range []struct {
		name  string
		codec *Codec
		want  []error
	}{
		{"token", NewCodec("another", v.key(t), v.ReceiveID), []error{ErrSignature}},
		{"key", NewCodec(v.Token, mustKey(t, testKey), v.ReceiveID), []error{ErrPadding, ErrLength}},
		{"receive id", NewCodec(v.Token, v.key(t), "wx0000000000000000"), []error{ErrReceiveID}},
	} {
		got, err := tc.codec.Open(v.MsgSignature, v.Timestamp, v.Nonce, v.Encrypt)
		ok := false
		for _, w := range tc.want {
			ok = ok || errors.Is(err, w)
		}
		if !ok || got != nil {
			t.Errorf("another %s: Open = %q, %v; want %v", tc.name, got, err, tc.want)
		}
	}
}

// A published test of another SDK carries a msg_signature that does not cover its ciphertext, though the ciphertext opens:
// whoever takes such a callback is not checking.
func TestOpenRejectsASignatureThatDoesNotCoverTheCiphertext(t *testing.T) {
	t.Parallel()
	k := mustKey(t, testKey)
	encrypted := k.Encrypt([]byte("hello"), "wx1")
	plain := Sign("weixin", "1570032739", "2068872452") // the query's other signature
	if got, err := NewCodec("weixin", k, "wx1").Open(plain, "1570032739", "2068872452", encrypted); !errors.Is(err, ErrSignature) {
		t.Errorf("Open = %q, %v", got, err)
	}
}

func TestVerifyTakesOnlyWhatThePlatformSends(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "wecom-official-message")
	for _, tc := range []struct{ name, signature string }{
		{"empty", ""},
		{"upper case", strings.ToUpper(v.MsgSignature)},
		{"one digit short", v.MsgSignature[:39]},
		{"one digit long", v.MsgSignature + "0"},
		{"white space before", " " + v.MsgSignature[:39]},
		{"not hex", strings.Repeat("z", 40)},
		{"first digit flipped", "0" + v.MsgSignature[1:]},
		{"last digit flipped", v.MsgSignature[:39] + "0"},
	} {
		if err := Verify(tc.signature, v.parts()...); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: Verify = %v, want %v", tc.name, err, ErrSignature)
		}
	}
}

func TestSignDoesNotTellWhereAPartEnds(t *testing.T) {
	t.Parallel()
	// Not a promise but the platform's weakness: callers must not take a pair of timestamp and nonce for an identity.
	if Sign("token", "1700000000", "54321") != Sign("token", "17000000005", "4321") {
		t.Error("digits moved between timestamp and nonce changed the signature")
	}
}

func TestSignLeavesItsArgumentsAlone(t *testing.T) {
	t.Parallel()
	parts := []string{"c", "a", "b"}
	Sign(parts...)
	if got := strings.Join(parts, ""); got != "cab" {
		t.Errorf("parts were sorted in place: %s", got)
	}
}

func TestParseKeyRejects(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, key string }{
		{"empty", ""},
		{"42 characters", testKey[:42]},
		{"44 characters", testKey + "H"},
		{"closing = included", testKey[:42] + "="},
		{"not base64", strings.Repeat("*", 43)},
		{"line breaks that a decoder would skip", testKey[:41] + "\r\n"},
		{"not ASCII", strings.Repeat("é", 21) + "a"},
	} {
		if k, err := ParseKey(tc.key); !errors.Is(err, ErrKey) || k != nil {
			t.Errorf("%s: ParseKey = %v, %v; want %v", tc.name, k, err, ErrKey)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	k := mustKey(t, testKey)
	c := NewCodec("the-token", k, "wx1")
	for _, format := range []string{"%v", "%+v", "%s"} {
		if got := fmt.Sprintf(format+" "+format, k, c); got != "[key] [codec]" {
			t.Errorf("printed with %s: %s", format, got)
		}
	}
}
