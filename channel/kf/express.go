package kf

import (
	"math"
	"strings"
	"unicode"

	"guanjia/bot"
	"guanjia/channel/passive"
)

// maxTextBytes is the longest text message (WeCom docs, 微信客服 发送消息).
const maxTextBytes = 2048

// between separates what is said in one text.
const between = "\n\n"

// expressed is m as messages that a desk can send, one after the other; none when there is nothing in it. A card without a
// picture, a mini program without a cover and whatever else the platform does not take becomes text.
func expressed(m bot.Message) []bot.Message {
	switch m.Kind {
	case bot.MessageText:
		return texts(m.Text)
	case bot.MessageImage, bot.MessageVoice, bot.MessageVideo, bot.MessageFile:
		if m.MediaID != "" {
			return []bot.Message{m}
		}
		return texts(passive.Words(m))
	case bot.MessageMusic:
		return texts(passive.Words(m))
	case bot.MessageLocation:
		if l := m.Location; l != nil && math.Abs(l.Latitude) <= maxLatitude && math.Abs(l.Longitude) <= maxLongitude {
			return []bot.Message{m}
		}
		return texts(passive.Words(m))
	case bot.MessageAcquisition:
		if !strings.HasPrefix(m.Acquisition, "https://") || len(m.Acquisition) > maxURL {
			return texts(passive.Words(m))
		}
		return append(texts(m.Title), m)
	case bot.MessageCards:
		var all []bot.Message
		for _, c := range m.Cards {
			all = append(all, card(c)...)
		}
		return all
	case bot.MessageMiniProgram:
		if p := m.MiniProgram; p != nil && p.ThumbID != "" && p.AppID != "" && p.Page != "" {
			return []bot.Message{m}
		}
		return texts(passive.Words(m))
	case bot.MessageMenu:
		if m.Menu != nil {
			return menus(m.Menu)
		}
	}
	return nil
}

// card is a link card, for which the platform wants a picture that has been uploaded.
func card(c bot.Card) []bot.Message {
	if c.PictureID == "" || c.URL == "" || len(c.URL) > maxURL {
		return texts(passive.Lines(c.Title, c.Description, c.URL))
	}
	return []bot.Message{{Kind: bot.MessageCards, Cards: []bot.Card{c}}}
}

// texts is a text in as many messages as it takes.
func texts(s string) []bot.Message { return passive.Texts(s, maxTextBytes) }

// visible tells whether there is something to see: the platform refuses an empty text.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) })
}

// joined is two texts as one.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}
