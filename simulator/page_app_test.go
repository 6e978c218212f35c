package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"guanjia/simulator"
)

// A member opens the chat of an app, enters, writes, taps a menu button by its key, is sent messages of all kinds and taps the
// button of a card, which changes.
func TestAnAppsChatInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, func(c *simulator.Config) { c.Corps[0].Apps[0].Title = "健康助手" })
			o.answer = func(c callback) string {
				if c.value("Event") == "template_card_event" {
					return fmt.Sprintf(`<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>1700000000</CreateTime>`+
						`<MsgType>update_button</MsgType><Button><ReplaceName>已确认</ReplaceName></Button></xml>`, c.value("FromUserName"), testCorp)
				}
				return fmt.Sprintf(`<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>1700000000</CreateTime>`+
					`<MsgType>text</MsgType><Content>收到 %s</Content></xml>`, c.value("FromUserName"), testCorp, c.value("Content")+c.value("Event")+c.value("EventKey"))
			}
			send := func(message string) {
				t.Helper()
				a := o.post(t, "/cgi-bin/message/send?access_token="+o.token(t, testAppSecret), fmt.Sprintf(`{"touser":"xiaolin","agentid":1000002,%s}`, message))
				if a.code() != 0 {
					t.Fatalf("%s: %s", message, a.raw)
				}
			}
			w := openPage(t, mounted(t, o.sim), size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.Shoot(size.name + "-app-" + name)
				w.Fits(name)
			}
			takeUp(w, size.phone, "小林")
			w.Press("健康助手")
			w.Press("进入应用")
			w.Sees("#chat", "收到 enter_agent")
			say(w, "今天有几位客户？")
			w.Sees("#chat", "收到 今天有几位客户？")
			w.Sees("#chat", "被动回复")
			w.Press("点菜单…")
			w.Type("#dialog input[name=key]", "QUIZ")
			w.Press("点击")
			w.Sees("#chat", "收到 clickQUIZ")
			send(`"msgtype":"textcard","textcard":{"title":"有客户在等待","description":"<div class=\"gray\">2026年11月25日</div> <div class=\"highlight\">小王等了 3 分钟</div>","url":"https://example.com/","btntxt":"去接待"}`)
			send(`"msgtype":"news","news":{"articles":[{"title":"夏季养生手册","description":"每天多走两千步","url":"https://example.com/a"},{"title":"第二篇","url":"https://example.com/b"}]}`)
			send(`"msgtype":"template_card","template_card":{"card_type":"button_interaction","task_id":"t1","source":{"desc":"健康管家"},"main_title":{"title":"券码要用完了","desc":"还剩 12 张"},` +
				`"horizontal_content_list":[{"keyname":"活动","value":"关注有礼"}],"button_list":[{"text":"知道了","key":"ok","style":1}]}`)
			w.Sees("#chat", "有客户在等待")
			w.Sees("#chat", "小王等了 3 分钟")
			w.Sees("#chat", "应用消息")
			w.Press("知道了")
			w.Sees("#chat", "按钮变为“已确认”")
			shoot("1-chat")
			w.Do(chromedp.Click(chromedp.JSPath(`[...document.querySelectorAll('#chat button.meta')].filter((b) => b.innerText.startsWith('应用消息')).at(-1)`)))
			w.Wait("the call in the log", `Boolean(document.querySelector('#deliveries .flash[data-path="/cgi-bin/message/send"]'))`)
			w.Quiet()
		})
	}
}

// A welcome shows every kind of attachment as what it is.
func TestAWelcomesBubblesInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, withWays)
			image := o.uploadFile(t, "image", "poster.png", string(picture(t)))
			video := o.uploadFile(t, "video", "直播预告.mp4", "\x00\x00\x00\x18ftypisom"+strings.Repeat("\x00", 64))
			file := o.uploadFile(t, "file", "夏季养生手册 <b>.pdf", "%PDF-1.4 nothing")
			o.answer = func(c callback) string {
				if code := c.value("WelcomeCode"); code != "" {
					o.contactCall(t, "send_welcome_msg?", fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"你好"},"attachments":[
						{"msgtype":"image","image":{"media_id":%q}},
						{"msgtype":"link","link":{"title":"夏季养生","desc":"每天多走两千步","url":"https://example.com/a"}},
						{"msgtype":"miniprogram","miniprogram":{"title":"预约挂号","pic_media_id":%q,"appid":"wxours","page":"pages/index"}},
						{"msgtype":"video","video":{"media_id":%q}},
						{"msgtype":"file","file":{"media_id":%q}}]}`, code, image, image, video, file))
				}
				return ""
			}
			w := openPage(t, mounted(t, o.sim), size.width, size.height)
			w.Press("扫一扫，添加或进入会话")
			w.Press("扫描“门店”的二维码")
			w.Sees("#chat", "预约挂号")
			w.Sees("#chat", "▶ 直播预告.mp4")
			w.Sees("#chat", "夏季养生手册 <b>.pdf")
			w.Wait("the pictures", `[...document.querySelectorAll('#chat img')].filter((i) => i.naturalWidth === 320).length === 2`)
			w.Shoot(size.name + "-welcome-kinds")
			w.Fits("the welcome")
			w.Quiet()
		})
	}
}

// uploadFile gives a file to the platform, as the corp's first app.
func (o *office) uploadFile(t *testing.T, kind, name, data string) (mediaID string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("media", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, data)
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(o.api.URL+"/cgi-bin/media/upload?type="+kind+"&access_token="+o.token(t, testAppSecret), form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		MediaID string `json:"media_id"`
		ErrMsg  string `json:"errmsg"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.MediaID == "" {
		t.Fatalf("upload %s: %s, %v", name, answer.ErrMsg, err)
	}
	return answer.MediaID
}
