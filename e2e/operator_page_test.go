package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"guanjia/e2e/browser"
	"guanjia/simulator"
)

// TestAnOperatorAtTheDemosPage plays whoever runs the bot in a real browser, beside the phone: a dry run, a broadcast that arrives, the clock
// moved to the next tip, which waits for the caps and arrives; a group send that staff confirm in their client; what the robot said.
func TestAnOperatorAtTheDemosPage(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"demo-operator-phone", 390, 844}, {"demo-operator", 1280, 800}} {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			d := newDemo(t, "SQLite")
			d.until(t, 11, 0) // the tip of this morning is too late
			narrow := size.width < size.height
			w := browser.Open(t, "http://"+d.addr+"/simulator/", size.width, size.height)
			w.Press("扫描“关注有礼”的二维码")
			w.Sees("#chat", "券码：")
			w.Press("打开键盘")
			w.Type("#input", "菜单\r") // opens the window of 48 hours
			w.Sees("#chat", "我能帮您做这些")
			if narrow {
				d.phone("小李").does(simulator.Act{Kind: simulator.ActFollow}) // without a coupon: the segment is not everybody
			}

			w.Do(chromedp.Navigate("http://" + d.addr + "/operator/"))
			w.Sees("#broadcasts", "还没有试算")
			w.Press("试算：会员日预告")
			w.Sees("#broadcasts", "1人现在")
			w.Press("开始：会员日预告")
			if !narrow {
				w.Press("发给 1 人")
			}
			w.Sees("#broadcasts", "已发完")
			w.Sees("#broadcasts", "1已发")
			w.Press("拨到下一刻")
			w.Sees("#schedules", "1 条在等：一天的条数已满")
			w.Fits("what waits")
			w.Press("拨到下一刻")
			w.Sees("#schedules", "上次 今天 08:30：已进行，1 人")
			if !narrow {
				w.Wait("the tip on the phone beside", `document.querySelector('iframe').contentDocument.querySelector('#chat').innerText.includes('早上好')`)
			}
			w.Wait("nothing to wait", `!document.querySelector('#schedules').innerText.includes('条在等')`)
			w.Fits("the operator's page")
			if narrow { // the other one was asked for the number: browsers log a refusal
				w.Quiet()
			}
			w.Shoot(size.name)
			d.stop()
		})
	}
}
