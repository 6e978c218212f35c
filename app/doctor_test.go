package app

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/doctor"
	"guanjia/simulator"
	played "guanjia/simulator/platform"
)

// patient is a running bot of two accounts, on the simulated platform that it calls.
type patient struct {
	t   *testing.T
	env []string
	sim *simulator.Simulator
	app *App
}

// admit starts them. The admin of the simulated platform has set it up as said.
func admit(t *testing.T, official func(*simulator.Account), app func(*played.App), desks ...played.Desk) *patient {
	t.Helper()
	return admitWith(t, nil, official, app, desks...)
}

// admitWith starts them with further settings.
func admitWith(t *testing.T, env []string, official func(*simulator.Account), app func(*played.App), desks ...played.Desk) *patient {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	account := simulator.Account{
		Name: "brand", OriginalID: "gh_brand", AppID: "wx0123456789abcdef", Token: secretToken, AESKey: secretAESKey, Callback: base + "/callback/brand",
		Secret: "hunter2hunter2hunter2brand", Certified: true,
	}
	official(&account)
	helper := played.App{
		Name: "assistant", Title: "健康助手", AgentID: 1000002, Secret: wecomSecret, Token: secretToken, AESKey: secretAESKey, Callback: base + "/callback/assistant",
		Rights: []played.Right{played.RightContact, played.RightService},
	}
	app(&helper)
	sim, err := simulator.New(simulator.Config{
		Accounts: []simulator.Account{account},
		Corps:    []simulator.Corp{{ID: "ww0123456789abcdef", Members: []played.Member{{UserID: "xiaolin", Name: "小林"}}, Apps: []played.App{helper}, Desks: desks}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &patient{t: t, sim: sim, env: append([]string{
		"BOT_ACCOUNTS=brand,assistant", "BOT_ACCOUNT_BRAND_APP_ID=wx0123456789abcdef", "BOT_ACCOUNT_BRAND_CERTIFIED=on",
		"BOT_ACCOUNT_BRAND_TOKEN=" + secretToken, "BOT_ACCOUNT_BRAND_AES_KEY=" + secretAESKey, "BOT_ACCOUNT_BRAND_APP_SECRET=hunter2hunter2hunter2brand",
		"BOT_ACCOUNT_ASSISTANT_KIND=wecom", "BOT_ACCOUNT_ASSISTANT_CORP_ID=ww0123456789abcdef", "BOT_ACCOUNT_ASSISTANT_AGENT_ID=1000002",
		"BOT_ACCOUNT_ASSISTANT_TOKEN=" + secretToken, "BOT_ACCOUNT_ASSISTANT_AES_KEY=" + secretAESKey, "BOT_ACCOUNT_ASSISTANT_APP_SECRET=" + wecomSecret,
		"BOT_WECOM_API_URL=" + base, "BOT_WECHAT_API_URL=" + base, "BOT_PUBLIC_URL=" + base + "/", "BOT_INTERNAL_ADDR=off",
		"BOT_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "bot.db"),
	}, env...)}
	a, err := New(t.Context(), Options{
		Source: Source{Environ: p.env}, Log: zap.NewNop(), Migrate: true, Listener: l, Now: sim.Clock().Now,
		Mounts: map[string]http.Handler{"/cgi-bin/": sim.Platform()},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.app = a
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), StopBudget)
		defer cancel()
		if err := sim.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return p
}

// examine asks the doctor, with these settings changed, and gives what is a problem, and all lines.
func (p *patient) examine(env ...string) (problems []string, all string) {
	p.t.Helper()
	r := Source{Environ: append(p.env, env...)}.Read()
	if r.Problems != nil {
		p.t.Fatal(r.Problems)
	}
	var lines []string
	Examine(p.t.Context(), Examination{
		Settings: r.Settings,
		Begin:    func(name bot.AccountName, kind, id string) { lines = append(lines, string(name)+" "+kind+" "+id) },
		Tell: func(f doctor.Finding) {
			lines = append(lines, f.Level.String()+" "+f.String())
			if f.Level == doctor.Problem {
				problems = append(problems, f.String())
			}
		},
	})
	all = strings.Join(lines, "\n")
	if strings.Contains(all, "hunter2") {
		p.t.Errorf("a secret: %s", all)
	}
	return problems, all
}

func asUsual(*simulator.Account) {}
func asItIs(*played.App)         {}

// TestTheDoctorFindsAHealthyBotHealthy, on both kinds of account, and says what it saw.
func TestTheDoctorFindsAHealthyBotHealthy(t *testing.T) {
	t.Parallel()
	p := admit(t, asUsual, asItIs, played.Desk{OpenKfID: "wk1234567890123456789012345678ab", Name: "顾问", Servicers: []string{"xiaolin"}})
	problems, all := p.examine()
	if problems != nil {
		t.Errorf("problems: %v", problems)
	}
	has(t, all, "ok the account may look people up", "ok the account may use customer-service messages (客服消息)", "brand official wx0123456789abcdef", "ok the platform takes the secret (BOT_ACCOUNT_BRAND_APP_SECRET)", "/callback/brand passes the console's check",
		"assistant wecom ww0123456789abcdef", "ok the platform takes the secret (BOT_ACCOUNT_ASSISTANT_APP_SECRET)", "ok the secret is that of the app 1000002 (健康助手)", "ok the app may use customer contact (客户联系)",
		"ok the app may use customer service (微信客服); there are 1 desks", "note desk 顾问: 1 members receive customers", "/callback/assistant passes the console's check",
		"ok the callback address refuses wrong signatures", "ok the callback address acknowledges an encrypted event", "ok this machine's clock agrees with the platform's")
}

// TestTheDoctorFindsWhatIsWrong on the platform and in the settings.
func TestTheDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	away := func(a *played.App) { a.TrustedIPs = []string{"203.0.113.7"} }
	for _, tc := range []struct {
		name     string
		official func(*simulator.Account)
		app      func(*played.App)
		env      []string
		problem  string // the only one; empty: none
		line     string
	}{
		{"wrong secret", asUsual, asItIs, []string{"BOT_ACCOUNT_ASSISTANT_APP_SECRET=hunter2other"}, "refuses the secret in BOT_ACCOUNT_ASSISTANT_APP_SECRET (40001)", ""},
		{"wrong corp", asUsual, asItIs, []string{"BOT_ACCOUNT_ASSISTANT_CORP_ID=ww9999999999999999"}, "no corp ww9999999999999999", "its token is right"},
		{"wrong AppSecret", asUsual, asItIs, []string{"BOT_ACCOUNT_BRAND_APP_SECRET=hunter2other"}, "refuses the secret in BOT_ACCOUNT_BRAND_APP_SECRET (40125)", ""},
		{"untrusted address", asUsual, away, nil, "enter 127.0.0.1 in 应用管理 → the app → 企业可信IP", ""},
		{"untrusted address of an official account", func(a *simulator.Account) { a.TrustedIPs = []string{"203.0.113.7"} }, asItIs, nil, "enter 127.0.0.1 in 设置与开发 → 开发接口管理 → IP白名单", ""},
		{"not certified", func(a *simulator.Account) { a.Certified = false }, asItIs, nil, "(48001): it is not certified (未认证); have the account certified", ""},
		{"no customer contact", asUsual, func(a *played.App) { a.Rights = []played.Right{played.RightService} }, nil, "", "warning the app may not use customer contact (客户联系)"},
		{"no customer service", asUsual, func(a *played.App) { a.Rights = []played.Right{played.RightContact} }, nil, "", "warning the app may not use customer service (微信客服)"},
		{"wrong token", asUsual, asItIs, []string{"BOT_ACCOUNT_BRAND_TOKEN=hunter2other"}, "compare BOT_ACCOUNT_BRAND_TOKEN of the running bot", ""},
		{"nothing at the path", asUsual, asItIs, []string{"BOT_ACCOUNTS=brand,assistant,other", "BOT_ACCOUNT_OTHER_APP_ID=wx0123456789abcdef", "BOT_ACCOUNT_OTHER_TOKEN=hunter2", "BOT_ACCOUNT_OTHER_AES_KEY=" + secretAESKey}, "(404)", ""},
		{"the address is not known", asUsual, asItIs, []string{"BOT_PUBLIC_URL="}, "", "note the callback address is not examined"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			problems, all := admit(t, tc.official, tc.app).examine(tc.env...)
			has(t, all, tc.line)
			if tc.problem == "" {
				if problems != nil {
					t.Errorf("problems: %v", problems)
				}
				return
			}
			if !strings.Contains(strings.Join(problems, "\n"), tc.problem) {
				t.Errorf("no %q in %v", tc.problem, problems)
			}
			for _, p := range problems {
				if tc.line == "" && !strings.Contains(p, tc.problem) {
					t.Errorf("another problem: %s", p)
				}
			}
		})
	}
}

// TestTheDoctorTellsThePlatformsMoods apart from what is set up wrongly.
func TestTheDoctorTellsThePlatformsMoods(t *testing.T) {
	t.Parallel()
	const token, desks, members = "/cgi-bin/gettoken", "/cgi-bin/kf/account/list", "/cgi-bin/externalcontact/get_follow_user_list"
	for _, tc := range []struct {
		name  string
		fault played.Fault
		want  string
	}{
		{"busy, once", played.Fault{Kind: played.FaultBusy, Path: token, Times: 1}, "ok the platform takes the secret (BOT_ACCOUNT_ASSISTANT_APP_SECRET)"},
		{"a gateway's page", played.Fault{Kind: played.FaultBadGateway, Path: token, Chance: 1}, "problem asked for the token, something answers that is not the platform"},
		{"no more tokens", played.Fault{Kind: played.FaultCode, Path: token, Chance: 1, Code: 45009}, "warning the platform gives no more tokens for now (45009)"},
		{"the API of customer service is off", played.Fault{Kind: played.FaultCode, Path: desks, Chance: 1, Code: 95017}, "problem the API of customer service (微信客服) is off (95017); switch it on in 微信客服 → API"},
		{"another app has it", played.Fault{Kind: played.FaultCode, Path: desks, Chance: 1, Code: 95023}, "problem another app has the right to customer service"},
		{"customer contact is not the app's", played.Fault{Kind: played.FaultCode, Path: members, Chance: 1, Code: 84074}, "warning the app may not use customer contact (客户联系) (84074)"},
		{"a token is taken back in the middle", played.Fault{Kind: played.FaultExpired, Path: members, Times: 1}, "ok the app may use customer contact (客户联系)"},
		{"an answer ends in the middle", played.Fault{Kind: played.FaultHalf, Path: members, Chance: 1}, "problem asked for customer contact (客户联系), something answers that is not the platform"},
		{"a connection ends", played.Fault{Kind: played.FaultReset, Path: members, Chance: 1}, "problem the platform does not answer when asked for customer contact (客户联系)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := admit(t, asUsual, asItIs)
			if _, err := p.sim.SetCallFaults([]played.Fault{tc.fault}); err != nil {
				t.Fatal(err)
			}
			_, all := p.examine("BOT_ACCOUNTS=assistant", "BOT_CONTENT_DIR=")
			has(t, all, tc.want)
		})
	}
}
