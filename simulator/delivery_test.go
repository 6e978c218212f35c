package simulator_test

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"guanjia/simulator"
)

// verdicts lists what became of the tries, in order.
func verdicts(x simulator.Exchange) []simulator.Verdict {
	var v []simulator.Verdict
	for _, d := range x.Deliveries {
		v = append(v, d.Verdict)
	}
	return v
}

// silent lets the bot answer nothing, as long as the platform waits, to the requests that when is true for.
func (b *bot) silent(when func(n int) bool) {
	b.interceptWith(func(n int, _ http.ResponseWriter, r *http.Request) bool {
		if !when(n) {
			return false
		}
		<-r.Context().Done()
		return true
	})
}

// Silence is met with three tries in total and then the platform's own words.
func TestThreeTriesThenTheExcuse(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	p := follower(t, play(t, b))
	before := len(b.seen())
	b.silent(func(int) bool { return true })

	x := p.Say("在吗")
	if !x.Failed() || x.Why.Code != "timeout" || x.Text() != simulator.FailureText {
		t.Errorf("got %s %+v", x.Text(), x.Why)
	}
	if tries := len(b.seen()) - before; tries != 3 || x.Tries != 3 {
		t.Errorf("%d tries arrived, %d reported, want 3", tries, x.Tries)
	}
	chat := p.Chat()
	if last := chat[len(chat)-1]; last.From != simulator.SideSystem || last.Note != simulator.FailureText {
		t.Errorf("the chat ends with %+v", last)
	}
}

// A retry brings the same body with a timestamp, a nonce and signatures of its own; the answer to it arrives.
func TestRetryBringsTheSameBody(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	p := follower(t, play(t, b))
	before := len(b.seen())
	b.silent(func(n int) bool { return n <= before+2 })

	x := p.Say("领券")
	if x.Text() != "领券" || x.Tries != 3 {
		t.Fatalf("got %q after %d tries: %+v", x.Text(), x.Tries, x.Why)
	}
	tries := b.seen()[before:]
	nonces, signatures := map[string]bool{}, map[string]bool{}
	for _, r := range tries {
		if r.body != tries[0].body {
			t.Error("the body changed between tries")
		}
		nonces[r.query.Get("nonce")] = true
		signatures[r.query.Get("msg_signature")] = true
	}
	if len(nonces) != 3 || len(signatures) != 3 {
		t.Errorf("%d nonces and %d signatures in 3 tries", len(nonces), len(signatures))
	}
	chat := p.Chat()
	if last := chat[len(chat)-1]; last.Try != 3 || last.Reply.Text != "领券" {
		t.Errorf("the chat ends with %+v", last)
	}
}

// Broken connections and 5xx are asked again, other wrong answers are not.
func TestWhatIsAskedAgain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func(w http.ResponseWriter)
		tries  int
		code   string
	}{
		{"connection closed", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, 3, "connection"},
		{"503", func(w http.ResponseWriter) { http.Error(w, "busy", http.StatusServiceUnavailable) }, 3, "status"},
		{"403", func(w http.ResponseWriter) { http.Error(w, "no", http.StatusForbidden) }, 1, "status"},
		{"redirect", func(w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(http.StatusFound) }, 1, "status"},
		{"JSON", func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"errcode":0}`) }, 1, "not_xml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBot(t, echo)
			p := follower(t, play(t, b))
			b.interceptWith(func(_ int, w http.ResponseWriter, _ *http.Request) bool { tt.answer(w); return true })
			if x := p.Say("hi"); !x.Failed() || x.Tries != tt.tries || x.Why.Code != tt.code {
				t.Errorf("failed %v after %d tries with %+v, want %d tries and %s", x.Failed(), x.Tries, x.Why, tt.tries, tt.code)
			}
		})
	}
}

// A bot that is not there is a failure like any other.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	b := newBot(t, echo)
	sim := play(t, b, func(c *simulator.Config) { c.Accounts[0].Callback = "http://" + l.Addr().String() + "/" })
	p := simulator.NewPhone(t, sim.Client(), "brand", "")
	if x := p.Follow(); !x.Failed() || x.Why.Code != "connection" || x.Tries != 3 {
		t.Errorf("got %+v after %d tries", x.Why, x.Tries)
	}
}

// "success" and nothing are answers: no retry, nothing shown.
func TestAcknowledgementShowsNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"success", ""} {
		b := newBot(t, echo)
		p := follower(t, play(t, b))
		b.interceptWith(func(_ int, w http.ResponseWriter, _ *http.Request) bool { _, _ = io.WriteString(w, body); return true })
		before := len(p.Chat())
		x := p.Say("hi")
		if x.State != simulator.StateAcknowledged || x.Tries != 1 || len(p.Chat()) != before+1 {
			t.Errorf("%q: state %s, %d tries, chat grew by %d", body, x.State, x.Tries, len(p.Chat())-before)
		}
	}
}

// Leaving is reported as often as it is done, and whatever is answered to it reaches nobody.
func TestUnfollow(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	p := follower(t, play(t, b))
	before := len(b.seen())
	for range 3 {
		p.Unfollow()
	}
	if got := len(b.seen()) - before; got != 3 {
		t.Errorf("reported %d times, want 3", got)
	}
	for _, e := range p.Chat()[2:] {
		if e.From != simulator.SideUser {
			t.Errorf("shown after leaving: %+v", e)
		}
	}
	if x := p.Scan("newgift"); x.Text() != "subscribe qrscene_newgift" {
		t.Errorf("coming back by a code: %s", x.Text())
	}
}

// Each fault does what it says, once, to the next act.
func TestFaults(t *testing.T) {
	t.Parallel()
	const (
		replied = simulator.VerdictReplied
		lost    = simulator.VerdictLost
		timeout = simulator.VerdictTimeout
	)
	tests := []struct {
		name     string
		fault    simulator.Fault
		arrived  int // requests that reach the bot
		verdicts []simulator.Verdict
	}{
		{"slow, but in time", simulator.Fault{Kind: simulator.FaultSlow, Delay: 20}, 1, []simulator.Verdict{replied}},
		{"too slow once", simulator.Fault{Kind: simulator.FaultSlow, Delay: 1500}, 2, []simulator.Verdict{timeout, replied}},
		{"too slow twice", simulator.Fault{Kind: simulator.FaultSlow, Delay: 1500, Tries: 2}, 3, []simulator.Verdict{timeout, timeout, replied}},
		{"request lost", simulator.Fault{Kind: simulator.FaultDropRequest}, 1, []simulator.Verdict{lost, replied}},
		{"answer lost", simulator.Fault{Kind: simulator.FaultDropAnswer}, 2, []simulator.Verdict{lost, replied}},
		{"every answer lost", simulator.Fault{Kind: simulator.FaultDropAnswer, Tries: 3}, 3, []simulator.Verdict{lost, lost, lost}},
		{"duplicated", simulator.Fault{Kind: simulator.FaultDuplicate, Copies: 4}, 4, []simulator.Verdict{replied, replied, replied, replied}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBot(t, echo)
			p := follower(t, play(t, b))
			before := len(b.seen())
			p.Suffer(tt.fault)
			x := p.Say("领券")
			if diff := cmp.Diff(tt.verdicts, verdicts(x)); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if got := len(b.seen()) - before; got != tt.arrived {
				t.Errorf("%d requests arrived, want %d", got, tt.arrived)
			}
			if want := slices.Contains(tt.verdicts, replied); x.Failed() == want {
				t.Errorf("failed: %v", x.Failed())
			}
			if !x.Failed() && len(x.Replies) != 1 {
				t.Errorf("%d different replies", len(x.Replies))
			}
			if again := p.Say("再来"); again.Tries != 1 || len(again.Deliveries) != 1 {
				t.Errorf("the fault struck again: %v", verdicts(again))
			}
		})
	}
}

// Two acts change places: the second is delivered while the first is held back.
func TestReorder(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	p := follower(t, play(t, b))
	p.Suffer(simulator.Fault{Kind: simulator.FaultReorder, Delay: 60_000})
	var wg sync.WaitGroup
	wg.Go(func() { p.Say("第一句") })
	until(t, "the first sentence is on its way", func() bool { return len(p.Chat()) == 3 })
	p.Say("第二句")
	wg.Wait()
	seen := b.seen()
	if first, second := seen[1].msg.Content, seen[2].msg.Content; first != "第二句" || second != "第一句" {
		t.Errorf("arrived as %s, %s", first, second)
	}
}

// Replies that differ between copies are all shown: the person would see two.
func TestDifferentAnswersToCopiesAreShown(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	b := newBot(t, func(*message.MixMessage) *message.Reply {
		return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(strings.Repeat("x", int(n.Add(1))))}
	})
	p := follower(t, play(t, b))
	p.Suffer(simulator.Fault{Kind: simulator.FaultDuplicate})
	if x := p.Say("领券"); len(x.Replies) != 3 {
		t.Errorf("%d replies shown, want 3", len(x.Replies))
	}
}

// Two simulators with the same seed have the same luck; a chance of none and of one are certain.
func TestChancesFollowTheSeed(t *testing.T) {
	t.Parallel()
	run := func(seed uint64, chance float64) (struck []bool) {
		b := newBot(t, echo)
		sim := play(t, b, func(c *simulator.Config) {
			c.Seed = seed
			c.Accounts[0].Faults = []simulator.Fault{{Kind: simulator.FaultDuplicate, Chance: chance, Copies: 2}}
		})
		p := follower(t, sim)
		for range 20 {
			struck = append(struck, len(p.Say("hi").Deliveries) == 2)
		}
		return struck
	}
	if diff := cmp.Diff(run(7, 0.5), run(7, 0.5)); diff != "" {
		t.Errorf("the same seed, another outcome:\n%s", diff)
	}
	if slices.Contains(run(7, 0), true) || slices.Contains(run(7, 1), false) {
		t.Error("chance 0 struck, or chance 1 did not")
	}
	if half := run(7, 0.5); !slices.Contains(half, true) || !slices.Contains(half, false) {
		t.Error("chance 0.5 is not a chance")
	}
}
