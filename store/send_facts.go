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

// talksMax and actsMax bound what is read of one person: the last ones count.
const (
	talksMax = 20
	actsMax  = 500
)

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

// SendFacts reads them.
func (s *Store) SendFacts(ctx context.Context, ask SendFactsAsk) (SendFacts, error) {
	f, err := sendFacts(ctx, s.read(), ask)
	if err != nil {
		return SendFacts{}, fmt.Errorf("read what is known of a person: %w", err)
	}
	return f, nil
}

func sendFacts(ctx context.Context, q Queryer, ask SendFactsAsk) (f SendFacts, err error) {
	people, owner, err := ownedPeople(ctx, q, ask.Person)
	if err != nil {
		return f, err
	}
	f.Owner = owner
	if !ask.Reply {
		if err := f.readWishes(ctx, q, people, ask); err != nil {
			return f, err
		}
	}
	return f, f.readPresence(ctx, q, ask)
}

// readWishes reads what the person wants, has had and is about to get, on all their accounts.
func (f *SendFacts) readWishes(ctx context.Context, q Queryer, people []bot.Person, ask SendFactsAsk) (err error) {
	among, args := amongPeople(people, 3)
	type word struct {
		topic   string
		granted bool
	}
	words, err := All(ctx, q, func(r Row) (w word, err error) { return w, r.Scan(&w.topic, &w.granted) },
		"SELECT topic, granted FROM consent WHERE topic IN ($1, $2) AND "+among+" ORDER BY at", append([]any{"", ask.Topic}, args...)...)
	if err != nil {
		return err
	}
	for _, w := range words { // the last word counts, on whichever account
		if w.topic == "" {
			f.OptedOut = !w.granted
		} else {
			f.OptedOutTopic = !w.granted
		}
	}
	among, args = amongPeople(people, 2)
	f.Sent, err = All(ctx, q, func(r Row) (CapPlace, error) {
		var p CapPlace
		var at int64
		err := r.Scan(&p.ID, &at)
		p.At = fromMS(at)
		return p, err
	}, "SELECT id, sending_at FROM send WHERE counted AND sending_at > $1 AND "+among, append([]any{ms(ask.CountedSince)}, args...)...)
	if err != nil {
		return err
	}
	f.Rivals, err = All(ctx, q, func(r Row) (SendRival, error) {
		var v SendRival
		var from, expires int64
		err := r.Scan(&v.Priority, &from, &expires)
		v.From, v.Expires = fromMS(from), fromMS(expires)
		return v, err
	}, `SELECT priority, due_at, expires_at FROM send WHERE state IN ('queued', 'waiting') AND budget = 'push' AND reason NOT LIKE 'paused%' AND id <> $1 AND `+among,
		append([]any{ask.ID}, args...)...)
	return err
}

// readPresence reads what the person did on the account, and whether they are there.
func (f *SendFacts) readPresence(ctx context.Context, q Queryer, ask SendFactsAsk) error {
	account, user := string(ask.Person.Account), string(ask.Person.User)
	type relations struct{ gone, all, lasting int }
	r, _, err := Get(ctx, q, func(r Row) (n relations, err error) { return n, r.Scan(&n.gone, &n.all, &n.lasting) },
		`SELECT (SELECT COUNT(*) FROM follower WHERE account = $1 AND user_id = $2 AND NOT following), COUNT(*), COUNT(CASE WHEN ended_at = 0 THEN 1 END)
			FROM contact_relation WHERE account = $1 AND user_id = $2`, account, user)
	if err != nil {
		return err
	}
	f.Gone = r.gone > 0
	f.Contact = r.all > 0
	f.Talks, err = All(ctx, q, func(r Row) (t KfTalkLeave, err error) {
		var heard int64
		err = r.Scan(&t.Desk, &heard, &t.Sent, &t.Staff)
		t.HeardAt = fromMS(heard)
		return t, err
	}, "SELECT desk, heard_at, sent, staff FROM kf_talk WHERE account = $1 AND user_id = $2 ORDER BY heard_at DESC, desk LIMIT $3", account, user, talksMax)
	if err != nil {
		return err
	}
	if r.all > 0 && r.lasting == 0 && len(f.Talks) == 0 {
		f.Gone = true
	}
	if !ask.ActsSince.IsZero() {
		f.Acts, err = All(ctx, q, func(r Row) (a PersonAct, err error) {
			var at int64
			err = r.Scan(&a.Kind, &at)
			a.At = fromMS(at)
			return a, err
		}, "SELECT kind, at FROM journal WHERE account = $1 AND user_id = $2 AND received_at > $3 ORDER BY received_at DESC LIMIT $4", account, user, ms(ask.ActsSince), actsMax)
		if err != nil {
			return err
		}
	}
	if ask.Notice != "" {
		left, known, err := subscriptions(ctx, q, ask.Person, ask.Notice)
		if err != nil {
			return err
		}
		f.NotSubscribed = known && left == 0
	}
	if !ask.SentSince.IsZero() {
		return f.readSent(ctx, q, ask)
	}
	return nil
}

// readSent reads what went out by the asked way on the account.
func (f *SendFacts) readSent(ctx context.Context, q Queryer, ask SendFactsAsk) error {
	type sent struct {
		at    int64
		parts int
	}
	all, err := All(ctx, q, func(r Row) (s sent, err error) { return s, r.Scan(&s.at, &s.parts) },
		"SELECT sending_at, parts FROM send WHERE account = $1 AND user_id = $2 AND sending_at > $3 AND way = $4 AND state <> 'failed' AND id <> $5",
		string(ask.Person.Account), string(ask.Person.User), ms(ask.SentSince), ask.Way, ask.ID)
	for _, s := range all {
		for range max(1, s.parts) {
			f.BySend = append(f.BySend, fromMS(s.at))
		}
	}
	return err
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
