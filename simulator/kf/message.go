package kf

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits of messages in bytes; kf docs, 发送消息.
const (
	maxText       = 2048
	maxURL        = 2048
	cutTitle      = 128 // of a link: longer ones are cut
	cutDesc       = 512
	cutMiniTitle  = 64
	maxCoordinate = 180
	maxLatitude   = 90
)

// message is what send_msg takes beside its head: the object under the name of the msgtype.
type message struct {
	Text        *textBody     `json:"text"`
	Image       *mediaBody    `json:"image"`
	Voice       *mediaBody    `json:"voice"`
	Video       *mediaBody    `json:"video"`
	File        *mediaBody    `json:"file"`
	Link        *linkBody     `json:"link"`
	MiniProgram *miniBody     `json:"miniprogram"`
	Menu        *menuBody     `json:"msgmenu"`
	Location    *locationBody `json:"location"`
	CALink      *caLinkBody   `json:"ca_link"`
}

type textBody struct {
	Content string `json:"content"`
	MenuID  string `json:"menu_id,omitempty"` // of a customer's tap
}

type mediaBody struct {
	MediaID string `json:"media_id"`
}

type linkBody struct {
	Title   string `json:"title"`
	Desc    string `json:"desc,omitempty"`
	URL     string `json:"url"`
	ThumbID string `json:"thumb_media_id,omitempty"`
	PicURL  string `json:"pic_url,omitempty"` // of a customer's link
}

type miniBody struct {
	AppID    string `json:"appid"`
	Title    string `json:"title,omitempty"`
	ThumbID  string `json:"thumb_media_id,omitempty"`
	PagePath string `json:"pagepath"`
}

type locationBody struct {
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type caLinkBody struct {
	LinkURL string `json:"link_url"`
}

// body finds and checks the message of a type, and returns it as a phone shows it.
func (s *Service) body(msgType string, m *message) (json.RawMessage, error) {
	var err error
	switch {
	case msgType == "text" && m.Text != nil:
		m.Text.MenuID = "" // nobody but a customer's tap has one
		err = checkText(m.Text.Content)
		return encode(m.Text), err
	case msgType == "image" && m.Image != nil:
		return encode(m.Image), s.needMedia(m.Image.MediaID, msgType)
	case msgType == "voice" && m.Voice != nil:
		return encode(m.Voice), s.needMedia(m.Voice.MediaID, msgType)
	case msgType == "video" && m.Video != nil:
		return encode(m.Video), s.needMedia(m.Video.MediaID, msgType)
	case msgType == "file" && m.File != nil:
		return encode(m.File), s.needMedia(m.File.MediaID, msgType)
	case msgType == "link" && m.Link != nil:
		err = s.checkLink(m.Link)
		return encode(m.Link), err
	case msgType == "miniprogram" && m.MiniProgram != nil:
		err = s.checkMini(m.MiniProgram)
		return encode(m.MiniProgram), err
	case msgType == typeMenu && m.Menu != nil:
		err = m.Menu.check()
		return encode(m.Menu), err
	case msgType == "location" && m.Location != nil:
		err = m.Location.check()
		return encode(m.Location), err
	case msgType == "ca_link" && m.CALink != nil:
		err = checkURL("link_url", m.CALink.LinkURL)
		return encode(m.CALink), err
	}
	switch msgType {
	case "text", "image", "voice", "video", "file", "link", "miniprogram", typeMenu, "location", "ca_link":
		return nil, refuse(codeJSON, "%s is missing", msgType)
	}
	return nil, refuse(codeMsgType, "unknown msgtype %q", msgType)
}

func checkText(content string) error {
	switch {
	case strings.TrimSpace(content) == "":
		return refuse(codeEmptyText, "the text is empty")
	case len(content) > maxText:
		return refuse(codeTooLong, "the text has %d bytes, at most %d are taken", len(content), maxText)
	}
	return nil
}

// needMedia refuses material that is not there, too old, or of another kind.
func (s *Service) needMedia(id, kind string) error {
	if got := s.media(id); got.Kind != kind {
		return refuse(codeMediaID, "invalid media_id: want %s that is younger than 3 days", kind)
	}
	return nil
}

func (s *Service) checkLink(l *linkBody) error {
	if l.Title == "" {
		return refuse(codeJSON, "link.title is missing")
	}
	l.Title, l.Desc, l.PicURL = cut(l.Title, cutTitle), cut(l.Desc, cutDesc), ""
	if err := checkURL("link.url", l.URL); err != nil {
		return err
	}
	return s.needMedia(l.ThumbID, "image")
}

func (s *Service) checkMini(m *miniBody) error {
	path, _, _ := strings.Cut(m.PagePath, "?")
	switch {
	case m.AppID == "":
		return refuse(codeJSON, "miniprogram.appid is missing")
	case !strings.HasSuffix(path, ".html"):
		return refuse(codeJSON, "miniprogram.pagepath must end with .html")
	}
	m.Title = cut(m.Title, cutMiniTitle)
	return s.needMedia(m.ThumbID, "image")
}

func (l *locationBody) check() error {
	if !(l.Latitude >= -maxLatitude && l.Latitude <= maxLatitude && l.Longitude >= -maxCoordinate && l.Longitude <= maxCoordinate) {
		return refuse(codeJSON, "latitude must be -90 to 90 and longitude -180 to 180")
	}
	return nil
}

func checkURL(field, s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > maxURL {
		return refuse(codeJSON, "%s must be an http or https address of at most %d bytes", field, maxURL)
	}
	return nil
}

// cut shortens to n bytes and keeps characters whole.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
