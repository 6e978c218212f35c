package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"guanjia/bot"
)

// SendFacts is what the records know of a person to whom something is to go out.
type SendFacts struct {
	Owner         bot.Person
	OptedOut      bool
	OptedOutTopic bool
	Gone          bool // unfollowed, or nobody of the staff has them any more
	Contact       bool // a customer of WeCom, and not a member
	Sent          []CapPlace
	Rivals        []SendRival
	Acts          []PersonAct
	BySend        []time.Time // when messages went out by the asked way on the account, replies included
	Talks         []KfTalkLeave
	// NotSubscribed says that no subscription notification of the asked template is left, as far as was told.
	NotSubscribed bool
}

// CapPlace is a message that counts against the caps of a person.
type CapPlace struct {
	ID string
	At time.Time
}

// SendRival is another message that waits for the person.
type SendRival struct {
	Priority int
	From     time.Time
	Expires  time.Time
}

// PersonAct is what a person did.
type PersonAct struct {
	Kind bot.Kind
	At   time.Time
}

// KfTalkLeave is what may be said to a customer at a desk.
type KfTalkLeave struct {
	Desk string
	KfLeave
}

// SendFactsAsk says whose facts are asked for.
type SendFactsAsk struct {
	ID     string // of the message itself, which is no rival
	Person bot.Person
	Topic  string
	// CountedSince, ActsSince, SentSince: what is older does not matter; of the latter two, nothing does when they are zero.
	CountedSince, ActsSince, SentSince time.Time
	Way                                string // whose messages are listed in BySend
	Reply                              bool   // consent, caps and rivals don't matter
	Notice                             string // template of a subscription notification that is asked about; may be empty
}

// talksMax and actsMax bound what is read of one person: the last ones count.
const (
	talksMax = 20
	actsMax  = 500
)

// SendFacts reads them.
func (s *Store) SendFacts(ctx context.Context, ask SendFactsAsk) (SendFacts, error) {
	f, err := s.sendFacts(ctx, ask)
	if err != nil {
		return SendFacts{}, fmt.Errorf("read what is known of a person: %w", err)
	}
	return f, nil
}

func (s *Store) sendFacts(ctx context.Context, ask SendFactsAsk) (f SendFacts, err error) {
	people, owner, err := ownedPeople(ctx, s.read(), ask.Person)
	if err != nil {
		return f, err
	}
	f.Owner = owner
	var all []question
	if !ask.Reply {
		all = f.wishes(people, ask)
	}
	var r relations
	all = append(all, f.presence(ask, &r)...)
	if err := s.askAll(ctx, all); err != nil {
		return f, err
	}
	f.Contact = r.all > 0
	f.Gone = r.gone > 0 || r.all > 0 && r.lasting == 0 && len(f.Talks) == 0
	return f, nil
}

// wishes ask what the person wants, has had and is about to get, on all their accounts.
func (f *SendFacts) wishes(people []bot.Person, ask SendFactsAsk) []question {
	two, twoArgs := amongPeople(people, 2)
	three, threeArgs := amongPeople(people, 3)
	return []question{
		{"SELECT topic, granted FROM consent WHERE topic IN ($1, $2) AND " + three + " ORDER BY at", append([]any{"", ask.Topic}, threeArgs...), func(r Row) error {
			var topic string
			var granted bool
			err := r.Scan(&topic, &granted)
			if topic == "" { // the last word counts, on whichever account
				f.OptedOut = !granted
			} else {
				f.OptedOutTopic = !granted
			}
			return err
		}},
		{"SELECT id, sending_at FROM send WHERE counted AND sending_at > $1 AND " + two, append([]any{ms(ask.CountedSince)}, twoArgs...), func(r Row) error {
			var p CapPlace
			var at int64
			err := r.Scan(&p.ID, &at)
			p.At = fromMS(at)
			f.Sent = append(f.Sent, p)
			return err
		}},
		{`SELECT priority, due_at, expires_at FROM send WHERE state IN ('queued', 'waiting') AND budget = 'push' AND reason NOT LIKE 'paused%' AND id <> $1 AND ` + two,
			append([]any{ask.ID}, twoArgs...), func(r Row) error {
				var v SendRival
				var from, expires int64
				err := r.Scan(&v.Priority, &from, &expires)
				v.From, v.Expires = fromMS(from), fromMS(expires)
				f.Rivals = append(f.Rivals, v)
				return err
			}},
	}
}

// relations are how many a person has to the account and its staff.
type relations struct{ gone, all, lasting int }

// presence asks what the person did on the account, and whether they are there.
func (f *SendFacts) presence(ask SendFactsAsk, n *relations) []question {
	account, user := string(ask.Person.Account), string(ask.Person.User)
	all := []question{
		{`SELECT (SELECT COUNT(*) FROM follower WHERE account = $1 AND user_id = $2 AND NOT following), COUNT(*), COUNT(CASE WHEN ended_at = 0 THEN 1 END)
			FROM contact_relation WHERE account = $1 AND user_id = $2`, []any{account, user}, func(r Row) error { return r.Scan(&n.gone, &n.all, &n.lasting) }},
		{"SELECT desk, heard_at, sent, staff FROM kf_talk WHERE account = $1 AND user_id = $2 ORDER BY heard_at DESC, desk LIMIT $3", []any{account, user, talksMax}, func(r Row) error {
			var t KfTalkLeave
			var heard int64
			err := r.Scan(&t.Desk, &heard, &t.Sent, &t.Staff)
			t.HeardAt = fromMS(heard)
			f.Talks = append(f.Talks, t)
			return err
		}},
	}
	if !ask.ActsSince.IsZero() {
		all = append(all, question{"SELECT kind, at FROM journal WHERE account = $1 AND user_id = $2 AND received_at > $3 ORDER BY received_at DESC LIMIT $4",
			[]any{account, user, ms(ask.ActsSince), actsMax}, func(r Row) error {
				var a PersonAct
				var at int64
				err := r.Scan(&a.Kind, &at)
				a.At = fromMS(at)
				f.Acts = append(f.Acts, a)
				return err
			}})
	}
	if !ask.SentSince.IsZero() {
		all = append(all, f.bySend(ask))
	}
	if ask.Notice != "" {
		all = append(all, question{countGrants, []any{account, user, clean(ask.Notice)}, func(r Row) error {
			var known, left int
			err := r.Scan(&known, &left)
			f.NotSubscribed = known > 0 && left == 0
			return err
		}})
	}
	return all
}

// bySend asks what went out by the asked way on the account.
func (f *SendFacts) bySend(ask SendFactsAsk) question {
	return question{"SELECT sending_at, parts FROM send WHERE account = $1 AND user_id = $2 AND sending_at > $3 AND way = $4 AND state <> 'failed' AND id <> $5",
		[]any{string(ask.Person.Account), string(ask.Person.User), ms(ask.SentSince), ask.Way, ask.ID}, func(r Row) error {
			var at int64
			var parts int
			err := r.Scan(&at, &parts)
			for range max(1, parts) {
				f.BySend = append(f.BySend, fromMS(at))
			}
			return err
		}}
}

// amongPeople is a condition that a row is one of theirs; its values are numbered from first.
func amongPeople(people []bot.Person, first int) (string, []any) {
	var b strings.Builder
	args := make([]any, 0, 2*len(people))
	b.WriteString("(")
	for i, p := range people {
		if i > 0 {
			b.WriteString(" OR ")
		}
		b.WriteString("account = $" + strconv.Itoa(first+2*i) + " AND user_id = $" + strconv.Itoa(first+2*i+1))
		args = append(args, string(p.Account), string(p.User))
	}
	b.WriteString(")")
	return b.String(), args
}
