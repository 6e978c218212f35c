package wxevent

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// MaxKeyLen bounds a key, which becomes part of database and Redis keys. Ordinary ones are about half as long.
const MaxKeyLen = 160 // bytes

// MessageKey is the key of a message with an id. Ids alone are not enough: they have collided between people. agent tells the
// apps of one corp apart; empty of official accounts.
func MessageKey(ev *bot.Event, agent string) bot.EventKey {
	return bound("m:" + string(ev.Account) + ":" + string(ev.User) + ":" + within(agent) + ev.MsgID)
}

// EventKey is the key of an event: who, when, what, and which. identity lists the elements that tell events of one person in
// one second apart: which item, code, template or picture it was about. Elements outside the list don't: the platform may add
// some that differ between deliveries of one event.
func EventKey(ev *bot.Event, es wxxml.Elements, identity []string) bot.EventKey {
	key := "e:" + string(ev.Account) + ":" + string(ev.User) + ":" + strconv.FormatInt(ev.At.Unix(), 10) + ":" + ev.Name
	if which := fingerprint(es, identity); which != "" {
		key += ":" + which
	}
	return bound(key)
}

func within(agent string) string {
	if agent == "" {
		return ""
	}
	return agent + "."
}

// fingerprint is short and differs wherever an element of identity does; empty when they are all missing or empty. The
// order of the elements in the document does not matter.
func fingerprint(es wxxml.Elements, identity []string) string {
	var b []byte
	for i, name := range identity {
		e := es.Find(name)
		if e < 0 {
			continue
		}
		tree := es.Subtree(e)
		if tree[0].Text == "" && len(tree) == 1 {
			continue
		}
		b = append(b, byte(i))
		for _, d := range tree {
			b = appendSized(b, d.Name)
			b = appendSized(b, strings.TrimSpace(d.Text))
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
	if len(key) <= MaxKeyLen {
		return bot.EventKey(key)
	}
	sum := sha256.Sum256([]byte(key))
	return bot.EventKey(key[:2] + base64.RawURLEncoding.EncodeToString(sum[:]))
}
