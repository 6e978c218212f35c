package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/kf"
	"guanjia/simulator/platform"
)

// A customer is welcomed, chats, taps, sends all kinds of things, asks for a person, is answered by one, and comes back to the bot.
func TestAConversationAtADesk(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot)
	wang := simulator.NewCustomer(t, r.sim.Client(), testCorp, "小王")
	talk := wang.Open(reception, "poster", "a=1&b=2")
	welcome := talk.Replies(1)[0]
	if welcome.Path != kf.PathEvent || welcome.Use != "welcome" || welcome.Text() != "欢迎来到poster\n领券\n官网" {
		t.Errorf("welcome: %+v", welcome)
	}
	if e, _ := r.seen()[0]["event"].(map[string]any); e["scene_param"] != "a=1&b=2" {
		t.Errorf("scene_param %v", e["scene_param"])
	}
	talk.Say("你好").Hears("收到：你好")
	talk.Tap("领券").Hears("收到：领券c1")
	talk.SendPicture(picture(t)).Hears("收到一个 image")
	talk.SendVoice(nil).Hears("收到一个 voice")
	talk.SendFile("a.pdf", []byte("%PDF-1.4")).Hears("收到一个 file")
	talk.SendLocation(31.2, 121.5, "药房", "人民路").Hears("收到一个 location")
	talk.Until(kf.StateBot)

	lin, zhou := simulator.NewServicer(t, r.sim.Client(), testCorp, "xiaolin"), simulator.NewServicer(t, r.sim.Client(), testCorp, "xiaozhou")
	asked := talk.Say("人工").Hears("正在为您转接")
	lin.Take(wang)
	lin.Say(wang, "我是小林")
	lin.Transfer(wang, "xiaozhou")
	zhou.Say(wang, "我是小周")
	asked.Hears("我是小林", "我是小周")
	if len(zhou.Serving()) != 1 || len(zhou.Waiting()) != 0 {
		t.Errorf("serving %d, waiting %d", len(zhou.Serving()), len(zhou.Waiting()))
	}
	zhou.End(wang)
	asked.Hears("感谢咨询")
	talk.Say("再问").Hears("收到：再问")

	l := talk.Ledger()
	if len(l.Refused) != 0 {
		t.Errorf("refused: %+v", l.Refused)
	}
	last := l.Turns[len(l.Turns)-1]
	if last.Message.Text() != "再问" || len(last.Replies) != 1 || last.Replies[0].After != last.Message.MsgID {
		t.Errorf("the last turn: %+v", last)
	}
}

// One bell stands for everything that came since the one before; each app with the right to the service gets it, and nobody else.
func TestOneBellForManyMessages(t *testing.T) {
	t.Parallel()
	r := newRobot(t, func(*robot, map[string]any) {})
	wang := simulator.NewCustomer(t, r.sim.Client(), testCorp, "小王")
	talk := wang.Open(reception)
	const said = 50
	for n := range said {
		talk.Say(fmt.Sprint("m", n))
	}
	until(t, "all items pulled", func() bool { return len(r.seen()) == said+1 })
	if bells := len(r.callbacks()); bells > said/2 {
		t.Errorf("%d bells for %d items", bells, said+1)
	}
	c := r.callbacks()[0]
	for _, name := range []string{"FromUserName", "AgentID", "MsgId"} {
		if c.value(name) != "" {
			t.Errorf("the doorbell has a %s", name)
		}
	}
	if c.value("ToUserName") != testCorp || c.value("OpenKfId") != reception || !strings.HasPrefix(c.value("Token"), "ENC") {
		t.Errorf("doorbell: %s", c.plain)
	}
}

// The token of an app without the right to the service opens nothing.
func TestServiceNeedsItsRight(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot)
	poor := r.office.token(t, "poor-"+testAppSecret)
	a := r.post(t, "/cgi-bin/kf/sync_msg?access_token="+url.QueryEscape(poor), `{"open_kfid":"`+reception+`"}`)
	if a.code() != platform.CodeNoRight {
		t.Errorf("got %s", a.raw)
	}
	list := r.get(t, "/cgi-bin/kf/servicer/list?access_token="+url.QueryEscape(r.token)+"&open_kfid="+reception)
	if list.code() != 0 || !strings.Contains(list.raw, `"servicer_list":[{"userid":"xiaolin","status":0}`) {
		t.Errorf("servicer/list: %s", list.raw)
	}
	if a := r.calls("kf/servicer/list", `{"open_kfid":"`+reception+`"}`); a.code() != platform.CodeBadParameters {
		t.Errorf("POST of a call that takes GET: %s", a.raw)
	}
}

// A repeated msgid is answered and shown once; an empty one is refused; a message that the customer rejects fails later.
func TestWhatTheLedgerTells(t *testing.T) {
	t.Parallel()
	r := newRobot(t, func(r *robot, item map[string]any) {
		if item["origin"] != 3.0 {
			return
		}
		send := fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgid":"id1","msgtype":"text","text":{"content":"一次"}}`, item["external_userid"], item["open_kfid"])
		for range 3 {
			if a := r.calls("kf/send_msg", send); a.text("msgid") != "id1" {
				r.t.Errorf("send_msg: %s", a.raw)
			}
		}
		if a := r.calls("kf/send_msg", strings.Replace(send, "id1", "", 1)); a.code() != 40058 {
			r.t.Errorf("an empty msgid: %s", a.raw)
		}
		if a := r.calls("kf/send_msg", strings.Replace(send, "一次", "别的", 1)); a.code() != 0 {
			r.t.Errorf("a msgid used again: %s", a.raw)
		}
	})
	talk := simulator.NewCustomer(t, r.sim.Client(), testCorp, "小王").Open(reception)
	if got := talk.Say("你好").Hears("一次"); got.Heard() != "一次" {
		t.Errorf("heard %q", got.Heard())
	}
	until(t, "both refusals", func() bool { return len(talk.Ledger().Refused) == 2 })
	l := talk.Ledger()
	if l.Refused[0].ErrCode != 40058 || l.Refused[1].ErrCode != 0 || l.Refused[1].MsgID != "id1" {
		t.Errorf("refused: %+v", l.Refused)
	}
}

// What a customer rejects is accepted by the API and fails later; so does what a test wants to fail.
func TestAcceptedIsNotDelivered(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot)
	talk := simulator.NewCustomer(t, r.sim.Client(), testCorp, "小王").Open(reception)
	fails := func() (types []any) {
		for _, it := range r.seen() {
			if e, ok := it["event"].(map[string]any); ok && e["event_type"] == "msg_send_fail" {
				types = append(types, e["fail_type"])
			}
		}
		return types
	}
	talk.Hears("欢迎")
	talk.Reject()
	talk.Say("别发了")
	until(t, "msg_send_fail", func() bool { return len(fails()) == 1 })
	talk.Accept()
	if err := r.sim.Client().FailNextSends(t.Context(), reception, 0); err != nil {
		t.Fatal(err)
	}
	unheard := talk.Say("发吧")
	until(t, "msg_send_fail", func() bool { return len(fails()) == 2 })
	if got := fmt.Sprint(fails(), unheard.Heard()); got != "[10 0]" {
		t.Errorf("fail types, and what arrived: %s", got)
	}
	talk.Say("现在呢").Hears("现在呢")
}

// A link of add_contact_way brings the customer with its scene, and not when somebody has changed it.
func TestContactWays(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot)
	link := r.calls("kf/add_contact_way", `{"open_kfid":"`+reception+`","scene":"shop_1"}`).text("url")
	wang := simulator.NewCustomer(t, r.sim.Client(), testCorp, "小王")
	wang.Follow(reception, link+"&scene_param=x").Hears("欢迎来到shop_1")
	if _, err := r.sim.Client().CustomerDoes(t.Context(), reception, wang.User.ID,
		kf.Act{Kind: kf.ActOpen, Link: strings.Replace(link, "shop_1", "shop_2", 1)}); err == nil {
		t.Error("a changed link was opened")
	}
	if a := r.calls("kf/add_contact_way", `{"open_kfid":"`+reception+`","scene":"中文"}`); a.code() != 40058 {
		t.Errorf("scene in Chinese: %s", a.raw)
	}
}

// The service is kept over a restart: cursors, sessions, chats, msgids and codes.
func TestDesksOverARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "simulator.json")
	withFile := func(c *simulator.Config) { c.StateFile = path }
	before := newRobot(t, parrot, withFile)
	wang := simulator.NewCustomer(t, before.sim.Client(), testCorp, "小王")
	talk := wang.Open(reception)
	talk.Say("你好").Hears("收到")
	before.mu.Lock()
	cursor := before.cursor
	before.mu.Unlock()
	until(t, "everything pulled", func() bool { return len(before.seen()) == 2 })
	if err := before.sim.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}

	after := newRobot(t, parrot, withFile, func(c *simulator.Config) { c.Seed = 99 })
	after.cursor = cursor
	again := simulator.AsCustomer(t, after.sim.Client(), testCorp, wang.User)
	chat, err := after.sim.Client().DeskChat(t.Context(), reception, wang.User.ID, 0, 0)
	if err != nil || len(chat.Bubbles) != 4 || chat.State != kf.StateBot {
		t.Fatalf("chat after the restart: %+v, %v", chat, err)
	}
	again.Open(reception).Say("我又来了").Hears("收到：我又来了")
	if got := len(after.seen()); got != 2 {
		t.Errorf("%d items after the cursor, want 2", got)
	}
}

// What nobody was told of when the simulator died is rung for when it is there again.
func TestABellThatWasNotRungRingsAfterARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "simulator.json")
	withFile := func(c *simulator.Config) { c.StateFile = path }
	before := newRobot(t, parrot, withFile)
	if err := before.sim.Client().ManageDesk(t.Context(), reception, false); err != nil { // no bell for now
		t.Fatal(err)
	}
	wang := simulator.NewCustomer(t, before.sim.Client(), testCorp, "小王")
	wang.Open(reception).Say("在吗")
	if err := before.sim.Client().ManageDesk(t.Context(), reception, true); err != nil {
		t.Fatal(err)
	}
	if err := before.sim.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	after := newRobot(t, parrot, withFile)
	until(t, "the items pulled", func() bool { return len(after.seen()) == 2 })
}

// What a page needs to draw the desks is told as it happens, and can be asked for.
func TestPagesSeeTheDesks(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot)
	ctx := t.Context()
	c := r.sim.Client()
	talk := simulator.NewCustomer(t, c, testCorp, "小王").Open(reception)
	talk.Say("人工").Hears("正在为您转接")
	desks, err := c.Desks(ctx)
	if err != nil || len(desks) != 2 || desks[0].Waiting != 1 || desks[0].Corp != testCorp {
		t.Errorf("desks: %+v, %v", desks, err)
	}
	now := talk.State()
	if some, err := c.DeskChat(ctx, reception, talk.Customer.User.ID, now.Version-1, 0); err != nil || len(some.Bubbles) == len(now.Bubbles) {
		t.Errorf("lines since the version before: %d of %d, %v", len(some.Bubbles), len(now.Bubbles), err)
	}
	// A reader who waits is answered by what comes, and by nothing when nothing does.
	if same, err := c.DeskChat(ctx, reception, talk.Customer.User.ID, now.Version, time.Millisecond); err != nil || same.Version != now.Version {
		t.Errorf("version %d, want %d, %v", same.Version, now.Version, err)
	}
	for _, tt := range []struct {
		what string
		err  error
	}{
		{"a desk of nobody", func() error {
			_, err := c.CustomerDoes(ctx, "wkNo", talk.Customer.User.ID, kf.Act{Kind: kf.ActOpen})
			return err
		}()},
		{"nobody", func() error { _, err := c.CustomerDoes(ctx, reception, "u99", kf.Act{Kind: kf.ActOpen}); return err }()},
		{"a chat not opened", func() error {
			_, err := c.CustomerDoes(ctx, afterSales, talk.Customer.User.ID, kf.Act{Kind: kf.ActText, Text: "在吗"})
			return err
		}()},
		{"an act nobody knows", func() error {
			_, err := c.CustomerDoes(ctx, reception, talk.Customer.User.ID, kf.Act{Kind: "dance"})
			return err
		}()},
		{"who does not serve there", func() error {
			_, err := c.StaffDoes(ctx, afterSales, "xiaolin", "", kf.Act{Kind: kf.ActReceive})
			return err
		}()},
		{"faults that never end", c.SetDeskFaults(ctx, reception, kf.Faults{EmptyPages: 1})},
		{"a fail_type there is not", c.FailNextSends(ctx, reception, 99)},
	} {
		if tt.err == nil {
			t.Errorf("%s was allowed", tt.what)
		}
	}
	data, err := json.Marshal(now)
	if err != nil || !strings.Contains(string(data), `"open_kfid":"`+reception+`"`) || !strings.Contains(string(data), `"user":"u1"`) {
		t.Errorf("chat as JSON: %s, %v", data, err)
	}
}
