package survey

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"guanjia/export"
	"guanjia/store"
)

// Responder reads the responses.
type Responder interface {
	SurveyResponses(ctx context.Context, campaign string) iter.Seq2[store.SurveyResponse, error]
}

// Responses is every response to a campaign as a table, a column for each question. Of an anonymous one account, user and
// hour stay empty, whatever the records hold.
func Responses(ctx context.Context, r Responder, c *Campaign) export.Table {
	header := []string{"编号", "账号", "用户", "开始", "提交", "是否完整"}
	for _, q := range c.Questions {
		header = append(header, q.Ask)
	}
	header = append(header, "已删除的题")
	return export.Table{Header: header, Rows: func(yield func([]string, error) bool) {
		for response, err := range r.SurveyResponses(ctx, c.ID) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(c.row(response), nil) {
				return
			}
		}
	}}
}

func (c *Campaign) row(r store.SurveyResponse) []string {
	account, user, layout := string(r.Person.Account), string(r.Person.User), time.DateTime
	if r.Anonymous {
		account, user, layout = "", "", time.DateOnly
	}
	whole := "是"
	if !r.Complete {
		whole = "否"
	}
	row := []string{r.ID, account, user, r.StartedAt.In(c.zone).Format(layout), r.FinishedAt.In(c.zone).Format(layout), whole}
	for _, q := range c.Questions {
		i := slices.IndexFunc(r.Answers, func(a store.SurveyAnswer) bool { return a.Question == q.ID })
		if i < 0 { // not on the path
			row = append(row, "")
			continue
		}
		row = append(row, written(r.Answers[i], q.Type))
	}
	var gone []string
	for _, a := range r.Answers {
		if _, ok := c.byID[a.Question]; !ok {
			gone = append(gone, a.Question+": "+written(a, ""))
		}
	}
	return append(row, strings.Join(gone, "；"))
}

// written is an answer in one cell. The type tells a rating of 0 from no rating; it is empty for questions that are gone.
func written(a store.SurveyAnswer, t Type) string {
	switch {
	case a.Skipped:
		return "（跳过）"
	case t == Rating || a.Rating != 0:
		return strconv.Itoa(a.Rating)
	case len(a.Choices) > 0:
		return strings.Join(a.Choices, "；")
	case a.MediaID != "":
		return a.MediaID
	}
	return a.Text
}

// Tallies is what everybody answered, counted, as a table: a line for each option and rating.
func Tallies(ctx context.Context, r Responder, c *Campaign) (export.Table, error) {
	t, err := Count(c, r.SurveyResponses(ctx, c.ID))
	if err != nil {
		return export.Table{}, fmt.Errorf("tally survey %s: %w", c.ID, err)
	}
	return export.Table{
		Header: []string{"题号", "题目", "类型", "回答人数", "跳过人数", "选项", "票数", "占比", "平均分"},
		Rows: func(yield func([]string, error) bool) {
			for i := range t.Questions {
				for _, row := range t.Questions[i].rows(i + 1) {
					if !yield(row, nil) {
						return
					}
				}
			}
		},
	}, nil
}

func (t *QuestionTally) rows(n int) [][]string {
	head := []string{strconv.Itoa(n), t.Question.Ask, t.Question.Type.name(), strconv.Itoa(t.Answered), strconv.Itoa(t.Skipped)}
	line := func(option string, votes int) []string {
		return append(slices.Clip(head), option, strconv.Itoa(votes), t.share(votes), t.average())
	}
	var rows [][]string
	for i, o := range t.Question.Options {
		rows = append(rows, line(o.Text, t.Choices[i]))
	}
	if t.Others > 0 {
		rows = append(rows, line("（已删除的选项）", t.Others))
	}
	for i, votes := range t.Ratings {
		rows = append(rows, line(strconv.Itoa(t.Question.lowest()+i)+" 分", votes))
	}
	if len(rows) == 0 { // texts and pictures are read, not counted
		rows = append(rows, append(head, "", "", "", ""))
	}
	return rows
}

func (t *QuestionTally) share(votes int) string {
	if t.Answered == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(votes)/float64(t.Answered), 'f', 1, 64) + "%"
}

func (t *QuestionTally) average() string {
	if len(t.Ratings) == 0 || t.Answered == 0 {
		return ""
	}
	return strconv.FormatFloat(t.Average(), 'f', 2, 64)
}
