package contact

import (
	"strconv"
	"time"
)

// Request is one call of the API by an app that has the right to customer contact.
type Request struct {
	App   string // whose tags it may edit, and which code it has used; empty: the corp's own customer-contact secret
	Now   time.Time
	Query func(key string) string // of a GET
	// Decode reads the body of a POST; its error is the refusal to answer with.
	Decode func(v any) error
	// Sees tells which members are in the app's range; nil: all.
	Sees func(userID string) bool
}

// Call is one call of the API.
type Call struct {
	Path  string // below /cgi-bin/externalcontact/
	Get   bool   // by GET; else by POST
	Reads bool   // changes nothing
	do    func(b *Book, q *Request) (any, error)
}

// Calls lists the API of customer contact.
func Calls() []Call {
	return []Call{
		{Path: "get_follow_user_list", Get: true, Reads: true, do: (*Book).followUsers},
		{Path: "list", Get: true, Reads: true, do: (*Book).list},
		{Path: "get", Get: true, Reads: true, do: (*Book).get},
		{Path: "batch/get_by_user", Reads: true, do: post((*Book).getByUser)},
		{Path: "remark", do: post((*Book).remark)},
		{Path: "unionid_to_external_userid", Reads: true, do: post((*Book).byUnionID)},
		{Path: "send_welcome_msg", do: post((*Book).sendWelcome)},
		{Path: "get_corp_tag_list", Reads: true, do: post((*Book).listTags)},
		{Path: "add_corp_tag", do: post((*Book).addTags)},
		{Path: "edit_corp_tag", do: post((*Book).editTag)},
		{Path: "del_corp_tag", do: post((*Book).deleteTags)},
		{Path: "mark_tag", do: post((*Book).markTags)},
		{Path: "add_contact_way", do: post((*Book).addWay)},
		{Path: "get_contact_way", Reads: true, do: post((*Book).getWay)},
		{Path: "update_contact_way", do: post((*Book).updateWay)},
		{Path: "del_contact_way", do: post((*Book).deleteWay)},
		{Path: "list_contact_way", Reads: true, do: post((*Book).listWays)},
		{Path: "groupchat/list", Reads: true, do: post((*Book).listChats)},
		{Path: "groupchat/get", Reads: true, do: post((*Book).getChat)},
		{Path: "add_msg_template", do: post((*Book).addGroupSend)},
		{Path: "get_groupmsg_task", Reads: true, do: post((*Book).sendTasks)},
		{Path: "get_groupmsg_send_result", Reads: true, do: post((*Book).sendResults)},
		{Path: "cancel_groupmsg_send", do: post((*Book).cancelGroupSend)},
		{Path: "remind_groupmsg_send", do: post((*Book).remindGroupSend)},
		{Path: "transfer_customer", do: post((*Book).transfer)},
		{Path: "transfer_result", Reads: true, do: post((*Book).transferResult)},
		{Path: "add_moment_task", do: post((*Book).addMoment)},
		{Path: "get_moment_task_result", Get: true, Reads: true, do: (*Book).momentResult},
		{Path: "get_moment_task", Reads: true, do: post((*Book).momentTask)},
	}
}

// Do obeys the call. The answer is what its JSON has beside errcode and errmsg, nil when that is nothing; a refusal is an *Error.
func (c Call) Do(b *Book, q *Request) (any, error) { return c.do(b, q) }

// post reads the body of a call.
func post[T any](f func(*Book, *Request, T) (any, error)) func(*Book, *Request) (any, error) {
	return func(b *Book, q *Request) (any, error) {
		var in T
		if err := q.Decode(&in); err != nil {
			return nil, err
		}
		return f(b, q, in)
	}
}

// page cuts one page out of a list that is sorted by seq. A cursor is the seq of the last entry that was given.
func page[T any](all []T, seq func(T) int64, cursor string, limit int) (part []T, next string, err error) {
	after := int64(0)
	if cursor != "" {
		if after, err = strconv.ParseInt(cursor, 36, 64); err != nil || after <= 0 {
			return nil, "", fail(CodeParameter, "invalid cursor")
		}
	}
	for i, v := range all {
		if seq(v) <= after {
			continue
		}
		if part = append(part, v); len(part) == limit && i+1 < len(all) {
			return part, strconv.FormatInt(seq(v), 36), nil
		}
	}
	return part, "", nil
}

// member finds a member that a call names.
func (b *Book) member(q *Request, userID string) (Member, error) {
	if userID == "" {
		return Member{}, fail(CodeEmptyParameter, "userid is empty")
	}
	m, ok := b.staff(userID)
	if !ok {
		return m, fail(CodeNoMember, "userid not found")
	}
	if err := b.reachable(q, m.UserID); err != nil {
		return m, err
	}
	if !m.Contact {
		return m, fail(CodeNoContactRight, "no right to external contact")
	}
	return m, nil
}

// reachable tells whether a member still works here, in the app's range.
func (b *Book) reachable(q *Request, userID string) error {
	if _, ok := b.staff(userID); !ok {
		return fail(CodeNoMember, "userid not found")
	}
	if q.Sees != nil && !q.Sees(userID) {
		return fail(CodeNoRight, "no privilege to access the member")
	}
	return nil
}

// friend finds the relation that a call names by member and customer.
func (b *Book) friend(q *Request, userID, externalUserID string) (*Relation, error) {
	m, err := b.member(q, userID)
	if err != nil {
		return nil, err
	}
	if err := b.customer(externalUserID); err != nil {
		return nil, err
	}
	r := b.relation(m.UserID, externalUserID)
	if !r.friends() {
		return nil, fail(CodeNoRelation, "not external contact")
	}
	return r, nil
}

func (b *Book) customer(externalUserID string) error {
	if externalUserID == "" {
		return fail(CodeNoExternalUser, "missing external_userid")
	}
	if _, ok := b.world.Person(externalUserID); !ok {
		return fail(CodeExternalUserID, "invalid external_userid")
	}
	return nil
}
