package simulator_test

import (
	"fmt"
	"testing"
	"time"

	"guanjia/simulator"
)

// The clock moves forward only, and stamps what is sent.
func TestClock(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	clock := &simulator.Clock{}
	sim := play(t, b, func(c *simulator.Config) { c.Clock = clock })
	p := follower(t, sim)
	p.Wait(240 * time.Hour)
	x := p.Say("十天以后")
	if ahead := time.Until(x.At); ahead < 239*time.Hour || ahead > 241*time.Hour || clock.Offset() != 240*time.Hour {
		t.Errorf("the act is %s ahead, the clock %s", ahead, clock.Offset())
	}
	seen := b.seen()
	last := seen[len(seen)-1]
	if got := fmt.Sprint(last.msg.CreateTime); got != fmt.Sprint(x.At.Unix()) || last.query.Get("timestamp") < got {
		t.Errorf("CreateTime %s, timestamp %s, want %d", got, last.query.Get("timestamp"), x.At.Unix())
	}
	for _, d := range []time.Duration{0, -time.Second, 367 * 24 * time.Hour} {
		if clock.Advance(d) == nil {
			t.Errorf("advanced by %s", d)
		}
	}
	for range 9 {
		if err := clock.Advance(simulator.MaxAdvance); err != nil {
			t.Fatal(err)
		}
	}
	if clock.Advance(simulator.MaxAdvance) == nil {
		t.Error("advanced past the limit")
	}
}
