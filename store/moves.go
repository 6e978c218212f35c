package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// move takes one person's records to the owner. Nobody writes under either name meanwhile (lockLinks).
type move struct {
	tx       *Tx
	from, to bot.Person
	at       time.Time
	done     Linked
}

// moveRecords takes what somebody may have once from one name to another.
func moveRecords(ctx context.Context, tx *Tx, from, to bot.Person, at time.Time) (Linked, error) {
	m := &move{tx: tx, from: from, to: to, at: at}
	for _, step := range []func(context.Context) error{m.coupons, m.attempts, m.standings, m.payouts, m.surveys, m.begun} {
		if err := step(ctx); err != nil {
			return Linked{}, fmt.Errorf("move records: %w", err)
		}
	}
	return m.done, nil
}

// coupons remember who got them.
func (m *move) coupons(ctx context.Context) error {
	_, err := m.tx.Exec(ctx, "UPDATE coupon_claim SET via_account = account, via_user = user_id WHERE account = $1 AND user_id = $2 AND via_account = ''",
		string(m.from.Account), string(m.from.User))
	if err != nil {
		return err
	}
	return m.each(ctx, "coupon_claim", "coupon", nil)
}

func (m *move) attempts(ctx context.Context) error {
	return m.each(ctx, "quiz_attempt", "quiz", nil)
}

// standings that both have become one, the better, so that nobody is ranked and paid twice. Once the pool is divided they stay
// what they were when it was.
func (m *move) standings(ctx context.Context) error {
	return m.each(ctx, "quiz_standing", "", func(ctx context.Context, campaign string) error {
		_, settled, err := findSettlement(ctx, m.tx, campaign)
		if err != nil || settled {
			return err
		}
		_, err = m.tx.Exec(ctx, `UPDATE quiz_standing SET (deficit, took_ms, finished_at) =
				(SELECT deficit, took_ms, finished_at FROM quiz_standing WHERE campaign = $1 AND account = $2 AND user_id = $3)
			WHERE campaign = $1 AND account = $4 AND user_id = $5 AND (deficit, took_ms, finished_at) >
				(SELECT deficit, took_ms, finished_at FROM quiz_standing WHERE campaign = $1 AND account = $2 AND user_id = $3)`,
			campaign, string(m.from.Account), string(m.from.User), string(m.to.Account), string(m.to.User))
		if err != nil {
			return err
		}
		n, err := m.tx.Exec(ctx, "DELETE FROM quiz_standing WHERE campaign = $1 AND account = $2 AND user_id = $3",
			campaign, string(m.from.Account), string(m.from.User))
		if err != nil || n == 0 {
			return err
		}
		_, err = m.tx.Exec(ctx, "UPDATE quiz_total SET participants = participants - 1 WHERE campaign = $1", campaign)
		return err
	})
}

func (m *move) payouts(ctx context.Context) error { return m.each(ctx, "quiz_payout", "payout", nil) }

// surveys: who has to wait before answering again waits from the last time, wherever it was.
func (m *move) surveys(ctx context.Context) error {
	return m.each(ctx, "survey_participation", "survey", func(ctx context.Context, campaign string) error {
		_, err := m.tx.Exec(ctx, `UPDATE survey_participation SET at =
				(SELECT max(at) FROM survey_participation WHERE campaign = $1 AND (account = $2 AND user_id = $3 OR account = $4 AND user_id = $5))
			WHERE campaign = $1 AND account = $4 AND user_id = $5`,
			campaign, string(m.from.Account), string(m.from.User), string(m.to.Account), string(m.to.User))
		return err
	})
}

// begun: of what both began, the owner's own counts.
func (m *move) begun(ctx context.Context) error {
	return m.each(ctx, "survey_begun", "", nil)
}

// each moves the rows of a table by campaign, unless the owner has some in it: those stay, are noted as what (empty: they are
// not), and both is told of the campaign.
func (m *move) each(ctx context.Context, table, what string, both func(ctx context.Context, campaign string) error) error {
	campaigns, err := All(ctx, m.tx, scalar[string], "SELECT DISTINCT campaign FROM "+table+" WHERE account = $1 AND user_id = $2 ORDER BY campaign",
		string(m.from.Account), string(m.from.User))
	if err != nil {
		return err
	}
	for _, campaign := range campaigns {
		_, has, err := Get(ctx, m.tx, scalar[int], "SELECT 1 FROM "+table+" WHERE campaign = $1 AND account = $2 AND user_id = $3 LIMIT 1",
			campaign, string(m.to.Account), string(m.to.User))
		if err == nil && has {
			err = m.leave(ctx, what, campaign, both)
		} else if err == nil {
			_, err = m.tx.Exec(ctx, "UPDATE "+table+" SET account = $1, user_id = $2 WHERE campaign = $3 AND account = $4 AND user_id = $5",
				string(m.to.Account), string(m.to.User), campaign, string(m.from.Account), string(m.from.User))
			if what != "" {
				m.done.Moved++
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leave notes what both have.
func (m *move) leave(ctx context.Context, what, campaign string, both func(ctx context.Context, campaign string) error) error {
	if both != nil {
		if err := both(ctx, campaign); err != nil {
			return err
		}
	}
	if what == "" {
		return nil
	}
	m.done.Left++
	_, err := m.tx.Exec(ctx, "INSERT INTO identity_left (what, campaign, account, user_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		what, campaign, string(m.from.Account), string(m.from.User), ms(m.at))
	return err
}

// LeftBehind is something that two channels had both when they turned out to be one person's.
type LeftBehind struct {
	What     string // "coupon", "quiz", "payout", "survey"
	Campaign string
	Person   bot.Person // who has it still
	At       time.Time
}

// LeftBehind lists what stayed with its first holder, the newest first, at most limit.
func (s *Store) LeftBehind(ctx context.Context, limit int) ([]LeftBehind, error) {
	all, err := All(ctx, s.read(), func(r Row) (LeftBehind, error) {
		var l LeftBehind
		var at int64
		err := r.Scan(&l.What, &l.Campaign, &l.Person.Account, &l.Person.User, &at)
		l.At = fromMS(at)
		return l, err
	}, "SELECT what, campaign, account, user_id, at FROM identity_left ORDER BY at DESC, what, campaign, account, user_id LIMIT $1", limit)
	if err != nil {
		return nil, fmt.Errorf("read what was left behind: %w", err)
	}
	return all, nil
}
