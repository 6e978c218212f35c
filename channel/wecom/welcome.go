package wecom

import (
	"strings"

	"guanjia/bot"
	"guanjia/channel/passive"
	"guanjia/channel/wxxml"
)

// Limits of a welcome message (WeCom docs, 发送新客户欢迎语).
const (
	maxWelcomeText   = 4000 // bytes
	maxAttachments   = 9
	maxLinkTitle     = 128 // bytes
	maxLinkText      = 512 // bytes
	maxMiniProgTitle = 64  // bytes
)

// cutMark ends a text that was longer than a welcome message.
const cutMark = "……"

// welcomeFitter brings what handlers said to one welcome message: a text and what is attached to it. Nothing is kept for
// later, since a customer's next words are the member's to answer; what can't be attached is said, what can't be said is left
// out.
type welcomeFitter struct{}

// Fit puts the text first, whatever its place was: the platform shows it so.
func (welcomeFitter) Fit(messages []bot.Message) bot.Fitted {
	var texts []string
	var attached []bot.Message
	for _, m := range messages {
		for _, m := range single(m) {
			if attachable(m) && len(attached) < maxAttachments {
				attached = append(attached, m)
			} else if text := welcomeText(m); text != "" {
				texts = append(texts, text)
			}
		}
	}
	if len(texts) == 0 {
		return bot.Fitted{Now: attached}
	}
	text := strings.Join(texts, "\n\n")
	if len(text) > maxWelcomeText {
		text, _ = passive.Cut(text, maxWelcomeText-len(cutMark))
		text += cutMark
	}
	return bot.Fitted{Now: append([]bot.Message{bot.Text(text)}, attached...)}
}

// single divides a message of several link cards, each of which is an attachment of its own.
func single(m bot.Message) []bot.Message {
	if m.Kind != bot.MessageCards {
		return []bot.Message{m}
	}
	var one []bot.Message
	for _, c := range m.Cards {
		one = append(one, bot.Message{Kind: bot.MessageCards, Cards: []bot.Card{c}})
	}
	return one
}

// attachable tells whether m can be attached as it is.
func attachable(m bot.Message) bool {
	switch m.Kind {
	case bot.MessageImage, bot.MessageVideo, bot.MessageFile:
		return m.MediaID != ""
	case bot.MessageCards:
		return m.Cards[0].URL != "" && m.Cards[0].Title != ""
	case bot.MessageMiniProgram:
		return m.MiniProgram != nil && m.MiniProgram.ThumbID != "" // the cover is required
	}
	return false
}

// welcomeText says m as text. There are no links but plain ones, and no numbers to choose by: nobody reads the answer.
func welcomeText(m bot.Message) string {
	switch m.Kind {
	case bot.MessageMenu:
		return menuLines(m.Menu)
	case bot.MessageCards:
		return passive.Lines(m.Cards[0].Title, m.Cards[0].Description, m.Cards[0].URL)
	}
	return strings.TrimSpace(passive.Words(m))
}

func menuLines(m *bot.Menu) string {
	if m == nil || len(m.Choices) == 0 {
		return ""
	}
	all := []string{m.Head}
	for _, c := range m.Choices {
		all = append(all, "· "+c.Label)
	}
	return passive.Lines(append(all, m.Tail)...)
}

// welcomeMessage is the body of send_welcome_msg.
type welcomeMessage struct {
	Code        string       `json:"welcome_code"`
	Text        *welcomeSaid `json:"text,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
}

type welcomeSaid struct {
	Content string `json:"content"`
}

// attachment is what its type says; the platform wants no others beside it, not even empty ones.
type attachment struct {
	Type        string             `json:"msgtype"`
	Image       *media             `json:"image,omitempty"`
	Video       *media             `json:"video,omitempty"`
	File        *media             `json:"file,omitempty"`
	Link        *linkCard          `json:"link,omitempty"`
	MiniProgram *miniProgramAttach `json:"miniprogram,omitempty"`
}

type media struct {
	ID string `json:"media_id"`
}

type linkCard struct {
	Title   string `json:"title"`
	Picture string `json:"picurl,omitempty"`
	Text    string `json:"desc,omitempty"`
	URL     string `json:"url"`
}

type miniProgramAttach struct {
	Title string `json:"title"`
	Cover string `json:"pic_media_id"`
	AppID string `json:"appid"`
	Page  string `json:"page"`
}

// newWelcome is the message that says what Fit made.
func newWelcome(code string, messages []bot.Message) welcomeMessage {
	w := welcomeMessage{Code: code}
	for _, m := range messages {
		if m.Kind == bot.MessageText {
			w.Text = &welcomeSaid{Content: m.Text}
		} else {
			w.Attachments = append(w.Attachments, attach(m))
		}
	}
	return w
}

func attach(m bot.Message) attachment {
	switch m.Kind {
	case bot.MessageVideo:
		return attachment{Type: "video", Video: &media{m.MediaID}}
	case bot.MessageFile:
		return attachment{Type: "file", File: &media{m.MediaID}}
	case bot.MessageCards:
		c := m.Cards[0]
		return attachment{Type: "link", Link: &linkCard{
			Title: wxxml.Shorten(c.Title, maxLinkTitle), Picture: c.PictureURL, Text: wxxml.Shorten(c.Description, maxLinkText), URL: c.URL,
		}}
	case bot.MessageMiniProgram:
		p := m.MiniProgram
		return attachment{Type: "miniprogram", MiniProgram: &miniProgramAttach{
			Title: wxxml.Shorten(p.Title, maxMiniProgTitle), Cover: p.ThumbID, AppID: p.AppID, Page: p.Page,
		}}
	}
	return attachment{Type: "image", Image: &media{m.MediaID}}
}
