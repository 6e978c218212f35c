package contact

import (
	"slices"
	"time"
)

// Moment is a post for the moments of members' customers (客户朋友圈), which each of its members publishes or lets be.
type Moment struct {
	Seq      int64               `json:"seq"`
	JobID    string              `json:"job_id"`
	MomentID string              `json:"moment_id"`
	App      string              `json:"app"`
	At       time.Time           `json:"at"`
	Text     string              `json:"text,omitempty"`
	Bubbles  []Line              `json:"bubbles,omitempty"` // what is attached
	Senders  []MomentSender      `json:"senders"`
	Tags     []string            `json:"tags,omitempty"` // ids; empty: it is seen by all customers
	Unknown  map[string][]string `json:"unknown,omitempty"`
	Code     int                 `json:"code,omitempty"` // why it came to nothing
}

// MomentSender is a member who was asked to publish.
type MomentSender struct {
	UserID      string    `json:"user_id"`
	PublishedAt time.Time `json:"published_at,omitzero"`
	Seen        []string  `json:"seen,omitempty"` // by which customers
}

// The statuses of the job that makes a moment.
const (
	momentBegun   = 1
	momentRunning = 2
	momentDone    = 3
)

const (
	// momentBegins and momentTakes are how long a job stands and runs before its moment is there; ours.
	momentBegins = time.Second
	momentTakes  = 3 * time.Second
	// jobLife is how long a job can be asked about (WeCom docs, 获取任务创建结果).
	jobLife = 24 * time.Hour
)

// status is how far the job is.
func (m *Moment) status(now time.Time) int {
	switch age := now.Sub(m.At); {
	case age < momentBegins:
		return momentBegun
	case age < momentTakes:
		return momentRunning
	}
	return momentDone
}

// there tells whether members have been asked.
func (m *Moment) there(now time.Time) bool { return m.status(now) == momentDone && m.Code == 0 }

// moment finds a moment that members have been asked to publish.
func (b *Book) moment(id string, now time.Time) *Moment {
	i := slices.IndexFunc(b.Moments, func(m *Moment) bool { return m.MomentID == id && m.there(now) })
	if i < 0 {
		return nil
	}
	return b.Moments[i]
}

// publish is a member who publishes a moment to the customers who may see it.
func (b *Book) publish(a Act, now time.Time) ([]Event, error) {
	m := b.moment(a.ID, now)
	switch {
	case m == nil && slices.ContainsFunc(b.Moments, func(m *Moment) bool { return m.MomentID == a.ID && m.Code == 0 }):
		return nil, refuse("这条朋友圈还在创建，几秒后再发表")
	case m == nil:
		return nil, refuse("没有这条待发表的朋友圈")
	}
	i := slices.IndexFunc(m.Senders, func(s MomentSender) bool { return s.UserID == a.UserID })
	switch {
	case i < 0:
		return nil, refuse("这条朋友圈没有请 %s 发表", a.UserID)
	case !m.Senders[i].PublishedAt.IsZero():
		return nil, refuse("已经发表过了")
	}
	m.Senders[i].PublishedAt = now
	for _, r := range b.Relations {
		if r.UserID == a.UserID && r.friends() && (len(m.Tags) == 0 || r.hasAny(m.Tags)) {
			m.Senders[i].Seen = append(m.Senders[i].Seen, r.ExternalUserID)
		}
	}
	return nil, nil
}

// hasAny tells whether the member has given the customer one of the corp's tags.
func (r *Relation) hasAny(tags []string) bool {
	return slices.ContainsFunc(tags, func(id string) bool { return slices.Contains(r.Tags, id) })
}
