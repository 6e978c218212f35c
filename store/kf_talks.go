package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// KfTalk is one customer at one desk.
type KfTalk struct {
	Person bot.Person
	Desk   string
}

// KfHeard is the newest message of the customer's, from which the platform counts what may be said.
type KfHeard struct {
	Key  bot.EventKey
	At   time.Time
	Sent int // messages that had been sent since, before it became known
}

// KfLeave is what the ledger knows of what may be said to a customer.
type KfLeave struct {
	HeardAt time.Time // zero: they have not been heard of here
	Sent    int       // messages since
	Staff   bool      // somebody of the staff has the conversation, or is waited for
}

// SetKfStaff notes whether somebody of the staff has a customer's conversation, or is waited for.
func (s *Store) SetKfStaff(ctx context.Context, t KfTalk, staff bool, now time.Time) error {
	_, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, `INSERT INTO kf_talk (account, desk, user_id, heard_at, heard_key, sent, staff, touched_at) VALUES ($1, $2, $3, 0, '', 0, $4, $5)
			ON CONFLICT (account, desk, user_id) DO UPDATE SET staff = excluded.staff, touched_at = excluded.touched_at`,
			string(t.Person.Account), t.Desk, string(t.Person.User), staff, ms(now))
	})
	if err != nil {
		return fmt.Errorf("note who has a conversation: %w", err)
	}
	return nil
}

// touchKfTalk notes a message of the customer's and reads what may be said. An older message than the last changes nothing.
func touchKfTalk(ctx context.Context, w executor, t KfTalk, heard *KfHeard, now time.Time) (KfLeave, error) {
	if heard == nil {
		heard = &KfHeard{}
	}
	leave, _, err := Get(ctx, w, scanKfLeave, `
		INSERT INTO kf_talk (account, desk, user_id, heard_at, heard_key, sent, staff, touched_at) VALUES ($1, $2, $3, $4, $5, $7, FALSE, $6)
		ON CONFLICT (account, desk, user_id) DO UPDATE SET
			sent = CASE WHEN `+newlyHeard+` THEN excluded.sent ELSE kf_talk.sent END,
			heard_key = CASE WHEN `+newlyHeard+` THEN excluded.heard_key ELSE kf_talk.heard_key END,
			heard_at = CASE WHEN `+newlyHeard+` THEN excluded.heard_at ELSE kf_talk.heard_at END,
			touched_at = excluded.touched_at
		RETURNING heard_at, sent, staff`,
		string(t.Person.Account), t.Desk, string(t.Person.User), ms(heard.At), string(heard.Key), ms(now), heard.Sent)
	return leave, err
}

// KfLeave reads what may be said to a customer.
func (s *Store) KfLeave(ctx context.Context, t KfTalk) (KfLeave, error) {
	leave, _, err := Get(ctx, s.read(), scanKfLeave, "SELECT heard_at, sent, staff FROM kf_talk WHERE account = $1 AND desk = $2 AND user_id = $3",
		string(t.Person.Account), t.Desk, string(t.Person.User))
	if err != nil {
		return KfLeave{}, fmt.Errorf("read what may be said to a customer: %w", err)
	}
	return leave, nil
}

// newlyHeard tells in SQL whether a message is newer than the last. The platform counts in seconds, in which there may be two.
const newlyHeard = `(excluded.heard_at > kf_talk.heard_at OR excluded.heard_at > 0 AND excluded.heard_at = kf_talk.heard_at AND excluded.heard_key <> kf_talk.heard_key)`

func scanKfLeave(r Row) (KfLeave, error) {
	var l KfLeave
	var heard int64
	err := r.Scan(&heard, &l.Sent, &l.Staff)
	l.HeardAt = fromMS(heard)
	return l, err
}
