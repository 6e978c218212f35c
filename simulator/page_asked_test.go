package simulator_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
)

const storesRobot = "693a91f6-7aaa-4bc4-97a0-0ec2aaaa5aaa"

func withRobot(c *simulator.Config) {
	c.Corps[0].Robots = []platform.Robot{{Key: storesRobot, Title: "门店店长群"}}
}

// What the bot asks a member to send waits in their client, and reaches nobody until they confirm: a mass message to customers, one to a
// group, a moment. What a robot says is there at once.
func TestAMemberSendsWhatTheyAreAskedToInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, withWays, withRobot)
			wang, li := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王"), simulator.NewCustomer(t, o.sim.Client(), testCorp, "小李")
			wang.Add("shop")
			li.Add("shop")
			o.does(t, contact.Act{Kind: contact.ActCreateGroup, UserID: "xiaolin", Name: "夏季养生交流群", Names: []string{wang.ExternalUserID(), li.ExternalUserID()}})
			o.asks(t)
			w := openPage(t, mounted(t, o.sim)+"?user="+wang.User.ID, size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.Shoot(size.name + "-asked-" + name)
				w.Fits(name)
			}

			takeUp(w, size.phone, "小林")
			w.Sees("#list", "发给 2 位客户 · 等你确认")
			w.Sees("#list", "发到 夏季养生交流群 · 等你确认")
			w.Sees("#list", "全部客户可见 · 等你发表")
			shoot("1-client")
			w.Press("客户群发")
			w.Sees("#chat", "周五会员日")
			w.Sees("#chat", "会员日活动说明")
			shoot("2-asked")
			w.Press("确认发送")
			w.Sees("#strip", "已发送：2 个送达")
			w.Press("返回")
			w.Press("确认发送：客户群群发")
			w.Press("发表：客户朋友圈")
			w.Wait("nothing to wait any more", `!document.querySelector('#list').innerText.includes('待确认')`)
			w.Press("门店店长群")
			w.Sees("#chat", "开门前检查血压计")
			w.Sees("#chat", "@小周")
			w.Wait("the robot's picture", `[...document.querySelectorAll('#chat .photo img')].some((i) => i.complete && i.naturalWidth > 0)`)
			w.Sees("#chat", "<img src=x onerror=alert(1)>")
			shoot("3-robot")

			takeUp(w, size.phone, "小王")
			w.Press("小林")
			w.Sees("#chat", "周五会员日")
			w.Sees("#chat", "客户群发 · 员工确认后发出")
			shoot("4-arrived")
			w.Press("返回")
			w.Press("夏季养生交流群（3）")
			w.Sees("#chat", "群里的朋友们好")
			shoot("5-group")
			w.Press("群成员（3）")
			w.Sees("#chat", "群主")
			w.Press("返回")
			w.Press("朋友圈")
			w.Sees("#chat", "今晚起每天提前半小时上床")
			shoot("6-moments")
			w.Quiet()
		})
	}
}

// does is an act of customer contact.
func (o *office) does(t *testing.T, a contact.Act) {
	t.Helper()
	if _, err := o.sim.ActContact(t.Context(), testCorp, simulator.ContactAct{Act: a}); err != nil {
		t.Fatal(err)
	}
}

// asks is the bot that asks xiaolin to send three things, and writes to the robot's group.
func (o *office) asks(t *testing.T) {
	t.Helper()
	for path, body := range map[string]string{
		"add_msg_template?": `{"sender":"xiaolin","text":{"content":"周五会员日：店里免费量血压，不用预约。"},"attachments":[{"msgtype":"link","link":{"title":"会员日活动说明","url":"https://example.com/a"}}]}`,
		"add_moment_task?":  `{"text":{"content":"假期作息乱了？今晚起每天提前半小时上床。"},"visible_range":{"sender_list":{"user_list":["xiaolin"]}}}`,
	} {
		if a := o.contactCall(t, path, body); a.code() != 0 {
			t.Fatalf("%s: %+v", path, a)
		}
	}
	if a := o.contactCall(t, "add_msg_template?", `{"chat_type":"group","sender":"xiaolin","text":{"content":"群里的朋友们好，周三晚八点直播。"}}`); a.code() != 0 {
		t.Fatalf("a group: %+v", a)
	}
	if _, err := o.sim.Advance(5 * time.Second); err != nil { // the job that makes a moment takes a while
		t.Fatal(err)
	}
	png := picture(t)
	sum := md5.Sum(png)
	for _, body := range []string{
		`{"msgtype":"text","text":{"content":"开门前检查血压计","mentioned_list":["xiaozhou"]}}`,
		fmt.Sprintf(`{"msgtype":"image","image":{"base64":%q,"md5":%q}}`, base64.StdEncoding.EncodeToString(png), hex.EncodeToString(sum[:])),
		`{"msgtype":"markdown","markdown":{"content":"**今日** <img src=x onerror=alert(1)>"}}`,
		`{"msgtype":"news","news":{"articles":[{"title":"排班表","url":"https://example.com/b"}]}}`,
	} {
		if a := o.post(t, "/cgi-bin/webhook/send?key="+storesRobot, body); a.code() != 0 {
			t.Fatalf("%s: %+v", body, a)
		}
	}
}
