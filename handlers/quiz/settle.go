package quiz

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"guanjia/store"
)

// ErrOpen says that a campaign can't be settled yet: attempts still count, or it has no end.
var ErrOpen = errors.New("the campaign is still open")

// ErrNoPrize says that a campaign has nothing to share.
var ErrNoPrize = errors.New("the campaign has no prize")

// Plan splits the pool that a ranking has reached. It depends on the ranking and the rules alone, in whatever order the
// ranking comes: payouts and the remainder that is kept always make up the pool to the fen. What names and dates a
// settlement is left to the caller.
func Plan(ranking []store.Ranked, rules Prize) (store.Settlement, []store.Payout) {
	tier := rules.reached(len(ranking))
	winners := eligible(ranking, int(rules.MinScore))
	pool := int64(tier.Fen)
	share := rules.share(pool, len(winners))
	rest := pool - share*int64(len(winners))
	extra := 0 // how many get one fen more
	if capped := rules.Cap > 0 && share == int64(rules.Cap); rules.Remainder == RemainderRank && !capped {
		extra = min(int(rest), len(winners))
	}
	var payouts []store.Payout
	for i, r := range winners {
		fen := share
		if i < extra {
			fen++
		}
		if fen == 0 {
			break // the pool has fewer fen than people, or is empty
		}
		payouts = append(payouts, store.Payout{
			Person: r.Person, Rank: r.Rank, Fen: fen, Score: r.Score, Took: r.Took, FinishedAt: r.FinishedAt,
		})
	}
	return store.Settlement{
		Participants: len(ranking),
		PoolFen:      pool,
		ShareFen:     share,
		RemainderFen: rest - int64(extra),
		Rule:         rules.rule(tier, len(winners)),
	}, payouts
}

// eligible is who shares, best ranked first.
func eligible(ranking []store.Ranked, minScore int) []store.Ranked {
	var winners []store.Ranked
	for _, r := range ranking {
		if r.Score >= minScore {
			winners = append(winners, r)
		}
	}
	slices.SortFunc(winners, func(a, b store.Ranked) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Person.Account, b.Person.Account), cmp.Compare(a.Person.User, b.Person.User))
	})
	return winners
}

// rule is the calculation in one line, kept with the settlement so that it can be done again by hand.
func (p *Prize) rule(tier Tier, winners int) string {
	return fmt.Sprintf("tier_people=%d pool_fen=%d eligible=%d min_score=%d cap_fen=%d remainder=%s",
		tier.People, tier.Fen, winners, p.MinScore, p.Cap, p.Remainder)
}

// Settler keeps settlements.
type Settler interface {
	Settle(ctx context.Context, campaign string, at time.Time, plan func([]store.Ranked) (store.Settlement, []store.Payout, error)) (store.Settlement, bool, error)
}

// Settle settles a campaign that is over. Only the first call does it, and tells so; every call returns the settlement.
func Settle(ctx context.Context, s Settler, c *Campaign, now time.Time) (store.Settlement, bool, error) {
	switch {
	case c.Prize == nil:
		return store.Settlement{}, false, ErrNoPrize
	case !c.over(now):
		return store.Settlement{}, false, ErrOpen
	}
	settlement, did, err := s.Settle(ctx, c.ID, now, func(ranking []store.Ranked) (store.Settlement, []store.Payout, error) {
		settlement, payouts := Plan(ranking, *c.Prize)
		settlement.Campaign, settlement.SettledAt = c.ID, now
		return settlement, payouts, nil
	})
	if err != nil {
		return store.Settlement{}, false, fmt.Errorf("settle quiz %s: %w", c.ID, err)
	}
	return settlement, did, nil
}

// Ranker reads the ranking.
type Ranker interface {
	QuizRanking(ctx context.Context, campaign string) iter.Seq2[store.Ranked, error]
}

// Preview says what a settlement would be if the campaign were over now. It writes nothing.
func Preview(ctx context.Context, r Ranker, c *Campaign) (store.Settlement, []store.Payout, error) {
	if c.Prize == nil {
		return store.Settlement{}, nil, ErrNoPrize
	}
	var ranking []store.Ranked
	for ranked, err := range r.QuizRanking(ctx, c.ID) {
		if err != nil {
			return store.Settlement{}, nil, fmt.Errorf("preview settlement of quiz %s: %w", c.ID, err)
		}
		ranking = append(ranking, ranked)
	}
	settlement, payouts := Plan(ranking, *c.Prize)
	settlement.Campaign = c.ID
	return settlement, payouts, nil
}
