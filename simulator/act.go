package simulator

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"guanjia/simulator/platform"
)

// ActKind says what a person does.
type ActKind string

// The acts.
const (
	ActText     ActKind = "text"
	ActImage    ActKind = "image"
	ActVoice    ActKind = "voice"
	ActLocation ActKind = "location"
	ActLink     ActKind = "link"

	ActFollow          ActKind = "follow"   // with Scene: through its QR code
	ActUnfollow        ActKind = "unfollow" // may be done again and again, as the platform reports it again and again
	ActScan            ActKind = "scan"     // a follower stays in the chat, anybody else follows through it
	ActClick           ActKind = "click"    // a menu button with a key
	ActView            ActKind = "view"     // a menu button with a URL
	ActOpenMiniProgram ActKind = "open_mini_program"

	// What somebody does about a template of subscription notifications (订阅通知), Key: the dialogue asks them, each acceptance is for one
	// notification; in the settings they take back what they have accepted.
	ActAcceptNotice ActKind = "accept_notice"
	ActRefuseNotice ActKind = "refuse_notice"
	ActStopNotices  ActKind = "stop_notices"

	// ActRaw sends a document of the caller's making, MsgType first: for kinds nobody plays here, known or not. Only the head
	// (ToUserName, FromUserName, CreateTime) is added, and whether the person follows is not looked at.
	ActRaw ActKind = "raw"

	// Members of a corp do these in an app's chat, and besides them text, image, voice, location, link, click, view,
	// open_mini_program and raw.
	ActEnter ActKind = "enter" // opening the chat: enter_agent
	ActCard  ActKind = "card"  // tapping a button of a template card: Key, of the message CardID

	// ActPush is no act of a person but news from the platform, such as a new customer. It is seen in the log only.
	ActPush ActKind = "push"
)

// Act is one thing a person does. Only the fields of its kind are set.
type Act struct {
	Kind ActKind `json:"kind"`

	Text   string `json:"text,omitempty"`    // text: what is typed; voice: what speech recognition made of it
	MenuID string `json:"menu_id,omitempty"` // text: the tapped link of a menu message (bizmsgmenuid)

	MediaID string `json:"media_id,omitempty"` // image: as uploaded; voice: made here

	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`
	Scale     int     `json:"scale,omitempty"` // of the map; 0: 15
	Label     string  `json:"label,omitempty"`

	Title       string `json:"title,omitempty"` // link; menu acts: the button's name, filled in
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"` // link, view

	Scene string `json:"scene,omitempty"` // follow, scan
	Key   string `json:"key,omitempty"`   // click: the button's key; open_mini_program: the page path; ..._notice: the template

	Card    string   `json:"card,omitempty"`    // card: the msgid of the card's message
	Choices []Choice `json:"choices,omitempty"` // card: what was chosen before

	Fields []Field `json:"fields,omitempty"` // raw
}

// Choice is what was chosen for one question of a template card.
type Choice struct {
	Question string   `json:"question"` // its question_key
	Options  []string `json:"options"`  // the ids of its options
}

// Field is one element of a raw document.
type Field = platform.Field

// Limits of what a person can send here. The platform documents none for incoming text; phones cut earlier than this.
const (
	maxActText   = 20000 // characters
	maxActField  = 2048  // characters of every other string
	maxRawFields = 100
	maxRawDepth  = 5
	defaultScale = 15
)

// isMessage tells a person's messages from events.
func (a *Act) isMessage() bool {
	switch a.Kind {
	case ActText, ActImage, ActVoice, ActLocation, ActLink:
		return true
	case ActRaw:
		return len(a.Fields) > 0 && a.Fields[0].Value != "event"
	}
	return false
}

// needsFollow tells whether only followers can do it.
func (a *Act) needsFollow() bool {
	switch a.Kind {
	case ActFollow, ActScan, ActUnfollow, ActRaw:
		return false
	}
	return true
}

// check refuses acts that no phone can do, whoever does them; clean has been called.
func (a *Act) check() error {
	for _, s := range []string{a.MenuID, a.MediaID, a.Label, a.Title, a.Description, a.URL, a.Scene, a.Key, a.Card} {
		if utf8.RuneCountInString(s) > maxActField {
			return refuse(codeBadRequest, "内容太长，最多 %d 个字", maxActField)
		}
	}
	switch a.Kind {
	case ActText:
		if strings.TrimSpace(a.Text) == "" {
			return refuse(codeBadRequest, "不能发送空白消息")
		}
		fallthrough
	case ActVoice:
		if utf8.RuneCountInString(a.Text) > maxActText {
			return refuse(codeBadRequest, "消息太长，最多 %d 个字", maxActText)
		}
	case ActLocation:
		if !(a.Latitude >= -90 && a.Latitude <= 90 && a.Longitude >= -180 && a.Longitude <= 180) {
			return refuse(codeBadRequest, "纬度应在 -90 到 90 之间，经度应在 -180 到 180 之间")
		}
	case ActLink, ActView:
		if !isWebURL(a.URL) {
			return refuse(codeBadRequest, "链接应以 http:// 或 https:// 开头")
		}
	case ActClick, ActOpenMiniProgram:
		if a.Key == "" {
			return refuse(codeBadRequest, "缺少菜单的 key")
		}
	case ActAcceptNotice, ActRefuseNotice, ActStopNotices:
		if a.Key == "" {
			return refuse(codeBadRequest, "缺少订阅通知的模板 key")
		}
	case ActScan:
		if a.Scene == "" {
			return refuse(codeBadRequest, "缺少二维码的场景值 scene")
		}
	case ActRaw:
		if len(a.Fields) == 0 || a.Fields[0].Name != "MsgType" {
			return refuse(codeBadRequest, "raw 的第一个字段应是 MsgType")
		}
		n := 0
		return checkFields(a.Fields, 1, &n)
	case ActCard:
		if a.Key == "" || a.Card == "" {
			return refuse(codeBadRequest, "缺少按钮的 key，或卡片消息的 card")
		}
	case ActImage, ActFollow, ActUnfollow, ActEnter:
	default:
		return refuse(codeBadRequest, "没有 %q 这种操作", a.Kind)
	}
	return nil
}

func checkFields(fields []Field, depth int, n *int) error {
	for _, f := range fields {
		if *n++; *n > maxRawFields || depth > maxRawDepth {
			return refuse(codeBadRequest, "raw 最多 %d 个字段、%d 层", maxRawFields, maxRawDepth)
		}
		if !isElementName(f.Name) {
			return refuse(codeBadRequest, "字段名 %q 不能用作 XML 元素名", f.Name)
		}
		if utf8.RuneCountInString(f.Value) > maxActText {
			return refuse(codeBadRequest, "字段 %s 太长", f.Name)
		}
		if err := checkFields(f.Fields, depth+1, n); err != nil {
			return err
		}
	}
	return nil
}

// isElementName tells whether name can be written as the platform writes element names.
func isElementName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// maxBrief is how much of a text the log of requests shows.
const maxBrief = 24 // characters

// brief names an act in a few words.
func (a *Act) brief() string {
	words := cmp.Or(a.Text, a.Label, a.Title, a.Scene, a.Key)
	if a.Kind == ActRaw {
		words = a.Fields[0].Value
	}
	words = strings.Join(strings.Fields(words), " ")
	if r := []rune(words); len(r) > maxBrief {
		words = string(r[:maxBrief]) + "…"
	}
	return words
}

// clean drops the characters that XML can't carry: no phone can send them either.
func (a *Act) clean() {
	for _, s := range []*string{&a.Text, &a.MenuID, &a.MediaID, &a.Label, &a.Title, &a.Description, &a.URL, &a.Scene, &a.Key, &a.Card} {
		*s = xmlText(*s)
	}
	if a.Kind == ActLocation && a.Scale == 0 {
		a.Scale = defaultScale
	}
}

func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if isXMLChar(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// isXMLChar is the production Char of XML 1.0.
func isXMLChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// nameOf finds the button a menu act taps; a phone may show an older menu, so none is fine.
func nameOf(menu []Button, act Act) string {
	for _, b := range menu {
		for _, b := range append([]Button{b}, b.Sub...) {
			switch {
			case act.Kind == ActClick && b.Type == ButtonClick && b.Key == act.Key,
				act.Kind == ActView && b.Type == ButtonView && b.URL == act.URL,
				act.Kind == ActOpenMiniProgram && b.Type == ButtonMiniProgram && b.PagePath == act.Key:
				return b.Name
			}
		}
	}
	return ""
}
