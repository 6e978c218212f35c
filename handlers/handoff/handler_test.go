package handoff_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/content"
	"guanjia/handlers/consent"
	"guanjia/handlers/fallback"
	"guanjia/handlers/handoff"
	"guanjia/store"
)

const withStaff = `
kind: handoff
menu_keys: [HUMAN]
servicer: kf2001@guanjia
active: {days: [周一, 周二, 周三, 周四, 周五], hours: ["09:00-18:00"]}
staff: {members: [zhang, li]}
`

func load(t testing.TB, files ...string) *handoff.Book {
	t.Helper()
	b, ps := handoff.Load(parsed(t, files), bottest.Zone)
	if ps != nil {
		t.Fatal(ps)
	}
	return b
}

func parsed(t testing.TB, files []string) []content.Doc {
	t.Helper()
	var docs []content.Doc
	for _, f := range files {
		d, ps := content.Parse("handoff.yaml", []byte(f), nil)
		if ps != nil {
			t.Fatal(ps)
		}
		docs = append(docs, d)
	}
	return docs
}

// talk is a bot with a reception, and with consent and fallback, which answer others and wish for a person.
func talk(t *testing.T, files ...string) *bottest.Talk {
	t.Helper()
	files = append(files, "kind: fallback\nhand_over_after: 3\nmenu: {choices: [{label: 领券, say: 谜语}]}\n")
	docs := parsed(t, files)
	book := load(t, files...)
	agreed, _ := consent.Load(nil, bottest.Zone)
	rest, ps := fallback.Load(docs, bottest.Zone)
	if len(files) > 1 && ps != nil {
		t.Fatal(ps)
	}
	return bottest.New(t, func(s *store.Store) []bot.Handler {
		return []bot.Handler{twice{handoff.New(book, s), t}, consent.New(agreed, s), fallback.New(rest), riddle{}}
	})
}

// riddle is a conversation that takes every answer.
type riddle struct{}

func (riddle) Name() bot.HandlerName { return "riddle" }
func (riddle) Routes() []bot.Route {
	return []bot.Route{{Handler: "riddle", Keywords: []string{"谜语"}}}
}
func (riddle) Accepts(*bot.Turn) bool { return true }
func (riddle) Title(*bot.Turn) string { return "《谜语》" }

func (riddle) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	return bot.Say("猜猜看"), t.Open("", 1, time.Hour)
}

func (riddle) Leave(context.Context, *bot.Turn, bot.LeaveReason) (bot.Reply, error) {
	return bot.Say("谜底下次揭晓"), nil
}

// somebody is a person on one of the channels.
type somebody struct {
	*bottest.Person
	official, kf bool
}

func (p somebody) event(ev bot.Event) *bottest.Heard {
	ev.OriginalID = "wwcorp"
	if p.official {
		ev.OriginalID = "gh_brand"
	}
	if p.kf {
		ev.Desk = "wk-shop"
	}
	return p.Does(ev)
}

func (p somebody) says(text string) *bottest.Heard {
	return p.event(bot.Event{Kind: bot.KindText, Text: text})
}

func (p somebody) staff(k bot.Kind, who string) *bottest.Heard {
	return p.event(bot.Event{Kind: k, Speakable: p.kf, Staff: &bot.StaffAct{Who: who}})
}

func follower(k *bottest.Talk, name string) somebody {
	return somebody{Person: k.Person(name), official: true}
}

func customer(k *bottest.Talk, name string) somebody {
	return somebody{Person: k.Person(name), kf: true}
}

func member(k *bottest.Talk, userID string) somebody {
	p := k.Person(userID)
	p.User = bot.UserID(userID)
	return somebody{Person: p}
}

// kinds are the kinds of what went out.
func kinds(h *bottest.Heard) []bot.MessageKind {
	var all []bot.MessageKind
	for _, m := range h.Messages {
		all = append(all, m.Kind)
	}
	return all
}

// goesOut fails the test unless exactly these kinds of message went out.
func goesOut(t *testing.T, h *bottest.Heard, want ...bot.MessageKind) *bottest.Heard {
	t.Helper()
	if got := kinds(h); !slices.Equal(got, want) {
		t.Fatalf("to %s %q went out %v, not %v", h.Event.Kind, h.Event.Text, got, want)
	}
	return h
}

// record is the conversation with a number.
func record(t *testing.T, k *bottest.Talk, number int64) store.StaffConversation {
	t.Helper()
	c, found, err := k.Store.StaffConversation(t.Context(), number)
	if err != nil || !found {
		t.Fatalf("conversation %d: found %v, %v", number, found, err)
	}
	return c
}

// TestAFollowerIsTransferredAndHandedBack: the platform passes every message of an official account on only when told to; once
// the servicer ends, the bot answers again.
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

// TestAMenuItemOpensAndTheNextMessageIsPassedOn: an event can't be transferred.
func TestAMenuItemOpensAndTheNextMessageIsPassedOn(t *testing.T) {
	t.Parallel()
	wang := follower(talk(t, withStaff), "wang")
	goesOut(t, wang.event(bot.Event{Kind: bot.KindMenuClick, ItemKey: "HUMAN"}), bot.MessageText).Hears("直接说说您的问题")
	goesOut(t, wang.says("优惠券用不了"), bot.MessageTransfer)
}

// TestACustomerIsHandedOverAndTold: on customer service there is room for both, and nothing is passed on twice.
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

// TestTakingTheWordBackTellsCustomerService, whose platform would not let the bot speak otherwise.
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

// TestAMemberIsServedByMembers who take and end the conversation by its number, each order once. Others can't.
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

// TestStaffMayTypeOrdersInTheMiddleOfAnything, and with the feature off: what is open must be closable.
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

// TestOutsideTheHoursNothingOpens, in whatever way somebody asks.
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

// TestWhereTheContentSaysSoPeopleWaitAtNight: staff find them in the morning.
func TestWhereTheContentSaysSoPeopleWaitAtNight(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff+"outside: take\nquiet_for: 14h\n")
	k.Later(10 * time.Hour)
	wang := follower(k, "wang")
	goesOut(t, wang.says("人工"), bot.MessageTransfer)
	k.Later(12 * time.Hour)
	goesOut(t, wang.says("在吗"), bot.MessageTransfer)
}

// TestAskingTwiceOpensOnceAndTellsTheQueue.
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

// TestSignsOfStaffKeepTheBotQuiet: it speaks again when there was none for as long as the content says.
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

// TestWhoAsksAgainAfterATimeoutWaitsAnew: the message that finds the silence may be the next request.
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

// TestARecordClosedBesideTheTalkIsNoticed: the records decide, not the session.
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

// TestStaffMayBeginThemselves, and a report that comes late does not silence the bot again.
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

// TestOtherDesksStillAnswer who waits at one.
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

// TestWhomNobodyCanTakeIsTheBotsAgain at once.
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

// TestOptingOutWorksInTheTalk and does not end it.
func TestOptingOutWorksInTheTalk(t *testing.T) {
	t.Parallel()
	wang := follower(talk(t, withStaff), "wang")
	wang.says("人工")
	wang.says("退订").Hears("已为您退订")
	goesOut(t, wang.says("菜单"), bot.MessageTransfer)
}

// TestThreeUnknownMessagesInARowWishForAPerson: the fallback's wish is answered by the reception.
func TestThreeUnknownMessagesInARowWishForAPerson(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	wang := member(k, "wang")
	wang.says("为什么不行").Hears("没看懂").DoesNotHear("人工")
	wang.says("怎么办啊").DoesNotHear("人工")
	wang.says("菜单").Hears("1. 领券")
	wang.says("为什么不行").DoesNotHear("人工客服")
	wang.says("怎么办啊").DoesNotHear("人工客服")
	wang.says("你倒是说话").Hears("没看懂", "已通知人工客服")
	wang.says("喂").HearsNothing()
	if c := record(t, k, 1); c.Reason != "fallback" {
		t.Errorf("recorded %+v", c)
	}
	goesOut(t, follower(k, "a").says("啊"), bot.MessageMenu)
	follower(k, "a").says("啊")
	goesOut(t, follower(k, "a").says("啊"), bot.MessageTransfer)
}

// TestAtNightUnknownMessagesAreStillAnswered: the hours are told once in three.
func TestAtNightUnknownMessagesAreStillAnswered(t *testing.T) {
	t.Parallel()
	k := talk(t, withStaff)
	k.Later(10 * time.Hour)
	wang := member(k, "wang")
	for i := range 7 {
		heard := wang.says("为什么不行").Hears("没看懂")
		if tells := i%3 == 2; tells {
			heard.Hears("人工服务时间")
		} else {
			heard.DoesNotHear("人工")
		}
	}
}

// TestWithoutContentNobodyIsPromisedAPerson.
func TestWithoutContentNobodyIsPromisedAPerson(t *testing.T) {
	t.Parallel()
	k := talk(t)
	wang := member(k, "wang")
	wang.says("人工").Hears("没看懂")
	wang.says("人工").Hears("没看懂")
	wang.says("人工").Hears("暂时没有人工客服")
	wang.says("菜单").Hears("1. 领券")
	// An official account's servicers are there whatever the content says.
	li := follower(k, "li")
	li.says("啊")
	li.says("啊")
	goesOut(t, li.says("啊"), bot.MessageTransfer)
	k.Toggles.Switch("handoff", false)
	zhao := follower(k, "zhao")
	zhao.says("啊")
	zhao.says("啊")
	zhao.says("啊").Hears("没看懂").DoesNotHear("人工")
}

// TestWhatWasLeftOverIsOver: menus from before the talk mean nothing after it, and what did not fit into the talk's first reply is
// said neither in it nor after it.
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

// TestWhoAsksForAPersonLeavesWhatIsOpen at once; at night it goes on.
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

// TestAMoveOfATalkNobodyKnewDisturbsNoConversation, and is recorded.
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

// TestARequestRepeatedAfterItsEndOpensNothing: the process died after the record was written, and staff were quick.
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

// TestAnotherAccountsStaffMayBeTold: followers of the brand are looked after by members of the corp.
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
