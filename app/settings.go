package app

import (
	"time"

	"guanjia/bot"
)

// Settings is everything that can be set from outside, one struct for each concern. The variable of a field is its name in
// capitals behind BOT_: CallbackMaxSkew is BOT_CALLBACK_MAX_SKEW. docs/reference/settings.md is generated from the tags.
type Settings struct {
	Accounts  AccountSettings  `doc:"Accounts"`
	Listening ListenSettings   `doc:"Listening"`
	Callbacks CallbackSettings `doc:"Callbacks"`
	Platform  PlatformSettings `doc:"Platform"`
	State     StateSettings    `doc:"State"`
	Content   ContentSettings  `doc:"Content"`
	Chat      ChatSettings     `doc:"Conversations"`
	Contacts  ContactSettings  `doc:"Customers of WeCom"`
	Push      PushSettings     `doc:"Messages that go out by themselves"`
	Robot     RobotSettings    `doc:"Robots of groups"`
	Toggles   Toggles          `doc:"Toggles"`
	API       APISettings      `doc:"API"`
	Log       LogSettings      `doc:"Logs"`

	// Account holds the settings of each account in Accounts.Accounts.
	Account map[bot.AccountName]Account `ignored:"true"`
}

// AccountSettings lists the accounts.
type AccountSettings struct {
	Accounts []bot.AccountName `split_words:"true" doc:"Names of the accounts, separated by commas: 'brand,pharmacy'. Small letters, digits, '-' and '_'. The name is the last part of the callback URL, and in the account's own variables it stands in capitals."`
}

// ListenSettings says where the bot listens.
type ListenSettings struct {
	Addr         string `split_words:"true" default:":8080" doc:"Address of the public port: callbacks, probes and the API."`
	PublicURL    string `split_words:"true" doc:"Address under which the platform reaches the public port, such as 'https://bot.example.com'. 'guanjia check --online' calls it as the platform does; the bot itself does not need it."`
	InternalAddr string `split_words:"true" default:"127.0.0.1:9090" doc:"Address of the internal port: /metrics and /debug/pprof/. Keep it from the internet. 'off' closes it."`
}

// CallbackSettings bounds what is taken from the platform.
type CallbackSettings struct {
	CallbackMaxSkew     time.Duration `split_words:"true" default:"5m" doc:"How far a callback's timestamp may be from this machine's clock. 0 turns the check off."`
	CallbackConcurrency int           `split_words:"true" default:"256" doc:"Callbacks worked on at once. What comes above is answered 503 at once, and the platform asks again."`
	InboundPerMinute    int           `split_words:"true" default:"30" doc:"Messages of one person answered in a minute. 0: no limit."`
}

// PlatformSettings says where the platform's API is.
type PlatformSettings struct {
	WechatAPIUrl string `split_words:"true" default:"https://api.weixin.qq.com" doc:"Address of the official accounts' API. Another one than the platform's own is for tests, or for a proxy whose address the accounts trust (IP白名单)."`
	WecomAPIUrl  string `split_words:"true" default:"https://qyapi.weixin.qq.com" doc:"Address of WeCom's API: welcome messages and access tokens. Another one than the platform's own is for tests, or for a proxy whose address WeCom trusts (企业可信IP)."`
}

// StateSettings says where state is kept.
type StateSettings struct {
	DatabaseURL       Secret `split_words:"true" default:"sqlite:./data/guanjia.db" doc:"Records: 'sqlite:PATH' or 'postgres://user:password@host/database'."`
	RedisURL          Secret `split_words:"true" doc:"Sessions and leases: 'redis://', 'rediss://', 'redis+sentinel://host,host/master' or 'redis+cluster://host,host'. Empty: they are kept in the database."`
	SqliteSynchronous string `split_words:"true" default:"full" doc:"'full': an answered message survives a power cut. 'normal': faster, the last moments before a power cut may be lost. SQLite only."`
}

// ContentSettings says where the content is.
type ContentSettings struct {
	ContentDir string `split_words:"true" doc:"Folder of the YAML files that say what the bot does, watched for changes. Empty: the sample content built into the program."`
	EnvFile    string `split_words:"true" doc:"File of settings (KEY=value lines), watched for changes. A key in it goes before the environment. Toggles and the log level count at once, other settings after a restart."`
	Timezone   Zone   `split_words:"true" default:"Asia/Shanghai" doc:"Time zone of the people: dates and hours in the content are read in it."`
}

// ChatSettings is how conversations go.
type ChatSettings struct {
	ConversationSwitch string `split_words:"true" default:"ask" doc:"What a keyword of something else does inside a conversation: 'ask' whether to leave, leave 'now', or 'stay'."`
}

// ContactSettings is how records of customers are kept in step with WeCom.
type ContactSettings struct {
	TagGroup         string        `split_words:"true" default:"管家" doc:"The corp's tag group (标签组) in which tags are made that handlers give. At most 30 characters."`
	ContactSyncEvery time.Duration `split_words:"true" default:"24h" doc:"How often all customers are gone through, beside the events of every day. 0: only the first time, and by 'guanjia contacts sync'."`
}

// Toggles switches features. A field is named like its handler, so that a handler gets its toggle by a line here.
type Toggles struct {
	Autoreply Switch `split_words:"true" default:"on" doc:"All automatic replies."`
	Welcome   Switch `split_words:"true" default:"on" doc:"Welcome messages."`
	Coupon    Switch `split_words:"true" default:"on" doc:"Coupons."`
	Quiz      Switch `split_words:"true" default:"on" doc:"Prize quizzes."`
	Survey    Switch `split_words:"true" default:"on" doc:"Surveys."`
	Push      Switch `split_words:"true" default:"on" doc:"Messages that go out by themselves: reminders, broadcasts, answers that came too late for their callback. Off: they wait."`
	Handoff   Switch `split_words:"true" default:"on" doc:"Handing conversations to people. Off: nobody can ask for a person, and conversations that people have return to the bot with the customer's next message."`
}

// APISettings is who may use the API.
type APISettings struct {
	APIKeys Secret `split_words:"true" doc:"Keys of the API, as 'name:key' separated by commas; a key has at least 16 characters. The name is recorded with what was done. Empty: the API is closed."`
}

// RobotSettings lists the robots of groups.
type RobotSettings struct {
	Robots Secret `split_words:"true" doc:"Robots that broadcasts may use (群机器人), as 'name:key' separated by commas; the key is the one in the robot's webhook address. Who has it can write to the group."`
}

// LogSettings is how the bot logs.
type LogSettings struct {
	LogLevel  string `split_words:"true" default:"info" doc:"'debug', 'info', 'warn' or 'error'."`
	LogFormat string `split_words:"true" default:"json" doc:"'json' or 'console'."`
	LogSalt   Secret `split_words:"true" doc:"Salt of the hash that stands for a person in the logs. Empty: a random one for each start, so that logs of different days can't be joined."`
}

// Account is the settings of one account, read from BOT_ACCOUNT_<NAME>_...
type Account struct {
	Kind   string `split_words:"true" default:"official" doc:"'official': an official account (公众号). 'wecom': one app of a corp on WeCom (企业微信自建应用)."`
	AppID  string `split_words:"true" doc:"Official accounts: AppID of the account (开发者ID)."`
	Token  Secret `split_words:"true" doc:"Token of the server configuration (令牌; WeCom: 接收消息服务器配置的 Token)."`
	AESKey Secret `split_words:"true" doc:"EncodingAESKey of the server configuration (消息加解密密钥), 43 characters."`
	Mode   string `split_words:"true" default:"secure" doc:"Official accounts: 'secure' (安全模式), 'compatible' (兼容模式) or 'plain' (明文模式), the weakest that the account takes. WeCom knows 'secure' only."`

	CorpID        string `split_words:"true" doc:"WeCom: id of the corp (企业ID), which callbacks are addressed to."`
	AgentID       string `split_words:"true" doc:"WeCom: id of the app (AgentId). What members say to another app of the corp is refused. Empty: what they say to any."`
	Certified     Switch `split_words:"true" default:"off" doc:"Official accounts: the account is certified (已认证), so that it may look people up and write to them beyond the reply."`
	AppSecret     Secret `split_words:"true" doc:"Official accounts: AppSecret (开发者密码), for calls to the platform. WeCom: secret of the app (Secret), with which customers are welcomed: the app must be one of those that may use customer contact (客户联系 → API → 可调用接口的应用). Empty: customers are not welcomed, unless there is a contact secret."`
	KfSecret      Secret `split_words:"true" doc:"WeCom: secret with which WeChat customer service (微信客服) is answered, where it is not the app's: the app must be one of those that may use it (微信客服 → API → 可调用接口的应用)."`
	ContactSecret Secret `split_words:"true" doc:"WeCom: secret of customer contact itself (客户联系 Secret), which corps from before December 2023 may have. It goes before the app's."`

	// A feature is on when both the general toggle and the account's are on.
	Toggles
}
