package wecom

import (
	"errors"
	"time"

	"guanjia/channel/wxapi"
)

// welcomeLife is how long a welcome code lives after the event (WeCom docs, 发送新客户欢迎语).
const welcomeLife = 20 * time.Second

// The platform's refusals of a welcome message (WeCom docs, 全局错误码).
const (
	codeMedia      = 40007 // a media id is unknown, or older than three days
	codeNoCode     = 41049 // the code is missing
	codeDead       = 41050 // the code is unknown or older than 20 s
	codeSpent      = 41051 // the two talk already: somebody was quicker
	codeNoConsent  = 41053 // the customer has not agreed to the archive
	codeBusy       = 41096 // another app is sending now
	codeNoRelation = 84061 // the customer has gone
)

// Outcome is how a welcome ended, in one word for logs and metrics. There are no others than these.
type Outcome string

// The outcomes.
const (
	Sent        Outcome = "sent"
	SentBefore  Outcome = "sent_before" // by an earlier try of ours
	SentText    Outcome = "sent_text"   // the text alone: the platform refused what was attached
	OtherApp    Outcome = "other_app"   // another app was quicker
	OtherBusy   Outcome = "other_busy"  // another app was sending until there was no more time
	Late        Outcome = "late"        // the code had lived its 20 s
	DeadCode    Outcome = "dead_code"   // the platform does not know the code, though it is young
	NoCode      Outcome = "no_code"     // the platform says that the code is empty
	NoConsent   Outcome = "no_consent"  // the customer has not agreed to the archive
	NoRelation  Outcome = "no_relation" // the customer has gone
	Refused     Outcome = "refused"     // for another reason
	Unreachable Outcome = "unreachable" // the platform did not answer as long as there was time
	TryAgain    Outcome = "try_again"   // not now: the platform is asked to deliver the callback again
)

// Describe says an outcome in words that an operator can act on.
func (o Outcome) Describe() string {
	switch o {
	case Sent:
		return "welcomed"
	case SentBefore:
		return "welcomed already by an earlier try of ours"
	case SentText:
		return "welcomed with the text alone: the platform refused what was attached; look at the ids of its media and mini program"
	case OtherApp:
		return "another app answered first: see which other apps of the corp send welcome messages, or whether the member writes by hand"
	case OtherBusy:
		return "another app was sending a welcome message all the while: see which other apps of the corp do"
	case Late:
		return "too late: the welcome code lives for 20 seconds; look at how long callbacks take to arrive and handlers to answer"
	case DeadCode:
		return "the platform does not know the welcome code: it was used for another corp or app, or this machine's clock is slow"
	case NoCode:
		return "the platform says that the welcome code is empty"
	case NoConsent:
		return "the customer has not agreed to the conversation archive (会话存档) yet"
	case NoRelation:
		return "the customer or the member ended the relation before the welcome"
	case Refused:
		return "the platform refused the welcome message; see the error code"
	case Unreachable:
		return "the platform's API did not answer in time"
	case TryAgain:
		return "not sent yet; the platform delivers the callback again"
	}
	return ""
}

// attempt is one call and what is known about it.
type attempt struct {
	err    error
	before bool          // an earlier attempt of ours may have gone through
	alone  bool          // without what was to be attached
	age    time.Duration // of the code
}

// verdict is what follows an attempt.
type verdict struct {
	outcome Outcome
	// Not final:
	again bool // the same may succeed in a moment
	stale bool // other media ids may succeed
	bare  bool // the text alone may succeed
}

// judge decides what an attempt came to. hasMore says that there is an attachment, and a text without it.
func judge(a attempt, hasMore bool) verdict {
	var refused *wxapi.Error
	switch {
	case a.err == nil && a.alone:
		return verdict{outcome: SentText}
	case a.err == nil:
		return verdict{outcome: Sent}
	case !errors.As(a.err, &refused):
		return verdict{outcome: Unreachable, again: true}
	}
	switch refused.Code {
	case codeSpent:
		if a.before {
			return verdict{outcome: SentBefore}
		}
		return verdict{outcome: OtherApp}
	case codeBusy:
		return verdict{outcome: OtherBusy, again: true}
	case codeDead:
		if a.age >= welcomeLife {
			return verdict{outcome: Late}
		}
		return verdict{outcome: DeadCode}
	case codeNoCode:
		return verdict{outcome: NoCode}
	case codeNoConsent:
		return verdict{outcome: NoConsent}
	case codeNoRelation:
		return verdict{outcome: NoRelation}
	case codeMedia:
		return verdict{outcome: Refused, stale: true, bare: hasMore}
	}
	switch {
	case refused.Retryable():
		return verdict{outcome: Refused, again: true}
	case refused.SecretRefused(), refused.AddressRefused(), refused.TokenInvalid():
		return verdict{outcome: Refused}
	}
	return verdict{outcome: Refused, bare: hasMore}
}
