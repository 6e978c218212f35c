package store

import (
	"context"
	"fmt"
	"time"
)

// What follows is for whoever looks after the conversations beside the events. Several replicas may: each thing is told to one
// of them.

// CloseSilentStaff closes what staff have given no sign on for too long and tells how many that were.
func (s *Store) CloseSilentStaff(ctx context.Context, now time.Time) (int, error) {
	n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "UPDATE staff_conversation SET closed_at = $1, closed_by = $2 WHERE closed_at = 0 AND quiet_until <= $1", ms(now), string(ClosedByTimeout))
	})
	if err != nil {
		return 0, fmt.Errorf("close silent conversations with staff: %w", err)
	}
	return n, nil
}

// ClaimStaffNotice tells whether it is the caller's to notify staff of a conversation now. Until next nobody else is told so,
// and after NoticeGiven nobody at all.
func (s *Store) ClaimStaffNotice(ctx context.Context, number int64, now, next time.Time) (bool, error) {
	n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, `UPDATE staff_conversation SET notify_next = $1
			WHERE number = $2 AND notified_at = 0 AND closed_at = 0 AND taken_at = 0 AND notify_next <= $3`, ms(next), number, ms(now))
	})
	if err != nil {
		return false, fmt.Errorf("claim the notice of conversation %d: %w", number, err)
	}
	return n == 1, nil
}

// StaffNoticeGiven records that staff know of a conversation.
func (s *Store) StaffNoticeGiven(ctx context.Context, number int64, at time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "UPDATE staff_conversation SET notified_at = $1 WHERE number = $2 AND notified_at = 0", ms(at), number)
	})
	if err != nil {
		return fmt.Errorf("record the notice of conversation %d: %w", number, err)
	}
	return nil
}

// StaffNews are conversations of which something is new.
type StaffNews struct {
	Responded []StaffConversation // the first response is there
	Closed    []StaffConversation
}

// TellStaffNews gives each first response and each end once.
func (s *Store) TellStaffNews(ctx context.Context) (StaffNews, error) {
	news, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (n StaffNews, err error) {
		n.Responded, err = All(ctx, tx, scanStaff, `UPDATE staff_conversation SET response_told = TRUE
			WHERE first_response_at > 0 AND NOT response_told RETURNING `+staffColumns)
		if err != nil {
			return n, err
		}
		n.Closed, err = All(ctx, tx, scanStaff, "UPDATE staff_conversation SET close_told = TRUE WHERE closed_at > 0 AND NOT close_told RETURNING "+staffColumns)
		return n, err
	})
	if err != nil {
		return StaffNews{}, fmt.Errorf("read what is new of conversations with staff: %w", err)
	}
	return news, nil
}

// TrimStaff forgets what single events did to conversations that had ended before, and which events found none to do anything to.
// The conversations stay. An event that comes again later than that counts anew. It tells how many it has forgotten.
func (s *Store) TrimStaff(ctx context.Context, before time.Time) (int, error) {
	for total := 0; ; {
		n, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
			return tx.Exec(ctx, `DELETE FROM staff_event WHERE (account, event_key, act) IN (
				SELECT e.account, e.event_key, e.act FROM staff_event e
				LEFT JOIN staff_conversation c ON c.number = e.number
				LEFT JOIN journal j ON j.account = e.account AND j.event_key = e.event_key
				WHERE CASE WHEN c.number IS NULL THEN j.received_at < $1 ELSE c.closed_at > 0 AND c.closed_at < $1 END LIMIT $2)`, ms(before), trimChunk)
		})
		if err != nil {
			return total, fmt.Errorf("trim events of conversations with staff: %w", err)
		}
		if total += n; n < trimChunk {
			return total, nil
		}
	}
}
