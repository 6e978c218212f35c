package bot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
)

// missAll delivers ev to each of the engines, which give up before the answer is there.
func missAll(t *testing.T, ev *bot.Event, engines ...*bot.Engine) {
	t.Helper()
	for try, e := range engines {
		a, err := e.Handle(t.Context(), ev, bottest.Whole{}, soon())
		if len(a.Messages) > 0 || (err != nil && !errors.Is(err, bot.ErrNoAnswer)) {
			t.Errorf("delivery %d got %+v, %v", try+1, a, err)
		}
	}
}

func TestALateReplyIsSaidOnceThoughTheReplyItLedIsRecovered(t *testing.T) {
	t.Parallel()
	for name, heard := range map[string][][3]string{ // key, said, heard
		"the retry comes first":       {{"m2", "然后", "慢 #1|然后 #2"}, {"m3", "还有", "还有 #3"}},
		"another event comes between": {{"m3", "还有", "还有 #3"}, {"m2", "然后", "慢 #1|然后 #2"}, {"m4", "最后", "最后 #4"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, h := newBed(t), &echo{gate: make(chan struct{})}
			b.lease = 50 * time.Millisecond
			alive, slow := b.hot, b.engine(h)
			missAll(t, text("wang", "m1", "慢"), slow, slow, slow)
			close(h.gate)
			if err := slow.Stop(context.Background()); err != nil {
				t.Fatal(err)
			}
			b.hot = dying{alive}
			if got := say(t, b.engine(h), text("wang", "m2", "然后")); got != "慢 #1|然后 #2" {
				t.Fatalf("the next message heard %q", got)
			}
			b.hot = alive
			after := b.engine(h)
			for _, e := range heard {
				if got := say(t, after, text("wang", e[0], e[1])); got != e[2] {
					t.Errorf("%s heard %q, not %q", e[0], got, e[2])
				}
			}
		})
	}
}

// TestALateReplyIsNotLostOnAnotherReplica: the last deliveries came to a replica that did not run the event, and gave up there.
func TestALateReplyIsNotLostOnAnotherReplica(t *testing.T) {
	t.Parallel()
	b, h := newBed(t), &echo{gate: make(chan struct{})}
	running, waiting := b.engine(h), b.engine(h)
	missAll(t, text("wang", "m1", "慢"), running, waiting, waiting)
	close(h.gate)
	for _, e := range []*bot.Engine{running, waiting} { // the one that waited learns of the answer, with nobody to give it to
		if err := e.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if got := say(t, b.engine(h), text("wang", "m2", "然后")); got != "慢 #1|然后 #2" {
		t.Errorf("the next message heard %q", got)
	}
}
