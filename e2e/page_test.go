package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"guanjia/e2e/browser"
)

// TestANewUserAtTheDemosPage plays the demo in a real browser, from the first look at the page: follow by the sample's code,
// one coupon, the quiz with a kill -9 in the middle that the page survives, rank and prize pool, a survey, opting out. Pictures
// for the README come from here: GUANJIA_SCREENSHOTS=$PWD/docs/img go test ./e2e -run AtTheDemosPage
func TestANewUserAtTheDemosPage(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"demo-phone", 390, 844}, {"demo", 1280, 800}} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, "SQLite")
			w := browser.Open(t, "http://"+d.addr+"/simulator/", size.width, size.height)

			w.Sees("body", "扫码关注")
			w.Press("扫描“关注有礼”的二维码")
			w.Sees("#chat", "券码：")
			w.Press("领券")
			w.Sees("#chat", "您已经领过《关注有礼》")

			w.Press("答题")
			w.Sees("#chat", "第 1/10 题")
			w.Press("B 5 克")
			w.Sees("#chat", "第 2/10 题")
			if size.width > size.height {
				w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#chat .meta')].at(-1)`)))
				w.Sees("#deliveries", "<Content>B</Content>")
			}
			w.Fits("the quiz")
			w.Quiet()
			w.Shoot(size.name)

			d.again()
			w.Wait("the page to find the demo again", `document.querySelector('#offline').hidden`)
			w.Sees("#chat", "第 2/10 题")
			w.Press("打开键盘")
			for n := 2; n <= 10; n++ {
				w.Sees("#chat", fmt.Sprintf("第 %d/10 题", n))
				w.Type("#input", "A\r")
			}
			w.Sees("#chat", "得分")
			w.Sees("#chat", "目前排名第 1")
			w.Sees("#chat", "还差 19 人")

			w.Type("#input", "问卷\r")
			w.Sees("#chat", "1/")
			w.Type("#input", "退出\r")
			w.Type("#input", "退订\r")
			w.Sees("#chat", "已为您退订")
			w.Fits("the end")
			d.stop()
		})
	}
}

// TestStaffAtTheDemosPage plays the demo's corp in a real browser: a customer adds a member by a code and is welcomed, opens the
// desk, goes through quiz and survey, asks for a person; the member takes over, answers and ends, and the bot goes on. The demo is
// killed in between.
func TestStaffAtTheDemosPage(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"demo-staff-phone", 390, 844}, {"demo-staff", 1280, 800}} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, "SQLite")
			w := browser.Open(t, "http://"+d.addr+"/simulator/", size.width, size.height)
			narrow := size.width < size.height
			as := func(name string) {
				if narrow {
					w.Press("切换用户")
				}
				w.Do(chromedp.Click(chromedp.JSPath(fmt.Sprintf(
					`[...document.querySelectorAll('.item')].find((b) => b.checkVisibility({visibilityProperty: true}) && b.innerText.includes(%q))`, name))))
				w.Sees("#subtitle", name)
			}

			w.Sees("#subtitle", "的手机")
			w.Press("返回")
			w.Press("扫一扫，添加或进入会话")
			w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#dialog h3')].find((h) => h.innerText.includes('联系我')).nextSibling.querySelector('button')`)))
			w.Sees("#title", "小林")
			w.Sees("#chat", "欢迎语 · 添加后")
			w.Fits("the welcome")

			w.Press("返回")
			w.Press("健康顾问")
			w.Press("打开客服链接")
			w.Sees("#chat", "微信客服 on_event（欢迎语）")
			w.Press("健康知识有奖问答")
			w.Sees("#chat", "第 1/10 题")
			w.Type("#input", "B\r")
			w.Sees("#chat", "第 2/10 题")
			d.again()
			w.Wait("the page to find the demo again", `document.querySelector('#offline').hidden`)
			for n := 2; n <= 10; n++ {
				w.Sees("#chat", fmt.Sprintf("第 %d/10 题", n))
				w.Type("#input", "A\r")
			}
			w.Sees("#chat", "目前排名第 1")
			w.Type("#input", "问卷\r")
			w.Sees("#chat", "第 1/7 题")
			for n, answer := range []string{"5", "D", "D", "AC", "跳过"} {
				w.Type("#input", answer+"\r")
				w.Sees("#chat", fmt.Sprintf("第 %d/6 题", n+2))
			}
			w.Type("#input", "跳过\r")
			w.Sees("#chat", "感谢您的反馈")
			w.Type("#input", "人工\r")
			w.Sees("#chat", "正在为你转接人工客服")

			as("小林")
			w.Press("接入 用户 1")
			w.Sees("#strip", "你正在接待")
			w.Type("#input", "您好，我是小林，请问有什么可以帮您？\r")
			w.Sees("#chat", "您好，我是小林")
			w.Fits("the client")
			w.Shoot(size.name)
			w.Press("结束会话")
			w.Sees("#strip", "会话已结束")

			as("用户 1")
			w.Sees("#title", "健康顾问") // where they left
			w.Sees("#chat", "小林 为您服务")
			w.Sees("#chat", "您好，我是小林")
			w.Sees("#chat", "会话已结束")
			w.Type("#input", "领券\r")
			w.Sees("#chat", "券码：")
			w.Fits("the end")

			// The official account's followers are served by the same people.
			w.Press("返回")
			w.Press("健康管家")
			w.Press("扫描“关注有礼”的二维码")
			w.Sees("#chat", "被动回复")
			w.Press("打开键盘")
			w.Type("#input", "人工\r")
			w.Sees("#chat", "已转接人工客服")
			as("小周")
			w.Press("接入 用户 1")
			w.Type("#input", "您好，我是小周\r")
			w.Press("结束会话")
			w.Sees("#strip", "公众号自己在回复")
			as("用户 1")
			w.Sees("#chat", "您好，我是小周")
			w.Type("#input", "菜单\r")
			w.Sees("#chat", "我能帮您做这些")
			d.stop()
		})
	}
}
