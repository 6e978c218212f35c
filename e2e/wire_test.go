package e2e

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// canary is in everything that customers say here: no log may hold it.
const canary = "顾客的悄悄话"

// said is a text message with the canary.
func said(id int64) string { return text("oCustomer", id, canary) }

// otherKey is somebody else's EncodingAESKey.
var otherKey = strings.Repeat("QUJD", 10) + "QUI"

func (d delivery) with(name, value string) delivery {
	d.query = maps.Clone(d.query)
	d.query.Set(name, value)
	return d
}

func (d delivery) without(name string) delivery {
	d.query = maps.Clone(d.query)
	d.query.Del(name)
	return d
}

func (d delivery) twice(name string) delivery {
	d.query = maps.Clone(d.query)
	d.query[name] = append(d.query[name], d.query.Get(name))
	return d
}

func (d delivery) by(method string) delivery   { d.method = method; return d }
func (d delivery) saying(body string) delivery { d.body = body; return d }
func (d delivery) typed(media string) delivery {
	d.header = http.Header{"Content-Type": {media}}
	return d
}

// signed is a delivery of a text that the platform would not encrypt like this, rightly signed.
func signed(sealed string) delivery { return secured(sealed, now()) }

// holding is a right delivery of a document.
func holding(doc string) delivery { return signed(seal(doc, brandAppID, brandKey)) }

func in(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }

// echo is what the platform's console sends when the address is saved.
func echo(what string) delivery {
	d := plain("", now()).by(http.MethodGet)
	return d.with("echostr", what)
}

// TestBadInputIsRefusedAndHarmsNobody sends the running binary everything on the wire that is not a callback of the platform.
// Each is refused with its status, the next good message is answered, and the logs tell neither the token, nor the key, nor a
// word of what customers said.
func TestBadInputIsRefusedAndHarmsNobody(t *testing.T) {
	t.Parallel()
	s := newServer(t, "BOT_LOG_LEVEL=debug",
		"BOT_ACCOUNTS=brand,plain,compatible", "BOT_ACCOUNT_PLAIN_MODE=plain", "BOT_ACCOUNT_PLAIN_APP_ID="+brandAppID, "BOT_ACCOUNT_PLAIN_TOKEN="+brandToken,
		"BOT_ACCOUNT_COMPATIBLE_MODE=compatible", "BOT_ACCOUNT_COMPATIBLE_APP_ID="+brandAppID, "BOT_ACCOUNT_COMPATIBLE_TOKEN="+brandToken,
		"BOT_ACCOUNT_COMPATIBLE_AES_KEY="+brandKey)
	p := newPlatform(t)
	good := holding(said(1))
	sealed := seal(said(1), brandAppID, brandKey)
	deep := "<xml>" + strings.Repeat("<a>", 5000) + canary + strings.Repeat("</a>", 5000) + "</xml>"
	laughs := `<!DOCTYPE xml [<!ENTITY a "` + canary + `"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + strings.Replace(said(1), canary, "&b;", 1)
	outside := `<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + strings.Replace(said(1), canary, "&a;", 1)

	for _, tc := range []struct {
		name, account string
		d             delivery
		want          int
	}{
		{"an account nobody has", "nobody", good, 404},
		{"no account", "", good, 404},
		{"an address further on", "brand/more", good, 404},
		{"PUT", "brand", good.by(http.MethodPut), 405},
		{"DELETE", "brand", good.by(http.MethodDelete), 405},
		{"HEAD", "brand", echo(canary).by(http.MethodHead), 405},

		{"an empty body", "brand", good.saying(""), 400},
		{"half an envelope", "brand", good.saying(good.body[:len(good.body)/2]), 400},
		{"an empty Encrypt", "brand", signed(""), 400},
		{"no Encrypt", "brand", good.saying(said(1)), 400},
		{"two Encrypts", "brand", good.saying(strings.Replace(good.body, "</xml>", "<Encrypt>x</Encrypt></xml>", 1)), 400},
		{"not base64", "brand", signed("*** " + canary + " ***"), 400},
		{"base64 cut off", "brand", signed(sealed[:len(sealed)-3]), 400},
		{"half a block", "brand", signed(sealed[:24]), 400},
		{"blocks cut off", "brand", signed(sealed[:64]), 400},
		{"another key", "brand", signed(seal(said(1), brandAppID, otherKey)), 400},
		{"another app id", "brand", signed(seal(said(1), "wxffffffffffffffff", brandKey)), 403},
		{"no app id", "brand", signed(seal(said(1), "", brandKey)), 403},
		{"changed on the way", "brand", good.saying(strings.Replace(good.body, sealed[:8], "AAAAAAAA", 1)).with("msg_signature", strings.Repeat("0", 40)), 403},
		{"the signature of the query only", "brand", good.with("msg_signature", good.query.Get("signature")), 403},
		{"an encrypted text that is no document", "brand", holding(canary), 400},
		{"an encrypted nothing", "brand", holding(""), 400},
		{"a document cut off", "brand", holding(said(1)[:150]), 400},
		{"a deep document", "brand", holding(deep), 400},
		{"a deep envelope", "brand", good.saying(deep), 400},
		{"entities", "brand", holding(laughs), 400},
		{"entities of files", "brand", holding(outside), 400},
		{"entities in the envelope", "brand", good.saying(laughs), 400},
		{"two documents", "brand", holding(said(1) + said(2)), 400},
		{"an id beyond 64 bits", "brand", holding(strings.Replace(said(1), "<MsgId>1<", "<MsgId>99999999999999999999<", 1)), 400},
		{"a negative id", "brand", holding(text("oCustomer", -1, canary)), 400},
		{"a time before time", "brand", holding(head("oCustomer", time.Unix(-5, 0), "text") + "<Content>" + canary + "</Content><MsgId>1</MsgId></xml>"), 400},
		{"a time in words", "brand", holding("<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>" + canary + "</CreateTime><MsgType>text</MsgType></xml>"), 400},
		{"nobody sent it", "brand", holding(text("", 1, canary)), 400},
		{"somebody with a name without end", "brand", holding(text(strings.Repeat(canary, 100), 1, canary)), 400},
		{"no type", "brand", holding(strings.Replace(said(1), "<![CDATA[text]]>", "", 1)), 400},

		{"10 MiB", "brand", good.saying(strings.Repeat(canary, 10<<20/len(canary))), 413},
		{"10 MiB that say they are XML", "plain", plain("<xml>"+strings.Repeat(canary, 10<<20/len(canary))+"</xml>", now()), 413},
		{"JSON", "brand", good.saying(`{"say":"` + canary + `"}`).typed("application/json"), 415},
		{"a form", "brand", good.typed("multipart/form-data; boundary=x"), 415},

		{"no query", "brand", delivery{method: http.MethodPost, body: good.body}, 400},
		{"no timestamp", "brand", good.without("timestamp"), 400},
		{"no nonce", "brand", good.without("nonce"), 400},
		{"no msg_signature", "brand", good.without("msg_signature"), 400},
		{"two timestamps", "brand", good.twice("timestamp"), 400},
		{"two nonces", "brand", good.twice("nonce"), 400},
		{"two msg_signatures", "brand", good.twice("msg_signature"), 400},
		{"two encrypt_types", "brand", good.twice("encrypt_type"), 400},
		{"an encrypt_type nobody knows", "brand", good.with("encrypt_type", "rot13"), 400},
		{"a nonce without end", "brand", good.with("nonce", strings.Repeat("7", 1000)), 400},
		{"a query without end", "brand", good.with("x", strings.Repeat("7", 10_000)), 400},
		{"a head without end", "brand", delivery{method: http.MethodPost, query: good.query, body: good.body, header: http.Header{"X": {strings.Repeat("7", 64<<10)}}}, 431},
		{"a timestamp of eleven digits", "brand", secured(sealed, now()+"0"), 400},
		{"a timestamp in words", "brand", secured(sealed, "yesterday0"), 400},
		{"stale", "brand", secured(sealed, in(-6*time.Minute)), 403},
		{"from the future", "brand", secured(sealed, in(6*time.Minute)), 403},

		{"plain to a secure account", "brand", plain(said(1), now()), 403},
		{"plain to a compatible account", "compatible", plain(said(1), now()), 403},
		{"raw to a secure account", "brand", plain(said(1), now()).with("encrypt_type", "raw"), 403},
		{"encrypt_type left out", "compatible", good.without("encrypt_type"), 403},
		{"encrypted for an account without a key", "plain", good, 403},
		{"plain with a wrong signature", "plain", plain(said(1), now()).with("signature", strings.Repeat("0", 40)), 403},

		{"echo with a wrong signature", "brand", echo(canary).with("nonce", "1"), 403},
		{"echo of nothing", "brand", echo(""), 400},
		{"echo of too much", "brand", echo(strings.Repeat(canary, 100)), 400},
		{"echo of two things", "brand", echo(canary).twice("echostr"), 400},
	} {
		status, body, err := p.send(t.Context(), "http://"+s.addr+"/callback/"+tc.account, tc.d)
		if err != nil && tc.want == http.StatusRequestEntityTooLarge {
			continue // refused while it was still being sent; the next message shows that all is well
		}
		if err != nil || status != tc.want {
			t.Errorf("%s: %d %q, %v; want %d", tc.name, status, body, err, tc.want)
		}
		if strings.Contains(body, canary) {
			t.Errorf("%s: the refusal repeats what was said: %s", tc.name, body)
		}
		s.answers(p, tc.name)
	}
	s.stop()
	s.keepsSecrets(canary)
}

// TestADishonestConnectionHarmsNobody sends bodies that do not keep what their heads say.
func TestADishonestConnectionHarmsNobody(t *testing.T) {
	t.Parallel()
	s := newServer(t, "BOT_LOG_LEVEL=debug")
	p := newPlatform(t)
	good := holding(said(1))
	at := s.callback() + "?" + good.query.Encode()

	// Chunks without end, of a length nobody said.
	status, _, err := p.sendRaw(t.Context(), http.MethodPost, at, good.header, io.LimitReader(endless{}, 10<<20))
	if err == nil && status != http.StatusRequestEntityTooLarge {
		t.Errorf("10 MiB in chunks: %d", status)
	}
	s.answers(p, "10 MiB in chunks")
	for name, request := range map[string]string{
		"a body that breaks off": fmt.Sprintf("POST /callback/brand?%s HTTP/1.1\r\nHost: bot\r\nContent-Length: %d\r\n\r\n%s",
			good.query.Encode(), len(good.body), good.body[:100]),
		"no HTTP":                "\x16\x03\x01\x02\x00" + canary,
		"two lengths":            "POST /callback/brand HTTP/1.1\r\nHost: bot\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + canary,
		"a length below nothing": "POST /callback/brand HTTP/1.1\r\nHost: bot\r\nContent-Length: -1\r\n\r\n" + canary,
	} {
		answer, err := s.talk(request)
		if err != nil || !strings.HasPrefix(answer, "HTTP/1.1 400") {
			t.Errorf("%s: %q, %v", name, answer, err)
		}
		s.answers(p, name)
	}
	s.stop()
	s.keepsSecrets(canary)
}

// TestSlowSendersShutNobodyOut: whoever sends a body byte by byte has no right to a place among the callbacks worked on, for
// nothing shows yet that it is the platform.
func TestSlowSendersShutNobodyOut(t *testing.T) {
	t.Parallel()
	const atOnce = 4
	s := newServer(t, "BOT_CALLBACK_CONCURRENCY="+strconv.Itoa(atOnce))
	good := holding(said(1))
	for range 4 * atOnce {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "POST /callback/brand?%s HTTP/1.1\r\nHost: bot\r\nContent-Length: %d\r\n\r\n%s", good.query.Encode(), len(good.body), good.body[:10])
	}
	p := newPlatform(t)
	for range 20 {
		s.answers(p, "bodies that do not come")
	}
}

// TestOddInputIsTaken sends what is unusual but right: it is answered or acknowledged, and written down.
func TestOddInputIsTaken(t *testing.T) {
	t.Parallel()
	s := newServer(t, "BOT_LOG_LEVEL=debug")
	p := newPlatform(t)
	at := time.Now()
	unknown := head("o1", at, "hologram") + "<Depth>3</Depth><Content>" + canary + "</Content><MsgId>77</MsgId></xml>"
	for name, tc := range map[string]struct {
		doc    string
		silent bool
	}{
		"emoji":                     {text("o1", 11, "😀👨‍👩‍👧‍👦"+canary), false},
		"NUL":                       {text("o1", 12, "a\x00b"+canary), false},
		"invalid UTF-8":             {text("o1", 13, "\xff\xfe\xc3"+canary), false},
		"5,000 characters":          {text("o1", 14, strings.Repeat("长", 5000)+canary), false},
		"the end of a CDATA":        {text("o1", 15, "]]></Content></xml>"+canary), false},
		"a nickname that is markup": {text("<o1>&\"'", 16, canary), false},
		"nothing said":              {text("o1", 17, ""), false},
		"a name in emoji":           {text("😀", 18, canary), false},
		"a picture":                 {head("o1", at, "image") + "<PicUrl>http://x</PicUrl><MediaId>m</MediaId><MsgId>19</MsgId></xml>", false},
		"a message nobody knows":    {unknown, false},
		"an event nobody knows":     {event("o1", at, "time_travel", canary), true},
		"an event without a key":    {head("o1", at, "event") + "<Event>VIEW</Event></xml>", true},
		"a position out of range":   {head("o1", at, "event") + "<Event>LOCATION</Event><Latitude>1e400</Latitude><Longitude>NaN</Longitude></xml>", true},
		"the largest id":            {text("o1", 1<<63-1, canary), false},
	} {
		var first string
		for try := range 2 {
			status, answer, err := p.deliver(t.Context(), s.callback(), tc.doc)
			if err != nil || status != http.StatusOK {
				t.Errorf("%s: %d, %v", name, status, err)
				continue
			}
			if r, err := read(answer); (answer == "") != tc.silent || (!tc.silent && (err != nil || r.FromUserName != brandName)) {
				t.Errorf("%s was answered with %q, %v", name, answer, err)
			}
			if try == 1 && answer != first {
				t.Errorf("%s was answered with %q and then with %q", name, first, answer)
			}
			first = answer
		}
		s.answers(p, name)
	}
	s.stop()
	s.keepsSecrets(canary)

	db := s.open()
	var raw string
	if err := db.QueryRowContext(t.Context(), "SELECT raw FROM journal WHERE name = 'hologram'").Scan(&raw); err != nil || raw != unknown {
		t.Errorf("the message nobody knows is kept as %q, %v", raw, err)
	}
	if n := count(t, db, "SELECT count(*) FROM journal WHERE user_id <> 'oWitness'"); n != 14 {
		t.Errorf("%d rows of 14 events", n)
	}
}

// TestAnOldSignatureOpensNothing plays back what was heard on the way: the same callback is answered with the same reply and
// not run again, and its signature is good for no other body.
func TestAnOldSignatureOpensNothing(t *testing.T) {
	t.Parallel()
	// Without the clock window an old timestamp would do, and so digits may be moved between timestamp and nonce.
	s := newServer(t, "BOT_ACCOUNT_BRAND_MODE=plain", "BOT_CALLBACK_MAX_SKEW=0")
	p := newPlatform(t)
	ask := func(d delivery) (int, string) {
		t.Helper()
		status, body, err := p.send(t.Context(), s.callback(), d)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(body, "<Encrypt>") {
			if body, err = opened(body); err != nil {
				t.Fatal(err)
			}
		}
		return status, body
	}
	heard := plain(said(1), now())
	status, first := ask(heard)
	if status != http.StatusOK || first == "" {
		t.Fatalf("%d %s", status, first)
	}
	if status, again := ask(heard); status != http.StatusOK || again != first {
		t.Errorf("the same callback again: %d %s", status, again)
	}
	if status, _ := ask(heard.saying(said(2))); status != http.StatusForbidden {
		t.Errorf("another body under its signature: %d", status)
	}

	// The signature covers the sorted parts without marks between them: with the timestamp's digits in the nonce it still fits.
	digits := "1111111111" + "2222222222"
	d := plain(said(3), digits[:10]).with("nonce", digits[10:])
	d = d.with("signature", util.Signature(brandToken, digits[:10], digits[10:]))
	moved := d.with("timestamp", digits[10:]).with("nonce", digits[:10])
	if status, body := ask(d); status != http.StatusOK || body == "" {
		t.Fatalf("%d %s", status, body)
	}
	if status, _ := ask(moved.saying(said(4))); status != http.StatusForbidden {
		t.Errorf("another body after digits were moved: %d", status)
	}
	encrypted := holding(said(5))
	encrypted.query = url.Values{
		"timestamp": {digits[:10]}, "nonce": {digits[10:]}, "encrypt_type": {"aes"}, "signature": {"x"},
		"msg_signature": {util.Signature(brandToken, digits[:10], digits[10:], between(encrypted.body, "<Encrypt><![CDATA[", "]]>"))},
	}
	_, first = ask(encrypted)
	if status, again := ask(encrypted.with("timestamp", digits[10:]).with("nonce", digits[:10])); status != http.StatusOK || again != first || first == "" {
		t.Errorf("an encrypted callback with digits moved was answered with %d %q, and before with %q", status, again, first)
	}
	s.stop()
	if n := count(t, s.open(), "SELECT count(*) FROM journal"); n != 3 {
		t.Errorf("%d events ran, not 3", n)
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// endless is a reader that says the same for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
