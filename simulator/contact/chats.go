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

// people makes members of a group out of user ids and external user ids.
func (b *Book) people(ids []string, invitor string, now time.Time) ([]ChatPerson, error) {
	var all []ChatPerson
	for _, id := range ids {
		p := ChatPerson{ID: id, Type: chatMember, JoinAt: now, Scene: joinedInvited, Invitor: invitor}
		if m, ok := b.staff(id); ok {
			p.ID = m.UserID
		} else {
			if _, ok := b.world.Person(id); !ok {
				return nil, refuse("没有成员或客户 %q", id)
			}
			if r := b.relation(invitor, id); !r.linked() {
				return nil, refuse("%s 不是 %s 的客户，不能拉进群", id, invitor)
			}
			p.Type = chatCustomer
		}
		if !slices.ContainsFunc(all, func(o ChatPerson) bool { return o.ID == p.ID }) {
			all = append(all, p)
		}
	}
	return all, nil
}

// invite is a member who brings people into a group.
func (b *Book) invite(a Act, now time.Time) ([]Event, error) {
	c, err := b.chat(a.ChatID)
	if err != nil {
		return nil, err
	}
	if c.find(a.UserID) == nil {
		return nil, refuse("%s 不在群里", a.UserID)
	}
	people, err := b.people(a.Names, a.UserID, now)
	if err != nil {
		return nil, err
	}
	return b.join(c, people, sceneInvited, now)
}

// joinChat is a customer who scans a group's code.
func (b *Book) joinChat(a Act, now time.Time) ([]Event, error) {
	c, err := b.chat(a.ChatID)
	if err != nil {
		return nil, err
	}
	if _, ok := b.world.Person(a.ExternalUserID); !ok {
		return nil, refuse("没有客户 %q", a.ExternalUserID)
	}
	p := ChatPerson{ID: a.ExternalUserID, Type: chatCustomer, JoinAt: now, Scene: joinedByCode, State: a.State}
	return b.join(c, []ChatPerson{p}, sceneScanned, now)
}

func (b *Book) join(c *Chat, people []ChatPerson, scene int, now time.Time) ([]Event, error) {
	people = slices.DeleteFunc(people, func(p ChatPerson) bool { return c.find(p.ID) != nil })
	switch {
	case len(people) == 0:
		return nil, refuse("已经在群里了")
	case len(c.People)+len(people) > maxChatPeople:
		return nil, refuse("群里最多 %d 人", maxChatPeople)
	}
	c.change(now)
	c.People = append(c.People, people...)
	return []Event{b.membersEvent("add_member", c, people, scene, now)}, nil
}

// membersEvent tells who came or went, and gives the list of members a new version.
func (b *Book) membersEvent(detail string, c *Chat, people []ChatPerson, scene int, now time.Time) Event {
	e := updateEvent(detail, c, now)
	e.Scene, e.LastVersion = scene, c.Version
	for _, p := range people {
		e.Members = append(e.Members, p.ID)
	}
	c.Version = b.hexName(now)
	e.Version = c.Version
	return e
}

// leaveChat is a customer, or a member, who leaves a group.
func (b *Book) leaveChat(a Act, now time.Time) ([]Event, error) {
	id := a.ExternalUserID
	if id == "" {
		id = a.UserID
	}
	return b.part(a.ChatID, []string{id}, sceneLeft, now)
}

// remove is the owner of a group who puts people out.
func (b *Book) remove(a Act, now time.Time) ([]Event, error) {
	if _, err := b.owned(a); err != nil {
		return nil, err
	}
	return b.part(a.ChatID, a.Names, sceneRemoved, now)
}

func (b *Book) part(chatID string, ids []string, scene int, now time.Time) ([]Event, error) {
	c, err := b.chat(chatID)
	if err != nil {
		return nil, err
	}
	var gone []ChatPerson
	for _, id := range ids {
		p := c.find(id)
		switch {
		case p == nil:
			return nil, refuse("%s 不在群里", id)
		case id == c.Owner:
			return nil, refuse("群主要先转让群，或解散群")
		}
		gone = append(gone, *p)
	}
	if len(gone) == 0 {
		return nil, refuse("没有说是谁")
	}
	c.change(now)
	c.People = slices.DeleteFunc(slices.Clone(c.People), func(p ChatPerson) bool { return slices.Contains(ids, p.ID) })
	return []Event{b.membersEvent("del_member", c, gone, scene, now)}, nil
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
