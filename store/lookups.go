package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// lookUpsMost is how many rows of the journal one FindStrangers reads.
const lookUpsMost = 1000

// FindStrangers follows the journal from where it was left and marks the people to be looked up who did something since and
// are not known, or of whom nothing was told before again. It tells how many it marked, and whether there is more to read.
// who tells which users are people that can be looked up;
// behind is how far the newest rows are read again, because rows are not committed in the order of their times.
func (s *Store) FindStrangers(ctx context.Context, a bot.AccountName, who func(bot.UserID) bool, now, again time.Time, behind time.Duration) (marked int, more bool, err error) {
	type found struct {
		marked int
		more   bool
	}
	r, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (found, error) {
		p, err := readSync(ctx, tx, a)
		if err != nil {
			return found{}, err
		}
		type row struct {
			person bot.Person
			at     int64
		}
		// Of all accounts: asked for one, SQLite would read all that ever happened there.
		rows, err := All(ctx, tx, func(r Row) (w row, err error) { return w, r.Scan(&w.person.Account, &w.person.User, &w.at) },
			`SELECT account, user_id, received_at FROM journal WHERE reply IS NOT NULL AND received_at > $1 ORDER BY received_at LIMIT $2`,
			ms(p.JournalAt), lookUpsMost)
		if err != nil {
			return found{}, err
		}
		seen := map[bot.Person]bool{}
		n := 0
		for _, w := range rows {
			if w.person.Account != a || seen[w.person] || !who(w.person.User) {
				continue
			}
			seen[w.person] = true
			strange, err := markStranger(ctx, tx, w.person, now, again)
			if err != nil {
				return found{}, err
			}
			n += strange
		}
		until := p.JournalAt
		if len(rows) > 0 {
			until = fromMS(rows[len(rows)-1].at)
		}
		full := len(rows) == lookUpsMost
		if !full {
			until = later(p.JournalAt, sooner(until, now.Add(-behind)))
		}
		if until.Equal(p.JournalAt) {
			return found{n, false}, nil
		}
		_, err = tx.Exec(ctx, `INSERT INTO contact_sync (account, `+syncColumns+`) VALUES ($1, 0, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, '', $2)
			ON CONFLICT (account) DO UPDATE SET journal_at = excluded.journal_at`, string(a), ms(until))
		return found{n, full}, err
	})
	if err != nil {
		return 0, false, fmt.Errorf("look for people to look up: %w", err)
	}
	return r.marked, r.more, nil
}

// markStranger marks somebody who is not known, unless the mark is there.
func markStranger(ctx context.Context, tx *Tx, p bot.Person, now, again time.Time) (int, error) {
	i, known, err := findIdentity(ctx, tx, p)
	if err != nil || known && (i.UnionID != "" || i.LookedUpAt.After(again)) {
		return 0, err
	}
	return tx.Exec(ctx, `INSERT INTO contact_dirty (account, kind, subject, marks, marked_at, due_at, tries, problem)
		VALUES ($1, $2, $3, 1, $4, $4, 0, '') ON CONFLICT DO NOTHING`, string(p.Account), string(DirtyPerson), string(p.User), ms(now))
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
