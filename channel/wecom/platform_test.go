package wecom

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
	"guanjia/channel/wxapi"
)

const (
	testToken  = "corptoken"
	testCorp   = "ww12345678910"
	testAgent  = "1"
	testSecret = "hunter2hunter2hunter2"
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

// says is an Engine that always says the same.
func says(messages ...bot.Message) engineFunc {
	return func(_ context.Context, ev *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
		return bot.Answer{Messages: fit.Fit(messages).Now, At: ev.At}, nil
	}
}

// repeat is an Engine that says what it hears.
var repeat = engineFunc(callbacktest.Repeat)

// marks is a Marks for one process.
type marks struct {
	mu   sync.Mutex
	kept map[string][]byte
	err  error
}

func (m *marks) PutOnce(_ context.Context, key string, value []byte, _ time.Duration) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return nil, m.err
	}
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
	welcomed []Outcome
	after    []time.Duration
}

func (c *counted) Rejected(_ bot.AccountName, why callback.Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rejected = append(c.rejected, why)
}

func (c *counted) Took(bot.AccountName, time.Duration) {}

func (c *counted) Welcomed(_ bot.AccountName, how Outcome, after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.welcomed, c.after = append(c.welcomed, how), append(c.after, after)
}

func (c *counted) outcomes() []Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Outcome(nil), c.welcomed...)
}

// account is a channel under test, served over HTTP.
type account struct {
	*Channel
	url     string
	marks   *marks
	counted *counted
	logs    *observer.ObservedLogs

	mu     sync.Mutex
	events []*bot.Event
}

// serve starts a channel before an engine. It may greet customers, but the platform's API is out of reach: open has one that is
// not.
func serve(t testing.TB, engine callback.Engine, change ...func(*Config, *Deps)) *account {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	a := &account{marks: &marks{}, counted: &counted{}, logs: logs}
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: "http://127.0.0.1:1"})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: testCorp, Secret: testSecret, Caller: caller})
	t.Cleanup(tokens.Close)
	cfg := Config{Account: "assistant", CorpID: testCorp, Token: testToken, AESKey: testAESKey, MaxSkew: 5 * time.Minute}
	deps := Deps{
		Engine: engineFunc(func(ctx context.Context, ev *bot.Event, fit bot.Fitter, by time.Time) (bot.Answer, error) {
			a.mu.Lock()
			a.events = append(a.events, ev)
			a.mu.Unlock()
			return engine.Handle(ctx, ev, fit, by)
		}),
		API: caller, Tokens: tokens, Marks: a.marks, Observer: a.counted, Log: zap.New(core), Now: func() time.Time { return testNow },
	}
	for _, f := range change {
		f(&cfg, &deps)
	}
	var err error
	if a.Channel, err = New(cfg, deps); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Channel)
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

func agentSet(cfg *Config, _ *Deps)   { cfg.AgentID = testAgent }
func withoutAPI(_ *Config, d *Deps)   { d.API, d.Tokens = nil, nil }
func unwindowed(cfg *Config, _ *Deps) { cfg.MaxSkew = 0 }
func signature(parts ...string) string {
	return util.Signature(append([]string{testToken}, parts...)...)
}

// seen is what reached the engine.
func (a *account) seen() []*bot.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]*bot.Event(nil), a.events...)
}

// sealed encrypts doc like the platform and gives the query and the Encrypt that go with it.
func sealed(t testing.TB, doc, timestamp, nonce string) (url.Values, string) {
	t.Helper()
	return sealedFor(t, doc, timestamp, nonce, testCorp, testAESKey)
}

func sealedFor(t testing.TB, doc, timestamp, nonce, receiveID, key string) (url.Values, string) {
	t.Helper()
	encrypted, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(doc), receiveID, key)
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{
		"msg_signature": {signature(timestamp, nonce, string(encrypted))}, "timestamp": {timestamp}, "nonce": {nonce},
	}, string(encrypted)
}

// envelopeOf is the body of a callback.
func envelopeOf(encrypted string) string {
	return "<xml><ToUserName><![CDATA[" + testCorp + "]]></ToUserName><AgentID><![CDATA[" + testAgent + "]]></AgentID><Encrypt><![CDATA[" +
		encrypted + "]]></Encrypt></xml>"
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

// post delivers a document.
func (a *account) post(t testing.TB, doc string) answerOf {
	t.Helper()
	q, encrypted := sealed(t, doc, sent, testNonce)
	return a.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted))
}

// replyOf is a passive reply as the platform reads it.
type replyOf struct {
	ToUserName, FromUserName, MsgType, Content string
	CreateTime                                 int64
}

// openReply checks and opens an encrypted reply as the platform does.
func openReply(body string) (replyOf, error) {
	var r replyOf
	var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal([]byte(body), &e); err != nil {
		return r, err
	}
	if want := signature(e.TimeStamp, e.Nonce, e.Encrypt); e.MsgSignature != want {
		return r, fmt.Errorf("signature %s, want %s", e.MsgSignature, want)
	}
	_, doc, err := util.DecryptMsg(testCorp, e.Encrypt, testAESKey)
	if err != nil {
		return r, err
	}
	return r, xml.Unmarshal(doc, &r)
}

type loggedEntry = observer.LoggedEntry

func errcode(code int) zapcore.Field { return zap.Int("errcode", code) }
