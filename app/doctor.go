package app

import (
	"context"
	"slices"
	"strings"

	"guanjia/bot"
	"guanjia/channel/wecom"
	"guanjia/channel/wxapi"
	"guanjia/doctor"
)

// Examination is what is to be examined online.
type Examination struct {
	Settings Settings
	Accounts []bot.AccountName // empty: all
	// Callback is where the platform reaches the one account that is examined; empty: below BOT_PUBLIC_URL.
	Callback string
	// Begin is called before each account, Tell with each finding about it.
	Begin func(name bot.AccountName, kind, id string)
	Tell  func(doctor.Finding)
}

// Examine asks the platform, the callback addresses and the running bot how the accounts are doing.
func Examine(ctx context.Context, e Examination) {
	running, runs := doctor.Running{}, false
	if addr := e.Settings.Listening.InternalAddr; addr != off {
		running, runs = doctor.AskRunning(ctx, reachableHere(addr))
	}
	for _, name := range e.Settings.Accounts.Accounts {
		if len(e.Accounts) > 0 && !slices.Contains(e.Accounts, name) {
			continue
		}
		a := e.account(name)
		e.Begin(name, string(a.Kind), a.ID)
		doctor.Doctor{Tell: e.Tell}.Examine(ctx, a)
		if runs {
			for _, f := range running.Judge(string(name), describeWelcome, string(wecom.Sent), string(wecom.SentBefore), string(wecom.TryAgain)) {
				e.Tell(f)
			}
		}
	}
}

func describeWelcome(outcome string) string { return wecom.Outcome(outcome).Describe() }

// reachableHere is an address to listen at as one to ask.
func reachableHere(addr string) string {
	if strings.HasPrefix(addr, ":") {
		return "127.0.0.1" + addr
	}
	return addr
}

// account is what is set for an account.
func (e Examination) account(name bot.AccountName) doctor.Account {
	s, a := e.Settings, e.Settings.Account[name]
	examined := doctor.Account{
		Name: name, Kind: wxapi.Official, Settings: accountPrefix(name), ID: a.AppID,
		Token: a.Token.Reveal(), AESKey: a.AESKey.Reveal(), Plain: a.Mode == "plain", Certified: bool(a.Certified),
		AppSecret: wxapi.Secret(a.AppSecret.Reveal()),
		API:       s.Platform.WechatAPIUrl, Callback: e.Callback, MaxSkew: s.Callbacks.CallbackMaxSkew,
	}
	if a.Kind == kindWecom {
		examined.Kind, examined.ID, examined.AgentID, examined.API = wxapi.WeCom, a.CorpID, a.AgentID, s.Platform.WecomAPIUrl
		examined.ContactSecret, examined.ServiceSecret = wxapi.Secret(a.ContactSecret.Reveal()), wxapi.Secret(a.KfSecret.Reveal())
	}
	if examined.Callback == "" && s.Listening.PublicURL != "" {
		examined.Callback = strings.TrimRight(s.Listening.PublicURL, "/") + "/callback/" + string(name)
	}
	return examined
}
