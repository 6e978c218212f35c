package bot_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
)

// postbox is an outbox that writes down what it is given.
type postbox struct {
	mu   sync.Mutex
	late map[bot.EventKey][]bot.Message
	kept []bot.Message
	err  error
}

func (p *postbox) SendsLate(bot.AccountName) bool { return true }

func (p *postbox) Late(_ context.Context, _ bot.Person, k bot.EventKey, messages []bot.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	p.late[k] = messages
	return nil
}

func (p *postbox) OnVisit(context.Context, bot.Person, bot.EventKey) (owed, news []bot.Message, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return nil, slices.Clone(p.kept), p.err
}

func (p *postbox) texts(k bot.EventKey) (texts []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.late[k] {
		texts = append(texts, m.Text)
	}
	return texts
}

// TestALateAnswerIsSentWhereThatIsPossible: the first delivery is acknowledged, the answer is sent, and neither a delivery that comes all
// the same nor the next message says it again.
func TestALateAnswerIsSentWhereThatIsPossible(t *testing.T) {
	t.Parallel()
	b, h, out := newBed(t), &echo{gate: make(chan struct{})}, &postbox{late: map[bot.EventKey][]bot.Message{}}
	b.outbox = out
	e := b.engine(h)
	a, err := e.Handle(t.Context(), text("wang", "m1", "慢"), bottest.Whole{}, soon())
	if err != nil || a.Outcome != bot.OutcomeLate || len(a.Messages) > 0 {
		t.Fatalf("the first delivery got %+v, %v", a, err)
	}
	close(h.gate)
	for deadline := time.Now().Add(2 * time.Minute); len(out.texts("m1")) == 0 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
	}
	if got := out.texts("m1"); !slices.Equal(got, []string{"慢 #1"}) {
		t.Fatalf("what was sent is %q", got)
	}
	if got := say(t, e, text("wang", "m1", "慢")); got != "" {
		t.Errorf("a delivery that came all the same heard %q", got)
	}
	if got := say(t, e, text("wang", "m2", "然后")); got != "然后 #2" {
		t.Errorf("the next message heard %q", got)
	}
}

// TestALateAnswerThatCantBeSentIsKept for the next message, as without an outbox.
func TestALateAnswerThatCantBeSentIsKept(t *testing.T) {
	t.Parallel()
	b, h, out := newBed(t), &echo{gate: make(chan struct{})}, &postbox{err: errors.New("no database")}
	b.outbox = out
	slow := b.engine(h)
	if a, err := slow.Handle(t.Context(), text("wang", "m1", "慢"), bottest.Whole{}, soon()); err != nil || a.Outcome != bot.OutcomeLate {
		t.Fatalf("the first delivery got %+v, %v", a, err)
	}
	close(h.gate)
	if err := slow.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := say(t, b.engine(h), text("wang", "m2", "然后")); got != "慢 #1|然后 #2" {
		t.Errorf("the next message heard %q", got)
	}
}

// TestWhatWasKeptForAVisitFollowsTheAnswer.
func TestWhatWasKeptForAVisitFollowsTheAnswer(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.outbox = &postbox{kept: []bot.Message{bot.Text("新活动")}}
	if got := say(t, b.engine(&echo{}), text("wang", "m1", "你好")); got != "你好 #1|新活动" {
		t.Errorf("the visit heard %q", got)
	}
}
