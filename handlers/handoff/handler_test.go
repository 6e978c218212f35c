package handoff_test

import (
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

func TestAFollowerIsTransferredAndHandedBack(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := follower(k, "wang")
	heard := goesOut(t, wang.says("转人工"), bot.MessageTransfer)
	if got := heard.Messages[0].Servicer; got != "kf2001@guanjia" {
		t.Errorf("transferred to %q", got)
	}
	goesOut(t, wang.says("我的订单坏了"), bot.MessageTransfer)
	goesOut(t, wang.event(bot.Event{Kind: bot.KindImage, Media: &bot.Media{MediaID: "m"}}), bot.MessageTransfer)
	wang.event(bot.Event{Kind: bot.KindMenuClick, ItemKey: "MENU"}).HearsNothing()
	wang.staff(bot.KindStaffTook, "kf2001@guanjia").HearsNothing()
	goesOut(t, wang.says("菜单"), bot.MessageTransfer)
	wang.staff(bot.KindStaffMoved, "kf2002@guanjia").HearsNothing()
	wang.staff(bot.KindStaffEnded, "kf2002@guanjia").HearsNothing()
	wang.says("菜单").Hears("1. 领券").DoesNotHear("人工")
	c := record(t, k, 1)
	if c.Channel != store.StaffOfficial || c.Reason != store.StaffAsked || c.Servicer != "kf2002@guanjia" || c.ClosedBy != store.ClosedByStaff {
		t.Errorf("recorded %+v", c)
	}
	if got := c.FirstResponseAt.Sub(c.OpenedAt); got != 4*time.Second { // four events later
		t.Errorf("first response after %v", got)
	}
}

func TestAMenuItemOpensAndTheNextMessageIsPassedOn(t *testing.T) {
	t.Parallel()
	wang := follower(talk(t, withStaff), "wang")
	goesOut(t, wang.event(bot.Event{Kind: bot.KindMenuClick, ItemKey: "HUMAN"}), bot.MessageText).Hears("直接说说您的问题")
	goesOut(t, wang.says("优惠券用不了"), bot.MessageTransfer)
}

func TestACustomerIsHandedOverAndTold(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := customer(k, "wang")
	goesOut(t, wang.says("人工"), bot.MessageText, bot.MessageTransfer).Hears("正在为您转接")
	wang.says("在吗").HearsNothing()
	wang.says("人工").HearsNothing()
	wang.staff(bot.KindStaffTook, "zhang").HearsNothing()
	if c := record(t, k, 1); !c.FirstResponseAt.IsZero() || c.TakenAt.IsZero() || c.Desk != "wk-shop" {
		t.Errorf("recorded %+v", c)
	}
	wang.staff(bot.KindStaffSaid, "zhang").HearsNothing()
	if c := record(t, k, 1); c.FirstResponseAt.IsZero() {
		t.Errorf("recorded %+v", c)
	}
	wang.staff(bot.KindStaffEnded, "zhang").Hears("人工服务已结束")
	wang.says("菜单").Hears("1. 领券")
}

func TestTakingTheWordBackTellsCustomerService(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := customer(k, "wang")
	wang.says("人工")
	goesOut(t, wang.says("返回机器人"), bot.MessageReturn, bot.MessageText).Hears("由我为您服务")
	wang.says("人工")
	goesOut(t, wang.says("退出"), bot.MessageReturn, bot.MessageText).Hears("由我为您服务")
	wang.says("人工")
	k.Later(31 * time.Minute)
	goesOut(t, wang.says("菜单"), bot.MessageReturn, bot.MessageText, bot.MessageMenu).Hears("没能及时", "1. 领券")
	for number, want := range map[int64]store.StaffClosing{1: store.ClosedByPerson, 2: store.ClosedByPerson, 3: store.ClosedByTimeout} {
		if c := record(t, k, number); c.ClosedBy != want {
			t.Errorf("%d was closed by %s, not %s", number, c.ClosedBy, want)
		}
	}
}

func TestAMemberIsServedByMembers(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang, zhang, other := member(k, "wang"), member(k, "zhang"), member(k, "sun")
	goesOut(t, wang.says("真人"), bot.MessageText).Hears("已通知人工客服")
	wang.says("报销单提交不了").HearsNothing()
	other.says("接待 1").Hears("没看懂")
	zhang.says("接待 9").Hears("没有 9 号")
	heard := zhang.says("接待 1").Hears("1 号由您接待")
	zhang.Again(heard.Event).Hears("1 号由您接待")
	if c := record(t, k, 1); c.Servicer != "zhang" || c.FirstResponseAt.IsZero() {
		t.Errorf("recorded %+v", c)
	}
	wang.says("人工").HearsNothing() // they have taken it
	other.says("结束 1").Hears("没看懂").DoesNotHear("已结束")
	member(k, "ZHANG").says("结束１号").Hears("1 号已结束", "交还机器人")
	zhang.says("结束 1").Hears("1 号之前已经结束")
	wang.says("菜单").Hears("人工服务已结束", "1. 领券")
	wang.says("菜单").Hears("1. 领券").DoesNotHear("人工服务")
}

func TestStaffMayTypeOrdersInTheMiddleOfAnything(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang, zhang := member(k, "wang"), member(k, "zhang")
	wang.says("人工")
	zhang.says("人工") // has something to ask as well
	zhang.says("接待 1").Hears("1 号由您接待")
	k.Toggles.Switch("handoff", false)
	zhang.says("结束1").Hears("1 号已结束")
	k.Toggles.Switch("handoff", true)
	zhang.says("在吗").HearsNothing() // still waits for staff
}

func TestOutsideTheHoursNothingOpens(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	k.Later(10 * time.Hour) // 20:00
	for _, p := range []somebody{follower(k, "wang"), customer(k, "li"), member(k, "zhao")} {
		goesOut(t, p.says("人工"), bot.MessageText).Hears("周一、周二、周三、周四、周五 09:00-18:00", "回复“人工”")
		p.event(bot.Event{Kind: bot.KindMenuClick, ItemKey: "HUMAN"}).Hears("没有客服在线")
		p.says("菜单").Hears("1. 领券")
	}
	open, err := k.Store.OpenStaffConversations(t.Context())
	if err != nil || len(open) != 0 {
		t.Errorf("%d are open, %v", len(open), err)
	}
}

func TestWhereTheContentSaysSoPeopleWaitAtNight(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff+"outside: take\nquiet_for: 14h\n")
	k.Later(10 * time.Hour)
	wang := follower(k, "wang")
	goesOut(t, wang.says("人工"), bot.MessageTransfer)
	k.Later(12 * time.Hour)
	goesOut(t, wang.says("在吗"), bot.MessageTransfer)
}

func TestAskingTwiceOpensOnceAndTellsTheQueue(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	first, second, wang := member(k, "first"), follower(k, "second"), follower(k, "wang")
	first.says("人工")
	second.says("人工")
	goesOut(t, wang.says("人工"), bot.MessageTransfer)
	goesOut(t, wang.says("人工客服"), bot.MessageText).Hears("已在等候", "前面还有 2 位")
	second.says("结束人工").Hears("由我为您服务")
	wang.event(bot.Event{Kind: bot.KindMenuClick, ItemKey: "HUMAN"}).Hears("前面还有 1 位")
	member(k, "li").says("接待 1")
	wang.says("人工").Hears("前面没有别人")
	if open, _ := k.Store.OpenStaffConversations(t.Context()); len(open) != 2 {
		t.Errorf("%d are open", len(open))
	}
}

func TestAnotherAccountsStaffMayBeTold(t *testing.T) {
	t.Parallel()
	k := talk(t, "kind: handoff\naccounts: [brand]\nstaff: {account: corp, members: [zhang], after: 5m}\n")
	wang, zhang, stranger := follower(k, "wang"), member(k, "zhang"), member(k, "zhang")
	zhang.Account = "corp"
	wang.says("人工")
	stranger.says("接待 1").Hears("没看懂") // a follower who calls themselves zhang
	zhang.says("接待 1").Hears("1 号由您接待")
	zhang.says("结束 1").Hears("1 号已结束")
	wang.says("菜单").Hears("人工服务已结束", "1. 领券")
}
