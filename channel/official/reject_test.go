package official

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"guanjia/bot"
	"guanjia/channel/callback"
)

// request is a callback about to be sent.
type request struct {
	method, query, body string
	header              []string
}

// secureRequest is a right one, for tests to spoil.
func secureRequest(t testing.TB) request {
	t.Helper()
	q, encrypted := secured(t, hello, sent, testNonce)
	return request{method: http.MethodPost, query: q.Encode(), body: envelopeOf(encrypted)}
}

func plainRequest() request {
	return request{method: http.MethodPost, query: plainQuery(sent, testNonce).Encode(), body: hello}
}

func echoRequest() request {
	q := plainQuery(sent, testNonce)
	q.Set("echostr", "1")
	return request{method: http.MethodGet, query: q.Encode()}
}

// with changes the query.
func (r request) with(change func(url.Values)) request {
	q, err := url.ParseQuery(r.query)
	if err != nil {
		panic(err)
	}
	change(q)
	r.query = q.Encode()
	return r
}

func set(name, value string) func(url.Values)  { return func(q url.Values) { q.Set(name, value) } }
func add(name, value string) func(url.Values)  { return func(q url.Values) { q.Add(name, value) } }
func without(names ...string) func(url.Values) { return func(q url.Values) { remove(q, names) } }
func remove(q url.Values, names []string) {
	for _, n := range names {
		q.Del(n)
	}
}

func (r request) saying(body string) request { r.body = body; return r }
func (r request) by(method string) request   { r.method = method; return r }
func (r request) typed(media string) request {
	r.header = []string{"Content-Type", media}
	return r
}

func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	secure, plain, echo := secureRequest(t), plainRequest(), echoRequest()
	encryptedFor := func(doc, appID, key string) request {
		q, encrypted := securedFor(t, doc, sent, testNonce, appID, key)
		return request{method: http.MethodPost, query: q.Encode(), body: envelopeOf(encrypted)}
	}
	// signed signs a text that is not what the platform would encrypt.
	signed := func(encrypted string) request {
		return secure.with(set("msg_signature", signature(sent, testNonce, encrypted))).saying(envelopeOf(encrypted))
	}
	at := func(d time.Duration) request {
		q, encrypted := secured(t, hello, fmt.Sprint(testNow.Add(d).Unix()), testNonce)
		return request{method: http.MethodPost, query: q.Encode(), body: envelopeOf(encrypted)}
	}
	misdated := func(timestamp string) request {
		q, encrypted := secured(t, hello, timestamp, testNonce)
		return request{method: http.MethodPost, query: q.Encode(), body: envelopeOf(encrypted)}
	}
	otherKey := "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	good := secure.body[strings.Index(secure.body, "CDATA[")+6:]
	good = good[strings.Index(good, "CDATA[")+6:]
	good = good[:strings.Index(good, "]]>")]

	for _, tc := range []struct {
		name   string
		mode   Mode
		req    request
		status int
		why    callback.Reason
	}{
		{"PUT", Secure, secure.by(http.MethodPut), 405, callback.ReasonMethod},
		{"HEAD", Secure, echo.by(http.MethodHead), 405, callback.ReasonMethod},
		{"OPTIONS", Secure, echo.by(http.MethodOptions), 405, callback.ReasonMethod},

		{"a body of 64 KiB and a byte", Secure, secure.saying(strings.Repeat("x", callback.MaxBody+1)), 413, callback.ReasonTooLarge},
		{"a body of 10 MiB", Plain, plain.saying(strings.Repeat("x", 10<<20)), 413, callback.ReasonTooLarge},
		{"JSON", Secure, secure.typed("application/json; charset=utf-8"), 415, callback.ReasonMediaType},
		{"a kind of JSON", Secure, secure.typed("application/vnd.api+JSON"), 415, callback.ReasonMediaType},
		{"a form of parts", Secure, secure.typed("multipart/form-data; boundary=x"), 415, callback.ReasonMediaType},

		{"no query", Secure, request{method: http.MethodPost, body: secure.body}, 400, callback.ReasonQuery},
		{"no timestamp", Secure, secure.with(without("timestamp")), 400, callback.ReasonQuery},
		{"no nonce", Secure, secure.with(without("nonce")), 400, callback.ReasonQuery},
		{"no msg_signature", Secure, secure.with(without("msg_signature")), 400, callback.ReasonQuery},
		{"no signature", Plain, plain.with(without("signature")), 400, callback.ReasonQuery},
		{"two timestamps", Secure, secure.with(add("timestamp", sent)), 400, callback.ReasonQuery},
		{"two nonces", Secure, secure.with(add("nonce", testNonce)), 400, callback.ReasonQuery},
		{"two msg_signatures", Secure, secure.with(add("msg_signature", strings.Repeat("0", 40))), 400, callback.ReasonQuery},
		{"two signatures", Plain, plain.with(add("signature", strings.Repeat("0", 40))), 400, callback.ReasonQuery},
		{"two encrypt_types", Plain, secure.with(add("encrypt_type", "raw")), 400, callback.ReasonQuery},
		{"an encrypt_type nobody knows", Secure, secure.with(set("encrypt_type", "AES")), 400, callback.ReasonQuery},
		{"a nonce without end", Secure, secure.with(set("nonce", strings.Repeat("1", callback.MaxNonce+1))), 400, callback.ReasonQuery},
		{"a query without end", Secure, secure.with(set("x", strings.Repeat("1", callback.MaxQuery))), 400, callback.ReasonQuery},
		{"a broken escape in a value", Secure, request{method: http.MethodPost, query: secure.query + "&echostr=%zz", body: secure.body}, 400, callback.ReasonQuery},
		{"a broken escape in a name", Secure, request{method: http.MethodPost, query: secure.query + "&%zz=1", body: secure.body}, 400, callback.ReasonQuery},
		{"a timestamp of nine digits", Secure, misdated("176000000"), 400, callback.ReasonQuery},
		{"a timestamp of eleven digits", Secure, misdated("17600000000"), 400, callback.ReasonQuery},
		{"a timestamp in words", Secure, misdated("now-------"), 400, callback.ReasonQuery},
		{"a signed timestamp", Secure, misdated("+176000000"), 400, callback.ReasonQuery},
		{"a stale timestamp", Secure, at(-5*time.Minute - time.Second), 403, callback.ReasonClock},
		{"a future timestamp", Secure, at(5*time.Minute + time.Second), 403, callback.ReasonClock},

		{"plain to a secure account", Secure, plain, 403, callback.ReasonWeak},
		{"plain to a compatible account", Compatible, plain, 403, callback.ReasonWeak},
		{"raw to a secure account", Secure, plain.with(set("encrypt_type", "raw")), 403, callback.ReasonWeak},
		{"encrypted, with encrypt_type left out", Secure, secure.with(without("encrypt_type")), 403, callback.ReasonWeak},
		{"both, with encrypt_type left out", Compatible, secure.with(without("encrypt_type")).saying(beside(hello, good)), 403, callback.ReasonWeak},
		{"no fallback to the signature where there is a msg_signature", Plain, secure.with(without("encrypt_type")).saying(hello), 403, callback.ReasonWeak},

		{"a wrong msg_signature", Secure, secure.with(set("msg_signature", strings.Repeat("0", 40))), 403, callback.ReasonSignature},
		{"the signature for msg_signature", Secure, secure.with(func(q url.Values) { q.Set("msg_signature", q.Get("signature")) }), 403, callback.ReasonSignature},
		{"msg_signature in capitals", Secure, secure.with(func(q url.Values) { q.Set("msg_signature", strings.ToUpper(q.Get("msg_signature"))) }), 403, callback.ReasonSignature},
		{"a wrong signature", Plain, plain.with(set("signature", strings.Repeat("0", 40))), 403, callback.ReasonSignature},
		{"another nonce", Secure, secure.with(set("nonce", "1")), 403, callback.ReasonSignature},
		{"one character flipped", Secure, secure.saying(envelopeOf("A" + good[1:])), 403, callback.ReasonSignature},
		{"another app id", Secure, encryptedFor(hello, "wx0000000000000000", testAESKey), 403, callback.ReasonReceiver},
		{"another key", Secure, encryptedFor(hello, testAppID, otherKey), 400, callback.ReasonDecryption},
		{"not base64", Secure, signed("*** not base64 ***"), 400, callback.ReasonDecryption},
		{"half a block", Secure, signed(base64.StdEncoding.EncodeToString(make([]byte, 16))), 400, callback.ReasonDecryption},
		{"truncated", Secure, signed(good[:len(good)-44]), 400, callback.ReasonDecryption},

		{"an empty body", Secure, secure.saying(""), 400, callback.ReasonMalformed},
		{"an empty plain body", Plain, plain.saying(""), 400, callback.ReasonMalformed},
		{"no Encrypt", Secure, secure.saying(hello), 400, callback.ReasonMalformed},
		{"an empty Encrypt", Secure, secure.saying(envelopeOf(" ")), 400, callback.ReasonMalformed},
		{"two Encrypts", Secure, secure.saying(beside(secure.body, good)), 400, callback.ReasonMalformed},
		{"an Encrypt further in", Secure, secure.saying("<xml><a>" + envelopeOf(good)[5:len(envelopeOf(good))-6] + "</a></xml>"), 400, callback.ReasonMalformed},
		{"half an envelope", Secure, secure.saying(secure.body[:80]), 400, callback.ReasonMalformed},
		{"an encrypted text that is no document", Secure, encryptedFor("hello", testAppID, testAESKey), 400, callback.ReasonMalformed},
		{"an encrypted empty text", Secure, encryptedFor("", testAppID, testAESKey), 400, callback.ReasonMalformed},
		{"an encrypted document too deep", Secure, encryptedFor("<xml>"+strings.Repeat("<a>", 5000), testAppID, testAESKey), 400, callback.ReasonMalformed},
		{"an encrypted document with entities", Secure, encryptedFor(`<!DOCTYPE xml [<!ENTITY a "aaaa">]>`+hello, testAppID, testAESKey), 400, callback.ReasonMalformed},
		{"a message id out of range", Secure, encryptedFor(strings.Replace(hello, "1234567890123456", "99999999999999999999", 1), testAppID, testAESKey), 400, callback.ReasonMalformed},
		{"a time out of range", Secure, encryptedFor(strings.Replace(hello, "1348831860", "-1", 1), testAppID, testAESKey), 400, callback.ReasonMalformed},

		{"echo with a wrong signature", Secure, echo.with(set("signature", strings.Repeat("0", 40))), 403, callback.ReasonSignature},
		{"echo without a signature", Secure, echo.with(without("signature")), 400, callback.ReasonQuery},
		{"echo of nothing", Secure, echo.with(without("echostr")), 400, callback.ReasonQuery},
		{"echo of two things", Secure, echo.with(add("echostr", "2")), 400, callback.ReasonQuery},
		{"echo of too much", Secure, echo.with(set("echostr", strings.Repeat("1", callback.MaxEcho+1))), 400, callback.ReasonQuery},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, tc.mode, repeat)
			got := a.send(t, tc.req.method, tc.req.query, tc.req.body, tc.req.header...)
			if got.status != tc.status {
				t.Errorf("status %d %q, want %d", got.status, got.body, tc.status)
			}
			if tc.req.method != http.MethodHead && got.body != http.StatusText(tc.status) {
				t.Errorf("the answer says more than its status: %q", got.body)
			}
			if (tc.status == http.StatusMethodNotAllowed) != (got.header.Get("Allow") == "GET, POST") {
				t.Errorf("Allow: %q", got.header.Get("Allow"))
			}
			if len(a.counted.rejected) != 1 || a.counted.rejected[0] != tc.why {
				t.Errorf("reasons %v, want %s", a.counted.rejected, tc.why)
			}
			if a.events() != 0 {
				t.Error("it reached the engine")
			}
		})
	}
}

func TestABodyOfUnknownLengthIsLimitedToo(t *testing.T) {
	t.Parallel()
	a := serve(t, Plain, repeat)
	endless := io.MultiReader(strings.NewReader(hello), strings.NewReader(strings.Repeat(" ", 10<<20))) // sent in chunks
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+"/?"+plainQuery(sent, testNonce).Encode(), endless)
	if err != nil {
		t.Fatal(err)
	}
	if got := do(t, req); got.status != http.StatusRequestEntityTooLarge || a.events() != 0 {
		t.Errorf("status %d, %d events", got.status, a.events())
	}
}

func TestABodyThatEndsEarlyIsRefused(t *testing.T) {
	t.Parallel()
	a := serve(t, Plain, repeat)
	conn, err := net.Dial("tcp", strings.TrimPrefix(a.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /?%s HTTP/1.1\r\nHost: bot\r\nContent-Length: %d\r\n\r\n%s",
		plainQuery(sent, testNonce).Encode(), len(hello), hello[:40])
	if err == nil {
		err = conn.(*net.TCPConn).CloseWrite()
	}
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusBadRequest || a.events() != 0 {
		t.Errorf("status %s, %d events", res.Status, a.events())
	}
}

func TestALimitIsNotReachedTooEarly(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]time.Duration{"just in time": -5 * time.Minute, "just not too soon": 5 * time.Minute} {
		a := serve(t, Secure, repeat)
		q, encrypted := secured(t, hello, fmt.Sprint(testNow.Add(d).Unix()), testNonce)
		if got := a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted)); got.status != http.StatusOK {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	a := serve(t, Secure, repeat, func(cfg *Config) { cfg.MaxSkew = 0 })
	q, encrypted := secured(t, hello, "1000000000", strings.Repeat("n", callback.MaxNonce))
	if got := a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted)); got.status != http.StatusOK {
		t.Errorf("the clock window is off: %d", got.status)
	}
	b := serve(t, Plain, repeat)
	if got := b.postPlain(t, hello+strings.Repeat(" ", callback.MaxBody-len(hello))); got.status != http.StatusOK {
		t.Errorf("a body of exactly 64 KiB: %d", got.status)
	}
	for _, media := range []string{"", "application/xml", "text/plain", "application/octet-stream"} {
		if got := a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted), "Content-Type", media); got.status != http.StatusOK {
			t.Errorf("type %q: %d", media, got.status)
		}
	}
}

func TestAnEncryptedCallbackWithoutAKeyIsRefused(t *testing.T) {
	t.Parallel()
	a := serve(t, Plain, repeat, withoutKey)
	got := a.postCompatible(t, hello) // its plain half would do, but whoever encrypts does not want it to count
	if got.status != http.StatusForbidden || a.counted.rejected[0] != callback.ReasonNoKey {
		t.Errorf("%d %v", got.status, a.counted.rejected)
	}
	if got := a.postPlain(t, hello); got.status != http.StatusOK {
		t.Errorf("plain: %d", got.status)
	}
}

func TestOnlyWhatWasEncryptedCounts(t *testing.T) {
	t.Parallel()
	a := serve(t, Compatible, repeat)
	q, encrypted := secured(t, hello, sent, testNonce)
	forged := strings.NewReplacer("hello", "forged", sampleUser, "oSomebodyElse").Replace(hello)
	doc, err := openSealed(a.send(t, http.MethodPost, q.Encode(), beside(forged, encrypted)).body)
	reply, rerr := readReply(doc)
	if err != nil || rerr != nil || reply.Content != "hello" || reply.ToUserName != sampleUser {
		t.Errorf("reply %+v, %v, %v", reply, err, rerr)
	}
}

func TestWhiteSpaceAroundEncryptIsNotSigned(t *testing.T) {
	t.Parallel()
	a := serve(t, Secure, repeat)
	q, encrypted := secured(t, hello, sent, testNonce)
	body := "<xml>\n  <ToUserName>gh</ToUserName>\n  <Encrypt>\n    <![CDATA[" + encrypted + "]]>\n  </Encrypt>\n</xml>\n"
	if got := a.send(t, http.MethodPost, q.Encode(), body); got.status != http.StatusOK {
		t.Errorf("status %d", got.status)
	}
}

// The bubble's clock stands still while anything can run, so that the times below are exact.
func TestAnUnansweredRequestIsHeldUntilThePlatformHasGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c, err := New(Config{Account: "brand", Token: testToken, AppID: testAppID, AESKey: testAESKey}, Deps{
			Engine: engineFunc(func(_ context.Context, _ *bot.Event, _ bot.Fitter, by time.Time) (bot.Answer, error) {
				if left := by.Sub(began); left != 4500*time.Millisecond {
					t.Errorf("respond within %v", left)
				}
				time.Sleep(time.Until(by))
				return bot.Answer{}, bot.ErrNoAnswer
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			p := recover()
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				t.Errorf("panicked with %v", p)
			}
			if held := time.Since(began); held != 5*time.Second {
				t.Errorf("held for %v", held)
			}
		}()
		req := secureRequest(t)
		c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(req.method, "/?"+req.query, strings.NewReader(req.body)))
		t.Error("it was answered")
	})
}
