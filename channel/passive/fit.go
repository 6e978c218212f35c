package passive

import (
	"slices"
	"strings"
	"unicode"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// MaxText is the longest text reply, in bytes (official account and WeCom docs, 被动回复): of a longer one people see the
// platform's failure notice.
const MaxText = 2048

const (
	// moreHint closes a reply of which a part is kept for the next one.
	moreHint = "（内容未完，回复任意文字继续查看）"
	// between separates messages that are sent as one text.
	between = "\n\n"
	// worthwhile is the least room, in bytes, in which a long message is begun behind another.
	worthwhile = 256
)

// Fitter brings what handlers said to the one message that a passive reply carries. What it says of a channel is what that
// channel shows; the rest becomes text. The zero Fitter is the poorest channel.
type Fitter struct {
	Cards        int  // how many link cards are shown as cards
	Music        bool // music is played
	MiniPrograms bool // a text can hold a link that opens a mini program
	Transfer     Transfer
}

// Transfer says when a conversation can be handed to a servicer by a passive reply.
type Transfer int

// The answers.
const (
	TransferNever Transfer = iota // it is left out
	TransferLater                 // not now; the answer to the person's next message can
	TransferNow
)

var _ bot.Fitter = Fitter{}

// Fit sends the messages that can be said as text, one after the other, as one text; pictures, voice and the like go alone.
// What has to wait stays in order. Messages with nothing in them are dropped.
func (f Fitter) Fit(messages []bot.Message) bot.Fitted {
	messages = slices.DeleteFunc(slices.Clone(messages), f.empty)
	if len(messages) == 0 {
		return bot.Fitted{}
	}
	if messages[0].Kind == bot.MessageTransfer && f.Transfer != TransferNow {
		rest := f.Fit(messages[1:])
		rest.Later = slices.Insert(rest.Later, 0, messages[0])
		return rest
	}
	run := 0
	for run < len(messages) && f.isTextual(messages[run]) {
		run++
	}
	switch {
	case run == 0:
		return bot.Fitted{Now: messages[:1:1], Later: messages[1:]}
	case run == 1 && messages[0].Kind == bot.MessageCards && len(messages[0].Cards) <= f.Cards:
		return bot.Fitted{Now: messages[:1:1], Later: messages[1:]}
	}
	return f.merge(messages[:run], messages[run:])
}

// empty tells whether there is nothing in m that the platform would show.
func (f Fitter) empty(m bot.Message) bool {
	switch m.Kind {
	case bot.MessageText:
		return !strings.ContainsFunc(strings.ToValidUTF8(m.Text, ""), visible)
	case bot.MessageImage, bot.MessageVoice, bot.MessageVideo:
		return m.MediaID == ""
	case bot.MessageFile, bot.MessageLocation, bot.MessageAcquisition:
		return Words(m) == ""
	case bot.MessageMusic:
		return m.MusicURL == "" && (m.ThumbID == "" || !f.Music)
	case bot.MessageCards:
		return len(m.Cards) == 0
	case bot.MessageMiniProgram:
		return m.MiniProgram == nil
	case bot.MessageMenu:
		return m.Menu == nil || len(m.Menu.Choices) == 0
	case bot.MessageTransfer:
		return f.Transfer == TransferNever
	}
	return true
}

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

// merge makes one text of run; what does not fit, and what follows, is for later.
func (f Fitter) merge(run, after []bot.Message) bot.Fitted {
	text, offer, rest := f.fill(run, MaxText)
	if len(rest) > 0 {
		text, offer, rest = f.fill(run, MaxText-len(between+moreHint))
	}
	later := append(rest, after...)
	if len(later) > 0 && len(text)+len(between+moreHint) <= MaxText {
		text += between + moreHint
	}
	return bot.Fitted{Now: []bot.Message{bot.Text(text)}, Later: later, Offer: offer}
}

// fill joins messages to a text of at most room bytes. The choices of the menus in it are numbered through.
func (f Fitter) fill(messages []bot.Message, room int) (text string, offer []bot.Choice, rest []bot.Message) {
	for i, m := range messages {
		left := room
		if text != "" {
			left -= len(text) + len(between)
		}
		size := len(f.asText(m, len(offer)))
		switch {
		case size <= left:
			text, offer = f.extend(text, offer, m)
		case text != "" && (size <= room || left < worthwhile):
			return text, offer, slices.Clone(messages[i:]) // better whole than sooner
		default:
			now, later := f.divide(m, left, len(offer))
			text, offer = f.extend(text, offer, now)
			return text, offer, append([]bot.Message{later}, messages[i+1:]...)
		}
	}
	return text, offer, nil
}

func (f Fitter) extend(text string, offer []bot.Choice, m bot.Message) (string, []bot.Choice) {
	if text != "" {
		text += between
	}
	text += f.asText(m, len(offer))
	if m.Kind == bot.MessageMenu {
		offer = append(slices.Clip(offer), m.Menu.Choices...)
	}
	return text, offer
}

// divide splits a message that is longer than a reply, so that now takes at most room bytes as text.
func (f Fitter) divide(m bot.Message, room, numbered int) (now, later bot.Message) {
	switch m.Kind {
	case bot.MessageCards:
		for n := len(m.Cards) - 1; n > 0; n-- {
			now, later = cardsMessage(m.Cards[:n]), cardsMessage(m.Cards[n:])
			if len(f.asText(now, 0)) <= room {
				return now, later
			}
		}
	case bot.MessageMenu:
		menu := *m.Menu
		for n := len(menu.Choices) - 1; n > 0; n-- {
			now = menuMessage(bot.Menu{Head: menu.Head, Choices: menu.Choices[:n]})
			later = menuMessage(bot.Menu{Choices: menu.Choices[n:], Tail: menu.Tail})
			if len(f.asText(now, numbered)) <= room {
				return now, later
			}
		}
		if menu.Head != "" {
			var head string
			head, menu.Head = Cut(menu.Head, room)
			return bot.Text(head), menuMessage(menu)
		}
	}
	head, tail := Cut(f.asText(m, numbered), room)
	return bot.Text(head), bot.Text(tail)
}

func cardsMessage(cards []bot.Card) bot.Message {
	return bot.Message{Kind: bot.MessageCards, Cards: cards}
}

func menuMessage(m bot.Menu) bot.Message { return bot.Message{Kind: bot.MessageMenu, Menu: &m} }

// Cut splits s at the end of a line, a sentence or, failing these, a character, so that head is at most n bytes. A link is
// not torn.
func Cut(s string, n int) (head, tail string) {
	if len(s) <= n {
		return s, ""
	}
	head = wxxml.Shorten(s, n)
	// A good place is worth up to half of the room.
	if i := strings.LastIndexByte(head, '\n'); i > n/2 {
		head = head[:i]
	} else if i := strings.LastIndexAny(head, "。！？"); i > n/2 {
		head = head[:i+len("。")]
	}
	if i := strings.LastIndex(head, "<a "); i > 0 && i > strings.LastIndex(head, "</a>") {
		head = head[:i]
	}
	tail = strings.TrimLeft(s[len(head):], "\n")
	return strings.TrimRight(head, "\n"), tail
}
