package bot_test

import (
	"context"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/store"
)

// desk answers keywords, follows and whatever else is said.
type desk struct{}

func (desk) Name() bot.HandlerName { return "desk" }
func (desk) Routes() []bot.Route {
	return []bot.Route{
		{Handler: "desk", Campaign: "menu", Keywords: []string{"菜单"}, MenuKeys: []string{"MENU"}},
		{Handler: "desk", Campaign: "stop", Keywords: []string{"退订"}, Always: true},
		{Handler: "desk", Campaign: "welcome", Kinds: []bot.Kind{bot.KindFollow}, Scenes: []bot.Scene{"shop"}},
		{Handler: "desk", Campaign: "long", Keywords: []string{"长文"}},
		{Handler: "desk", Campaign: "first", FirstMessage: true},
		{Handler: "desk", Campaign: "default", Default: true},
	}
}

func (desk) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	switch t.Campaign {
	case "menu":
		return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageMenu, Menu: &bot.Menu{Head: "选一个", Choices: []bot.Choice{
			{Label: "来数数", Say: "数数"}, {Label: "随便聊聊"},
		}}}}}, nil
	case "long":
		return bot.Reply{Messages: []bot.Message{bot.Text("第一段"), bot.Text("第二段"), bot.Text("第三段")}}, nil
	case "welcome":
		t.Session.Fresh = true
		return bot.Say("欢迎光临"), nil
	}
	return bot.Say(t.Campaign + ":" + t.Event.Text), nil
}

func newTalk(t *testing.T) (*bottest.Talk, *counter) {
	c := &counter{}
	return bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{desk{}, c} }), c
}

func TestChoicesOfAMenuCanBeTyped(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("菜单").Hears("1. 来数数")
	wang.Says("２").Hears("default:随便聊聊")
	wang.Says("①").Hears("数到 0")
	wang.Says("加").Hears("数到 1")
}

func TestALabelMeansItsChoice(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	wang := talk.Person("wang")
	wang.Clicks("MENU").Hears("选一个")
	wang.Says("来数数").Hears("数到 0")
}

func TestTheFirstMessageAfterAFollowIsGreetedOnce(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	wang := talk.Person("wang")
	wang.Follows("shop").Hears("欢迎光临")
	wang.Says("在吗").Hears("first:在吗").DoesNotHear("default")
	wang.Says("在吗").Hears("default:在吗").DoesNotHear("first")
}

func TestAFollowWithoutItsSceneIsNotGreeted(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	talk.Person("wang").Follows("elsewhere").HearsNothing()
}

func TestExitLeavesTheConversation(t *testing.T) {
	t.Parallel()
	talk, c := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("退出").Hears("没有进行中")
	wang.Says("数数")
	wang.Says("退出").Hears("已退出")
	wang.Says("加").Hears("default:加")
	if len(c.left) != 1 || c.left[0] != bot.LeaveAsked {
		t.Errorf("the handler was told %v", c.left)
	}
}

func TestAnotherKeywordAsksBeforeItSwitches(t *testing.T) {
	t.Parallel()
	talk, c := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("数数")
	wang.Says("加")
	wang.Says("菜单").Hears("《数数》", "菜单", "1. 离开")
	wang.Says("2").Hears("继续", "数到 1")
	wang.Says("菜单").Hears("离开")
	wang.Says("加").Hears("数到 2") // an answer to the conversation is one, whatever was asked in between
	wang.Clicks("MENU").Hears("离开")
	wang.Says("1").Hears("选一个")
	if len(c.left) != 1 || c.left[0] != bot.LeaveSwitch {
		t.Errorf("the handler was told %v", c.left)
	}
}

func TestAScanThatBeginsAConversationLeavesTheOpenOne(t *testing.T) {
	t.Parallel()
	open, scanned := &counter{}, &counter{name: "scanned", kinds: []bot.Kind{bot.KindScan}}
	talk := bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{desk{}, open, scanned} })
	wang := talk.Person("wang")
	wang.Says("数数")
	wang.Scans("shop").Hears("数到 0")
	if len(open.left) != 1 || open.left[0] != bot.LeaveSwitch {
		t.Errorf("the open conversation was told %v", open.left)
	}
	wang.Scans("shop").Hears("数到 0") // its own scan comes back to it
	if len(scanned.left) != 0 {
		t.Errorf("it was told %v", scanned.left)
	}
}

func TestWhatIsSaidInAPrivateConversationStaysOutOfTheJournal(t *testing.T) {
	t.Parallel()
	talk := bottest.New(t, func(*store.Store) []bot.Handler { return []bot.Handler{desk{}, &counter{private: true}} })
	wang := talk.Person("wang")
	wang.Says("数数")
	for _, heard := range []*bottest.Heard{wang.Says("加"), wang.Says("菜单"), wang.Says("2")} {
		entry, found, err := talk.Store.Journal().Find(t.Context(), bottest.Account, heard.Event.Key)
		if err != nil || !found || !entry.Private || entry.Text != "" {
			t.Errorf("%q is in the journal as %q, private %v, %v", heard.Event.Text, entry.Text, entry.Private, err)
		}
	}
}

func TestItsOwnKeywordComesBackToTheConversation(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("数数")
	wang.Says("加")
	wang.Says("数数").Hears("数到 1")
}

func TestOptingOutWorksInsideAConversationAndWithEverythingOff(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("数数")
	wang.Says("退订").Hears("stop:退订")
	talk.Toggles.Switch("autoreply", false)
	wang.Says("退订").Hears("stop:退订")
	wang.Says("加").HearsNothing()
	talk.Toggles.Switch("autoreply", true)
	wang.Says("加").Hears("数到 1")
}

func TestAFeatureSwitchedOffEndsItsConversationPolitely(t *testing.T) {
	t.Parallel()
	talk, c := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("数数")
	talk.Toggles.Switch("counter", false)
	wang.Says("加").Hears("暂时关闭")
	wang.Says("数数").Hears("暂时关闭")
	wang.Says("加").Hears("default:加")
	talk.Toggles.Switch("counter", true)
	wang.Says("数数").Hears("数到 0")
	if len(c.left) != 1 || c.left[0] != bot.LeavePaused {
		t.Errorf("the handler was told %v", c.left)
	}
}

func TestAConversationNobodyAnswersLapses(t *testing.T) {
	t.Parallel()
	talk, c := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("数数")
	talk.Later(2 * time.Hour)
	wang.Says("加").Hears("default:加")
	if len(c.left) != 1 || c.left[0] != bot.LeaveExpired {
		t.Errorf("the handler was told %v", c.left)
	}
}

func TestAPanicCostsAnApologyAndNothingElse(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	wang := talk.Person("wang")
	wang.Says("数数")
	wang.Says("加")
	wang.Says("恐慌").Hears("抱歉")
	wang.Says("加").Hears("数到 2")
}

func TestAnythingReadsOnAfterALongAnswer(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	talk.OneAtATime()
	wang := talk.Person("wang")
	wang.Says("长文").Hears("第一段").DoesNotHear("第二段")
	wang.Says("菜单").Hears("选一个").DoesNotHear("第二段") // a new answer does not wait behind the rest of the old one
	wang.Says("继续").Hears("第二段").DoesNotHear("default")
	wang.Says("继续").Hears("第三段")
	wang.Says("继续").Hears("default:继续")
}

func TestWhoWritesTooFastIsToldOnce(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	talk.Limit(3)
	wang := talk.Person("wang")
	for range 3 {
		wang.Says("在吗").Hears("default")
	}
	wang.Says("在吗").Hears("有点快")
	wang.Says("在吗").HearsNothing()
	talk.Person("li").Says("在吗").Hears("default") // others are not held up
}

func TestWhatAPersonSpokeIsAsGoodAsTyped(t *testing.T) {
	t.Parallel()
	talk, _ := newTalk(t)
	talk.Person("wang").Does(bot.Event{Kind: bot.KindVoice, Text: "数数。", Media: &bot.Media{MediaID: "v"}}).Hears("数到 0")
}
