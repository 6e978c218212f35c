package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// SyncStep is where a full sync is.
type SyncStep string

// The steps, in their order.
const (
	SyncMembers  SyncStep = "members"  // who of the staff may have customers
	SyncContacts SyncStep = "contacts" // their customers, page by page
	SyncTags     SyncStep = "tags"     // the corp's tags
	SyncDone     SyncStep = "done"
)

// SyncProgress is how far the full sync of an account is. The zero one has never begun.
type SyncProgress struct {
	Account     bot.AccountName
	Run         int64
	Step        SyncStep
	AfterMember string // whose customers, and all before, are there
	Cursor      string // of the page to ask for; empty: the first
	Members     int
	MembersDone int
	Contacts    int // relations seen
	Ended       int // relations that were gone
	StartedAt   time.Time
	UpdatedAt   time.Time
	FinishedAt  time.Time // of the last run that came to its end; zero: none has
	WantedAt    time.Time // somebody asked for a run; zero: nobody
	Problem     string
	JournalAt   time.Time // how far the journal was read for people to look up
}

// Running tells whether a run has begun and not come to its end.
func (p SyncProgress) Running() bool { return p.Step != "" && p.Step != SyncDone }

const syncColumns = `run, step, after_member, page_cursor, members, members_done, contacts, ended, started_at, updated_at, finished_at,
	wanted_at, problem, journal_at`

// ContactSync tells how far the full sync of an account is.
func (s *Store) ContactSync(ctx context.Context, a bot.AccountName) (SyncProgress, error) {
	p, err := readSync(ctx, s.read(), a)
	if err != nil {
		return SyncProgress{}, fmt.Errorf("read how far the sync is: %w", err)
	}
	return p, nil
}

func readSync(ctx context.Context, q Queryer, a bot.AccountName) (SyncProgress, error) {
	p, _, err := Get(ctx, q, func(r Row) (SyncProgress, error) {
		p := SyncProgress{}
		var started, updated, finished, wanted, journal int64
		err := r.Scan(&p.Run, &p.Step, &p.AfterMember, &p.Cursor, &p.Members, &p.MembersDone, &p.Contacts, &p.Ended, &started, &updated, &finished,
			&wanted, &p.Problem, &journal)
		p.StartedAt, p.UpdatedAt, p.FinishedAt, p.WantedAt, p.JournalAt = fromMS(started), fromMS(updated), fromMS(finished), fromMS(wanted), fromMS(journal)
		return p, err
	}, "SELECT "+syncColumns+" FROM contact_sync WHERE account = $1", string(a))
	p.Account = a
	return p, err
}

// writeSync keeps wanted_at and journal_at, which others write.
func writeSync(ctx context.Context, tx *Tx, p SyncProgress) error {
	_, err := tx.Exec(ctx, `INSERT INTO contact_sync (account, `+syncColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, 0)
		ON CONFLICT (account) DO UPDATE SET run = excluded.run, step = excluded.step, after_member = excluded.after_member,
			page_cursor = excluded.page_cursor, members = excluded.members, members_done = excluded.members_done, contacts = excluded.contacts,
			ended = excluded.ended, started_at = excluded.started_at, updated_at = excluded.updated_at, finished_at = excluded.finished_at,
			problem = excluded.problem`,
		string(p.Account), p.Run, string(p.Step), p.AfterMember, p.Cursor, int64(p.Members), int64(p.MembersDone), int64(p.Contacts), int64(p.Ended),
		ms(p.StartedAt), ms(p.UpdatedAt), ms(p.FinishedAt), clean(p.Problem))
	return err
}

// WantSync asks for a full sync of an account. One that is under way goes on. Tags that the app had no right to set are tried
// again: who asks may have given it the right.
func (s *Store) WantSync(ctx context.Context, a bot.AccountName, at time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		if _, err := tx.Exec(ctx, "DELETE FROM tag_push WHERE account = $1 AND outcome = 'no_right'", string(a)); err != nil {
			return 0, err
		}
		return tx.Exec(ctx, `INSERT INTO contact_sync (account, `+syncColumns+`) VALUES ($1, 0, '', '', '', 0, 0, 0, 0, 0, 0, 0, $2, '', 0)
			ON CONFLICT (account) DO UPDATE SET wanted_at = excluded.wanted_at`, string(a), ms(at))
	})
	if err != nil {
		return fmt.Errorf("ask for a sync: %w", err)
	}
	return nil
}

// BeginSync begins a run with who of the staff may have customers.
func (s *Store) BeginSync(ctx context.Context, a bot.AccountName, members []string, at time.Time) (SyncProgress, error) {
	p, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (SyncProgress, error) {
		p, err := readSync(ctx, tx, a)
		if err != nil {
			return p, err
		}
		p = SyncProgress{Account: a, Run: p.Run + 1, Step: SyncContacts, StartedAt: at, UpdatedAt: at, FinishedAt: p.FinishedAt, JournalAt: p.JournalAt}
		for _, m := range members {
			_, err := tx.Exec(ctx, `INSERT INTO contact_member (account, member, seen_run, skipped_run, left_at) VALUES ($1, $2, $3, 0, 0)
				ON CONFLICT (account, member) DO UPDATE SET seen_run = excluded.seen_run, left_at = 0`, string(a), memberID(m), p.Run)
			if err != nil {
				return p, err
			}
		}
		if _, err := tx.Exec(ctx, "UPDATE contact_member SET left_at = $1 WHERE account = $2 AND seen_run < $3 AND left_at = 0", ms(at), string(a), p.Run); err != nil {
			return p, err
		}
		if p.Members, _, err = Get(ctx, tx, scalar[int], "SELECT count(*) FROM contact_member WHERE account = $1 AND seen_run = $2", string(a), p.Run); err != nil {
			return p, err
		}
		if _, err := tx.Exec(ctx, "UPDATE contact_sync SET wanted_at = 0 WHERE account = $1", string(a)); err != nil {
			return p, err
		}
		return p, writeSync(ctx, tx, p)
	})
	if err != nil {
		return SyncProgress{}, fmt.Errorf("begin a sync: %w", err)
	}
	return p, nil
}

// SyncBatch lists the members whose customers are to be asked for next, at most limit.
func (s *Store) SyncBatch(ctx context.Context, p SyncProgress, limit int) ([]string, error) {
	members, err := All(ctx, s.read(), scalar[string], "SELECT member FROM contact_member WHERE account = $1 AND seen_run = $2 AND member > $3 ORDER BY member LIMIT $4",
		string(p.Account), p.Run, p.AfterMember, limit)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return members, nil
}

// SyncPage is one page of contacts, each with one relation.
type SyncPage struct {
	Members  []string // asked for
	Skipped  []string // of whom the platform tells nothing: their relations are left as they are
	Contacts []Contact
	Next     string // cursor of the next page of the same members; empty: there is none
}

// SaveSyncPage writes a page down together with how far that is. Nothing is written when somebody else has gone on meanwhile:
// the progress that counts is returned.
func (s *Store) SaveSyncPage(ctx context.Context, p SyncProgress, page SyncPage, at time.Time) (SyncProgress, Linked, error) {
	type saved struct {
		p SyncProgress
		l Linked
	}
	r, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (saved, error) {
		told := make([]Identity, len(page.Contacts))
		for i, c := range page.Contacts {
			told[i] = Identity{Person: c.Person, UnionID: c.UnionID, LookedUpAt: c.FetchedAt}
		}
		l, err := linkAll(ctx, tx, told)
		if err != nil {
			return saved{}, err
		}
		now, err := readSync(ctx, tx, p.Account)
		if err != nil || now.Run != p.Run || now.Step != p.Step || now.AfterMember != p.AfterMember || now.Cursor != p.Cursor {
			return saved{now, l}, err
		}
		for _, c := range page.Contacts {
			if err := saveContact(ctx, tx, c, p.Run); err != nil {
				return saved{}, err
			}
			if err := wantPush(ctx, tx, c.Person, at); err != nil {
				return saved{}, err
			}
		}
		for _, m := range page.Skipped {
			if _, err := tx.Exec(ctx, "UPDATE contact_member SET skipped_run = $1 WHERE account = $2 AND member = $3", p.Run, string(p.Account), memberID(m)); err != nil {
				return saved{}, err
			}
		}
		now.Contacts += len(page.Contacts)
		now.Cursor, now.UpdatedAt, now.Problem = page.Next, at, ""
		if page.Next == "" {
			now.MembersDone += len(page.Members)
			if len(page.Members) > 0 {
				now.AfterMember = memberID(page.Members[len(page.Members)-1])
			} else {
				now.Step = SyncTags
			}
		}
		return saved{now, l}, writeSync(ctx, tx, now)
	})
	if err != nil {
		return SyncProgress{}, Linked{}, fmt.Errorf("save a page of contacts: %w", err)
	}
	return r.p, r.l, nil
}

// FinishSync ends a run: relations that it has not seen, and of which no event told since it began, have ended. What could not
// be asked for stays.
func (s *Store) FinishSync(ctx context.Context, p SyncProgress, at time.Time) (SyncProgress, error) {
	p, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (SyncProgress, error) {
		now, err := readSync(ctx, tx, p.Account)
		if err != nil || now.Run != p.Run || now.Step != SyncTags {
			return now, err
		}
		now.Ended, err = tx.Exec(ctx, `UPDATE contact_relation SET ended_at = $1, changed_at = $1
			WHERE account = $2 AND ended_at = 0 AND seen_run < $3 AND changed_at < $4
			AND member NOT IN (SELECT member FROM contact_member WHERE account = $2 AND skipped_run = $3)`,
			ms(at), string(p.Account), p.Run, ms(now.StartedAt))
		if err != nil {
			return now, err
		}
		now.Step, now.UpdatedAt, now.FinishedAt, now.AfterMember, now.Cursor, now.Problem = SyncDone, at, at, "", "", ""
		return now, writeSync(ctx, tx, now)
	})
	if err != nil {
		return SyncProgress{}, fmt.Errorf("finish a sync: %w", err)
	}
	return p, nil
}

// SyncProblem notes why a run does not go on.
func (s *Store) SyncProblem(ctx context.Context, a bot.AccountName, problem string) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "UPDATE contact_sync SET problem = $1 WHERE account = $2", clean(problem), string(a))
	})
	if err != nil {
		return fmt.Errorf("note the sync's problem: %w", err)
	}
	return nil
}

// RestartSyncBatch asks for the members of the present batch from their first page again: the platform has forgotten the
// cursor.
func (s *Store) RestartSyncBatch(ctx context.Context, p SyncProgress, at time.Time) (SyncProgress, error) {
	p, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (SyncProgress, error) {
		now, err := readSync(ctx, tx, p.Account)
		if err != nil || now.Run != p.Run || now.Cursor != p.Cursor {
			return now, err
		}
		now.Cursor, now.UpdatedAt = "", at
		return now, writeSync(ctx, tx, now)
	})
	if err != nil {
		return SyncProgress{}, fmt.Errorf("ask for members again: %w", err)
	}
	return p, nil
}
