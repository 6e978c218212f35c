package bot_test

import (
	"context"
	"errors"
	"testing"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/store"
)

// fitFunc is a Fitter.
type fitFunc func([]bot.Message) bot.Fitted

func (f fitFunc) Fit(m []bot.Message) bot.Fitted { return f(m) }

// hold lets nothing out: the person has said more already.
var hold = fitFunc(func(m []bot.Message) bot.Fitted { return bot.Fitted{Held: m} })

// TestWhatIsTooOldIsWrittenDownAndNotAnswered, and stays so when it comes again young.
func TestWhatIsTooOldIsWrittenDownAndNotAnswered(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{}
	e := b.engine(h)
	old := text("wang", "m1", "很久以前")
	old.Past = true
	if got := say(t, e, old); got != "" || h.runs.Load() != 0 {
		t.Errorf("heard %q after %d runs", got, h.runs.Load())
	}
	entry, ok, err := b.journal.Find(t.Context(), old.Account, old.Key)
	if err != nil || !ok || entry.Outcome != bot.OutcomePast || entry.Text != "很久以前" {
		t.Errorf("journal: %v %+v %v", ok, entry, err)
	}
	if got := say(t, e, text("wang", "m1", "很久以前")); got != "" {
		t.Errorf("heard %q the second time", got)
	}
	if got := say(t, e, text("wang", "m2", "现在")); got != "现在 #1" {
		t.Errorf("heard %q", got)
	}
}

// greeter greets who opens a chat.
type greeter struct{}

func (greeter) Name() bot.HandlerName { return "greeter" }
func (greeter) Routes() []bot.Route {
	return []bot.Route{{Handler: "greeter", Kinds: []bot.Kind{bot.KindEnter}}, {Handler: "greeter", Default: true}}
}

func (greeter) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	if t.Event.Text == "坏" {
		return bot.Reply{}, errors.New("no database")
	}
	return bot.Say("您好" + t.Event.Text), nil
}

// TestAnEventIsAnsweredWhenTheChannelCan: nobody spoke, and something can be said all the same.
func TestAnEventIsAnsweredWhenTheChannelCan(t *testing.T) {
	t.Parallel()
	wang := bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{greeter{}} }).Person("wang")
	wang.Does(bot.Event{Kind: bot.KindEnter, Speakable: true}).Hears("您好")
	wang.Does(bot.Event{Kind: bot.KindEnter}).HearsNothing()
	wang.Does(bot.Event{Kind: bot.KindEnter, Speakable: true, Past: true}).HearsNothing()
}

// TestHeldAnswersLeadTheNextOneInOrder, and so does what could not be said after all.
func TestHeldAnswersLeadTheNextOneInOrder(t *testing.T) {
	t.Parallel()
	e := newBed(t).engine(&echo{})
	held := func(key, said string) {
		t.Helper()
		a, err := e.Handle(t.Context(), text("wang", key, said), hold, plenty())
		if err != nil || len(a.Messages) > 0 {
			t.Errorf("%s: %+v %v", said, a, err)
		}
	}
	held("m1", "一")
	held("m2", "二")
	if got := say(t, e, text("wang", "m3", "三")); got != "一 #1|二 #2|三 #3" {
		t.Errorf("heard %q", got)
	}
	unsaid := &bot.Event{Account: "brand", User: "wang", Key: "u1", Kind: bot.KindSendFailed, At: text("wang", "", "").At, Unsaid: []bot.Message{bot.Text("没说成")}}
	for range 2 { // after a crash it comes again
		if got := say(t, e, unsaid); got != "" {
			t.Errorf("heard %q", got)
		}
	}
	if got := say(t, e, text("wang", "m4", "四")); got != "没说成|四 #4" {
		t.Errorf("heard %q", got)
	}
	if got := say(t, e, text("wang", "m5", "五")); got != "五 #5" {
		t.Errorf("heard %q", got)
	}
}

// TestAHandlersFailureIsToldApart from the state's: whoever can wait gives up the one, never the other.
func TestAHandlersFailureIsToldApart(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var failed *bot.HandlerError
	if _, err := b.engine(greeter{}).Handle(t.Context(), text("wang", "m1", "坏"), bottest.Whole{}, plenty()); !errors.As(err, &failed) || failed.Handler != "greeter" {
		t.Errorf("error: %v", err)
	}
	b.journal = deadJournal{}
	if _, err := b.engine(greeter{}).Handle(t.Context(), text("wang", "m2", "好"), bottest.Whole{}, plenty()); err == nil || errors.As(err, &failed) {
		t.Errorf("error: %v", err)
	}
}

// deadJournal is a Journal without its database.
type deadJournal struct{}

func (deadJournal) Commit(context.Context, bot.Entry) (bot.Entry, bool, error) {
	return bot.Entry{}, false, errors.New("no database")
}

func (deadJournal) Find(context.Context, bot.AccountName, bot.EventKey) (bot.Entry, bool, error) {
	return bot.Entry{}, false, nil
}
