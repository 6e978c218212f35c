package doctor

import (
	"errors"
	"slices"

	"guanjia/channel/wxapi"
)

// Codes of the platforms for what is not allowed (official account and WeCom docs, 全局返回码).
const (
	codeAgent       = 40056  // WeCom: no such app
	codeOtherApp    = 301002 // WeCom: the app is not the secret's
	codeCertified   = 48001  // official accounts: not for an account of this type
	codeNoServicers = 65400  // official accounts: customer service is not switched on
	codeNoSuchCall  = 40066  // what the platform says of a path that it does not know
)

var (
	contactCodes = []int{48002, 60011, 84074, 48003, 48004, 48006}
	serviceCodes = []int{48002, 48003, 48004, 48005, 48006, 48007, 60011, 95011, 95012}
)

// Codes of customer service (WeCom docs, 微信客服).
const (
	codeServiceOff   = 95017 // the switch of the API is off
	codeServiceOther = 95023 // another app has the right
)

// code is the platform's code of a refusal; 0: the call was not refused.
func code(err error) int {
	var refused *wxapi.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return 0
}

// otherwise says what an error means that has no meaning of its own for what was asked.
func otherwise(a Account, what string, err error) Finding {
	if f, known := judgeAddress(a, err); known {
		return f
	}
	switch c := code(err); c {
	case 0:
		return judgeNoAnswer(what, err)
	case codeNoSuchCall:
		return note("", "%s: not examined, since this platform does not know the call", what)
	default:
		return warning("look the code up in the platform's 全局返回码", "%s: the platform refuses to tell: %d", what, c)
	}
}

// lacking is a right that is not there: a problem where a secret is set for nothing else, and what an account may do without
// otherwise.
func lacking(wanted bool, remedy, format string, args ...any) Finding {
	if wanted {
		return problem(remedy, format, args...)
	}
	return warning(remedy, format, args...)
}

func judgeAgent(a Account, answer agentAnswer, err error) Finding {
	switch c := code(err); {
	case err == nil && answer.Closed != 0:
		return problem("启用 it: 应用管理 → the app", "the app %s (%s) is disabled (停用)", a.AgentID, answer.Name)
	case err == nil:
		return ok("the secret is that of the app %s (%s)", a.AgentID, answer.Name)
	case c == codeAgent || c == codeOtherApp:
		return problem("copy AgentId and Secret from the same page, 应用管理 → the app, into "+a.Settings+"_AGENT_ID and "+a.Settings+"_APP_SECRET", "the secret is not that of the app %s (%d)", a.AgentID, c)
	}
	return otherwise(a, "the app", err)
}

func judgeContact(a Account, members int, err error) Finding {
	switch c := code(err); {
	case err == nil && members == 0:
		return warning("choose them in 客户与上下游 → 客户联系 → 权限配置 → 使用范围, within the app's 可见范围", "the app may use customer contact (客户联系), and no member may have customers")
	case err == nil:
		return ok("the app may use customer contact (客户联系); %d members may have customers", members)
	case slices.Contains(contactCodes, c):
		return lacking(a.ContactSecret != "", "choose the app in 客户与上下游 → 客户联系 → API → 可调用接口的应用", "the app may not use customer contact (客户联系) (%d): customers are not welcomed", c)
	}
	return otherwise(a, "customer contact (客户联系)", err)
}

func judgeService(a Account, desks []desk, err error) Finding {
	switch c := code(err); {
	case err == nil && len(desks) == 0:
		return note("make one in 微信客服 → 客服账号, and let the app manage it in 微信客服 → API → 可调用接口的应用", "the app may use customer service (微信客服), and there is no desk (客服账号)")
	case err == nil:
		return ok("the app may use customer service (微信客服); there are %d desks (客服账号)", len(desks))
	case c == codeServiceOff:
		return problem("switch it on in 微信客服 → API", "the API of customer service (微信客服) is off (%d)", c)
	case c == codeServiceOther:
		return problem("choose this app in 微信客服 → API → 可调用接口的应用", "another app has the right to customer service (微信客服) (%d)", c)
	case slices.Contains(serviceCodes, c):
		return lacking(a.ServiceSecret != "", "choose the app in 微信客服 → API → 可调用接口的应用, if the bot is to answer there", "the app may not use customer service (微信客服) (%d): the bot serves no desk", c)
	}
	return otherwise(a, "customer service (微信客服)", err)
}

func judgeDesk(d desk, servicers []servicer, err error) Finding {
	name := string(d.Name)
	if d.Managed != nil && !*d.Managed {
		return warning("let the app manage it in 微信客服 → API → 可调用接口的应用 → 可管理的客服账号", "desk %s: the app may not manage it, so that the bot is silent there (48007)", name)
	}
	if err != nil {
		return warning("look at the desk in 微信客服 → 客服账号", "desk %s: the platform does not say who serves there: %d", name, code(err))
	}
	serving := 0
	for _, s := range servicers {
		if s.Member != "" && s.Status == 0 {
			serving++
		}
	}
	if serving > 0 {
		return note("choose 仅机器人接待 or 手动分配 in 微信客服 → 客服账号 → 接待规则, and the bot comes first",
			"desk %s: %d members receive customers; where conversations are assigned to them by themselves (自动分配), the bot may not answer (95018)", name, serving)
	}
	return note("add them in 微信客服 → 客服账号 → 接待人员, if people should be able to take over", "desk %s: nobody of the staff receives customers now", name)
}

func judgeFollowers(a Account, err error) Finding {
	switch c := code(err); {
	case err == nil:
		return ok("the account may look people up: it is certified (已认证)")
	case c == codeCertified:
		return problem("have the account certified (设置与开发 → 公众号设置 → 微信认证), or set "+a.Settings+"_CERTIFIED=off", "the account may not look people up, nor write to them beyond the reply (%d): it is not certified (未认证)", c)
	}
	return otherwise(a, "the followers (用户管理)", err)
}

func judgeServicers(a Account, err error) Finding {
	switch c := code(err); {
	case err == nil:
		return ok("the account may use customer-service messages (客服消息)")
	case c == codeNoServicers:
		return warning("add the function: 广告与服务 → 新的功能 → 客服", "customer service (客服功能) is not switched on for the account (%d): nobody can take a conversation over", c)
	case c == codeCertified:
		return warning("see 设置与开发 → 开发接口管理 → 接口权限 → 客服消息", "the account may not use customer-service messages (客服消息) (%d)", c)
	}
	return otherwise(a, "customer-service messages (客服消息)", err)
}
