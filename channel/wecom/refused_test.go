package wecom

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/channel/callback"
	"guanjia/channel/wxapi"
	"guanjia/simulator"
	customers "guanjia/simulator/contact"
	played "guanjia/simulator/platform"
)

// TestWhyACustomerWasNotWelcomedIsToldApart: what other apps, members and customers do in the meantime, and what is too late.
func TestWhyACustomerWasNotWelcomedIsToldApart(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		// before the customer comes, and between the event and the welcome:
		before customers.Act
		during func(c *corp, wang *simulator.Customer)
		said   []bot.Message
		reads  []string
		want   Outcome
	}{
		{
			"another app was quicker", customers.Act{Kind: customers.ActSetRival, Rival: &customers.Rival{}},
			nil, nil, []string{"（另一个应用的欢迎语）"}, OtherApp,
		},
		{
			"another app sends and succeeds", customers.Act{Kind: customers.ActSetRival, Rival: &customers.Rival{TakesMS: 300}},
			nil, nil, []string{"（另一个应用的欢迎语）"}, OtherApp,
		},
		{
			"another app sends and fails", customers.Act{Kind: customers.ActSetRival, Rival: &customers.Rival{TakesMS: 300, Fails: true}},
			nil, nil, []string{"您好"}, Sent,
		},
		{
			"no consent to the archive", customers.Act{Kind: customers.ActSetArchive, On: true},
			nil, nil, nil, NoConsent,
		},
		{"the code has lived", customers.Act{}, func(c *corp, _ *simulator.Customer) { _, _ = c.sim.Advance(21 * time.Second) }, nil, nil, Late},
		{"the member was quicker", customers.Act{}, func(c *corp, wang *simulator.Customer) {
			_, _ = c.sim.ActContact(context.Background(), testCorp, simulator.ContactAct{
				Act: customers.Act{Kind: customers.ActMemberSays, UserID: atWork, Text: "您好，我是小林"}, User: wang.User.ID,
			})
		}, nil, []string{"您好，我是小林"}, OtherApp},
		{"the customer went", customers.Act{}, func(c *corp, wang *simulator.Customer) {
			_, _ = c.sim.ActContact(context.Background(), testCorp, simulator.ContactAct{
				Act: customers.Act{Kind: customers.ActCustomerLeaves, UserID: atWork}, User: wang.User.ID,
			})
		}, nil, nil, NoRelation},
		{
			"a picture that the platform does not know", customers.Act{}, nil,
			[]bot.Message{bot.Text("您好"), picture}, []string{"您好"}, SentText,
		},
		{"a picture alone that the platform does not know", customers.Act{}, nil, []bot.Message{picture}, nil, Refused},
		{
			"a mini program of others", customers.Act{}, nil,
			[]bot.Message{bot.Text("您好"), {Kind: bot.MessageMiniProgram, MiniProgram: &bot.MiniProgramCard{
				Title: "商城", AppID: "wxforeign", Page: "pages/index", ThumbID: "m",
			}}},
			[]string{"您好"}, SentText,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			said := tc.said
			if said == nil {
				said = []bot.Message{bot.Text("您好")}
			}
			var c *corp
			var wang *simulator.Customer
			c = open(t, engineFunc(func(_ context.Context, ev *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
				if ev.Kind != bot.KindFollow {
					return bot.Answer{At: ev.At}, nil
				}
				if tc.during != nil {
					tc.during(c, wang)
				}
				return bot.Answer{Messages: fit.Fit(said).Now, At: ev.At}, nil
			}))
			wang = c.customer(t)
			if tc.before.Kind != "" {
				c.administer(t, tc.before)
			}
			if added := wang.Add(sampleState); !added.Told[0].Accepted {
				t.Errorf("%+v", added.Told)
			}
			if diff := cmp.Diff(append([]string{}, tc.reads...), wang.Read(atWork)); diff != "" {
				t.Errorf("chat (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]Outcome{tc.want}, c.counted.outcomes()); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
			words := tc.want.Describe()
			if n := slices.IndexFunc(c.logs.All(), func(e loggedEntry) bool { return e.ContextMap()["what"] == words }); n < 0 || words == "" {
				t.Errorf("not in the log: %q", words)
			}
		})
	}
}

// TestARefusalWithoutRemedyIsFinal: each has its own word, and the callback is acknowledged.
func TestARefusalWithoutRemedyIsFinal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault played.Fault
		ago   time.Duration
		want  Outcome
	}{
		{"the code is empty to the platform", played.Fault{Kind: played.FaultCode, Code: 41049}, 0, NoCode},
		{"no right", played.Fault{Kind: played.FaultCode, Code: 48002}, 0, Refused},
		{"an address that is not allowed", played.Fault{Kind: played.FaultCode, Code: 60020}, 0, Refused},
		{"an unknown code", played.Fault{Kind: played.FaultCode, Code: 99999}, 0, Refused},
		{"busy, too late to ask again", played.Fault{Kind: played.FaultBusy, Times: 3}, 21 * time.Second, Late},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var c *corp
			engine := says(bot.Text("您好"))
			if tc.ago > 0 {
				engine = slow(&c, tc.ago, bot.Text("您好"))
			}
			c = open(t, engine)
			c.suffer(t, tc.fault)
			wang := c.customer(t)
			if added := wang.Add(sampleState); !added.Told[0].Accepted || added.Told[0].Tries != 1 {
				t.Errorf("%+v", added.Told)
			}
			if diff := cmp.Diff([]Outcome{tc.want}, c.counted.outcomes()); diff != "" || len(wang.Read(atWork)) > 0 {
				t.Errorf("%v, outcomes (-want +got):\n%s", wang.Read(atWork), diff)
			}
		})
	}
}

func TestACodeThatThePlatformDoesNotKnowIsNotLate(t *testing.T) {
	t.Parallel()
	c := open(t, says(bot.Text("您好")))
	if got := c.deliver(t, added("never given")); got.status != http.StatusOK || got.body != "" {
		t.Errorf("%d %q", got.status, got.body)
	}
	if diff := cmp.Diff([]Outcome{DeadCode}, c.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestAPlatformOutOfReachIsAskedThroughTheNextDelivery(t *testing.T) {
	t.Parallel()
	nowhere := wxapi.NewCaller(wxapi.Config{BaseURL: "http://127.0.0.1:1"})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: testCorp, Secret: testSecret, Caller: nowhere})
	t.Cleanup(tokens.Close)
	a := serve(t, says(bot.Text("您好")), func(_ *Config, d *Deps) { d.API, d.Tokens = nowhere, tokens })
	if got := a.post(t, added("C1")); got.status != http.StatusServiceUnavailable {
		t.Errorf("status %d", got.status)
	}
	if diff := cmp.Diff([]callback.Reason{callback.ReasonUnavailable}, a.counted.rejected); diff != "" || a.counted.outcomes()[0] != TryAgain {
		t.Errorf("%v, reasons (-want +got):\n%s", a.counted.outcomes(), diff)
	}
}

func TestEveryOutcomeIsDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range []Outcome{
		Sent, SentBefore, SentText, OtherApp, OtherBusy, Late, DeadCode, NoCode, NoConsent, NoRelation, Refused, Unreachable, TryAgain,
	} {
		if o.Describe() == "" || seen[o.Describe()] || seen[string(o)] {
			t.Errorf("%q is not described, or like another", o)
		}
		seen[o.Describe()], seen[string(o)] = true, true
	}
	if Outcome("hologram").Describe() != "" {
		t.Error("an outcome that is none is described")
	}
}
