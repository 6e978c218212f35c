package loadtest

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

func testWire(t testing.TB) *wire {
	t.Helper()
	w, err := newWire(testToken, testAESKey, testAppID)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestWireIsTheSDKs: what is sealed here opens with the SDK and the other way round, at every length of padding.
func TestWireIsTheSDKs(t *testing.T) {
	t.Parallel()
	w := testWire(t)
	for n := range 70 {
		plain := bytes.Repeat([]byte("文"), n)
		_, got, err := util.DecryptMsg(testAppID, string(w.seal(plain)), testAESKey)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d characters: the SDK reads %q, %v", n, got, err)
		}
		theirs, err := util.EncryptMsg([]byte("0123456789abcdef"), plain, testAppID, testAESKey)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := w.open(theirs); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d characters: read %q, %v", n, got, err)
		}
	}
	if got, want := w.sign("2", "1", "x"), util.Signature(testToken, "1", "2", "x"); got != want {
		t.Errorf("signature %s; want %s", got, want)
	}
}

// FuzzUnseal: whatever comes back, reading it ends with a text or an error.
func FuzzUnseal(f *testing.F) {
	f.Add([]byte("success"))
	f.Add([]byte(sealed(testAppID, testToken, reply("o1", "gh", "1", "text", "好"))))
	f.Add([]byte(sealed(testAppID, testToken, "")))
	f.Add([]byte("<xml><Encrypt></Encrypt><MsgSignature></MsgSignature><TimeStamp></TimeStamp><Nonce></Nonce></xml>"))
	w := testWire(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if plain, err := w.unseal(body); err != nil && plain != nil {
			t.Error("a text together with an error")
		}
		_, _ = w.open(body)
	})
}

// TestHistogram: quantiles are within the promised 1.6 % of the true ones.
func TestHistogram(t *testing.T) {
	t.Parallel()
	var h histogram
	var all []time.Duration
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		d := time.Duration(r.ExpFloat64() * float64(20*time.Millisecond)).Truncate(time.Microsecond)
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0, 0.01, 0.5, 0.9, 0.99, 0.999} {
		want, got := all[int(q*float64(len(all)))], h.quantile(q)
		if got < want || got-want > want/60+2*time.Microsecond {
			t.Errorf("quantile %g is %s; want %s", q, got, want)
		}
	}
	if h.quantile(1) != all[len(all)-1] || h.within(time.Hour) != 20000 {
		t.Errorf("max %s, within an hour %d", h.quantile(1), h.within(time.Hour))
	}
	if h.add(-time.Second); h.counts[0] == 0 {
		t.Error("a negative duration must count as none")
	}
	if h.add(100 * time.Hour); h.max != 100*time.Hour {
		t.Error("a very long duration must count")
	}
}

// BenchmarkMessage is what the generator spends on a message, the network aside.
func BenchmarkMessage(b *testing.B) {
	w := newWriter(Config{Users: 1000, Say: DefaultSay()}, testWire(b), time.Unix(1_700_000_000, 0))
	answer := []byte(sealed(testAppID, testToken, reply("o", original, "1", "text", "好")))
	b.ReportAllocs()
	var n int64
	for b.Loop() {
		w.request(w.message(n, time.Unix(1_700_000_000, 0)), target{host: "h", path: "/callback/brand?"})
		_, _ = w.wire.unseal(answer)
		n++
	}
}
