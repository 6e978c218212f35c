package wxcrypt

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// vector is one known answer: published by the platform or by the SDKs of others, recomputed twice by independent programs.
type vector struct {
	Name         string `json:"name"`
	Token        string `json:"token"`
	AESKey       string `json:"aes_key"`
	ReceiveID    string `json:"receive_id"`
	Timestamp    string `json:"timestamp"`
	Nonce        string `json:"nonce"`
	MsgSignature string `json:"msg_signature"`
	Encrypt      string `json:"encrypt"`
	Plain        string `json:"plain"`
	Random16     string `json:"random16_hex"`
}

// encrypted tells whether the vector has a real ciphertext; some only show a signature.
func (v vector) encrypted() bool { return v.Random16 != "" }

func (v vector) key(t testing.TB) *Key {
	t.Helper()
	k, err := ParseKey(v.AESKey)
	if err != nil {
		t.Fatalf("key of %s: %v", v.Name, err)
	}
	return k
}

func (v vector) parts() []string {
	if v.Encrypt == "" { // an official account's plain signature
		return []string{v.Token, v.Timestamp, v.Nonce}
	}
	return []string{v.Token, v.Timestamp, v.Nonce, v.Encrypt}
}

func vectors(t testing.TB) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(b, &vs); err != nil {
		t.Fatal(err)
	}
	return vs
}

func vectorNamed(t testing.TB, name string) vector {
	t.Helper()
	for _, v := range vectors(t) {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no vector %q", name)
	return vector{}
}

func TestVectorsCoverEveryDirection(t *testing.T) {
	t.Parallel()
	var signed, sealed int
	for _, v := range vectors(t) {
		if v.MsgSignature != "" {
			signed++
		}
		if v.encrypted() {
			sealed++
		}
	}
	if got := [2]int{signed, sealed}; got != [2]int{17, 17} {
		t.Errorf("signed and sealed vectors: %v, want 17 of each: is the file whole?", got)
	}
}

func TestSignGivesTheKnownSignatures(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if v.MsgSignature == "" {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if got := Sign(v.parts()...); got != v.MsgSignature {
				t.Errorf("Sign = %s, want %s", got, v.MsgSignature)
			}
			if err := Verify(v.MsgSignature, v.parts()...); err != nil {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

func TestDecryptGivesTheKnownMessages(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if !v.encrypted() {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			for _, id := range []string{v.ReceiveID, ""} { // compared when configured, not otherwise
				got, err := v.key(t).Decrypt(v.Encrypt, id)
				if err != nil {
					t.Fatalf("Decrypt for %q: %v", id, err)
				}
				if diff := cmp.Diff(v.Plain, string(got)); diff != "" {
					t.Errorf("message (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestEncryptGivesTheKnownCiphertexts(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if !v.encrypted() {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			var random [randomSize]byte
			if n, err := hex.Decode(random[:], []byte(v.Random16)); err != nil || n != randomSize {
				t.Fatalf("random bytes: %d, %v", n, err)
			}
			if got := v.key(t).encrypt(random, []byte(v.Plain), v.ReceiveID); got != v.Encrypt {
				t.Errorf("ciphertext differs:\n got %s\nwant %s", got, v.Encrypt)
			}
		})
	}
}

func TestOpenTakesTheEncryptedEchoOfWeCom(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "wecom-official-verifyurl")
	got, err := NewCodec(v.Token, v.key(t), v.ReceiveID).Open(v.MsgSignature, v.Timestamp, v.Nonce, v.Encrypt)
	if err != nil || string(got) != "1616140317555161061" {
		t.Errorf("Open = %q, %v", got, err)
	}
}

func TestOpenTakesAnEmptyReceiveID(t *testing.T) {
	t.Parallel()
	v := vectorNamed(t, "generated-aibot-empty-receiveid")
	got, err := NewCodec(v.Token, v.key(t), "").Open(v.MsgSignature, v.Timestamp, v.Nonce, v.Encrypt)
	if err != nil || string(got) != v.Plain {
		t.Errorf("Open = %q, %v", got, err)
	}
}
