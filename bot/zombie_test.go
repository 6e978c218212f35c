package bot_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
)

// heldUp is a journal that runs something before it commits.
type heldUp struct {
	bot.Journal
	before func()
}

func (j heldUp) Commit(ctx context.Context, e bot.Entry) (bot.Entry, bool, error) {
	j.before()
	return j.Journal.Commit(ctx, e)
}

// unrenewed is the hot state of a process that the system holds up: it can't renew its leases.
type unrenewed struct{ bot.HotState }

func (unrenewed) Renew(context.Context, bot.Lease, time.Duration) error { return errors.New("held up") }

// holdUp lets a replica work on m1 up to its commit. commit lets it go on, and waits for it.
func (b *bed) holdUp() (commit func()) {
	b.t.Helper()
	about, wake, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	b.hot, b.journal = unrenewed{b.hot}, heldUp{b.journal, func() { close(about); <-wake }}
	late := b.engine(&counter{})
	go func() {
		defer close(over)
		if _, err := late.Handle(context.Background(), text("wang", "m1", "加"), bottest.Whole{}, plenty()); err != nil {
			b.t.Error(err)
		}
	}()
	<-about
	return func() { close(wake); <-over }
}

// TestAnExecutionThatWakesUpLateDecidesTheSessionToo: it was held up just before its commit, another replica took the event
// over, and its commit came first after all.
func TestAnExecutionThatWakesUpLateDecidesTheSessionToo(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.lease = 50 * time.Millisecond
	say(t, b.engine(&counter{}), text("wang", "m0", "数数"))
	alive, journal := b.hot, b.journal
	commit := b.holdUp()
	b.hot, b.journal = alive, heldUp{journal, commit}
	if got := say(t, b.engine(&counter{}), text("wang", "m1", "加")); got != "数到 1" {
		t.Errorf("the retry heard %q", got)
	}
	b.journal = journal
	if got := say(t, b.engine(&counter{}), text("wang", "m2", "加")); got != "数到 2" {
		t.Errorf("the next event heard %q: the session went back", got)
	}
}

// lookedUp is a journal that runs something after the first look into it.
type lookedUp struct {
	bot.Journal
	once  *sync.Once
	after func()
}

func (j lookedUp) Find(ctx context.Context, a bot.AccountName, k bot.EventKey) (bot.Entry, bool, error) {
	e, ok, err := j.Journal.Find(ctx, a, k)
	j.once.Do(j.after)
	return e, ok, err
}

// TestACommitThatComesBetweenTwoLooksDecidesTheSession: who takes over looks for what was left and then for the event itself; the one that
// was held up commits in between.
func TestACommitThatComesBetweenTwoLooksDecidesTheSession(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.lease = 50 * time.Millisecond
	say(t, b.engine(&counter{}), text("wang", "m0", "数数"))
	alive, journal := b.hot, b.journal
	commit := b.holdUp()
	b.hot, b.journal = alive, lookedUp{journal, &sync.Once{}, commit}
	if got := say(t, b.engine(&counter{}), text("wang", "m1", "加")); got != "数到 1" {
		t.Errorf("the retry heard %q", got)
	}
	b.journal = journal
	if got := say(t, b.engine(&counter{}), text("wang", "m2", "加")); got != "数到 2" {
		t.Errorf("the next event heard %q: the session went back", got)
	}
}
