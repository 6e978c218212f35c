package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"guanjia/e2e/browser"
)

// TestANewUserAtTheDemosPage plays the demo in a real browser, from the first look at the page: follow by the sample's code,
// one coupon, the quiz with a kill -9 in the middle that the page survives, rank and prize pool, a survey, opting out. Pictures
// for the README come from here: GUANJIA_SCREENSHOTS=docs/img go test ./e2e -run NewUser
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
