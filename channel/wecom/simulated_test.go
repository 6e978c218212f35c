package wecom

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
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

// corp is a channel under test with the platform's own simulator before and behind it: what customers do arrives as callbacks,
// and what the channel says goes through the API.
type corp struct {
	*account
	sim *simulator.Simulator
}

// atWork is a member of the corp, who has a contact way whose state is sampleState.
const (
	atWork      = "xiaolin"
	sampleState = "shop"
)

func open(t *testing.T, engine callback.Engine) *corp {
	t.Helper()
	var api atomic.Pointer[http.Handler]
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*api.Load()).ServeHTTP(w, r) }))
	t.Cleanup(gate.Close)
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: gate.URL})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: wxapi.WeCom, ID: testCorp, Secret: testSecret, Caller: caller})
	t.Cleanup(tokens.Close)
	clock := &simulator.Clock{}
	c := &corp{account: serve(t, engine, func(_ *Config, d *Deps) { d.API, d.Tokens, d.Now = caller, tokens, clock.Now })}
	agent, err := strconv.ParseInt(testAgent, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	c.sim, err = simulator.New(simulator.Config{Clock: clock, Seed: 1, RetryPause: time.Millisecond, Corps: []simulator.Corp{{
		ID: testCorp, Members: []played.Member{{UserID: atWork, Name: "小林"}},
		Ways:         []played.Way{{State: sampleState, Members: []string{atWork}, SkipVerify: true}},
		MiniPrograms: []string{"wxours"},
		Apps: []played.App{{
			Name: "assistant", AgentID: agent, Secret: testSecret, Token: testToken, AESKey: testAESKey, Callback: c.url + "/",
			Rights: []played.Right{played.RightContact},
		}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.sim.Close(context.WithoutCancel(t.Context())) })
	handler := c.sim.Platform()
	api.Store(&handler)
	return c
}

// customer is somebody who has not been here before.
func (c *corp) customer(t *testing.T) *simulator.Customer {
	t.Helper()
	return simulator.NewCustomer(t, c.sim.Client(), testCorp, "小王")
}

// administer does something in the corp's console.
func (c *corp) administer(t *testing.T, a customers.Act) {
	t.Helper()
	simulator.Administer(t, c.sim.Client(), testCorp, a)
}

// suffer makes calls of send_welcome_msg go wrong.
func (c *corp) suffer(t *testing.T, faults ...played.Fault) {
	t.Helper()
	for i := range faults {
		faults[i].Path, faults[i].Times = pathWelcome, max(faults[i].Times, 1)
	}
	if err := c.sim.API().SetFaults(faults...); err != nil {
		t.Fatal(err)
	}
}

// TestACustomerOfTheCorpIsWelcomed through the real way: callback, engine, API, and what the customer then reads.
func TestACustomerOfTheCorpIsWelcomed(t *testing.T) {
	t.Parallel()
	shop := bot.Message{Kind: bot.MessageCards, Cards: []bot.Card{{Title: "官网", Description: "看看", URL: "https://shop.example/"}}}
	c := open(t, says(bot.Text("您好，%NICKNAME%！<全场 8 折> & 更多"), shop))
	wang := c.customer(t)
	added := wang.Add(sampleState)
	if !added.Told[0].Accepted || added.Told[0].Tries != 1 {
		t.Errorf("%+v", added.Told)
	}
	if diff := cmp.Diff([]string{"您好，小王！<全场 8 折> & 更多", "[link] 官网"}, wang.Read(atWork)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Outcome{Sent}, c.counted.outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
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

// TestEverythingThatHappensToACustomerIsHeard, under an event key of its own.
func TestEverythingThatHappensToACustomerIsHeard(t *testing.T) {
	t.Parallel()
	c := open(t, says())
	wang := c.customer(t)
	lin := simulator.NewStaff(t, c.sim.Client(), testCorp, atWork)
	wang.Add(sampleState)
	lin.Remark(wang, "王先生")
	group := lin.Do(wang, customers.Act{Kind: customers.ActCreateGroup, Name: "群"}).Events[0].ChatID
	wang.Do(customers.Act{Kind: customers.ActJoinGroup, ChatID: group})
	lin.Do(nil, customers.Act{Kind: customers.ActRemove, ChatID: group, Names: []string{wang.ExternalUserID()}})
	c.administer(t, customers.Act{Kind: customers.ActCreateTags, Name: "等级", Names: []string{"A"}})
	lin.Delete(wang)
	var got []string
	keys := map[string]bool{}
	for _, ev := range c.seen() {
		what := ""
		switch d := ev.Detail.(type) {
		case Contact:
			what = d.Change
		case GroupChat:
			what = d.Change + " " + d.Update
			if d.Update != "" && (len(d.Members) != 1 || d.Members[0] != wang.ExternalUserID() || d.Count != 1) {
				t.Errorf("%+v", d)
			}
		case Tag:
			what = d.Change + " " + d.Type
		}
		got = append(got, string(ev.Kind)+" "+what)
		keys[string(ev.Key)] = true
	}
	want := []string{
		string(bot.KindFollow) + " add_external_contact",
		string(bot.KindContact) + " edit_external_contact",
		string(bot.KindGroupChat) + " create ",
		string(bot.KindGroupChat) + " update add_member",
		string(bot.KindGroupChat) + " update del_member",
		string(bot.KindTag) + " create tag_group",
		string(bot.KindTag) + " create tag",
		string(bot.KindUnfollow) + " del_external_contact",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if len(keys) != len(got) {
		t.Errorf("%d keys of %d events", len(keys), len(got))
	}
}
