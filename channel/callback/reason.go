package callback

import (
	"errors"
	"net/http"

	"guanjia/channel/wxcrypt"
)

// Reason is why a request was refused, in one word for logs and metrics. There are no others than these.
type Reason string

// The reasons.
const (
	ReasonMethod      Reason = "method"      // neither GET nor POST
	ReasonTooLarge    Reason = "too_large"   // a body beyond the limit
	ReasonMediaType   Reason = "media_type"  // a body that says it is no XML
	ReasonQuery       Reason = "query"       // a needed query value is missing, repeated or misshapen
	ReasonClock       Reason = "clock"       // the timestamp is outside the window
	ReasonWeak        Reason = "weak"        // protected less than the account is set to
	ReasonNoKey       Reason = "no_key"      // encrypted, but the account has no key
	ReasonSignature   Reason = "signature"   // the signature does not match
	ReasonReceiver    Reason = "receiver"    // for another app id, corp id or agent
	ReasonReplay      Reason = "replay"      // the signature of an earlier callback under another body
	ReasonBody        Reason = "body"        // the body could not be read to its end
	ReasonDecryption  Reason = "decryption"  // signed rightly, but does not decrypt
	ReasonMalformed   Reason = "malformed"   // a document that can't be read
	ReasonUnavailable Reason = "unavailable" // the engine or the memory of callbacks failed; the platform asks again
	ReasonInternal    Reason = "internal"    // a fault of ours
)

// status is what the sender learns of a reason.
func (r Reason) status() int {
	switch r {
	case ReasonMethod:
		return http.StatusMethodNotAllowed
	case ReasonTooLarge:
		return http.StatusRequestEntityTooLarge
	case ReasonMediaType:
		return http.StatusUnsupportedMediaType
	case ReasonClock, ReasonWeak, ReasonNoKey, ReasonSignature, ReasonReceiver, ReasonReplay:
		return http.StatusForbidden
	case ReasonUnavailable:
		return http.StatusServiceUnavailable
	case ReasonInternal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// Describe tells an operator what to look at when callbacks are refused for a reason: the platform's console has one text
// for all of them.
func Describe(r Reason) string {
	switch r {
	case ReasonMethod, ReasonMediaType, ReasonBody:
		return "not sent by the platform, or changed by a proxy on the way"
	case ReasonTooLarge:
		return "not sent by the platform, whose callbacks are a few kilobytes at most"
	case ReasonQuery:
		return "not sent by the platform, or a proxy drops the query of the callback URL"
	case ReasonClock:
		return "compare this machine's clock, or the callback was recorded and sent again"
	case ReasonWeak:
		return "the platform's console is set to a weaker mode than the account here; set both to the same"
	case ReasonNoKey:
		return "the platform's console is set to encrypt; give the account its EncodingAESKey"
	case ReasonSignature:
		return "compare the token here with the one in the platform's console; somebody else may also be trying"
	case ReasonReceiver:
		return "compare the app id (of WeCom: corp id and agent id): the callback is for another account that has the same token and key"
	case ReasonReplay:
		return "somebody repeats an old callback with another body; use mode secure"
	case ReasonDecryption:
		return "compare the EncodingAESKey here with the one in the platform's console"
	case ReasonMalformed:
		return "the platform's document could not be read; report it with the log line"
	case ReasonUnavailable:
		return "see the error of the engine; the platform asks again"
	case ReasonInternal:
		return "a fault of the bot; report it with the log line"
	}
	return ""
}

// rejection is a refused request. cause, when there is one, is for the log.
type rejection struct {
	reason Reason
	cause  error
}

func (r rejection) Error() string { return string(r.reason) }

// Reject makes the error that refuses a request. cause, which may be nil, is for the log.
func Reject(reason Reason, cause error) error { return rejection{reason, cause} }

// undecrypted is the rejection for an error of Codec.Open.
func undecrypted(err error) error {
	switch {
	case errors.Is(err, wxcrypt.ErrSignature):
		return Reject(ReasonSignature, nil)
	case errors.Is(err, wxcrypt.ErrReceiveID):
		return Reject(ReasonReceiver, nil)
	}
	return Reject(ReasonDecryption, err)
}
