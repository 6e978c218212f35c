package broadcast_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"guanjia/bot"
	"guanjia/broadcast"
	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/store"
	"guanjia/store/hot/sql"
)

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

// post is a way that takes everything and counts it; hold makes it wait.
type post struct {
	mu   sync.Mutex
	got  map[bot.UserID]int
	hold chan struct{} // nil: it does not wait
}

func (p *post) Fit(_ bot.Person, c outbound.Content) (parts []outbound.Part, why policy.Reason) {
	for _, m := range c.Messages {
		parts = append(parts, outbound.Part{Message: m})
	}
	return parts, ""
}

func (p *post) Send(_ context.Context, l outbound.Letter) (string, error) {
	p.mu.Lock()
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		<-hold
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got[l.To.User]++
	return "platform-" + l.ID, nil
}

func (p *post) counts() (people, messages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.got {
		messages += n
	}
	return len(p.got), messages
}

// bed is a database with one process on it, which may be replaced by another.
type bed struct {
	t       testing.TB
	url     string
	clock   *clock
	post    *post
	caller  *caller
	store   *store.Store
	push    *outbound.Service
	queue   *jobs.Queue
	service *broadcast.Service
	crash   func() error // asked before every page of jobs is written; nil: never
}

func onEngines(t *testing.T, f func(*bed)) {
	t.Helper()
	for name, url := range map[string]func(testing.TB) string{
		"SQLite": func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "b.db") }, "PostgreSQL": testproc.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bed{t: t, url: url(t), clock: &clock{now: time.Date(2026, 3, 2, 12, 0, 0, 0, china())}, post: &post{got: map[bot.UserID]int{}}, caller: &caller{}}
			b.open()
			f(b)
		})
	}
}

// Insert breaks off where a test wants a crash: the transaction is lost with it.
func (b *bed) Insert(ctx context.Context, tx *store.Tx, list ...jobs.Insert) error {
	if b.crash != nil {
		if err := b.crash(); err != nil {
			return err
		}
	}
	return b.queue.Insert(ctx, tx, list...)
}

// open makes the process, without its workers.
func (b *bed) open() {
	b.t.Helper()
	ctx := b.t.Context()
	log := zaptest.NewLogger(b.t, zaptest.Level(zap.ErrorLevel))
	var err error
	b.store, err = store.Open(ctx, b.url, store.Options{})
	b.ok(err)
	b.t.Cleanup(func() { _ = b.store.Close() })
	_, _, err = b.store.Migrate(ctx)
	b.ok(err)
	b.ok(jobs.Migrate(ctx, b.store))
	h := sql.New(b.store, sql.Options{})
	b.push = outbound.New(outbound.Config{
		Store: b.store, Caps: h, Pace: h, Locks: h, Senders: map[bot.AccountName]map[policy.Way]outbound.Sender{"shop": {policy.Template: templates{b.post}}},
		Rules: outbound.Rules{Caps: policy.Caps{PerDay: 2, PerWeek: 5}, Quiet: policy.Quiet{From: 21*60 + 30, Until: 8*60 + 30, Zone: china()}},
		Log:   log, Now: b.clock.Now, Owner: "p",
	})
	kinds := jobs.NewKinds()
	b.ok(b.push.Add(kinds))
	b.service = broadcast.New(broadcast.Config{
		Store: b.store, Judge: b.push, Accounts: []bot.AccountName{"shop", "corp"}, Now: b.clock.Now, Zone: china(), Log: log,
		Callers: broadcast.Callers{{Account: "corp", Kind: broadcast.GroupSend}: b.caller},
	})
	b.ok(b.service.Add(kinds))
	b.queue, err = jobs.Open(ctx, jobs.Config{Store: b.store, Kinds: kinds, Queues: map[string]int{outbound.Queue: 8, jobs.DefaultQueue: 2}, Now: b.clock.Now, Log: log})
	b.ok(err)
	b.t.Cleanup(b.queue.Close)
	b.ok(b.push.Open(ctx, b.queue))
	b.service.Open(b, b.push.Outbox())
}

// work starts the workers, until the test ends or the returned function is called.
func (b *bed) work() (stop func()) {
	b.t.Helper()
	b.push.Start()
	b.ok(b.queue.Start(b.t.Context()))
	stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = b.queue.Stop(ctx)
		b.push.Stop()
	})
	b.t.Cleanup(stop)
	return stop
}

// templates is the post by template, a way without a window.
type templates struct{ *post }

// followers makes people who follow, from number first on.
func (b *bed) followers(first, n int) {
	b.t.Helper()
	_, err := store.InTx(b.t.Context(), b.store, func(ctx context.Context, tx *store.Tx) (int, error) {
		return tx.Exec(ctx, `INSERT INTO follower (account, user_id, scene, followed_at, unfollowed_at, follows, following)
			WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < CAST($2 AS BIGINT))
			SELECT 'shop', 'o' || (100000 + i), 'scene', CAST($3 AS BIGINT), 0, 1, TRUE FROM n`, first, first+n, b.clock.Now().UnixMilli())
	})
	b.ok(err)
}

func user(i int) bot.Person {
	return bot.Person{Account: "shop", User: bot.UserID(fmt.Sprintf("o%d", 100000+i))}
}

func (b *bed) draft(text string) {
	b.t.Helper()
	d, ps := broadcast.ParseDraft("b.yaml", []byte(text))
	if len(ps) > 0 {
		b.t.Fatal(ps)
	}
	_, err := b.service.Save(b.t.Context(), d, "wang")
	b.ok(err)
}

// until waits for a broadcast to look as wanted.
func (b *bed) until(id, what string, wanted func(broadcast.Report) bool) broadcast.Report {
	b.t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		r, err := b.service.Report(b.t.Context(), id)
		b.ok(err)
		if wanted(r) {
			return r
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("%s: it never came to that: %s %+v", what, r.Broadcast.State, r.Progress)
		}
		b.clock.forward(100 * time.Millisecond)
	}
}

func (b *bed) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func refusal(t testing.TB, err error, code string) *broadcast.Refusal {
	t.Helper()
	r, ok := errors.AsType[*broadcast.Refusal](err)
	if !ok || r.Code != code {
		t.Fatalf("got %v, want the refusal %s", err, code)
	}
	return r
}
