package wxcrypt

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"pgregory.net/rapid"
)

// envelope reads a sealed reply the way the platform documents it.
type envelope struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      string
	MsgSignature string
	TimeStamp    string
	Nonce        string
}

func TestSealIsWhatThePlatformReads(t *testing.T) {
	t.Parallel()
	k := mustKey(t, testKey)
	now := time.Unix(1760000000, 999)
	sealed := NewCodec("token", k, "wx1").Seal([]byte("kept:"), []byte("<xml>你好</xml>"), now)

	body, ok := strings.CutPrefix(string(sealed), "kept:")
	if !ok {
		t.Fatalf("Seal did not append: %s", sealed)
	}
	shape := regexp.MustCompile(`^<xml><Encrypt><!\[CDATA\[[A-Za-z0-9+/=]+\]\]></Encrypt>` +
		`<MsgSignature><!\[CDATA\[[0-9a-f]{40}\]\]></MsgSignature>` +
		`<TimeStamp>1760000000</TimeStamp><Nonce><!\[CDATA\[[A-Z0-9]{16}\]\]></Nonce></xml>$`)
	if !shape.MatchString(body) {
		t.Fatalf("envelope: %s", body)
	}
	var e envelope
	if err := xml.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	if want := util.Signature("token", e.TimeStamp, e.Nonce, e.Encrypt); e.MsgSignature != want {
		t.Errorf("signature %s, want %s", e.MsgSignature, want)
	}
	_, got, err := util.DecryptMsg("wx1", e.Encrypt, testKey)
	if err != nil || string(got) != "<xml>你好</xml>" {
		t.Errorf("the SDK reads %q, %v", got, err)
	}
}

func TestSealNeverRepeatsItself(t *testing.T) {
	t.Parallel()
	c := NewCodec("token", mustKey(t, testKey), "wx1")
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				var e envelope
				if err := xml.Unmarshal(c.Seal(nil, []byte("same"), time.Unix(1760000000, 0)), &e); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				// The first cipher block depends on the random bytes alone: 21 characters of base64 are its first 126 bits.
				for _, s := range []string{e.Encrypt[:21], e.Nonce} {
					if seen[s] {
						t.Errorf("%q came twice", s)
					}
					seen[s] = true
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestPadsOfEveryLengthRoundTrip(t *testing.T) {
	t.Parallel()
	k := mustKey(t, testKey)
	for n := range 3 * padBlock {
		message := strings.Repeat("m", n)
		got, err := k.Decrypt(k.Encrypt([]byte(message), "wx1"), "wx1")
		if err != nil || string(got) != message {
			t.Fatalf("message of %d bytes: %q, %v", n, got, err)
		}
	}
}

// TestAgreesWithTheSDK plays random messages between us and the SDK, both ways, and compares signatures.
// The SDK refuses an empty receive id, so those are left to the vectors.
func TestAgreesWithTheSDK(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		encoded := rapid.StringMatching(`[A-Za-z0-9]{43}`).Draw(t, "key")
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		id := rapid.StringMatching(`wx[0-9a-f]{1,40}`).Draw(t, "receive id")
		random := rapid.SliceOfN(rapid.Byte(), randomSize, randomSize).Draw(t, "random")
		k, err := ParseKey(encoded)
		if err != nil {
			t.Fatal(err)
		}

		theirs, err := util.EncryptMsg(random, message, id, encoded)
		if err != nil {
			t.Fatal(err)
		}
		if ours := k.encrypt([randomSize]byte(random), message, id); ours != string(theirs) {
			t.Fatalf("ciphertexts differ:\nours   %s\ntheirs %s", ours, theirs)
		}
		got, err := k.Decrypt(string(theirs), id)
		if err != nil || string(got) != string(message) {
			t.Fatalf("we read %q, %v", got, err)
		}
		_, got, err = util.DecryptMsg(id, k.Encrypt(message, id), encoded)
		if err != nil || string(got) != string(message) {
			t.Fatalf("the SDK reads %q, %v", got, err)
		}

		parts := rapid.SliceOf(rapid.String()).Draw(t, "signed")
		if ours, theirs := Sign(parts...), util.Signature(append([]string(nil), parts...)...); ours != theirs {
			t.Fatalf("signatures differ: ours %s, theirs %s", ours, theirs)
		}
	})
}

func ExampleCodec() {
	key, err := ParseKey("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
	if err != nil {
		panic(err)
	}
	codec := NewCodec("QDG6eK", key, "wx5823bf96d3bd56c7")
	echo, err := codec.Open("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780",
		"P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==")
	fmt.Println(string(echo), err)
	// Output: 1616140317555161061 <nil>
}
