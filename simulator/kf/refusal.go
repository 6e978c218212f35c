package kf

import "guanjia/simulator/platform"

// refuse makes a refusal of the API: a *platform.Error.
func refuse(code int, format string, args ...any) error {
	return platform.Refuse(code, format, args...)
}

// The codes; WeCom docs, 全局错误码.
const (
	codeUserID         = 40003 // userid invalid
	codeMediaID        = 40007 // not there, too old, of another kind or corp
	codeMsgType        = 40008
	codeCode           = 40029 // of send_msg_on_event: unknown; which code the platform has for it is not documented
	codeParameter      = 40035 // illegal, a cursor among others: which code the platform has for one it does not know is not documented
	codeJSON           = 40058 // wrong JSON, type or length, or something is missing
	codeExternalUserID = 40096
	codeDepartment     = 60003 // not there
	codeEmptyText      = 44004
	codeTooLong        = 45002
	codeFrequency      = 45009
	codeUnmanaged      = 48007
	codeOpenKfID       = 95000
	codeNoDesk         = 95004
	codeTooMany        = 95001 // messages since the customer's last one
	codeWindow         = 95002 // 48 h since the customer's last message
	codeToken          = 95007
	codeMenuItems      = 95008
	codeMenuItem       = 95009
	codeEnded          = 95013
	codeNoServicer     = 95014
	codeTransition     = 95016
	codeState          = 95018 // the session's state does not allow sending
	codeStopped        = 95019 // the servicer does not receive
	codeSilent         = 95031 // for 48 h
)
