package official

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/callback/callbacktest"
)

const (
	testToken  = "brandtoken"
	testAppID  = "wxb11529c136998cb6"
	testAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	testNonce  = "1372623149"
)

// testNow is the clock of the channels under test; sent is the timestamp of callbacks sent at that moment.
var (
	testNow = time.Unix(1760000000, 0)
	sent    = strconv.FormatInt(testNow.Unix(), 10)
)

// engineFunc is an Engine.
type engineFunc = callbacktest.EngineFunc

// repeat is an Engine that says what it hears.
var repeat = engineFunc(callbacktest.Repeat)

// memory is a Replays for one process.
type memory struct {
	mu   sync.Mutex
	kept map[string][]byte
	ttl  time.Duration
	err  error
}

func (m *memory) PutOnce(_ context.Context, key string, value []byte, ttl time.Duration) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return nil, m.err
	}
	m.ttl = ttl
	if before, ok := m.kept[key]; ok {
		return before, nil
	}
	if m.kept == nil {
		m.kept = map[string][]byte{}
	}
	m.kept[key] = value
	return nil, nil
}

// counted is an Observer.
type counted struct {
	mu       sync.Mutex
	rejected []callback.Reason
	took     []time.Duration
}

func (c *counted) Rejected(_ bot.AccountName, why callback.Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rejected = append(c.rejected, why)
}

func (c *counted) Took(_ bot.AccountName, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.took = append(c.took, d)
}

// account is a channel under test, served over HTTP, and the platform's knowledge of it.
type account struct {
	*Channel
	url      string
	memory   *memory
	counted  *counted
	logs     *observer.ObservedLogs
	reached  *int // how many events came to the engine
	reachedM *sync.Mutex
}

// serve starts a channel in a mode before an engine. It counts what reaches the engine.
func serve(t testing.TB, mode Mode, engine callback.Engine, change ...func(*Config)) *account {
	t.Helper()
	cfg := Config{Account: "brand", AppID: testAppID, Token: testToken, AESKey: testAESKey, Mode: mode, MaxSkew: 5 * time.Minute}
	for _, f := range change {
		f(&cfg)
	}
	core, logs := observer.New(zapcore.DebugLevel)
	a := &account{memory: &memory{}, counted: &counted{}, logs: logs, reached: new(int), reachedM: &sync.Mutex{}}
	var err error
	a.Channel, err = New(cfg, Deps{
		Engine: engineFunc(func(ctx context.Context, ev *bot.Event, fit bot.Fitter, by time.Time) (bot.Answer, error) {
			a.reachedM.Lock()
			*a.reached++
			a.reachedM.Unlock()
			return engine.Handle(ctx, ev, fit, by)
		}),
		Replays:  a.memory,
		Observer: a.counted,
		Log:      zap.New(core),
		Now:      func() time.Time { return testNow },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Channel)
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

func withoutKey(cfg *Config) { cfg.AESKey, cfg.AppID = "", "" }

// plainQuery signs like the platform in plain mode.
func plainQuery(timestamp, nonce string) url.Values {
	return url.Values{
		"signature": {util.Signature(testToken, timestamp, nonce)},
		"timestamp": {timestamp}, "nonce": {nonce}, "openid": {sampleUser},
	}
}

// secured encrypts doc like the platform and gives the query and the Encrypt that go with it.
func secured(t testing.TB, doc, timestamp, nonce string) (url.Values, string) {
	t.Helper()
	return securedFor(t, doc, timestamp, nonce, testAppID, testAESKey)
}

func securedFor(t testing.TB, doc, timestamp, nonce, appID, key string) (url.Values, string) {
	t.Helper()
	encrypted, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(doc), appID, key)
	if err != nil {
		t.Fatal(err)
	}
	q := plainQuery(timestamp, nonce)
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", util.Signature(testToken, timestamp, nonce, string(encrypted)))
	return q, string(encrypted)
}

// envelopeOf is the body of a secure callback.
func envelopeOf(encrypted string) string {
	return "<xml><ToUserName><![CDATA[" + sampleAccount + "]]></ToUserName><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
}

// answerOf is what came back over HTTP.
type answerOf struct {
	status int
	header http.Header
	body   string
}

func (a *account) send(t testing.TB, method, query, body string, header ...string) answerOf {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.url+"/?"+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return do(t, req)
}

func do(t testing.TB, req *http.Request) answerOf {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answerOf{status: res.StatusCode, header: res.Header, body: string(b)}
}

// postPlain delivers a document in plain mode.
func (a *account) postPlain(t testing.TB, doc string) answerOf {
	t.Helper()
	return a.send(t, http.MethodPost, plainQuery(sent, testNonce).Encode(), doc)
}

// postSecure delivers a document in secure mode.
func (a *account) postSecure(t testing.TB, doc string) answerOf {
	t.Helper()
	q, encrypted := secured(t, doc, sent, testNonce)
	return a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted))
}

// postCompatible delivers a document in compatible mode: once plain and once encrypted, in one body.
func (a *account) postCompatible(t testing.TB, doc string) answerOf {
	t.Helper()
	q, encrypted := secured(t, doc, sent, testNonce)
	return a.send(t, http.MethodPost, q.Encode(), beside(doc, encrypted))
}

// beside puts an Encrypt into a plain document.
func beside(doc, encrypted string) string {
	return strings.TrimSuffix(doc, "</xml>") + "<Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
}

// events is how many events reached the engine.
func (a *account) events() int {
	a.reachedM.Lock()
	defer a.reachedM.Unlock()
	return *a.reached
}

// replyOf is a passive reply as the platform reads it.
type replyOf struct {
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
}

func readReply(doc string) (replyOf, error) {
	var r replyOf
	err := xml.Unmarshal([]byte(doc), &r)
	return r, err
}

// openSealed checks and opens an encrypted reply as the platform does.
func openSealed(body string) (string, error) {
	var e struct {
		Encrypt, MsgSignature, TimeStamp, Nonce string
	}
	if err := xml.Unmarshal([]byte(body), &e); err != nil {
		return "", err
	}
	if want := util.Signature(testToken, e.TimeStamp, e.Nonce, e.Encrypt); e.MsgSignature != want {
		return "", fmt.Errorf("signature %s, want %s", e.MsgSignature, want)
	}
	_, doc, err := util.DecryptMsg(testAppID, e.Encrypt, testAESKey)
	return string(doc), err
}

func signature(parts ...string) string {
	return util.Signature(append([]string{testToken}, parts...)...)
}
