package contact

import (
	"slices"
	"time"
)

// Limits of mass messages (WeCom docs, 创建企业群发 and 提醒成员群发). How long one is dispatched is a choice.
const (
	maxSendPeople  = 10_000
	maxSendChats   = 2000
	maxSendResults = 1000
	maxReminders   = 3
	reminderSpan   = 24 * time.Hour
	dispatchFor    = time.Second
	maxGroupSends  = 2000 // ours
)

// The kinds of mass message.
const (
	sendSingle = "single"
	sendGroup  = "group"
)

// What became of a member's task and of each receiver (WeCom docs, 获取群发成员发送任务列表 and 获取企业群发成员执行结果).
const (
	taskWaits = 0
	taskDone  = 2

	receiverWaits    = 0
	receiverGot      = 1
	receiverNoFriend = 2
	receiverHadOne   = 3
)

// GroupSend is a mass message (企业群发) that members confirm.
type GroupSend struct {
	Seq       int64       `json:"seq"`
	MsgID     string      `json:"msgid"`
	App       string      `json:"app"`
	ChatType  string      `json:"chat_type"`
	At        time.Time   `json:"at"`
	Lines     []Line      `json:"lines"`
	Tasks     []*SendTask `json:"tasks"`
	Cancelled bool        `json:"cancelled,omitempty"`
	Reminded  []time.Time `json:"reminded,omitempty"`
}

// SendTask is what one member is asked to send.
type SendTask struct {
	UserID string          `json:"user_id"`
	Status int             `json:"status"`
	At     time.Time       `json:"at,omitzero"`
	To     []*SendReceiver `json:"to"`
}

// SendReceiver is a customer or a customers' group.
type SendReceiver struct {
	ID     string    `json:"id"`
	Status int       `json:"status"`
	At     time.Time `json:"at,omitzero"`
}

// GroupPost is what a customers' group was sent.
type GroupPost struct {
	ChatID string    `json:"chat_id"`
	UserID string    `json:"user_id"`
	At     time.Time `json:"at"`
	Line   Line      `json:"line"`
}

// china is where the platform's months begin.
func china() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// received counts the mass messages that a customer or group got in the month of a moment.
func (b *Book) received(id string, now time.Time) (n int) {
	month := now.In(china()).Format("2006-01")
	for _, g := range b.GroupSends {
		for _, t := range g.Tasks {
			for _, r := range t.To {
				if r.ID == id && r.Status == receiverGot && r.At.In(china()).Format("2006-01") == month {
					n++
				}
			}
		}
	}
	return n
}

// full tells whether somebody may get no more this month: as many as it has days (WeCom docs, 创建企业群发).
func (b *Book) full(id string, now time.Time) bool {
	y, m, _ := now.In(china()).Date()
	days := time.Date(y, m+1, 0, 0, 0, 0, 0, china()).Day()
	return b.received(id, now) >= days
}

// confirmSend is a member who sends what a mass message asks of them.
func (b *Book) confirmSend(a Act, now time.Time) ([]Event, error) {
	m, err := b.theirs(a.UserID)
	if err != nil {
		return nil, err
	}
	g := b.groupSend(a.ID)
	if g == nil || g.Cancelled {
		return nil, refuse("没有待发送的群发 %q", a.ID)
	}
	i := slices.IndexFunc(g.Tasks, func(t *SendTask) bool { return t.UserID == m.UserID })
	if i < 0 || g.Tasks[i].Status != taskWaits {
		return nil, refuse("成员 %s 没有要确认的群发", m.UserID)
	}
	t := g.Tasks[i]
	t.Status, t.At = taskDone, now
	for _, r := range t.To {
		r.At = now
		r.Status = b.deliver(g, t.UserID, r.ID, now)
	}
	return nil, nil
}

// deliver brings a mass message to one receiver and tells what became of it.
func (b *Book) deliver(g *GroupSend, userID, id string, now time.Time) int {
	if b.full(id, now) {
		return receiverHadOne
	}
	if g.ChatType == sendGroup {
		c, err := b.chat(id)
		if err != nil {
			return receiverNoFriend
		}
		for _, l := range g.Lines {
			b.Last++
			l.ID, l.UserID, l.At, l.From, l.App, l.MsgID = b.Last, userID, now, FromApp, g.App, g.MsgID
			b.Posts = hold(append(b.Posts, GroupPost{c.ChatID, userID, now, l}), maxLines)
		}
		return receiverGot
	}
	r := b.relation(userID, id)
	if !r.friends() {
		return receiverNoFriend
	}
	for _, l := range g.Lines {
		l.From, l.App, l.MsgID = FromApp, g.App, g.MsgID
		b.say(r, l, now)
	}
	return receiverGot
}

func (b *Book) groupSend(msgID string) *GroupSend {
	for _, g := range b.GroupSends {
		if g.MsgID == msgID {
			return g
		}
	}
	return nil
}
