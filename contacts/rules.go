package contacts

import (
	"errors"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

// Codes of the platform that decide something here (WeCom docs, 全局错误码).
const (
	codeCustomer      = 40096  // no such external user id
	codeNoRelation    = 84061  // the customer is nobody's, or not this member's
	codeTagID         = 40068  // no such tag
	codeTagName       = 40071  // a tag of that name exists
	codeUserID        = 40003  // no such member; official accounts: no such follower
	codeUserIDs       = 40031  // one of several
	codeMemberUnknown = 60111  // no such member
	codeUserNotFound  = 46004  // no such user
	codeNotFollowUser = 84084  // the member has no customers
	codeNoContact     = 84074  // no right to customer contact
	codeRange         = 60011  // no right on the member or tag
	codeOutside       = 60021  // outside the app's range
	codeTagRight      = 81011  // no right on the tag
	codeAppRight      = 301002 // no right on what belongs to another app
	codeNoAPI         = 48002  // no right to the API
	codeUncertified   = 48001  // official accounts: no right to the API
	codeSilent        = 95031  // customer service: the customer has been silent for 48 hours
	codeSilentToo     = 95032
)

// verdict is what an answer of the platform means.
type verdict int

const (
	fine     verdict = iota
	later            // may pass by itself
	blocked          // nothing of the account goes: wrong secret, address, too many calls
	gone             // the customer is nobody's any more, or does not exist
	noMember         // the member is none, or not one with customers
	noRight          // the app may not, for this member or tag: only an operator can help
	noAPI            // the app may not, for anybody
	noTag            // the tag was deleted
	tagThere         // the tag exists already
	refused          // for another reason
)

// errHalf is an answer that says that all is well and leaves out what was asked for.
var errHalf = errors.New("the platform says that all is well and gives half an answer")

// judge tells what the end of a call means.
func judge(err error) verdict {
	var e *wxapi.Error
	var lost *wxapi.NoAnswerError
	switch {
	case err == nil:
		return fine
	case errors.As(err, &lost), errors.Is(err, errHalf):
		return later
	case !errors.As(err, &e):
		return blocked // no token
	case e.RateLimited(), e.SecretRefused(), e.AddressRefused(), e.TokenInvalid():
		return blocked
	case e.Retryable():
		return later
	}
	return meaning(e.Code)
}

func meaning(code int) verdict {
	switch code {
	case codeNoRelation, codeCustomer:
		return gone
	case codeUserID, codeUserIDs, codeMemberUnknown, codeUserNotFound, codeNotFollowUser:
		return noMember
	case codeRange, codeOutside, codeTagRight, codeAppRight:
		return noRight
	case codeNoContact, codeNoAPI, codeUncertified:
		return noAPI
	case codeTagID:
		return noTag
	case codeTagName:
		return tagThere
	}
	return refused
}

// backOffMost is how long a mark waits at most before it is tried again: it is never given up.
const backOffMost = time.Hour

// backOff is how long a mark waits that was tried in vain so many times.
func backOff(tries int) time.Duration {
	return min(backOffMost, 2*time.Second<<min(tries, 12))
}

const (
	// pauseBlocked is for what stops a whole account: long enough not to be locked out, short enough to notice the mending.
	pauseBlocked = 30 * time.Second
	// pauseLimit follows too many calls (WeCom docs, 访问频率限制: a minute at least).
	pauseLimit = time.Minute
	// pauseRight follows a missing right: an operator grants it in the console.
	pauseRight = 10 * time.Minute
)

// pauseAfter is how long an account rests after what blocks it.
func pauseAfter(err error) time.Duration {
	var e *wxapi.Error
	if errors.As(err, &e) && e.RateLimited() {
		return pauseLimit
	}
	return pauseBlocked
}

// isExternal tells whether a user of WeCom's is a customer: their ids begin so, and are longer than what members are called
// (WeCom docs, 外部联系人: wm uses WeChat, wo WeCom).
func isExternal(u bot.UserID) bool {
	return len(u) >= 20 && (strings.HasPrefix(string(u), "wm") || strings.HasPrefix(string(u), "wo"))
}

// isPerson tells whether a user of an official account's is somebody: an open id has 28 characters, but is not promised to.
func isPerson(u bot.UserID) bool { return u != "" && u != "sys" }

// due tells whether a full sync should begin: at the first start, when somebody asks, and every so often (0: never by itself).
func due(finished, started, wanted, now time.Time, every time.Duration) bool {
	switch {
	case !wanted.IsZero():
		return true
	case started.IsZero():
		return true
	case every == 0 || finished.IsZero():
		return finished.IsZero()
	}
	return !now.Before(finished.Add(every))
}
