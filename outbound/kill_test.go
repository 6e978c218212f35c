package outbound_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/channel/official"
	"guanjia/channel/wxapi"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
	"guanjia/store"
	"guanjia/store/hot/redis"
	"guanjia/store/hot/sql"
)

// workerEnv makes the test's own binary a process that sends pushes, so that it can be killed.
const workerEnv = "GUANJIA_TEST_PUSH_WORKER"

func TestMain(m *testing.M) {
	if text := os.Getenv(workerEnv); text != "" {
		var w workerConfig
		if err := json.Unmarshal([]byte(text), &w); err != nil {
			panic(err)
		}
		if err := w.run(); err != nil {
			panic(err)
		}
		select {} // until it is killed
	}
	os.Exit(m.Run())
}

const (
	testAppID  = "wx0123456789abcdef"
	testSecret = "0123456789abcdef0123456789abcdef"
)

// workerConfig is what a worker process is told.
type workerConfig struct {
	URL, Redis, API string
	Caps            policy.Caps
}

// run starts to send by real calls of the platform's API.
func (w workerConfig) run() error {
	ctx := context.Background()
	s, err := store.Open(ctx, w.URL, store.Options{})
	if err != nil {
		return err
	}
	var h interface {
		state
		wxapi.Shared
	} = sql.New(s, sql.Options{})
	if w.Redis != "" {
		client, err := redis.Open(w.Redis)
		if err != nil {
			return err
		}
		h = redis.New(client, redis.Options{})
	}
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: w.API})
	pusher := official.Pusher{API: caller, Tokens: wxapi.NewSource(wxapi.SourceConfig{
		Kind: wxapi.Official, ID: testAppID, Secret: testSecret, Caller: caller, Shared: h,
	})}
	service := outbound.New(outbound.Config{
		Store: s, Caps: h, Pace: h, Locks: h, Owner: "worker-" + strconv.Itoa(os.Getpid()), Log: zap.NewNop(),
		Rules:   outbound.Rules{Caps: w.Caps},
		Senders: map[bot.AccountName]map[policy.Way]outbound.Sender{"brand": {policy.Custom: realCustom{pusher}}},
	})
	kinds := jobs.NewKinds()
	if err := service.Add(kinds); err != nil {
		return err
	}
	queue, err := jobs.Open(ctx, jobs.Config{Store: s, Kinds: kinds, Queues: map[string]int{outbound.Queue: 8}})
	if err != nil {
		return err
	}
	if err := service.Open(ctx, queue); err != nil {
		return err
	}
	service.Start()
	return queue.Start(ctx)
}

// realCustom sends customer-service messages.
type realCustom struct{ pusher official.Pusher }

func (realCustom) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	return []outbound.Part{{Message: c.Messages[0]}}, ""
}

func (r realCustom) Send(ctx context.Context, l outbound.Letter) (string, error) {
	return "", r.pusher.Custom(ctx, l.To.User, l.Message)
}

// TestKillsAndFaultsLeadToNoSecondMessage: processes are killed in the middle of sending to many, the platform is busy, loses answers and
// refuses some, everybody is pushed to twice, and the platform's own chats show that nobody got more than the cap.
func TestKillsAndFaultsLeadToNoSecondMessage(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills processes")
	}
	onEngines(t, func(b *bed) {
		const people = 120
		ack := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) }))
		b.t.Cleanup(ack.Close)
		sim, err := simulator.New(simulator.Config{Accounts: []simulator.Account{{
			Name: "brand", OriginalID: "gh_brand", AppID: testAppID, Token: "token0123", Mode: "plain", Secret: testSecret, Certified: true, Callback: ack.URL,
		}}})
		b.ok(err)
		b.t.Cleanup(func() { b.ok(sim.Close(context.Background())) })
		api := httptest.NewServer(sim.Platform())
		b.t.Cleanup(api.Close)

		b.clock.now = time.Now()
		idle := b.start(false)
		phones := make([]*simulator.Phone, people)
		var pushes []outbound.Push
		for i := range phones {
			phones[i] = simulator.NewPhone(b.t, sim.Client(), "brand", fmt.Sprint("person ", i))
			phones[i].Follow()
			phones[i].Say("你好")
			b.spoke(bot.UserID(phones[i].OpenID()))
			for n := range 2 {
				p := hello(bot.UserID(phones[i].OpenID()), fmt.Sprint("cause-", n))
				p.Expires = time.Now().Add(12 * time.Hour) // the second can't go before
				pushes = append(pushes, p)
			}
		}
		b.ok(sim.API().SetFaults(
			simplatform.Fault{Kind: simplatform.FaultHalf, Path: "/cgi-bin/message/custom/send", Chance: .05},
			simplatform.Fault{Kind: simplatform.FaultBusy, Path: "/cgi-bin/message/custom/send", Chance: .1},
			simplatform.Fault{Kind: simplatform.FaultCode, Code: 45047, Path: "/cgi-bin/message/custom/send", Chance: .03},
			simplatform.Fault{Kind: simplatform.FaultSlow, Delay: 50, Path: "/cgi-bin/message/custom/send", Chance: 1},
		))
		idle.enqueue(pushes...)
		config := workerConfig{URL: b.url, Redis: b.redis, API: api.URL, Caps: policy.Caps{PerDay: 1, PerWeek: 3}}
		for kill := range 2 {
			workers := []*exec.Cmd{b.worker(config)}
			if b.redis != "" {
				workers = append(workers, b.worker(config), b.worker(config))
			}
			waitFor(b.t, func() bool { return b.count(idle, "state IN ('sent', 'unknown', 'failed')") >= (kill+1)*people/4 })
			for _, w := range workers {
				b.ok(w.Process.Kill())
				_ = w.Wait()
			}
		}
		left := b.count(idle, "state = 'sending'")
		last := b.worker(config)
		b.t.Cleanup(func() { _ = last.Process.Kill(); _ = last.Wait() })
		open := func() int { return b.count(idle, "state NOT IN ('sent', 'unknown', 'failed', 'dropped')") }
		for deadline := time.Now().Add(3 * time.Minute); open() > 0; time.Sleep(100 * time.Millisecond) {
			if time.Now().After(deadline) {
				b.t.Fatalf("%d are still open: %d being sent, %d waiting, %d queued", open(), b.count(idle, "state = 'sending'"), b.count(idle, "state = 'waiting'"), b.count(idle, "state = 'queued'"))
			}
		}
		got, most := 0, 0
		for _, phone := range phones {
			n := 0
			for _, e := range phone.Chat() {
				if e.Reply != nil && e.Via == simulator.ViaAPI {
					n++
				}
			}
			got, most = got+n, max(most, n)
		}
		sent, unknown, failed := b.count(idle, "state = 'sent'"), b.count(idle, "state = 'unknown'"), b.count(idle, "state = 'failed'")
		b.t.Logf("%d people: %d arrived, %d sent, %d unknown, %d refused; %d were being sent at the second kill", people, got, sent, unknown, failed, left)
		if most > 1 {
			b.t.Errorf("somebody got %d", most)
		}
		if got < sent || got > sent+unknown {
			b.t.Errorf("%d arrived, though %d were sent and of %d nobody knows", got, sent, unknown)
		}
	})
}

// worker starts a process.
func (b *bed) worker(c workerConfig) *exec.Cmd {
	b.t.Helper()
	text, err := json.Marshal(c)
	b.ok(err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workerEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	b.ok(cmd.Start())
	return cmd
}

// count counts messages.
func (b *bed) count(p *process, where string) int {
	b.t.Helper()
	n, err := store.InTx(context.Background(), p.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		n, _, err := store.Get(ctx, tx, func(r store.Row) (n int, err error) { return n, r.Scan(&n) }, "SELECT COUNT(*) FROM send WHERE "+where)
		return n, err
	})
	b.ok(err)
	return n
}
