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
	Path string // below /cgi-bin/externalcontact/
	Get  bool   // by GET; else by POST
	do   func(b *Book, q *Request) (any, error)
}

// Calls lists the API of customer contact.
func Calls() []Call {
	return []Call{
		{"get_follow_user_list", true, (*Book).followUsers},
		{"list", true, (*Book).list},
		{"get", true, (*Book).get},
		{"batch/get_by_user", false, post((*Book).getByUser)},
		{"remark", false, post((*Book).remark)},
		{"unionid_to_external_userid", false, post((*Book).byUnionID)},
		{"send_welcome_msg", false, post((*Book).sendWelcome)},
		{"get_corp_tag_list", false, post((*Book).listTags)},
		{"add_corp_tag", false, post((*Book).addTags)},
		{"edit_corp_tag", false, post((*Book).editTag)},
		{"del_corp_tag", false, post((*Book).deleteTags)},
		{"mark_tag", false, post((*Book).markTags)},
		{"add_contact_way", false, post((*Book).addWay)},
		{"get_contact_way", false, post((*Book).getWay)},
		{"update_contact_way", false, post((*Book).updateWay)},
		{"del_contact_way", false, post((*Book).deleteWay)},
		{"list_contact_way", false, post((*Book).listWays)},
		{"groupchat/list", false, post((*Book).listChats)},
		{"groupchat/get", false, post((*Book).getChat)},
		{"transfer_customer", false, post((*Book).transfer)},
		{"transfer_result", false, post((*Book).transferResult)},
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
