package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"guanjia/bot"
)

// TestRowsOfAnonymousResponsesAreMixed plays somebody who reads the database with the marks it does not show: the order of
// rows on SQLite, the writing transaction on PostgreSQL.
func TestRowsOfAnonymousResponsesAreMixed(t *testing.T) {
	t.Parallel()
	const people = 80
	onEachEngine(t, func(t *testing.T, url string) {
		s := migrated(t, url)
		at := time.Date(2026, 1, 31, 8, 30, 15, 0, time.UTC)
		for i := range people {
			said := fmt.Sprintf("I am %03d", i)
			_, err := s.SubmitSurvey(t.Context(), SurveyResponse{Campaign: "survey", Key: bot.EventKey(said), Anonymous: true, StartedAt: at, FinishedAt: at,
				Answers: []SurveyAnswer{{Question: "q", Text: said}}}, bot.Person{Account: "brand", User: bot.UserID(said)})
			if err != nil {
				t.Fatal(err)
			}
		}
		// The best guess: the response on the same place, or from the same transaction if there is only one.
		guess := `SELECT p.user_id, r.answers FROM (SELECT user_id, row_number() OVER (ORDER BY rowid) n FROM survey_participation) p
			JOIN (SELECT answers, row_number() OVER (ORDER BY rowid) n FROM survey_response) r ON r.n = p.n`
		if s.Engine() == "postgres" {
			guess = `SELECT p.user_id, r.answers FROM survey_participation p JOIN survey_response r ON r.xmin::text = p.xmin::text
				WHERE (SELECT count(*) FROM survey_response q WHERE q.xmin::text = p.xmin::text) = 1`
		}
		right, err := All(t.Context(), s.read(), func(r Row) (bool, error) {
			var user, answers string
			err := r.Scan(&user, &answers)
			return strings.Contains(answers, user), err
		}, guess)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, r := range right {
			if r {
				n++
			}
		}
		if n > people/4 {
			t.Errorf("%d of %d responses were tied to their person", n, people)
		}
		all := map[string]bool{}
		for r, err := range s.SurveyResponses(t.Context(), "survey") {
			if err != nil {
				t.Fatal(err)
			}
			all[r.Answers[0].Text] = true
		}
		if len(all) != people {
			t.Errorf("%d responses are left after mixing", len(all))
		}
	})
}

func TestMixingBesideEachOtherLosesNothing(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, url string) {
		s := migrated(t, url)
		var people sync.WaitGroup
		const n = 100
		for i := range n {
			people.Go(func() {
				r := SurveyResponse{Campaign: "survey", Key: bot.EventKey(fmt.Sprint(i)), Anonymous: i%4 > 0, Complete: true, Answers: []SurveyAnswer{{Question: "q", Rating: 1 + i%5}}}
				if _, err := s.SubmitSurvey(t.Context(), r, bot.Person{Account: "brand", User: bot.UserID(fmt.Sprint(i))}); err != nil {
					t.Error(err)
				}
			})
		}
		people.Wait()
		responses, ratings := 0, 0
		for r, err := range s.SurveyResponses(t.Context(), "survey") {
			if err != nil {
				t.Fatal(err)
			}
			responses++
			ratings += r.Answers[0].Rating
		}
		if responses != n || ratings != 300 {
			t.Errorf("%d responses with ratings of %d in all", responses, ratings)
		}
	})
}

func FuzzDecodeAnswers(f *testing.F) {
	f.Add([]byte(`[{"q":"day","c":["周六"]},{"q":"doctor","r":5},{"q":"wish","t":"多讲"},{"q":"picture","m":"id"},{"q":"more","s":true}]`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`[{"r":1e99}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		answers, err := decodeAnswers(b)
		if err != nil {
			return
		}
		for _, a := range cleanAnswers(answers) {
			if !utf8.ValidString(a.Text+a.MediaID) || strings.ContainsRune(a.Text+a.MediaID, 0) {
				t.Errorf("%+v can't be kept by both engines", a)
			}
		}
	})
}

// FuzzClean: whatever people send can be kept, and what can be kept stays as it is.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "领券", "a\x00b", "\xff", "\x00", "\xe4\xbd", "😀\x00\xff\uFFFD"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := clean(s)
		if strings.ContainsRune(c, 0) || strings.ToValidUTF8(c, "") != c || clean(c) != c {
			t.Errorf("%q became %q", s, c)
		}
	})
}

func TestRefusalsAreRecognisedByCode(t *testing.T) {
	t.Parallel()
	s := migrated(t, engines["PostgreSQL"](t))
	for query, want := range map[string]struct{ data, retryable bool }{
		"SELECT 1/0":                                     {data: true},
		"SELECT convert_from('\\xff', 'UTF8')":           {data: true},
		"INSERT INTO quiz_total (campaign) VALUES ('c')": {data: true},
		"SELECT FROM WHERE":                              {},
		"DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$":     {retryable: true},
		"DO $$ BEGIN RAISE SQLSTATE '40001'; END $$":     {retryable: true},
		"DO $$ BEGIN RAISE SQLSTATE '57014'; END $$":     {},
	} {
		_, err := s.writer.Exec(query)
		if err == nil || isDataError(err) != want.data || isRetryable(err) != want.retryable {
			t.Errorf("%s: %v, data %v, retryable %v", query, err, isDataError(err), isRetryable(err))
		}
	}
	if isDataError(errors.New("x")) || isRetryable(nil) {
		t.Error("an error without a code was recognised")
	}
}
