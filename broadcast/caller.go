package broadcast

import (
	"context"
	"errors"

	"guanjia/bot"
)

// Caller makes the calls of one kind for one account, or one robot.
type Caller interface {
	// Fit tells whether the draft can be said this way; nil: it can. It does no I/O.
	Fit(d Draft) error
	// Notes are what the platform's limits mean for so many people, for a dry run.
	Notes(ctx context.Context, d Draft, people int) ([]string, error)
	// Preview shows the draft to one person; ErrNoPreview when the platform has none.
	Preview(ctx context.Context, d Draft, to bot.UserID) error
	// Call makes one call. The error is the channel's, as an outbound.Sender's is.
	Call(ctx context.Context, l Letter) (Taken, error)
	// KnowsAgain tells whether the platform knows a call by its id, so that one with an unknown outcome can be made again.
	KnowsAgain() bool
	// Poll asks what became of a call that the platform has taken.
	Poll(ctx context.Context, d Draft, msgID string) (Outcome, error)
	// Cancel takes back what has not gone out of a call.
	Cancel(ctx context.Context, msgID string) error
}

// ErrNoPreview says that the platform shows nobody what it will send.
var ErrNoPreview = errors.New("the platform has no preview of it")

// Letter is one call.
type Letter struct {
	// ID names the call to the platform, the same at every try: at most 64 of [0-9a-z_:-].
	ID    string
	Draft Draft
	Users []bot.UserID // group_send: at most MaxUsers
	// Sender is who of the staff is asked; empty: whoever has the customer.
	Sender string
}

// MaxUsers is how many contacts one call addresses (WeCom docs, 创建企业群发: external_userid).
const MaxUsers = 10_000

// Taken is what the platform says at once.
type Taken struct {
	MsgID   string
	Refused int      // of the people, at once
	Outcome *Outcome // where nothing more is to be waited for
}

// Outcome is what became of a call.
type Outcome struct {
	Sent, Failed, Waiting int
	By                    map[string]int // what the platform says, with how many
	Done                  bool
}

// Callers are those that are set up.
type Callers map[CallerKey]Caller

// CallerKey names one: by account and kind, or by robot.
type CallerKey struct {
	Account bot.AccountName
	Kind    Kind
	Robot   string
}

func keyOf(d Draft) CallerKey {
	if d.To == Robot {
		return CallerKey{Kind: Robot, Robot: d.Robot}
	}
	return CallerKey{Account: d.Account, Kind: d.To}
}

// fits tells why a draft can't be sent as it is; nil: it can.
func (c Callers) fits(d Draft) error {
	if d.To == ToPeople {
		return nil
	}
	caller := c[keyOf(d)]
	if caller == nil {
		return noWay(d)
	}
	if err := caller.Fit(d); err != nil {
		return &Refusal{Code: codeNotWritten, What: "it can't be sent this way: " + err.Error(), Remedy: "change the draft"}
	}
	return nil
}

func noWay(d Draft) *Refusal {
	r := &Refusal{Code: codeNoWay, What: "the account can't send this way: " + string(d.To)}
	switch d.To {
	case Mass:
		r.Remedy = "mass messages need a certified official account with a secret: set BOT_ACCOUNT_<NAME>_SECRET and _CERTIFIED"
	case Robot:
		r.What = "there is no robot " + d.Robot
		r.Remedy = "list it in BOT_ROBOTS as name:key"
	default:
		r.Remedy = "it needs an account of WeCom with a secret that may use customer contact"
	}
	return r
}
