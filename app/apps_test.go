package app

import (
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
)

// What the second app of the corp is told, and a corp that has nothing to do with it.
const (
	shopSecret = "hunter2hunter2hunter2shop"
	shopToken  = "hunter2shophunter2shop"
	shopAESKey = "hunter2shopjklmnopqrstuvwxyz0123456789ABCDE"
	strayCorp  = "ww9999999999999999"
)

// openApps starts a bot with two apps of one corp, each with an agent, a secret, a token and a key of its own; and a second corp,
// whose admin has copied the address, the token and the key of the first one's app.
func openApps(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, logs: &logBook{}, env: filepath.Join(t.TempDir(), "bot.env")}
	h.write(h.env, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url = "http://" + l.Addr().String()
	both := []simplatform.Right{simplatform.RightContact, simplatform.RightService}
	h.sim, err = simulator.New(simulator.Config{Corps: []simulator.Corp{
		{
			ID: officeCorp, Title: "测试企业", Members: []simplatform.Member{{UserID: "xiaolin", Name: "小林"}},
			Ways: []simplatform.Way{{State: "shop", Title: "门店", Members: []string{"xiaolin"}, SkipVerify: true}},
			Apps: []simplatform.App{
				{Name: "assistant", AgentID: 1000002, Secret: wecomSecret, Token: secretToken, AESKey: secretAESKey, Callback: h.url + "/callback/assistant"},
				{Name: "shop", AgentID: 1000003, Secret: shopSecret, Token: shopToken, AESKey: shopAESKey, Callback: h.url + "/callback/shop", Rights: both},
			},
		},
		{
			ID: strayCorp, Title: "另一家企业", Members: []simplatform.Member{{UserID: "laowang", Name: "老王"}},
			Ways: []simplatform.Way{{State: "stray", Title: "门店", Members: []string{"laowang"}, SkipVerify: true}},
			Apps: []simplatform.App{{
				Name: "stray", AgentID: 1000002, Secret: "hunter2hunter2hunter2stray", Token: secretToken, AESKey: secretAESKey, Callback: h.url + "/callback/assistant", Rights: both,
			}},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(h.sim.Platform())
	t.Cleanup(api.Close)
	h.start(l, "BOT_ACCOUNTS=assistant,shop", "BOT_WECOM_API_URL="+api.URL,
		"BOT_ACCOUNT_ASSISTANT_KIND=wecom", "BOT_ACCOUNT_ASSISTANT_CORP_ID="+officeCorp, "BOT_ACCOUNT_ASSISTANT_AGENT_ID=1000002",
		"BOT_ACCOUNT_ASSISTANT_TOKEN="+secretToken, "BOT_ACCOUNT_ASSISTANT_AES_KEY="+secretAESKey, "BOT_ACCOUNT_ASSISTANT_APP_SECRET="+wecomSecret,
		"BOT_ACCOUNT_SHOP_KIND=wecom", "BOT_ACCOUNT_SHOP_CORP_ID="+officeCorp, "BOT_ACCOUNT_SHOP_AGENT_ID=1000003",
		"BOT_ACCOUNT_SHOP_TOKEN="+shopToken, "BOT_ACCOUNT_SHOP_AES_KEY="+shopAESKey, "BOT_ACCOUNT_SHOP_APP_SECRET="+shopSecret)
	return h
}

// TestSeveralAppsOfOneCorpEachAnswer in their own words' envelope, with a token of their own; the one that may have customers
// welcomes them, once.
func TestSeveralAppsOfOneCorpEachAnswer(t *testing.T) {
	t.Parallel()
	h := openApps(t)
	for _, app := range []string{"assistant", "shop"} {
		if v, err := h.sim.Client().Verify(t.Context(), app); err != nil || !v.OK {
			t.Errorf("the address of %s: %+v, %v", app, v, err)
		}
		x := simulator.NewMember(t, h.sim.Client(), app, "xiaolin").Say("菜单")
		if has(t, x.Text(), "1. 领一张优惠券"); x.Failed() {
			t.Errorf("%s: %s", app, x.Note)
		}
	}
	wang := simulator.NewCustomer(t, h.sim.Client(), officeCorp, "小王")
	wang.Add("shop")
	if read := wang.Read("xiaolin"); strings.Count(strings.Join(read, "\n"), "我是健康管家") != 1 {
		t.Errorf("the customer reads %q", read)
	}
	has(t, h.metrics(), `guanjia_welcomes_total{account="shop",outcome="sent"} 1`)
}

// TestTwoCorpsAtOneAddressByMistake: whatever the other corp's platform delivers is refused and written down nowhere, the log
// says whose it is, and the corp whose address it is notices nothing.
func TestTwoCorpsAtOneAddressByMistake(t *testing.T) {
	t.Parallel()
	h := openApps(t)
	if v, err := h.sim.Client().Verify(t.Context(), "stray"); err != nil || v.OK {
		t.Errorf("the other corp saves the address: %+v, %v", v, err)
	}
	if x := simulator.NewMember(t, h.sim.Client(), "stray", "laowang").Say("领券"); !x.Failed() || len(x.Replies) > 0 {
		t.Errorf("the other corp's member is answered: %+v", x)
	}
	li := simulator.NewCustomer(t, h.sim.Client(), strayCorp, "小李")
	li.Add("stray")
	if read := li.Read("laowang"); len(read) != 0 {
		t.Errorf("the other corp's customer reads %q", read)
	}
	has(t, h.metrics(), `guanjia_callbacks_rejected_total{account="assistant",reason="receiver"}`)
	has(t, h.logs.String(), "receiver")
	for _, p := range []string{"SELECT count(*) FROM journal", "SELECT count(*) FROM coupon_claim", "SELECT count(*) FROM follower"} {
		if n := h.count(p); n != 0 {
			t.Errorf("%s: %d", p, n)
		}
	}
	has(t, simulator.NewMember(t, h.sim.Client(), "assistant", "xiaolin").Say("菜单").Text(), "1. 领一张优惠券")
}
