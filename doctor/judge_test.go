package doctor

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"guanjia/channel/wxapi"
)

var (
	assistant = Account{Name: "assistant", Kind: wxapi.WeCom, Settings: "BOT_ACCOUNT_ASSISTANT", ID: "ww0123456789abcdef", AgentID: "1000002", Token: "hunter2token", AESKey: testKey, AppSecret: "hunter2app", MaxSkew: 5 * time.Minute, API: wxapi.WeComURL}
	brand     = Account{Name: "brand", Kind: wxapi.Official, Settings: "BOT_ACCOUNT_BRAND", ID: "wx0123456789abcdef", Token: "hunter2token", AESKey: testKey, AppSecret: "hunter2brand", Certified: true, MaxSkew: 5 * time.Minute, API: wxapi.OfficialURL}
)

const testKey = "hunter2efghijklmnopqrstuvwxyz0123456789ABCD"

var now = time.Date(2026, 1, 31, 8, 30, 15, 0, time.UTC)

// refusal is the error of a call that the platform refuses so.
func refusal(t *testing.T, path, answer string) error {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) }))
	defer server.Close()
	err := wxapi.NewCaller(wxapi.Config{BaseURL: server.URL}).Get(t.Context(), nil, path, nil, nil)
	if err == nil {
		t.Fatalf("%s is not refused", answer)
	}
	return err
}

// check compares a finding with its level and parts of its line, and wants a remedy for whatever is wrong.
func check(t *testing.T, f Finding, level Level, parts ...string) {
	t.Helper()
	if f.Level != level {
		t.Errorf("%s: %s, want %s", f.Level, f, level)
	}
	for _, p := range parts {
		if !strings.Contains(f.String(), p) {
			t.Errorf("no %q in: %s", p, f)
		}
	}
	if f.Remedy == "" && f.Level >= Warning {
		t.Errorf("no remedy: %s", f)
	}
	if strings.Contains(f.String(), "hunter2") || strings.Contains(f.String(), "\n") {
		t.Errorf("a secret, or more than a line: %s", f)
	}
}

// TestWhatTheTokenSays: each refusal has its remedy, as the console names it.
func TestWhatTheTokenSays(t *testing.T) {
	t.Parallel()
	const wecom, official = "/cgi-bin/gettoken", "/cgi-bin/stable_token"
	for _, tc := range []struct {
		name, path, answer string
		account            Account
		level              Level
		parts              []string
	}{
		{"wrong secret", wecom, `{"errcode":40001,"errmsg":"invalid credential"}`, assistant, Problem, []string{"refuses the secret in BOT_ACCOUNT_ASSISTANT_APP_SECRET (40001)", "应用管理 → the app → Secret", "停用"}},
		{"secret of another corp", wecom, `{"errcode":"40091","errmsg":""}`, assistant, Problem, []string{"(40091)", "of the corp ww0123456789abcdef"}},
		{"no such corp", wecom, `{"errcode":40013,"errmsg":"invalid corpid"}`, assistant, Problem, []string{"no corp ww0123456789abcdef", "企业ID", "BOT_ACCOUNT_ASSISTANT_CORP_ID"}},
		{"address", wecom, `{"errcode":60020,"errmsg":"not allow to access from your ip, hint: [1_2_3], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com"}`, assistant, Problem, []string{"enter 203.0.113.7 in 应用管理 → the app → 企业可信IP", "(60020)"}},
		{"official address", official, `{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2"}`, brand, Problem, []string{"enter 203.0.113.7 in 设置与开发 → 开发接口管理 → IP白名单", "(40164)"}},
		{"official address that is not told", official, `{"errcode":40164,"errmsg":"invalid ip"}`, brand, Problem, []string{"enter the address from which this machine reaches the internet"}},
		{"administrator must confirm", official, `{"errcode":89503,"errmsg":""}`, brand, Problem, []string{"administrator", "(89503)"}},
		{"official secret", official, `{"errcode":40125,"errmsg":"invalid appsecret"}`, brand, Problem, []string{"BOT_ACCOUNT_BRAND_APP_SECRET (40125)", "开发者密码(AppSecret)"}},
		{"official id", official, `{"errcode":40013,"errmsg":"invalid appid"}`, brand, Problem, []string{"no account wx0123456789abcdef", "开发者ID(AppID)"}},
		{"frozen", official, `{"errcode":40243,"errmsg":""}`, brand, Problem, []string{"frozen", "unfreeze"}},
		{"too many", wecom, `{"errcode":45009,"errmsg":""}`, assistant, Warning, []string{"(45009)"}},
		{"another code", wecom, `{"errcode":50003,"errmsg":"app disabled"}`, assistant, Problem, []string{"50003 app disabled"}},
		{"a page", wecom, `<html>`, assistant, Problem, []string{"not the platform", "proxy"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			check(t, judgeGrant(tc.account, keys(tc.account)[0], refusal(t, tc.path, tc.answer)), tc.level, tc.parts...)
		})
	}
	check(t, judgeGrant(assistant, keys(assistant)[0], nil), OK, "BOT_ACCOUNT_ASSISTANT_APP_SECRET")
	check(t, judgeNoKeys(Account{Kind: wxapi.WeCom, Settings: "BOT_ACCOUNT_X"}), Note, "Secret into BOT_ACCOUNT_X_APP_SECRET")
	check(t, judgeNoKeys(Account{Kind: wxapi.Official, Settings: "BOT_ACCOUNT_X"}), Note, "BOT_ACCOUNT_X_CERTIFIED=on")
	check(t, judgeNoKeys(Account{Kind: wxapi.Official, Settings: "BOT_ACCOUNT_X", Certified: true}), Problem, "BOT_ACCOUNT_X_APP_SECRET")
}

// TestEachSecretIsAskedOnce, for all that it is used for.
func TestEachSecretIsAskedOnce(t *testing.T) {
	t.Parallel()
	special := assistant
	special.ContactSecret, special.ServiceSecret = "hunter2contact", "hunter2app"
	uses := func(a Account) string {
		var all []string
		for _, k := range keys(a) {
			all = append(all, k.setting+strings.Repeat("+", len(k.uses)))
		}
		return strings.Join(all, " ")
	}
	for want, a := range map[string]Account{
		"BOT_ACCOUNT_ASSISTANT_APP_SECRET+++":                                      assistant,
		"BOT_ACCOUNT_ASSISTANT_APP_SECRET++ BOT_ACCOUNT_ASSISTANT_CONTACT_SECRET+": special,
		"BOT_ACCOUNT_BRAND_APP_SECRET+":                                            brand,
		"":                                                                         {Kind: wxapi.Official, AppSecret: "hunter2"},
	} {
		if got := uses(a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestWhatTheRightsSay: which feature is missing, and where it is given.
func TestWhatTheRightsSay(t *testing.T) {
	t.Parallel()
	refused := func(code string) error {
		return refusal(t, "/cgi-bin/x", `{"errcode":`+code+`,"errmsg":"no"}`)
	}
	yes, no := true, false
	wanting := assistant
	wanting.ContactSecret, wanting.ServiceSecret = "hunter2c", "hunter2s"

	check(t, judgeAgent(assistant, agentAnswer{Name: "助手"}, nil), OK, "1000002 (助手)")
	check(t, judgeAgent(assistant, agentAnswer{Name: "助手", Closed: 1}, nil), Problem, "停用", "启用")
	check(t, judgeAgent(assistant, agentAnswer{}, refused("301002")), Problem, "AGENT_ID", "(301002)")
	check(t, judgeAgent(assistant, agentAnswer{}, refused("40066")), Note, "not examined")

	check(t, judgeContact(assistant, 3, nil), OK, "3 members")
	check(t, judgeContact(assistant, 0, nil), Warning, "使用范围")
	for _, code := range []string{"48002", "60011", "84074"} {
		check(t, judgeContact(assistant, 0, refused(code)), Warning, "客户联系 → API → 可调用接口的应用", "("+code+")")
		check(t, judgeContact(wanting, 0, refused(code)), Problem, "("+code+")")
	}
	check(t, judgeContact(assistant, 0, refused(`60020,"x":"from ip: 203.0.113.7"`)), Problem, "企业可信IP")
	check(t, judgeContact(assistant, 0, refused("45009")), Warning, "45009")

	check(t, judgeService(assistant, nil, nil), Note, "客服账号")
	check(t, judgeService(assistant, []desk{{}, {}}, nil), OK, "2 desks")
	check(t, judgeService(assistant, nil, refused("95017")), Problem, "switch it on in 微信客服 → API")
	check(t, judgeService(assistant, nil, refused("95023")), Problem, "another app")
	check(t, judgeService(assistant, nil, refused("48002")), Warning, "微信客服 → API → 可调用接口的应用")
	check(t, judgeService(wanting, nil, refused("48007")), Problem, "(48007)")

	check(t, judgeDesk(desk{Name: "顾问", Managed: &no}, nil, nil), Warning, "desk 顾问", "可管理的客服账号")
	check(t, judgeDesk(desk{Name: "顾问", Managed: &yes}, []servicer{{Member: "a"}, {Member: "b", Status: 1}, {Department: 3}}, nil), Note, "1 members receive", "自动分配", "95018")
	check(t, judgeDesk(desk{Name: "顾问"}, []servicer{{Member: "b", Status: 1}}, nil), Note, "nobody")
	check(t, judgeDesk(desk{Name: "顾问"}, nil, refused("95000")), Warning, "95000")

	check(t, judgeFollowers(brand, nil), OK, "已认证")
	check(t, judgeFollowers(brand, refused("48001")), Problem, "微信认证", "BOT_ACCOUNT_BRAND_CERTIFIED=off")
	check(t, judgeServicers(brand, nil), OK, "客服消息")
	check(t, judgeServicers(brand, refused("65400")), Warning, "新的功能")
	check(t, judgeServicers(brand, refused("48001")), Warning, "接口权限")
}

// TestWhatTheSettingsSay: what is wrong without asking anybody.
func TestWhatTheSettingsSay(t *testing.T) {
	t.Parallel()
	with := func(a Account, change func(*Account)) Account {
		change(&a)
		return a
	}
	for _, tc := range []struct {
		name    string
		account Account
		level   Level
		part    string
	}{
		{"short key", with(assistant, func(a *Account) { a.AESKey = "abc" }), Problem, "3 characters"},
		{"suite", with(assistant, func(a *Account) { a.ID = "dk0123456789abcdef" }), Problem, "第三方应用"},
		{"no corp id", with(assistant, func(a *Account) { a.ID = "corp" }), Warning, "企业ID"},
		{"no app id", with(brand, func(a *Account) { a.ID = "gh_123" }), Warning, "AppID"},
		{"plain", with(brand, func(a *Account) { a.Plain, a.AESKey = true, "" }), Warning, "安全模式"},
	} {
		found := judgeSettings(tc.account)
		if len(found) != 1 {
			t.Fatalf("%s: %v", tc.name, found)
		}
		check(t, found[0], tc.level, tc.part)
	}
	for _, a := range []Account{assistant, brand} {
		if found := judgeSettings(a); found != nil {
			t.Errorf("nothing is wrong with %s: %v", a.Name, found)
		}
	}
}

// TestWhatClocksSay compares dates to the second.
func TestWhatClocksSay(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	check(t, judgeClock(at(0), now, 5*time.Minute, "the platform's"), OK)
	check(t, judgeClock(at(-40*time.Second), now, 5*time.Minute, "the platform's"), Warning, "40s off the platform's", "NTP")
	check(t, judgeClock(at(301*time.Second), now, 5*time.Minute, "the platform's"), Problem, "5m1s", "BOT_CALLBACK_MAX_SKEW (5m0s)")
	check(t, judgeClock(at(time.Hour), now, 0, "the platform's"), Warning, "1h0m0s")
	check(t, judgeClock("yesterday", now, 0, "the platform's"), Note)
	check(t, judgeAPILatency("https://x", 20*time.Millisecond), OK, "20ms")
	check(t, judgeAPILatency("https://x", 2*time.Second), Warning, "2s")
	check(t, judgeCertificate(now.Add(30*24*time.Hour), now), OK, "2026-03-02")
	check(t, judgeCertificate(now.Add(24*time.Hour), now), Warning, "2026-02-01")
	check(t, judgeUnreached("x", context.DeadlineExceeded, false), Problem, "in time")
	check(t, judgeUnreached("x", errors.New("odd"), true), Problem, "odd")
}

// TestWhatAnAddressSays before anybody calls it.
func TestWhatAnAddressSays(t *testing.T) {
	t.Parallel()
	public, private := []net.IP{net.ParseIP("203.0.113.7")}, []net.IP{net.ParseIP("192.168.1.7"), net.ParseIP("127.0.0.1")}
	played := brand
	played.API = "http://127.0.0.1:8080"
	for _, tc := range []struct {
		name, address string
		account       Account
		ips           []net.IP
		want          []string
	}{
		{"as it should be", "https://bot.example.com/callback/brand", brand, public, nil},
		{"without TLS", "http://bot.example.com/callback/brand", brand, public, []string{"TLS"}},
		{"a port", "https://bot.example.com:8443/callback/brand", brand, public, []string{"80 and 443"}},
		{"a port of WeCom", "https://bot.example.com:8443/callback/assistant", assistant, public, nil},
		{"at home", "https://bot.example.com/callback/brand", brand, private, []string{"192.168.1.7"}},
		{"at home, where the platform is too", "http://127.0.0.1:8080/callback/brand", played, private, nil},
	} {
		u, err := url.Parse(tc.address)
		if err != nil {
			t.Fatal(err)
		}
		found := judgeAddressOf(tc.account, u, tc.ips)
		if len(found) != len(tc.want) {
			t.Fatalf("%s: %v", tc.name, found)
		}
		for i, part := range tc.want {
			check(t, found[i], found[i].Level, part)
		}
	}
}

// TestWhatTheRunningBotHasCounted is told for the account alone.
func TestWhatTheRunningBotHasCounted(t *testing.T) {
	t.Parallel()
	r := readMetrics(strings.NewReader(`# HELP guanjia_welcomes_total Customers
guanjia_welcomes_total{account="assistant",outcome="sent"} 12
guanjia_welcomes_total{account="assistant",outcome="sent_before"} 1
guanjia_welcomes_total{account="assistant",outcome="other_app"} 3
guanjia_welcomes_total{account="assistant",outcome="late"} 1
guanjia_welcomes_total{account="assistant",outcome="refused"} 0
guanjia_welcomes_total{account="shop",outcome="late"} 9
guanjia_media_missing{account="assistant"} 2
guanjia_media_missing{account="shop"} x
go_goroutines 12
`))
	found := r.Judge("assistant", func(o string) string { return "about " + o }, "sent", "sent_before")
	if len(found) != 4 {
		t.Fatal(found)
	}
	check(t, found[0], OK, "13 customers")
	check(t, found[1], Warning, "once (late)", "about late")
	check(t, found[2], Warning, "3 times (other_app)", "about other_app")
	check(t, found[3], Warning, "2 files")
	if found := r.Judge("brand", nil); found != nil {
		t.Errorf("of another account: %v", found)
	}
}
