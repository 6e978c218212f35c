package wecom

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/channel/callback"
)

func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	type request struct {
		method, query, body string
		header              []string
	}
	of := func(doc, timestamp, nonce, corp, key string) request {
		q, encrypted := sealedFor(t, doc, timestamp, nonce, corp, key)
		return request{method: http.MethodPost, query: q.Encode(), body: envelopeOf(encrypted)}
	}
	right := of(hello, sent, testNonce, testCorp, testAESKey)
	saying := func(body string) request { r := right; r.body = body; return r }
	asking := func(change func(url.Values)) request {
		r := right
		q, err := url.ParseQuery(r.query)
		if err != nil {
			t.Fatal(err)
		}
		change(q)
		r.query = q.Encode()
		return r
	}
	set := func(name, value string) request { return asking(func(q url.Values) { q.Set(name, value) }) }
	without := func(name string) request { return asking(func(q url.Values) { q.Del(name) }) }
	twice := func(name string) request { return asking(func(q url.Values) { q.Add(name, q.Get(name)) }) }
	by := func(method string) request { r := right; r.method = method; return r }
	signed := func(encrypted string) request {
		r := set("msg_signature", signature(sent, testNonce, encrypted))
		r.body = envelopeOf(encrypted)
		return r
	}
	echo := func(text string, change func(url.Values)) request {
		q, encrypted := sealed(t, text, sent, testNonce)
		q.Set("echostr", encrypted)
		change(q)
		return request{method: http.MethodGet, query: q.Encode()}
	}
	at := func(d time.Duration) request {
		return of(hello, fmt.Sprint(testNow.Add(d).Unix()), testNonce, testCorp, testAESKey)
	}
	_, good := sealed(t, hello, sent, testNonce)
	const otherKey = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

	for _, tc := range []struct {
		name   string
		req    request
		status int
		why    callback.Reason
	}{
		{"PUT", by(http.MethodPut), 405, callback.ReasonMethod},
		{"a body of 64 KiB and a byte", saying(strings.Repeat("x", callback.MaxBody+1)), 413, callback.ReasonTooLarge},
		{"JSON", request{right.method, right.query, right.body, []string{"Content-Type", "application/json"}}, 415, callback.ReasonMediaType},
		{"no query", request{method: http.MethodPost, body: right.body}, 400, callback.ReasonQuery},
		{"no msg_signature", without("msg_signature"), 400, callback.ReasonQuery},
		{"no timestamp", without("timestamp"), 400, callback.ReasonQuery},
		{"no nonce", without("nonce"), 400, callback.ReasonQuery},
		{"two msg_signatures", twice("msg_signature"), 400, callback.ReasonQuery},
		{"two timestamps", twice("timestamp"), 400, callback.ReasonQuery},
		{"two nonces", twice("nonce"), 400, callback.ReasonQuery},
		{"a stale timestamp", at(-5*time.Minute - time.Second), 403, callback.ReasonClock},
		{"a future timestamp", at(5*time.Minute + time.Second), 403, callback.ReasonClock},
		{"a wrong msg_signature", set("msg_signature", strings.Repeat("0", 40)), 403, callback.ReasonSignature},
		{"an official account's signature for it", set("msg_signature", signature(sent, testNonce)), 403, callback.ReasonSignature},
		{"msg_signature in capitals", set("msg_signature", strings.ToUpper(signature(sent, testNonce, good))), 403, callback.ReasonSignature},
		{"another nonce", set("nonce", "1"), 403, callback.ReasonSignature},
		{"one character flipped", saying(envelopeOf("A" + good[1:])), 403, callback.ReasonSignature},
		{"another corp on the same path", of(hello, sent, testNonce, "ww0000000000", testAESKey), 403, callback.ReasonReceiver},
		{"a suite", of(hello, sent, testNonce, "ww4asffe99e54c0f4c", testAESKey), 403, callback.ReasonReceiver},
		{"another app of the corp", of(strings.Replace(hello, "<AgentID>1<", "<AgentID>7<", 1), sent, testNonce, testCorp, testAESKey), 403, callback.ReasonReceiver},
		{"another key", of(hello, sent, testNonce, testCorp, otherKey), 400, callback.ReasonDecryption},
		{"not base64", signed("*** not base64 ***"), 400, callback.ReasonDecryption},
		{"half a block", signed(base64.StdEncoding.EncodeToString(make([]byte, 16))), 400, callback.ReasonDecryption},
		{"truncated", signed(good[:len(good)-44]), 400, callback.ReasonDecryption},
		{"an empty body", saying(""), 400, callback.ReasonMalformed},
		{"a plain body", saying(hello), 400, callback.ReasonMalformed},
		{"an empty Encrypt", saying(envelopeOf(" ")), 400, callback.ReasonMalformed},
		{"two Encrypts", saying(strings.Replace(right.body, "</xml>", "<Encrypt>"+good+"</Encrypt></xml>", 1)), 400, callback.ReasonMalformed},
		{"half an envelope", saying(right.body[:80]), 400, callback.ReasonMalformed},
		{"an encrypted text that is no document", of("hello", sent, testNonce, testCorp, testAESKey), 400, callback.ReasonMalformed},
		{"an encrypted empty text", of("", sent, testNonce, testCorp, testAESKey), 400, callback.ReasonMalformed},
		{"an encrypted document with entities", of(`<!DOCTYPE xml [<!ENTITY a "a">]>`+hello, sent, testNonce, testCorp, testAESKey), 400, callback.ReasonMalformed},
		{"a message of nobody", of(strings.Replace(hello, sampleMember, "", 1), sent, testNonce, testCorp, testAESKey), 400, callback.ReasonMalformed},

		{"an echo of nothing", echo("1", func(q url.Values) { q.Del("echostr") }), 400, callback.ReasonQuery},
		{"an echo that is not signed", echo("1", func(q url.Values) { q.Del("msg_signature") }), 400, callback.ReasonQuery},
		{"an echo without end", echo("1", func(q url.Values) { q.Set("echostr", strings.Repeat("A", callback.MaxEcho+1)) }), 400, callback.ReasonQuery},
		{"an echo in plain text", echo("1", func(q url.Values) { q.Set("echostr", "1") }), 403, callback.ReasonSignature},
		{"an echo whose + became spaces", echo("1", func(q url.Values) { q.Set("echostr", q.Get("echostr")+" ") }), 403, callback.ReasonSignature},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, repeat, agentSet)
			got := a.send(t, tc.req.method, tc.req.query, tc.req.body, tc.req.header...)
			if got.status != tc.status || got.body != http.StatusText(tc.status) {
				t.Errorf("%d %q, want %d", got.status, got.body, tc.status)
			}
			if diff := cmp.Diff([]callback.Reason{tc.why}, a.counted.rejected); diff != "" || len(a.seen()) != 0 {
				t.Errorf("%d events, reasons (-want +got):\n%s", len(a.seen()), diff)
			}
		})
	}
}
