package app

import (
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/internal/testproc"
	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
	"guanjia/store"
)

const secretRobot = "hunter2hunter2hunter2robot"

const brandSecret = "hunter2hunter2hunter2brand"

// openCompany is an office whose official account is certified and whose staff can be added by contact ways.
func openCompany(t *testing.T, env ...string) *house {
	t.Helper()
	h := &house{t: t, logs: &logBook{}, env: filepath.Join(t.TempDir(), "bot.env")}
	h.write(h.env, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url = "http://" + l.Addr().String()
	h.sim, err = simulator.New(simulator.Config{
		Accounts: []simulator.Account{{
			Name: "brand", OriginalID: "gh_brand", AppID: "wx0123456789abcdef", Secret: brandSecret, Certified: true, Token: secretToken, AESKey: secretAESKey,
			Callback: h.url + "/callback/brand",
		}},
		Corps: []simulator.Corp{{
			ID: officeCorp, Title: "测试企业", Members: []simplatform.Member{{UserID: "xiaolin", Name: "小林"}, {UserID: "xiaozhou", Name: "小周"}},
			Ways: []simplatform.Way{
				{State: "shop", Title: "门店", Members: []string{"xiaolin"}, SkipVerify: true}, {State: "night", Title: "夜间", Members: []string{"xiaozhou"}, SkipVerify: true},
			},
			Apps: []simplatform.App{{
				Name: "assistant", AgentID: 1000002, Secret: wecomSecret, Token: secretToken, AESKey: secretAESKey, Callback: h.url + "/callback/assistant",
				Rights: []simplatform.Right{simplatform.RightContact, simplatform.RightService},
			}},
			Desks:  []simplatform.Desk{{OpenKfID: officeDesk, Name: "健康管家"}},
			Robots: []simplatform.Robot{{Key: secretRobot, Title: "运营群"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(h.sim.Platform())
	t.Cleanup(api.Close)
	h.start(l, append([]string{
		"BOT_ACCOUNTS=brand,assistant", "BOT_WECOM_API_URL=" + api.URL, "BOT_WECHAT_API_URL=" + api.URL,
		"BOT_ACCOUNT_BRAND_CERTIFIED=on", "BOT_ACCOUNT_BRAND_APP_SECRET=" + brandSecret,
		"BOT_ACCOUNT_ASSISTANT_KIND=wecom", "BOT_ACCOUNT_ASSISTANT_CORP_ID=" + officeCorp, "BOT_ACCOUNT_ASSISTANT_AGENT_ID=1000002",
		"BOT_ACCOUNT_ASSISTANT_TOKEN=" + secretToken, "BOT_ACCOUNT_ASSISTANT_AES_KEY=" + secretAESKey, "BOT_ACCOUNT_ASSISTANT_APP_SECRET=" + wecomSecret,
	}, env...)...)
	return h
}

func (h *house) eventually(what string, f func() error) {
	h.t.Helper()
	err := f()
	for end := time.Now().Add(3 * time.Minute); err != nil && time.Now().Before(end); err = f() {
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		h.t.Fatalf("%s: %v\n%s", what, err, h.logs)
	}
}

// one waits until the bot knows that a follower and a customer are the same person.
func (h *house) one(p *simulator.Phone, c *simulator.Customer) {
	h.t.Helper()
	follower, customer := bot.Person{Account: "brand", User: bot.UserID(p.OpenID())}, bot.Person{Account: "assistant", User: bot.UserID(c.ExternalUserID())}
	h.eventually("known to be one", func() error {
		a, _, err := h.app.store.Identity(h.t.Context(), follower)
		b, _, berr := h.app.store.Identity(h.t.Context(), customer)
		if err := errors.Join(err, berr); err != nil {
			return err
		}
		if a.Owner != b.Owner || a.UnionID == "" {
			return fmt.Errorf("%+v and %+v", a, b)
		}
		return nil
	})
}

var newCode = regexp.MustCompile(`NEW[0-9A-Z]{9}`)

// code is the coupon code that was said.
func code(t *testing.T, said string) string {
	t.Helper()
	c := newCode.FindString(said)
	if c == "" {
		t.Fatalf("no code in %q", said)
	}
	return c
}

// onBothEngines runs a company's day on each database.
func onBothEngines(t *testing.T, day func(t *testing.T, h *house)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		day(t, openCompany(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		day(t, openCompany(t, "BOT_DATABASE_URL="+testproc.Postgres(t)))
	})
}

// TestOnePersonGetsOneCouponOnAnyChannel: on the official account, and then neither as a customer of the staff nor at the desk.
func TestOnePersonGetsOneCouponOnAnyChannel(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, h *house) {
		phone := h.phone()
		phone.Follow()
		first := code(t, phone.Say("领券").Text())
		wang := simulator.AsCustomer(t, h.sim.Client(), officeCorp, phone.User)
		wang.Add("shop")
		h.one(phone, wang)
		desk := wang.Open(officeDesk)
		again := desk.Say("领券").Hears("NEW")
		if got := code(t, again.Heard()); got != first {
			t.Errorf("the desk gave %s, the official account %s", got, first)
		}
		claims := 0
		for _, err := range h.app.store.Claims(t.Context(), "newgift") {
			if err != nil {
				t.Fatal(err)
			}
			claims++
		}
		if claims != 1 {
			t.Errorf("%d codes went out", claims)
		}
	})
}

// TestADeskKnowsAFollowerWhoIsNobodysCustomer: customer service alone tells who somebody is.
func TestADeskKnowsAFollowerWhoIsNobodysCustomer(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, h *house) {
		phone := h.phone()
		phone.Follow()
		first := code(t, phone.Say("领券").Text())
		wang := simulator.AsCustomer(t, h.sim.Client(), officeCorp, phone.User)
		desk := wang.Open(officeDesk)
		desk.Say("你好")
		h.one(phone, wang)
		if got := code(t, desk.Say("领券").Hears("NEW").Heard()); got != first {
			t.Errorf("the desk gave %s, the official account %s", got, first)
		}
	})
}

// TestAQuizOnTheOfficialAccountTagsTheCustomer on WeCom, for the member who has them.
func TestAQuizOnTheOfficialAccountTagsTheCustomer(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, h *house) {
		phone := h.phone()
		phone.Follow()
		text := phone.Say("答题").Text()
		for n := 0; !strings.Contains(text, "答完了") && n < 20; n++ {
			text = phone.Say("1").Text()
		}
		wang := simulator.AsCustomer(t, h.sim.Client(), officeCorp, phone.User)
		wang.Add("shop")
		h.one(phone, wang)
		customer := bot.Person{Account: "assistant", User: bot.UserID(wang.ExternalUserID())}
		h.eventually("tagged on the platform", func() error {
			if err := h.app.store.MarkDirty(t.Context(), "assistant", store.DirtyContact, wang.ExternalUserID(), h.sim.Clock().Now()); err != nil {
				return err
			}
			c, err := h.app.store.Contact(t.Context(), customer)
			if err != nil {
				return err
			}
			for _, r := range c.Relations {
				for _, tag := range r.Tags {
					if r.Member == "xiaolin" && tag.Name == "答过题" && tag.ID != "" { // as the platform tells
						return nil
					}
				}
			}
			return fmt.Errorf("%+v", c)
		})
	})
}

// TestACustomerLeavesWithTheLastMember: while another has them, they have not left.
func TestACustomerLeavesWithTheLastMember(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, h *house) {
		wang := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小王")
		wang.Add("shop")
		wang.Add("night")
		follows := func() bool {
			f, err := h.app.store.Follower(t.Context(), bot.Person{Account: "assistant", User: bot.UserID(wang.ExternalUserID())})
			if err != nil {
				t.Fatal(err)
			}
			return f.Following
		}
		h.sim.Clock().Advance(time.Minute) // events are dated in whole seconds
		wang.DeleteMember("xiaolin")
		if !follows() {
			t.Error("left with one of two members")
		}
		wang.DeleteMember("xiaozhou")
		if follows() {
			t.Error("not left with the last member")
		}
	})
}
