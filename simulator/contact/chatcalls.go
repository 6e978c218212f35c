package contact

import (
	"slices"
	"strings"
)

// Limits of groupchat/list (WeCom docs, 获取客户群列表).
const (
	maxChatsPerPage = 1000
	maxOwners       = 100
	maxSeenOwners   = 1000 // without a filter
)

// The statuses of a group.
const (
	chatNormal    = 0
	chatOwnerLeft = 1
	maxChatStatus = 3
)

type chatQuery struct {
	Status int `json:"status_filter"`
	Owners struct {
		UserIDs []string `json:"userid_list"`
	} `json:"owner_filter"`
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type chatEntry struct {
	ChatID string `json:"chat_id"`
	Status int    `json:"status"`
}

// listChats obeys groupchat/list. Groups that groupchat/get does not know yet are not listed either.
func (b *Book) listChats(q *Request, in chatQuery) (any, error) {
	switch {
	case in.Limit < 1 || in.Limit > maxChatsPerPage:
		return nil, fail(CodeParameter, "limit must be 1 to %d", maxChatsPerPage)
	case in.Status < 0 || in.Status > maxChatStatus:
		return nil, fail(CodeParameter, "status_filter must be 0 to %d", maxChatStatus)
	case len(in.Owners.UserIDs) > maxOwners:
		return nil, fail(CodeUserList, "userid_list is up to %d", maxOwners)
	case len(in.Owners.UserIDs) == 0 && b.countOwners(q) > maxSeenOwners:
		return nil, fail(CodeTooMany, "more than %d owners: filter by owner", maxSeenOwners)
	}
	var all []*Chat
	for _, c := range b.Chats {
		s := c.shown(q.Now)
		if s == nil || s.Dismissed || q.Sees != nil && !q.Sees(s.Owner) {
			continue
		}
		if len(in.Owners.UserIDs) > 0 && !slices.ContainsFunc(in.Owners.UserIDs, func(id string) bool { return strings.EqualFold(id, s.Owner) }) {
			continue
		}
		if in.Status != 0 && b.chatStatus(s) != in.Status { // 0 is no filter
			continue
		}
		all = append(all, c)
	}
	part, next, err := page(all, func(c *Chat) int64 { return c.Seq }, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	entries := []chatEntry{}
	for _, c := range part {
		entries = append(entries, chatEntry{c.ChatID, b.chatStatus(c.shown(q.Now))})
	}
	return struct {
		Chats []chatEntry `json:"group_chat_list"`
		Next  string      `json:"next_cursor,omitempty"`
	}{entries, next}, nil
}

// countOwners counts the owners of groups that the app sees.
func (b *Book) countOwners(q *Request) int {
	owners := map[string]bool{}
	for _, c := range b.Chats {
		if !c.Dismissed && (q.Sees == nil || q.Sees(c.Owner)) {
			owners[c.Owner] = true
		}
	}
	return len(owners)
}

// chatStatus is 1 when the owner has left the corp; hand-overs of groups are not played.
func (b *Book) chatStatus(s *ChatState) int {
	if _, ok := b.staff(s.Owner); !ok {
		return chatOwnerLeft
	}
	return chatNormal
}

type chatID struct {
	ChatID   string `json:"chat_id"`
	NeedName int    `json:"need_name"`
}

type chatView struct {
	ChatID     string           `json:"chat_id"`
	Name       string           `json:"name"`
	Owner      string           `json:"owner"`
	CreateTime int64            `json:"create_time"`
	Notice     string           `json:"notice,omitempty"`
	Members    []chatMemberView `json:"member_list"`
	Admins     []userRef        `json:"admin_list"`
	Version    string           `json:"member_version"`
}

type chatMemberView struct {
	UserID   string   `json:"userid"`
	Type     int      `json:"type"`
	UnionID  string   `json:"unionid,omitempty"`
	JoinTime int64    `json:"join_time"`
	Scene    int      `json:"join_scene"`
	Invitor  *userRef `json:"invitor,omitempty"`
	Nickname string   `json:"group_nickname"`
	Name     string   `json:"name,omitempty"` // when need_name is 1
	State    string   `json:"state,omitempty"`
}

type userRef struct {
	UserID string `json:"userid"`
}

// getChat obeys groupchat/get. It knows of a change only some seconds after its callback.
func (b *Book) getChat(q *Request, in chatID) (any, error) {
	if in.ChatID == "" {
		return nil, fail(CodeChatID, "chat_id is empty")
	}
	i := slices.IndexFunc(b.Chats, func(c *Chat) bool { return c.ChatID == in.ChatID })
	if i < 0 {
		return nil, fail(CodeChatID, "invalid chat_id")
	}
	c := b.Chats[i]
	s := c.shown(q.Now)
	if s == nil || s.Dismissed {
		return nil, fail(CodeChatID, "invalid chat_id")
	}
	if q.Sees != nil && !q.Sees(s.Owner) {
		return nil, fail(CodeNoRight, "no privilege to access the group")
	}
	v := chatView{
		ChatID: c.ChatID, Name: s.Name, Owner: s.Owner, CreateTime: c.CreatedAt.Unix(), Notice: s.Notice,
		Members: []chatMemberView{}, Admins: []userRef{}, Version: s.Version,
	}
	for _, p := range s.People {
		v.Members = append(v.Members, b.chatMember(p, in.NeedName == 1))
	}
	return map[string]any{"group_chat": v}, nil
}

func (b *Book) chatMember(p ChatPerson, needName bool) chatMemberView {
	v := chatMemberView{UserID: p.ID, Type: p.Type, JoinTime: p.JoinAt.Unix(), Scene: p.Scene, State: p.State}
	if p.Invitor != "" {
		v.Invitor = &userRef{p.Invitor}
	}
	name := ""
	if p.Type == chatCustomer {
		person := b.profile(p.ID)
		name, v.UnionID = person.Name, person.UnionID
	} else if m, ok := b.staff(p.ID); ok {
		name = m.Name
	}
	if needName {
		v.Name = name
	}
	return v
}
