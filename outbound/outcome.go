package outbound

import (
	"errors"
	"strconv"
	"time"

	"guanjia/channel/wxapi"
	"guanjia/outbound/policy"
)

// The platform's refusals that decide something (official account docs and WeCom docs, 全局返回码).
const (
	codeMediaID     = 40007
	codeNoUser      = 40003 // no such openid, or not of this account
	codeTemplateID  = 40037
	codeNotFollower = 43004
	codeTaken       = 43101 // refused, or no subscription left
	codeTooLong     = 45002
	codeData        = 47003
	codeNoAPI       = 48001
	codeAPIClosed   = 48007
	codeNoConsent   = 50002 // the person is restricted
	codeUserOff     = 50005 // not a follower any more
	codeFrequency   = 45009
	codeNoMember    = 81013 // none of the members can be reached
	codeNoRelation  = 84061 // customer contact: no relation with the member
	codeState       = 95018 // customer service: somebody of the staff has the conversation, or it ended
	codeEnded       = 95013
	codeBusy        = -1
)

// result is what one try to send a part came to.
type result int

const (
	resultSent    result = iota
	resultSoon           // nothing went out; the same may succeed soon
	resultClosed         // nothing went out; the way is closed to the account until a time
	resultNextWay        // nothing went out; another way may be open to this person
	resultNever          // nothing went out, and nothing will
	resultUnknown        // nobody knows whether it went out
)

// outcome is that, with why.
type outcome struct {
	result result
	reason policy.Reason
	detail string // the platform's code
	until  time.Time
}

const (
	// closedFor is how long a way stays closed that the account has no right to: until somebody may have mended it.
	closedFor = time.Hour
	// restFor is how long an account makes no more calls in this process when it can't reach the platform, or its token is
	// not taken.
	restFor = 5 * time.Second
	// closedMinute follows too many calls in a minute (WeCom docs, 访问频率限制: blocked for 60 seconds).
	closedMinute = time.Minute
)

// judge decides what a try came to. It is pure.
func judge(way policy.Way, err error, now time.Time) outcome {
	if err == nil {
		return outcome{result: resultSent, reason: policy.Arrived}
	}
	var shut *ShutError
	if errors.As(err, &shut) {
		return outcome{result: resultNextWay, reason: shut.Why}
	}
	var silent *wxapi.NoAnswerError
	if errors.As(err, &silent) && silent.Why != wxapi.Unsent {
		return outcome{result: resultUnknown, reason: policy.Unknown, detail: string(silent.Why)}
	}
	var refused *wxapi.Error
	if !errors.As(err, &refused) {
		// No token, no connection: the call was not made, and the next one would not be.
		return outcome{result: resultSoon, reason: policy.Busy, until: now.Add(restFor)}
	}
	o := judgeCode(way, refused, now)
	o.detail = strconv.Itoa(refused.Code)
	return o
}

func judgeCode(way policy.Way, e *wxapi.Error, now time.Time) outcome {
	switch {
	case e.Code == codeBusy:
		return outcome{result: resultSoon, reason: policy.Busy}
	case e.TokenInvalid(), e.SecretRefused(), e.AddressRefused():
		// It is not about this message: the next one would fare alike.
		return outcome{result: resultSoon, reason: policy.Busy, until: now.Add(restFor)}
	case e.Code == codeFrequency && official(way):
		return outcome{result: resultClosed, reason: policy.Quota, until: NextReset(now)}
	case e.RateLimited():
		return outcome{result: resultClosed, reason: policy.Quota, until: now.Add(closedMinute)}
	case e.WindowClosed():
		return outcome{result: resultNextWay, reason: policy.WindowClosed}
	case e.LimitReached():
		return outcome{result: resultNextWay, reason: policy.WindowUsed}
	case e.Code >= codeNoAPI && e.Code <= codeAPIClosed:
		return outcome{result: resultClosed, reason: policy.NoRight, until: now.Add(closedFor)}
	}
	switch e.Code {
	case codeState, codeEnded:
		return outcome{result: resultNextWay, reason: policy.WithStaff}
	case codeNotFollower, codeUserOff, codeNoRelation:
		return outcome{result: resultNever, reason: policy.Gone}
	case codeNoUser, codeNoConsent, codeNoMember:
		return outcome{result: resultNever, reason: policy.BadAddress}
	case codeTaken:
		return outcome{result: resultNextWay, reason: policy.Unsubscribed}
	case codeData, codeTemplateID, codeTooLong, codeMediaID:
		return outcome{result: resultNever, reason: policy.BadData}
	}
	return outcome{result: resultNever, reason: policy.Refused}
}

func official(w policy.Way) bool {
	return w == policy.Custom || w == policy.Template || w == policy.Subscribe
}

// ShutError is a sender's own finding that the way is not open, without asking the platform.
type ShutError struct{ Why policy.Reason }

// Error gives the reason.
func (e *ShutError) Error() string { return "the way is not open: " + e.Why.English() }

// sameIDFor is how long after a try with an unknown outcome the same call may be made again because the platform knows it by its id:
// customer service by msgid (WeCom docs, 微信客服 发送消息), template messages by client_msg_id (official account docs, 模板消息: within
// ten minutes). Everything else is never sent again.
func sameIDFor(w policy.Way) time.Duration {
	switch w {
	case policy.KF:
		return policy.Day
	case policy.Template:
		return 10 * time.Minute
	}
	return 0
}

const (
	firstPause = 2 * time.Second
	lastPause  = 10 * time.Minute
	// triesMax is how often a push is tried that the platform does not take: for more than a day.
	triesMax = 200
)

// pauseAfter is how long a push waits after so many tries, from 1.
func pauseAfter(tries int) time.Duration {
	return min(lastPause, firstPause<<min(max(tries-1, 0), 20))
}
