package official

import (
	"strconv"

	"guanjia/bot"
	"guanjia/channel/passive"
)

// maxCustomText is the longest text of a customer-service message, in bytes (official account docs, 客服消息).
const maxCustomText = 2048

// PushFitter brings what is to be said to customer-service messages, each of which is one call: texts that follow each other are
// joined, because only five may be sent, and what such a message can't show becomes text. All of it is Now.
type PushFitter struct{}

var _ bot.Fitter = PushFitter{}

// Fit gives the messages that Custom takes.
func (PushFitter) Fit(messages []bot.Message) bot.Fitted {
	return bot.Fitted{Now: passive.Joined(messages, maxCustomText, customParts)}
}

// customParts is m as customer-service messages; none when there is nothing in it.
func customParts(m bot.Message) []bot.Message {
	switch m.Kind {
	case bot.MessageText:
		return customTexts(m.Text)
	case bot.MessageImage, bot.MessageVoice, bot.MessageVideo:
		if m.MediaID != "" {
			return []bot.Message{m}
		}
		return customTexts(passive.Words(m))
	case bot.MessageFile, bot.MessageMusic, bot.MessageLocation, bot.MessageAcquisition:
		return customTexts(passive.Words(m))
	case bot.MessageCards:
		var all []bot.Message
		for _, c := range m.Cards { // one article each (official account docs, 客服消息: news)
			if c.URL == "" {
				all = append(all, customTexts(passive.Lines(c.Title, c.Description))...)
				continue
			}
			all = append(all, bot.Message{Kind: bot.MessageCards, Cards: []bot.Card{c}})
		}
		return all
	case bot.MessageMiniProgram:
		if p := m.MiniProgram; p != nil && p.AppID != "" && p.Page != "" && p.ThumbID != "" {
			return []bot.Message{m}
		}
		return customTexts(passive.Words(m))
	case bot.MessageMenu:
		if m.Menu != nil && len(m.Menu.Choices) > 0 {
			return customMenus(m)
		}
	}
	return nil
}

// customMenus is a menu whose items say what they show, since a tap says that; another one is told in words.
func customMenus(m bot.Message) []bot.Message {
	lines := []string{m.Menu.Head}
	for _, c := range m.Menu.Choices {
		if c.Meaning() != c.Label {
			lines = append(lines, "· "+c.Label+"（回复“"+c.Meaning()+"”）")
		}
	}
	if len(lines) == 1 {
		return []bot.Message{m}
	}
	lines = lines[:1]
	for _, c := range m.Menu.Choices {
		lines = append(lines, "· "+c.Label+"（回复“"+c.Meaning()+"”）")
	}
	return customTexts(passive.Lines(append(lines, m.Menu.Tail)...))
}

func customTexts(s string) []bot.Message { return passive.Texts(s, maxCustomText) }

// customOf is the call that says m, one of those that PushFitter gives.
func customOf(to bot.UserID, m bot.Message) customCall {
	c := customCall{To: string(to)}
	switch m.Kind {
	case bot.MessageImage:
		c.Type, c.Image = "image", &customFile{ID: m.MediaID}
	case bot.MessageVoice:
		c.Type, c.Voice = "voice", &customFile{ID: m.MediaID}
	case bot.MessageVideo:
		c.Type, c.Video = "video", &customFile{ID: m.MediaID, Title: m.Title, Description: m.Description}
	case bot.MessageCards:
		card := m.Cards[0]
		c.Type, c.News = "news", &customNews{[]customArticle{{card.Title, card.Description, card.URL, card.PictureURL}}}
	case bot.MessageMiniProgram:
		p := m.MiniProgram
		c.Type, c.Mini = "miniprogrampage", &customMini{p.Title, p.AppID, p.Page, p.ThumbID}
	case bot.MessageMenu:
		c.Type, c.Menu = "msgmenu", &customMenu{Head: m.Menu.Head, Tail: m.Menu.Tail}
		for i, choice := range m.Menu.Choices {
			c.Menu.List = append(c.Menu.List, customMenuItem{strconv.Itoa(i + 1), choice.Label})
		}
	default:
		c.Type, c.Text = "text", &customText{m.Text}
	}
	return c
}
