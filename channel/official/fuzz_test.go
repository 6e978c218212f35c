package official

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/util"

	"guanjia/bot"
	"guanjia/channel/passive"
	"guanjia/channel/wxevent"
)

// FuzzDecode: whatever is in a document, decoding does not panic; an event has a key, a kind and clean strings; and the same
// document gives the same event.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/documents/*/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal("no documents", err)
	}
	for _, file := range files {
		f.Add(readFile(f, file))
	}
	f.Fuzz(func(t *testing.T, doc string) {
		ev, err := decodeString(doc)
		if err != nil {
			if ev != nil {
				t.Fatalf("an event together with %v", err)
			}
			return
		}
		if ev.Key == "" || len(ev.Key) > wxevent.MaxKeyLen || ev.Kind == "" || ev.At.IsZero() || ev.User == "" {
			t.Fatalf("event: %+v", ev)
		}
		if (ev.Kind == bot.KindUnknown) != (ev.Raw != nil) {
			t.Fatalf("%s with %d raw bytes", ev.Kind, len(ev.Raw))
		}
		ev.Raw = nil
		first := cleanJSON(t, ev)
		again, err := decodeString(doc)
		if err != nil {
			t.Fatal(err)
		}
		again.Raw = nil
		if second := cleanJSON(t, again); first != second {
			t.Fatalf("one document, two events:\n%s\n%s", first, second)
		}
	})
}

// cleanJSON encodes an event and checks that all its strings are UTF-8 without NUL.
func cleanJSON(t *testing.T, ev *bot.Event) string {
	t.Helper()
	var check func(v any)
	check = func(v any) {
		switch v := v.(type) {
		case string:
			if strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
				t.Fatalf("string: %q", v)
			}
		case []any:
			for _, x := range v {
				check(x)
			}
		case map[string]any:
			for _, x := range v {
				check(x)
			}
		}
	}
	if !utf8.ValidString(ev.Text) || !utf8.ValidString(string(ev.User)) || !utf8.ValidString(ev.ItemKey) || !utf8.ValidString(ev.Name) {
		t.Fatalf("not UTF-8: %+v", ev) // encoding would hide it
	}
	b, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	check(v)
	return string(b)
}

// FuzzCallback sends requests as they come and, with sign, the same body under the right signature. Nothing unsigned reaches
// the engine, every status is one of ours, and what is answered can be read.
func FuzzCallback(f *testing.F) {
	genuine := secureRequest(f)
	f.Add(genuine.query, genuine.body, "text/xml", false, false)
	plain := plainRequest()
	f.Add(plain.query, plain.body, "text/xml", true, false)
	f.Add(plain.query, plain.body, "application/json", true, true)
	f.Add(plain.query, event("SCAN", "<EventKey>7</EventKey>"), "", false, true)
	echo := echoRequest()
	f.Add(echo.query, "", "", true, false)

	statuses := []int{200, 400, 403, 413, 415}
	f.Fuzz(func(t *testing.T, query, body, media string, plainMode, sign bool) {
		var got *bot.Event
		mode := Secure
		if plainMode {
			mode = Plain
		}
		c, err := New(Config{Account: "brand", AppID: testAppID, Token: testToken, AESKey: testAESKey, Mode: mode, MaxSkew: time.Minute}, Deps{
			Engine: engineFunc(func(_ context.Context, ev *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
				got = ev
				return bot.Answer{Messages: fit.Fit([]bot.Message{bot.Text(ev.Text)}).Now, At: ev.At}, nil
			}),
			Replays: &memory{},
			Now:     func() time.Time { return testNow },
		})
		if err != nil {
			t.Fatal(err)
		}
		if sign && plainMode {
			query = plainQuery(sent, testNonce).Encode()
		} else if sign {
			q, encrypted := secured(t, body, sent, testNonce)
			query, body = q.Encode(), envelopeOf(encrypted)
		}
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			got = nil
			r := httptest.NewRequest(method, "/", strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header.Set("Content-Type", media)
			w := httptest.NewRecorder()
			c.ServeHTTP(w, r)
			if !slices.Contains(statuses, w.Code) {
				t.Fatalf("status %d", w.Code)
			}
			if got != nil && (w.Code != http.StatusOK || !genuinely(query, body, genuine.body)) {
				t.Fatalf("status %d for the event %+v", w.Code, got)
			}
			if got != nil {
				readable(t, w.Body.String(), got)
			}
		}
	})
}

// genuinely checks a signature independently: of the query alone, or over the one ciphertext that was ever signed.
func genuinely(query, body, genuineBody string) bool {
	q, err := url.ParseQuery(query)
	if err != nil {
		return false
	}
	if q.Get("encrypt_type") != "aes" {
		return q.Get("signature") == util.Signature(testToken, q.Get("timestamp"), q.Get("nonce"))
	}
	for _, b := range []string{body, genuineBody} {
		if _, rest, ok := strings.Cut(b, "<Encrypt><![CDATA["); ok {
			encrypted, _, _ := strings.Cut(rest, "]]>")
			if q.Get("msg_signature") == util.Signature(testToken, q.Get("timestamp"), q.Get("nonce"), encrypted) {
				return true
			}
		}
	}
	return false
}

// readable checks an answer as the platform does.
func readable(t *testing.T, body string, ev *bot.Event) {
	t.Helper()
	if body == acknowledged {
		return
	}
	if strings.HasPrefix(body, "<xml><Encrypt>") {
		var err error
		if body, err = openSealed(body); err != nil {
			t.Fatal(err)
		}
	}
	reply, err := readReply(body)
	if err != nil || reply.MsgType != "text" || reply.Content == "" || len(reply.Content) > passive.MaxText {
		t.Fatalf("reply to %+v: %+v, %v", ev, reply, err)
	}
}
