package official

import (
	"context"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

// The calls by which an account writes to its followers (official account docs, 客服消息, 模板消息, 订阅通知).
const (
	pathCustom    = "/cgi-bin/message/custom/send"
	pathTemplate  = "/cgi-bin/message/template/send"
	pathSubscribe = "/cgi-bin/message/subscribe/bizsend"
)

// Pusher writes to the followers of an account that may.
type Pusher struct {
	API    *wxapi.Caller
	Tokens *wxapi.Source
}

// TemplateMessage is a template message or a subscription notification.
type TemplateMessage struct {
	TemplateID string
	ClientID   string // template messages: by which the platform knows the message again for ten minutes; at most 32 characters
	URL        string // template messages: what a tap opens
	Page       string // subscription notifications: the same
	App        string // app id of a mini program that a tap opens instead
	AppPage    string
	Data       map[string]string
}

// Custom sends one of the messages of PushFitter as a customer-service message.
func (p Pusher) Custom(ctx context.Context, to bot.UserID, m bot.Message) error {
	return p.API.Post(ctx, p.Tokens, pathCustom, customOf(to, m), nil)
}

// Template sends a template message, and tells what the platform calls it.
func (p Pusher) Template(ctx context.Context, to bot.UserID, m TemplateMessage) (msgID string, err error) {
	in := templateCall{To: string(to), Template: m.TemplateID, URL: m.URL, App: miniOf(m), ClientID: m.ClientID, Data: valuesOf(m.Data)}
	var out struct {
		MsgID wxapi.String `json:"msgid"`
	}
	err = p.API.Post(ctx, p.Tokens, pathTemplate, in, &out)
	return string(out.MsgID), err
}

// Subscribe sends a subscription notification, and tells what the platform calls it, where it does.
func (p Pusher) Subscribe(ctx context.Context, to bot.UserID, m TemplateMessage) (msgID string, err error) {
	in := templateCall{To: string(to), Template: m.TemplateID, Page: m.Page, App: miniOf(m), Data: valuesOf(m.Data)}
	var out struct {
		MsgID wxapi.String `json:"msgid"`
	}
	err = p.API.Post(ctx, p.Tokens, pathSubscribe, in, &out)
	return string(out.MsgID), err
}

// templateCall is the body of template/send and of subscribe/bizsend.
type templateCall struct {
	To       string              `json:"touser"`
	Template string              `json:"template_id"`
	URL      string              `json:"url,omitempty"`
	Page     string              `json:"page,omitempty"`
	App      *miniCall           `json:"miniprogram,omitempty"`
	ClientID string              `json:"client_msg_id,omitempty"`
	Data     map[string]oneValue `json:"data"`
}

type miniCall struct {
	App  string `json:"appid"`
	Page string `json:"pagepath,omitempty"`
}

type oneValue struct {
	Value string `json:"value"`
}

func miniOf(m TemplateMessage) *miniCall {
	if m.App == "" {
		return nil
	}
	return &miniCall{m.App, m.AppPage}
}

func valuesOf(data map[string]string) map[string]oneValue {
	values := make(map[string]oneValue, len(data))
	for key, v := range data {
		values[key] = oneValue{v}
	}
	return values
}

// customCall is the body of custom/send. It holds what its type says.
type customCall struct {
	To    string      `json:"touser"`
	Type  string      `json:"msgtype"`
	Text  *customText `json:"text,omitempty"`
	Image *customFile `json:"image,omitempty"`
	Voice *customFile `json:"voice,omitempty"`
	Video *customFile `json:"video,omitempty"`
	News  *customNews `json:"news,omitempty"`
	Mini  *customMini `json:"miniprogrampage,omitempty"`
	Menu  *customMenu `json:"msgmenu,omitempty"`
}

type customText struct {
	Content string `json:"content"`
}

type customFile struct {
	ID          string `json:"media_id"`
	Title       string `json:"title,omitempty"`       // video
	Description string `json:"description,omitempty"` // video
}

type customNews struct {
	Articles []customArticle `json:"articles"`
}

type customArticle struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
	Picture     string `json:"picurl,omitempty"`
}

type customMini struct {
	Title string `json:"title"`
	App   string `json:"appid"`
	Page  string `json:"pagepath"`
	Thumb string `json:"thumb_media_id"`
}

type customMenu struct {
	Head string           `json:"head_content"`
	List []customMenuItem `json:"list"`
	Tail string           `json:"tail_content,omitempty"`
}

type customMenuItem struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}
