package bot_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/store"
)

// front is a reception: it keeps quiet until the person says 返回, passing on what is said, and the talk ends by 办完了 as if it
// had ended without the person.
type front struct {
	closed bool // nobody is there
	left   []bot.LeaveReason
	wishes []bot.HandlerName
}

func (*front) Name() bot.HandlerName { return "front" }
func (h *front) Routes() []bot.Route {
	return []bot.Route{
		{Handler: "front", Campaign: "ask", Keywords: []string{"人工"}, Now: true, Open: func(time.Time) bool { return !h.closed }},
		{Handler: "front", Campaign: "staff", Kinds: []bot.Kind{bot.KindStaffTook, bot.KindStaffEnded}},
		{Handler: "front", Campaign: "desk", Always: true, Wants: func(ev *bot.Event) bool { return ev.Text == "结束 7" && ev.User == "o-staff" }},
	}
}

func (h *front) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	switch {
	case t.Campaign == "desk":
		return bot.Say("7 号已结束"), nil
	case t.Event.Kind == bot.KindStaffEnded:
		if t.InConversation() {
			t.Close()
		}
		return bot.Say("人工已结束"), nil
	case t.Event.Kind == bot.KindStaffTook || !t.InConversation():
		return h.open(t)
	case t.Event.Text == "办完了":
		t.Pass()
		return bot.Say("我回来了"), nil
	case t.Event.Text == "恐慌":
		t.Quiet()
		panic("as asked")
	}
	t.Note("with_staff")
	t.Quiet()
	return bot.Reply{Messages: []bot.Message{bot.Text("没人听见"), {Kind: bot.MessageTransfer}}}, nil
}

func (h *front) open(t *bot.Turn) (bot.Reply, error) {
	if h.closed {
		return bot.Say("现在没有人工"), nil
	}
	return bot.Say("为您转人工"), t.Open("", 7, time.Hour)
}

func (h *front) HandOver(_ context.Context, t *bot.Turn, wish bot.Message) (bot.Reply, error) {
	if wish.Servicer == "panic" {
		panic("as asked")
	}
	h.wishes = append(h.wishes, t.Wisher)
	return h.open(t)
}

func (*front) Accepts(*bot.Turn) bool { return true }
func (*front) Title(*bot.Turn) string { return "与人工的对话" }
func (h *front) Leave(_ context.Context, t *bot.Turn, why bot.LeaveReason) (bot.Reply, error) {
	h.left = append(h.left, why)
	t.Close()
	return bot.Say("交还给我了"), nil
}

var _ interface {
	bot.Conversation
	bot.Reception
} = (*front)(nil)

// wisher wishes for a person in several ways.
type wisher struct{}

func (wisher) Name() bot.HandlerName { return "wisher" }
func (wisher) Routes() []bot.Route {
	return []bot.Route{
		{Handler: "wisher", Campaign: "c", Keywords: []string{"投诉", "投诉吧", "求助"}, Kinds: []bot.Kind{bot.KindScan}},
	}
}

func (wisher) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	wish := bot.Message{Kind: bot.MessageTransfer}
	switch t.Event.Text {
	case "投诉":
		return bot.Say("请说说怎么了"), t.Open("c", 1, time.Hour)
	case "投诉吧":
		wish.Servicer = "panic"
	case "求助":
		return bot.Reply{Messages: []bot.Message{wish}}, nil
	}
	return bot.Reply{Messages: []bot.Message{bot.Text("抱歉给您添麻烦了"), wish}}, nil
}

func (wisher) Accepts(*bot.Turn) bool { return true }
func (wisher) Title(*bot.Turn) string { return "《投诉》" }
func (wisher) Leave(_ context.Context, t *bot.Turn, why bot.LeaveReason) (bot.Reply, error) {
	if why == bot.LeaveExpired {
		return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageTransfer}}}, nil
	}
	return bot.Reply{}, nil
}

// alarm holds no conversation and wishes for a person as well.
type alarm struct{}

func (alarm) Name() bot.HandlerName { return "alarm" }
func (alarm) Routes() []bot.Route {
	return []bot.Route{{Handler: "alarm", Kinds: []bot.Kind{bot.KindMenuLocation}}}
}

func (alarm) Handle(context.Context, *bot.Turn) (bot.Reply, error) {
	return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageTransfer}}}, nil
}

func receptionTalk(t *testing.T) (*bottest.Talk, *front, *counter) {
	f, c := &front{}, &counter{}
	return bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{desk{}, f, c, wisher{}, alarm{}} }), f, c
}

// passedOn tells whether what was said went to staff, and nothing else went out.
func passedOn(h *bottest.Heard) bool {
	return len(h.Messages) == 1 && h.Messages[0].Kind == bot.MessageTransfer && h.Outcome == "with_staff"
}

// TestAskingForAPersonLeavesWhatIsOpenAtOnce: who asks for a person is not asked whether to leave.
func TestAskingForAPersonLeavesWhatIsOpenAtOnce(t *testing.T) {
	t.Parallel()
	talk, _, c := receptionTalk(t)
	wang := talk.Person("wang")
	wang.Says("数数")
	wang.Says("人工").Hears("为您转人工").DoesNotHear("离开")
	if len(c.left) != 1 || c.left[0] != bot.LeaveSwitch {
		t.Errorf("the conversation was told %v", c.left)
	}
	if !passedOn(wang.Says("加")) {
		t.Error("the bot goes on counting")
	}
}

// TestWhileNobodyReceivesTheConversationGoesOn: there is nothing to leave it for.
func TestWhileNobodyReceivesTheConversationGoesOn(t *testing.T) {
	t.Parallel()
	talk, f, c := receptionTalk(t)
	f.closed = true
	wang := talk.Person("wang")
	wang.Says("数数")
	wang.Says("人工").Hears("现在没有人工").DoesNotHear("离开")
	wang.Says("加").Hears("数到 1")
	if len(c.left) != 0 {
		t.Errorf("the conversation was told %v", c.left)
	}
}

// TestTheBotKeepsQuietWhileStaffHaveTheWord, keywords and menu items of others included; what is said is passed on, and opting
// out works as always.
func TestTheBotKeepsQuietWhileStaffHaveTheWord(t *testing.T) {
	t.Parallel()
	talk, _, _ := receptionTalk(t)
	wang := talk.Person("wang")
	wang.Says("人工")
	for _, heard := range []*bottest.Heard{wang.Says("菜单"), wang.Says("数数"), wang.Says("人工"), wang.SendsPicture("m"), wang.Clicks("MENU")} {
		if !passedOn(heard) {
			t.Errorf("to %q the bot said %q, %s", heard.Event.Text, heard.Text(), heard.Outcome)
		}
	}
	wang.Says("退订").Hears("stop:退订")
	if !passedOn(wang.Says("在吗")) {
		t.Error("opting out ended the talk")
	}
	talk.Person("li").Says("菜单").Hears("选一个")
}

// TestWhatWasLeftOverWaitsUntilTheBotSpeaksAgain: nothing is said into a talk with staff.
func TestWhatWasLeftOverWaitsUntilTheBotSpeaksAgain(t *testing.T) {
	t.Parallel()
	talk, f, _ := receptionTalk(t)
	talk.OneAtATime()
	wang := talk.Person("wang")
	wang.Says("长文").Hears("第一段")
	wang.Says("人工").Hears("为您转人工")
	if !passedOn(wang.Says("继续")) {
		t.Error("the rest of the long answer went out")
	}
	wang.Says("退出").Hears("交还给我了")
	if !slices.Equal(f.left, []bot.LeaveReason{bot.LeaveAsked}) {
		t.Errorf("the reception was told %v", f.left)
	}
}

// TestATalkThatEndedWithoutThePersonSaysSoAndAnswers: the message that finds it out is not lost.
func TestATalkThatEndedWithoutThePersonSaysSoAndAnswers(t *testing.T) {
	t.Parallel()
	talk, f, _ := receptionTalk(t)
	wang := talk.Person("wang")
	wang.Says("人工")
	wang.Says("办完了").Hears("我回来了", "default:办完了")
	wang.Says("菜单").Hears("选一个")
	wang.Says("人工").Hears("为您转人工")
	talk.Later(2 * time.Hour)
	wang.Says("菜单").Hears("交还给我了", "选一个")
	if !slices.Equal(f.left, []bot.LeaveReason{bot.LeaveExpired}) {
		t.Errorf("the reception was told %v", f.left)
	}
}

// TestStaffTakeTheWordAndGiveItBack by what the platform reports. That somebody ended a talk which is not open disturbs nobody.
func TestStaffTakeTheWordAndGiveItBack(t *testing.T) {
	t.Parallel()
	talk, _, c := receptionTalk(t)
	wang := talk.Person("wang")
	act := func(k bot.Kind, speakable bool) *bottest.Heard {
		return wang.Does(bot.Event{Kind: k, Speakable: speakable, Staff: &bot.StaffAct{Who: "zhang"}})
	}
	wang.Says("数数")
	act(bot.KindStaffEnded, false).HearsNothing()
	wang.Says("加").Hears("数到 1")
	act(bot.KindStaffTook, false).HearsNothing()
	if len(c.left) != 1 {
		t.Error("the quiz stayed open")
	}
	if !passedOn(wang.Says("加")) {
		t.Error("the bot goes on counting")
	}
	act(bot.KindStaffEnded, false).HearsNothing() // nobody could read it
	wang.Says("菜单").Hears("选一个")
	act(bot.KindStaffTook, false)
	act(bot.KindStaffEnded, true).Hears("人工已结束")
}

// TestAnyHandlersWishIsTheReceptions: the wish is answered by the reception, after what the handler said, and closes the
// handler's conversation, or another one that is open.
func TestAnyHandlersWishIsTheReceptions(t *testing.T) {
	t.Parallel()
	talk, f, c := receptionTalk(t)
	wang := talk.Person("wang")
	wang.Says("投诉").Hears("请说说")
	heard := wang.Says("东西坏了").Hears("抱歉给您添麻烦了", "为您转人工")
	if slices.ContainsFunc(heard.Messages, func(m bot.Message) bool { return m.Kind == bot.MessageTransfer }) {
		t.Error("the wish itself went out")
	}
	if !passedOn(wang.Says("在吗")) {
		t.Error("no talk is open")
	}
	li := talk.Person("li")
	li.Says("数数")
	li.Scans("service").Hears("抱歉给您添麻烦了", "为您转人工")
	if !slices.Equal(c.left, []bot.LeaveReason{bot.LeaveSwitch}) {
		t.Errorf("the open conversation was told %v", c.left)
	}
	sun := talk.Person("sun")
	sun.Says("数数")
	sun.Does(bot.Event{Kind: bot.KindMenuLocation}).Hears("为您转人工")
	if len(c.left) != 2 {
		t.Errorf("the open conversation was told %v", c.left)
	}
	zhao := talk.Person("zhao")
	zhao.Says("投诉")
	talk.Later(2 * time.Hour)
	zhao.Says("还在吗").Hears("为您转人工") // wished on leaving
	if !passedOn(zhao.Says("喂")) {
		t.Error("the talk that was wished for on leaving did not stay open")
	}
	if !slices.Equal(f.wishes, []bot.HandlerName{"wisher", "wisher", "alarm", "wisher"}) {
		t.Errorf("wishes of %v", f.wishes)
	}
}

// TestAWishWhileTheReceptionIsPausedIsNotHeard: the handler's own words stand, or the engine's for a pause.
func TestAWishWhileTheReceptionIsPausedIsNotHeard(t *testing.T) {
	t.Parallel()
	talk, f, _ := receptionTalk(t)
	talk.Toggles.Switch("front", false)
	wang := talk.Person("wang")
	wang.Says("投诉")
	wang.Says("东西坏了").Hears("抱歉给您添麻烦了").DoesNotHear("人工")
	wang.Says("退出") // the complaint is still open
	wang.Says("求助").Hears("暂时关闭")
	wang.Says("人工").Hears("暂时关闭")
	wang.Says("菜单").Hears("选一个")
	if len(f.wishes) != 0 {
		t.Errorf("the reception was asked by %v", f.wishes)
	}
}

// TestPausingTheReceptionGivesTheWordBack to the bot, with the person's next message.
func TestPausingTheReceptionGivesTheWordBack(t *testing.T) {
	t.Parallel()
	talk, f, _ := receptionTalk(t)
	wang := talk.Person("wang")
	wang.Says("人工")
	talk.Toggles.Switch("front", false)
	wang.Says("在吗").Hears("交还给我了")
	wang.Says("菜单").Hears("选一个")
	if !slices.Equal(f.left, []bot.LeaveReason{bot.LeavePaused}) {
		t.Errorf("the reception was told %v", f.left)
	}
}

// TestAPanicOfTheReceptionIsApologisedFor also in a talk with staff: the message reached nobody. The talk goes on.
func TestAPanicOfTheReceptionIsApologisedFor(t *testing.T) {
	t.Parallel()
	talk, _, _ := receptionTalk(t)
	wang := talk.Person("wang")
	wang.Says("人工")
	wang.Says("恐慌").Hears("抱歉")
	if !passedOn(wang.Says("在吗")) {
		t.Error("the talk is over")
	}
	talk.Person("li").Says("投诉吧").Hears("抱歉给您添麻烦了", "出了点小问题")
	talk.Person("li").Says("菜单").Hears("选一个")
}

// TestAWantedTextIsNoKeyword: a route may take texts by their form, from some people only.
func TestAWantedTextIsNoKeyword(t *testing.T) {
	t.Parallel()
	talk, _, _ := receptionTalk(t)
	staff := talk.Person("staff")
	staff.Says("数数")
	staff.Says("结束 7").Hears("7 号已结束")
	staff.Says("加").Hears("数到 1")
	talk.Person("wang").Says("结束 7").Hears("default:结束 7")
}

// TestUnknownMessagesAreCountedInARow: the default answers may look at how many there were.
func TestUnknownMessagesAreCountedInARow(t *testing.T) {
	t.Parallel()
	var seen []int
	talk := bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{puzzled{&seen}, &counter{}} })
	wang := talk.Person("wang")
	for _, text := range []string{"什么", "啊", "数数", "加", "退出", "什么", "退出", "什么"} {
		wang.Says(text)
	}
	if want := []int{1, 2, 1, 1}; !slices.Equal(seen, want) {
		t.Errorf("counted %v, want %v", seen, want)
	}
}

// puzzled understands nothing.
type puzzled struct{ seen *[]int }

func (puzzled) Name() bot.HandlerName { return "puzzled" }
func (puzzled) Routes() []bot.Route   { return []bot.Route{{Handler: "puzzled", Default: true}} }
func (p puzzled) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	*p.seen = append(*p.seen, t.Session.Unknown)
	return bot.Say("不懂"), nil
}

// TestTwoReceptionsAreAMistake: nobody would know which one is asked.
func TestTwoReceptionsAreAMistake(t *testing.T) {
	t.Parallel()
	if _, err := bot.NewRouter(&front{}, otherFront{&front{}}); err == nil {
		t.Error("two receptions were taken")
	}
}

type otherFront struct{ *front }

func (otherFront) Name() bot.HandlerName { return "other" }
func (otherFront) Routes() []bot.Route   { return nil }
