package simulator_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"guanjia/e2e/browser"
	"guanjia/simulator"
)

// sizes are the windows that the page is played in.
var sizes = []struct {
	name          string
	width, height int64
	phone         bool
}{{"phone", 390, 844, true}, {"desk", 1280, 800, false}}

// takeUp goes to somebody's device.
func takeUp(w *browser.Window, phone bool, name string) {
	if phone {
		w.Press("切换用户")
	}
	w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('.item')].find((b) => b.checkVisibility({visibilityProperty: true}) && b.innerText.includes('` + name + `'))`)))
	w.Sees("#subtitle", name)
}

// A customer opens a desk by its link, is welcomed, taps the menu, asks for a person; a member takes, answers, hands over to a
// colleague who ends; the bot answers again.
func TestADeskInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t, parrot, func(c *simulator.Config) { c.Corps[0].Desks[0].Name = "在线客服" })
			w := openPage(t, mounted(t, r.sim), size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.Shoot(size.name + "-kf-" + name)
				w.Fits(name)
			}
			shoot("1-list")
			w.Press("在线客服")
			w.Sees("#chat", "客服链接")
			shoot("2-door")
			w.Press("带场景值打开…")
			w.Type("#dialog input[name=scene]", "poster")
			shoot("3-scene")
			w.Press("进入会话")
			w.Sees("#chat", "进入会话（场景 poster）")
			w.Sees("#chat", "欢迎来到poster")
			w.Sees("#chat", "微信客服 on_event（欢迎语）")
			shoot("4-welcome")
			w.Press("领券")
			w.Sees("#chat", "收到：领券c1")
			w.Sees("#chat", "微信客服 send_msg")
			say(w, "你好")
			w.Sees("#chat", "收到：你好")
			say(w, "在哪")
			w.Sees("#chat", "人民路店")
			w.Sees("#chat", "人民路 1 号")
			w.Sees("#chat", "获客链接")
			w.Press("更多操作")
			w.Press("位置")
			w.Press("发送")
			w.Sees("#chat", "收到一个 location")
			sendPictureTo(t, w, "收到一个 image")
			for _, kind := range []struct{ tool, choice, answer string }{
				{"语音", "", "收到一个 voice"}, {"名片", "小周", "收到一个 business_card"},
			} {
				w.Press("更多操作")
				w.Press(kind.tool)
				if kind.choice != "" {
					w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#dialog .item')].find((b) => b.innerText.includes('` + kind.choice + `'))`)))
				}
				w.Sees("#chat", kind.answer)
			}
			w.Press("更多操作")
			shoot("5-more")
			say(w, "人工")
			w.Sees("#chat", "正在为你转接人工客服")
			w.Sees("#chat", "正在为您转接")
			shoot("5-chat")

			takeUp(w, size.phone, "小林")
			if size.phone {
				w.Sees("#list", "待接入（1）")
			}
			shoot("6-client")
			w.Press("接入 用户 1")
			w.Sees("#strip", "你正在接待")
			say(w, "您好，我是小林")
			w.Sees("#chat", "人工")
			shoot("7-served")
			w.Press("转接")
			shoot("8-transfer")
			w.Do(chromedp.Click(chromedp.CSS("#dialog .item")))
			w.Sees("#strip", "小周 正在接待")

			takeUp(w, size.phone, "用户 1")
			w.Sees("#title", "在线客服") // where they left
			w.Sees("#chat", "小林 为您服务")
			w.Sees("#chat", "您好，我是小林")
			w.Sees("#chat", "已由 小林 转接给 小周")
			say(w, "好的")
			shoot("9-customer")

			takeUp(w, size.phone, "小周")
			w.Press("用户 1")
			w.Sees("#chat", "好的")
			w.Press("结束会话")
			w.Sees("#strip", "会话已结束")

			takeUp(w, size.phone, "用户 1")
			w.Sees("#title", "在线客服") // where they left
			w.Sees("#chat", "会话已结束")
			w.Sees("#chat", "感谢咨询")
			say(w, "谢谢")
			w.Sees("#chat", "收到：谢谢")
			shoot("10-again")
			w.Quiet()
		})
	}
}

// Both sides take a message back, an API call is made to fail, and the chat tells what never arrived; the panel counts down.
func TestWhatGoesWrongAtADeskInABrowser(t *testing.T) {
	t.Parallel()
	r := newRobot(t, parrot, func(c *simulator.Config) { c.Corps[0].Desks[0].Name = "在线客服" })
	w := openPage(t, mounted(t, r.sim), 1280, 800)
	w.Press("在线客服")
	w.Press("打开客服链接")
	w.Sees("#chat", "欢迎来到")
	say(w, "你好")
	w.Sees("#chat", "收到：你好")
	w.Sees("#person-summary", "机器人接待，可发 4 / 5 条")
	w.Press("+1 小时")
	w.Do(chromedp.Click(chromedp.CSS("#person summary")))
	w.Sees("#person-rows", "还剩 1 天 23 小时")
	w.Shoot("desk-quota")
	w.Do(chromedp.Click(chromedp.CSS("#person summary")))

	w.Do(chromedp.Click(chromedp.CSS("#faults summary")))
	w.Choose("#call-path", "/cgi-bin/kf/send_msg")
	w.Choose("select[name=call-busy]", "next")
	w.Sees("#faults-summary", "接口繁忙")
	w.Press("收回 access_token")
	w.Sees("#toast", "收回了 1 个 access_token")
	r.token = r.office.token(t, testAppSecret)
	w.Do(chromedp.Click(chromedp.CSS("#faults summary")))
	say(w, "在吗")
	w.Wait("the fault to be over", `document.querySelector('#faults-summary').textContent === '全部关闭'`)
	w.Sees("#deliveries", "errcode -1")
	w.Sees("#deliveries", "系统繁忙，稍后重试 · 故障：繁忙")
	w.Shoot("desk-call-fault")

	w.Do(chromedp.Click(chromedp.CSS("#console summary")))
	w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#console-rows .fault')].find((f) => f.innerText.includes('在线客服')).querySelector('button')`)))
	w.Choose("#dialog select[name=fail]", "10")
	w.Press("保存")
	w.Sees("#console-rows", "下一条消息会失败：用户拒收")
	say(w, "还在吗")
	w.Sees("#chat", "没有送达：用户拒收")
	say(w, "说错了")
	w.Sees("#chat", "收到：说错了")
	w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#chat .recall')].at(-1)`)))
	w.Sees("#chat", "你撤回了一条消息")
	w.Shoot("desk-recalled")
	w.Fits("the desk")
	w.Quiet()
}
