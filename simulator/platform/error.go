package platform

import (
	"fmt"
	"time"
)

// Error is a refusal that the platform documents: errcode and errmsg, without the tail that is added when it is written.
type Error struct {
	Code   int
	Msg    string
	Answer any // further fields of the answer, as some refusals have; usually nil
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Msg) }

// Refuse makes a refusal.
func Refuse(code int, format string, args ...any) error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...)}
}

// The codes that the frame itself answers with; global return codes of both platforms.
const (
	CodeBusy              = -1
	CodeBadCredential     = 40001
	CodeBadGrantType      = 40002
	CodeBadMedia          = 40007
	CodeBadKind           = 40008 // msgtype
	CodeBadAppID          = 40013 // WeCom: bad corp id
	CodeBadToken          = 40014
	CodeBadSecretOf       = 40125
	CodeEscapes           = 40033
	CodeBadParameters     = 40058 // WeCom: wrong JSON, method or parameter
	CodeAddressAtToken    = 40164 // official account: the address is not in the allow-list
	CodeNoToken           = 41001
	CodeNoAppID           = 41002
	CodeNoSecret          = 41004
	CodeNoFile            = 41005
	CodeExpiredToken      = 42001
	CodeMustBeGet         = 43001
	CodeMustBePost        = 43002
	CodeEmptyBody         = 44002
	CodeOverQuota         = 45009
	CodeTooFrequent       = 45011 // official account: within a minute
	CodeEmptyText         = 44004
	CodeTooLong           = 45002
	CodeNotJSON           = 47001
	CodeUnauthorised      = 48001 // official account: not for this type of account
	CodeNoRight           = 48002 // WeCom: not for this app
	CodeAddress           = 60020
	CodeOtherApp          = 301002
	CodeUnknownAPI        = 40066 // the path is wrong
	CodeQuotaClearedOften = 48006
)

// tail makes errmsg as each platform writes it, so that nobody decides by its text.
func (a *API) tail(k Kind, code int, msg, ip string, now time.Time) string {
	n := a.world.Lot(1 << 40)
	if k == WeCom {
		return fmt.Sprintf("%s, hint: [%d_%d_%010x], from ip: %s, more info at https://open.work.weixin.qq.com/devtool/query?e=%d",
			msg, now.Unix(), n%100, n, ip, code)
	}
	return fmt.Sprintf("%s rid: %08x-%08x-%08x", msg, uint32(now.Unix()), uint32(n), uint32(n>>8))
}
