package doctor

import (
	"regexp"

	"guanjia/channel/wxapi"
	"guanjia/channel/wxcrypt"
)

var (
	corpID  = regexp.MustCompile(`^w[wx][0-9a-zA-Z]{10,30}$`)
	suiteID = regexp.MustCompile(`^(dk|tj)[0-9a-zA-Z]{10,30}$`)
	appID   = regexp.MustCompile(`^wx[0-9a-f]{16}$`)
)

// judgeSettings looks at what can be told without asking anybody.
func judgeSettings(a Account) []Finding {
	var found []Finding
	if _, err := wxcrypt.ParseKey(a.AESKey); err != nil && !(a.Plain && a.AESKey == "") {
		found = append(found, problem("copy "+a.keyInConsole()+" into "+a.Settings+"_AES_KEY again: it has 43 letters and digits", "the EncodingAESKey has %d characters or holds others than letters and digits", len(a.AESKey)))
	}
	switch {
	case a.Kind == wxapi.WeCom && suiteID.MatchString(a.ID):
		found = append(found, problem("copy 我的企业 → 企业信息 → 企业ID into "+a.Settings+"_CORP_ID", "%s is the id of a suite (第三方应用), not of a corp: callbacks are addressed to the corp", a.ID))
	case a.Kind == wxapi.WeCom && !corpID.MatchString(a.ID):
		found = append(found, warning("compare "+a.Settings+"_CORP_ID with 我的企业 → 企业信息 → 企业ID", "%q does not look like the id of a corp", a.ID))
	case a.Kind == wxapi.Official && !appID.MatchString(a.ID):
		found = append(found, warning("compare "+a.Settings+"_APP_ID with 设置与开发 → 开发接口管理 → 开发者ID(AppID)", "%q does not look like an AppID", a.ID))
	}
	if a.Plain {
		found = append(found, warning("choose 安全模式 in 服务器配置 and remove "+a.Settings+"_MODE", "callbacks are not encrypted (明文模式): whoever carries them can read and change what customers write"))
	}
	return found
}

// keyInConsole is where the EncodingAESKey stands.
func (a Account) keyInConsole() string { return a.serverInConsole() + " → EncodingAESKey" }

// serverInConsole is where the callback address is entered.
func (a Account) serverInConsole() string {
	if a.Kind == wxapi.WeCom {
		return "应用管理 → the app → 接收消息 → 设置API接收"
	}
	return "设置与开发 → 开发接口管理 → 服务器配置"
}
