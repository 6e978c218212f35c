package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// StaffChannel is how a person and the staff reach each other.
type StaffChannel string

// The channels.
const (
	StaffOfficial StaffChannel = "official" // an official account's servicers (公众号客服)
	StaffKf       StaffChannel = "kf"       // WeChat customer service (微信客服)
	StaffApp      StaffChannel = "app"      // a member of the corp, whom other members answer
)

// StaffClosing is how a conversation with staff ended.
type StaffClosing string

// The ways to end.
const (
	ClosedByStaff   StaffClosing = "staff"
	ClosedByPerson  StaffClosing = "person"
	ClosedByTimeout StaffClosing = "timeout" // no sign of staff for too long
	ClosedByPause   StaffClosing = "paused"  // the feature was switched off
	ClosedByRefusal StaffClosing = "refused" // the platform found nobody to take it
)

// Reasons of a conversation, beside the names of handlers that wished for a person.
const (
	StaffAsked = "asked" // the person did
	StaffBegan = "staff" // staff began it themselves
)

// StaffConversation is one that people of the staff lead, or are to lead, instead of the bot.
type StaffConversation struct {
	Number  int64 // from 1, unique over all accounts
	Person  bot.Person
	Key     bot.EventKey // of what opened it
	Desk    string       // open kfid, on the channel that has it
	Channel StaffChannel
	Reason  string // StaffAsked, StaffBegan, or a handler's name

	OpenedAt        time.Time
	TakenAt         time.Time // zero while it waits
	Servicer        string    // who has it
	FirstResponseAt time.Time
	LastStaffAt     time.Time // the staff's last sign
	QuietUntil      time.Time
	NotifiedAt      time.Time // staff were told that it waits
	ClosedAt        time.Time // zero while it is open
	ClosedBy        StaffClosing
}

// Waits tells whether nobody has taken it yet.
func (c StaffConversation) Waits() bool { return c.TakenAt.IsZero() && c.ClosedAt.IsZero() }

// StaffRequest asks for a conversation with staff.
type StaffRequest struct {
	Person     bot.Person
	Key        bot.EventKey
	Desk       string
	Channel    StaffChannel
	Reason     string
	At         time.Time
	QuietUntil time.Time
}

type staffResult struct {
	conversation StaffConversation
	did          bool
}

// OpenStaffConversation opens a conversation unless the person has one open at the desk, which is returned then. The same key again tells
// the same, with the conversation as it stands.
func (s *Store) OpenStaffConversation(ctx context.Context, r StaffRequest) (c StaffConversation, opened bool, err error) {
	result, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (staffResult, error) {
		e := staffAct{r.Person.Account, r.Key, actOpen}
		before, known, err := staffEvent(ctx, tx, e)
		if err != nil || known {
			return before, err
		}
		return s.openStaff(ctx, tx, e, r)
	})
	if err != nil {
		return StaffConversation{}, false, fmt.Errorf("open a conversation with staff: %w", err)
	}
	return result.conversation, result.did, nil
}

// openStaff finds the person's open conversation or opens one, as part of an event that was noted.
func (s *Store) openStaff(ctx context.Context, tx *Tx, e staffAct, r StaffRequest) (staffResult, error) {
	c, found, err := s.openOf(ctx, tx, r.Person, r.Desk)
	if err != nil || found {
		return staffResult{conversation: c}, noteStaffEvent(ctx, tx, e, c.Number, false, err)
	}
	number, _, err := Get(ctx, tx, scalar[int64], `INSERT INTO staff_number (name, last) VALUES ('conversation', 1)
		ON CONFLICT (name) DO UPDATE SET last = staff_number.last + 1 RETURNING last`)
	if err != nil {
		return staffResult{}, err
	}
	n, err := tx.Exec(ctx, "INSERT INTO staff_conversation ("+staffColumns+`, notify_next, response_told, close_told)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, '', 0, 0, $9, 0, 0, '', 0, FALSE, FALSE) ON CONFLICT DO NOTHING`,
		number, string(r.Person.Account), string(r.Person.User), string(r.Key), clean(r.Desk), string(r.Channel), r.Reason, ms(r.At), ms(r.QuietUntil))
	if err != nil {
		return staffResult{}, err
	}
	// Another event of the person may have been quicker.
	if c, found, err = s.openOf(ctx, tx, r.Person, r.Desk); err == nil && !found {
		err = ErrNotFound
	}
	return staffResult{c, n == 1}, noteStaffEvent(ctx, tx, e, c.Number, n == 1, err)
}

// StaffSign is something that staff did in a conversation.
type StaffSign struct {
	StaffRequest // of the conversation to be opened when none is open: staff begin some themselves
	Who          string
	Took         bool // they have it from now on
	Responded    bool // the person heard of them
}

// SignOfStaff notes a sign of staff on the person's open conversation at the desk, which keeps the bot quiet until QuietUntil. When none is
// open, one is opened, unless the sign is older than the end of the last one: then open is false. The same key again changes
// nothing.
func (s *Store) SignOfStaff(ctx context.Context, sign StaffSign) (c StaffConversation, open bool, err error) {
	result, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (staffResult, error) {
		e := staffAct{sign.Person.Account, sign.Key, actSign}
		before, known, err := staffEvent(ctx, tx, e)
		if err != nil || known {
			before.did = before.conversation.Number > 0 && before.conversation.ClosedAt.IsZero()
			return before, err
		}
		last, _, err := findStaff(ctx, tx, "account = $1 AND user_id = $2 AND desk = $3 ORDER BY number DESC LIMIT 1",
			string(sign.Person.Account), string(sign.Person.User), clean(sign.Desk))
		if err != nil {
			return staffResult{}, err
		}
		if !last.ClosedAt.IsZero() && !sign.At.After(last.ClosedAt) {
			last, err = s.signed(ctx, tx, last.Number, sign)
			return staffResult{conversation: last}, noteStaffEvent(ctx, tx, e, last.Number, false, err)
		}
		opened, err := s.openStaff(ctx, tx, e, sign.StaffRequest)
		if err != nil {
			return staffResult{}, err
		}
		c, err := s.signed(ctx, tx, opened.conversation.Number, sign)
		return staffResult{c, true}, err
	})
	if err != nil {
		return StaffConversation{}, false, fmt.Errorf("note a sign of staff: %w", err)
	}
	return result.conversation, result.did, nil
}

// SignOnNumber notes a sign of staff on a conversation that they name by number; open is false when it is closed or was never
// there.
func (s *Store) SignOnNumber(ctx context.Context, number int64, sign StaffSign) (c StaffConversation, open bool, err error) {
	result, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (staffResult, error) {
		e := staffAct{sign.Person.Account, sign.Key, actSign}
		before, known, err := staffEvent(ctx, tx, e)
		if err != nil || known {
			return before, err
		}
		c, found, err := s.lockStaff(ctx, tx, "number = $1", number)
		if err != nil || !found || !c.ClosedAt.IsZero() {
			return staffResult{conversation: c}, err
		}
		c, err = s.signed(ctx, tx, number, sign)
		return staffResult{c, true}, noteStaffEvent(ctx, tx, e, number, true, err)
	})
	if err != nil {
		return StaffConversation{}, false, fmt.Errorf("note a sign of staff on %d: %w", number, err)
	}
	return result.conversation, result.did, nil
}

// signed writes a sign down. Signs may come late: the first and the last moment of each kind count, whatever came first.
func (s *Store) signed(ctx context.Context, tx *Tx, number int64, sign StaffSign) (StaffConversation, error) {
	c, found, err := s.lockStaff(ctx, tx, "number = $1", number)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return c, err
	}
	if sign.Took || sign.Responded {
		c.TakenAt = earliest(c.TakenAt, sign.At)
	}
	if sign.Responded {
		c.FirstResponseAt = earliest(c.FirstResponseAt, sign.At)
	}
	if !sign.At.Before(c.LastStaffAt) {
		c.LastStaffAt = sign.At
		if sign.Who != "" {
			c.Servicer = clean(sign.Who)
		}
	}
	if sign.QuietUntil.After(c.QuietUntil) {
		c.QuietUntil = sign.QuietUntil
	}
	_, err = tx.Exec(ctx, `UPDATE staff_conversation SET taken_at = $1, first_response_at = $2, last_staff_at = $3, servicer = $4, quiet_until = $5
		WHERE number = $6`, ms(c.TakenAt), ms(c.FirstResponseAt), ms(c.LastStaffAt), c.Servicer, ms(c.QuietUntil), number)
	return c, err
}

func earliest(have, other time.Time) time.Time {
	if have.IsZero() || other.Before(have) {
		return other
	}
	return have
}

// CloseStaffConversation closes the person's open conversation at a desk and tells whether it did; the same key again tells the same.
// A conversation that was opened after the moment stays open: what closes it came late.
func (s *Store) CloseStaffConversation(ctx context.Context, p bot.Person, desk string, key bot.EventKey, at time.Time, by StaffClosing) (c StaffConversation, closed bool, err error) {
	result, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (staffResult, error) {
		e := staffAct{p.Account, key, actClose}
		before, known, err := staffEvent(ctx, tx, e)
		if err != nil || known {
			return before, err
		}
		c, found, err := s.openOf(ctx, tx, p, desk)
		if err != nil || !found || c.OpenedAt.After(at) {
			return staffResult{}, err
		}
		return closeStaff(ctx, tx, e, c, at, by)
	})
	if err != nil {
		return StaffConversation{}, false, fmt.Errorf("close a conversation with staff: %w", err)
	}
	return result.conversation, result.did, nil
}

// CloseNumber closes the conversation of a number, by an event of the account, and tells whether it did.
func (s *Store) CloseNumber(ctx context.Context, number int64, a bot.AccountName, key bot.EventKey, at time.Time, by StaffClosing) (c StaffConversation, closed bool, err error) {
	result, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (staffResult, error) {
		e := staffAct{a, key, actClose}
		before, known, err := staffEvent(ctx, tx, e)
		if err != nil || known {
			return before, err
		}
		c, found, err := s.lockStaff(ctx, tx, "number = $1", number)
		if err != nil || !found || !c.ClosedAt.IsZero() {
			return staffResult{conversation: c}, err
		}
		return closeStaff(ctx, tx, e, c, at, by)
	})
	if err != nil {
		return StaffConversation{}, false, fmt.Errorf("close conversation %d with staff: %w", number, err)
	}
	return result.conversation, result.did, nil
}

func closeStaff(ctx context.Context, tx *Tx, e staffAct, c StaffConversation, at time.Time, by StaffClosing) (staffResult, error) {
	c.ClosedAt, c.ClosedBy = at, by
	_, err := tx.Exec(ctx, "UPDATE staff_conversation SET closed_at = $1, closed_by = $2 WHERE number = $3", ms(at), string(by), c.Number)
	return staffResult{c, true}, noteStaffEvent(ctx, tx, e, c.Number, true, err)
}
