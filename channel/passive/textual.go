package passive

import (
	"strconv"
	"strings"

	"guanjia/bot"
)

// chooseHint follows a menu that does not say itself how to choose.
const chooseHint = "（回复数字选择）"

// isTextual tells whether m can be said as text.
func (f Fitter) isTextual(m bot.Message) bool {
	switch m.Kind {
	case bot.MessageText, bot.MessageMenu, bot.MessageMiniProgram, bot.MessageCards, bot.MessageFile, bot.MessageLocation, bot.MessageAcquisition:
		return true
	case bot.MessageMusic:
		return !f.Music || m.ThumbID == "" // the cover is required
	}
	return false
}

// asText says a textual message as text. The choices of a menu are numbered from the one after numbered.
func (f Fitter) asText(m bot.Message, numbered int) string {
	switch m.Kind {
	case bot.MessageText:
		return strings.Trim(m.Text, "\r\n") // content files end texts with a line break
	case bot.MessageMenu:
		return menuText(m.Menu, numbered)
	case bot.MessageMiniProgram:
		return f.miniProgramText(m.MiniProgram)
	case bot.MessageCards:
		return cardsText(m.Cards)
	case bot.MessageMusic:
		return cardsText([]bot.Card{{Title: m.Title, Description: m.Description, URL: m.MusicURL}})
	case bot.MessageAcquisition:
		return cardsText([]bot.Card{{Title: m.Title, URL: m.Acquisition}})
	case bot.MessageFile, bot.MessageLocation: // none of the platform's passive replies carries one
		return Words(m)
	}
	return ""
}

func menuText(m *bot.Menu, numbered int) string {
	lines := make([]string, 0, len(m.Choices)+2)
	if m.Head != "" {
		lines = append(lines, m.Head)
	}
	for i, c := range m.Choices {
		lines = append(lines, strconv.Itoa(numbered+i+1)+". "+c.Label)
	}
	if m.Tail != "" {
		return strings.Join(append(lines, m.Tail), "\n")
	}
	return strings.Join(append(lines, chooseHint), "\n")
}

// miniProgramText is a link that opens a mini program (official account docs, 文本消息插入小程序链接). Clients that can't
// open one follow href. Where texts hold no such links it is the link to the page for them, or the name alone.
func (f Fitter) miniProgramText(m *bot.MiniProgramCard) string {
	if !f.MiniPrograms {
		return cardsText([]bot.Card{{Title: caption(m.Title, m.Page), URL: m.URL}})
	}
	var b strings.Builder
	b.WriteString("<a ")
	if m.URL != "" {
		b.WriteString(`href="` + attribute(m.URL) + `" `)
	}
	b.WriteString(`data-miniprogram-appid="` + attribute(m.AppID) + `" data-miniprogram-path="` + attribute(m.Page) + `">`)
	b.WriteString(caption(m.Title, m.Page) + "</a>")
	return b.String()
}

func cardsText(cards []bot.Card) string {
	lines := make([]string, 0, 2*len(cards))
	for _, c := range cards {
		if c.URL == "" {
			lines = append(lines, c.Title)
		} else {
			lines = append(lines, `<a href="`+attribute(c.URL)+`">`+caption(c.Title, c.URL)+"</a>")
		}
		if c.Description != "" {
			lines = append(lines, c.Description)
		}
	}
	return strings.Join(lines, "\n")
}

// attribute keeps a value inside its quotes.
func attribute(s string) string {
	return strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E").Replace(s)
}

// caption is what a link shows; it can't contain tags.
func caption(title, otherwise string) string {
	if title == "" {
		title = otherwise
	}
	return strings.NewReplacer("<", "＜", ">", "＞").Replace(title)
}
