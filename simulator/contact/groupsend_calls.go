package contact

import (
	"slices"
	"time"
)

// groupSendBody is the body of add_msg_template.
type groupSendBody struct {
	ChatType string   `json:"chat_type"`
	People   []string `json:"external_userid"`
	Chats    []string `json:"chat_id_list"`
	Sender   string   `json:"sender"`
	welcome           // text and attachments, of the same form as a welcome message
}

// addGroupSend obeys add_msg_template: nothing is sent yet, the members are asked.
func (b *Book) addGroupSend(q *Request, in groupSendBody) (any, error) {
	if in.ChatType == "" {
		in.ChatType = sendSingle
	}
	switch {
	case in.ChatType != sendSingle && in.ChatType != sendGroup:
		return nil, fail(CodeParameter, "invalid chat_type")
	case len(in.People) > maxSendPeople:
		return nil, fail(CodeParameter, "external_userid is up to %d", maxSendPeople)
	case len(in.Chats) > maxSendChats:
		return nil, fail(CodeParameter, "chat_id_list is up to %d", maxSendChats)
	case in.ChatType == sendSingle && len(in.People) == 0 && in.Sender == "":
		return nil, fail(CodeParameter, "external_userid and sender are both missing")
	case in.ChatType == sendGroup && in.Sender == "":
		return nil, fail(CodeEmptyParameter, "sender is missing")
	}
	if err := in.checkForm(); err != nil {
		return nil, err
	}
	if in.Sender != "" {
		m, err := b.member(q, in.Sender)
		if err != nil {
			return nil, err
		}
		in.Sender = m.UserID
	}
	g := &GroupSend{App: q.App, ChatType: in.ChatType, At: q.Now}
	if in.Text != nil && in.Text.Content != "" {
		g.Lines = append(g.Lines, Line{Kind: KindText, Text: in.Text.Content})
	}
	for i := range in.Attachments {
		line, err := b.attach(&in.Attachments[i], q.Now)
		if err != nil {
			return nil, err
		}
		g.Lines = append(g.Lines, line)
	}
	failed := b.address(q, g, in)
	if len(g.Tasks) == 0 {
		return nil, fail(CodeNobodyToSend, "no customer to send to")
	}
	g.MsgID = b.name("msg", q.Now)
	g.Seq = b.Last
	b.GroupSends = hold(append(b.GroupSends, g), maxGroupSends)
	return struct {
		Failed []string `json:"fail_list"`
		MsgID  string   `json:"msgid"`
	}{some(failed), g.MsgID}, nil
}

// address gives each receiver to a member, and lists those who can't be reached.
func (b *Book) address(q *Request, g *GroupSend, in groupSendBody) (failed []string) {
	if g.ChatType == sendGroup {
		for _, c := range b.Chats {
			if !c.Dismissed && c.Owner == in.Sender && (len(in.Chats) == 0 || slices.Contains(in.Chats, c.ChatID)) && !b.full(c.ChatID, q.Now) {
				g.task(in.Sender, c.ChatID)
			}
		}
		return nil
	}
	people := in.People
	if len(people) == 0 {
		for _, r := range b.Relations {
			if r.UserID == in.Sender && r.friends() {
				people = append(people, r.ExternalUserID)
			}
		}
	}
	seen := map[string]bool{}
	for _, id := range people {
		if seen[id] {
			continue
		}
		seen[id] = true
		who := b.senderFor(q, id, in.Sender)
		if who == "" || b.full(id, q.Now) {
			failed = append(failed, id)
			continue
		}
		g.task(who, id)
	}
	return failed
}

// senderFor is the member who sends to a customer: the one named, else whoever added them last.
func (b *Book) senderFor(q *Request, id, sender string) (who string) {
	var at time.Time
	for _, r := range b.Relations {
		if r.ExternalUserID != id || !r.friends() || sender != "" && r.UserID != sender || b.reachable(q, r.UserID) != nil || r.CreatedAt.Before(at) {
			continue
		}
		who, at = r.UserID, r.CreatedAt
	}
	return who
}

func (g *GroupSend) task(userID, receiver string) {
	i := slices.IndexFunc(g.Tasks, func(t *SendTask) bool { return t.UserID == userID })
	if i < 0 {
		g.Tasks = append(g.Tasks, &SendTask{UserID: userID})
		i = len(g.Tasks) - 1
	}
	g.Tasks[i].To = append(g.Tasks[i].To, &SendReceiver{ID: receiver})
}

// sendQuery is the body of the calls about one mass message.
type sendQuery struct {
	MsgID  string `json:"msgid"`
	UserID string `json:"userid"`
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor"`
}

// sent finds the mass message that a call names.
func (b *Book) sent(q *Request, in sendQuery) (*GroupSend, error) {
	if in.MsgID == "" {
		return nil, fail(CodeNoMsgID, "msgid is missing")
	}
	g := b.groupSend(in.MsgID)
	switch {
	case g == nil:
		return nil, fail(CodeParameter, "invalid msgid")
	case q.Now.Before(g.At.Add(dispatchFor)):
		return nil, fail(CodeDispatching, "the message is being dispatched")
	}
	return g, nil
}

func (in *sendQuery) limit() error {
	if in.Limit == 0 {
		in.Limit = 500
	}
	if in.Limit < 0 || in.Limit > maxSendResults {
		return fail(CodeParameter, "limit must be 1 to %d", maxSendResults)
	}
	return nil
}

// sendTasks obeys get_groupmsg_task.
func (b *Book) sendTasks(q *Request, in sendQuery) (any, error) {
	g, err := b.sent(q, in)
	if err == nil {
		err = in.limit()
	}
	if err != nil {
		return nil, err
	}
	type row struct {
		UserID string `json:"userid"`
		Status int    `json:"status"`
		At     int64  `json:"send_time,omitempty"`
	}
	numbered := numbers(g.Tasks)
	part, next, err := page(numbered, func(n numberedOf[*SendTask]) int64 { return n.n }, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	rows := []row{}
	for _, n := range part {
		rows = append(rows, row{n.of.UserID, n.of.Status, unix(n.of.At)})
	}
	return struct {
		Next string `json:"next_cursor"`
		List []row  `json:"task_list"`
	}{next, rows}, nil
}

// sendResults obeys get_groupmsg_send_result.
func (b *Book) sendResults(q *Request, in sendQuery) (any, error) {
	g, err := b.sent(q, in)
	if err == nil {
		err = in.limit()
	}
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(g.Tasks, func(t *SendTask) bool { return t.UserID == in.UserID })
	if i < 0 {
		return nil, fail(CodeNoMember, "userid not found")
	}
	type row struct {
		Customer string `json:"external_userid,omitempty"`
		Chat     string `json:"chat_id,omitempty"`
		UserID   string `json:"userid"`
		Status   int    `json:"status"`
		At       int64  `json:"send_time,omitempty"`
	}
	part, next, err := page(numbers(g.Tasks[i].To), func(n numberedOf[*SendReceiver]) int64 { return n.n }, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	rows := []row{}
	for _, n := range part {
		r := row{Customer: n.of.ID, UserID: in.UserID, Status: n.of.Status, At: unix(n.of.At)}
		if g.ChatType == sendGroup {
			r.Customer, r.Chat = "", n.of.ID
		}
		rows = append(rows, r)
	}
	return struct {
		Next string `json:"next_cursor"`
		List []row  `json:"send_list"`
	}{next, rows}, nil
}

// cancelGroupSend obeys cancel_groupmsg_send: who has not confirmed is not asked any more.
func (b *Book) cancelGroupSend(q *Request, in sendQuery) (any, error) {
	g, err := b.sent(q, in)
	switch {
	case err != nil:
		return nil, err
	case g.Cancelled:
		return nil, fail(CodeSendCancelled, "the message was cancelled")
	}
	g.Cancelled = true
	return nil, nil
}

// remindGroupSend obeys remind_groupmsg_send.
func (b *Book) remindGroupSend(q *Request, in sendQuery) (any, error) {
	g, err := b.sent(q, in)
	if err != nil {
		return nil, err
	}
	g.Reminded = slices.DeleteFunc(g.Reminded, func(t time.Time) bool { return q.Now.Sub(t) >= reminderSpan })
	switch {
	case g.Cancelled:
		return nil, fail(CodeSendCancelled, "the message was cancelled")
	case len(g.Reminded) >= maxReminders:
		return nil, fail(CodeRemindedOften, "reminded %d times in 24 hours", maxReminders)
	}
	g.Reminded = append(g.Reminded, q.Now)
	return nil, nil
}

type numberedOf[T any] struct {
	n  int64
	of T
}

// numbers numbers a list from 1, for pages.
func numbers[T any](list []T) []numberedOf[T] {
	all := make([]numberedOf[T], len(list))
	for i, v := range list {
		all[i] = numberedOf[T]{int64(i + 1), v}
	}
	return all
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
