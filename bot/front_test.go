package bot_test

import (
	"context"
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

// TestWhileNobodyReceivesTheConversationGoesOn: there is nothing to leave it for.

// TestTheBotKeepsQuietWhileStaffHaveTheWord, keywords and menu items of others included; what is said is passed on, and opting

// out works as always.

// TestWhatWasLeftOverWaitsUntilTheBotSpeaksAgain: nothing is said into a talk with staff.

// TestATalkThatEndedWithoutThePersonSaysSoAndAnswers: the message that finds it out is not lost.

// TestStaffTakeTheWordAndGiveItBack by what the platform reports. That somebody ended a talk which is not open disturbs nobody.

// TestAnyHandlersWishIsTheReceptions: the wish is answered by the reception, after what the handler said, and closes the

// handler's conversation, or another one that is open.

// TestAWishWhileTheReceptionIsPausedIsNotHeard: the handler's own words stand, or the engine's for a pause.

// TestPausingTheReceptionGivesTheWordBack to the bot, with the person's next message.

// TestAPanicOfTheReceptionIsApologisedFor also in a talk with staff: the message reached nobody. The talk goes on.

// TestAWantedTextIsNoKeyword: a route may take texts by their form, from some people only.

// TestUnknownMessagesAreCountedInARow: the default answers may look at how many there were.

// puzzled understands nothing.

type puzzled struct{ seen *[]int }

func (puzzled) Name() bot.HandlerName { return "puzzled" }

func (puzzled) Routes() []bot.Route { return []bot.Route{{Handler: "puzzled", Default: true}} }

func (p puzzled) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	*p.seen = append(*p.seen, t.Session.Unknown)
	return bot.Say("不懂"), nil
}

// TestTwoReceptionsAreAMistake: nobody would know which one is asked.

type otherFront struct{ *front }

func (otherFront) Name() bot.HandlerName { return "other" }

func (otherFront) Routes() []bot.Route { return nil }
