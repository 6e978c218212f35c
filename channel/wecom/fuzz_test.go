package wecom

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"guanjia/bot"
	"guanjia/channel/passive"
	"guanjia/channel/wxevent"
	"guanjia/channel/wxxml"
)

func documents(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/documents/*/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatal("no documents", err)
	}
	var docs []string
	for _, file := range files {
		docs = append(docs, readDocument(t, strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/documents/"), ".xml")))
	}
	return docs
}

// FuzzDecode: whatever is in a document, decoding does not panic; an event has a key, a kind, a person and clean strings, and
// whoever is to be welcomed can be; the same document gives the same event; and nothing but a message is ever refused.
func FuzzDecode(f *testing.F) {
	for _, doc := range documents(f) {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		var s wxxml.Scanner
		es, err := s.Scan(doc)
		if err != nil {
			return
		}
		isEvent := es.Word("MsgType") == wxevent.TypeEvent || es.Word("MsgType") == "" && es.Word("InfoType") != ""
		ev, err := decodeString(doc)
		if err != nil {
			if ev != nil || isEvent {
				t.Fatalf("%+v, %v", ev, err)
			}
			return
		}
		if ev.Key == "" || len(ev.Key) > wxevent.MaxKeyLen || ev.Kind == "" || ev.At.IsZero() || !wxevent.ValidID(string(ev.User)) {
			t.Fatalf("event: %+v", ev)
		}
		if (ev.Kind == bot.KindUnknown) != (ev.Raw != nil) || ev.Kind.IsAct() && ev.OriginalID == "" {
			t.Fatalf("%s with %d raw bytes to %q", ev.Kind, len(ev.Raw), ev.OriginalID)
		}
		if c, ok := ev.Detail.(Contact); ok && ev.Kind == bot.KindFollow && (c.WelcomeCode == "" || bot.UserID(c.Customer) != ev.User) {
			t.Fatalf("nobody to welcome: %+v", ev)
		}
		if !utf8.ValidString(ev.Text) || !utf8.ValidString(string(ev.User)) || !utf8.ValidString(ev.Name) || strings.ContainsRune(ev.Text+ev.Name+string(ev.User), 0) {
			t.Fatalf("unclean: %+v", ev)
		}
		again := mustDecode(t, doc)
		one, err1 := json.Marshal(ev)
		two, err2 := json.Marshal(again)
		if err1 != nil || err2 != nil || string(one) != string(two) {
			t.Fatalf("one document, two events:\n%s\n%s (%v, %v)", one, two, err1, err2)
		}
	})
}

// FuzzCallback: a request that was not signed reaches nobody; one that was is answered with one of our statuses, and what is
// said can be read.
func FuzzCallback(f *testing.F) {
	genuine, encrypted := sealed(f, hello, sent, testNonce)
	f.Add(genuine.Encode(), envelopeOf(encrypted), "text/xml", false)
	for _, doc := range []string{hello, added("C1"), "<xml>", ""} {
		f.Add("", doc, "text/xml", true)
	}
	f.Add("echostr=%2B&nonce=1&timestamp=1760000000&msg_signature=0", "", "", false)
	statuses := []int{200, 400, 403, 413, 415}
	f.Fuzz(func(t *testing.T, query, body, media string, sign bool) {
		var got *bot.Event
		c, err := New(Config{Account: "assistant", CorpID: testCorp, Token: testToken, AESKey: testAESKey, MaxSkew: time.Minute}, Deps{
			Engine: engineFunc(func(_ context.Context, ev *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
				got = ev
				return bot.Answer{Messages: fit.Fit([]bot.Message{bot.Text(ev.Text)}).Now, At: ev.At}, nil
			}),
			Now: func() time.Time { return testNow },
		})
		if err != nil {
			t.Fatal(err)
		}
		if sign {
			q, e := sealed(t, body, sent, testNonce)
			query, body = q.Encode(), envelopeOf(e)
		}
		for _, method := range []string{http.MethodPost, http.MethodGet} {
			got = nil
			r := httptest.NewRequest(method, "/", strings.NewReader(body))
			r.URL.RawQuery = query
			r.Header.Set("Content-Type", media)
			w := httptest.NewRecorder()
			c.ServeHTTP(w, r)
			switch {
			case !slices.Contains(statuses, w.Code):
				t.Fatalf("status %d", w.Code)
			case got == nil && w.Code == http.StatusOK && method == http.MethodPost:
				t.Fatal("acknowledged, and nobody knows what")
			case got != nil && !sign && !strings.Contains(body, encrypted):
				t.Fatalf("not signed by anybody: %+v", got)
			}
			if got == nil || w.Body.Len() == 0 {
				continue
			}
			if reply, err := openReply(w.Body.String()); err != nil || reply.Content == "" || len(reply.Content) > passive.MaxText {
				t.Fatalf("reply to %+v: %+v, %v", got, reply, err)
			}
		}
	})
}
