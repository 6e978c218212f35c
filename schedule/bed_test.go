package schedule_test

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
	"guanjia/content"
	"guanjia/internal/testproc"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/schedule"
	"guanjia/store"
)

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

func (c *clock) set(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = moment(text)
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func moment(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone())
	if err != nil {
		panic(err)
	}
	return t
}

func zone() *time.Location { return time.FixedZone("CST", 8*60*60) }

// bed is a database, and processes that stand on it.
type bed struct {
	t     *testing.T
	url   string
	clock *clock
	first *store.Store
}

// process is one replica.
type process struct {
	*bed
	service *schedule.Service
	store   *store.Store
	outbox  *outbound.Outbox
	stop    func()
}

func onBothEngines(t *testing.T, f func(t *testing.T, b *bed)) {
	for name, url := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "schedule.db") },
		"PostgreSQL": func(t *testing.T) string { return testproc.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &bed{t: t, url: url(t), clock: &clock{}}
			b.clock.set("2026-11-25 08:00:00")
			b.first = b.open()
			if _, _, err := b.first.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := jobs.Migrate(t.Context(), b.first); err != nil {
				t.Fatal(err)
			}
			f(t, b)
		})
	}
}

func (b *bed) open() *store.Store {
	b.t.Helper()
	s, err := store.Open(b.t.Context(), b.url, store.Options{Log: zap.NewNop(), Synchronous: "NORMAL"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = s.Close() })
	return s
}

func read(t *testing.T, yaml string) *schedule.Book {
	t.Helper()
	d, ps := content.Parse("s.yaml", []byte("kind: schedule\n"+yaml), nil)
	if ps != nil {
		t.Fatal(ps)
	}
	b, ps := schedule.Load([]content.Doc{d}, zone())
	if ps != nil {
		t.Fatal(ps)
	}
	return b
}

// start starts a replica that has read some content.
func (b *bed) start(yaml string) *process {
	b.t.Helper()
	p := &process{bed: b, store: b.open()}
	log := zaptest.NewLogger(b.t, zaptest.Level(zap.ErrorLevel))
	p.service = schedule.New(schedule.Config{Store: p.store, Now: b.clock.Now, Log: log})
	kinds := jobs.NewKinds()
	if err := p.service.Add(kinds); err != nil {
		b.t.Fatal(err)
	}
	q, err := jobs.Open(b.t.Context(), jobs.Config{Store: p.store, Kinds: kinds, Queues: map[string]int{schedule.Queue: 4}, Now: b.clock.Now})
	if err != nil {
		b.t.Fatal(err)
	}
	p.service.Open(q)
	p.outbox = outbound.NewOutbox(q, b.clock.Now)
	p.reads(yaml)
	if err := q.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	p.stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := q.Stop(ctx); err != nil {
			b.t.Error(err)
		}
		q.Close()
	})
	b.t.Cleanup(p.stop)
	return p
}

// reads makes the replica read content anew.
func (p *process) reads(yaml string) {
	p.t.Helper()
	p.service.Use(read(p.t, yaml).Plans(p.outbox, []bot.AccountName{"brand", "other"}, p.clock.Now))
	if err := p.service.Adopt(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// follows makes people follow an account.
func (b *bed) follows(account bot.AccountName, n int) {
	b.t.Helper()
	for i := range n {
		b.follow(bot.Person{Account: account, User: bot.UserID(fmt.Sprintf("user-%03d", i))})
	}
}

func (b *bed) follow(p bot.Person) {
	b.t.Helper()
	if _, _, err := b.first.Follow(b.t.Context(), p, "", bot.EventKey("follow:"+string(p.User)+b.clock.Now().String()), b.clock.Now()); err != nil {
		b.t.Fatal(err)
	}
}

// eventually waits for something to become true.
func (b *bed) eventually(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("after a minute not: %s", what)
		}
	}
}

// slots are those of a plan, the oldest first, as "08:30 done 3/3".
func (b *bed) slots(plan string) []string {
	b.t.Helper()
	all, err := b.first.Slots(b.t.Context(), plan, 1000)
	if err != nil {
		b.t.Fatal(err)
	}
	list := make([]string, 0, len(all))
	for i := range all {
		s := all[len(all)-1-i]
		text := s.At.In(zone()).Format("02 15:04") + " " + string(s.State)
		if s.State == store.SlotDone {
			text += fmt.Sprintf(" %d/%d", s.Queued, s.People)
		}
		if s.Reason != "" {
			text += " " + s.Reason
		}
		list = append(list, text)
	}
	return list
}

// comes waits until the last slot of a plan is this.
func (b *bed) comes(plan, want string) {
	b.t.Helper()
	var last string
	defer func() {
		if b.t.Failed() {
			b.t.Logf("the last is %q of %v", last, b.slots(plan))
		}
	}()
	b.eventually(plan+": "+want, func() bool {
		all := b.slots(plan)
		if len(all) > 0 {
			last = all[len(all)-1]
		}
		return last == want
	})
}

// causes are those of the pushes to a person.
func (b *bed) sends(p bot.Person) []store.Send {
	b.t.Helper()
	all, err := b.first.SendsTo(b.t.Context(), p, "")
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}
