package store

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"

	"guanjia/bot"
)

// Payout is what one person wins.
type Payout struct {
	Person     bot.Person
	Rank       int
	Fen        int64
	Score      int
	Took       time.Duration
	FinishedAt time.Time
}

// Settlement is the division of a quiz's pool.
type Settlement struct {
	Campaign                        string
	Participants                    int
	PoolFen, ShareFen, RemainderFen int64
	Rule                            string // how the remainder was dealt with
	SettledAt                       time.Time
}

type settled struct {
	settlement Settlement
	now        bool
}

// Settle divides the pool once. plan is given the ranking and returns what becomes of it; both are written down together,
// and what people finish afterwards does not change it. Settled already: returns what was decided then, and false. plan may
// be called more than once, and decides from its argument alone.
func (s *Store) Settle(ctx context.Context, campaign string, at time.Time, plan func([]Ranked) (Settlement, []Payout, error)) (Settlement, bool, error) {
	r, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (settled, error) {
		// Nobody turns out to be two of the ranking while it is read.
		if _, err := s.holdOwner(ctx, tx, bot.Person{}); err != nil {
			return settled{}, err
		}
		// The row first: who inserts it settles, and others wait for it here.
		n, err := tx.Exec(ctx, `INSERT INTO quiz_settlement (campaign, participants, pool_fen, share_fen, remainder_fen, rule, settled_at)
			VALUES ($1, 0, 0, 0, 0, '', $2) ON CONFLICT DO NOTHING`, campaign, ms(at))
		if err != nil {
			return settled{}, err
		}
		if n == 0 {
			there, ok, err := findSettlement(ctx, tx, campaign)
			if err == nil && !ok {
				err = ErrNotFound
			}
			return settled{there, false}, err
		}
		ranking, err := readRanking(ctx, tx, campaign, nil, math.MaxInt32)
		if err != nil {
			return settled{}, err
		}
		st, payouts, err := plan(ranking)
		if err != nil {
			return settled{}, err
		}
		st.Campaign, st.SettledAt = campaign, fromMS(ms(at))
		return settled{st, true}, writeSettlement(ctx, tx, st, payouts)
	})
	if err != nil {
		return Settlement{}, false, fmt.Errorf("settle %s: %w", campaign, err)
	}
	return r.settlement, r.now, nil
}

func writeSettlement(ctx context.Context, tx *Tx, st Settlement, payouts []Payout) error {
	_, err := tx.Exec(ctx, `UPDATE quiz_settlement SET participants = $1, pool_fen = $2, share_fen = $3, remainder_fen = $4, rule = $5
		WHERE campaign = $6`, int64(st.Participants), st.PoolFen, st.ShareFen, st.RemainderFen, st.Rule, st.Campaign)
	if err != nil {
		return err
	}
	for _, p := range payouts {
		_, err := tx.Exec(ctx, `INSERT INTO quiz_payout (campaign, place, account, user_id, fen, score, took_ms, finished_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, st.Campaign, int64(p.Rank), string(p.Person.Account), string(p.Person.User),
			p.Fen, int64(p.Score), p.Took.Milliseconds(), ms(p.FinishedAt))
		if err != nil {
			return fmt.Errorf("write payout: %w", err)
		}
	}
	return nil
}

// QuizSettlement tells how the pool was divided; ErrNotFound when it has not been.
func (s *Store) QuizSettlement(ctx context.Context, campaign string) (Settlement, error) {
	st, ok, err := findSettlement(ctx, s.read(), campaign)
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Settlement{}, fmt.Errorf("read settlement of %s: %w", campaign, err)
	}
	return st, nil
}

func findSettlement(ctx context.Context, q Queryer, campaign string) (Settlement, bool, error) {
	return Get(ctx, q, func(r Row) (Settlement, error) {
		st := Settlement{Campaign: campaign}
		var at int64
		err := r.Scan(&st.Participants, &st.PoolFen, &st.ShareFen, &st.RemainderFen, &st.Rule, &at)
		st.SettledAt = fromMS(at)
		return st, err
	}, "SELECT participants, pool_fen, share_fen, remainder_fen, rule, settled_at FROM quiz_settlement WHERE campaign = $1", campaign)
}

// Payouts yields what everybody wins, in the order of ranks.
func (s *Store) Payouts(ctx context.Context, campaign string) iter.Seq2[Payout, error] {
	return pages(func(after *Payout) ([]Payout, error) {
		var last Payout
		if after != nil {
			last = *after
		}
		page, err := All(ctx, s.read(), scanPayout, "SELECT "+payoutColumns+` FROM quiz_payout
			WHERE campaign = $1 AND (place, user_id, account) > ($2, $3, $4) ORDER BY place, user_id, account LIMIT $5`,
			campaign, int64(last.Rank), string(last.Person.User), string(last.Person.Account), pageSize)
		if err != nil {
			return nil, fmt.Errorf("read payouts of %s: %w", campaign, err)
		}
		return page, nil
	})
}

// QuizPayout tells what a person wins; ok is false when it is nothing.
func (s *Store) QuizPayout(ctx context.Context, campaign string, p bot.Person) (payout Payout, ok bool, err error) {
	keeper, err := owner(ctx, s.read(), p)
	if err == nil {
		payout, ok, err = Get(ctx, s.read(), scanPayout, "SELECT "+payoutColumns+" FROM quiz_payout WHERE campaign = $1 AND account = $2 AND user_id = $3",
			campaign, string(keeper.Account), string(keeper.User))
	}
	if err != nil {
		return Payout{}, false, fmt.Errorf("read payout of %s: %w", campaign, err)
	}
	return payout, ok, nil
}

const payoutColumns = "place, account, user_id, fen, score, took_ms, finished_at"

func scanPayout(r Row) (Payout, error) {
	var p Payout
	var took, at int64
	err := r.Scan(&p.Rank, &p.Person.Account, &p.Person.User, &p.Fen, &p.Score, &took, &at)
	p.Took, p.FinishedAt = time.Duration(took)*time.Millisecond, fromMS(at)
	return p, err
}
