package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"guanjia/e2e/browser"
	"guanjia/simulator"
)

// TestAnOperatorAtTheDemosPage plays whoever runs the bot in a real browser. On a desk by day, beside the phone: a dry run, a broadcast to everybody
// whose number is confirmed, and the clock moved to the next tip, which waits for the person's cap and arrives. On a phone by night: a
// broadcast that waits for the end of quiet hours, is paused and resumed, and goes when the clock gets there.
func TestAnOperatorAtTheDemosPage(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name                string
		width, height       int64
		hour                int
		tell                func(w *browser.Window)
		refused             bool // browsers log it
		somebodyElseFollows bool
	}{
		{"demo-operator", 1280, 800, 11, operatesByDay, true, false}, // at eleven the tip of this morning is too late
		{"demo-operator-phone", 390, 844, 22, operatesByNight, false, true},
	} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, "SQLite")
			d.until(t, size.hour, 0)
			w := browser.Open(t, "http://"+d.addr+"/simulator/", size.width, size.height)
			w.Press("扫描“关注有礼”的二维码")
			w.Sees("#chat", "券码：")
			w.Press("打开键盘")
			w.Type("#input", "菜单\r") // opens the window of 48 hours
			w.Sees("#chat", "我能帮您做这些")
			if size.somebodyElseFollows {
				d.phone("小李").does(simulator.Act{Kind: simulator.ActFollow}) // without a coupon: the segment is not everybody
			}
			w.Do(chromedp.Navigate("http://" + d.addr + "/operator/"))
			w.Sees("#broadcasts", "还没有试算")
			w.Press("试算：会员日预告")
			size.tell(w)
			w.Sees("#broadcasts", "1已发")
			w.Fits("the operator's page")
			if !size.refused {
				w.Quiet()
			}
			w.Shoot(size.name)
			d.stop()
		})
	}
}

func operatesByDay(w *browser.Window) {
	w.Sees("#broadcasts", "1人现在")
	w.Press("开始：会员日预告")
	w.Press("发给 1 人")
	w.Sees("#broadcasts", "已发完")
	w.Press("拨到下一刻")
	w.Sees("#schedules", "1 条在等：一天的条数已满")
	w.Fits("what waits")
	w.Press("拨到下一刻")
	w.Sees("#schedules", "上次 今天 08:30：已进行，1 人")
	w.Wait("the tip on the phone beside", `document.querySelector('iframe').contentDocument.querySelector('#chat').innerText.includes('早上好')`)
	w.Wait("nothing to wait", `!document.querySelector('#schedules').innerText.includes('条在等')`)
}

func operatesByNight(w *browser.Window) {
	w.Sees("#broadcasts", "1人 明天 08:30（免打扰时段）")
	w.Press("开始：会员日预告")
	w.Sees("#broadcasts", "免打扰时段 1")
	w.Press("暂停：会员日预告")
	w.Sees("#broadcasts", "已暂停")
	w.Press("继续：会员日预告")
	w.Sees("#broadcasts", "发送中")
	w.Sees("#broadcasts", "免打扰时段 1")
	w.Press("拨到下一刻")
	w.Sees("#broadcasts", "已发完")
	w.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#schedules-title').scrollIntoView()`))
}
