package wxevent

import (
	"time"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// What a document must say, or nobody knows what to do with it.
const (
	ErrSender     wxxml.Malformed = "FromUserName or ToUserName is missing or too long"
	ErrType       wxxml.Malformed = "MsgType is missing"
	ErrCreateTime wxxml.Malformed = "CreateTime is not a time"
	ErrMsgID      wxxml.Malformed = "MsgId is not a positive 64-bit number"
)

const (
	// MaxIDLen bounds ids: open ids are 28, original ids 15, external user ids 32, members' ids at most 64.
	MaxIDLen = 128 // bytes
	// MaxNameLen is how much is kept of an unknown message type's or event's name.
	MaxNameLen    = 64         // bytes
	maxCreateTime = 9999999999 // Unix seconds: ten digits
)

// TypeEvent is the message type of events.
const TypeEvent = "event"

// ValidID tells whether id can be one.
func ValidID(id string) bool { return id != "" && len(id) <= MaxIDLen }

// Moment is a time in Unix seconds; the zero Time when it isn't said.
func Moment(unix int64) time.Time {
	if unix < 1 || unix > maxCreateTime {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

// Keep makes an event of a kind that nobody knows keep its document.
func Keep(ev *bot.Event, doc string) {
	if ev.Kind == bot.KindUnknown || ev.Kind == bot.KindOther {
		ev.Name = wxxml.Shorten(ev.Name, MaxNameLen)
		ev.Raw = []byte(doc)
	}
}
