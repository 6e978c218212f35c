package official

import (
	"context"
	"encoding/json"

	"guanjia/bot"
	"guanjia/channel/wxapi"
)

// The calls of mass messages (official account docs, 群发接口).
const (
	pathMass        = "/cgi-bin/message/mass/sendall"
	pathMassPreview = "/cgi-bin/message/mass/preview"
	pathMassStatus  = "/cgi-bin/message/mass/get"
	pathMassDelete  = "/cgi-bin/message/mass/delete"
)

const (
	// codeMassAgain says that a mass message of this clientmsgid was taken before; the answer has its id.
	codeMassAgain = 45065
	// MassPerMonth is how many mass messages of a service account a follower gets in a month; the fifth is not delivered to them.
	MassPerMonth = 4
	// MassPerDay is how many a subscription account may send in a day, and MassCallsPerDay a service account.
	MassPerDay, MassCallsPerDay = 1, 100
)

// MassMessage is a mass message to a tag, or to all followers.
type MassMessage struct {
	ClientID string // by which the platform knows it again; at most 64 bytes
	All      bool
	Tag      int64 // id of a tag of the account
	MassContent
}

// MassContent is what a mass message says: a message, or an article of the account's drafts (草稿箱).
type MassContent struct {
	Message bot.Message
	Article string // media id; empty: the message
}

// CanMass tells whether a message can be sent to many: text, pictures, voice and video. Articles (图文) are sent by the media id that they
// have in the drafts of the account.
func CanMass(m bot.Message) bool {
	switch m.Kind {
	case bot.MessageText:
		return m.Text != "" && len(m.Text) <= maxCustomText
	case bot.MessageImage, bot.MessageVoice, bot.MessageVideo:
		return m.MediaID != ""
	}
	return false
}

type massCall struct {
	Filter *massFilter `json:"filter,omitempty"`
	To     string      `json:"touser,omitempty"` // preview
	Type   string      `json:"msgtype"`
	Client string      `json:"clientmsgid,omitempty"`
	Text   *massText   `json:"text,omitempty"`
	Voice  *massFile   `json:"voice,omitempty"`
	MPNews *massFile   `json:"mpnews,omitempty"`
	Images *massFiles  `json:"images,omitempty"`
	Video  *massFile   `json:"mpvideo,omitempty"`
}

type massFilter struct {
	All bool  `json:"is_to_all"`
	Tag int64 `json:"tag_id,omitempty"`
}

type massText struct {
	Content string `json:"content"`
}

type massFile struct {
	ID          string `json:"media_id"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

type massFiles struct {
	IDs []string `json:"media_ids"`
}

func massOf(c MassContent) massCall {
	if c.Article != "" {
		return massCall{Type: "mpnews", MPNews: &massFile{ID: c.Article}}
	}
	m := c.Message
	switch m.Kind {
	case bot.MessageImage:
		return massCall{Type: "images", Images: &massFiles{[]string{m.MediaID}}}
	case bot.MessageVoice:
		return massCall{Type: "voice", Voice: &massFile{ID: m.MediaID}}
	case bot.MessageVideo:
		return massCall{Type: "mpvideo", Video: &massFile{m.MediaID, m.Title, m.Description}}
	}
	return massCall{Type: "text", Text: &massText{m.Text}}
}

// massTaken reads the id of a mass message, also where it was taken before.
type massTaken struct {
	MsgID wxapi.String `json:"msg_id"`
}

// ReadRefusal implements wxapi.RefusalReader.
func (t *massTaken) ReadRefusal(code int, body []byte) {
	if code == codeMassAgain {
		_ = json.Unmarshal(body, t) // an id that can't be read is none
	}
}

// Mass sends a message to many. One that was taken before by the same id is not sent again, and its id is told.
func (p Pusher) Mass(ctx context.Context, m MassMessage) (msgID string, err error) {
	in := massOf(m.MassContent)
	in.Filter, in.Client = &massFilter{m.All, m.Tag}, m.ClientID
	var out massTaken
	err = p.API.Post(ctx, p.Tokens, pathMass, in, &out)
	if wxapi.CodeOf(err) == codeMassAgain && out.MsgID != "" {
		err = nil
	}
	return string(out.MsgID), err
}

// PreviewMass shows a mass message to one follower.
func (p Pusher) PreviewMass(ctx context.Context, to bot.UserID, c MassContent) error {
	in := massOf(c)
	in.To = string(to)
	return p.API.Post(ctx, p.Tokens, pathMassPreview, in, nil)
}

// MassFailed tells whether the platform could not send a mass message.
func (p Pusher) MassFailed(ctx context.Context, msgID string) (bool, error) {
	var out struct {
		Status wxapi.String `json:"msg_status"`
	}
	err := p.API.Post(ctx, p.Tokens, pathMassStatus, massID{msgID}, &out)
	return out.Status == "SEND_FAIL", err
}

// DeleteMass takes a mass message from the account's history; who has it keeps it.
func (p Pusher) DeleteMass(ctx context.Context, msgID string) error {
	return p.API.Post(ctx, p.Tokens, pathMassDelete, massID{msgID}, nil)
}

// massID names a mass message, whose id the platform wants as a number.
type massID struct{ id string }

// MarshalJSON writes the id's digits as they are.
func (m massID) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID json.Number `json:"msg_id"`
	}{json.Number(m.id)})
}
