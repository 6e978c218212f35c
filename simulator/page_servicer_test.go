package simulator_test

import (
	"fmt"
	"testing"

	"github.com/silenceper/wechat/v2/officialaccount/message"
)

// A follower of an official account asks for a person; a servicer takes, writes, ends; the account answers again. Customer-service
// messages show how they came, and the panel how many are left.
func TestAServicerInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			o := newBrandOffice(t)
			o.bot.answerWith(shop)
			w := openPage(t, mounted(t, o.sim), size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.Shoot(size.name + "-servicer-" + name)
				w.Fits(name)
			}
			w.Press("扫描“扫码领券”的二维码")
			w.Sees("#chat", "欢迎来到健康管家")
			w.Press("打开键盘")
			say(w, "人工")
			w.Sees("#chat", "已转接人工客服")
			w.Sees("#subtitle", "等待人工")
			u := o.sim.Users()[0]
			if a := o.post("/cgi-bin/message/custom/send", o.token(), custom(u.Accounts["brand"].OpenID, "前面还有 2 位")); a.code() != 0 {
				t.Fatal(a.raw)
			}
			w.Sees("#chat", "前面还有 2 位")
			w.Sees("#chat", "客服消息 · ")

			takeUp(w, size.phone, "小林")
			w.Sees("#list", "待接入（1）")
			shoot("1-waiting")
			w.Press("接入 用户 1")
			w.Sees("#strip", "接待中")
			say(w, "您好，我是小林")
			shoot("2-served")

			takeUp(w, size.phone, "用户 1")
			w.Sees("#subtitle", "小林 接待中")
			w.Sees("#chat", "您好，我是小林")
			w.Sees("#chat", "人工")
			say(w, "券用不了")
			shoot("3-follower")

			takeUp(w, size.phone, "小林")
			w.Press("用户 1")
			w.Sees("#chat", "券用不了")
			w.Press("结束会话")
			w.Sees("#strip", "公众号自己在回复")
			takeUp(w, size.phone, "用户 1")
			say(w, "你好")
			w.Sees("#chat", "收到：text 你好")
			if !size.phone {
				w.Sees("#person-summary", "客服消息可发")
			}
			w.Quiet()
		})
	}
}

// The window of a follower is what customer-service messages leave of it.
func TestThePageIsToldOfWindows(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	p := follower(t, o.sim)
	p.Say("你好")
	before, err := o.sim.Window("brand", p.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	if a := o.post("/cgi-bin/message/custom/send", o.token(), custom(p.OpenID(), "一条")); a.code() != 0 {
		t.Fatal(a.raw)
	}
	after, err := o.sim.Window("brand", p.User.ID)
	if err != nil || after.Left != before.Left-1 || !after.Until.Equal(before.Until) {
		t.Errorf("before %+v, after %+v, %v", before, after, err)
	}
	for _, unknown := range [][2]string{{"nobody", p.User.ID}, {"brand", "u99"}} {
		if _, err := o.sim.Window(unknown[0], unknown[1]); err == nil {
			t.Error(fmt.Sprint(unknown) + " has a window")
		}
	}
}

// answerWith changes what the bot says.
func (b *bot) answerWith(answer func(m *message.MixMessage) *message.Reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = answer
}
