package handoff_test

import (
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/handlers/handoff"
	"guanjia/store"
)

func TestSignsOfStaffKeepTheBotQuiet(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff+"quiet_for: 10m\nafter_staff: 1h\n")
	wang := customer(k, "wang")
	wang.says("人工")
	k.Later(9 * time.Minute)
	wang.says("在吗").HearsNothing()
	wang.staff(bot.KindStaffTook, "zhang")
	k.Later(59 * time.Minute)
	wang.says("在吗").HearsNothing()
	wang.staff(bot.KindStaffSaid, "zhang")
	k.Later(59 * time.Minute)
	wang.says("在吗").HearsNothing()
	k.Later(2 * time.Minute)
	wang.says("菜单").Hears("没能及时", "1. 领券")
	if c := record(t, k, 1); c.ClosedBy != store.ClosedByTimeout {
		t.Errorf("closed by %q", c.ClosedBy)
	}
}

func TestWhoAsksAgainAfterATimeoutWaitsAnew(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := member(k, "wang")
	wang.says("人工")
	k.Later(time.Hour)
	wang.says("人工").Hears("没能及时", "已通知人工客服")
	wang.says("在吗").HearsNothing()
	if c := record(t, k, 2); !c.ClosedAt.IsZero() {
		t.Errorf("recorded %+v", c)
	}
}

func TestARecordClosedBesideTheTalkIsNoticed(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := follower(k, "wang")
	wang.says("人工")
	if n, err := k.Store.CloseSilentStaff(t.Context(), k.Now().Add(31*time.Minute)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	wang.says("菜单").Hears("没能及时", "1. 领券")
}

func TestStaffMayBeginThemselves(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := customer(k, "wang")
	wang.staff(bot.KindStaffTook, "zhang").HearsNothing()
	wang.says("菜单").HearsNothing()
	ended := wang.staff(bot.KindStaffEnded, "zhang").Hears("人工服务已结束")
	late := ended.Event
	late.Kind, late.Key, late.At = bot.KindStaffSaid, "late", late.At.Add(-time.Second)
	wang.Again(late).HearsNothing()
	wang.says("菜单").Hears("1. 领券")
	if c := record(t, k, 1); c.Reason != store.StaffBegan {
		t.Errorf("recorded %+v", c)
	}
}

func TestOtherDesksStillAnswer(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := customer(k, "wang")
	wang.says("人工")
	elsewhere := func(text string) *bottest.Heard {
		return wang.Does(bot.Event{Kind: bot.KindText, Text: text, Desk: "wk-other"})
	}
	elsewhere("菜单").Hears("1. 领券").DoesNotHear("人工")
	goesOut(t, elsewhere("人工"), bot.MessageText, bot.MessageTransfer)
	if c := record(t, k, 2); c.Desk != "wk-other" {
		t.Errorf("recorded %+v", c)
	}
	wang.staff(bot.KindStaffEnded, "zhang").Hears("人工服务已结束")
	elsewhere("菜单").HearsNothing() // that talk goes on
	wang.says("菜单").Hears("1. 领券")
}

func TestWhomNobodyCanTakeIsTheBotsAgain(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := customer(k, "wang")
	wang.says("人工")
	wang.event(bot.Event{Kind: bot.KindStaffEnded, Staff: &bot.StaffAct{}}).HearsNothing()
	wang.says("菜单").Hears("1. 领券").DoesNotHear("人工")
	if c := record(t, k, 1); c.ClosedBy != store.ClosedByRefusal {
		t.Errorf("closed by %q", c.ClosedBy)
	}
}

func TestOptingOutWorksInTheTalk(t *testing.T) {
	t.Parallel()
	wang := follower(talk(t, withStaff), "wang")
	wang.says("人工")
	wang.says("退订").Hears("已为您退订")
	goesOut(t, wang.says("菜单"), bot.MessageTransfer)
}

func TestWhatWasLeftOverIsOver(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := follower(k, "wang")
	wang.says("菜单").Hears("1. 领券")
	goesOut(t, wang.says("人工"), bot.MessageTransfer)
	wang.says("结束人工").Hears("由我为您服务").DoesNotHear("转接")
	wang.says("1").Hears("没看懂")
	wang.says("菜单").Hears("1. 领券")
	wang.says("1").Hears("猜猜看")

	k.OneAtATime()
	for i, back := range []func(somebody) *bottest.Heard{
		func(p somebody) *bottest.Heard { return p.says("结束人工").Hears("由我为您服务") },
		func(p somebody) *bottest.Heard { k.Later(time.Hour); return p.says("菜单").Hears("没能及时") },
		func(p somebody) *bottest.Heard { return p.staff(bot.KindStaffEnded, "zhang").HearsNothing() },
	} {
		li := member(k, "li"+string(rune('0'+i)))
		for range 3 {
			li.says("啊").Hears("没看懂")
		}
		li.says("喂").HearsNothing()
		back(li).DoesNotHear("已通知")
		for range 2 {
			li.says("啊").DoesNotHear("已通知")
		}
	}
}

func TestWhoAsksForAPersonLeavesWhatIsOpen(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := customer(k, "wang")
	wang.says("谜语").Hears("猜猜看")
	wang.says("人工").Hears("谜底下次揭晓", "正在为您转接").DoesNotHear("离开")
	k.Later(10 * time.Hour)
	li := customer(k, "li")
	li.says("谜语")
	li.says("人工").Hears("没有客服在线").DoesNotHear("谜底")
	li.says("蜡烛").Hears("猜猜看")
}

func TestAMoveOfATalkNobodyKnewDisturbsNoConversation(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := customer(k, "wang")
	wang.says("谜语")
	wang.staff(bot.KindStaffMoved, "zhang")
	wang.says("蜡烛").Hears("猜猜看")
	if c := record(t, k, 1); c.Servicer != "zhang" {
		t.Errorf("recorded %+v", c)
	}
}

func TestARequestRepeatedAfterItsEndOpensNothing(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	h := handoff.New(load(t, withStaff), k.Store)
	ev := &bot.Event{Account: bottest.Account, User: "wang", Key: "ask", Kind: bot.KindText, Text: "人工", At: k.Now(), Desk: "wk"}
	ask := func() (*bot.Turn, bot.Reply) {
		turn := &bot.Turn{Event: ev, Now: k.Now(), Zone: bottest.Zone, Session: &bot.Session{}, Handler: handoff.Name}
		r, err := h.Handle(t.Context(), turn)
		if err != nil {
			t.Fatal(err)
		}
		return turn, r
	}
	ask()
	if _, did, err := k.Store.CloseNumber(t.Context(), 1, "corp", "end", k.Now(), store.ClosedByStaff); err != nil || !did {
		t.Fatal(did, err)
	}
	turn, r := ask()
	if turn.Session.Handler != "" || len(r.Messages) != 2 || r.Messages[0].Kind != bot.MessageReturn {
		t.Errorf("said %+v, and the session is %+v", r, turn.Session)
	}
}
