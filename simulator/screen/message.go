// Package screen says what people and members of staff see in their chats, whichever way it came.
package screen

import (
	"bytes"
	"encoding/json"
)

// Kind is what kind of message is seen; the platforms' MsgType or msgtype.
type Kind string

// The kinds.
const (
	Text     Kind = "text"
	Image    Kind = "image"
	Voice    Kind = "voice"
	Video    Kind = "video"
	Music    Kind = "music"
	News     Kind = "news"
	Transfer Kind = "transfer_customer_service" // nothing is seen: a servicer is called

	Menu        Kind = "msgmenu"         // official account: a question with answers to tap
	MiniProgram Kind = "miniprogrampage" // official account
	Template    Kind = "template"        // official account: a template message

	// Of WeCom.
	File         Kind = "file"
	TextCard     Kind = "textcard"
	Notice       Kind = "miniprogram_notice"
	Markdown     Kind = "markdown"
	TemplateCard Kind = "template_card"
	UpdateButton Kind = "update_button"        // when a template card was tapped
	UpdateCard   Kind = "update_template_card" // the same
)

// Message is what was said, as the platform understood it. Only the fields of its kind are set.
type Message struct {
	Kind        Kind      `json:"kind"`
	CreateTime  int64     `json:"create_time"` // of a passive reply: what it says
	Text        string    `json:"text,omitempty"`
	MediaID     string    `json:"media_id,omitempty"` // image, voice, video, file; music, miniprogrampage: the cover
	Title       string    `json:"title,omitempty"`    // file: its name
	Description string    `json:"description,omitempty"`
	URL         string    `json:"url,omitempty"`      // music, textcard, template
	HQURL       string    `json:"hq_url,omitempty"`   // music
	Articles    []Article `json:"articles,omitempty"` // news
	Servicer    string    `json:"servicer,omitempty"` // transfer; a message under a servicer's name

	Items    []Item          `json:"items,omitempty"`     // msgmenu: the answers; miniprogram_notice: its lines
	Tail     string          `json:"tail,omitempty"`      // msgmenu: what stands below
	AppID    string          `json:"app_id,omitempty"`    // of the mini program
	PagePath string          `json:"page_path,omitempty"` // of the mini program
	Card     json.RawMessage `json:"card,omitempty"`      // template_card: as it was sent
}

// Article is one link card.
type Article struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	PictureURL  string `json:"picture_url,omitempty"`
	URL         string `json:"url,omitempty"`
}

// Item is an answer to tap, or a line of two columns.
type Item struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Text string `json:"text"`
}

// Equal tells whether two messages say the same, whenever they were made.
func (m *Message) Equal(o *Message) bool {
	if m == nil || o == nil {
		return m == o
	}
	a, b := *m, *o
	a.CreateTime, b.CreateTime = 0, 0
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
