package outbound

import (
	"context"

	"guanjia/bot"
	"guanjia/outbound/policy"
)

// Sender uses one way. The app makes them of what the channels offer. It is used from many goroutines.
type Sender interface {
	// Fit turns what is said into the messages that the way sends one by one, and tells why it can't; empty: it can. It does no I/O.
	Fit(to bot.Person, c Content) ([]Part, policy.Reason)
	// Send sends one part. The error is the channel's: a *wxapi.Error is the platform's refusal, a *wxapi.NoAnswerError a call whose
	// outcome is not known, unless it was Unsent. msgID is what the platform calls it, where it says so.
	Send(ctx context.Context, l Letter) (msgID string, err error)
}

// Part is one message of a way: one call of the platform.
type Part struct {
	Message  bot.Message
	Together []bot.Message // group_send: what one mass message holds, instead of Message
	Template *Template
}

// Letter is one part on its way.
type Letter struct {
	// ID names the part to the platform, the same at every try: at most 32 of [0-9a-zA-Z_-].
	ID   string
	To   bot.Person
	Desk string // of kf: where the person last spoke
	Part
}
