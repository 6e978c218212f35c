package handoff

import (
	"context"
	"iter"
	"strconv"
	"time"

	"guanjia/bot"
	"guanjia/export"
	"guanjia/store"
)

// Reader reads what the records hold of conversations.
type Reader interface {
	StaffConversations(ctx context.Context, a bot.AccountName, from, until time.Time) iter.Seq2[store.StaffConversation, error]
	StaffFigures(ctx context.Context, a bot.AccountName, from, until time.Time) (store.StaffFigures, error)
}

// ever is the end of a span that ends never.
func ever() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

// How columns call what the records hold.
func channelNames() map[store.StaffChannel]string {
	return map[store.StaffChannel]string{store.StaffOfficial: "公众号", store.StaffKf: "微信客服", store.StaffApp: "企业微信应用"}
}

func closingNames() map[store.StaffClosing]string {
	return map[store.StaffClosing]string{
		"": "进行中", store.ClosedByStaff: "客服结束", store.ClosedByPerson: "用户结束", store.ClosedByTimeout: "超时",
		store.ClosedByPause: "功能关闭", store.ClosedByRefusal: "无人接待",
	}
}

func reasonName(reason string) string {
	switch reason {
	case store.StaffAsked:
		return "用户要求"
	case store.StaffBegan:
		return "客服发起"
	}
	return reason // the handler that wished
}

// Conversations is every conversation of an account as a table, the oldest first.
func Conversations(ctx context.Context, r Reader, a bot.AccountName, zone *time.Location) export.Table {
	return export.Table{
		Header: []string{"编号", "账号", "用户", "渠道", "客服账号", "来由", "开始", "接待", "接待人", "首次回应", "首次回应秒数", "结束", "结束方式", "提醒客服"},
		Rows: func(yield func([]string, error) bool) {
			for c, err := range r.StaffConversations(ctx, a, time.Time{}, ever()) {
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(row(c, zone), nil) {
					return
				}
			}
		},
	}
}

func row(c store.StaffConversation, zone *time.Location) []string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format(time.DateTime)
	}
	response := ""
	if !c.FirstResponseAt.IsZero() {
		response = seconds(c.FirstResponseAt.Sub(c.OpenedAt))
	}
	return []string{
		strconv.FormatInt(c.Number, 10), string(c.Person.Account), string(c.Person.User), channelNames()[c.Channel], c.Desk, reasonName(c.Reason),
		at(c.OpenedAt), at(c.TakenAt), c.Servicer, at(c.FirstResponseAt), response, at(c.ClosedAt), closingNames()[c.ClosedBy], at(c.NotifiedAt),
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(max(0, d).Seconds())) }

// Days sums the conversations of an account up, a line for each day that had one.
func Days(ctx context.Context, r Reader, a bot.AccountName, zone *time.Location) export.Table {
	return export.Table{
		Header: []string{"日期", "请求人工", "已回应", "超时", "平均首次回应秒数", "最长首次回应秒数"},
		Rows: func(yield func([]string, error) bool) {
			var done time.Time // the end of the last day that was summed up
			for c, err := range r.StaffConversations(ctx, a, time.Time{}, ever()) {
				if err == nil && c.OpenedAt.Before(done) {
					continue
				}
				var line []string
				if err == nil {
					y, m, d := c.OpenedAt.In(zone).Date()
					day := time.Date(y, m, d, 0, 0, 0, 0, zone)
					done = time.Date(y, m, d+1, 0, 0, 0, 0, zone)
					line, err = figures(ctx, r, a, day, done)
				}
				if !yield(line, err) || err != nil {
					return
				}
			}
		},
	}
}

func figures(ctx context.Context, r Reader, a bot.AccountName, day, end time.Time) ([]string, error) {
	f, err := r.StaffFigures(ctx, a, day, end)
	if err != nil {
		return nil, err
	}
	mean, worst := "", ""
	if f.Responded > 0 {
		mean, worst = seconds(f.MeanResponse), seconds(f.WorstResponse)
	}
	return []string{day.Format(time.DateOnly), strconv.Itoa(f.Opened), strconv.Itoa(f.Responded), strconv.Itoa(f.TimedOut), mean, worst}, nil
}
