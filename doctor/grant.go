package doctor

import (
	"context"

	"guanjia/channel/wxapi"
)

// key is one secret and what it is for.
type key struct {
	secret  wxapi.Secret
	setting string // of the first that holds it
	inside  string // where the console shows it
	uses    []use
}

// use is what a secret is needed for.
type use int

// The uses.
const (
	useMembers   use = iota // WeCom: the app itself
	useContact              // 客户联系
	useService              // 微信客服
	useFollowers            // official accounts
)

// keys lists an account's secrets, each once, with what the bot uses it for.
func keys(a Account) []key {
	if a.Kind == wxapi.Official {
		if a.AppSecret == "" || !a.Certified {
			return nil
		}
		return []key{{a.AppSecret, a.Settings + "_APP_SECRET", "设置与开发 → 开发接口管理 → 开发者密码(AppSecret)", []use{useFollowers}}}
	}
	var all []key
	add := func(s wxapi.Secret, setting, inside string, u use) {
		for i := range all {
			if all[i].secret == s {
				all[i].uses = append(all[i].uses, u)
				return
			}
		}
		if s != "" {
			all = append(all, key{s, a.Settings + setting, inside, []use{u}})
		}
	}
	add(a.AppSecret, "_APP_SECRET", "应用管理 → the app → Secret", useMembers)
	if a.ContactSecret != "" {
		add(a.ContactSecret, "_CONTACT_SECRET", "客户与上下游 → 客户联系 → API → Secret", useContact)
	} else {
		add(a.AppSecret, "_APP_SECRET", "", useContact)
	}
	if a.ServiceSecret != "" {
		add(a.ServiceSecret, "_KF_SECRET", "微信客服 → API → Secret", useService)
	} else {
		add(a.AppSecret, "_APP_SECRET", "", useService)
	}
	return all
}

// permissions finds out which secrets the platform takes, and what each may do.
func (d Doctor) permissions(ctx context.Context, a Account) {
	all := keys(a)
	if len(all) == 0 {
		d.Tell(judgeNoKeys(a))
		return
	}
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: a.API})
	for _, k := range all {
		tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: a.Kind, ID: a.ID, Secret: k.secret, Caller: caller})
		_, err := tokens.Token(ctx) // both platforms give the same token to all who ask: nothing is taken from the bot
		f := judgeGrant(a, k, err)
		d.Tell(f)
		if f.Level != Problem {
			asker{Doctor: d, account: a, key: k, api: caller, tokens: tokens}.rights(ctx)
		}
		tokens.Close()
	}
}
