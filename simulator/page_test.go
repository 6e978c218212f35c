package simulator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"guanjia/simulator"
)

// shop answers like a small campaign, with everything that a chat can show.
func shop(m *message.MixMessage) *message.Reply {
	say := func(s string) *message.Reply {
		return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(s)}
	}
	switch {
	case m.Event == "subscribe":
		return say("欢迎来到健康管家 🌿\n回复“领券”领取新人礼，回复“答题”参加健康知识答题。\n详情见 <a href=\"https://example.com/rules\">活动规则</a>")
	case m.EventKey == "COUPON" || m.Content == "领券":
		return say("领取成功，券码 GIFT-2026。凭券码到店立减 10 元，\n<a href=\"javascript:alert(1)\">不是链接</a> <script>alert(1)</script>")
	case m.EventKey == "QUIZ" || m.Content == "答题":
		return say("第 1/10 题：成年人每天建议喝多少水？\nA. 500 毫升\nB. 1500 至 1700 毫升\nC. 3000 毫升\nD. 不渴就不用喝")
	case strings.EqualFold(m.Content, "B"):
		return say("答对了，得 10 分！\n第 2/10 题：每周运动几次？\n1. 一次\n2. 三次以上")
	case m.Content == "图文":
		return &message.Reply{MsgType: message.MsgTypeNews, MsgData: message.NewNews([]*message.Article{
			message.NewArticle("秋季养生：每天多走两千步", "研究显示，规律步行有益心血管健康。", "", "https://example.com/a"),
		})}
	case m.MsgType == "image":
		return &message.Reply{MsgType: message.MsgTypeImage, MsgData: message.NewImage(m.MediaID)}
	case m.Content == "沉默":
		return nil
	case m.Content == "人工":
		return &message.Reply{MsgType: message.MsgTypeTransfer, MsgData: message.NewTransferCustomer("")}
	}
	return say("收到：" + string(m.MsgType) + " " + m.Content + m.Label)
}

// A newcomer follows by a code, types, taps chips, menus and links, sends a picture, moves the clock and breaks things, on a
// phone and on a desk.
func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name          string
		width, height int64
		phone         bool
	}{{"phone", 390, 844, true}, {"desk", 1280, 800, false}} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			b := newBot(t, shop)
			sim := play(t, b, func(c *simulator.Config) { c.Deadline = 2 * time.Second })
			w := openWindow(t, mounted(t, sim), size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.shoot(size.name + "-" + name)
				w.fits(name)
			}

			w.sees("#chat", "还没有关注这个公众号")
			w.sees("body", "扫码关注：点任意一个二维码")
			w.wait("the codes", `[...document.querySelectorAll('.codes img')].every((i) => i.complete && i.naturalWidth > 0)`)
			shoot("1-start")

			w.press("扫描“扫码领券”的二维码")
			w.sees("#chat", "欢迎来到健康管家")
			w.sees("#chat", "被动回复")
			w.sees("#chips", "领券")
			shoot("2-followed")

			w.press("领券") // the chip comes first on the page
			w.sees("#chat", "券码 GIFT-2026")
			w.sees("#chat", `<a href="javascript:alert(1)">不是链接</a>`)

			w.press("活动")
			w.sees(".menu", "答题")
			shoot("3-menu")
			w.press("答题")
			w.sees("#chat", "点击菜单“答题”")
			w.sees("#chips", "B 1500 至 1700 毫升")
			shoot("4-quiz")
			w.press("B 1500 至 1700 毫升")
			w.sees("#chat", "答对了，得 10 分")
			w.sees("#chips", "2 三次以上")

			w.press("打开键盘")
			w.say("图文")
			w.sees("#chat", "秋季养生")
			w.say("沉默")
			w.sees("#chat", "已收下，没有回复")
			w.say("人工")
			w.sees("#chat", "已转接人工客服")

			sendPicture(t, w, shoot)
			w.press("更多操作")
			w.press("位置")
			w.press("发送")
			w.sees("#chat", "人民广场")
			w.press("更多操作")
			w.press("语音")
			w.do(chromedp.SendKeys(chromedp.CSS("#dialog input"), "我要领券"))
			w.press("发送 1 秒语音")
			w.sees("#chat", "语音识别：我要领券")
			shoot("6-kinds")

			usePanel(w, size.phone, shoot)

			w.press("更多操作")
			w.press("取消关注")
			w.sees("#chat", "你已取消关注")

			meetSomebodyNew(w, size.phone, shoot)
			w.quiet()
		})
	}
}

func sendPicture(t *testing.T, w *window, shoot func(string)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.png")
	if err := os.WriteFile(file, picture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	w.press("更多操作")
	shoot("5-more")
	w.press("照片")
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#picture"), []string{file}))
	w.wait("the preview", `document.querySelector('.preview img')?.naturalWidth > 0`)
	shoot("5-picture")
	w.press("发送")
	w.wait("the picture and its echo", `[...document.querySelectorAll('#chat .photo img')].filter((i) => i.naturalWidth === 320).length === 2`)
}

// usePanel moves the clock, loses an answer and looks at what went over the wire.
func usePanel(w *window, phone bool, shoot func(string)) {
	w.t.Helper()
	if phone {
		w.press("打开调试面板")
	}
	w.press("+1 小时")
	w.sees("#clock-offset", "比真实时间快 1 小时")
	w.sees("#phone-offset", "拨快 1 小时")
	w.press("验证回调地址")
	w.sees("#verify-result", "通过")
	w.do(chromedp.Click(chromedp.CSS("#faults summary")))
	w.do(chromedp.SetValue(chromedp.CSS("select[name=drop_answer]"), "next"),
		chromedp.Evaluate[chromedp.Void](`document.querySelector('select[name=drop_answer]').dispatchEvent(new Event('change'))`))
	w.sees("#faults-summary", "丢回复")
	shoot("7-panel")
	w.do(chromedp.Click(chromedp.CSS("#faults summary")))
	if phone {
		w.press("关闭调试面板")
	}
	w.say("再来一次")
	w.sees("#chat", "收到：text 再来一次")
	w.sees("#chat", "第 2 次推送 · ")
	w.wait("the fault to be over", `document.querySelector('#faults-summary').textContent === '全部关闭'`)
	w.do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#chat .meta')].at(-1)`)))
	w.sees("#deliveries", "<Content>再来一次</Content>")
	w.sees("#deliveries", "<Content>收到：text 再来一次</Content>")
	shoot("8-log")
	if phone {
		w.press("关闭调试面板")
	}
}

// meetSomebodyNew makes a second person, who sees nothing of the first one's chat, and goes back.
func meetSomebodyNew(w *window, phone bool, shoot func(string)) {
	w.t.Helper()
	if phone {
		w.press("切换用户或公众号")
		shoot("9-people")
	}
	w.press("＋ 新建用户")
	w.do(chromedp.SendKeys(chromedp.CSS("#dialog input"), "小鹿🦌"))
	w.press("创建并使用")
	w.sees("#subtitle", "小鹿🦌 的手机")
	w.wait("an empty chat", `!document.querySelector('#chat').innerText.includes('券码')`)
	w.do(chromedp.Reload())
	w.sees("#subtitle", "小鹿🦌 的手机")
	if phone {
		w.press("切换用户或公众号")
	}
	w.do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('.item')].find((b) => b.checkVisibility() && b.innerText.includes('用户 1'))`)))
	w.sees("#chat", "券码 GIFT-2026")
}

// What happens elsewhere, such as in a script, shows on an open page at once; an answer that the platform refuses shows its
// words and the reason.
func TestPageFollowsWhatHappensElsewhere(t *testing.T) {
	t.Parallel()
	b := newBot(t, func(m *message.MixMessage) *message.Reply {
		if m.Content == "长" {
			return &message.Reply{MsgType: message.MsgTypeText, MsgData: message.NewText(strings.Repeat("长", 700))}
		}
		return shop(m)
	})
	sim := play(t, b)
	p := simulator.NewPhone(t, sim.Client(), "brand", "脚本")
	w := openWindow(t, mounted(t, sim)+"?user="+p.User.ID, 1280, 800)
	w.sees("#subtitle", "脚本 的手机")
	p.Follow("newgift")
	w.sees("#chat", "欢迎来到健康管家")
	p.Say("长")
	w.sees("#chat", simulator.FailureText)
	w.sees("#chat", "文本回复有 2100 字节，最多 2048 字节")
	w.sees("#deliveries", "不合格")
	w.quiet()
}

// The address in a scene's code opens the page with that scene to follow.
func TestPageOpenedByACode(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, shop))
	w := openWindow(t, mounted(t, sim)+"?account=brand&scan=pharmacy-01", 390, 844)
	w.sees("#dialog", "二维码“一号药房”")
	w.press("关注")
	w.sees("#chat", "欢迎来到健康管家")
	x := sim.Users()[0].Accounts["brand"]
	if !x.Following || x.Scene != "pharmacy-01" {
		t.Errorf("the follower is %+v", x)
	}
}

// The page's own rules for texts, played in the browser: what becomes a link and what becomes a chip.
func TestTextsOfThePage(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, shop))
	w := openWindow(t, mounted(t, sim), 1280, 800)
	run := func(expression string) string {
		t.Helper()
		got, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for text, want := range map[string]string{
		"你好 <b>粗</b>": `你好 &lt;b&gt;粗&lt;/b&gt;`,
		`<a href="https://example.com/?a=1&amp;b=2">看</a>`:                          `<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">看</a>`,
		`<a href='http://example.com'>看</a>。`:                                       `<a href="http://example.com/" target="_blank" rel="noopener noreferrer">看</a>。`,
		`<a href="javascript:alert(1)">点</a>`:                                       `&lt;a href="javascript:alert(1)"&gt;点&lt;/a&gt;`,
		`<a href="https://example.com" onclick="alert(1)">点</a>`:                    `<a href="https://example.com/" target="_blank" rel="noopener noreferrer">点</a>`,
		`<a href="https://example.com"><img src=x onerror=alert(1)></a>`:            `<a href="https://example.com/" target="_blank" rel="noopener noreferrer">&lt;img src=x onerror=alert(1)&gt;</a>`,
		"见https://example.com/a，谢谢":                                                 `见<a href="https://example.com/a" target="_blank" rel="noopener noreferrer">https://example.com/a</a>，谢谢`,
		`<a href="" data-miniprogram-appid="wx1" data-miniprogram-path="p">小程序</a>`: `<button type="button" class="link">小程序</button>`,
		`<a href="weixin://bizmsgmenu?msgmenucontent=%E5%A5%BD&msgmenuid=1">好</a>`:  `<button type="button" class="link">好</button>`,
	} {
		got := run(fmt.Sprintf(`import('./web/rich.js').then(({rich}) => {
			const box = document.createElement('div'); box.append(...rich(%q, {})); return box.innerHTML; })`, text))
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"请选择：\n1. 好\n2. 一般":     "1=1 好|2=2 一般",
		"A、多喝水\nB、少喝水\nC：不喝":    "A=A 多喝水|B=B 少喝水|C=C 不喝",
		"① 是\n② 否":              "1=1 是|2=2 否",
		"1️⃣ 是\n2️⃣ 否":          "1=1 是|2=2 否",
		"【1】是\n【2】否":            "1=1 是|2=2 否",
		"(1) 是\n(2) 否":          "1=1 是|2=2 否",
		"回复“领券”或“答题”参加":         "领券=领券|答题=答题",
		"1. 只有一项":               "",
		"3.14 是圆周率\n2.71 是自然常数": "",
		"2026 年\n10 月":          "",
		"发送【退订】不再收到消息":          "退订=退订",
		"普通的一句话，没有选项":           "",
	} {
		got := run(fmt.Sprintf(`import('./web/rich.js').then(({choices}) => choices(%q).map((c) => c.say + '=' + c.label).join('|'))`, text))
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
