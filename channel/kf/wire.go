package kf

import (
	"strings"

	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// The calls (WeCom docs, 微信客服).
const (
	pathAccounts = "/cgi-bin/kf/account/list"
	pathSync     = "/cgi-bin/kf/sync_msg"
	pathSend     = "/cgi-bin/kf/send_msg"
	pathOnEvent  = "/cgi-bin/kf/send_msg_on_event"
	pathState    = "/cgi-bin/kf/service_state/get"
	pathTransfer = "/cgi-bin/kf/service_state/trans"
)

// Limits of link cards, mini programs and places (WeCom docs, 微信客服 发送消息).
const (
	maxLinkTitle = 128 // bytes
	maxLinkText  = 512 // bytes
	maxURL       = 2048
	maxMiniTitle = 64 // bytes
	maxLatitude  = 90 // degrees, north and south
	maxLongitude = 180
)

// outgoing is the body of send_msg, or with a code of send_msg_on_event. It holds what its type says; the platform wants no
// others beside it, and no empty message id.
type outgoing struct {
	Customer string `json:"touser,omitempty"`
	Desk     string `json:"open_kfid,omitempty"`
	Code     string `json:"code,omitempty"`
	MsgID    string `json:"msgid,omitempty"`
	Type     string `json:"msgtype"`

	Text  *saidText  `json:"text,omitempty"`
	Image *sentMedia `json:"image,omitempty"`
	Voice *sentMedia `json:"voice,omitempty"`
	Video *sentMedia `json:"video,omitempty"`
	File  *sentMedia `json:"file,omitempty"`
	Link  *sentLink  `json:"link,omitempty"`
	Mini  *sentMini  `json:"miniprogram,omitempty"`
	Menu  *sentMenu  `json:"msgmenu,omitempty"`
	Place *sentPlace `json:"location,omitempty"`
	Add   *sentAdd   `json:"ca_link,omitempty"`
}

type saidText struct {
	Content string `json:"content"`
}

type sentMedia struct {
	ID string `json:"media_id"`
}

type sentLink struct {
	Title   string `json:"title"`
	Text    string `json:"desc,omitempty"`
	URL     string `json:"url"`
	Picture string `json:"thumb_media_id"`
}

type sentMini struct {
	AppID   string `json:"appid"`
	Title   string `json:"title,omitempty"`
	Picture string `json:"thumb_media_id"`
	Page    string `json:"pagepath"`
}

type sentMenu struct {
	Head string     `json:"head_content,omitempty"`
	List []sentItem `json:"list"`
	Tail string     `json:"tail_content,omitempty"`
}

type sentPlace struct {
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type sentAdd struct {
	URL string `json:"link_url"`
}

type sentItem struct {
	Type  string    `json:"type"`
	Click sentClick `json:"click"`
}

type sentClick struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

// write fills in what m says, which is one of the messages that Fit gives.
func (o *outgoing) write(m bot.Message) {
	switch m.Kind {
	case bot.MessageImage:
		o.Type, o.Image = "image", &sentMedia{m.MediaID}
	case bot.MessageVoice:
		o.Type, o.Voice = "voice", &sentMedia{m.MediaID}
	case bot.MessageVideo:
		o.Type, o.Video = "video", &sentMedia{m.MediaID}
	case bot.MessageFile:
		o.Type, o.File = "file", &sentMedia{m.MediaID}
	case bot.MessageCards:
		c := m.Cards[0]
		o.Type, o.Link = "link", &sentLink{
			Title: wxxml.Shorten(c.Title, maxLinkTitle), Text: wxxml.Shorten(c.Description, maxLinkText), URL: c.URL, Picture: c.PictureID,
		}
	case bot.MessageMiniProgram:
		p := m.MiniProgram
		o.Type, o.Mini = "miniprogram", &sentMini{
			AppID: p.AppID, Title: wxxml.Shorten(p.Title, maxMiniTitle), Picture: p.ThumbID, Page: pagePath(p.Page),
		}
	case bot.MessageMenu:
		o.Type, o.Menu = "msgmenu", &sentMenu{Head: m.Menu.Head, Tail: m.Menu.Tail}
		for i, c := range m.Menu.Choices {
			id, _ := clickID(i, c)
			o.Menu.List = append(o.Menu.List, sentItem{Type: "click", Click: sentClick{ID: id, Content: c.Label}})
		}
	case bot.MessageLocation:
		l := m.Location
		o.Type, o.Place = "location", &sentPlace{l.Name, l.Address, l.Latitude, l.Longitude}
	case bot.MessageAcquisition:
		o.Type, o.Add = "ca_link", &sentAdd{m.Acquisition}
	default:
		o.Type, o.Text = "text", &saidText{m.Text}
	}
}

// pagePath is a page as customer service wants it, ending in .html: otherwise WeChat finds none.
func pagePath(page string) string {
	path, query, asked := strings.Cut(page, "?")
	if !strings.HasSuffix(path, ".html") {
		path += ".html"
	}
	if asked {
		return path + "?" + query
	}
	return path
}
