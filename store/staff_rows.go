package store

import (
	"context"
	"fmt"
	"iter"
	"time"

	"guanjia/bot"
)

const staffColumns = `number, account, user_id, event_key, desk, channel, reason, opened_at, taken_at, servicer, first_response_at,
	last_staff_at, quiet_until, notified_at, closed_at, closed_by`

func scanStaff(r Row) (StaffConversation, error) {
	var c StaffConversation
	var opened, taken, responded, last, quiet, notified, closed int64
	err := r.Scan(&c.Number, &c.Person.Account, &c.Person.User, &c.Key, &c.Desk, &c.Channel, &c.Reason, &opened, &taken, &c.Servicer, &responded,
		&last, &quiet, &notified, &closed, &c.ClosedBy)
	c.OpenedAt, c.TakenAt, c.FirstResponseAt = fromMS(opened), fromMS(taken), fromMS(responded)
	c.LastStaffAt, c.QuietUntil, c.NotifiedAt, c.ClosedAt = fromMS(last), fromMS(quiet), fromMS(notified), fromMS(closed)
	return c, err
}

func findStaff(ctx context.Context, q Queryer, where string, args ...any) (StaffConversation, bool, error) {
	return Get(ctx, q, scanStaff, "SELECT "+staffColumns+" FROM staff_conversation WHERE "+where, args...)
}

// lockStaff finds a conversation that must not change before the transaction ends.
func (s *Store) lockStaff(ctx context.Context, tx *Tx, where string, args ...any) (StaffConversation, bool, error) {
	return findStaff(ctx, tx, where+s.dialect.forUpdate, args...)
}

// openOf finds the open conversation of a person at a desk.
func (s *Store) openOf(ctx context.Context, tx *Tx, p bot.Person, desk string) (StaffConversation, bool, error) {
	return s.lockStaff(ctx, tx, "account = $1 AND user_id = $2 AND desk = $3 AND closed_at = 0", string(p.Account), string(p.User), clean(desk))
}

// staffAct is what an event does to a conversation.
type staffAct struct {
	account bot.AccountName
	key     bot.EventKey
	act     string
}

// The acts.
const (
	actOpen  = "open"
	actSign  = "sign"
	actClose = "close"
)

// staffEvent notes that an event is at work here; known is true when it was before, and then what came of it is returned.
func staffEvent(ctx context.Context, tx *Tx, e staffAct) (before staffResult, known bool, err error) {
	n, err := tx.Exec(ctx, "INSERT INTO staff_event (account, event_key, act, number, did) VALUES ($1, $2, $3, 0, FALSE) ON CONFLICT DO NOTHING",
		string(e.account), string(e.key), e.act)
	if err != nil || n == 1 {
		return staffResult{}, false, err
	}
	type row struct {
		number int64
		did    bool
	}
	r, _, err := Get(ctx, tx, func(r Row) (v row, err error) { return v, r.Scan(&v.number, &v.did) },
		"SELECT number, did FROM staff_event WHERE account = $1 AND event_key = $2 AND act = $3", string(e.account), string(e.key), e.act)
	if err != nil || r.number == 0 {
		return staffResult{}, true, err
	}
	c, _, err := findStaff(ctx, tx, "number = $1", r.number)
	return staffResult{c, r.did}, true, err
}

// noteStaffEvent keeps what came of an event, unless err says that nothing did.
func noteStaffEvent(ctx context.Context, tx *Tx, e staffAct, number int64, did bool, err error) error {
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE staff_event SET number = $1, did = $2 WHERE account = $3 AND event_key = $4 AND act = $5",
		number, did, string(e.account), string(e.key), e.act)
	return err
}

// StaffConversation finds a conversation by its number.
func (s *Store) StaffConversation(ctx context.Context, number int64) (c StaffConversation, ok bool, err error) {
	if c, ok, err = findStaff(ctx, s.read(), "number = $1", number); err != nil {
		return StaffConversation{}, false, fmt.Errorf("read conversation %d with staff: %w", number, err)
	}
	return c, ok, nil
}

// WaitingBefore counts those that wait at the same account and desk and were there before.
func (s *Store) WaitingBefore(ctx context.Context, c StaffConversation) (int, error) {
	n, _, err := Get(ctx, s.read(), scalar[int], `SELECT count(*) FROM staff_conversation
		WHERE account = $1 AND desk = $2 AND number < $3 AND closed_at = 0 AND taken_at = 0`, string(c.Person.Account), c.Desk, c.Number)
	if err != nil {
		return 0, fmt.Errorf("count who waits for staff: %w", err)
	}
	return n, nil
}

// OpenStaffConversations are all that are open, the oldest first. There are as many as staff can bear.
func (s *Store) OpenStaffConversations(ctx context.Context) ([]StaffConversation, error) {
	list, err := All(ctx, s.read(), scanStaff, "SELECT "+staffColumns+" FROM staff_conversation WHERE closed_at = 0 ORDER BY number")
	if err != nil {
		return nil, fmt.Errorf("read conversations with staff: %w", err)
	}
	return list, nil
}

// StaffConversations yields those opened in [from, until), closed or not, the oldest first.
func (s *Store) StaffConversations(ctx context.Context, a bot.AccountName, from, until time.Time) iter.Seq2[StaffConversation, error] {
	return pages(func(after *StaffConversation) ([]StaffConversation, error) {
		var last int64
		if after != nil {
			last = after.Number
		}
		page, err := All(ctx, s.read(), scanStaff, "SELECT "+staffColumns+` FROM staff_conversation
			WHERE account = $1 AND opened_at >= $2 AND opened_at < $3 AND number > $4 ORDER BY number LIMIT $5`,
			string(a), ms(from), ms(until), last, pageSize)
		if err != nil {
			return nil, fmt.Errorf("read conversations with staff: %w", err)
		}
		return page, nil
	})
}

// StaffFigures are the conversations of a span of time in numbers.
type StaffFigures struct {
	Opened, Responded, TimedOut int
	MeanResponse, WorstResponse time.Duration // from the opening to the first response, of those that got one
}

// StaffFigures counts the conversations opened in [from, until), but for those that staff began themselves.
func (s *Store) StaffFigures(ctx context.Context, a bot.AccountName, from, until time.Time) (StaffFigures, error) {
	f, _, err := Get(ctx, s.read(), func(r Row) (StaffFigures, error) {
		var f StaffFigures
		var sum, worst int64
		err := r.Scan(&f.Opened, &f.Responded, &f.TimedOut, &sum, &worst)
		if f.Responded > 0 {
			f.MeanResponse = time.Duration(sum/int64(f.Responded)) * time.Millisecond
		}
		f.WorstResponse = time.Duration(worst) * time.Millisecond
		return f, err
	}, `SELECT count(*), count(*) FILTER (WHERE first_response_at > 0), count(*) FILTER (WHERE closed_by = 'timeout'),
		CAST(COALESCE(sum(first_response_at - opened_at) FILTER (WHERE first_response_at > opened_at), 0) AS BIGINT),
		COALESCE(max(first_response_at - opened_at) FILTER (WHERE first_response_at > opened_at), 0)
		FROM staff_conversation WHERE account = $1 AND opened_at >= $2 AND opened_at < $3 AND reason <> 'staff'`, string(a), ms(from), ms(until))
	if err != nil {
		return StaffFigures{}, fmt.Errorf("count conversations with staff: %w", err)
	}
	return f, nil
}
