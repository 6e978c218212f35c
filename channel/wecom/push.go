package wecom

import (
	"context"
	"errors"
	"strings"

	"guanjia/bot"
	"guanjia/channel/passive"
	"guanjia/channel/wxapi"
)

const pathMessage = "/cgi-bin/message/send"

const (
	// maxAppText is the longest text of an app message, in bytes (WeCom docs, 发送应用消息).
	maxAppText = 2048
	// maxAppCards is how many cards one message shows (WeCom docs, 发送应用消息: news).
	maxAppCards = 8
)

// ErrUnreachable says that the app can't write to the member: they left, are not in its visible range, or have no licence.
var ErrUnreachable = errors.New("the app can't write to the member")

// Pusher writes to members by an app.
type Pusher struct {
	API    *wxapi.Caller
	Tokens *wxapi.Source
	Agent  int
}

// Send sends one of the messages of PushFitter to a member, and tells what the platform calls it.
func (p Pusher) Send(ctx context.Context, to bot.UserID, m bot.Message) (msgID string, err error) {
	var out struct {
		MsgID      wxapi.String `json:"msgid"`
		Invalid    wxapi.String `json:"invaliduser"`
		Unlicensed wxapi.String `json:"unlicenseduser"`
	}
	if err := p.API.Post(ctx, p.Tokens, pathMessage, p.callOf(to, m), &out); err != nil {
		return "", err
	}
	if out.Invalid != "" || out.Unlicensed != "" {
		return "", ErrUnreachable
	}
	return string(out.MsgID), nil
}

// appCall is the body of message/send. It holds what its type says.
type appCall struct {
	To    string   `json:"touser"`
	Type  string   `json:"msgtype"`
	Agent int      `json:"agentid"`
	Text  *appText `json:"text,omitempty"`
	Image *appFile `json:"image,omitempty"`
	Voice *appFile `json:"voice,omitempty"`
	Video *appFile `json:"video,omitempty"`
	File  *appFile `json:"file,omitempty"`
	News  *appNews `json:"news,omitempty"`
}

type appText struct {
	Content string `json:"content"`
}

type appFile struct {
	ID          string `json:"media_id"`
	Title       string `json:"title,omitempty"`       // video
	Description string `json:"description,omitempty"` // video
}

type appNews struct {
	Articles []appArticle `json:"articles"`
}

type appArticle struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
	Picture     string `json:"picurl,omitempty"`
}

func (p Pusher) callOf(to bot.UserID, m bot.Message) appCall {
	c := appCall{To: string(to), Agent: p.Agent}
	switch m.Kind {
	case bot.MessageImage:
		c.Type, c.Image = "image", &appFile{ID: m.MediaID}
	case bot.MessageVoice:
		c.Type, c.Voice = "voice", &appFile{ID: m.MediaID}
	case bot.MessageVideo:
		c.Type, c.Video = "video", &appFile{ID: m.MediaID, Title: m.Title, Description: m.Description}
	case bot.MessageFile:
		c.Type, c.File = "file", &appFile{ID: m.MediaID}
	case bot.MessageCards:
		c.Type, c.News = "news", &appNews{}
		for _, card := range m.Cards {
			c.News.Articles = append(c.News.Articles, appArticle{card.Title, card.Description, card.URL, card.PictureURL})
		}
	default:
		c.Type, c.Text = "text", &appText{m.Text}
	}
	return c
}

// PushFitter brings what is to be said to app messages. Texts that follow each other are joined; what such a message can't show
// becomes text. All of it is Now.
type PushFitter struct{}

var _ bot.Fitter = PushFitter{}

// Fit gives the messages that Send takes.
func (PushFitter) Fit(messages []bot.Message) bot.Fitted {
	return bot.Fitted{Now: passive.Joined(messages, maxAppText, appParts)}
}

func appParts(m bot.Message) []bot.Message {
	switch m.Kind {
	case bot.MessageText:
		return appTexts(m.Text)
	case bot.MessageImage, bot.MessageVoice, bot.MessageVideo, bot.MessageFile:
		if m.MediaID != "" {
			return []bot.Message{m}
		}
		return appTexts(passive.Words(m))
	case bot.MessageMusic, bot.MessageMiniProgram, bot.MessageLocation, bot.MessageAcquisition:
		return appTexts(passive.Words(m))
	case bot.MessageCards:
		var linked []bot.Card
		for _, c := range m.Cards {
			if c.URL != "" && len(linked) < maxAppCards {
				linked = append(linked, c)
			}
		}
		if len(linked) == len(m.Cards) && len(linked) > 0 {
			return []bot.Message{{Kind: bot.MessageCards, Cards: linked}}
		}
		var lines []string
		for _, c := range m.Cards {
			lines = append(lines, c.Title, c.Description, c.URL)
		}
		return appTexts(lines...)
	case bot.MessageMenu:
		if m.Menu != nil {
			lines := []string{m.Menu.Head}
			for _, c := range m.Menu.Choices {
				lines = append(lines, "· "+c.Label+"（回复“"+c.Meaning()+"”）")
			}
			return appTexts(append(lines, m.Menu.Tail)...)
		}
	}
	return nil
}

// appTexts is what is not empty, line by line, in as many messages as it takes; none when there is nothing to see.
func appTexts(all ...string) []bot.Message {
	trimmed := make([]string, len(all))
	for i, line := range all {
		trimmed[i] = strings.Trim(line, "\r\n")
	}
	return passive.Texts(passive.Lines(trimmed...), maxAppText)
}
