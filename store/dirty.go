package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// DirtyKind is what has to be done about a subject.
type DirtyKind string

// The kinds.
const (
	DirtyContact DirtyKind = "contact" // a contact changed: look it up. The subject is the external user id
	DirtyTags    DirtyKind = "tags"    // the corp's tags changed: read them. The subject is empty
	DirtyPerson  DirtyKind = "person"  // nobody knows whether the person is known elsewhere: look the unionid up
	DirtyPush    DirtyKind = "push"    // a contact has tags that the platform may not know: bring them there
)

// Dirty is a mark that something has to be looked up or brought to the platform. Marks of one subject are one.
type Dirty struct {
	Account  bot.AccountName
	Kind     DirtyKind
	Subject  string
	MarkedAt time.Time
	Tries    int
	marks    int64
}

// MarkDirty sets a mark. It is due at once, also when the last try failed: something new happened.
func (s *Store) MarkDirty(ctx context.Context, a bot.AccountName, kind DirtyKind, subject string, at time.Time) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) { return 0, markDirty(ctx, tx, a, kind, subject, at) })
	if err != nil {
		return fmt.Errorf("mark what has to be looked up: %w", err)
	}
	return nil
}

func markDirty(ctx context.Context, tx *Tx, a bot.AccountName, kind DirtyKind, subject string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO contact_dirty (account, kind, subject, marks, marked_at, due_at, tries, problem)
		VALUES ($1, $2, $3, 1, $4, $4, 0, '')
		ON CONFLICT (account, kind, subject) DO UPDATE SET marks = contact_dirty.marks + 1, marked_at = excluded.marked_at,
			due_at = excluded.due_at, tries = 0`,
		string(a), string(kind), clean(subject), ms(at))
	return err
}

// TakeDirty lists marks of an account that are due, the ones due first first, at most limit. They stay until DirtyDone.
func (s *Store) TakeDirty(ctx context.Context, a bot.AccountName, now time.Time, limit int) ([]Dirty, error) {
	due, err := All(ctx, s.read(), func(r Row) (Dirty, error) {
		d := Dirty{Account: a}
		var marked int64
		err := r.Scan(&d.Kind, &d.Subject, &d.marks, &marked, &d.Tries)
		d.MarkedAt = fromMS(marked)
		return d, err
	}, "SELECT kind, subject, marks, marked_at, tries FROM contact_dirty WHERE account = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3",
		string(a), ms(now), limit)
	if err != nil {
		return nil, fmt.Errorf("read what has to be looked up: %w", err)
	}
	return due, nil
}

// DirtyDone takes marks away, unless they were set again since they were taken: then they are due again.
func (s *Store) DirtyDone(ctx context.Context, done ...Dirty) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		for _, d := range done {
			_, err := tx.Exec(ctx, "DELETE FROM contact_dirty WHERE account = $1 AND kind = $2 AND subject = $3 AND marks = $4 AND marked_at = $5",
				string(d.Account), string(d.Kind), d.Subject, d.marks, ms(d.MarkedAt))
			if err != nil {
				return 0, err
			}
		}
		return len(done), nil
	})
	if err != nil {
		return fmt.Errorf("take marks away: %w", err)
	}
	return nil
}

// DirtyLater puts a mark off and notes why. One that was set again meanwhile stays due.
func (s *Store) DirtyLater(ctx context.Context, d Dirty, due time.Time, problem string) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, `UPDATE contact_dirty SET due_at = $1, tries = tries + 1, problem = $2
			WHERE account = $3 AND kind = $4 AND subject = $5 AND marks = $6 AND marked_at = $7`,
			ms(due), clean(problem), string(d.Account), string(d.Kind), d.Subject, d.marks, ms(d.MarkedAt))
	})
	if err != nil {
		return fmt.Errorf("put a look-up off: %w", err)
	}
	return nil
}

// Waiting is how much there is of one kind.
type Waiting struct {
	Kind    DirtyKind
	Marks   int
	Failing int    // tried in vain at least once
	Problem string // of one of those
}

// DirtyCounts counts the marks of an account by kind.
func (s *Store) DirtyCounts(ctx context.Context, a bot.AccountName) ([]Waiting, error) {
	all, err := All(ctx, s.read(), func(r Row) (w Waiting, err error) {
		return w, r.Scan(&w.Kind, &w.Marks, &w.Failing, &w.Problem)
	}, `SELECT kind, count(*), count(*) FILTER (WHERE tries > 0), coalesce(max(problem) FILTER (WHERE tries > 0), '')
		FROM contact_dirty WHERE account = $1 GROUP BY kind ORDER BY kind`, string(a))
	if err != nil {
		return nil, fmt.Errorf("count what has to be looked up: %w", err)
	}
	return all, nil
}
