package simulator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/silenceper/wechat/v2/officialaccount/message"

	"guanjia/e2e/browser"
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
	case m.Content == "2":
		return say("第 3/10 题（多选）：哪些是有氧运动？\nA. 快走\nB. 举重\nC. 游泳")
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

// openPage opens the page and waits until it shows somebody's phone.
func openPage(t *testing.T, url string, width, height int64) *browser.Window {
	t.Helper()
	w := browser.Open(t, url, width, height)
	w.Sees("#subtitle", "的手机")
	return w
}

// say types a message and presses Enter.
func say(w *browser.Window, text string) {
	w.Type("#input", text+"\r")
	w.Sees("#chat", text)
}

// mounted serves the simulator the way the demo does: under a path, beside others.
func mounted(t *testing.T, sim *simulator.Simulator) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/simulator/", http.StripPrefix("/simulator", sim))
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = sim.Close(ctx) // ends the event streams, which the server waits for
		server.Close()
	})
	return server.URL + "/simulator/"
}

// A newcomer follows by a code, types, taps chips, menus and links, sends a picture, moves the clock and breaks things, on a
// phone and on a desk.
func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			b := newBot(t, shop)
			sim := play(t, b, func(c *simulator.Config) { c.Deadline = 2 * time.Second })
			w := openPage(t, mounted(t, sim), size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.Shoot(size.name + "-" + name)
				w.Fits(name)
			}

			w.Sees("#chat", "还没有关注这个公众号")
			w.Sees("body", "扫码关注：点任意一个二维码")
			w.Wait("the codes", `[...document.querySelectorAll('.codes img')].every((i) => i.complete && i.naturalWidth > 0)`)
			shoot("1-start")

			w.Press("扫描“扫码领券”的二维码")
			w.Sees("#chat", "欢迎来到健康管家")
			w.Sees("#chat", "被动回复")
			w.Sees("#chips", "领券")
			shoot("2-followed")

			w.Press("领券") // the chip comes first on the page
			w.Sees("#chat", "券码 GIFT-2026")
			w.Sees("#chat", `<a href="javascript:alert(1)">不是链接</a>`)

			w.Press("活动")
			w.Sees(".menu", "答题")
			shoot("3-menu")
			w.Press("答题")
			w.Sees("#chat", "点击菜单“答题”")
			w.Sees("#chips", "B 1500 至 1700 毫升")
			shoot("4-quiz")
			w.Press("B 1500 至 1700 毫升")
			w.Sees("#chat", "答对了，得 10 分")
			w.Sees("#chips", "2 三次以上")

			w.Press("2 三次以上")
			w.Press("C 游泳")
			w.Press("A 快走")
			shoot("4-several")
			w.Press("发送 AC")
			w.Sees("#chat", "收到：text AC")

			w.Press("打开键盘")
			say(w, "图文")
			w.Sees("#chat", "秋季养生")
			say(w, "沉默")
			w.Sees("#chat", "已收下，没有回复")
			say(w, "人工")
			w.Sees("#chat", "已转接人工客服")

			sendPicture(t, w, shoot)
			w.Press("更多操作")
			w.Press("位置")
			w.Press("发送")
			w.Sees("#chat", "人民广场")
			w.Press("更多操作")
			w.Press("语音")
			w.Type("#dialog input", "我要领券")
			w.Press("发送 1 秒语音")
			w.Sees("#chat", "语音识别：我要领券")
			shoot("6-kinds")

			usePanel(w, size.phone, shoot)

			w.Press("更多操作")
			w.Press("取消关注")
			w.Sees("#chat", "你已取消关注")

			meetSomebodyNew(w, size.phone, shoot)
			w.Quiet()
		})
	}
}

// pictureFile is a picture on this machine's disk.
func pictureFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.png")
	if err := os.WriteFile(file, picture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// sendPictureTo sends a picture and waits for what comes back.
func sendPictureTo(t *testing.T, w *browser.Window, answer string) {
	t.Helper()
	w.Press("更多操作")
	w.Press("照片")
	w.Upload("#picture", pictureFile(t))
	w.Wait("the preview", `document.querySelector('.preview img')?.naturalWidth > 0`)
	w.Press("发送")
	w.Sees("#chat", answer)
}

func sendPicture(t *testing.T, w *browser.Window, shoot func(string)) {
	t.Helper()
	file := pictureFile(t)
	w.Press("更多操作")
	shoot("5-more")
	w.Press("照片")
	w.Upload("#picture", file)
	w.Wait("the preview", `document.querySelector('.preview img')?.naturalWidth > 0`)
	shoot("5-picture")
	w.Press("发送")
	w.Wait("the picture and its echo", `[...document.querySelectorAll('#chat .photo img')].filter((i) => i.naturalWidth === 320).length === 2`)
}

// usePanel moves the clock, loses an answer and looks at what went over the wire.
func usePanel(w *browser.Window, phone bool, shoot func(string)) {
	if phone {
		w.Press("打开调试面板")
	}
	w.Press("+1 小时")
	w.Sees("#clock-offset", "比真实时间快 1 小时")
	w.Sees("#phone-offset", "拨快 1 小时")
	w.Press("验证回调地址")
	w.Sees("#verify-result", "通过")
	w.Do(chromedp.Click(chromedp.CSS("#faults summary")))
	w.Choose("select[name=drop_answer]", "next")
	w.Sees("#faults-summary", "丢回复")
	shoot("7-panel")
	w.Do(chromedp.Click(chromedp.CSS("#faults summary")))
	if phone {
		w.Press("关闭调试面板")
	}
	say(w, "再来一次")
	w.Sees("#chat", "收到：text 再来一次")
	w.Sees("#chat", "第 2 次推送 · ")
	w.Wait("the fault to be over", `document.querySelector('#faults-summary').textContent === '全部关闭'`)
	w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#chat .meta')].at(-1)`)))
	w.Sees("#deliveries", "<Content>再来一次</Content>")
	w.Sees("#deliveries", "<Content>收到：text 再来一次</Content>")
	shoot("8-log")
	if phone {
		w.Press("关闭调试面板")
	}
}

// meetSomebodyNew makes a second person, who sees nothing of the first one's chat, and goes back.
func meetSomebodyNew(w *browser.Window, phone bool, shoot func(string)) {
	if phone {
		w.Press("切换用户")
		shoot("9-people")
		w.Press("关闭")
		w.Wait("the sheet to close", `!document.querySelector('#dialog').open`)
		w.Press("切换用户")
	}
	w.Press("＋ 新建用户")
	w.Type("#dialog input", "小鹿🦌")
	w.Press("创建并使用")
	w.Sees("#subtitle", "小鹿🦌 的手机")
	w.Wait("an empty chat", `!document.querySelector('#chat').innerText.includes('券码')`)
	w.Do(chromedp.Reload())
	w.Sees("#subtitle", "小鹿🦌 的手机")
	if phone {
		w.Press("切换用户")
	}
	w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('.item')].find((b) => b.checkVisibility() && b.innerText.includes('用户 1'))`)))
	w.Sees("#chat", "券码 GIFT-2026")
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
	w := openPage(t, mounted(t, sim)+"?user="+p.User.ID, 1280, 800)
	w.Sees("#subtitle", "脚本 的手机")
	p.Follow("newgift")
	w.Sees("#chat", "欢迎来到健康管家")
	p.Say("长")
	w.Sees("#chat", simulator.FailureText)
	w.Sees("#chat", "文本回复有 2100 字节，最多 2048 字节")
	w.Sees("#deliveries", "不合格")
	w.Quiet()
}

// The address in a scene's code opens the page with that scene to follow.
func TestPageOpenedByACode(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, shop))
	w := openPage(t, mounted(t, sim)+"?account=brand&scan=pharmacy-01", 390, 844)
	w.Sees("#dialog", "二维码“一号药房”")
	w.Press("关注")
	w.Sees("#chat", "欢迎来到健康管家")
	x := sim.Users()[0].Accounts["brand"]
	if !x.Following || x.Scene != "pharmacy-01" {
		t.Errorf("the follower is %+v", x)
	}
}

// The page's own rules for texts, played in the browser: what becomes a link and what becomes a chip.
func TestTextsOfThePage(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, shop))
	w := openPage(t, mounted(t, sim), 1280, 800)
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
		got := w.Eval(fmt.Sprintf(`import('./web/chat/rich.js').then(({rich}) => {
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
		"第 4 题（多选）\nA. 多饮\nB. 多汗\n回复“退出”交卷": "多:A=A 多饮|B=B 多汗|退出=退出",
		"多选连着写\n\n第 1 题（单选）\nA. 是\nB. 否":    "A=A 是|B=B 否",
		"普通的一句话，没有选项":                       "",
	} {
		got := w.Eval(fmt.Sprintf(`import('./web/chat/rich.js').then(({choices}) => choices(%q)).then(({offered, several}) =>
			(several ? '多:' : '') + offered.map((c) => c.say + '=' + c.label).join('|'))`, text))
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
