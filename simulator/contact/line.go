package contact

import (
	"strings"
	"time"
)

// Side says who a line of a chat is from.
type Side string

// The sides.
const (
	FromCustomer Side = "customer"
	FromMember   Side = "member"
	FromApp      Side = "app"     // a welcome or mass message by the API; the customer sees it as the member's
	FromConsole  Side = "console" // a welcome message that the admins have set
	FromSystem   Side = "system"
)

// Kind is the kind of bubble of a line.
type Kind string

// The kinds.
const (
	KindText        Kind = "text"
	KindImage       Kind = "image"
	KindLink        Kind = "link"
	KindMiniProgram Kind = "miniprogram"
	KindVideo       Kind = "video"
	KindFile        Kind = "file"
	KindNote        Kind = "note" // a grey line of the client's own
)

// Line is one bubble in the chat of a customer and a member.
type Line struct {
	ID             int64     `json:"id"`
	UserID         string    `json:"user_id"`
	ExternalUserID string    `json:"external_user_id"`
	At             time.Time `json:"at"`
	From           Side      `json:"from"`
	App            string    `json:"app,omitempty"`   // of FromApp
	MsgID          string    `json:"msgid,omitempty"` // of the mass message that it belongs to
	Kind           Kind      `json:"kind"`
	AfterMS        int64     `json:"after_ms,omitempty"` // of FromApp: from the add

	Text        string `json:"text,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
	PictureURL  string `json:"picture_url,omitempty"`
	MediaID     string `json:"media_id,omitempty"`
	FileName    string `json:"file_name,omitempty"`
	AppID       string `json:"appid,omitempty"`
	Page        string `json:"page,omitempty"`
}

// maxLines bounds all chats of a corp together; the oldest lines go first.
const maxLines = 20_000

// say puts a line into the chat of the two.
func (b *Book) say(r *Relation, l Line, now time.Time) {
	b.Last++
	l.ID, l.UserID, l.ExternalUserID, l.At = b.Last, r.UserID, r.ExternalUserID, now
	b.Lines = hold(append(b.Lines, &l), maxLines)
}

func (b *Book) note(r *Relation, text string, now time.Time) {
	b.say(r, Line{From: FromSystem, Kind: KindNote, Text: text}, now)
}

// Chat lists what the two see, oldest first.
func (b *Book) Chat(userID, externalUserID string) []Line {
	lines := []Line{}
	for _, l := range b.Lines {
		if l.UserID == userID && l.ExternalUserID == externalUserID {
			lines = append(lines, *l)
		}
	}
	return lines
}

// maxSaid is how much one message of a chat may hold here; the platform documents no limit.
const maxSaid = 20_000 // bytes

// talk is one of the two who writes.
func (b *Book) talk(a Act, from Side, now time.Time) ([]Event, error) {
	r := b.relation(a.UserID, a.ExternalUserID)
	switch {
	case !r.linked():
		return nil, refuse("对方不在通讯录里，消息发不出去")
	case strings.TrimSpace(a.Text) == "":
		return nil, refuse("不能发送空白消息")
	case len(a.Text) > maxSaid:
		return nil, refuse("消息太长，最多 %d 字节", maxSaid)
	}
	r.Chatted = true
	b.say(r, Line{From: from, Kind: KindText, Text: a.Text}, now)
	return nil, nil
}

// named puts the customer's name where a welcome message wants it.
func named(text, nickname string) string { return strings.ReplaceAll(text, "%NICKNAME%", nickname) }
