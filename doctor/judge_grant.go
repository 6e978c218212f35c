package doctor

import (
	"errors"

	"guanjia/channel/wxapi"
)

// Codes of the platforms (official account and WeCom docs, 全局返回码).
const (
	codeCredential  = 40001
	codeBadID       = 40013
	codeOtherSecret = 40091 // WeCom: the secret of another corp
	codeBadSecret   = 40125 // official accounts
	codeFrozen      = 40243 // official accounts: the AppSecret is frozen
	codeConfirm     = 89501 // official accounts: the administrator must confirm the address
	codeConfirmToo  = 89503
)

// judgeNoKeys says what an account without secrets can't do.
func judgeNoKeys(a Account) Finding {
	switch {
	case a.Kind == wxapi.WeCom:
		return note("copy 应用管理 → the app → Secret into "+a.Settings+"_APP_SECRET if it should", "there is no secret: the bot answers members, and welcomes no customers and serves no desk of 微信客服")
	case a.Certified:
		return problem("copy 设置与开发 → 开发接口管理 → 开发者密码(AppSecret) into "+a.Settings+"_APP_SECRET", "the account is said to be certified, and there is no secret to use that with")
	}
	return note("set "+a.Settings+"_CERTIFIED=on and "+a.Settings+"_APP_SECRET if it is certified (已认证)", "the account is used as one that is not certified: the bot gives passive replies, and makes no calls to the platform")
}

// judgeGrant says what it means when the platform gives, or does not give, a token for a secret.
func judgeGrant(a Account, k key, err error) Finding {
	if err == nil {
		return ok("the platform takes the secret (%s)", k.setting)
	}
	if f, known := judgeAddress(a, err); known {
		return f
	}
	var refused *wxapi.Error
	if !errors.As(err, &refused) {
		return judgeNoAnswer("the token", err)
	}
	switch refused.Code {
	case codeBadID:
		if a.Kind == wxapi.WeCom {
			return problem("copy 我的企业 → 企业信息 → 企业ID into "+a.Settings+"_CORP_ID", "the platform knows no corp %s (%d)", a.ID, refused.Code)
		}
		return problem("copy 设置与开发 → 开发接口管理 → 开发者ID(AppID) into "+a.Settings+"_APP_ID", "the platform knows no account %s (%d)", a.ID, refused.Code)
	case codeCredential, codeOtherSecret, codeBadSecret:
		remedy := "copy " + k.inside + " into " + k.setting
		if a.Kind == wxapi.WeCom {
			remedy += ", and see that the app is not 停用 and is of the corp " + a.ID
		}
		return problem(remedy, "the platform refuses the secret in %s (%d)", k.setting, refused.Code)
	case codeFrozen:
		return problem("unfreeze it: "+k.inside, "the AppSecret is frozen (%d)", refused.Code)
	}
	if refused.RateLimited() {
		return warning("wait, and see who else asks for tokens of this account", "the platform gives no more tokens for now (%d)", refused.Code)
	}
	return problem("look the code up in the platform's 全局返回码", "the platform gives no token for the secret in %s: %d %s", k.setting, refused.Code, refused.Msg)
}

// judgeAddress says which address to allow, where that is what is wrong.
func judgeAddress(a Account, err error) (Finding, bool) {
	var address *wxapi.AddressError
	var refused *wxapi.Error
	if !errors.As(err, &address) {
		if errors.As(err, &refused) && (refused.Code == codeConfirm || refused.Code == codeConfirmToo) {
			return problem("let the account's administrator confirm it in WeChat (公众平台安全助手)", "the platform waits for the administrator to confirm this machine's address (%d)", refused.Code), true
		}
		return Finding{}, false
	}
	which := "the address from which this machine reaches the internet"
	if address.Addr.IsValid() {
		which = address.Addr.String()
	}
	inside := "设置与开发 → 开发接口管理 → IP白名单"
	if a.Kind == wxapi.WeCom {
		inside = "应用管理 → the app → 企业可信IP"
	}
	return problem("enter "+which+" in "+inside+"; it counts after a minute or so", "the platform takes no calls from this machine's address (%d)", address.Refusal.Code), true
}

// judgeNoAnswer says what it means that a call got no answer.
func judgeNoAnswer(what string, err error) Finding {
	var lost *wxapi.NoAnswerError
	if errors.As(err, &lost) && lost.Why == wxapi.Unreadable {
		return problem("look at what stands between this machine and the platform: a proxy that answers itself, or another server at that address", "asked for %s, something answers that is not the platform: %v", what, lost)
	}
	return problem("look at the way there: firewall, proxy", "the platform does not answer when asked for %s: %v", what, err)
}
