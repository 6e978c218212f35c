package kf

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// NotAllowed says why somebody can't do something, in Chinese, for people.
type NotAllowed struct {
	Msg     string
	Missing bool // what was named is not there
}

func (e *NotAllowed) Error() string { return e.Msg }

func refuseAct(format string, args ...any) error {
	return &NotAllowed{Msg: fmt.Sprintf(format, args...)}
}

func missing(format string, args ...any) error {
	return &NotAllowed{Msg: fmt.Sprintf(format, args...), Missing: true}
}

// ActKind says what a customer or a servicer does.
type ActKind string

// What customers do. Every other name of a message type that is listed in messageTypes says a message of it.
const (
	ActOpen   ActKind = "open"   // the chat, through a link: Link, or Scene and SceneParam
	ActText   ActKind = "text"   // Text
	ActTap    ActKind = "tap"    // item Item of the menu in line Bubble
	ActRecall ActKind = "recall" // MsgID; also of servicers
	ActReject ActKind = "reject" // takes no more messages; of a servicer: takes no more of one customer
	ActAccept ActKind = "accept" // takes them again
	ActRaw    ActKind = "raw"    // MsgType and Body as they are: types, and events, that nobody has heard of
)

// Further things that servicers do, each with Customer except the last three; ActText and the other messages say something.
const (
	ActTake     ActKind = "take"     // from the waiting pool
	ActTransfer ActKind = "transfer" // to the servicer To
	ActEnd      ActKind = "end"
	ActReceive  ActKind = "receive" // new customers, from now on
	ActStop     ActKind = "stop"    // receives no more
	ActSuspend  ActKind = "suspend" // for a while
)

// Act is one thing that somebody does.
type Act struct {
	Kind ActKind `json:"kind"`

	Link       string          `json:"link,omitempty"`
	Scene      string          `json:"scene,omitempty"`
	SceneParam string          `json:"scene_param,omitempty"`
	Channels   *WechatChannels `json:"wechat_channels,omitempty"`

	Text      string  `json:"text,omitempty"`
	Bubble    int64   `json:"bubble,omitempty"`
	Item      int     `json:"item,omitempty"`     // from 0
	MediaID   string  `json:"media_id,omitempty"` // image, voice, video, file
	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`
	Name      string  `json:"name,omitempty"`    // of a place
	Address   string  `json:"address,omitempty"` // of a place
	Title     string  `json:"title,omitempty"`   // link, miniprogram
	Desc      string  `json:"desc,omitempty"`
	URL       string  `json:"url,omitempty"`
	PicURL    string  `json:"pic_url,omitempty"`
	AppID     string  `json:"appid,omitempty"`
	PagePath  string  `json:"pagepath,omitempty"`
	UserID    string  `json:"userid,omitempty"` // business_card
	MsgID     string  `json:"msgid,omitempty"`

	MsgType string          `json:"msgtype,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`

	// Customer and To belong to servicers: external user id and user id.
	Customer string `json:"external_userid,omitempty"`
	To       string `json:"to,omitempty"`
}

// passed is how large material may be that is passed on, in bytes; instead of what is larger a text comes, whose words the docs
// do not give. kf docs, 读取消息.
var passed = map[string]int{"image": 2 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20} //nolint:gochecknoglobals // a constant

// maxActText is how much a phone lets people type; ours, in characters.
const maxActText = 4000

// said makes the message of an act: its type and body. ok is false when the act says nothing.
func (s *Service) said(a *Act) (msgType string, body json.RawMessage, ok bool, err error) {
	for _, t := range []string{a.Text, a.Name, a.Address, a.Title, a.Desc, a.URL, a.PagePath} {
		if !utf8.ValidString(t) || utf8.RuneCountInString(t) > maxActText {
			return "", nil, true, refuseAct("文字应是 UTF-8，最多 %d 个字", maxActText)
		}
	}
	switch a.Kind {
	case ActText:
		if strings.TrimSpace(a.Text) == "" {
			return "", nil, true, refuseAct("不能发送空白消息")
		}
		body = encode(textBody{Content: a.Text})
	case "image", "voice", "video", "file":
		m := s.media(a.MediaID)
		if m.Kind != string(a.Kind) {
			return "", nil, true, missing("没有这个素材，或已过 3 天，或类型不是 %s", a.Kind)
		}
		if m.Size > passed[m.Kind] {
			return "text", encode(textBody{Content: "[" + m.Kind + "] 文件过大，请在手机上查看"}), true, nil
		}
		body = encode(mediaBody{MediaID: a.MediaID})
	case "location":
		l := locationBody{Name: a.Name, Address: a.Address, Latitude: a.Latitude, Longitude: a.Longitude}
		if l.check() != nil {
			return "", nil, true, refuseAct("纬度应在 -90 到 90，经度应在 -180 到 180")
		}
		body = encode(l)
	case "link":
		if checkURL("url", a.URL) != nil {
			return "", nil, true, refuseAct("链接应以 http:// 或 https:// 开头")
		}
		body = encode(linkBody{Title: a.Title, Desc: a.Desc, URL: a.URL, PicURL: a.PicURL})
	case "business_card":
		if !s.isMember(a.UserID) {
			return "", nil, true, missing("没有成员 %q", a.UserID)
		}
		body = encode(map[string]string{"userid": a.UserID})
	case "miniprogram":
		body = encode(miniBody{AppID: a.AppID, Title: a.Title, PagePath: a.PagePath, ThumbID: a.MediaID})
	case ActRaw:
		return s.raw(a)
	default:
		return "", nil, false, nil
	}
	return string(a.Kind), body, true, nil
}

// raw takes any type and any object.
func (s *Service) raw(a *Act) (string, json.RawMessage, bool, error) {
	var object map[string]any
	if a.MsgType == typeEvent || slices.Contains(headFields(), a.MsgType) || !rawType.MatchString(a.MsgType) || json.Unmarshal(a.Body, &object) != nil || object == nil {
		return "", nil, true, refuseAct("raw 要有 msgtype（小写字母、数字、下划线）和 body（一个 JSON 对象）")
	}
	return a.MsgType, encode(object), true, nil
}
