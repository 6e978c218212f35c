package kf_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/bot"
	"guanjia/channel/kf"
	"guanjia/channel/wecom"
	"guanjia/channel/wxapi"
	"guanjia/internal/testproc"
	"guanjia/simulator"
	"guanjia/simulator/platform"
	"guanjia/store"
	hotredis "guanjia/store/hot/redis"
	hotsql "guanjia/store/hot/sql"
)

const (
	account   = bot.AccountName("assistant")
	corp      = "ww0123456789abcdef"
	secret    = "hunter2hunter2hunter2app"
	token     = "hunter2hunter2"
	aesKey    = "hunter2efghijklmnopqrstuvwxyz0123456789ABCD"
	reception = "wkReception0000000000000000001"
	afterSale = "wkAfterSales000000000000000002"
)

// house is a corp with desks, and replicas of a bot that answers there.
type house struct {
	t        *testing.T
	clock    *simulator.Clock
	sim      *simulator.Simulator
	api      *httptest.Server
	database string
	redis    string // empty: hot state lives in the database
	rhythm   kf.Rhythm
	mute     atomic.Bool // callbacks are lost

	mu       sync.Mutex
	replicas []*replica // that run
	all      []*replica
	turn     int
}

// replica is one process of the bot, as far as customer service goes.
type replica struct {
	store    *store.Store
	hot      hot
	engine   *bot.Engine
	service  *kf.Service
	channel  http.Handler
	tokens   *wxapi.Source
	caller   *wxapi.Caller
	handler  *clerk
	watched  *watched
	log      *observer.ObservedLogs
	stopping sync.Once
}

// hot is a hot state.
type hot interface {
	bot.HotState
	wxapi.Shared
	Close() error
}

// engines run a test on what a laptop has, and on what production has.
func engines(t *testing.T, test func(t *testing.T, h *house)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, newHouse(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db"), ""))
	})
	t.Run("Redis and PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, newHouse(t, testproc.Postgres(t), testproc.Redis(t)))
	})
}

func newHouse(t *testing.T, database, redis string) *house {
	t.Helper()
	h := &house{
		t: t, clock: &simulator.Clock{}, database: database, redis: redis,
		rhythm: kf.Rhythm{Poll: time.Hour, Watch: 100 * time.Millisecond, Lease: 3 * time.Second, List: time.Hour},
	}
	callbacks := httptest.NewServer(h)
	t.Cleanup(callbacks.Close)
	var err error
	h.sim, err = simulator.New(simulator.Config{Seed: 7, Clock: h.clock, Corps: []simulator.Corp{{
		ID: corp, Title: "测试企业",
		Members: []platform.Member{{UserID: "xiaolin", Name: "小林"}, {UserID: "xiaozhou", Name: "小周"}},
		Apps: []platform.App{{
			Name: "assistant", AgentID: 1000002, Secret: secret, Token: token, AESKey: aesKey, Callback: callbacks.URL, Rights: []platform.Right{platform.RightService},
		}},
		Desks: []platform.Desk{{OpenKfID: reception, Name: "健康管家", Servicers: []string{"xiaolin", "xiaozhou"}}, {OpenKfID: afterSale, Name: "售后"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.sim.Close(context.WithoutCancel(t.Context())) })
	h.api = httptest.NewServer(h.sim.Platform())
	t.Cleanup(h.api.Close)
	t.Cleanup(func() {
		for _, r := range h.all {
			h.tell(r)
			h.stop(r)
		}
	})
	return h
}

// ServeHTTP gives a callback to the replicas in turn.
func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	var to *replica
	if n := len(h.replicas); n > 0 {
		h.turn++
		to = h.replicas[h.turn%n]
	}
	h.mu.Unlock()
	switch {
	case h.mute.Load():
		w.WriteHeader(http.StatusOK)
	case to == nil:
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		to.channel.ServeHTTP(w, r)
	}
}

// start starts a replica.
func (h *house) start() *replica {
	h.t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	log := zap.New(core)
	r := &replica{handler: &clerk{}, watched: &watched{}, log: logs}
	ctx := context.WithoutCancel(h.t.Context())
	var err error
	if r.store, err = store.Open(ctx, h.database, store.Options{Synchronous: "NORMAL"}); err != nil {
		h.t.Fatal(err)
	}
	if _, _, err := r.store.Migrate(ctx); err != nil {
		h.t.Fatal(err)
	}
	if h.redis == "" {
		r.hot = hotsql.New(r.store, hotsql.Options{})
	} else {
		client, err := hotredis.Open(h.redis)
		if err != nil {
			h.t.Fatal(err)
		}
		r.hot = hotredis.New(client, hotredis.Options{})
	}
	router, err := bot.NewRouter(r.handler)
	if err != nil {
		h.t.Fatal(err)
	}
	h.mu.Lock()
	owner := fmt.Sprintf("replica-%d", len(h.replicas)) + h.t.Name()
	h.mu.Unlock()
	owner += time.Now().String()
	r.engine = bot.NewEngine(bot.Config{Hot: r.hot, Journal: r.store.Journal(), Toggles: always{}, Log: log, Now: h.clock.Now}, owner, router, bot.Texts{})
	r.caller = wxapi.NewCaller(wxapi.Config{BaseURL: h.api.URL})
	r.tokens = wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: corp, Secret: secret, Caller: r.caller, Shared: r.hot, Now: h.clock.Now})
	r.service, err = kf.New(account, kf.Deps{
		Engine: r.engine, API: r.caller, Tokens: r.tokens, Shared: r.hot, Records: r.store, Observer: r.watched, Log: log, Now: h.clock.Now, Owner: owner, Rhythm: h.rhythm,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	r.channel, err = wecom.New(wecom.Config{Account: account, CorpID: corp, Token: token, AESKey: aesKey},
		wecom.Deps{Engine: r.engine, Bells: r.service, Now: h.clock.Now, Log: log})
	if err != nil {
		h.t.Fatal(err)
	}
	r.service.Start()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.replicas, h.all = append(h.replicas, r), append(h.all, r)
	return r
}

// stop stops a replica as a deployment does.
func (h *house) stop(r *replica) {
	h.mu.Lock()
	h.replicas = slices.DeleteFunc(slices.Clone(h.replicas), func(other *replica) bool { return other == r })
	h.mu.Unlock()
	r.stopping.Do(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(h.t.Context()), time.Minute)
		defer cancel()
		r.handler.release()
		if err := errors.Join(r.service.Stop(ctx), r.engine.Stop(ctx)); err != nil {
			h.t.Error(err)
		}
		r.tokens.Close()
		if err := errors.Join(r.hot.Close(), r.store.Close()); err != nil {
			h.t.Error(err)
		}
	})
}

// tell shows what a replica logged in a test that failed.
func (h *house) tell(r *replica) {
	if !h.t.Failed() {
		return
	}
	r.watched.mu.Lock()
	h.t.Logf("pulls %v, kinds %v, sends %v, greeted %v, waiting %d", r.watched.pulls, r.watched.kinds, r.watched.sends, r.watched.greeted, r.watched.waiting)
	r.watched.mu.Unlock()
	for _, e := range r.log.All() {
		h.t.Log(e.Time.Format("05.000"), e.Level, e.Message, e.ContextMap())
	}
}

func (h *house) customer(name string) *simulator.Customer {
	h.t.Helper()
	return simulator.NewCustomer(h.t, h.sim.Client(), corp, name)
}

// eventually waits until something is so.
func (h *house) eventually(what string, so func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("in vain waited for %s", what)
		}
	}
}

// clerk answers in the tests: it repeats what is said, but for a few words.
type clerk struct {
	mu     sync.Mutex
	sent   map[bot.Kind]string // media ids
	says   []bot.Message
	held   chan struct{}
	begun  atomic.Int64 // of "慢"
	broken atomic.Int64 // how often "坏" fails
}

func (*clerk) Name() bot.HandlerName { return "clerk" }

func (*clerk) Routes() []bot.Route {
	return []bot.Route{
		{Handler: "clerk", Kinds: []bot.Kind{bot.KindEnter, bot.KindStaffEnded}},
		{Handler: "clerk", Default: true},
	}
}

var errBroken = errors.New("broken")

func (c *clerk) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	switch ev := t.Event; {
	case ev.Kind == bot.KindEnter:
		menu := bot.Menu{Head: "欢迎" + string(ev.Scene), Choices: []bot.Choice{{Label: "领一张券", Say: "领券"}, {Label: "看看"}}}
		return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageMenu, Menu: &menu}}}, nil
	case ev.Kind == bot.KindStaffEnded:
		if ev.Name == kf.TransferRefused {
			return bot.Reply{}, nil
		}
		return bot.Say("人工服务已结束"), nil
	case ev.Kind != bot.KindText:
		if ev.Media != nil {
			c.takes(ev.Kind, ev.Media)
		}
		return bot.Say("收到一个 " + string(ev.Kind)), nil
	case ev.Text == "人工":
		return bot.Reply{Messages: []bot.Message{bot.Text("请稍等"), {Kind: bot.MessageTransfer}}}, nil
	case ev.Text == "找小周":
		return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageTransfer, Servicer: "xiaozhou"}}}, nil
	case ev.Text == "回来":
		return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageReturn}, bot.Text("我回来了")}}, nil
	case ev.Text == "发":
		return bot.Reply{Messages: c.said()}, nil
	case ev.Text == "图片":
		return bot.Reply{Messages: c.pictures(7)}, nil
	case strings.HasPrefix(ev.Text, "慢"):
		c.begun.Add(1)
		<-c.hold()
	case strings.HasPrefix(ev.Text, "坏") && c.broken.Add(-1) >= 0:
		return bot.Reply{}, errBroken
	}
	return bot.Say("收到：" + t.Event.Text), nil
}

func (c *clerk) pictures(n int) []bot.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []bot.Message
	for range n {
		all = append(all, bot.Message{Kind: bot.MessageImage, MediaID: c.sent[bot.KindImage]})
	}
	return all
}

// hold is closed when those who wait may go on.
func (c *clerk) hold() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = make(chan struct{})
	}
	return c.held
}

func (c *clerk) release() {
	held := c.hold()
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-held:
	default:
		close(held)
	}
}

// always is Toggles that are on.
type always struct{}

func (always) On(bot.AccountName, bot.HandlerName) bool { return true }

// watched counts what an Observer is told.
type watched struct {
	mu      sync.Mutex
	pulls   map[string]int
	kinds   map[bot.Kind]int
	sends   map[string]int
	greeted map[string]int
	waiting int
}

func count[K comparable](m *map[K]int, k K) {
	if *m == nil {
		*m = map[K]int{}
	}
	(*m)[k]++
}

func (w *watched) Pulled(_ bot.AccountName, _, result string, _ int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	count(&w.pulls, result)
}

func (w *watched) Answered(_ bot.AccountName, kind bot.Kind, _ time.Duration, _ bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	count(&w.kinds, kind)
}

func (w *watched) Sent(_ bot.AccountName, outcome string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	count(&w.sends, outcome)
}

func (w *watched) Waiting(_ bot.AccountName, delta int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting += delta
}

func (w *watched) Greeted(_ bot.AccountName, outcome string, _ time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	count(&w.greeted, outcome)
}

func (w *watched) pulled(result string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pulls[result]
}

func (w *watched) saw(kind bot.Kind) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.kinds[kind]
}

func (w *watched) sent(outcome string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sends[outcome]
}

func (w *watched) welcomed(outcome string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.greeted[outcome]
}

func (w *watched) left() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting
}
