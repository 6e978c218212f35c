package wxapi

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Codes of the platform that decide something here. Where nothing is said, they mean the same to WeCom and to official
// accounts.
const (
	codeBusy           = -1    // ask again, three times at most
	codeCredential     = 40001 // asking for a token: the secret is wrong; otherwise: the token is not the latest
	codeID             = 40013 // no such app or corp
	codeToken          = 40014
	codeSecretOther    = 40091 // WeCom: the secret of another corp
	codeSecret         = 40125 // official accounts
	codeAddress        = 40164 // official accounts, asking for a token
	codeBeingWelcomed  = 41096 // WeCom: another app is sending the welcome message now
	codeTokenExpired   = 42001
	codeFrequency      = 45009 // the quota of the minute, hour or day
	codeTooFast        = 45011 // official accounts: too many this minute
	codeWindow         = 45015 // official accounts: the person was last heard of too long ago
	codeConcurrency    = 45033 // WeCom: too many calls at once
	codeCount          = 45047 // official accounts: too many messages since the person was heard of
	codeAddressWeCom   = 60020
	codeCountKf        = 95001 // customer service: five messages since the person was heard of
	codeWindowKf       = 95002 // customer service: 48 hours
	codeWindowKfSilent = 95032 // customer service: the person has been silent for 48 hours
)

// Error is the platform's refusal of a call.
type Error struct {
	API  string // path of the call
	Code int    // errcode
	Msg  string // errmsg on one line; for people, it decides nothing
}

// Error gives path, code and text.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: the platform says %d %s", e.API, e.Code, e.Msg)
}

// Retryable tells whether the same call may succeed later as it is. A Caller has already repeated what is merely busy.
func (e *Error) Retryable() bool {
	return e.Code == codeBusy || e.Code == codeBeingWelcomed || e.RateLimited()
}

// RateLimited tells whether there were too many calls: of a minute, an hour, a day or at once.
func (e *Error) RateLimited() bool {
	return e.Code == codeFrequency || e.Code == codeTooFast || e.Code == codeConcurrency
}

// TokenInvalid tells whether another token may help.
func (e *Error) TokenInvalid() bool {
	return !isTokenAPI(e.API) && (e.Code == codeCredential || e.Code == codeToken || e.Code == codeTokenExpired)
}

// SecretRefused tells whether no token is given because id or secret are wrong: only a person can help.
func (e *Error) SecretRefused() bool {
	return isTokenAPI(e.API) && (e.Code == codeCredential || e.Code == codeID || e.Code == codeSecret || e.Code == codeSecretOther)
}

// AddressRefused tells whether the platform takes no calls from this address; an AddressError says which.
func (e *Error) AddressRefused() bool { return e.Code == codeAddress || e.Code == codeAddressWeCom }

// WindowClosed tells whether the person was last heard of too long ago to be written to.
func (e *Error) WindowClosed() bool {
	return e.Code == codeWindow || e.Code == codeWindowKf || e.Code == codeWindowKfSilent
}

// LimitReached tells whether no more may be said until the person says something.
func (e *Error) LimitReached() bool { return e.Code == codeCount || e.Code == codeCountKf }

// AddressError is a refusal because of the address that the call came from.
type AddressError struct {
	Refusal *Error
	Addr    netip.Addr // to put on the list of allowed addresses; invalid when the platform did not say
}

// Error gives the refusal and what to do.
func (e *AddressError) Error() string {
	if !e.Addr.IsValid() {
		return e.Refusal.Error() + ": allow the address that this machine calls from"
	}
	return e.Refusal.Error() + ": allow the address " + e.Addr.String()
}

// Unwrap gives the Error.
func (e *AddressError) Unwrap() error { return e.Refusal }

// newError is the refusal with that code; secrets are taken out of the text.
func newError(api string, code int, msg string, secrets []string) error {
	e := &Error{API: api, Code: code, Msg: oneLine(hide(msg, secrets))}
	if e.AddressRefused() {
		return &AddressError{Refusal: e, Addr: findAddr(msg)}
	}
	return e
}

// msgMax bounds what is kept of an errmsg, in bytes.
const msgMax = 300

// oneLine is a text of the platform's as it may stand in a log.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > msgMax {
		text = text[:msgMax]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
	}
	return text
}

// findAddr finds the caller's address in an errmsg: "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist" of official
// accounts, "..., from ip: 1.2.3.4, more info at ..." of WeCom.
func findAddr(msg string) netip.Addr {
	for field := range strings.FieldsFuncSeq(msg, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF.:", r) }) {
		for _, text := range []string{field, strings.Trim(field, ".:")} {
			if addr, err := netip.ParseAddr(text); err == nil && !addr.IsUnspecified() {
				return addr.Unmap()
			}
		}
	}
	return netip.Addr{}
}

// Why a call has no answer.
type Why string

// The reasons.
const (
	Unsent     Why = "unsent"     // no connection: the platform has not seen the call
	Timeout    Why = "timeout"    // no answer in time
	Broken     Why = "broken"     // the connection ended before the answer did
	Unreadable Why = "unreadable" // what came is not an answer of the platform's
)

// NoAnswerError is a call of which nobody knows whether it took effect, unless it was Unsent.
type NoAnswerError struct {
	API  string
	Why  Why
	text string
	err  error
}

// Error gives path and reason.
func (e *NoAnswerError) Error() string {
	return e.API + ": no answer (" + string(e.Why) + "): " + e.text
}

// Unwrap gives the cause: context.DeadlineExceeded, for one.
func (e *NoAnswerError) Unwrap() error { return e.err }

// CodeOf is the platform's errcode in an error; 0 when it is no refusal.
func CodeOf(err error) int {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return 0
}
