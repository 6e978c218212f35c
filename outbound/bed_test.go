package outbound_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/store"
	"guanjia/store/hot"
	"guanjia/store/hot/redis"
	"guanjia/store/hot/sql"
)

// The tests begin on a Monday at noon in China.
func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, china()) }

func china() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// post is a way that writes down what it is given. answers say what the platform says, by person; empty: it takes everything.
type post struct {
	mu      sync.Mutex
	got     map[string][]bot.UserID // by id of the part: the platform's own ledger
	answers map[bot.UserID][]error
	before  func(outbound.Letter)
	form    func(outbound.Content) ([]outbound.Part, policy.Reason)
	sameID  bool // the platform takes a part once
}

func newPost() *post { return &post{got: map[string][]bot.UserID{}, answers: map[bot.UserID][]error{}} }

func (p *post) Fit(_ bot.Person, c outbound.Content) ([]outbound.Part, policy.Reason) {
	if p.form != nil {
		return p.form(c)
	}
	if len(c.Messages) == 0 {
		return nil, policy.NoContent
	}
	parts := make([]outbound.Part, len(c.Messages))
	for i, m := range c.Messages {
		parts[i] = outbound.Part{Message: m}
	}
	return parts, ""
}

func (p *post) Send(_ context.Context, l outbound.Letter) (string, error) {
	if p.before != nil {
		p.before(l)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if all := p.answers[l.To.User]; len(all) > 0 {
		p.answers[l.To.User] = all[1:]
		if all[0] != nil {
			return "", all[0]
		}
	}
	if !p.sameID || len(p.got[l.ID]) == 0 {
		p.got[l.ID] = append(p.got[l.ID], l.To.User)
	}
	return "platform-" + l.ID, nil
}

// to is how many messages somebody got.
func (p *post) to(user bot.UserID) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, all := range p.got {
		for _, u := range all {
			if u == user {
				n++
			}
		}
	}
	return n
}

func (p *post) total() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, all := range p.got {
		n += len(all)
	}
	return n
}

// refused is the platform's refusal.
func refused(code int) error {
	return &wxapi.Error{API: "/cgi-bin/message/custom/send", Code: code, Msg: "no"}
}

// bed is a database with its hot state and the processes that use it.
type bed struct {
	moot  func(context.Context, bot.Person, string) (bool, error) // nil: nothing ever is
	t     *testing.T
	url   string
	redis string
	clock *clock
	posts map[policy.Way]*post
	rules outbound.Rules
	lease time.Duration
	first *process
}

// process is one replica.
type process struct {
	bed     *bed
	store   *store.Store
	service *outbound.Service
	queue   *jobs.Queue
}

type state interface {
	hot.Caps
	hot.Pace
	outbound.Locks
}

// onEngines runs f on SQLite, and on PostgreSQL with Redis.
func onEngines(t *testing.T, f func(*bed)) {
	t.Helper()
	rules := outbound.Rules{Caps: policy.Caps{PerDay: 1, PerWeek: 3, MinGap: 20 * time.Hour}, Quiet: policy.Quiet{From: 21*60 + 30, Until: 8*60 + 30, Zone: china()}}
	for name, make := range map[string]func(*testing.T) *bed{
		"SQLite":               func(t *testing.T) *bed { return &bed{url: "sqlite:" + filepath.Join(t.TempDir(), "push.db")} },
		"PostgreSQL and Redis": func(t *testing.T) *bed { return &bed{url: testproc.Postgres(t), redis: testproc.Redis(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := make(t)
			b.t, b.rules, b.clock = t, rules, &clock{now: noon()}
			b.posts = map[policy.Way]*post{policy.Custom: newPost(), policy.Template: newPost()}
			b.posts[policy.Template].form = func(c outbound.Content) ([]outbound.Part, policy.Reason) {
				if c.Template == nil {
					return nil, policy.NoContent
				}
				return []outbound.Part{{Template: c.Template}}, ""
			}
			f(b)
		})
	}
}

// start starts a replica; the first one migrates.
func (b *bed) start(works bool) *process {
	b.t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, b.url, store.Options{})
	b.ok(err)
	b.t.Cleanup(func() { s.Close() })
	if b.first == nil {
		_, _, err = s.Migrate(ctx)
		b.ok(err)
		b.ok(jobs.Migrate(ctx, s))
	}
	log := zaptest.NewLogger(b.t, zaptest.Level(zap.WarnLevel))
	var h state = sql.New(s, sql.Options{})
	if b.redis != "" {
		client, err := redis.Open(b.redis)
		b.ok(err)
		r := redis.New(client, redis.Options{})
		b.t.Cleanup(func() { r.Close(); client.Close() })
		h = r
	}
	senders := map[policy.Way]outbound.Sender{}
	for way, p := range b.posts {
		senders[way] = p
	}
	p := &process{bed: b, store: s}
	p.service = outbound.New(outbound.Config{
		Store: s, Caps: h, Pace: h, Locks: h, Senders: map[bot.AccountName]map[policy.Way]outbound.Sender{"brand": senders, "other": senders},
		Rules: b.rules, Log: log, Now: b.clock.Now, Owner: fmt.Sprintf("process-%p", p), Lease: b.lease, Moot: b.moot,
	})
	kinds := jobs.NewKinds()
	b.ok(p.service.Add(kinds))
	queues := map[string]int{outbound.Queue: 16}
	if !works {
		queues = nil
	}
	p.queue, err = jobs.Open(ctx, jobs.Config{Store: s, Kinds: kinds, Queues: queues, Now: b.clock.Now, Log: log})
	b.ok(err)
	b.ok(p.service.Open(ctx, p.queue))
	p.service.Start()
	b.ok(p.queue.Start(ctx))
	b.t.Cleanup(func() {
		stop, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := p.queue.Stop(stop); err != nil {
			b.t.Error(err)
		}
		p.service.Stop()
		p.queue.Close()
	})
	if b.first == nil {
		b.first = p
	}
	return p
}

func (b *bed) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// spoke makes somebody have written just now, so that they may be written to.
func (b *bed) spoke(users ...bot.UserID) {
	b.t.Helper()
	for _, u := range users {
		_, _, err := b.first.store.Journal().Commit(context.Background(), bot.Entry{
			Person: bot.Person{Account: "brand", User: u}, Key: bot.EventKey(fmt.Sprint("said-", u, b.clock.Now().UnixMilli())), Kind: bot.KindText,
			At: b.clock.Now(), Received: b.clock.Now(),
		})
		b.ok(err)
	}
}

// enqueue writes pushes down.
func (p *process) enqueue(pushes ...outbound.Push) int {
	p.bed.t.Helper()
	n, err := store.InTx(context.Background(), p.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		return p.service.Outbox().Enqueue(ctx, tx, pushes...)
	})
	p.bed.ok(err)
	return n
}

// hello is a push with a text.
func hello(user bot.UserID, cause string) outbound.Push {
	return outbound.Push{
		To: bot.Person{Account: "brand", User: user}, Cause: cause, Ways: []policy.Way{policy.Custom},
		Content: outbound.Content{Messages: []bot.Message{bot.Text("你好")}},
	}
}

// later moves the clock, which else stands still. A job at work may still be about to say when it comes again, counted from the time at
// which it has decided that: it is waited for first, though not for ever.
func (b *bed) later(d time.Duration) {
	b.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); b.first != nil && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		atWork, err := store.InTx(context.Background(), b.first.store, func(ctx context.Context, tx *store.Tx) (n int, err error) {
			n, _, err = store.Get(ctx, tx, func(r store.Row) (n int, err error) { return n, r.Scan(&n) }, "SELECT COUNT(*) FROM river_job WHERE state = 'running'")
			return n, err
		})
		b.ok(err)
		if atWork == 0 {
			break
		}
	}
	b.clock.forward(d)
}

// becomes waits until a push has come to a state for a reason.
func (b *bed) becomes(user bot.UserID, cause string, state store.SendState, why policy.Reason) store.Send {
	b.t.Helper()
	id := store.SendID(bot.Person{Account: "brand", User: user}, cause)
	var s store.Send
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var there bool
		var err error
		s, there, err = b.first.store.Send(context.Background(), id)
		b.ok(err)
		if there && s.State == state && s.Reason == string(why) && s.ClaimedBy == "" {
			return s
		}
	}
	b.t.Fatalf("the push %s to %s is %s (%s, %s), not %s (%s)", cause, user, s.State, s.Reason, s.Detail, state, why)
	return s
}
