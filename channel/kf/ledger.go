package kf

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// windowLife is how long after their last message a customer can be written to (WeCom docs, 微信客服 发送消息).
const windowLife = 48 * time.Hour

// codeLife is how long a code of enter_session or of the end of a conversation lives (WeCom docs, 发送欢迎语等事件响应消息).
const codeLife = 20 * time.Second

// Records keep cursors and what was said to customers; *store.Store does.
type Records interface {
	OpenKfDesk(ctx context.Context, a bot.AccountName, desk string, now time.Time) (store.KfDesk, error)
	MoveKfCursor(ctx context.Context, a bot.AccountName, desk, from, to string, now time.Time) (bool, error)
	KfLeave(ctx context.Context, t store.KfTalk) (store.KfLeave, error)
	PlanKfSends(ctx context.Context, t store.KfTalk, heard *store.KfHeard, key bot.EventKey, sends []store.KfSend, now time.Time) (store.KfLeave, []store.KfSend, error)
	SettleKfSends(ctx context.Context, t store.KfTalk, key bot.EventKey, sends []store.KfSend, counted int) error
	FailKfSend(ctx context.Context, a bot.AccountName, msgID, reason string, now time.Time) (bool, error)
	SetKfStaff(ctx context.Context, t store.KfTalk, staff bool, now time.Time) error
	Ping(ctx context.Context) error
}

// forbids is the reason why nothing may be said to a customer; empty when something may, or nothing is known. more is how many
// messages have been sent since leave was read.
func forbids(leave store.KfLeave, more int, now time.Time) string {
	switch {
	case leave.HeardAt.IsZero():
		return "" // they may have written before there was a ledger: the platform decides
	case now.Sub(leave.HeardAt) >= windowLife:
		return reasonWindow
	case leave.Sent+more >= maxMessages:
		return reasonLimit
	}
	return ""
}

// talkOf is whom an event is about.
func talkOf(ev *bot.Event) store.KfTalk { return store.KfTalk{Person: ev.Person(), Desk: ev.Desk} }

// plan is the rows of an answer.
func plan(ev *bot.Event, messages []bot.Message, now time.Time) []store.KfSend {
	sends := make([]store.KfSend, len(messages))
	for i, m := range messages {
		sends[i] = store.KfSend{Number: i, MsgID: messageID(ev, i), Kind: m.Kind, State: store.KfPlanned, Planned: now}
	}
	return sends
}

// messageID names a message of an answer to the platform, the same at every try: at most 32 of [0-9a-zA-Z_-] (WeCom docs, 微信客服
// 发送消息).
func messageID(ev *bot.Event, number int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", ev.Account, ev.Desk, ev.Key, number))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}
