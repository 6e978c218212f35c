package quiz

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"guanjia/export"
	"guanjia/store"
)

// exportTime is how moments are written for spreadsheets.
const exportTime = "2006-01-02 15:04:05"

// Ranking is the ranking of a campaign as a table.
func Ranking(ctx context.Context, r Ranker, c *Campaign) export.Table {
	return export.Table{
		Header: []string{"名次", "账号", "用户", "得分", "用时（秒）", "完成时间"},
		Rows: rows(r.QuizRanking(ctx, c.ID), func(l store.Ranked) []string {
			return []string{strconv.Itoa(l.Rank), string(l.Person.Account), string(l.Person.User), strconv.Itoa(l.Score),
				seconds(l.Took), l.FinishedAt.In(c.zone).Format(exportTime)}
		}),
	}
}

// Payer reads the payouts.
type Payer interface {
	Payouts(ctx context.Context, campaign string) iter.Seq2[store.Payout, error]
}

// Payouts is who gets how much, as a table. It is empty before the settlement.
func Payouts(ctx context.Context, p Payer, c *Campaign) export.Table {
	return export.Table{
		Header: []string{"名次", "账号", "用户", "得分", "用时（秒）", "完成时间", "奖金（分）", "奖金（元）"},
		Rows: rows(p.Payouts(ctx, c.ID), func(l store.Payout) []string {
			return []string{strconv.Itoa(l.Rank), string(l.Person.Account), string(l.Person.User), strconv.Itoa(l.Score),
				seconds(l.Took), l.FinishedAt.In(c.zone).Format(exportTime), strconv.FormatInt(l.Fen, 10), decimalYuan(l.Fen)}
		}),
	}
}

// rows makes rows of records.
func rows[T any](records iter.Seq2[T, error], row func(T) []string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for r, err := range records {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(row(r), nil) {
				return
			}
		}
	}
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) }

// decimalYuan writes fen with two decimals, as accounts are kept.
func decimalYuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }
