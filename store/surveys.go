package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"guanjia/bot"
)

// SurveyResponse is one person's answers. An anonymous one has no person and no key, and its times are whole days.
type SurveyResponse struct {
	ID                    string // set by the store
	Campaign              string
	Person                bot.Person
	Key                   bot.EventKey
	Anonymous             bool
	Again                 bool // counts beside the person's earlier ones; not kept
	StartedAt, FinishedAt time.Time
	Complete              bool
	Answers               []SurveyAnswer
}

// SurveyAnswer is the answer to one question: the fields of its kind are set.
type SurveyAnswer struct {
	Question string   `json:"q"`
	Choices  []string `json:"c,omitempty"`
	Text     string   `json:"t,omitempty"`
	Rating   int      `json:"r,omitempty"`
	MediaID  string   `json:"m,omitempty"`
	Skipped  bool     `json:"s,omitempty"`
}

// SubmitSurvey writes a person's response to a campaign down, the first one only unless it says Again, and tells whether it
// counts. The same key again changes nothing and tells the same.
//
// That somebody took part is kept apart from what was said. For an anonymous response nothing is kept that leads from one to
// the other: not the person, the key or the hour, and the text, reply and session of the person's private journal entries
// go in the same transaction. (Times become days in the zone they are given in.) Nor do the places of rows in the database's
// files tell: each anonymous response is written again now and then, together with others (mix). What remains is what a
// backup or a log of the database shows that was taken between two people's answers.
func (s *Store) SubmitSurvey(ctx context.Context, r SurveyResponse, by bot.Person) (first bool, err error) {
	row, err := storedResponse(r, by)
	if err != nil {
		return false, fmt.Errorf("encode answers to %s: %w", r.Campaign, err)
	}
	first, err = InTx(ctx, s, func(ctx context.Context, tx *Tx) (bool, error) {
		keeper, err := s.holdOwner(ctx, tx, by)
		if err != nil {
			return false, err
		}
		counted, known, err := participate(ctx, tx, r, by, keeper)
		if err != nil || known || !counted {
			return counted, err
		}
		if !r.Anonymous {
			return true, insertResponse(ctx, tx, row)
		}
		if err := s.mix(ctx, tx, row); err != nil {
			return false, err
		}
		_, err = tx.Exec(ctx, `UPDATE journal SET said = '', reply = NULL, session = NULL WHERE account = $1 AND user_id = $2 AND private`,
			string(by.Account), string(by.User))
		return true, err
	})
	if err != nil {
		return false, fmt.Errorf("submit survey %s: %w", r.Campaign, err)
	}
	return first, nil
}

// stored is a response as a row keeps it.
type stored struct {
	SurveyResponse
	answers []byte
}

func storedResponse(r SurveyResponse, by bot.Person) (stored, error) {
	r.ID, r.Person = newID(), by
	if r.Anonymous {
		r.Person, r.Key = bot.Person{}, ""
		r.StartedAt, r.FinishedAt = day(r.StartedAt), day(r.FinishedAt)
	}
	answers, err := json.Marshal(cleanAnswers(r.Answers))
	return stored{r, answers}, err
}

const responseColumns = "id, campaign, anonymous, account, user_id, event_key, started_at, finished_at, complete, answers"

func insertResponse(ctx context.Context, tx *Tx, r stored) error {
	_, err := tx.Exec(ctx, "INSERT INTO survey_response ("+responseColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		r.ID, r.Campaign, r.Anonymous, string(r.Person.Account), string(r.Person.User), string(r.Key),
		ms(r.StartedAt), ms(r.FinishedAt), r.Complete, r.answers)
	return err
}

// mixWith is with how many earlier responses an anonymous one is written.
const mixWith = 12

// mix writes an anonymous response among earlier ones of its campaign, all of them anew and in random order. Rows carry hidden
// marks of the order and the transaction in which they were written (SQLite's rowid, PostgreSQL's ctid and xmin), which the
// rows about the person carry as well; these marks now fit many responses, and fit others after the next person's.
func (s *Store) mix(ctx context.Context, tx *Tx, r stored) error {
	rows := []stored{r}
	// Ids are random, so those around a random one are too.
	for _, side := range []string{">= $2 ORDER BY id", "< $2 ORDER BY id DESC"} {
		taken, err := All(ctx, tx, scanStored, `DELETE FROM survey_response WHERE id IN
			(SELECT id FROM survey_response WHERE campaign = $1 AND anonymous AND id `+side+" LIMIT $3"+s.dialect.skipLocked+`)
			RETURNING `+responseColumns, r.Campaign, newID(), mixWith+1-len(rows))
		if err != nil {
			return err
		}
		rows = append(rows, taken...)
	}
	//nolint:gosec // the runtime's generator is seeded by the system and told to nobody
	rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for _, row := range rows {
		if err := insertResponse(ctx, tx, row); err != nil {
			return err
		}
	}
	return nil
}

// participate records that the person took part and tells whether the response counts; known means that the event was here
// before, and this is what it was told then.
func participate(ctx context.Context, tx *Tx, r SurveyResponse, by, keeper bot.Person) (counted, known bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO survey_submission (campaign, account, event_key, user_id, counted)
		VALUES ($1, $2, $3, $4, FALSE) ON CONFLICT DO NOTHING`, r.Campaign, string(by.Account), string(r.Key), string(by.User))
	if err != nil {
		return false, false, err
	}
	if n == 0 {
		counted, _, err = Get(ctx, tx, scalar[bool], "SELECT counted FROM survey_submission WHERE campaign = $1 AND account = $2 AND event_key = $3",
			r.Campaign, string(by.Account), string(r.Key))
		return counted, true, err
	}
	before := "DO NOTHING"
	if r.Again {
		before = "DO UPDATE SET at = excluded.at"
	}
	n, err = tx.Exec(ctx, `INSERT INTO survey_participation (campaign, account, user_id, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (campaign, account, user_id) `+before, r.Campaign, string(keeper.Account), string(keeper.User), ms(r.FinishedAt))
	if err != nil || n == 0 {
		return false, false, err
	}
	_, err = tx.Exec(ctx, "UPDATE survey_submission SET counted = TRUE WHERE campaign = $1 AND account = $2 AND event_key = $3",
		r.Campaign, string(by.Account), string(r.Key))
	return err == nil, false, err
}

// SurveyDone tells whether and when the person took part.
func (s *Store) SurveyDone(ctx context.Context, campaign string, p bot.Person) (at time.Time, ok bool, err error) {
	keeper, err := owner(ctx, s.read(), p)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read participation in %s: %w", campaign, err)
	}
	done, ok, err := Get(ctx, s.read(), scalar[int64], "SELECT at FROM survey_participation WHERE campaign = $1 AND account = $2 AND user_id = $3",
		campaign, string(keeper.Account), string(keeper.User))
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read participation in %s: %w", campaign, err)
	}
	return fromMS(done), ok, nil
}

// SurveyResponses yields the responses, in no telling order.
func (s *Store) SurveyResponses(ctx context.Context, campaign string) iter.Seq2[SurveyResponse, error] {
	return pages(func(after *SurveyResponse) ([]SurveyResponse, error) {
		var last string
		if after != nil {
			last = after.ID
		}
		page, err := All(ctx, s.read(), scanResponse, "SELECT "+responseColumns+` FROM survey_response
			WHERE campaign = $1 AND id > $2 ORDER BY id LIMIT $3`, campaign, last, pageSize)
		if err != nil {
			return nil, fmt.Errorf("read responses to %s: %w", campaign, err)
		}
		return page, nil
	})
}

func scanStored(row Row) (stored, error) {
	var r stored
	var started, finished int64
	err := row.Scan(&r.ID, &r.Campaign, &r.Anonymous, &r.Person.Account, &r.Person.User, &r.Key, &started, &finished, &r.Complete, &r.answers)
	r.StartedAt, r.FinishedAt = fromMS(started), fromMS(finished)
	return r, err
}

func scanResponse(row Row) (SurveyResponse, error) {
	r, err := scanStored(row)
	if err != nil {
		return SurveyResponse{}, err
	}
	if r.Answers, err = decodeAnswers(r.answers); err != nil {
		return SurveyResponse{}, fmt.Errorf("response %s: %w", r.ID, err)
	}
	return r.SurveyResponse, nil
}

func decodeAnswers(b []byte) ([]SurveyAnswer, error) {
	var a []SurveyAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return nil, fmt.Errorf("decode answers: %w", err)
	}
	return a, nil
}

func cleanAnswers(answers []SurveyAnswer) []SurveyAnswer {
	cleaned := make([]SurveyAnswer, len(answers))
	for i, a := range answers {
		a.Text, a.MediaID = clean(a.Text), clean(a.MediaID)
		cleaned[i] = a
	}
	return cleaned
}

// day is the start of t's day in t's zone.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
