package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// MomentState is what became of a post for moments.
type MomentState string

// The states.
const (
	MomentDue     MomentState = "due"
	MomentAsking  MomentState = "asking" // the platform is being asked to make it
	MomentAsked   MomentState = "asked"  // it is being made
	MomentMade    MomentState = "made"   // members have it, and publish it or not
	MomentHeld    MomentState = "held"   // the day had enough
	MomentFailed  MomentState = "failed"
	MomentUnknown MomentState = "unknown" // the platform may have it: nobody knows its job
)

// MomentPost is a post for moments (朋友圈).
type MomentPost struct {
	Name               string
	Account            bot.AccountName
	Day                string
	Category           string
	At                 time.Time
	State              MomentState
	Reason             string // the platform's code, or a word
	JobID, MomentID    string
	AskedAt, LookedAt  time.Time
	Members, Published int
}

const momentColumns = "name, account, day, category, at, state, reason, job_id, moment_id, asked_at, looked_at, members, published"

func scanMoment(r Row) (m MomentPost, err error) {
	var at, asked, looked int64
	err = r.Scan(&m.Name, &m.Account, &m.Day, &m.Category, &at, &m.State, &m.Reason, &m.JobID, &m.MomentID, &asked, &looked, &m.Members, &m.Published)
	m.At, m.AskedAt, m.LookedAt = fromMS(at), fromMS(asked), fromMS(looked)
	return m, err
}

// AddMoment writes a post down that is due, or held when the account has had as many on that day as most says. fresh is false when it was
// there before.
func AddMoment(ctx context.Context, tx *Tx, m MomentPost, most int) (state MomentState, fresh bool, err error) {
	// Posts of one account are counted one after the other.
	if _, err := tx.Exec(ctx, "INSERT INTO moment_account (account) VALUES ($1) ON CONFLICT DO NOTHING", string(m.Account)); err != nil {
		return "", false, err
	}
	if _, _, err := Get(ctx, tx, scalar[string], "SELECT account FROM moment_account WHERE account = $1"+tx.ForUpdate(), string(m.Account)); err != nil {
		return "", false, err
	}
	had, _, err := Get(ctx, tx, scalar[int], "SELECT COUNT(*) FROM moment_post WHERE account = $1 AND day = $2 AND state NOT IN ('held', 'failed')", string(m.Account), m.Day)
	if err != nil {
		return "", false, err
	}
	m.State, m.Reason = MomentDue, ""
	if had >= most {
		m.State, m.Reason = MomentHeld, "cap"
	}
	n, err := tx.Exec(ctx, "INSERT INTO moment_post ("+momentColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', 0, 0, 0, 0) ON CONFLICT DO NOTHING",
		m.Name, string(m.Account), m.Day, m.Category, ms(m.At), string(m.State), m.Reason)
	return m.State, n > 0, err
}

// Moment reads a post.
func (s *Store) Moment(ctx context.Context, name string) (MomentPost, bool, error) {
	m, ok, err := Get(ctx, s.read(), scanMoment, "SELECT "+momentColumns+" FROM moment_post WHERE name = $1", name)
	if err != nil {
		return m, false, fmt.Errorf("read a moment: %w", err)
	}
	return m, ok, nil
}

// Moments lists the posts since a time, by time.
func (s *Store) Moments(ctx context.Context, since time.Time) ([]MomentPost, error) {
	all, err := All(ctx, s.read(), scanMoment, "SELECT "+momentColumns+" FROM moment_post WHERE at >= $1 ORDER BY at, name", ms(since))
	if err != nil {
		return nil, fmt.Errorf("list moments: %w", err)
	}
	return all, nil
}

// MoveMoment writes a post in a new state, if it is still in the one that it was in; false: somebody else was faster.
func (s *Store) MoveMoment(ctx context.Context, m MomentPost, from MomentState) (bool, error) {
	n, err := inSteps(ctx, s, func(ctx context.Context, w executor) (int, error) {
		return w.Exec(ctx, `UPDATE moment_post SET state = $2, reason = $3, job_id = $4, moment_id = $5, asked_at = $6, looked_at = $7, members = $8, published = $9
			WHERE name = $1 AND state = $10`,
			m.Name, string(m.State), clean(m.Reason), clean(m.JobID), clean(m.MomentID), ms(m.AskedAt), ms(m.LookedAt), int64(m.Members), int64(m.Published), string(from))
	})
	if err != nil {
		return false, fmt.Errorf("write a moment: %w", err)
	}
	return n > 0, nil
}
