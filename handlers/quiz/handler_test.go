package quiz

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/store"
)

// talk starts a bot with the quizzes of a book.
func talk(t *testing.T, book *Book) *bottest.Talk {
	t.Helper()
	return bottest.New(t, func(s *store.Store) []bot.Handler { return []bot.Handler{New(book, s), gift{}} })
}

// gift is something else to ask for.
type gift struct{}

func (gift) Name() bot.HandlerName { return "gift" }
func (gift) Routes() []bot.Route {
	return []bot.Route{{Handler: "gift", Campaign: "g", Keywords: []string{"领券", "120"}}}
}
func (gift) Handle(context.Context, *bot.Turn) (bot.Reply, error) {
	return bot.Say("送您一张券"), nil
}

// three is a quiz of three questions for 10 points each.
func three(t *testing.T, settings string) *Book {
	t.Helper()
	return mustLoad(t, head+settings+`  questions:
  - {id: salt, type: single, ask: 每天吃盐不超过多少, options: [2 克, 5 克, 10 克], answer: B, explanation: 一瓶盖}
  - {id: signs, type: multiple, ask: 三多是哪些, options: [多饮, 多汗, 多食, 多尿], answer: [A, C, D], explanation: 还有一少}
  - {id: call, type: text, ask: 急救电话是多少, answer: ['120', 一二零]}
`)
}

// The sample's quiz, from the first question to rank and pool.
func TestWangTakesTheSampleQuiz(t *testing.T) {
	t.Parallel()
	docs, _ := content.Load(sample.FS, nil)
	book, problems := Load(docs, bottest.Zone)
	if problems != nil {
		t.Fatal(problems)
	}
	wang := talk(t, book).Person("wang")
	wang.Says("答题").Hears("《健康知识有奖问答》共 10 题，满分 100 分", "满 20 人瓜分 50 元，满 50 人瓜分 150 元，满 111 人瓜分 666 元",
		"第 1/10 题（单选，10 分）", "A. 2 克\nB. 5 克\nC. 10 克\nD. 15 克")
	wang.Says("b").Hears("✅ 答对了，得 10 分。\n解析：每人每天不超过 5 克", "第 2/10 题（判断，10 分）", "A. 对\nB. 错")
	wang.Says("正确").Hears("✅ 答对了", "第 3/10 题")
	wang.Says("每年一次").Hears("✅ 答对了", "第 4/10 题（多选")
	wang.Says("A、C").Hears("🔸 答对一部分，得 6 分。正确答案：A. 多饮；C. 多食；D. 多尿", "第 5/10 题（填空")
	wang.Says("１２０").Hears("✅ 答对了", "第 6/10 题")
	wang.Says("对").Hears("❌ 答错了。正确答案：B. 错", "第 7/10 题")
	wang.Says("④").Hears("✅ 答对了", "第 8/10 题")
	wang.Says("1 3 4").Hears("✅ 答对了", "第 9/10 题")
	wang.Says("维生素 d").Hears("✅ 答对了", "第 10/10 题")
	wang.Says("Ｂ").Hears("✅ 答对了", "🎉 《健康知识有奖问答》答完了！\n得分 86/100，答对 8/10 题，用时 10 秒。",
		"目前排名第 1，已有 1 人完成。", "还差 19 人，开启 50 元奖池。", "2030年12月31日 00:00 截止")
	wang.Says("成绩").Hears("您的最好成绩：86 分，用时 10 秒。", "目前排名第 1，已有 1 人完成。")
	wang.Says("答题").Hears("您已经答过《健康知识有奖问答》了", "86 分")
}

// Every reply of the sample fits into one message of the platform.
func TestRepliesOfTheSampleFitOneMessage(t *testing.T) {
	t.Parallel()
	docs, _ := content.Load(sample.FS, nil)
	book, _ := Load(docs, bottest.Zone)
	li := talk(t, book).Person("li")
	for _, said := range []string{"答题", "D", "错", "A", "B", "不知道", "对", "A", "B", "不知道", "A", "成绩"} {
		if n := len(li.Says(said).Text()); n > content.MaxTextBytes {
			t.Errorf("the answer to %q takes %d bytes", said, n)
		}
	}
}

// What can't be read is asked again with what is accepted; the place is not lost and nothing is counted.
func TestUnclearAnswersAreAskedAgain(t *testing.T) {
	t.Parallel()
	li := talk(t, three(t, "")).Person("li")
	li.Says("答题").Hears("第 1/3 题")
	li.Says("不知道").Hears("没看懂您的回答。请回复一个字母（A-C），比如 A。", "第 1/3 题", "A. 2 克")
	li.Says("AB").Hears("这道题只有一个答案，请只回复一个字母（A-C）。", "第 1/3 题")
	li.SendsPicture("m1").Hears("没看懂", "第 1/3 题")
	li.Says("E").Hears("没看懂", "第 1/3 题")
	li.Says("B").Hears("✅", "第 2/3 题")
	li.Says("F").Hears("请回复一个或几个字母（A-D），比如 AB。", "第 2/3 题")
	li.Says("ACD").Hears("✅", "第 3/3 题")
	li.Says("？").Hears("请直接用文字回复答案。", "第 3/3 题")
	li.Says("一二零").Hears("得分 30/30，答对 3/3 题")
}

// Somebody who comes back after hours goes on at the same question; the keyword shows it again, the answer just counts.
func TestComingBackAfterHoursGoesOnAtTheSameQuestion(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, ""))
	li := k.Person("li")
	li.Says("答题").Hears("第 1/3 题")
	li.Says("B").Hears("第 2/3 题")
	k.Later(5 * time.Hour)
	li.Says("答题").Hears("我们接着答《问答》。", "第 2/3 题").DoesNotHear("第 1/3 题")
	k.Later(40 * time.Hour)
	li.Says("acd").Hears("✅ 答对了", "第 3/3 题")
	li.Says("120").Hears("得分 30/30", "用时 1 天 21 小时")
}

// When the session is lost the records still know the attempt: its questions begin again, its clock does not.
func TestALostSessionBeginsTheAttemptAgain(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  shuffle_questions: true\n"))
	li := k.Person("li")
	first := li.Says("答题").Text()
	li.Says("B")
	k.Later(time.Minute)

	h := New(three(t, "  shuffle_questions: true\n"), k.Store)
	turn := &bot.Turn{
		Event: &bot.Event{Account: li.Account, User: li.User, Key: "later", Kind: bot.KindText, Text: "答题"},
		Now:   k.Now(), Zone: bottest.Zone, Session: &bot.Session{}, Handler: Name, Campaign: "q", Route: &bot.Route{},
	}
	reply, err := h.Handle(t.Context(), turn)
	if err != nil {
		t.Fatal(err)
	}
	text := bottest.Plain(reply.Messages[0])
	if !strings.Contains(text, "上次没有答完，这次从第一题重新开始") {
		t.Errorf("said %q", text)
	}
	if question := first[strings.Index(first, "第 1/3 题"):]; !strings.HasSuffix(text, question) {
		t.Errorf("began with %q, the first time with %q", text, question)
	}
	turn.Event.Key, turn.Route = "later2", nil
	for i := range 3 {
		turn.Event.Key, turn.Event.Text, turn.Now = bot.EventKey(fmt.Sprint("a", i)), "A", turn.Now.Add(time.Second)
		if reply, err = h.Handle(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	if text = bottest.Plain(reply.Messages[0]); !strings.Contains(text, "用时 1 分") {
		t.Errorf("the clock began again: %q", text)
	}
}

// A session that nobody can read is as good as a lost one.
func TestAnUnreadableSessionBeginsTheAttemptAgain(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, ""))
	li := k.Person("li")
	li.Says("答题")
	h := New(three(t, ""), k.Store)
	turn := &bot.Turn{
		Event: &bot.Event{Account: li.Account, User: li.User, Key: "x", Kind: bot.KindText, Text: "B"}, Now: k.Now(), Zone: bottest.Zone,
		Session: &bot.Session{Handler: Name, Campaign: "q", State: []byte(`"broken"`)}, Handler: Name, Campaign: "q",
	}
	if h.Accepts(turn) || h.Title(turn) != "刚才的活动" {
		t.Error("a broken session is taken for an open question")
	}
	reply, err := h.Handle(t.Context(), turn)
	if err != nil || !strings.Contains(reply.Messages[0].Text, "从第一题重新开始") {
		t.Errorf("said %v, %v", reply, err)
	}
}

// An answer after the time for its question counts as wrong, whatever it is, and the person is told.
func TestALateAnswerCountsAsWrong(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  time_per_question: 30s\n"))
	li := k.Person("li")
	li.Says("答题").Hears("每题限时 30 秒，超时按答错计。", "第 1/3 题（单选，10 分，限时 30 秒）")
	k.Later(29 * time.Second) // and one for the event itself: exactly 30
	li.Says("B").Hears("✅ 答对了", "第 2/3 题")
	k.Later(30 * time.Second)
	li.Says("ACD").Hears("⏰ 超过 30 秒，第 2 题按答错计。正确答案：A. 多饮；C. 多食；D. 多尿\n解析：还有一少", "第 3/3 题").DoesNotHear("✅")
	k.Later(time.Hour)
	li.Says("答题").Hears("⏰ 超过 30 秒，第 3 题按答错计。正确答案：120", "得分 10/30，答对 1/3 题")
}

// When the time for the attempt is over it ends by itself with what was answered in time.
func TestTheTimeOfTheAttemptEndsIt(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  time_per_attempt: 2m\n"))
	li := k.Person("li")
	li.Says("答题").Hears("全部题目限时 2 分钟，到时自动交卷。")
	li.Says("B").Hears("第 2/3 题")
	k.Later(2 * time.Minute)
	li.Says("ACD").Hears("⏰ 超过了 2 分钟的限时，已自动交卷，没答的题不得分。", "得分 10/30，答对 1/3 题，用时 2 分钟").DoesNotHear("✅")
	li.Says("答题").Hears("您已经答过")
}

// An attempt whose time ran out while its session was lost has ended; with attempts left, the next begins at once.
func TestAnExpiredLostAttemptIsClosedBeforeTheNext(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attempts, said string
	}{
		{"1", "您的最好成绩：0 分"},
		{"2", "第 1/3 题"},
	} {
		k := talk(t, three(t, "  time_per_attempt: 2m\n  attempts: "+c.attempts+"\n"))
		li := k.Person("li")
		if _, _, err := k.Store.StartAttempt(t.Context(), "q", li.Person, 0, "lost", k.Now()); err != nil {
			t.Fatal(err)
		}
		k.Later(3 * time.Minute)
		li.Says("答题").Hears("已自动交卷", c.said).DoesNotHear("您已经答过")
	}
}

// Several attempts: the best counts, and what is left is said.
func TestTheBestOfSeveralAttemptsCounts(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  attempts: 2\n"))
	li := k.Person("li")
	for _, said := range []string{"答题", "B", "ACD"} {
		li.Says(said)
	}
	li.Says("120").Hears("得分 30/30", "还可以再答 1 次，回复“答题”再来一次").DoesNotHear("最好成绩：")
	for _, said := range []string{"答题", "A", "B"} {
		li.Says(said)
	}
	li.Says("119").Hears("得分 0/30", "您的最好成绩：30 分", "目前排名第 1，已有 1 人完成").DoesNotHear("还可以再答")
	li.Says("答题").Hears("您已经答过《问答》了", "30 分")
}

// Rank and pool are as of now; who is better comes first, and who is as good but slower comes behind.
func TestRankIsByScoreThenTime(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  standing: {keywords: [成绩], menu_keys: [RANK]}\n"))
	good, slow, bad := k.Person("good"), k.Person("slow"), k.Person("bad")
	for _, said := range []string{"答题", "B", "ACD"} {
		slow.Says(said)
	}
	k.Later(time.Minute)
	slow.Says("120").Hears("排名第 1，已有 1 人完成")
	for _, said := range []string{"答题", "A", "ACD"} {
		bad.Says(said)
	}
	bad.Says("120").Hears("排名第 2，已有 2 人完成")
	for _, said := range []string{"答题", "B", "ACD"} {
		good.Says(said)
	}
	good.Says("120").Hears("排名第 1，已有 3 人完成")
	slow.Says("成绩").Hears("排名第 2，已有 3 人完成")
	bad.Clicks("RANK").Hears("排名第 3，已有 3 人完成")
	k.Person("new").Says("成绩").Hears("您还没有答完《问答》，回复“答题”开始答题。")
}

// Looking at the ranking in the middle keeps the place, and the clock goes on.
func TestLookingAtTheRankingKeepsThePlace(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  standing: {keywords: [成绩]}\n  time_per_question: 1m\n"))
	li := k.Person("li")
	li.Says("答题")
	li.Says("B").Hears("第 2/3 题")
	li.Says("成绩").Hears("您还没有答完", "第 2/3 题")
	k.Later(time.Minute)
	li.Says("成绩").Hears("⏰ 超过 1 分钟，第 2 题按答错计", "第 3/3 题")
}

// Before its dates a quiz says when it begins, after them that it is over, outside its hours that it is shut.
func TestQuizOutsideItsDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, active, said string }{
		{"before", "{from: 2026-03-20 08:30}", "《问答》2026年3月20日 08:30 开始"},
		{"after", "{until: 2026-03-10}", "《问答》已于 2026年3月10日 00:00 截止。"},
		{"at another hour", "{hours: ['20:00-21:00']}", "现在没有开放。开放时间：每天 20:00-21:00，到时回复“答题”参加。"},
		{"on another day", "{days: [周六]}", "开放时间：周六，"},
	} {
		k := talk(t, three(t, "  active: "+c.active+"\n"))
		k.Person("li").Says("答题").Hears(c.said).DoesNotHear("第 1/3 题")
	}
}

// An attempt that is open when the campaign closes does not count, and the person is told; with a grace it may be ended.
func TestClosingEndsOpenAttempts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, grace, said string }{
		{"no grace", "", "《问答》已于 2026年3月10日 12:00 截止，这次没有答完，成绩不计入排名。"},
		{"within the grace", "  grace: 30m\n", "✅ 答对了"},
		{"after the grace", "  grace: 5m\n", "成绩不计入排名"},
	} {
		k := talk(t, three(t, "  active: {until: 2026-03-10 12:00}\n"+c.grace))
		li, late := k.Person("li"), k.Person("late")
		li.Says("答题").Hears("第 1/3 题")
		k.Later(2*time.Hour + 10*time.Minute)
		late.Says("答题").Hears("已于 2026年3月10日 12:00 截止").DoesNotHear("第 1/3 题")
		li.Says("B").Hears(c.said)
		if n, err := k.Store.QuizParticipants(t.Context(), "q"); err != nil || n != 0 {
			t.Errorf("%s: %d participants, %v", c.name, n, err)
		}
	}
}

// Leaving after the first answer counts what was answered, because the right answers have been told; before it the attempt
// stays.
func TestLeavingCountsWhatWasAnswered(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, ""))
	li := k.Person("li")
	li.Says("答题").Hears("中途回复“退出”，会按已答的题交卷。")
	li.Says("退出").Hears("已退出《问答》。回复“答题”可从第一题重新开始。")
	li.Says("答题").Hears("第 1/3 题")
	li.Says("B")
	li.Says("退出").Hears("已退出《问答》，按已答的 1 题交卷。", "得分 10/30，答对 1/3 题")
	li.Says("答题").Hears("您已经答过")
}

// With leaving: restart the attempt waits and begins again.
func TestLeavingMayKeepTheAttempt(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  leaving: restart\n"))
	li := k.Person("li")
	li.Says("答题").Hears("中途回复“退出”可以离开，下次从第一题重新开始。")
	li.Says("B")
	li.Says("退出").Hears("已退出《问答》。回复“答题”可从第一题重新开始。")
	li.Says("答题").Hears("上次没有答完", "第 1/3 题")
}

// Asking for something else in the middle asks first; a yes hands the quiz in, a no shows the question again.
func TestAskingForSomethingElseInTheMiddle(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, ""))
	li := k.Person("li")
	li.Says("答题")
	li.Says("B").Hears("第 2/3 题")
	li.Says("领券").Hears("您正在《问答》（第 2/3 题）")
	li.Says("2").Hears("第 2/3 题").DoesNotHear("券", "✅")
	li.Says("领券")
	li.Says("1").Hears("按已答的 1 题交卷", "送您一张券")
}

// A right answer that is somebody else's keyword is an answer; other texts that are keywords ask.
func TestARightAnswerIsNotTakenForAKeyword(t *testing.T) {
	t.Parallel()
	li := talk(t, three(t, "")).Person("li")
	for _, said := range []string{"答题", "B", "ACD"} {
		li.Says(said)
	}
	li.Says("领券").Hears("您正在《问答》（第 3/3 题）")
	li.Says("2")
	li.Says("120").Hears("✅ 答对了", "得分 30/30")
}

// Switching the feature off ends the quiz politely and costs nobody the attempt.
func TestPausingKeepsTheAttempt(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, ""))
	li := k.Person("li")
	li.Says("答题")
	li.Says("B")
	k.Toggles.Switch(Name, false)
	li.Says("ACD").Hears("《问答》暂时关闭了，您的参与机会还在")
	k.Toggles.Switch(Name, true)
	li.Says("答题").Hears("上次没有答完", "第 1/3 题")
}

// Who does not come back in time has handed in what was answered; who had answered nothing may begin again.
func TestNotComingBackHandsIn(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  resume_within: 2h\n"))
	li, lazy := k.Person("li"), k.Person("lazy")
	lazy.Says("答题")
	li.Says("答题")
	li.Says("B")
	k.Later(3 * time.Hour)
	li.Says("你好").Hears("上次的《问答》超过 2 小时没有作答，已按答过的 1 题交卷。", "得分 10/30", "用时 1 秒")
	lazy.Says("答题").Hears("上次没有答完", "第 1/3 题")
}

// Explanations may come at the end, with every question, or not at all; then nothing is told on the way.
func TestExplanationsComeWhenConfigured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		explain    string
		last, none []string
	}{
		{"at_end", []string{"得分 10/30", "1. ✅ 每天吃盐不超过多少\n答案：B. 5 克\n解析：一瓶盖", "2. ❌ 三多是哪些\n答案：A. 多饮；C. 多食；D. 多尿\n解析：还有一少", "3. ❌ 急救电话是多少\n答案：120"}, nil},
		{"never", []string{"得分 10/30"}, []string{"解析", "答案", "❌"}},
	} {
		li := talk(t, three(t, "  explain: "+c.explain+"\n")).Person("li")
		li.Says("答题")
		for _, said := range []string{"B", "B"} {
			li.Says(said).DoesNotHear("✅", "❌", "解析", "答案")
		}
		li.Says("119").Hears(c.last...).DoesNotHear(c.none...)
	}
}

// The same event handled twice, with a crash in between, says the same and counts once, also when time has run out since.
func TestTheLastAnswerHandledTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	book := three(t, "  time_per_question: 30s\n  attempts: 3\n")
	k := talk(t, book)
	li := k.Person("li")
	h := New(book, k.Store)
	session := &bot.Session{}
	handle := func(key bot.EventKey, text string, now time.Time, s bot.Session) (string, *bot.Session) {
		t.Helper()
		turn := &bot.Turn{
			Event: &bot.Event{Account: li.Account, User: li.User, Key: key, Kind: bot.KindText, Text: text},
			Now:   now, Zone: bottest.Zone, Session: &s, Handler: Name, Campaign: "q",
		}
		reply, err := h.Handle(t.Context(), turn)
		if err != nil {
			t.Fatal(err)
		}
		return reply.Messages[0].Text, turn.Session
	}
	now := k.Now()
	first, opened := handle("k0", "答题", now, *session)
	again, opened2 := handle("k0", "答题", now.Add(5*time.Second), *session)
	if first != again || opened2.Campaign != opened.Campaign {
		t.Errorf("the start said %q, then %q", first, again)
	}
	session = opened
	for i, said := range []string{"B", "ACD"} {
		_, session = handle(bot.EventKey(fmt.Sprint("k", i+1)), said, now, *session)
	}
	first, closed := handle("k3", "120", now.Add(10*time.Second), *session)
	again, _ = handle("k3", "120", now.Add(60*time.Second), *session)
	if first != again || !strings.Contains(first, "得分 30/30，答对 3/3 题，用时 10 秒") {
		t.Errorf("the end said\n%s\nthen\n%s", first, again)
	}
	if closed.Handler != "" {
		t.Error("the conversation is still open")
	}
	a, outcome, err := k.Store.StartAttempt(t.Context(), "q", li.Person, 0, "k9", now)
	if err != nil || a.No != 2 || outcome != store.Started {
		t.Errorf("next attempt: %+v, %v, %v", a, outcome, err)
	}
	if text, _ := handle("k0", "答题", now, bot.Session{}); !strings.Contains(text, "您的最好成绩：30 分") {
		t.Errorf("the start, long after the end, said %q", text)
	}
}

// A campaign taken out of the content does not leave its people without an answer.
func TestAVanishedCampaignSaysGoodbye(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, ""))
	turn := &bot.Turn{
		Event: &bot.Event{Kind: bot.KindText, Text: "B"}, Now: k.Now(), Zone: bottest.Zone,
		Session: &bot.Session{Handler: Name, Campaign: "gone", State: []byte("{}")}, Handler: Name, Campaign: "gone",
	}
	h := New(three(t, ""), k.Store)
	if h.Accepts(turn) || h.Title(turn) != "刚才的活动" {
		t.Error("a vanished campaign still asks")
	}
	reply, err := h.Handle(t.Context(), turn)
	if err != nil || reply.Empty() || turn.Session.Handler != "" {
		t.Errorf("said %v, %v, open: %q", reply, err, turn.Session.Handler)
	}
	turn.Session.Handler, turn.Session.Campaign = Name, "gone"
	if _, err := h.Leave(t.Context(), turn, bot.LeaveAsked); err != nil || turn.Session.Handler != "" {
		t.Errorf("leave: %v, open: %q", err, turn.Session.Handler)
	}
}

// A QR code and a menu item start the quiz like the keyword.
func TestQuizStartsByMenuAndCode(t *testing.T) {
	t.Parallel()
	k := talk(t, three(t, "  menu_keys: [QUIZ]\n  scenes: [poster]\n"))
	k.Person("a").Clicks("QUIZ").Hears("第 1/3 题")
	k.Person("b").Scans("poster").Hears("第 1/3 题")
	k.Person("c").Follows("poster").Hears("第 1/3 题")
	k.Person("d").Scans("other").HearsNothing()
	li := k.Person("li")
	li.Says("答题")
	li.Says("B")
	li.Clicks("QUIZ").Hears("我们接着答", "第 2/3 题")
}

// BenchmarkAnswer is one answer in the middle of a quiz: session read, answer judged, next question shown, session written.
func BenchmarkAnswer(b *testing.B) {
	book := mustLoad(b, head+"  shuffle_options: true\n  questions:\n"+
		"  - {id: a, type: multiple, ask: 三多是哪些, options: [多饮, 多汗, 多食, 多尿], answer: [A, C, D], explanation: 还有一少}\n"+
		"  - {id: b, type: single, ask: 每天吃盐不超过多少, options: [2 克, 5 克, 10 克], answer: B}\n")
	h := New(book, nil)
	opened := bot.Session{Handler: Name, Campaign: "q", State: []byte(`{"a":"0123456789abcdef0123456789abcdef","s":1,"k":1,"o":["a","b"]}`)}
	b.ReportAllocs()
	for b.Loop() {
		session := opened
		turn := &bot.Turn{
			Event: &bot.Event{Kind: bot.KindText, Text: "A、C D"}, Now: bottest.Start, Zone: bottest.Zone,
			Session: &session, Handler: Name, Campaign: "q",
		}
		if !h.Accepts(turn) {
			b.Fatal("the answer is not taken")
		}
		if reply, err := h.Handle(b.Context(), turn); err != nil || reply.Empty() {
			b.Fatal(err)
		}
	}
}
