package app

import (
	"net"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"guanjia/simulator"
	simplatform "guanjia/simulator/platform"
)

const (
	officeCorp = "ww0123456789abcdef"
	officeDesk = "wkReception0000000000000000001"
)

// openOffice starts a bot with an account of each kind, brand and assistant, and the platform with both: a follower's phone, an
// app for members, and a desk of customer service with two servicers.
func openOffice(t *testing.T, env ...string) *house {
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
			Name: "brand", OriginalID: "gh_brand", AppID: "wx0123456789abcdef", Token: secretToken, AESKey: secretAESKey, Callback: h.url + "/callback/brand",
		}},
		Corps: []simulator.Corp{{
			ID: officeCorp, Title: "测试企业",
			Members: []simplatform.Member{{UserID: "xiaolin", Name: "小林"}, {UserID: "xiaozhou", Name: "小周"}, {UserID: "xiaosun", Name: "小孙"}},
			Apps: []simplatform.App{{
				Name: "assistant", AgentID: 1000002, Secret: wecomSecret, Token: secretToken, AESKey: secretAESKey, Callback: h.url + "/callback/assistant",
				Rights: []simplatform.Right{simplatform.RightContact, simplatform.RightService},
			}},
			Desks: []simplatform.Desk{{OpenKfID: officeDesk, Name: "健康管家", Servicers: []string{"xiaolin", "xiaozhou"}}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(h.sim.Platform())
	t.Cleanup(api.Close)
	h.start(l, append([]string{
		"BOT_ACCOUNTS=brand,assistant", "BOT_WECOM_API_URL=" + api.URL, "BOT_WECHAT_API_URL=" + api.URL,
		"BOT_ACCOUNT_ASSISTANT_KIND=wecom", "BOT_ACCOUNT_ASSISTANT_CORP_ID=" + officeCorp, "BOT_ACCOUNT_ASSISTANT_AGENT_ID=1000002",
		"BOT_ACCOUNT_ASSISTANT_TOKEN=" + secretToken, "BOT_ACCOUNT_ASSISTANT_AES_KEY=" + secretAESKey, "BOT_ACCOUNT_ASSISTANT_APP_SECRET=" + wecomSecret,
	}, env...)...)
	return h
}
