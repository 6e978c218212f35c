package kf

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// Limits of a menu message (WeCom docs, 微信客服 发送消息: msgmenu).
const (
	maxChoices   = 10
	maxChoice    = 128  // bytes of an item's content
	maxChoiceID  = 64   // bytes of an item's id
	maxMenuHead  = 1024 // bytes
	maxMenuTail  = 1024 // bytes
	cutMark      = "…"
	sayingPrefix = "say."
)

// clickID is the id of the item with a choice, which comes back when a customer taps it. It holds what the choice means, so
// that an old menu is understood as well as the last; inOffer tells that it is too long for that, and that the session must know.
func clickID(i int, c bot.Choice) (id string, inOffer bool) {
	if c.Say == "" || c.Say == c.Label {
		return fmt.Sprint(i + 1), false // the tapped item's text comes back with it
	}
	if id = fmt.Sprintf("%s%d:%s", sayingPrefix, i+1, c.Say); len(id) <= maxChoiceID {
		return id, false
	}
	sum := sha256.Sum256([]byte(c.Label + "\x00" + c.Say))
	return "c." + base64.RawURLEncoding.EncodeToString(sum[:16]), true
}

// meaning is what tapping the item with that id says.
func meaning(id string) (said string, ok bool) {
	rest, ok := strings.CutPrefix(id, sayingPrefix)
	if !ok {
		return "", false
	}
	_, said, ok = strings.Cut(rest, ":")
	return said, ok && said != ""
}

// offer are the choices of a menu as the session keeps them.
func offer(m *bot.Menu) []bot.Choice {
	choices := make([]bot.Choice, len(m.Choices))
	for i, c := range m.Choices {
		choices[i] = bot.Choice{Label: c.Label, Say: c.Say}
		if id, inOffer := clickID(i, c); inOffer {
			choices[i].ID = id
		}
	}
	return choices
}

// menus brings a menu to menu messages, with what does not fit into their heads and tails as texts around them.
func menus(m *bot.Menu) []bot.Message {
	var choices []bot.Choice
	for _, c := range m.Choices {
		if visible(c.Label) {
			choices = append(choices, shortened(c))
		}
	}
	head, tail := strings.Trim(m.Head, "\r\n"), strings.Trim(m.Tail, "\r\n")
	if len(choices) == 0 {
		return texts(joined(head, tail))
	}
	var all []bot.Message
	if len(head) > maxMenuHead {
		all, head = texts(head), ""
	}
	for len(choices) > maxChoices {
		all = append(all, menuOf(bot.Menu{Head: head, Choices: choices[:maxChoices:maxChoices]}))
		choices, head = choices[maxChoices:], ""
	}
	last := bot.Menu{Head: head, Choices: choices}
	if len(tail) <= maxMenuTail {
		last.Tail, tail = tail, ""
	}
	return append(append(all, menuOf(last)), texts(tail)...)
}

// shortened is a choice with a label that an item can show; what it means stays.
func shortened(c bot.Choice) bot.Choice {
	if len(c.Label) > maxChoice {
		c.Label, c.Say = wxxml.Shorten(c.Label, maxChoice-len(cutMark))+cutMark, c.Meaning()
	}
	return c
}

func menuOf(m bot.Menu) bot.Message { return bot.Message{Kind: bot.MessageMenu, Menu: &m} }
