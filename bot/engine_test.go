package bot_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/store"
	hotsql "guanjia/store/hot/sql"
)

// echo answers every text with how often it was run, waiting for gate if there is one.
type echo struct {
	runs atomic.Int64
	gate chan struct{}
}

func (*echo) Name() bot.HandlerName { return "echo" }
func (*echo) Routes() []bot.Route {
	return []bot.Route{{Handler: "echo", Default: true, Kinds: []bot.Kind{bot.KindFollow, bot.KindTemplateSent}}}
}

func (h *echo) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	n := h.runs.Add(1)
	if h.gate != nil {
		<-h.gate
	}
	return bot.Say(fmt.Sprintf("%s #%d", t.Event.Text, n)), nil
}

// counter keeps a number in a conversation: every text adds one.
type counter struct {
	name    bot.HandlerName // empty: counter, begun by its keyword
	kinds   []bot.Kind
	private bool
	left    []bot.LeaveReason
}

func (h *counter) Name() bot.HandlerName { return cmp.Or(h.name, "counter") }
func (h *counter) Routes() []bot.Route {
	if h.name != "" {
		return []bot.Route{{Handler: h.name, Campaign: "c", Kinds: h.kinds}}
	}
	return []bot.Route{{Handler: "counter", Campaign: "c", Keywords: []string{"数数"}}}
}

func (h *counter) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	n := 0
	if t.InConversation() {
		if err := t.State(&n); err != nil {
			return bot.Reply{}, err
		}
		if t.Route == nil {
			n++
		}
	}
	if err := t.Open("c", n, time.Hour); err != nil {
		return bot.Reply{}, err
	}
	if t.Event.Text == "恐慌" {
		panic("as asked")
	}
	return bot.Say(fmt.Sprintf("数到 %d", n)), nil
}

func (h *counter) Accepts(t *bot.Turn) bool {
	if h.private {
		t.Private()
	}
	return t.Event.Text == "加"
}
func (*counter) Title(*bot.Turn) string { return "《数数》" }
func (h *counter) Leave(_ context.Context, t *bot.Turn, why bot.LeaveReason) (bot.Reply, error) {
	h.left = append(h.left, why)
	t.Close()
	return bot.Reply{}, nil
}

// bed is engines that share one store, as replicas do.
type bed struct {
	t       *testing.T
	store   *store.Store
	journal bot.Journal
	hot     bot.HotState
	toggles *bottest.Toggles
	outbox  bot.Outbox
	lease   time.Duration
	n       int
}

func newBed(t *testing.T) *bed {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "bed.db"), store.Options{Log: zap.NewNop(), Synchronous: "NORMAL"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	hot := hotsql.New(s, hotsql.Options{Log: zap.NewNop()})
	t.Cleanup(func() { hot.Close(); s.Close() })
	return &bed{t: t, store: s, journal: s.Journal(), hot: hot, toggles: &bottest.Toggles{}, lease: time.Second}
}

func (b *bed) engine(handlers ...bot.Handler) *bot.Engine {
	b.t.Helper()
	router, err := bot.NewRouter(handlers...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.n++
	e := bot.NewEngine(bot.Config{Hot: b.hot, Journal: b.journal, Toggles: b.toggles, Outbox: b.outbox, Log: zap.NewNop(), Lease: b.lease},
		fmt.Sprintf("replica%d", b.n), router, bot.Texts{})
	b.t.Cleanup(func() {
		if err := e.Stop(context.Background()); err != nil {
			b.t.Error(err)
		}
	})
	return e
}

func text(user, key, say string) *bot.Event {
	return &bot.Event{Account: "brand", User: bot.UserID(user), Key: bot.EventKey(key), Kind: bot.KindText, Text: say, At: time.Now().UTC()}
}

func plenty() time.Time { return time.Now().Add(time.Minute) }
func soon() time.Time   { return time.Now().Add(20 * time.Millisecond) }

func say(t *testing.T, e *bot.Engine, ev *bot.Event) string {
	t.Helper()
	a, err := e.Handle(t.Context(), ev, bottest.Whole{}, plenty())
	if err != nil {
		t.Fatalf("%s: %v", ev.Key, err)
	}
	return said(a)
}

func said(a bot.Answer) string {
	var parts []string
	for _, m := range a.Messages {
		parts = append(parts, bottest.Plain(m))
	}
	return strings.Join(parts, "|")
}

func TestConcurrentCopiesShareOneExecutionAndOneReply(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{}
	replicas := []*bot.Engine{b.engine(h), b.engine(h), b.engine(h)}
	var wg sync.WaitGroup
	answers := make([]bot.Answer, 9)
	for i := range answers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var err error
			if answers[i], err = replicas[i%3].Handle(t.Context(), text("wang", "m1", "你好"), bottest.Whole{}, plenty()); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if n := h.runs.Load(); n != 1 {
		t.Errorf("the handler ran %d times", n)
	}
	for _, a := range answers {
		if !reflect.DeepEqual(a, answers[0]) || said(a) != "你好 #1" {
			t.Errorf("answers differ: %+v and %+v", a, answers[0])
		}
	}
}

func TestARetryGetsTheSameReplyAgain(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{}
	e := b.engine(h)
	for range 3 {
		if got := say(t, e, text("wang", "m1", "你好")); got != "你好 #1" {
			t.Errorf("heard %q", got)
		}
	}
}

func TestOnePersonsEventsNeverOverlap(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	replicas := []*bot.Engine{b.engine(&counter{}), b.engine(&counter{})}
	say(t, replicas[0], text("wang", "start", "数数"))
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := replicas[i%2].Handle(t.Context(), text("wang", fmt.Sprintf("m%d", i), "加"), bottest.Whole{}, plenty()); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	if got := say(t, replicas[0], text("wang", "end", "加")); got != "数到 41" {
		t.Errorf("after 41 additions: %q", got)
	}
}

func TestALateReplyGoesToTheRetry(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{gate: make(chan struct{})}
	e := b.engine(h)
	if _, err := e.Handle(t.Context(), text("wang", "m1", "慢"), bottest.Whole{}, soon()); !errors.Is(err, bot.ErrNoAnswer) {
		t.Fatalf("the first delivery got %v, not ErrNoAnswer", err)
	}
	close(h.gate)
	if got := say(t, e, text("wang", "m1", "慢")); got != "慢 #1" {
		t.Errorf("the retry heard %q", got)
	}
	if got := say(t, e, text("wang", "m2", "然后")); got != "然后 #2" {
		t.Errorf("the next message heard %q: the late reply must not be said twice", got)
	}
}

func TestAReplyThatMissesAllDeliveriesLeadsTheNextOne(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{gate: make(chan struct{})}
	e := b.engine(h)
	for try := 1; try <= 3; try++ {
		a, err := e.Handle(t.Context(), text("wang", "m1", "慢"), bottest.Whole{}, soon())
		if last := try == bot.LastTry; last != (err == nil) || len(a.Messages) > 0 {
			t.Fatalf("delivery %d got %+v, %v", try, a, err)
		}
	}
	close(h.gate)
	if got := say(t, e, text("wang", "m2", "然后")); got != "慢 #1|然后 #2" {
		t.Errorf("the next message heard %q", got)
	}
	if got := say(t, e, text("wang", "m3", "还有")); got != "还有 #3" {
		t.Errorf("the one after heard %q", got)
	}
}

// dying is a hot state whose process died before Finish reached it.
type dying struct{ bot.HotState }

func (dying) Finish(context.Context, bot.FinishRequest) error {
	return errors.New("killed before finish")
}
func (dying) Renew(context.Context, bot.Lease, time.Duration) error { return errors.New("killed") }

func TestACrashAfterTheCommitLosesNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.lease = 50 * time.Millisecond
	alive := b.hot
	say(t, b.engine(&counter{}), text("wang", "m0", "数数"))
	b.hot = dying{alive}
	if got := say(t, b.engine(&counter{}), text("wang", "m1", "加")); got != "数到 1" {
		t.Fatalf("heard %q", got)
	}
	b.hot = alive
	after := b.engine(&counter{})
	if got := say(t, after, text("wang", "m2", "加")); got != "数到 2" {
		t.Errorf("the next event heard %q: the session of the crashed one is lost", got)
	}
	if got := say(t, after, text("wang", "m1", "加")); got != "数到 1" {
		t.Errorf("the retry of the crashed one heard %q", got)
	}
	if got := say(t, after, text("wang", "m3", "加")); got != "数到 3" {
		t.Errorf("then heard %q: the retry was run again", got)
	}
}

func TestTwoCrashesInARowLoseNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.lease = 50 * time.Millisecond
	alive := b.hot
	say(t, b.engine(&counter{}), text("wang", "m0", "数数"))
	b.hot = dying{alive}
	say(t, b.engine(&counter{}), text("wang", "m1", "加"))
	if got := say(t, b.engine(&counter{}), text("wang", "m2", "加")); got != "数到 2" {
		t.Fatalf("between the crashes: %q", got)
	}
	b.hot = alive
	after := b.engine(&counter{})
	for _, again := range []struct{ key, want string }{{"m3", "数到 3"}, {"m1", "数到 1"}, {"m2", "数到 2"}, {"m4", "数到 4"}} {
		if got := say(t, after, text("wang", again.key, "加")); got != again.want {
			t.Errorf("%s heard %q, want %q", again.key, got, again.want)
		}
	}
}

func TestTheRetryOfACrashedEventGetsItsReply(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.lease = 50 * time.Millisecond
	alive, h := b.hot, &echo{}
	b.hot = dying{alive}
	say(t, b.engine(h), text("wang", "m1", "你好"))
	b.hot = alive
	if got := say(t, b.engine(h), text("wang", "m1", "你好")); got != "你好 #1" {
		t.Errorf("the retry heard %q", got)
	}
}

// failing is a journal that can't be written for a while.
type failing struct {
	bot.Journal
	failures atomic.Int64
}

func (j *failing) Commit(ctx context.Context, e bot.Entry) (bot.Entry, bool, error) {
	if j.failures.Add(-1) >= 0 {
		return bot.Entry{}, false, errors.New("disk full")
	}
	return j.Journal.Commit(ctx, e)
}

func TestAnEventThatCouldNotBeWrittenIsRunAgain(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	j := &failing{Journal: b.journal}
	j.failures.Store(1)
	b.journal = j
	e := b.engine(&counter{})
	if _, err := e.Handle(t.Context(), text("wang", "m0", "数数"), bottest.Whole{}, plenty()); err == nil {
		t.Fatal("an answer was given although nothing was written")
	}
	if got := say(t, e, text("wang", "m0", "数数")); got != "数到 0" {
		t.Errorf("the retry heard %q", got)
	}
}

// unheard is a journal that writes, but whose answer gets lost on the way back.
type unheard struct {
	bot.Journal
	lost atomic.Int64
}

func (j *unheard) Commit(ctx context.Context, e bot.Entry) (bot.Entry, bool, error) {
	counts, ours, err := j.Journal.Commit(ctx, e)
	if err == nil && j.lost.Add(-1) >= 0 {
		return bot.Entry{}, false, errors.New("connection reset")
	}
	return counts, ours, err
}

func TestACommitInDoubtKeepsItsSession(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	j := &unheard{Journal: b.journal}
	b.journal = j
	e := b.engine(&counter{})
	say(t, e, text("wang", "m0", "数数"))
	j.lost.Store(1)
	if _, err := e.Handle(t.Context(), text("wang", "m1", "加"), bottest.Whole{}, plenty()); err == nil {
		t.Fatal("an answer was given in doubt")
	}
	if got := say(t, e, text("wang", "m2", "加")); got != "数到 2" {
		t.Errorf("the next event heard %q", got)
	}
	if got := say(t, e, text("wang", "m1", "加")); got != "数到 1" {
		t.Errorf("the retry heard %q", got)
	}
}

func TestTheJournalDecidesWhenTheHotStateForgot(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{}
	say(t, b.engine(h), text("wang", "m1", "你好"))
	empty, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "empty.db"), store.Options{Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := empty.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.hot = hotsql.New(empty, hotsql.Options{Log: zap.NewNop()})
	if got := say(t, b.engine(h), text("wang", "m1", "你好")); got != "你好 #1" {
		t.Errorf("heard %q: the first reply counts", got)
	}
}

func TestACallbackReplayedLongAfterIsNotRun(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{}
	ev := text("wang", "m1", "你好")
	say(t, b.engine(h), ev)
	router, err := bot.NewRouter(h)
	if err != nil {
		t.Fatal(err)
	}
	later := bot.NewEngine(bot.Config{Hot: b.hot, Journal: b.journal, Toggles: b.toggles, Log: zap.NewNop(),
		Now: func() time.Time { return time.Now().Add(48 * time.Hour) }}, "later", router, bot.Texts{})
	if got := say(t, later, ev); got != "你好 #1" || h.runs.Load() != 1 {
		t.Errorf("heard %q after %d runs", got, h.runs.Load())
	}
}

func TestStopWaitsForWhatIsAtWork(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{gate: make(chan struct{})}
	e := b.engine(h)
	got := make(chan string)
	go func() {
		a, _ := e.Handle(context.Background(), text("wang", "m1", "慢"), bottest.Whole{}, plenty())
		got <- said(a)
	}()
	for h.runs.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	stopped := make(chan error)
	go func() { stopped <- e.Stop(context.Background()) }()
	for {
		if _, err := e.Handle(t.Context(), text("li", "m2", "新的"), bottest.Whole{}, soon()); errors.Is(err, bot.ErrStopping) {
			break
		}
	}
	close(h.gate)
	if s := <-got; s != "慢 #1" {
		t.Errorf("the event at work heard %q", s)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestReportsOfThePlatformAreNotAnswered(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	e := b.engine(&echo{})
	for _, kind := range []bot.Kind{bot.KindTemplateSent, bot.KindUnknown, bot.KindPosition, bot.KindUnfollow} {
		a, err := e.Handle(t.Context(), &bot.Event{Account: "brand", User: "wang", Key: bot.EventKey(kind), Kind: kind, At: time.Now()}, bottest.Whole{}, plenty())
		if err != nil || len(a.Messages) > 0 {
			t.Errorf("%s was answered with %q, %v", kind, said(a), err)
		}
		if _, found, err := b.journal.Find(t.Context(), "brand", bot.EventKey(kind)); !found || err != nil {
			t.Errorf("%s is not in the journal: %v", kind, err)
		}
	}
}
