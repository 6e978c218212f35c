package contact

import (
	"slices"
	"time"
)

// Status is how far a customer and a member are.
type Status string

// The statuses.
const (
	StatusAsked Status = "asked" // the customer waits for the member's consent
	StatusHalf  Status = "half"  // the customer has the member, who has not added back yet
	StatusFull  Status = "full"
	StatusEnded Status = "ended"
)

// Ending is how a relation ended.
type Ending string

// The endings.
const (
	EndedByMember   Ending = "member"
	EndedByCustomer Ending = "customer"
	EndedByTransfer Ending = "transfer"
)

// The ways a customer comes by (WeCom docs, 获取客户详情, add_way).
const (
	AddWayCode     = 1   // a QR code
	AddWayAssigned = 202 // by an admin, as after a hand-over
)

// Relation is what there is between one member and one customer.
type Relation struct {
	Seq            int64     `json:"seq"` // grows with each new relation: the order of lists
	UserID         string    `json:"user_id"`
	ExternalUserID string    `json:"external_user_id"`
	Status         Status    `json:"status"`
	Ended          Ending    `json:"ended,omitempty"`
	CreatedAt      time.Time `json:"created_at"` // of the friendship
	AddWay         int       `json:"add_way"`
	Operator       string    `json:"operator"` // user or external user id of whoever began it
	State          string    `json:"state,omitempty"`

	Remark      string   `json:"remark"`
	Description string   `json:"description,omitempty"`
	Company     string   `json:"company,omitempty"`
	Mobiles     []string `json:"mobiles,omitempty"`
	Tags        []string `json:"tags,omitempty"`     // ids of corp tags
	Personal    []string `json:"personal,omitempty"` // names of the member's own tags

	Chatted  bool `json:"chatted,omitempty"`  // one of them has written
	Welcomed bool `json:"welcomed,omitempty"` // by a code or by the console
	Agreed   bool `json:"agreed,omitempty"`   // to the conversation archive
}

// friends tells whether the API takes the two for member and customer.
func (r *Relation) friends() bool { return r != nil && r.Status == StatusFull }

// linked tells whether the customer has the member in their contacts.
func (r *Relation) linked() bool {
	return r != nil && (r.Status == StatusFull || r.Status == StatusHalf)
}

// relation finds what is or was between the two; nil when nothing.
func (b *Book) relation(userID, externalUserID string) *Relation {
	return b.pairs[pair{userID, externalUserID}]
}

// renew begins a relation afresh; what an earlier one left is forgotten.
func (b *Book) renew(userID, externalUserID string, now time.Time) *Relation {
	b.forget(userID, externalUserID)
	b.Last++
	person, _ := b.world.Person(externalUserID)
	r := &Relation{
		Seq: b.Last, UserID: userID, ExternalUserID: externalUserID, CreatedAt: now, Operator: externalUserID,
		AddWay: AddWayCode, Remark: person.Name,
	}
	b.Relations = append(b.Relations, r)
	b.pairs[pair{userID, externalUserID}] = r
	return r
}

func (b *Book) forget(userID, externalUserID string) {
	delete(b.pairs, pair{userID, externalUserID})
	b.Relations = slices.DeleteFunc(b.Relations, func(r *Relation) bool {
		return r.UserID == userID && r.ExternalUserID == externalUserID
	})
	b.Codes = slices.DeleteFunc(b.Codes, func(c *Code) bool { return c.UserID == userID && c.ExternalUserID == externalUserID })
}

// maxRelations keeps a runaway script from filling the memory; a corp's own limit is higher.
const maxRelations = 50_000

// add is a customer who scans a code: of a contact way, or of a member.
func (b *Book) add(a Act, now time.Time) ([]Event, error) {
	if _, ok := b.world.Person(a.ExternalUserID); !ok {
		return nil, refuse("没有客户 %q", a.ExternalUserID)
	}
	userID, state, skip, err := b.scanned(a, now)
	if err != nil {
		return nil, err
	}
	m, err := b.theirs(userID)
	if err != nil {
		return nil, err
	}
	r := b.relation(m.UserID, a.ExternalUserID)
	if r.linked() || r != nil && r.Status == StatusAsked {
		return nil, refuse("已经添加过 %s", m.UserID)
	}
	if len(b.Relations) >= maxRelations {
		return nil, refuse("最多 %d 个客户关系", maxRelations)
	}
	r = b.renew(m.UserID, a.ExternalUserID, now)
	r.State = state
	switch {
	case !skip:
		r.Status = StatusAsked
		b.note(r, "等待对方通过验证", now)
		return nil, nil
	case a.Half:
		r.Status = StatusHalf
		return []Event{b.added("add_half_external_contact", r, now)}, nil
	default:
		r.Status = StatusFull
		return []Event{b.added("add_external_contact", r, now)}, nil
	}
}

// scanned tells whom a code leads to, under which state, and whether the member is asked first.
func (b *Book) scanned(a Act, now time.Time) (userID, state string, skip bool, err error) {
	if a.ConfigID == "" && a.State == "" {
		return a.UserID, "", b.Console.SkipVerify[a.UserID], nil
	}
	w := b.wayFor(a)
	switch {
	case w == nil && a.ConfigID != "":
		return "", "", false, refuse("没有「联系我」%q，可能已被删除", a.ConfigID)
	case w == nil:
		return "", "", false, refuse("没有 state 为 %q 的「联系我」", a.State)
	case w.Temporary:
		return "", "", false, refuse("临时会话的二维码在这里只能配置，不能扫")
	}
	if userID, err = b.receive(w, now); err != nil {
		return "", "", false, err
	}
	return userID, w.State, w.SkipVerify, nil
}

// added makes the friendship known, with a welcome code when there is one.
func (b *Book) added(change string, r *Relation, now time.Time) Event {
	r.CreatedAt = now
	b.note(r, "你已添加了对方，现在可以开始聊天了", now)
	e := contactEvent(change, r, now)
	e.State = r.State
	e.WelcomeCode = b.welcomeCode(r, now)
	return e
}

// confirm is a member who lets a customer in, or adds one back.
func (b *Book) confirm(a Act, now time.Time) ([]Event, error) {
	r := b.relation(a.UserID, a.ExternalUserID)
	if r == nil || r.Status != StatusAsked && r.Status != StatusHalf {
		return nil, refuse("没有要通过的好友申请")
	}
	r.Status = StatusFull
	return []Event{b.added("add_external_contact", r, now)}, nil
}

// end is one of the two who deletes the other.
func (b *Book) end(a Act, by Ending, change string, now time.Time) ([]Event, error) {
	r := b.relation(a.UserID, a.ExternalUserID)
	if !r.linked() {
		return nil, refuse("对方不在通讯录里")
	}
	r.Status, r.Ended = StatusEnded, by
	return []Event{contactEvent(change, r, now)}, nil
}
