package simulator_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/config"
	oacontext "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/officialaccount/server"

	"guanjia/simulator"
)

const (
	testToken  = "tokenfortests"
	testAppID  = "wx0123456789abcdef"
	testAESKey = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
)

// bot is a real HTTP server on another vendor's receiver, which checks signatures and decrypts with code of its own.
type bot struct {
	*httptest.Server

	mu       sync.Mutex
	requests []request
	answer   func(m *message.MixMessage) *message.Reply
	// intercept, when set, may answer a request itself; n counts the requests from 1.
	intercept func(n int, w http.ResponseWriter, r *http.Request) (done bool)
}

// request is one callback as the bot saw it.
type request struct {
	query  url.Values
	header http.Header
	body   string
	plain  string
	msg    *message.MixMessage
}

func newBot(t *testing.T, answer func(m *message.MixMessage) *message.Reply) *bot {
	t.Helper()
	b := &bot{answer: answer}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	b.mu.Lock()
	b.requests = append(b.requests, request{query: r.URL.Query(), header: r.Header, body: string(body)})
	n := len(b.requests)
	intercept := b.intercept
	b.mu.Unlock()
	if intercept != nil && intercept(n, w, r) {
		return
	}
	b.serve(n, w, r)
}

// serve answers with the SDK's server.
func (b *bot) serve(n int, w http.ResponseWriter, r *http.Request) {
	srv := server.NewServer(&oacontext.Context{Config: &config.Config{AppID: testAppID, Token: testToken, EncodingAESKey: testAESKey}})
	srv.Writer, srv.Request = w, r
	srv.SetMessageHandler(func(m *message.MixMessage) *message.Reply { return b.answer(m) })
	if err := srv.Serve(); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	if srv.RequestMsg == nil {
		return // the URL check has been answered
	}
	b.mu.Lock()
	b.requests[n-1].msg, b.requests[n-1].plain = srv.RequestMsg, string(srv.RequestRawXMLMsg)
	b.mu.Unlock()
	if srv.ResponseMsg == nil {
		_, _ = io.WriteString(w, "success")
		return
	}
	_ = srv.Send()
}

func (b *bot) seen() []request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests)
}

func (b *bot) interceptWith(f func(n int, w http.ResponseWriter, r *http.Request) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.intercept = f
}

// echo answers a text with itself and anything else with what it was.
func echo(m *message.MixMessage) *message.Reply {
	said := m.Content
	switch {
	case m.MsgType == "event":
		said = fmt.Sprintf("%s %s", m.Event, m.EventKey)
	case m.MsgType != "text":
		said = fmt.Sprintf("%s %s%s%s", m.MsgType, m.MediaID, m.Label, m.Title)
	}
	return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(said)}
}

// brand is the account of most tests.
func brand(callback string) simulator.Account {
	return simulator.Account{
		Name: "brand", Title: "健康管家", OriginalID: "gh_0123456789ab", AppID: testAppID, Token: testToken, AESKey: testAESKey,
		Mode: simulator.ModeSecure, Callback: callback,
		Scenes: []simulator.Scene{{Key: "newgift", Title: "扫码领券"}, {Key: "pharmacy-01", Title: "一号药房"}},
		Menu: []simulator.Button{
			{Name: "领券", Type: simulator.ButtonClick, Key: "COUPON"},
			{Name: "活动", Sub: []simulator.Button{
				{Name: "答题", Type: simulator.ButtonClick, Key: "QUIZ"},
				{Name: "官网", Type: simulator.ButtonView, URL: "https://example.com/"},
				{Name: "商城", Type: simulator.ButtonMiniProgram, AppID: "wxmini", PagePath: "pages/index", URL: "https://example.com/"},
			}},
		},
	}
}

// play starts a simulator that is quick to lose patience; change may alter its configuration.
func play(t *testing.T, b *bot, change ...func(*simulator.Config)) *simulator.Simulator {
	t.Helper()
	cfg := simulator.Config{
		Accounts: []simulator.Account{brand(b.URL)}, Seed: 1,
		Deadline: time.Second, RetryPause: time.Millisecond,
	}
	for _, f := range change {
		f(&cfg)
	}
	sim, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := sim.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return sim
}

// follower is a phone whose owner follows the account already.
func follower(t *testing.T, sim *simulator.Simulator) *simulator.Phone {
	t.Helper()
	p := simulator.NewPhone(t, sim.Client(), "brand", "小王")
	if x := p.Follow(); x.Failed() {
		t.Fatalf("follow failed: %+v", x.Why)
	}
	return p
}

// picture draws a small PNG.
func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{uint8(x * 255 / 320), 120, uint8(y * 255 / 200), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func contains(t *testing.T, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("got %q, want it to contain %q", got, want)
	}
}

// until waits for something that happens in another goroutine.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
