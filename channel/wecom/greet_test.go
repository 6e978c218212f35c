package wecom

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/simulator"
	played "guanjia/simulator/platform"
)

// slow is an Engine that says the same after some time of the corp's clock.
func slow(c **corp, d time.Duration, messages ...bot.Message) engineFunc {
	return func(_ context.Context, ev *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
		if _, err := (*c).sim.Advance(d); err != nil {
			return bot.Answer{}, err
		}
		return bot.Answer{Messages: fit.Fit(messages).Now, At: ev.At}, nil
	}
}

// TestACustomerOfTheCorpIsWelcomed through the real way: callback, engine, API, and what the customer then reads.
func TestACustomerOfTheCorpIsWelcomed(t *testing.T) {
	t.Parallel()
	shop := bot.Message{Kind: bot.MessageCards, Cards: []bot.Card{{Title: "官网", Description: "看看", URL: "https://shop.example/"}}}
	var c *corp
	c = open(t, slow(&c, 2*time.Second, bot.Text("您好，%NICKNAME%！<全场 8 折> & 更多"), shop))
	wang := c.customer(t)
	added := wang.Add(sampleState)
	if !added.Told[0].Accepted || added.Told[0].Tries != 1 {
		t.Errorf("%+v", added.Told)
	}
	if diff := cmp.Diff([]string{"您好，小王！<全场 8 折> & 更多", "[link] 官网"}, wang.Read(atWork)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Outcome{Sent}, c.counted.outcomes()); diff != "" || c.counted.after[0] < 2*time.Second {
		t.Errorf("after %v, outcomes (-want +got):\n%s", c.counted.after, diff)
	}
	ev := c.seen()[0]
	member, ok := ev.Detail.(interface{ MemberID() string })
	if ev.Kind != bot.KindFollow || string(ev.User) != wang.ExternalUserID() || ev.Scene != sampleState || !ok || member.MemberID() != atWork {
		t.Errorf("event: %+v", ev)
	}
}

// TestTheWelcomeIsSaidOnce: however often and from wherever the callback comes, the customer reads it once and the platform is
// content.
func TestTheWelcomeIsSaidOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		callbacks []simulator.Fault
		calls     []played.Fault
		first     Outcome
	}{
		{"delivered three times at once", []simulator.Fault{{Kind: simulator.FaultDuplicate, Copies: 3}}, nil, Sent},
		{"the acknowledgement is lost", []simulator.Fault{{Kind: simulator.FaultDropAnswer}}, nil, Sent},
		{"with unknown elements", []simulator.Fault{{Kind: simulator.FaultNoise}}, nil, Sent},
		{"the platform is busy", nil, []played.Fault{{Kind: played.FaultBusy, Times: 2}}, Sent},
		{"the token is taken back", nil, []played.Fault{{Kind: played.FaultExpired}}, Sent},
		{"the connection breaks before", nil, []played.Fault{{Kind: played.FaultReset}}, Sent},
		{"the connection breaks after", nil, []played.Fault{{Kind: played.FaultNoAnswer, Delay: 1}}, SentBefore},
		{"a gateway fails", nil, []played.Fault{{Kind: played.FaultBadGateway}}, Sent},
		{"half an answer", nil, []played.Fault{{Kind: played.FaultHalf}}, SentBefore},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := open(t, says(bot.Text("您好")))
			if tc.callbacks != nil {
				if _, err := c.sim.SetFaults("assistant", tc.callbacks, true); err != nil {
					t.Fatal(err)
				}
			}
			if tc.calls != nil {
				c.suffer(t, tc.calls...)
			}
			wang := c.customer(t)
			if added := wang.Add(sampleState); !added.Told[0].Accepted {
				t.Errorf("%+v", added.Told)
			}
			if diff := cmp.Diff([]string{"您好"}, wang.Read(atWork)); diff != "" {
				t.Errorf("chat (-want +got):\n%s", diff)
			}
			outcomes := c.counted.outcomes()
			for i, o := range outcomes {
				if i == 0 && o != tc.first || i > 0 && o != SentBefore {
					t.Errorf("outcomes %v", outcomes)
				}
			}
		})
	}
}

// TestWhoeverCameHalfIsWelcomedOnce: at the half-add, and not again when the member adds back.
func TestWhoeverCameHalfIsWelcomedOnce(t *testing.T) {
	t.Parallel()
	c := open(t, says(bot.Text("您好")))
	wang := c.customer(t)
	wang.AddHalf(sampleState)
	simulator.NewStaff(t, c.sim.Client(), testCorp, atWork).Confirm(wang)
	if diff := cmp.Diff([]string{"您好"}, wang.Read(atWork)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	var got []bot.Kind
	for _, ev := range c.seen() {
		got = append(got, ev.Kind)
	}
	if diff := cmp.Diff([]bot.Kind{bot.KindFollow, bot.KindContact}, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestWithNothingToSayNobodyIsAsked(t *testing.T) {
	t.Parallel()
	c := open(t, says())
	if added := c.customer(t).Add(sampleState); !added.Told[0].Accepted || c.called() != 0 || len(c.counted.outcomes()) != 0 {
		t.Errorf("%+v, %d calls, %v", added.Told, c.called(), c.counted.outcomes())
	}
}

// TestOurOwnWelcomeIsKnownAfterACrash, as long as the memory of tries is there.
func TestOurOwnWelcomeIsKnownAfterACrash(t *testing.T) {
	t.Parallel()
	c := open(t, says(bot.Text("您好")))
	wang := c.customer(t)
	code := wang.Add(sampleState).Events[0].WelcomeCode
	again := func(m *marks) []Outcome {
		crashed := serve(t, says(bot.Text("您好")), func(_ *Config, d *Deps) {
			d.API, d.Tokens, d.Now, d.Marks = c.api, c.tokens, c.now, m
		})
		(&corp{account: crashed, sim: c.sim}).deliver(t, cameBy(wang, code))
		return crashed.counted.outcomes()
	}
	if diff := cmp.Diff([]Outcome{SentBefore}, again(c.marks)); diff != "" { // shared, as the hot state is
		t.Errorf("after a crash (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Outcome{OtherApp}, again(&marks{})); diff != "" {
		t.Errorf("by somebody else (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"您好"}, wang.Read(atWork)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
}

func TestTwoCustomersAtOnceAreBothWelcomed(t *testing.T) {
	t.Parallel()
	c := open(t, says(bot.Text("您好")))
	wang, li := c.customer(t), c.customer(t)
	var wg sync.WaitGroup
	for _, who := range []*simulator.Customer{wang, li} {
		wg.Go(func() { who.Add(sampleState) })
	}
	wg.Wait()
	if len(wang.Read(atWork)) != 1 || len(li.Read(atWork)) != 1 || c.seen()[0].Key == c.seen()[1].Key {
		t.Errorf("%v %v", wang.Read(atWork), li.Read(atWork))
	}
}

// TestAWelcomeThatCouldNotBeSentIsAskedForAgain: while the code lives the platform delivers the callback again, and then it
// goes out; when the code is too old that is over.
func TestAWelcomeThatCouldNotBeSentIsAskedForAgain(t *testing.T) {
	t.Parallel()
	c := open(t, says()) // the test greets by itself
	wang := c.customer(t)
	e := wang.Add(sampleState).Events[0]
	greet := func(ago time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // less than it takes to have asked three times
		defer cancel()
		return c.greet(ctx, &bot.Event{Account: "assistant", At: c.now().Add(-ago)}, e.WelcomeCode, []bot.Message{bot.Text("您好")})
	}
	busy := played.Fault{Kind: played.FaultCode, Code: codeBusy, Times: 4}
	c.suffer(t, busy)
	if err := greet(0); !errors.Is(err, errTryAgain) {
		t.Errorf("young: %v", err)
	}
	if err := c.sim.API().SetFaults(); err != nil {
		t.Fatal(err)
	}
	if err := greet(5 * time.Second); err != nil {
		t.Errorf("the next delivery: %v", err)
	}
	c.suffer(t, busy)
	if err := greet(25 * time.Second); err != nil {
		t.Errorf("old: %v", err)
	}
	if diff := cmp.Diff([]Outcome{TryAgain, Sent, OtherBusy}, c.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestWithoutASecretTheCustomerIsWrittenDown(t *testing.T) {
	t.Parallel()
	a := serve(t, says(bot.Text("您好")), withoutAPI)
	got := a.post(t, added("C1"))
	if got.status != http.StatusOK || got.body != "" || a.seen()[0].Kind != bot.KindContact {
		t.Errorf("%d %q %+v", got.status, got.body, a.seen()[0])
	}
	if n := a.logs.FilterMessageSnippet("no secret").Len(); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

func TestWithoutTheMemoryOfTriesCustomersAreStillWelcomed(t *testing.T) {
	t.Parallel()
	c := open(t, says(bot.Text("您好")))
	c.marks.err = errors.New("redis is away")
	wang := c.customer(t)
	wang.Add(sampleState)
	if diff := cmp.Diff([]string{"您好"}, wang.Read(atWork)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
}

func TestAWelcomeThatMissedEveryDeliveryIsCounted(t *testing.T) {
	t.Parallel()
	c := open(t, engineFunc(func(context.Context, *bot.Event, bot.Fitter, time.Time) (bot.Answer, error) {
		return bot.Answer{Outcome: bot.OutcomeLate}, nil
	}))
	if added := c.customer(t).Add(sampleState); !added.Told[0].Accepted || c.called() != 0 {
		t.Errorf("%+v, %d calls", added.Told, c.called())
	}
	if diff := cmp.Diff([]Outcome{Late}, c.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}
