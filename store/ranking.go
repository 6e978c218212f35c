package store

import (
	"context"
	"fmt"
	"iter"
	"time"

	"guanjia/bot"
)

// Standing is where a person stands among all who finished: by score, then the time taken, then who finished first.
type Standing struct {
	Rank, Participants int
	BestScore          int
	BestTook           time.Duration
	Finished           bool // false: the person has not, and only Participants is set
}

// QuizStanding tells where the person stands.
func (s *Store) QuizStanding(ctx context.Context, campaign string, p bot.Person) (Standing, error) {
	keeper, err := owner(ctx, s.read(), p)
	if err != nil {
		return Standing{}, fmt.Errorf("read standing in %s: %w", campaign, err)
	}
	st, err := readStanding(ctx, s.read(), campaign, keeper)
	if err != nil {
		return Standing{}, fmt.Errorf("read standing in %s: %w", campaign, err)
	}
	return st, nil
}

func readStanding(ctx context.Context, q Queryer, campaign string, p bot.Person) (Standing, error) {
	var st Standing
	var err error
	if st.Participants, err = readParticipants(ctx, q, campaign); err != nil {
		return Standing{}, err
	}
	best, ok, err := Get(ctx, q, scanStanding, "SELECT account, user_id, deficit, took_ms, finished_at FROM quiz_standing WHERE campaign = $1 AND account = $2 AND user_id = $3",
		campaign, string(p.Account), string(p.User))
	if err != nil || !ok {
		return st, err
	}
	before, _, err := Get(ctx, q, scalar[int], `SELECT count(*) FROM quiz_standing
		WHERE campaign = $1 AND (deficit, took_ms, finished_at, user_id, account) < ($2, $3, $4, $5, $6)`,
		campaign, int64(-best.Score), best.Took.Milliseconds(), ms(best.FinishedAt), string(p.User), string(p.Account))
	st.Rank, st.BestScore, st.BestTook, st.Finished = before+1, best.Score, best.Took, true
	return st, err
}

// QuizParticipants tells how many people have finished.
func (s *Store) QuizParticipants(ctx context.Context, campaign string) (int, error) {
	n, err := readParticipants(ctx, s.read(), campaign)
	if err != nil {
		return 0, fmt.Errorf("count participants of %s: %w", campaign, err)
	}
	return n, nil
}

func readParticipants(ctx context.Context, q Queryer, campaign string) (int, error) {
	n, _, err := Get(ctx, q, scalar[int], "SELECT participants FROM quiz_total WHERE campaign = $1", campaign)
	return n, err
}

// Ranked is one line of the ranking.
type Ranked struct {
	Person      bot.Person
	Rank, Score int
	Took        time.Duration
	FinishedAt  time.Time
}

// QuizRanking yields everybody who finished, in the order of ranks.
func (s *Store) QuizRanking(ctx context.Context, campaign string) iter.Seq2[Ranked, error] {
	return pages(func(after *Ranked) ([]Ranked, error) {
		page, err := readRanking(ctx, s.read(), campaign, after, pageSize)
		if err != nil {
			return nil, fmt.Errorf("read ranking of %s: %w", campaign, err)
		}
		return page, nil
	})
}

const rankOrder = " ORDER BY deficit, took_ms, finished_at, user_id, account"

// readRanking reads limit lines behind after.
func readRanking(ctx context.Context, q Queryer, campaign string, after *Ranked, limit int) ([]Ranked, error) {
	query, args := "SELECT account, user_id, deficit, took_ms, finished_at FROM quiz_standing WHERE campaign = $1", []any{campaign, limit}
	rank := 0
	if after != nil {
		rank = after.Rank
		query += " AND (deficit, took_ms, finished_at, user_id, account) > ($3, $4, $5, $6, $7)"
		args = append(args, int64(-after.Score), after.Took.Milliseconds(), ms(after.FinishedAt), string(after.Person.User), string(after.Person.Account))
	}
	ranking, err := All(ctx, q, scanStanding, query+rankOrder+" LIMIT $2", args...)
	for i := range ranking {
		ranking[i].Rank = rank + i + 1
	}
	return ranking, err
}

func scanStanding(r Row) (Ranked, error) {
	var l Ranked
	var deficit, took, at int64
	err := r.Scan(&l.Person.Account, &l.Person.User, &deficit, &took, &at)
	l.Score, l.Took, l.FinishedAt = int(-deficit), time.Duration(took)*time.Millisecond, fromMS(at)
	return l, err
}
