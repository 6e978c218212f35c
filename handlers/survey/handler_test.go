package survey

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/store"
)

// talk starts a bot with the surveys of a book.
func talk(t *testing.T, book *Book) *bottest.Talk {
	t.Helper()
	return bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{New(book, s), gift{}} })
}

// gift is something else to ask for.
type gift struct{}

func (gift) Name() bot.HandlerName { return "gift" }
func (gift) Routes() []bot.Route {
	return []bot.Route{{Handler: "gift", Campaign: "g", Keywords: []string{"领券"}}}
}
func (gift) Handle(context.Context, *bot.Turn) (bot.Reply, error) {
	return bot.Say("送您一张券"), nil
}

// responses reads what was handed in to a campaign.
func responses(t *testing.T, s *store.Store, campaign string) []store.SurveyResponse {
	t.Helper()
	var all []store.SurveyResponse
	for r, err := range s.SurveyResponses(t.Context(), campaign) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// short is a survey of a choice that branches, a text and a picture.
func short(t *testing.T, settings string) *Book {
	t.Helper()
	return mustLoad(t, head+settings+`  questions:
  - id: came
    type: choice
    ask: 您看直播了吗
    options: [看了, {text: 没看, next: why}]
  - {id: stars, type: rating, ask: 打几分, next: note}
  - {id: why, type: text, ask: 为什么没看}
  - {id: note, type: text, ask: 想说什么, optional: true}
`)
}

// The sample's survey after a live stream, by somebody who was not pleased and sends a picture.
func TestWangAnswersTheSampleSurvey(t *testing.T) {
	t.Parallel()
	k := talk(t, sampleBook(t))
	wang := k.Person("wang")
	wang.Says("问卷").Hears("《医生直播反馈》，最多 7 题", "第 1/7 题（打分）\n您给这次医生直播打几分？", "请回复 1-5 的数字").DoesNotHear("匿名", "上一题")
	wang.Says("两星").Hears("第 2/7 题（多选）\n哪些地方让您不满意？", "A. 时间不合适", "回复“上一题”可以修改")
	wang.Says("A C").Hears("第 3/7 题（单选）\n您星期几方便看直播？")
	wang.Says("周六").Hears("第 4/7 题", "几点开始最方便")
	wang.Says("E").Hears("第 5/7 题", "最多 3 项")
	wang.Says("1234").Hears("这道题最多选 3 项，请重新选择。", "第 5/7 题")
	wang.Says("糖尿病，睡眠").Hears("第 6/7 题（问答）", "不想回答可以回复“跳过”")
	wang.Says("血糖老是降不下来😟").Hears("第 7/7 题（图片）", "请发送一张图片")
	wang.Says("等一下").Hears("这道题请发送一张图片。", "第 7/7 题")
	wang.SendsPicture("media-7").Hears("感谢您的反馈！")
	wang.Says("问卷").Hears("您已经填过《医生直播反馈》了")

	got := responses(t, k.Store, "live-feedback")
	want := []store.SurveyResponse{{
		Campaign: "live-feedback", Person: wang.Person, Complete: true, Answers: []store.SurveyAnswer{
			{Question: "score", Rating: 2}, {Question: "why", Choices: []string{"时间不合适", "画面或声音不清楚"}}, {Question: "weekday", Choices: []string{"周六"}},
			{Question: "hour", Choices: []string{"晚上 8 点"}}, {Question: "topic", Choices: []string{"糖尿病", "睡眠"}},
			{Question: "problem", Text: "血糖老是降不下来😟"}, {Question: "picture", MediaID: "media-7"},
		},
	}}
	if len(got) != 1 || got[0].FinishedAt.Sub(got[0].StartedAt) != 9*time.Second {
		t.Fatalf("responses: %+v", got)
	}
	got[0].ID, got[0].Key, got[0].StartedAt, got[0].FinishedAt = "", "", time.Time{}, time.Time{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The box for opinions says what anonymous means, takes as many as somebody has, and ties none to anybody.
func TestOpinionsAreAnonymous(t *testing.T) {
	t.Parallel()
	k := talk(t, sampleBook(t))
	li := k.Person("li")
	var heard []*bottest.Heard
	for range 2 {
		heard = append(heard,
			li.Says("反馈").Hears("这是匿名问卷：只记下您填过，不记录哪一份是您填的。", "第 1/2 题"),
			li.Says("希望早点开门").Hears("第 2/2 题（打分）", "请回复 0-10 的数字"),
			li.Says("0").Hears("收到，谢谢您的意见"))
	}
	got := responses(t, k.Store, "suggestion")
	if len(got) != 2 {
		t.Fatalf("%d responses", len(got))
	}
	for _, r := range got {
		if r.Person != (bot.Person{}) || r.Key != "" || !r.Anonymous || r.StartedAt.In(zone).Format(time.TimeOnly) != "00:00:00" {
			t.Errorf("the response is tied to somebody: %+v", r)
		}
		if len(r.Answers) != 2 || r.Answers[0].Text != "希望早点开门" {
			t.Errorf("answers: %+v", r.Answers)
		}
	}
	for _, h := range heard {
		e, ok, err := k.Store.Journal().Find(t.Context(), li.Account, h.Event.Key)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if !e.Private || e.Text != "" || strings.Contains(string(e.Session), "开门") {
			t.Errorf("the journal tells what was said: %+v", e)
		}
	}
}

// Back takes the last answer away, and with it the branch it opened; what was answered there is not handed in.
func TestGoingBackUndoesBranches(t *testing.T) {
	t.Parallel()
	k := talk(t, short(t, ""))
	li := k.Person("li")
	li.Says("问卷").Hears("第 1/3 题")
	li.Says("上一题").Hears("已经是第一题了。", "第 1/3 题")
	li.Says("没看").Hears("第 2/3 题", "为什么没看")
	li.Says("忘了").Hears("第 3/3 题", "想说什么")
	li.Says("上一题").Hears("第 2/3 题", "为什么没看")
	li.Says("返回上一题").Hears("第 1/3 题", "您看直播了吗")
	li.Says("A").Hears("第 2/3 题", "打几分")
	li.Says("⭐⭐⭐⭐").Hears("第 3/3 题", "想说什么")
	li.Says("跳过").Hears("感谢您的反馈")
	want := []store.SurveyAnswer{{Question: "came", Choices: []string{"看了"}}, {Question: "stars", Rating: 4}, {Question: "note", Skipped: true}}
	if diff := cmp.Diff(want, responses(t, k.Store, "s")[0].Answers); diff != "" {
		t.Error(diff)
	}
}

// What can't be read, and what may not be skipped, is asked again with what is accepted.
func TestUnclearAnswersAreAskedAgain(t *testing.T) {
	t.Parallel()
	li := talk(t, short(t, "")).Person("li")
	li.Says("问卷")
	li.Says("不告诉你").Hears("没看懂您的回答。请回复一个字母（A-B）", "第 1/3 题")
	li.Says("AB").Hears("这道题只选一项", "第 1/3 题")
	li.Says("跳过").Hears("这道题需要回答后才能继续。", "第 1/3 题").DoesNotHear("没看懂")
	li.Says("A").Hears("第 2/3 题")
	li.Says("6 分").Hears("没看懂您的回答。请回复 1-5 的整数。", "第 2/3 题")
	li.Says("5").Hears("第 3/3 题")
	li.SendsPicture("m").Hears("这道题请用文字回答。", "第 3/3 题")
}

// Somebody who comes back after hours goes on at the same question; the keyword shows it again.
func TestComingBackGoesOnAtTheSameQuestion(t *testing.T) {
	t.Parallel()
	k := talk(t, short(t, ""))
	li := k.Person("li")
	li.Says("问卷")
	li.Says("A")
	k.Later(30 * time.Hour)
	li.Says("问卷").Hears("我们接着填《问卷》。", "第 2/3 题")
	li.Says("领券").Hears("您正在《问卷》（第 2/3 题）")
	li.Says("2").Hears("第 2/3 题")
	li.Says("4").Hears("第 3/3 题")
}

// Leaving keeps what was answered if the survey says so, and says which.
func TestLeavingKeepsPartsWhenConfigured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, settings string
		leave          func(k *bottest.Talk, li *bottest.Person) *bottest.Heard
		said           string
		kept           bool
	}{
		{"not kept", "", func(_ *bottest.Talk, li *bottest.Person) *bottest.Heard { return li.Says("退出") }, "已退出《问卷》，前面的回答没有保存。回复“问卷”可以重新填写。", false},
		{"kept", "  keep_partial: true\n", func(_ *bottest.Talk, li *bottest.Person) *bottest.Heard { return li.Says("退出") }, "前面的 1 个回答已经保存", true},
		{"kept when something else is asked for", "  keep_partial: true\n", func(_ *bottest.Talk, li *bottest.Person) *bottest.Heard {
			li.Says("领券")
			return li.Says("1").Hears("送您一张券")
		}, "前面的 1 个回答已经保存", true},
		{"kept when nobody came back", "  keep_partial: true\n  resume_within: 1h\n", func(k *bottest.Talk, li *bottest.Person) *bottest.Heard {
			k.Later(2 * time.Hour)
			return li.Says("领券").Hears("送您一张券")
		}, "上次的《问卷》没有填完，前面的 1 个回答已经保存", true},
		{"kept when paused", "  keep_partial: true\n", func(k *bottest.Talk, li *bottest.Person) *bottest.Heard {
			k.Toggles.Switch(Name, false)
			return li.Says("4")
		}, "《问卷》暂时关闭了", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := talk(t, short(t, c.settings))
			li := k.Person("li")
			li.Says("问卷")
			li.Says("A")
			c.leave(k, li).Hears(c.said)
			got := responses(t, k.Store, "s")
			if c.kept != (len(got) == 1) || c.kept && (got[0].Complete || len(got[0].Answers) != 1) {
				t.Errorf("responses: %+v", got)
			}
		})
	}
}

// Leaving before the first answer keeps nothing; a lapse with nothing to keep passes in silence.
func TestLeavingWithNothingAnswered(t *testing.T) {
	t.Parallel()
	k := talk(t, short(t, "  keep_partial: true\n  resume_within: 1h\n"))
	li := k.Person("li")
	li.Says("问卷")
	li.Says("退出").Hears("前面的回答没有保存")
	li.Says("问卷").Hears("第 1/3 题")
	k.Later(2 * time.Hour)
	li.Says("问卷").Hears("第 1/3 题").DoesNotHear("上次的")
	if got := responses(t, k.Store, "s"); len(got) != 0 {
		t.Errorf("responses: %+v", got)
	}
}

// Again after a span: told when, and taken then, beside the first.
func TestAnsweringAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	k := talk(t, mustLoad(t, head+"  again: after 30d\n  questions:\n  - {id: a, type: text, ask: 一}\n"))
	li := k.Person("li")
	li.Says("问卷")
	li.Says("好").Hears("感谢")
	li.Says("问卷").Hears("您已经填过《问卷》了，谢谢您。2026年4月10日 00:00 之后可以再填一次。")
	k.Later(31 * 24 * time.Hour)
	li.Says("问卷").Hears("第 1/1 题")
	li.Says("更好").Hears("感谢")
	if got := responses(t, k.Store, "s"); len(got) != 2 {
		t.Errorf("%d responses", len(got))
	}
}

// Long answers are kept up to the limit and the person is told, whether questions follow or not.
func TestLongAnswersAreToldToBeCut(t *testing.T) {
	t.Parallel()
	k := talk(t, mustLoad(t, head+"  max_chars: 100\n  questions:\n  - {id: a, type: text, ask: 一}\n  - {id: b, type: text, ask: 二}\n"))
	li := k.Person("li")
	li.Says("问卷")
	li.Says(strings.Repeat("长", 5000)).Hears("您的回答比较长，已保存前 100 个字。", "第 2/2 题")
	li.Says(strings.Repeat("😀", 5000)).Hears("您的回答比较长，已保存前 100 个字。", "感谢")
	for _, a := range responses(t, k.Store, "s")[0].Answers {
		if n := len([]rune(a.Text)); n != 100 {
			t.Errorf("%s: %d characters are kept", a.Question, n)
		}
	}
}

// The last answer handled twice, with a crash in between, is handed in once and gets the same reply.
func TestTheLastAnswerHandledTwiceIsHandedInOnce(t *testing.T) {
	t.Parallel()
	for _, again := range []string{"never", "always"} {
		book := mustLoad(t, head+"  again: "+again+"\n  questions:\n  - {id: a, type: text, ask: 一}\n")
		k := talk(t, book)
		li := k.Person("li")
		h := New(book, k.Store)
		var said []string
		for range 2 {
			turn := &bot.Turn{
				Event: &bot.Event{Account: li.Account, User: li.User, Key: "last", Kind: bot.KindText, Text: "好"}, Now: k.Now(), Zone: zone,
				Session: &bot.Session{Handler: Name, Campaign: "s", State: []byte(`{"s":1,"c":"a"}`)}, Handler: Name, Campaign: "s",
			}
			reply, err := h.Handle(t.Context(), turn)
			if err != nil || turn.Session.Handler != "" {
				t.Fatal(err, turn.Session)
			}
			said = append(said, reply.Messages[0].Text)
		}
		if said[0] != said[1] || len(responses(t, k.Store, "s")) != 1 {
			t.Errorf("again: %s: said %q, %d responses", again, said, len(responses(t, k.Store, "s")))
		}
	}
}

// Outside its dates a survey says so; who has begun may end.
func TestSurveyOutsideItsDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ active, said string }{
		{"{from: 2026-03-20}", "《问卷》2026年3月20日 00:00 开始"},
		{"{until: 2026-03-10}", "《问卷》已于 2026年3月10日 00:00 结束"},
		{"{hours: ['20:00-21:00']}", "开放时间：每天 20:00-21:00，"},
	} {
		talk(t, short(t, "  active: "+c.active+"\n")).Person("li").Says("问卷").Hears(c.said).DoesNotHear("第 1/3 题")
	}
	k := talk(t, short(t, "  active: {until: 2026-03-10 12:00}\n"))
	li := k.Person("li")
	li.Says("问卷")
	k.Later(3 * time.Hour)
	li.Says("A").Hears("第 2/3 题")
}

// Content that changes in the middle begins again instead of going astray; a campaign that is gone says goodbye.
func TestContentThatChangesInTheMiddle(t *testing.T) {
	t.Parallel()
	k := talk(t, short(t, ""))
	h := New(short(t, ""), k.Store)
	for _, c := range []struct{ name, state, text, said string }{
		{"the question is gone", `{"s":1,"c":"gone","g":[{"q":"came"}]}`, "A", "《问卷》刚刚有更新，我们从第一题重新开始。"},
		{"the question before is gone", `{"s":1,"c":"note","g":[{"q":"gone"}]}`, "上一题", "《问卷》刚刚有更新"},
		{"the session is broken", `"x"`, "A", "《问卷》，最多 3 题"},
	} {
		turn := &bot.Turn{
			Event: &bot.Event{Account: "brand", User: "u", Key: "k", Kind: bot.KindText, Text: c.text}, Now: k.Now(), Zone: zone,
			Session: &bot.Session{Handler: Name, Campaign: "s", State: []byte(c.state)}, Handler: Name, Campaign: "s",
		}
		reply, err := h.Handle(t.Context(), turn)
		if err != nil || !strings.Contains(reply.Messages[0].Text, c.said) || !strings.Contains(reply.Messages[0].Text, "第 1/3 题") {
			t.Errorf("%s: said %v, %v", c.name, reply, err)
		}
	}
	turn := &bot.Turn{
		Event: &bot.Event{Kind: bot.KindText, Text: "A"}, Now: k.Now(), Zone: zone,
		Session: &bot.Session{Handler: Name, Campaign: "gone", State: []byte(`{}`)}, Handler: Name, Campaign: "gone",
	}
	if h.Accepts(turn) || h.Title(turn) != "刚才的活动" {
		t.Error("a vanished campaign still asks")
	}
	reply, err := h.Handle(t.Context(), turn)
	if err != nil || reply.Empty() || turn.Session.Handler != "" {
		t.Errorf("said %v, %v", reply, err)
	}
	turn.Session.Handler, turn.Session.Campaign = Name, "gone"
	if _, err := h.Leave(t.Context(), turn, bot.LeaveAsked); err != nil || turn.Session.Handler != "" {
		t.Errorf("leave: %v", err)
	}
}

// A QR code and a menu item open the survey like the keyword, and every reply fits into one message.
func TestSurveyOpensByMenuAndCode(t *testing.T) {
	t.Parallel()
	k := talk(t, short(t, "  menu_keys: [SURVEY]\n  scenes: [live]\n"))
	for _, h := range []*bottest.Heard{k.Person("a").Clicks("SURVEY"), k.Person("b").Scans("live"), k.Person("c").Follows("live")} {
		if n := len(h.Hears("第 1/3 题").Text()); n > content.MaxTextBytes {
			t.Errorf("the reply takes %d bytes", n)
		}
	}
	if got := New(short(t, ""), k.Store).Routes(); len(got) != 1 || !slices.Equal(got[0].Keywords, []string{"问卷"}) {
		t.Errorf("routes: %+v", got)
	}
}
