package loadtest

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"
)

const (
	testToken  = "loadtest"
	testAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	testAppID  = "wx0123456789abcdef"
)

// bot is a bot of few words that speaks the wire by the SDK, not by this package.
type bot struct {
	// answer gives the body of a reply, or takes over the response.
	answer func(w http.ResponseWriter, m received) string

	mu   sync.Mutex
	seen []received
}

type received struct {
	ToUserName, FromUserName, Content, MsgType, MsgId string // as on the wire
	CreateTime                                        int64
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	body, _ := io.ReadAll(r.Body)
	var e struct{ Encrypt string }
	if err := xml.Unmarshal(body, &e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if util.Signature(testToken, q.Get("timestamp"), q.Get("nonce"), e.Encrypt) != q.Get("msg_signature") ||
		util.Signature(testToken, q.Get("timestamp"), q.Get("nonce")) != q.Get("signature") {
		http.Error(w, "signature", http.StatusForbidden)
		return
	}
	_, plain, err := util.DecryptMsg(testAppID, e.Encrypt, testAESKey)
	var m received
	if err == nil {
		err = xml.Unmarshal(plain, &m)
	}
	if err != nil || m.FromUserName != q.Get("openid") {
		http.Error(w, "message", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.seen = append(b.seen, m)
	b.mu.Unlock()
	_, _ = io.WriteString(w, b.answer(w, m))
}

// sealed is a reply with a given app id and token.
func sealed(appID, token, plain string) string {
	c, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(plain), appID, testAESKey)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>1700000000</TimeStamp><Nonce><![CDATA[n]]></Nonce></xml>",
		c, util.Signature(token, "1700000000", "n", string(c)))
}

func reply(to, from, at, kind, content string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%s</CreateTime><MsgType><![CDATA[%s]]></MsgType><Content><![CDATA[%s]]></Content></xml>",
		to, from, at, kind, content)
}

// echo answers well.
func echo(_ http.ResponseWriter, m received) string {
	return sealed(testAppID, testToken, reply(m.FromUserName, m.ToUserName, strconv.FormatInt(m.CreateTime, 10), "text", "收到："+m.Content))
}

func start(t *testing.T, answer func(http.ResponseWriter, received) string) (*bot, Config) {
	t.Helper()
	b := &bot{answer: answer}
	s := httptest.NewServer(b)
	t.Cleanup(s.Close)
	return b, Config{
		URLs: []string{s.URL + "/callback/brand"}, Token: testToken, AESKey: testAESKey, AppID: testAppID,
		Messages: 40, Users: 10, Concurrency: 4, Say: []string{"答题", "A", "B"}, Timeout: 2 * time.Second,
	}
}

// TestClosedLoop: each message is sent once, by people in turn, each saying the words in order, and every answer is counted.
func TestClosedLoop(t *testing.T) {
	t.Parallel()
	b, cfg := start(t, echo)
	s, err := Run(context.Background(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Failed() || s.Messages != 40 || s.Answers != 40 || s.Loop != "closed" {
		t.Errorf("summary: %+v", s)
	}
	ids, said := map[string]bool{}, map[string][]string{}
	for _, m := range b.seen[1:] { // the first is the trial
		ids[m.MsgId] = true
		said[m.FromUserName] = append(said[m.FromUserName], m.Content)
	}
	if len(ids) != 40 || len(said) != 10 {
		t.Errorf("%d different messages of %d people; want 40 of 10", len(ids), len(said))
	}
	for user, words := range said {
		count := map[string]int{}
		for _, w := range words {
			count[w]++
		}
		if diff := cmp.Diff(map[string]int{"答题": 2, "A": 1, "B": 1}, count); diff != "" {
			t.Errorf("%s said (-want +got):\n%s", user, diff)
		}
	}
}

// TestOpenLoop: what is due is sent, whatever the answers do, and counted from when it was due.
func TestOpenLoop(t *testing.T) {
	t.Parallel()
	_, cfg := start(t, echo)
	cfg.Rate = 2000
	var told int
	s, err := Run(context.Background(), cfg, func(Progress) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	if s.Failed() || s.Messages != 40 || s.Loop != "open" || s.WantedRate != 2000 {
		t.Errorf("summary: %+v", s)
	}
}

// TestStopsByTime: a run ends by itself even when the bot never answers.
func TestStopsByTime(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var n atomic.Int64
	_, cfg := start(t, func(w http.ResponseWriter, m received) string {
		if n.Add(1) > 1 {
			<-release
		}
		return echo(w, m)
	})
	t.Cleanup(func() { close(release) })
	cfg.Messages, cfg.Duration, cfg.Timeout, cfg.Rate, cfg.Concurrency = 0, 300*time.Millisecond, 200*time.Millisecond, 50, 1
	s, err := Run(context.Background(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Answers != 0 || s.Errors["no answer in time"] == 0 {
		t.Errorf("summary: %+v", s)
	}
}

// TestEveryAnswerIsChecked names each way in which an answer can be wrong.
func TestEveryAnswerIsChecked(t *testing.T) {
	t.Parallel()
	good := func(m received, change func(to, from, at, kind, content *string)) string {
		to, from, at, kind, content := m.FromUserName, m.ToUserName, "1700000000", "text", "好"
		change(&to, &from, &at, &kind, &content)
		return reply(to, from, at, kind, content)
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, received) string
		want   string
	}{
		"acknowledged only": {func(http.ResponseWriter, received) string { return "success" }, "answer says nothing"},
		"empty body":        {func(http.ResponseWriter, received) string { return "" }, "answer says nothing"},
		"in the clear": {func(_ http.ResponseWriter, m received) string {
			return good(m, func(_, _, _, _, _ *string) {})
		}, "answer is not an encrypted message"},
		"signed by another": {func(_ http.ResponseWriter, m received) string {
			return sealed(testAppID, "other", good(m, func(_, _, _, _, _ *string) {}))
		}, "answer has a wrong signature"},
		"another app": {func(_ http.ResponseWriter, m received) string {
			return sealed("wxother", testToken, good(m, func(_, _, _, _, _ *string) {}))
		}, "answer can't be decrypted: for another app id"},
		"another person": {func(_ http.ResponseWriter, m received) string {
			return sealed(testAppID, testToken, good(m, func(to, _, _, _, _ *string) { *to = "somebody" }))
		}, "answer is for somebody else"},
		"another account": {func(_ http.ResponseWriter, m received) string {
			return sealed(testAppID, testToken, good(m, func(_, from, _, _, _ *string) { *from = "gh_other" }))
		}, "answer is from another account"},
		"no time": {func(_ http.ResponseWriter, m received) string {
			return sealed(testAppID, testToken, good(m, func(_, _, at, _, _ *string) { *at = "" }))
		}, "answer has no time"},
		"no type": {func(_ http.ResponseWriter, m received) string {
			return sealed(testAppID, testToken, good(m, func(_, _, _, kind, _ *string) { *kind = "" }))
		}, "answer has no type"},
		"empty text": {func(_ http.ResponseWriter, m received) string {
			return sealed(testAppID, testToken, good(m, func(_, _, _, _, content *string) { *content = " " }))
		}, "answer says nothing"},
		"busy": {func(w http.ResponseWriter, _ received) string {
			w.WriteHeader(http.StatusServiceUnavailable)
			return ""
		}, "status 503"},
		"hung up": {func(http.ResponseWriter, received) string { panic(http.ErrAbortHandler) }, "connection closed without an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			_, cfg := start(t, func(w http.ResponseWriter, m received) string {
				if n.Add(1) == 1 { // the trial, with which a run would not begin
					return echo(w, m)
				}
				return c.answer(w, m)
			})
			cfg.Messages = 3
			s, err := Run(context.Background(), cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]int64{c.want: 3}, s.Errors); diff != "" || s.Answers != 0 {
				t.Errorf("%d answers, errors (-want +got):\n%s", s.Answers, diff)
			}
		})
	}
}

// TestCopies: every copy is answered, and unequal answers show.
func TestCopies(t *testing.T) {
	t.Parallel()
	b, cfg := start(t, echo)
	cfg.Copies = 3
	s, err := Run(context.Background(), cfg, nil)
	if err != nil || s.Failed() || s.Messages != 40 || s.Answers != 120 {
		t.Errorf("equal copies: %v, %+v", err, s)
	}
	if len(b.seen) != 121 {
		t.Errorf("the bot saw %d deliveries; want 3 for each of 40 messages and the trial", len(b.seen))
	}

	var n atomic.Int64
	_, cfg = start(t, func(_ http.ResponseWriter, m received) string {
		return sealed(testAppID, testToken, reply(m.FromUserName, m.ToUserName, "1700000000", "text", strconv.FormatInt(n.Add(1), 10)))
	})
	cfg.Copies = 3
	s, err = Run(context.Background(), cfg, nil)
	if err != nil || s.Different != 40 || !s.Failed() {
		t.Errorf("unequal copies: %v, %+v", err, s)
	}
}

// TestReplicas: the copies of a message go to different replicas, and messages to each in turn.
func TestReplicas(t *testing.T) {
	t.Parallel()
	one, cfg := start(t, echo)
	two, other := start(t, echo)
	cfg.URLs = append(cfg.URLs, other.URLs...)
	for _, copies := range []int{1, 2} {
		one.seen, two.seen = nil, nil
		cfg.Copies = copies
		s, err := Run(context.Background(), cfg, nil)
		if err != nil || s.Failed() {
			t.Fatalf("%v, %+v", err, s)
		}
		if want := 20*copies + 1; len(one.seen) != want || len(two.seen) != want { // and the trial
			t.Errorf("%d copies: %d and %d deliveries; want %d each", copies, len(one.seen), len(two.seen), want)
		}
	}
}

// TestExpect: an answer without the expected words is an error.
func TestExpect(t *testing.T) {
	t.Parallel()
	_, cfg := start(t, echo)
	cfg.Expect = "答题"
	s, err := Run(context.Background(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Answers != 20 || s.Errors[`answer does not hold "答题"`] != 20 {
		t.Errorf("summary: %+v", s)
	}
}

// TestWillNotRun names what is refused before a message leaves, and the remedy.
func TestWillNotRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"another machine": {func(c *Config) { c.URLs = []string{"http://192.0.2.1/callback/brand"} }, "add --allow-remote"},
		"not an address":  {func(c *Config) { c.URLs = []string{"brand"} }, "is not the address of a callback"},
		"short key":       {func(c *Config) { c.AESKey = "short" }, "43 characters"},
		"no target":       {func(c *Config) { c.URLs = nil }, "no target"},
		"one of two":      {func(c *Config) { c.URLs = append(c.URLs, "http://127.0.0.1:1/") }, "http://127.0.0.1:1/: the first message failed: connection refused"},
		"no token":        {func(c *Config) { c.Token = "" }, "no token"},
		"wrong token":     {func(c *Config) { c.Token = "wrong" }, "status 403; check the token"},
		"nobody there":    {func(c *Config) { c.URLs = []string{"http://127.0.0.1:1/"} }, "connection refused; check that the bot runs"},
		"too long":        {func(c *Config) { c.Duration = 2 * time.Hour }, "at most 1h0m0s"},
		"too many":        {func(c *Config) { c.Concurrency, c.Copies = 10000, 3 }, "concurrency times copies"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, cfg := start(t, echo)
			c.change(&cfg)
			if _, err := Run(context.Background(), cfg, nil); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v; want %q", err, c.want)
			}
		})
	}
}

// TestSummary: the summary holds the figures and prints bars that add up.
func TestSummary(t *testing.T) {
	t.Parallel()
	_, cfg := start(t, echo)
	s, err := Run(context.Background(), cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sum uint64
	for _, bar := range s.Histogram {
		sum += bar.Answers
	}
	if sum != 40 || s.Latency.P50 > s.Latency.P99 || s.Latency.P99 > s.Latency.Max {
		t.Errorf("summary: %+v", s)
	}
	var b bytes.Buffer
	if err := s.Print(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"40 messages, 40 checked answers", "p99.9", "no errors", "|#"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
}
