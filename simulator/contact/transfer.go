package contact

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of handing customers over (WeCom docs, 分配在职成员的客户).
const (
	maxTransfers    = 100 // customers of one call
	maxTransferText = 200 // characters
	transferWait    = 24 * time.Hour
	transferSpan    = 90 * 24 * time.Hour
	maxPerSpan      = 2 // hand-overs of one customer within transferSpan
)

// The statuses of a hand-over.
const (
	transferDone    = 1
	transferWaits   = 2
	transferRefused = 3
)

// Transfer is a customer who is handed over from one member to another.
type Transfer struct {
	Seq            int64     `json:"seq"`
	ExternalUserID string    `json:"external_user_id"`
	From           string    `json:"from"`
	To             string    `json:"to"`
	Message        string    `json:"message,omitempty"`
	At             time.Time `json:"at"`
	Status         int       `json:"status"`
	DoneAt         time.Time `json:"done_at,omitzero"`
}

type transferOrder struct {
	From      string   `json:"handover_userid"`
	To        string   `json:"takeover_userid"`
	Customers []string `json:"external_userid"`
	Message   string   `json:"transfer_success_msg"`
}

type transferAnswer struct {
	ExternalUserID string `json:"external_userid"`
	Code           int    `json:"errcode"`
}

// transfer obeys transfer_customer. Customers have 24 hours to refuse.
func (b *Book) transfer(q *Request, in transferOrder) (any, error) {
	from, err := b.member(q, in.From)
	if err != nil {
		return nil, err
	}
	to, err := b.member(q, in.To)
	switch {
	case err != nil:
		return nil, err
	case len(in.Customers) == 0 || len(in.Customers) > maxTransfers:
		return nil, fail(CodeParameter, "external_userid must hold 1 to %d", maxTransfers)
	case utf8.RuneCountInString(in.Message) > maxTransferText:
		return nil, fail(CodeParameter, "transfer_success_msg has up to %d characters", maxTransferText)
	case from.UserID == to.UserID:
		return nil, fail(CodeParameter, "handover_userid and takeover_userid are the same")
	}
	answers := []transferAnswer{}
	for _, id := range in.Customers {
		code := b.mayTransfer(from.UserID, id, q.Now)
		if code == 0 {
			b.Last++
			b.Transfers = append(b.Transfers, &Transfer{
				Seq: b.Last, ExternalUserID: id, From: from.UserID, To: to.UserID, Message: in.Message, At: q.Now, Status: transferWaits,
			})
		}
		answers = append(answers, transferAnswer{id, code})
	}
	return map[string]any{"customer": answers}, nil
}

// mayTransfer is 0, or the errcode of one customer.
func (b *Book) mayTransfer(from, customer string, now time.Time) int {
	if !b.relation(from, customer).friends() {
		return CodeExternalUserID
	}
	n := 0
	for _, t := range b.Transfers {
		switch {
		case t.ExternalUserID != customer:
		case t.Status == transferWaits:
			return CodeMovingAlready
		case t.Status == transferDone && now.Sub(t.DoneAt) < transferSpan:
			n++
		}
	}
	if n >= maxPerSpan {
		return CodeMovedTooOften
	}
	return 0
}

type transferQuery struct {
	From   string `json:"handover_userid"`
	To     string `json:"takeover_userid"`
	Cursor string `json:"cursor"`
}

type transferStatus struct {
	ExternalUserID string `json:"external_userid"`
	Status         int    `json:"status"`
	Takeover       int64  `json:"takeover_time"`
}

// transferResult obeys transfer_result.
func (b *Book) transferResult(q *Request, in transferQuery) (any, error) {
	from, err := b.member(q, in.From)
	if err != nil {
		return nil, err
	}
	to, err := b.member(q, in.To)
	if err != nil {
		return nil, err
	}
	var all []*Transfer
	for _, t := range b.Transfers {
		if t.From == from.UserID && t.To == to.UserID {
			all = append(all, t)
		}
	}
	part, next, err := page(all, func(t *Transfer) int64 { return t.Seq }, in.Cursor, maxChatsPerPage)
	if err != nil {
		return nil, err
	}
	customers := []transferStatus{}
	for _, t := range part {
		s := transferStatus{ExternalUserID: t.ExternalUserID, Status: t.Status}
		if t.Status == transferDone {
			s.Takeover = t.DoneAt.Unix()
		}
		customers = append(customers, s)
	}
	return struct {
		Customers []transferStatus `json:"customer"`
		Next      string           `json:"next_cursor,omitempty"`
	}{customers, next}, nil
}

// waiting finds the hand-over that waits for an act's customer.
func (b *Book) waiting(a Act) (*Transfer, error) {
	i := slices.IndexFunc(b.Transfers, func(t *Transfer) bool {
		return t.Status == transferWaits && t.To == a.UserID && t.ExternalUserID == a.ExternalUserID
	})
	if i < 0 {
		return nil, refuse("没有要接替给 %q 的客户", a.UserID)
	}
	return b.Transfers[i], nil
}

// refuseTransfer is a customer who does not want another member.
func (b *Book) refuseTransfer(a Act, now time.Time) ([]Event, error) {
	t, err := b.waiting(a)
	if err != nil {
		return nil, err
	}
	t.Status = transferRefused
	return []Event{{
		Event: EventContact, ChangeType: "transfer_fail", At: now, UserID: t.To, ExternalUserID: t.ExternalUserID, FailReason: "customer_refused",
	}}, nil
}

// acceptTransfer is a customer who agrees at once.
func (b *Book) acceptTransfer(a Act, now time.Time) ([]Event, error) {
	t, err := b.waiting(a)
	if err != nil {
		return nil, err
	}
	return b.complete(t, now), nil
}

// settleTransfers completes what nobody refused for a day.
func (b *Book) settleTransfers(now time.Time) []Event {
	var events []Event
	for _, t := range b.Transfers {
		if t.Status == transferWaits && !now.Before(t.At.Add(transferWait)) {
			events = append(events, b.complete(t, now)...)
		}
	}
	return events
}

// complete moves the customer: what was noted about them moves too.
func (b *Book) complete(t *Transfer, now time.Time) []Event {
	t.Status, t.DoneAt = transferDone, now
	old := b.relation(t.From, t.ExternalUserID)
	if !old.linked() {
		return nil // gone by themselves in the meantime
	}
	old.Status, old.Ended = StatusEnded, EndedByTransfer
	gone := contactEvent("del_external_contact", old, now)
	gone.Source = "DELETE_BY_TRANSFER"
	if r := b.relation(t.To, t.ExternalUserID); r.friends() {
		return []Event{gone}
	}
	r := b.renew(t.To, t.ExternalUserID, now)
	r.Status, r.AddWay, r.Operator = StatusFull, AddWayAssigned, t.To
	r.Remark, r.Description, r.Company = old.Remark, old.Description, old.Company
	r.Mobiles, r.Tags, r.State = slices.Clone(old.Mobiles), slices.Clone(old.Tags), old.State
	r.Welcomed = true // who is handed over is not greeted as new
	if t.Message != "" {
		b.say(r, Line{From: FromMember, Kind: KindText, Text: t.Message}, now)
	}
	return []Event{gone, contactEvent("add_external_contact", r, now)}
}
