package platform

import "slices"

// Right is what the admin of a corp, or the certification of an official account, allows.
type Right string

// The rights.
const (
	RightContact   Right = "contact"    // WeCom: 客户联系, 可调用接口的应用
	RightService   Right = "service"    // WeCom: 微信客服, 可调用接口的应用
	RightCertified Right = "certified"  // official account: 已认证
	RightOfService Right = "of_service" // official account: 已认证的服务号
)

// Corp is one corp of WeCom as its admin has set it up.
type Corp struct {
	ID           string // ww...
	Title        string // what people see
	Members      []Member
	Apps         []App
	Desks        []Desk
	Ways         []Way
	Robots       []Robot
	MiniPrograms []string // app ids of the mini programs linked to the corp
}

// Member is one member of staff.
type Member struct {
	UserID string // lower case, as answers of the API give it
	Name   string
}

// App is one self-built app of a corp, with its callback.
type App struct {
	Name    string // short name in addresses; the operator's name of the account
	Title   string // what people see; empty: Name
	AgentID int64
	Secret  string
	Token   string
	AESKey  string // EncodingAESKey, 43 characters
	// Callback is the URL that the app's callbacks are sent to; empty: it has none.
	Callback string
	Rights   []Right
	// TrustedIPs are the addresses that may call the API with the app's token; empty: all.
	TrustedIPs []string
}

// Has tells whether the app was given a right.
func (a *App) Has(r Right) bool { return slices.Contains(a.Rights, r) }

// Desk is one customer-service account (客服账号) of a corp from the start.
type Desk struct {
	OpenKfID  string // wk...
	Name      string
	Servicers []string // user ids; all receive
	// AutoAssign gives new sessions to a receiving servicer at once, as on a desk that is not set to 由智能助手接待: the API may
	// not speak there.
	AutoAssign bool
	// Unmanaged takes the right to operate the desk from the API (manage_privilege false).
	Unmanaged bool
}

// Robot is a robot of one of the corp's internal groups (群机器人).
type Robot struct {
	Key   string // of its webhook address
	Title string
}

// Way is one contact way (联系我) of a corp from the start.
type Way struct {
	State      string
	Title      string   // for people who choose among them
	Members    []string // user ids
	SkipVerify bool
}

// Member finds a member of staff by user id.
func (c *Corp) Member(userID string) (Member, bool) {
	i := slices.IndexFunc(c.Members, func(m Member) bool { return m.UserID == userID })
	if i < 0 {
		return Member{}, false
	}
	return c.Members[i], true
}

// App finds an app by its short name.
func (c *Corp) App(name string) *App {
	i := slices.IndexFunc(c.Apps, func(a App) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Apps[i]
}

// Official is what the API needs to know of an official account.
type Official struct {
	Name      string // short name in addresses
	AppID     string // wx...
	Secret    string // empty: no token is given
	Certified bool
	// Subscription says that it is a 订阅号 and no 服务号.
	Subscription bool
	TrustedIPs   []string // that may fetch a token; empty: all
}
