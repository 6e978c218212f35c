package contact

import (
	"slices"
	"time"
)

// Limits of the lists of customers (WeCom docs, 获取客户详情, 批量获取客户详情).
const (
	maxFollowers    = 500 // on one page of get
	maxBatchUsers   = 100
	defaultPerBatch = 50
	maxPerBatch     = 100
)

// The kinds of tag on a customer.
const (
	tagOfCorp   = 1
	tagPersonal = 2
)

// profile is external_contact.
type profile struct {
	ExternalUserID string `json:"external_userid"`
	Name           string `json:"name"`
	Position       string `json:"position,omitempty"`
	Avatar         string `json:"avatar"`
	CorpName       string `json:"corp_name,omitempty"`
	Type           int    `json:"type"`
	Gender         int    `json:"gender"`
	UnionID        string `json:"unionid,omitempty"`
}

// follower is one entry of follow_user.
type follower struct {
	UserID      string      `json:"userid"`
	Remark      string      `json:"remark"`
	Description string      `json:"description"`
	CreateTime  int64       `json:"createtime"`
	Tags        []tagOnUser `json:"tags"`
	Company     string      `json:"remark_corp_name,omitempty"`
	Mobiles     []string    `json:"remark_mobiles"`
	Operator    string      `json:"oper_userid"`
	AddWay      int         `json:"add_way"`
	State       string      `json:"state,omitempty"`
}

type tagOnUser struct {
	Group string `json:"group_name"`
	Name  string `json:"tag_name"`
	ID    string `json:"tag_id,omitempty"`
	Type  int    `json:"type"`
}

// followInfo is follow_info of a batch, where tags are ids.
type followInfo struct {
	UserID      string   `json:"userid"`
	Remark      string   `json:"remark"`
	Description string   `json:"description"`
	CreateTime  int64    `json:"createtime"`
	TagIDs      []string `json:"tag_id"`
	Company     string   `json:"remark_corp_name,omitempty"`
	Mobiles     []string `json:"remark_mobiles"`
	Operator    string   `json:"oper_userid"`
	AddWay      int      `json:"add_way"`
	State       string   `json:"state,omitempty"`
}

// followUsers obeys get_follow_user_list.
func (b *Book) followUsers(q *Request) (any, error) {
	ids := []string{}
	for _, m := range b.world.Members() {
		if m.Contact && b.reachable(q, m.UserID) == nil {
			ids = append(ids, m.UserID)
		}
	}
	return map[string]any{"follow_user": ids}, nil
}

// list obeys list.
func (b *Book) list(q *Request) (any, error) {
	m, err := b.member(q, q.Query("userid"))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range b.Relations {
		if r.UserID == m.UserID && r.friends() {
			ids = append(ids, r.ExternalUserID)
		}
	}
	if len(ids) == 0 {
		return nil, fail(CodeNoRelation, "no external contact")
	}
	return map[string]any{"external_userid": ids}, nil
}

// get obeys get: who a customer is, and who follows them.
func (b *Book) get(q *Request) (any, error) {
	id := q.Query("external_userid")
	if err := b.customer(id); err != nil {
		return nil, err
	}
	var all []*Relation
	for _, r := range b.Relations {
		if r.ExternalUserID == id && r.friends() && b.reachable(q, r.UserID) == nil {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return nil, fail(CodeNoRelation, "not external contact")
	}
	part, next, err := page(all, seqOf, q.Query("cursor"), maxFollowers)
	if err != nil {
		return nil, err
	}
	followers := make([]follower, 0, len(part))
	for _, r := range part {
		followers = append(followers, b.follower(r))
	}
	return struct {
		Profile   profile    `json:"external_contact"`
		Followers []follower `json:"follow_user"`
		Next      string     `json:"next_cursor,omitempty"`
	}{b.profile(id), followers, next}, nil
}

func seqOf(r *Relation) int64 { return r.Seq }

func (b *Book) profile(externalUserID string) profile {
	p, _ := b.world.Person(externalUserID)
	out := profile{ExternalUserID: externalUserID, Name: p.Name, Avatar: p.Avatar, Type: p.Type, Gender: p.Gender}
	if p.Type == TypeWeChat && b.world.Bound() {
		out.UnionID = p.UnionID
	}
	return out
}

func (b *Book) follower(r *Relation) follower {
	f := follower{
		UserID: r.UserID, Remark: r.Remark, Description: r.Description, CreateTime: r.CreatedAt.Unix(), Tags: []tagOnUser{},
		Company: r.Company, Mobiles: some(r.Mobiles), Operator: r.Operator, AddWay: r.AddWay, State: r.State,
	}
	for _, id := range r.Tags {
		if g, t := b.tag(id); t != nil {
			f.Tags = append(f.Tags, tagOnUser{Group: g.Name, Name: t.Name, ID: id, Type: tagOfCorp})
		}
	}
	for _, name := range r.Personal {
		f.Tags = append(f.Tags, tagOnUser{Name: name, Type: tagPersonal})
	}
	return f
}

// some is a list that is written as [] when it is empty.
func some[T any](list []T) []T { return append([]T{}, list...) }

type batchQuery struct {
	UserIDs []string `json:"userid_list"`
	Cursor  string   `json:"cursor"`
	Limit   int      `json:"limit"`
}

type batchEntry struct {
	Profile profile    `json:"external_contact"`
	Follow  followInfo `json:"follow_info"`
}

// getByUser obeys batch/get_by_user. A limit over the maximum is the maximum.
func (b *Book) getByUser(q *Request, in batchQuery) (any, error) {
	if len(in.UserIDs) == 0 || len(in.UserIDs) > maxBatchUsers {
		return nil, fail(CodeUserList, "userid_list must hold 1 to %d userids", maxBatchUsers)
	}
	asked := map[string]bool{}
	for _, id := range in.UserIDs {
		m, err := b.member(q, id)
		if err != nil {
			return nil, err
		}
		asked[m.UserID] = true
	}
	limit := in.Limit
	if limit <= 0 {
		limit = defaultPerBatch
	}
	var all []*Relation
	for _, r := range b.Relations {
		if r.friends() && asked[r.UserID] {
			all = append(all, r)
		}
	}
	part, next, err := page(all, seqOf, in.Cursor, min(limit, maxPerBatch))
	if err != nil {
		return nil, err
	}
	entries := make([]batchEntry, 0, len(part))
	for _, r := range part {
		entries = append(entries, batchEntry{b.profile(r.ExternalUserID), followInfo{
			UserID: r.UserID, Remark: r.Remark, Description: r.Description, CreateTime: r.CreatedAt.Unix(), TagIDs: some(r.Tags),
			Company: r.Company, Mobiles: some(r.Mobiles), Operator: r.Operator, AddWay: r.AddWay, State: r.State,
		}})
	}
	return struct {
		Entries []batchEntry `json:"external_contact_list"`
		Next    string       `json:"next_cursor"`
	}{entries, next}, nil
}

type unionQuery struct {
	UnionID string `json:"unionid"`
}

// byUnionID obeys unionid_to_external_userid: it finds customers only. The openid that may be given too is not looked at, since
// here every account is bound.
func (b *Book) byUnionID(q *Request, in unionQuery) (any, error) {
	switch {
	case !b.world.Bound():
		return nil, fail(CodeNoDeveloper, "no developer account is bound")
	case in.UnionID == "":
		return nil, fail(CodeEmptyParameter, "unionid is empty")
	}
	for _, r := range b.Relations {
		if !r.friends() || b.reachable(q, r.UserID) != nil {
			continue
		}
		if p, _ := b.world.Person(r.ExternalUserID); p.UnionID == in.UnionID {
			return map[string]string{"external_userid": r.ExternalUserID}, nil
		}
	}
	return nil, fail(CodeNoRelation, "not external contact")
}

// settle lets happen what had only to wait for its time: hand-overs that nobody refused, other apps' messages.
func (b *Book) settle(now time.Time) []Event {
	b.Codes = slices.DeleteFunc(b.Codes, func(c *Code) bool { return now.Sub(c.At) > codeMemory })
	for _, c := range b.Codes {
		b.settleRival(c, now)
	}
	events := b.Echoes
	b.Echoes = nil
	return append(events, b.settleTransfers(now)...)
}

// echo tells of a change by the API, when the console says so.
func (b *Book) echo(r *Relation, now time.Time) {
	if b.Console.Echo {
		b.Echoes = append(b.Echoes, contactEvent("edit_external_contact", r, now))
	}
}
