package contact

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of customers' groups. The lag is what has been seen of groupchat/get after a callback; its length is a choice.
const (
	chatLag       = 3 * time.Second
	maxChatPeople = 500
	maxChatName   = 50 // characters; the client's, from memory
	maxChatNotice = 2000
	maxChats      = 5000 // ours
)

// The kinds of member of a group, and how they came (WeCom docs, 获取客户群详情).
const (
	chatMember   = 1
	chatCustomer = 2

	joinedInvited = 1
	joinedByCode  = 3
)

// How people join and leave, in the words of callbacks, which differ from those of groupchat/get (WeCom docs, 客户群变更事件).
const (
	sceneInvited = 0
	sceneScanned = 3
	sceneLeft    = 0
	sceneRemoved = 1
)

// Chat is a customers' group.
type Chat struct {
	Seq       int64     `json:"seq"`
	ChatID    string    `json:"chat_id"`
	CreatedAt time.Time `json:"created_at"`
	ChatState           // as it is
	ChangedAt time.Time `json:"changed_at"`
	// Before is what groupchat/get still shows until the lag after ChangedAt is over; nil: that there is no such group.
	Before *ChatState `json:"before,omitempty"`
}

// ChatState is what changes of a group.
type ChatState struct {
	Name      string       `json:"name"`
	Notice    string       `json:"notice,omitempty"`
	Owner     string       `json:"owner"`
	People    []ChatPerson `json:"people"`
	Version   string       `json:"version"` // of the list of people
	Dismissed bool         `json:"dismissed,omitempty"`
}

// ChatPerson is somebody in a group.
type ChatPerson struct {
	ID      string    `json:"id"` // user id or external user id
	Type    int       `json:"type"`
	JoinAt  time.Time `json:"join_at"`
	Scene   int       `json:"scene"` // in the words of groupchat/get
	Invitor string    `json:"invitor,omitempty"`
	State   string    `json:"state,omitempty"` // of the join way
}

func (s *ChatState) find(id string) *ChatPerson {
	for i := range s.People {
		if s.People[i].ID == id {
			return &s.People[i]
		}
	}
	return nil
}

// change notes a group as it was, for those who ask too early, and is followed by changes.
func (c *Chat) change(now time.Time) {
	if !now.Before(c.ChangedAt.Add(chatLag)) { // what was there is known by now
		before := c.ChatState
		before.People = slices.Clone(c.People)
		c.Before = &before
	}
	c.ChangedAt = now
}

// shown is what groupchat/get knows of a group; nil when it does not know it yet.
func (c *Chat) shown(now time.Time) *ChatState {
	if now.Before(c.ChangedAt.Add(chatLag)) {
		return c.Before
	}
	return &c.ChatState
}

// chat finds a group that has not been dismissed.
func (b *Book) chat(chatID string) (*Chat, error) {
	for _, c := range b.Chats {
		if c.ChatID == chatID && !c.Dismissed {
			return c, nil
		}
	}
	return nil, refuse("没有客户群 %q", chatID)
}

func chatEvent(change string, c *Chat, now time.Time) Event {
	return Event{Event: EventChat, ChangeType: change, At: now, ChatID: c.ChatID}
}

func updateEvent(detail string, c *Chat, now time.Time) Event {
	e := chatEvent("update", c, now)
	e.UpdateDetail = detail
	return e
}

// createChat is a member who begins a group, with whom they want.
func (b *Book) createChat(a Act, now time.Time) ([]Event, error) {
	owner, err := b.theirs(a.UserID)
	switch {
	case err != nil:
		return nil, err
	case utf8.RuneCountInString(a.Name) > maxChatName:
		return nil, refuse("群名最多 %d 个字", maxChatName)
	case len(b.Chats) >= maxChats:
		return nil, refuse("最多 %d 个客户群", maxChats)
	}
	people, err := b.people(append([]string{owner.UserID}, a.Names...), owner.UserID, now)
	if err != nil {
		return nil, err
	}
	b.Last++
	c := &Chat{
		Seq: b.Last, ChatID: b.name("wr", now), CreatedAt: now, ChangedAt: now,
		ChatState: ChatState{Name: a.Name, Owner: owner.UserID, People: people, Version: b.hexName(now)},
	}
	b.Chats = append(b.Chats, c)
	return []Event{chatEvent("create", c, now)}, nil
}

// owned finds a group whose owner acts.
func (b *Book) owned(a Act) (*Chat, error) {
	c, err := b.chat(a.ChatID)
	if err == nil && c.Owner != a.UserID {
		err = refuse("只有群主 %s 可以这样做", c.Owner)
	}
	return c, err
}

func (b *Book) renameChat(a Act, now time.Time) ([]Event, error) {
	c, err := b.owned(a)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(a.Name) == "" || utf8.RuneCountInString(a.Name) > maxChatName {
		return nil, refuse("群名应有 1 到 %d 个字", maxChatName)
	}
	c.change(now)
	c.Name = a.Name
	return []Event{updateEvent("change_name", c, now)}, nil
}

func (b *Book) noticeChat(a Act, now time.Time) ([]Event, error) {
	c, err := b.owned(a)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(a.Text) > maxChatNotice {
		return nil, refuse("群公告最多 %d 个字", maxChatNotice)
	}
	c.change(now)
	c.Notice = a.Text
	return []Event{updateEvent("change_notice", c, now)}, nil
}

func (b *Book) changeOwner(a Act, now time.Time) ([]Event, error) {
	c, err := b.owned(a)
	if err != nil {
		return nil, err
	}
	if p := c.find(a.ID); p == nil || p.Type != chatMember {
		return nil, refuse("新群主 %q 应是群里的成员", a.ID)
	}
	c.change(now)
	c.Owner = a.ID
	return []Event{updateEvent("change_owner", c, now)}, nil
}

func (b *Book) dismissChat(a Act, now time.Time) ([]Event, error) {
	c, err := b.owned(a)
	if err != nil {
		return nil, err
	}
	c.change(now)
	c.Dismissed = true
	return []Event{chatEvent("dismiss", c, now)}, nil
}
