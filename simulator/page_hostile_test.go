package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	"guanjia/simulator"
	"guanjia/simulator/platform"
)

// Whatever people, staff and the bot are called and say stays what it is: characters, within the device, on both sizes.
func TestHostileWordsStayWordsInABrowser(t *testing.T) {
	t.Parallel()
	const evil = `<img src=x onerror=alert(1)>`
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			r := newRobot(t, hostile, withWays, func(c *simulator.Config) {
				corp := &c.Corps[0]
				corp.Title = evil + strings.Repeat("很长的企业名称", 6)
				corp.Members = append(corp.Members, platform.Member{UserID: "evil", Name: evil + strings.Repeat("长", 40)})
				corp.Desks[0].Name = strings.Repeat("一个名字特别特别长的客服账号", 4) + evil
				corp.Desks[0].Servicers = append(corp.Desks[0].Servicers, "evil")
			})
			wang := simulator.NewCustomer(t, r.sim.Client(), testCorp, `"><script>alert(1)</script>名字`)
			talk := wang.Open(reception, "poster")
			talk.Say(strings.Repeat("没有空格的长文字", 60)).Replies(1)
			talk.Say("javascript:alert(1) https://example.com/" + strings.Repeat("a", 400)).Replies(1)
			talk.Say("菜单").Replies(1)
			wang.Add("shop")

			w := openPage(t, mounted(t, r.sim)+"?user="+wang.User.ID, size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.Shoot(size.name + "-hostile-" + name)
				w.Fits(name)
				if got := w.Eval(`document.querySelectorAll('img[src="x"], script:not([src])').length + ' ' + [...document.querySelectorAll('a')].filter((a) => !/^(https?:|blob:)/.test(a.href)).length`); got != "0 0" {
					t.Errorf("%s: foreign elements and links: %s", name, got)
				}
			}
			w.Sees("#list", evil)
			shoot("1-list")
			w.Press(strings.Repeat("一个名字特别特别长的客服账号", 4) + evil)
			w.Sees("#chat", `<b>点我</b>`)
			shoot("2-chat")
			w.Press("返回")
			w.Press("扫一扫，添加或进入会话")
			shoot("3-scan")
			w.Press("关闭")
			takeUp(w, size.phone, strings.Repeat("长", 40))
			w.Sees("#list", `"><script>alert(1)</script>名字`)
			shoot("4-client")
			w.Press(`"><script>alert(1)</script>名字`)
			w.Sees("#chat", `<b>点我</b>`)
			shoot("5-served")
			w.Quiet()
		})
	}
}

// hostile answers with everything that a page could trip over.
func hostile(r *robot, item map[string]any) {
	text, _ := item["text"].(map[string]any)
	said, _ := text["content"].(string)
	switch {
	case item["origin"] != 3.0:
	case said == "菜单":
		r.calls("kf/send_msg", fmt.Sprintf(`{"touser":%q,"open_kfid":%q,"msgtype":"msgmenu","msgmenu":{
			"head_content":"<b>点我</b> <a href=\"javascript:alert(1)\">不是链接</a>","list":[
				{"type":"view","view":{"url":"https://example.com/%s","content":%q}},
				{"type":"click","click":{"id":"1","content":"<img src=x onerror=alert(1)>"}}]}}`,
			item["external_userid"], item["open_kfid"], strings.Repeat("b", 300), strings.Repeat("长", 100)))
	default:
		r.says(item, fmt.Sprintf("你说：%.600s", said))
	}
}
