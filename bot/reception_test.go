package bot_test

import (
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/store"
)

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

func TestAWantedTextIsNoKeyword(t *testing.T) {
	t.Parallel()
	talk, _, _ := receptionTalk(t)
	staff := talk.Person("staff")
	staff.Says("数数")
	staff.Says("结束 7").Hears("7 号已结束")
	staff.Says("加").Hears("数到 1")
	talk.Person("wang").Says("结束 7").Hears("default:结束 7")
}

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

func TestTwoReceptionsAreAMistake(t *testing.T) {
	t.Parallel()
	if _, err := bot.NewRouter(&front{}, otherFront{&front{}}); err == nil {
		t.Error("two receptions were taken")
	}
}
