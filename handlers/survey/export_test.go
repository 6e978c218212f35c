package survey

import (
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/store"
)

// handedIn puts responses into the records of a fresh bot.
func handedIn(t *testing.T, book *Book, responses ...store.SurveyResponse) *store.Store {
	t.Helper()
	k := talk(t, book)
	for i, r := range responses {
		r.Campaign, r.Key = "s", bot.EventKey(rune('a'+i))
		r.StartedAt, r.FinishedAt = bottest.Start, bottest.Start.Add(time.Minute)
		if _, err := k.Store.SubmitSurvey(t.Context(), r, bot.Person{Account: "brand", User: bot.UserID("o-" + string(rune('a'+i)))}); err != nil {
			t.Fatal(err)
		}
	}
	return k.Store
}

var everyType = head + `  questions:
  - {id: day, type: multi_choice, ask: 哪天, options: [周六, 周日], optional: true}
  - {id: stars, type: rating, ask: 几分, scale: 10}
  - {id: words, type: text, ask: =想说什么}
  - {id: shot, type: picture, ask: 照片, optional: true}
`

func someResponses() []store.SurveyResponse {
	return []store.SurveyResponse{
		{Complete: true, Answers: []store.SurveyAnswer{
			{Question: "day", Choices: []string{"周六", "周日"}}, {Question: "stars", Rating: 0}, {Question: "words", Text: "=HYPERLINK(\"x\")\n第二行"}, {Question: "shot", MediaID: "m1"},
		}},
		{Complete: true, Anonymous: true, Answers: []store.SurveyAnswer{
			{Question: "day", Choices: []string{"周六", "周一"}}, {Question: "stars", Rating: 9}, {Question: "words", Text: "好😀"}, {Question: "shot", Skipped: true},
		}},
		{Answers: []store.SurveyAnswer{{Question: "day", Skipped: true}, {Question: "old", Text: "@旧"}}},
	}
}

// Each response is a line with a column for every question; nothing in it runs as a formula, and an anonymous one has no
// person and no hour.
func TestResponsesAsCSV(t *testing.T) {
	t.Parallel()
	book := mustLoad(t, everyType)
	s := handedIn(t, book, someResponses()...)
	var b strings.Builder
	if err := Responses(t.Context(), s, book.Campaigns()[0]).WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"\uFEFF编号,账号,用户,开始,提交,是否完整,哪天,几分,'=想说什么,照片,已删除的题\r\n",
		",brand,o-a,2026-03-10 10:00:00,2026-03-10 10:01:00,是,周六；周日,0,\"'=HYPERLINK(\"\"x\"\")\r\n第二行\",m1,\r\n",
		",,,2026-03-10,2026-03-10,是,周六；周一,9,好😀,（跳过）,\r\n",
		",brand,o-c,2026-03-10 10:00:00,2026-03-10 10:01:00,否,（跳过）,,,,old: @旧\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the export lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "o-b") {
		t.Error("the export names who answered anonymously")
	}
}

// The results are counted for every option and rating, a rating of nought included.
func TestTallies(t *testing.T) {
	t.Parallel()
	book := mustLoad(t, everyType)
	s := handedIn(t, book, someResponses()...)
	c := book.Campaigns()[0]
	tally, err := Count(c, s.SurveyResponses(t.Context(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	day, stars := tally.Questions[0], tally.Questions[1]
	if tally.Responses != 3 || tally.Complete != 2 || day.Answered != 2 || day.Skipped != 1 || day.Others != 1 ||
		!cmp.Equal(day.Choices, []int{2, 1}) || stars.Average() != 4.5 || stars.Ratings[0] != 1 || stars.Ratings[9] != 1 {
		t.Errorf("tally: %+v", tally)
	}
	table, err := Tallies(t.Context(), s, c)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := table.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1,哪天,多选,2,1,周六,2,100.0%,\r\n", "1,哪天,多选,2,1,周日,1,50.0%,\r\n", "1,哪天,多选,2,1,（已删除的选项）,1,50.0%,\r\n",
		"2,几分,打分,2,0,0 分,1,50.0%,4.50\r\n", "2,几分,打分,2,0,10 分,0,0.0%,4.50\r\n",
		"3,'=想说什么,问答,2,0,,,,\r\n", "4,照片,图片,1,1,,,,\r\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
}

// Before anybody answered there is a table all the same; records that can't be read are an error, not an empty table.
func TestTalliesOfNothing(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, everyType).Campaigns()[0]
	none := func(func(store.SurveyResponse, error) bool) {}
	tally, err := Count(c, none)
	if err != nil || tally.Responses != 0 || tally.Questions[1].Average() != 0 || tally.Questions[0].share(0) != "" {
		t.Errorf("%+v, %v", tally, err)
	}
	broken := errors.New("database is away")
	var away iter.Seq2[store.SurveyResponse, error] = func(yield func(store.SurveyResponse, error) bool) { yield(store.SurveyResponse{}, broken) }
	if _, err := Count(c, away); !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
}
