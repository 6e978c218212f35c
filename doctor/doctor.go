package doctor

import (
	"context"
	"net/http"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

// Account is what is set for one account.
type Account struct {
	Name bot.AccountName
	Kind wxapi.Kind
	// Settings begins the names of its variables, such as BOT_ACCOUNT_BRAND.
	Settings string

	ID      string // corp id, or app id of an official account
	AgentID string // WeCom: the app; empty: any
	Token   string
	AESKey  string
	Plain   bool // official accounts: callbacks are not encrypted (明文模式)
	// Certified says that an official account is used as a certified one (已认证).
	Certified bool
	// The secrets; those of a corp may be the same. Empty: there is none.
	AppSecret, ContactSecret, ServiceSecret wxapi.Secret

	API      string        // address of the platform's API
	Callback string        // address at which the platform reaches the bot; empty: not known
	MaxSkew  time.Duration // how far a callback's timestamp may be from now; 0: as far as it likes
}

// Doctor examines accounts.
type Doctor struct {
	// HTTP is how the callback address is asked; nil: as the platform does it. Redirects are never followed.
	HTTP *http.Client
	Now  func() time.Time // nil: time.Now
	// Tell is called with each finding as soon as there is one.
	Tell func(Finding)
}

// Examine finds out how an account is doing. It takes seconds, until ctx ends at most.
func (d Doctor) Examine(ctx context.Context, a Account) {
	if d.Now == nil {
		d.Now = time.Now
	}
	for _, f := range judgeSettings(a) {
		d.Tell(f)
	}
	if d.reach(ctx, a) {
		d.permissions(ctx, a)
	}
	d.callback(ctx, a)
}
