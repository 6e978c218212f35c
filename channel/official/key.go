package official

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"guanjia/bot"
)

// maxKeyLen bounds a key, which becomes part of database and Redis keys. Ordinary ones are about half as long.
const maxKeyLen = 160 // bytes

// identity lists the elements that tell events of one person in one second apart: which item, code, template or picture it
// was about. Elements outside the list don't: the platform may add some that differ between deliveries of one event.
// The last ones are for messages without an id.
var identity = [...]string{
	"EventKey", "Ticket", "MenuId", "Status", "MsgID", "Latitude", "Longitude", "Precision",
	"ScanCodeInfo", "SendPicsInfo", "SendLocationInfo", "PublishEventInfo",
	"SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent",
	"KfAccount", "FromKfAccount", "ToKfAccount", "RevokeInfo",
	"Content", "MediaId", "Url", "Title", "Location_X", "Location_Y", "FileKey",
}

// messageKey is the key of a message with an id. Ids alone are not enough: they have collided between people.
func messageKey(ev *bot.Event) bot.EventKey {
	return bound("m:" + string(ev.Account) + ":" + string(ev.User) + ":" + ev.MsgID)
}

// eventKey is the key of an event: who, when, what, and which.
func eventKey(ev *bot.Event, es elements) bot.EventKey {
	key := "e:" + string(ev.Account) + ":" + string(ev.User) + ":" + strconv.FormatInt(ev.At.Unix(), 10) + ":" + ev.Name
	if which := fingerprint(es); which != "" {
		key += ":" + which
	}
	return bound(key)
}

// fingerprint is short and differs wherever an element of identity does; empty when they are all missing or empty. The
// order of the elements in the document does not matter.
func fingerprint(es elements) string {
	var b []byte
	for i, name := range identity {
		e := es.find(name)
		if e < 0 || (es[e].text == "" && es[e].descendants == 0) {
			continue
		}
		b = append(b, byte(i))
		for _, d := range es[e : e+1+es[e].descendants] {
			b = appendSized(b, d.name)
			b = appendSized(b, strings.TrimSpace(d.text))
		}
	}
	if len(b) == 0 {
		return ""
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// appendSized appends s so that where it ends is plain: "a" and "bc" never look like "ab" and "c".
func appendSized(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// bound replaces a key that is too long by its hash.
func bound(key string) bot.EventKey {
	if len(key) <= maxKeyLen {
		return bot.EventKey(key)
	}
	sum := sha256.Sum256([]byte(key))
	return bot.EventKey(key[:2] + base64.RawURLEncoding.EncodeToString(sum[:]))
}
