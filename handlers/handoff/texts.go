package handoff

// Texts are the sentences that people read: customers first, then staff.
type Texts struct {
	Opened   string `yaml:"opened"`    // staff will answer here
	Notified string `yaml:"notified"`  // staff were told and get in touch
	Waiting  string `yaml:"waiting"`   // asked again; {ahead} others were there before
	Next     string `yaml:"next"`      // asked again, and nobody is ahead
	Outside  string `yaml:"outside"`   // nobody receives now; {times} says when, {keyword} what to say then
	Nobody   string `yaml:"nobody"`    // there is no staff for the account
	Returned string `yaml:"returned"`  // the person took the conversation back
	TimedOut string `yaml:"timed_out"` // staff gave no sign
	Ended    string `yaml:"ended"`     // staff ended it

	NoticeMember   string `yaml:"notice_member"`   // {user} waits, number {number}, since {time}, of account {account}
	NoticeCustomer string `yaml:"notice_customer"` // the same of a customer, who has no name here
	Accepted       string `yaml:"accepted"`        // to 接待 {number}
	Finished       string `yaml:"finished"`        // to 结束 {number}
	Closed         string `yaml:"closed"`          // {number} is over already
	Unknown        string `yaml:"unknown"`         // there is no {number}
}

// DefaultTexts are the sentences used where the content says nothing else. They promise no time.
func DefaultTexts() Texts {
	return Texts{
		Opened:   "好的，正在为您转接人工客服，请直接说说您的问题。",
		Notified: "好的，已通知人工客服，会有同事直接联系您，请留意消息。",
		Waiting:  "您已在等候人工客服，前面还有 {ahead} 位，请稍候。",
		Next:     "您已在等候人工客服，前面没有别人了，请稍候。",
		Outside:  "现在没有客服在线。人工服务时间：{times}，到时请再回复“{keyword}”。其他问题，我随时都在。",
		Nobody:   "抱歉，这里暂时没有人工客服。回复“菜单”看看我能帮您做什么。",
		Returned: "好的，接下来由我为您服务。回复“菜单”看看我能做什么。",
		TimedOut: "抱歉，客服没能及时接待您。接下来先由我为您服务；还需要人工，请再回复“{keyword}”。",
		Ended:    "人工服务已结束，接下来由我为您服务。",

		NoticeMember:   "【人工请求 {number}】{user} 自 {time} 起在“{account}”等候人工服务，请直接联系对方。\n接手请回复“接待 {number}”，处理完请回复“结束 {number}”。",
		NoticeCustomer: "【人工请求 {number}】“{account}”有一位顾客自 {time} 起等候人工服务，请到客服工具中接待。\n接手请回复“接待 {number}”；回复“结束 {number}”则交还机器人。",
		Accepted:       "好的，{number} 号由您接待。处理完请回复“结束 {number}”，交还机器人。",
		Finished:       "{number} 号已结束，已交还机器人。",
		Closed:         "{number} 号之前已经结束了。",
		Unknown:        "没有 {number} 号，或者它不由您接待。请核对编号。",
	}
}
