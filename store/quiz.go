package store

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
)

// Attempt is one run of a person through a quiz.
type Attempt struct {
	ID                                  string
	Campaign                            string
	Person                              bot.Person
	No                                  int          // from 1
	Key                                 bot.EventKey // of the event that started it
	StartedAt, FinishedAt               time.Time    // FinishedAt is zero while it is open
	Score, MaxScore, Correct, Questions int
	Took                                time.Duration // kept in milliseconds
	Answers                             []byte        // JSON of the handler's
}

// StartOutcome is how a start went.
type StartOutcome int

// The outcomes.
const (
	Started        StartOutcome = iota
	Unfinished                  // an open attempt is there, and returned
	NoAttemptsLeft              // the last one is returned
)

type startedAttempt struct {
	attempt Attempt
	outcome StartOutcome
}

// StartAttempt opens the person's next attempt unless one is open or the limit (0: none) is reached. The same key again is
// Started again, with the attempt as it stands.
func (s *Store) StartAttempt(ctx context.Context, campaign string, p bot.Person, limit int, key bot.EventKey, at time.Time) (Attempt, StartOutcome, error) {
	r, err := inSteps(ctx, s, func(ctx context.Context, w executor) (startedAttempt, error) {
		for {
			keeper, err := owner(ctx, w, p)
			if err != nil {
				return startedAttempt{}, err
			}
			r, again, err := s.startAttempt(ctx, w, start{campaign, keeper, p, limit, key, at})
			if err != nil || !again {
				return r, err
			}
		}
	})
	if err != nil {
		return Attempt{}, 0, fmt.Errorf("start attempt of %s: %w", campaign, err)
	}
	return r.attempt, r.outcome, nil
}

// start is what StartAttempt was asked for.
type start struct {
	campaign string
	keeper   bot.Person // under whose name attempts are kept
	person   bot.Person
	limit    int
	key      bot.EventKey
	at       time.Time
}

// startAttempt tries once. again means that something changed meanwhile: another start was faster, or the person turned out to
// be somebody else as well.
func (s *Store) startAttempt(ctx context.Context, w executor, r start) (started startedAttempt, again bool, err error) {
	campaign, account, user := r.campaign, string(r.keeper.Account), string(r.keeper.User)
	last, found, err := findAttempt(ctx, w, "campaign = $1 AND account = $2 AND user_id = $3 ORDER BY no DESC LIMIT 1", campaign, account, user)
	if err != nil {
		return startedAttempt{}, false, err
	}
	if found {
		same, ok, err := findAttempt(ctx, w, "campaign = $1 AND account = $2 AND user_id = $3 AND event_key = $4", campaign, account, user, string(r.key))
		switch {
		case err != nil:
			return startedAttempt{}, false, err
		case ok:
			return startedAttempt{same, Started}, false, nil
		case last.FinishedAt.IsZero():
			return startedAttempt{last, Unfinished}, false, nil
		case r.limit > 0 && last.No >= r.limit:
			return startedAttempt{last, NoAttemptsLeft}, false, nil
		}
	}
	a := Attempt{ID: newID(), Campaign: campaign, Person: r.keeper, No: last.No + 1, Key: r.key, StartedAt: fromMS(ms(r.at))}
	n, err := w.Exec(ctx, `WITH elsewhere AS (SELECT owner_account, owner_user FROM identity WHERE account = $7 AND user_id = $8`+s.dialect.forKeyShare+`)
		INSERT INTO quiz_attempt
		(id, campaign, account, user_id, no, event_key, started_at, finished_at, score, max_score, correct, questions, took_ms)
		SELECT $1, $2, $3, $4, CAST($5 AS BIGINT), $6, CAST($9 AS BIGINT), 0, 0, 0, 0, 0, 0
		WHERE NOT EXISTS (SELECT 1 FROM elsewhere WHERE owner_account <> $3 OR owner_user <> $4)
		ON CONFLICT DO NOTHING`,
		a.ID, campaign, account, user, int64(a.No), string(r.key), string(r.person.Account), string(r.person.User), ms(r.at))
	return startedAttempt{a, Started}, n == 0, err
}

// FinishedAttempt is the outcome of an attempt.
type FinishedAttempt struct {
	ID                                  string
	Key                                 bot.EventKey
	At                                  time.Time
	Score, MaxScore, Correct, Questions int
	Took                                time.Duration
	Answers                             []byte
}

type finished struct {
	attempt  Attempt
	standing Standing
}

// FinishAttempt closes an attempt and tells where the person stands. The first finish counts; another one changes nothing
// and returns the first. ErrNotFound when there is no such attempt.
func (s *Store) FinishAttempt(ctx context.Context, f FinishedAttempt) (Attempt, Standing, error) {
	r, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (finished, error) {
		before, ok, err := findAttempt(ctx, tx, "id = $1", f.ID)
		if err == nil && !ok {
			err = ErrNotFound
		}
		if err != nil {
			return finished{}, err
		}
		keeper, err := s.holdOwner(ctx, tx, before.Person)
		if err != nil {
			return finished{}, err
		}
		n, err := tx.Exec(ctx, `UPDATE quiz_attempt SET finished_at = $1, score = $2, max_score = $3, correct = $4, questions = $5,
			took_ms = $6, answers = $7 WHERE id = $8 AND finished_at = 0`,
			ms(f.At), int64(f.Score), int64(f.MaxScore), int64(f.Correct), int64(f.Questions), f.Took.Milliseconds(), f.Answers, f.ID)
		if err != nil {
			return finished{}, err
		}
		a, _, err := findAttempt(ctx, tx, "id = $1", f.ID)
		if err == nil && n == 1 {
			err = improveStanding(ctx, tx, a, keeper)
		}
		if err != nil {
			return finished{}, err
		}
		standing, err := readStanding(ctx, tx, a.Campaign, keeper)
		return finished{a, standing}, err
	})
	if err != nil {
		return Attempt{}, Standing{}, fmt.Errorf("finish attempt: %w", err)
	}
	return r.attempt, r.standing, nil
}

// improveStanding makes the attempt the best under the name of keeper if it is.
func improveStanding(ctx context.Context, tx *Tx, a Attempt, keeper bot.Person) error {
	args := []any{a.Campaign, string(keeper.Account), string(keeper.User), int64(-a.Score), a.Took.Milliseconds(), ms(a.FinishedAt)}
	n, err := tx.Exec(ctx, `INSERT INTO quiz_standing (campaign, account, user_id, deficit, took_ms, finished_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		_, err = tx.Exec(ctx, `UPDATE quiz_standing SET deficit = $4, took_ms = $5, finished_at = $6
			WHERE campaign = $1 AND account = $2 AND user_id = $3 AND (deficit, took_ms, finished_at) > ($4, $5, $6)`, args...)
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO quiz_total (campaign, participants) VALUES ($1, 1)
		ON CONFLICT (campaign) DO UPDATE SET participants = quiz_total.participants + 1`, a.Campaign)
	return err
}

const attemptColumns = "id, campaign, account, user_id, no, event_key, started_at, finished_at, score, max_score, correct, questions, took_ms, answers"

func findAttempt(ctx context.Context, q Queryer, where string, args ...any) (Attempt, bool, error) {
	return Get(ctx, q, scanAttempt, "SELECT "+attemptColumns+" FROM quiz_attempt WHERE "+where, args...)
}

func scanAttempt(r Row) (Attempt, error) {
	var a Attempt
	var started, finished, took int64
	err := r.Scan(&a.ID, &a.Campaign, &a.Person.Account, &a.Person.User, &a.No, &a.Key, &started, &finished,
		&a.Score, &a.MaxScore, &a.Correct, &a.Questions, &took, &a.Answers)
	a.StartedAt, a.FinishedAt, a.Took = fromMS(started), fromMS(finished), time.Duration(took)*time.Millisecond
	return a, err
}
