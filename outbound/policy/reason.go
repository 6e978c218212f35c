package policy

// Reason is why a message went, waits, or did not go: a word for records and metrics, and a sentence for people.
type Reason string

// What the policy says.
const (
	Allowed Reason = "allowed"

	PauseAll      Reason = "paused_all"
	PauseAccount  Reason = "paused_account"
	PauseCampaign Reason = "paused_campaign"
	PauseSetting  Reason = "paused_setting"

	Expired       Reason = "expired"
	Early         Reason = "early"
	OptedOut      Reason = "opted_out"
	OptedOutTopic Reason = "opted_out_topic"
	Gone          Reason = "gone"
	Moot          Reason = "moot"
	QuietHours    Reason = "quiet_hours"
	QuietTooLong  Reason = "quiet_too_long"
	CapDay        Reason = "cap_day"
	CapWeek       Reason = "cap_week"
	CapGap        Reason = "cap_gap"
	CapNone       Reason = "cap_none"
	CapTooLong    Reason = "cap_too_long"
	Yields        Reason = "yields"
	YieldsTooLong Reason = "yields_too_long"
	Quota         Reason = "quota"
	QuotaTooLong  Reason = "quota_too_long"
	WindowClosed  Reason = "window_closed"
	WindowUsed    Reason = "window_used"
	NoRight       Reason = "no_right"
	NoContent     Reason = "no_content"
	WithStaff     Reason = "with_staff"
	NotContact    Reason = "not_contact"
	GroupDay      Reason = "group_day"
	GroupMonth    Reason = "group_month"
	ForNextVisit  Reason = "next_visit"
	NoWay         Reason = "no_way"
)

// What came of trying.
const (
	Arrived       Reason = "sent"
	SaidOnVisit   Reason = "said_on_visit"
	Unknown       Reason = "unknown"
	Busy          Reason = "busy"
	Paced         Reason = "paced"
	Unsubscribed  Reason = "unsubscribed"
	BadData       Reason = "bad_data"
	BadAddress    Reason = "bad_address"
	Refused       Reason = "refused"
	Cancelled     Reason = "cancelled"
	GivenUp       Reason = "given_up"
	Undeliverable Reason = "undelivered"
	AskedStaff    Reason = "asked_staff"
	Unconfirmed   Reason = "unconfirmed"
	HadAnother    Reason = "had_another"
)

type sentence struct{ en, zh string }

func sentences() map[Reason]sentence {
	return map[Reason]sentence{
		Allowed:       {"nothing stands in its way", "可以发送"},
		PauseAll:      {"everything that goes out unasked is paused; resume it with 'guanjia push resume'", "主动消息已全部暂停，恢复后发送"},
		PauseAccount:  {"this account is paused; resume it with 'guanjia push resume --account'", "该账号的主动消息已暂停，恢复后发送"},
		PauseCampaign: {"this campaign is paused; resume it with 'guanjia push resume --campaign'", "该活动的主动消息已暂停，恢复后发送"},
		PauseSetting:  {"pushes are switched off by BOT_PUSH", "主动消息已由设置 BOT_PUSH 关闭"},
		Expired:       {"its time was over", "已过有效期"},
		Early:         {"its time has not come", "还没到发送时间"},
		OptedOut:      {"the person does not want to be written to", "用户已退订全部主动消息"},
		OptedOutTopic: {"the person does not want messages on this topic", "用户已退订该主题"},
		Gone:          {"the person left: they unfollowed, or nobody of the staff has them any more", "用户已取消关注或已不是好友"},
		Moot:          {"what it is about is over: it was done meanwhile, or taken out of the content", "事情已办完或内容已下线，不再提醒"},
		QuietHours:    {"it is quiet hours (BOT_QUIET_HOURS)", "现在是免打扰时段，结束后发送"},
		QuietTooLong:  {"it would have expired before the end of quiet hours", "免打扰时段结束前已过有效期"},
		CapDay:        {"the person has had as many in 24 hours as BOT_PUSH_PER_DAY allows", "24 小时内的主动消息已达上限"},
		CapWeek:       {"the person has had as many in 7 days as BOT_PUSH_PER_WEEK allows", "7 天内的主动消息已达上限"},
		CapGap:        {"the last one was less than BOT_PUSH_MIN_GAP ago", "距上一条主动消息的间隔太短"},
		CapNone:       {"a cap of 0 lets nothing through (BOT_PUSH_PER_DAY, BOT_PUSH_PER_WEEK)", "频次上限为 0，不发送主动消息"},
		CapTooLong:    {"it would have expired before the person may be written to again", "在频次上限允许之前已过有效期"},
		Yields:        {"something more important waits for the person", "让位于更重要的消息"},
		YieldsTooLong: {"it would have expired behind something more important", "让位于更重要的消息后已过有效期"},
		Quota:         {"the account's quota is used up until it is reset", "账号的接口额度已用完，重置后发送"},
		QuotaTooLong:  {"it would have expired before the account's quota is reset", "接口额度重置前已过有效期"},
		WindowClosed:  {"the person did nothing lately that would allow it", "用户近期没有互动，平台不允许发送"},
		WindowUsed:    {"as much was sent as the person's last act allowed", "用户上次互动后的可发条数已用完"},
		NoRight:       {"the account has no right to it", "账号没有该接口权限"},
		NoContent:     {"it says nothing that could go this way", "消息没有适合该方式的内容"},
		WithStaff:     {"somebody of the staff has the conversation", "人工客服正在接待该用户"},
		NotContact:    {"nobody of the staff has the person as a customer", "该用户不是任何成员的客户"},
		GroupDay:      {"the customer has had a mass message today", "该客户今天已收过一次群发"},
		GroupMonth:    {"the customer has had as many mass messages this month as the month has days", "该客户本月的群发次数已达平台上限"},
		ForNextVisit:  {"it is kept for the person's next visit", "等用户下次来时随回复发送"},
		NoWay:         {"there is no way to write to the person", "没有可以触达该用户的方式"},
		Arrived:       {"the platform took it", "已发送"},
		SaidOnVisit:   {"it was said with a reply", "已随回复发送"},
		Unknown:       {"the connection broke while it was sent: it may have arrived, and is not sent again", "发送时连接中断，可能已送达，不再重发"},
		Busy:          {"the platform did not take it yet; it is tried again", "平台繁忙，稍后重试"},
		Paced:         {"others go first: sends of the account are spread over time", "账号发送排队中"},
		Unsubscribed:  {"the person has no subscription left for it (43101)", "用户没有该订阅通知的剩余次数"},
		BadData:       {"the platform does not take what it says; see the code", "内容或模板参数不符合平台要求"},
		BadAddress:    {"the platform does not know the person; see the code", "平台不认识该用户，或用户不可用"},
		Refused:       {"the platform refused it; see the code", "平台拒绝发送，见错误码"},
		Cancelled:     {"somebody cancelled it", "已取消"},
		GivenUp:       {"it was tried too often", "多次重试未成功，已放弃"},
		Undeliverable: {"the platform had taken it, and says that it did not arrive", "平台回报未送达"},
		AskedStaff:    {"the staff are asked to send it; it arrives when one of them confirms", "已生成群发任务，等待成员确认发送"},
		Unconfirmed:   {"nobody of the staff confirmed it in time, and it was taken back", "成员未在有效期内确认，群发任务已撤回"},
		HadAnother:    {"the customer had had another mass message before it was confirmed", "确认前该客户已收到其他群发"},
	}
}

// English is the sentence for logs and the command line.
func (r Reason) English() string { return r.said().en }

// Chinese is the sentence for pages and reports.
func (r Reason) Chinese() string { return r.said().zh }

func (r Reason) said() sentence {
	if s, ok := sentences()[r]; ok {
		return s
	}
	return sentence{string(r), string(r)}
}

// Reasons lists all of them.
func Reasons() []Reason {
	var all []Reason
	for r := range sentences() {
		all = append(all, r)
	}
	return all
}

func pausedReason(p Pause) Reason {
	switch p {
	case PausedAccount:
		return PauseAccount
	case PausedCampaign:
		return PauseCampaign
	case PausedBySetting:
		return PauseSetting
	}
	return PauseAll
}
