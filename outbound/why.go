package outbound

import (
	"context"
	"time"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// Told is one message to a person and what became of it, as it is told to people who ask why.
type Told struct {
	Account  bot.AccountName `json:"account"`
	User     bot.UserID      `json:"user"`
	Cause    string          `json:"cause"`
	Campaign string          `json:"campaign,omitempty"`
	Budget   string          `json:"budget"`
	Priority string          `json:"priority"`
	State    store.SendState `json:"state"`
	Way      string          `json:"way,omitempty"`
	Ways     []policy.Way    `json:"ways"`
	Reason   policy.Reason   `json:"reason,omitempty"`
	English  string          `json:"explanation"`
	Chinese  string          `json:"explanation_zh"`
	Detail   string          `json:"detail,omitempty"` // the platform's code
	Tries    int             `json:"tries"`

	CreatedAt time.Time  `json:"created_at"`
	Expires   *time.Time `json:"expires_at,omitempty"`
	Due       *time.Time `json:"due_at,omitempty"` // when it is next looked at
	SentAt    *time.Time `json:"sent_at,omitempty"`
	SettledAt *time.Time `json:"settled_at,omitempty"`
}

// Asked are the records that Why asks; *store.Store is.
type Asked interface {
	SendsTo(ctx context.Context, p bot.Person, campaign string) ([]store.Send, error)
}

// Why tells what became of every message that was to go to a person, on all their accounts, the newest first; with a campaign only of
// that one's.
func Why(ctx context.Context, records Asked, p bot.Person, campaign string) ([]Told, error) {
	sends, err := records.SendsTo(ctx, p, campaign)
	if err != nil {
		return nil, err
	}
	told := make([]Told, len(sends))
	for i, s := range sends {
		told[i] = tell(s)
	}
	return told, nil
}

func tell(s store.Send) Told {
	t := Told{
		Account: s.Person.Account, User: s.Person.User, Cause: s.Cause, Campaign: s.Campaign, Budget: s.Budget, Priority: policy.Priority(s.Priority).String(),
		State: s.State, Way: s.Way, Ways: waysOf(s), Reason: policy.Reason(s.Reason), Detail: s.Detail, Tries: s.Tries, CreatedAt: s.CreatedAt,
		Expires: moment(s.Expires), SentAt: moment(s.SendingAt), SettledAt: moment(s.SettledAt),
	}
	switch {
	case s.State == store.SendQueued, s.State == store.SendWaiting && s.Reason == "":
		t.English, t.Chinese = "nobody has looked at it yet", "排队中，尚未处理"
	case s.State == store.SendSending:
		t.English, t.Chinese = "it is being sent", "正在发送"
	default:
		t.English, t.Chinese = t.Reason.English(), t.Reason.Chinese()
	}
	if s.State == store.SendQueued || s.State == store.SendWaiting {
		t.Due = moment(s.Due)
	}
	return t
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Ledger is what an account used of a way on a day of the platform.
type Ledger struct {
	Account bot.AccountName `json:"account"`
	Way     policy.Way      `json:"way"`
	Pushed  int             `json:"pushed"`
	Replied int             `json:"replied"`
	Left    *int            `json:"left,omitempty"` // of the number that is known; nil: none is
	Resets  time.Time       `json:"resets_at"`
	// Closed says until when the platform takes no more, and why.
	Closed  *time.Time    `json:"closed_until,omitempty"`
	Reason  policy.Reason `json:"reason,omitempty"`
	English string        `json:"explanation,omitempty"`
}

// Quotas tells what was used today.
func Quotas(ctx context.Context, records Records, now time.Time) ([]Ledger, error) {
	used, err := records.SendQuotas(ctx, platformDay(now))
	if err != nil {
		return nil, err
	}
	closed, err := records.SendsClosed(ctx, now)
	if err != nil {
		return nil, err
	}
	all := []Ledger{}
	at := map[wayKey]int{}
	entry := func(account bot.AccountName, way policy.Way) *Ledger {
		key := wayKey{account, way}
		i, there := at[key]
		if !there {
			i = len(all)
			at[key] = i
			all = append(all, Ledger{Account: account, Way: way, Resets: NextReset(now)})
		}
		return &all[i]
	}
	for _, q := range used {
		l := entry(q.Account, policy.Way(q.Way))
		l.Pushed, l.Replied = q.Pushes, q.Replies
	}
	for _, c := range closed {
		l := entry(c.Account, policy.Way(c.Way))
		l.Closed, l.Reason, l.English = moment(c.Opens), policy.Reason(c.Reason), policy.Reason(c.Reason).English()
	}
	for i := range all {
		if most := DailyQuota(all[i].Way); most > 0 {
			left := max(0, most-all[i].Pushed-all[i].Replied)
			all[i].Left = &left
		}
	}
	return all, nil
}
