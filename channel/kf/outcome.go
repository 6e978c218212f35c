package kf

import (
	"errors"
	"time"

	"guanjia/channel/wxapi"
	"guanjia/store"
)

// The platform's refusals (WeCom docs, 全局错误码).
const (
	codeParameter  = 40035
	codeRequest    = 40058
	codeMissing    = 40063
	codeMedia      = 40007
	codeNoUser     = 40003
	codeNoMember   = 60111
	codeWithdrawn  = 48007 // the app may not use the desk
	codeDeskID     = 95000 // no such desk
	codeDeskGone   = 95004
	codeLimit      = 95001 // five messages since the customer wrote
	codeWindow     = 95002 // 48 hours since the customer wrote
	codeUnverified = 95003 // a corp that is not verified has used up its consultations
	codePullToken  = 95007 // the token of a bell has lived its ten minutes
	codeEnded      = 95013
	codeNoServicer = 95014
	codeChange     = 95016 // the conversation can't change to that state
	codeState      = 95018 // the conversation is not the bot's
	codePaused     = 95019 // the member of the staff receives nobody now
	codeSilent     = 95032 // 48 hours, as 95002
)

// Why a message did not reach the customer, in a word for the ledger, logs and metrics.
const (
	reasonLimit      = "limit"      // five had been sent since they wrote
	reasonWindow     = "window"     // they wrote more than 48 hours ago
	reasonStaff      = "staff"      // somebody of the staff has the conversation
	reasonEnded      = "ended"      // the conversation is over
	reasonDesk       = "desk"       // the desk is gone, or withdrawn from the app
	reasonUnverified = "unverified" // the corp is not verified
	reasonMedia      = "media"      // the file is gone or of another corp
	reasonLate       = "late"       // the code had lived its time
	reasonRefused    = "refused"    // for another reason, see the error code
	reasonServicer   = "servicer"   // the member of the staff can't take it
)

// Pauses between tries.
const (
	pauseFirst = 500 * time.Millisecond
	pauseMost  = time.Minute
	// pauseQuota follows too many calls: the platform blocks for a minute at least (WeCom docs, frequency limits).
	pauseQuota = time.Minute
)

// pauseAfter is how long to wait after so many failures in a row, from 1.
func pauseAfter(failures int, err error) time.Duration {
	var refused *wxapi.Error
	if errors.As(err, &refused) && refused.RateLimited() {
		return pauseQuota
	}
	return min(pauseMost, pauseFirst<<min(failures-1, 10))
}

// verdict is what one try to send came to.
type verdict struct {
	state  store.KfState // empty: the same may succeed later
	reason string
	// ends says that nothing more of the answer can be sent.
	ends bool
}

// judge decides what a try to send came to. byCode: with a code, which is good for once. before: an earlier try may have gone
// through.
func judge(err error, byCode, before bool) verdict {
	var refused *wxapi.Error
	switch {
	case err == nil:
		return verdict{state: store.KfSent}
	case !errors.As(err, &refused):
		return verdict{} // nobody knows; the platform knows the message again by its id
	case refused.Retryable(), refused.TokenInvalid(), refused.SecretRefused(), refused.AddressRefused():
		return verdict{}
	case byCode && before:
		return verdict{state: store.KfSent, ends: true} // the code was good, and an earlier try has used it
	}
	v := verdict{state: store.KfFailed, ends: true}
	switch refused.Code {
	case codeLimit:
		v.reason = reasonLimit
	case codeWindow, codeSilent:
		v.reason = reasonWindow
	case codeState:
		v.reason = reasonStaff
	case codeEnded:
		v.reason = reasonEnded
	case codeDeskID, codeDeskGone, codeWithdrawn:
		v.reason = reasonDesk
	case codeUnverified:
		v.reason = reasonUnverified
	case codeMedia:
		v.reason, v.ends = reasonMedia, false
	default: // there is something wrong with this one message
		v.reason, v.ends = reasonRefused, false
	}
	return v
}

// mayHaveArrived tells whether a call without an answer may have been obeyed.
func mayHaveArrived(err error) bool {
	var lost *wxapi.NoAnswerError
	return errors.As(err, &lost) && lost.Why != wxapi.Unsent
}

// deskGone tells whether the platform has no such desk for this app.
func deskGone(err error) bool {
	var refused *wxapi.Error
	return errors.As(err, &refused) && (refused.Code == codeDeskID || refused.Code == codeDeskGone || refused.Code == codeWithdrawn)
}

// undelivered says in a word why a message that the platform had taken did not arrive (WeCom docs, 消息发送失败事件: fail_type).
func undelivered(failType int64) string {
	switch failType {
	case 1, 2:
		return reasonDesk
	case 4:
		return reasonWindow
	case 5:
		return reasonEnded
	case 6:
		return reasonLimit
	case 7, 8, 9:
		return reasonUnverified
	case 10:
		return "rejected" // by the customer
	case 11:
		return "no_member" // nobody of the corp is logged in
	}
	return "unknown"
}
