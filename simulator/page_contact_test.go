package simulator_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"guanjia/simulator"
)

// A customer scans a contact way and is welcomed, writes to the member, asks another who lets them in; the member notes a remark
// and tags, and deletes; the customer finds out.
func TestACustomerAddsStaffInABrowser(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, withWays, withDesks)
			o.answer = func(c callback) string {
				if code := c.value("WelcomeCode"); code != "" {
					o.contactCall(t, "send_welcome_msg?", fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"你好，%%NICKNAME%%，我是小林 🌿\n回复“领券”领取新人礼"},"attachments":[
						{"msgtype":"link","link":{"title":"夏季养生手册：每天多走两千步","desc":"研究显示，规律步行有益心血管健康","url":"https://example.com/a"}},
						{"msgtype":"link","link":{"title":"<img src=x onerror=alert(1)>","desc":"<script>alert(1)</script>","url":"https://example.com/b"}}]}`, code))
				}
				return ""
			}
			tags := simulator.ContactAct{}
			tags.Kind, tags.Name, tags.Names = "create_tags", "来源", []string{"到店", "朋友介绍"}
			if _, err := o.sim.ActContact(t.Context(), testCorp, tags); err != nil {
				t.Fatal(err)
			}
			w := openPage(t, mounted(t, o.sim), size.width, size.height)
			shoot := func(name string) {
				t.Helper()
				w.Shoot(size.name + "-contact-" + name)
				w.Fits(name)
			}
			w.Press("扫一扫，添加或进入会话")
			w.Wait("the codes", `[...document.querySelectorAll('.codes img')].every((i) => i.complete && i.naturalWidth > 0)`)
			shoot("1-scan")
			w.Press("扫描“门店”的二维码")
			w.Sees("#title", "小林")
			w.Sees("#chat", "现在可以开始聊天了")
			w.Sees("#chat", "你好，用户 1，我是小林")
			w.Sees("#chat", "欢迎语 · 添加后")
			w.Sees("#chat", "夏季养生手册")
			w.Sees("#chat", "<img src=x onerror=alert(1)>")
			shoot("2-welcome")
			say(w, "想咨询一下夏季养生")
			w.Press("返回")
			w.Sees("#list", "想咨询一下夏季养生")
			w.Press("小周")
			w.Press("扫 小周 的名片码添加")
			w.Sees("#chat", "已申请添加，等 小周 通过")
			shoot("3-asked")

			takeUp(w, size.phone, "小周")
			w.Sees("#list", "请求添加你")
			w.Press("用户 1")
			w.Press("通过")
			w.Sees("#chat", "你好，用户 1，我是小林") // the bot welcomes for whomever
			takeUp(w, size.phone, "小林")
			w.Press("用户 1")
			w.Sees("#chat", "想咨询一下夏季养生")
			say(w, "您好，请问想了解哪方面？")
			w.Press("备注和标签")
			w.Eval(`document.querySelector('#dialog input[name=remark]').value = ''`)
			w.Type("#dialog input[name=remark]", "老客户王女士")
			w.Press("到店")
			shoot("4-remark")
			w.Press("保存")
			w.Sees("#title", "老客户王女士")
			w.Sees("#subtitle", "到店")
			shoot("5-customer")
			w.Press("返回")
			shoot("6-client")
			w.Press("老客户王女士")
			w.Press("删除客户")
			shoot("7-delete")
			w.Press("删除")
			w.Sees("#strip", "你已删除这位客户")

			takeUp(w, size.phone, "用户 1")
			w.Sees("#title", "小周") // where they left
			w.Press("返回")
			w.Press("小林")
			w.Sees("#chat", "你们已不是好友")
			shoot("8-ended")
			w.Quiet()
		})
	}
}

// A member begins a group with a customer, gives it a notice; another customer joins by its code; both see who is there, and the
// owner puts somebody out and dismisses it.
func TestAGroupInABrowser(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays)
	wang, li := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王"), simulator.NewCustomer(t, o.sim.Client(), testCorp, "小李")
	wang.Add("shop")
	w := openPage(t, mounted(t, o.sim)+"?user="+li.User.ID, 1280, 800)
	takeUp(w, false, "小林")
	w.Press("＋ 建客户群")
	w.Type("#dialog input[name=name]", "夏季养生交流群")
	w.Press("小王 客户")
	w.Press("确定")
	w.Press("夏季养生交流群（2）")
	w.Press("群公告…")
	w.Type("#dialog input[name=text]", "每周三晚八点直播")
	w.Press("发布")
	w.Sees("#chat", "群公告：每周三晚八点直播")
	takeUp(w, false, "小李")
	w.Press("扫一扫，添加或进入会话")
	w.Press("扫“夏季养生交流群”的群二维码")
	w.Sees("#title", "夏季养生交流群（3）")
	w.Shoot("desk-group")
	w.Fits("the group")
	takeUp(w, false, "小林")
	w.Press("夏季养生交流群（3）")
	w.Press("移出 小王")
	w.Sees("#title", "夏季养生交流群（2）")
	w.Press("解散")
	w.Do(chromedp.Click(chromedp.CSS("#dialog .primary")))
	w.Sees("#chat", "群已解散")
	w.Quiet()
}

// The admin console makes the corp hard to serve: another app that is quicker, staff who left, a desk taken from the API.
func TestTheAdminConsoleInABrowser(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays, withDesks)
	o.answer = func(c callback) string {
		if code := c.value("WelcomeCode"); code != "" {
			o.contactCall(t, "send_welcome_msg?", fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"来晚了"}}`, code))
		}
		return ""
	}
	w := openPage(t, mounted(t, o.sim), 1280, 800)
	w.Do(chromedp.Click(chromedp.CSS("#console summary")))
	w.Choose("select[name=rival]", "first")
	w.Press("新建…")
	w.Type("#dialog input[name=group]", "来源")
	w.Type("#dialog input[name=names]", "到店、朋友介绍")
	w.Press("创建")
	w.Sees("#console-rows", "来源：到店、朋友介绍")
	w.Shoot("desk-console")
	w.Fits("the console")
	w.Do(chromedp.Click(chromedp.CSS("#console summary")))
	w.Press("扫一扫，添加或进入会话")
	w.Press("扫描“门店”的二维码")
	w.Sees("#deliveries", "errcode 41051")
	w.Sees("#deliveries", "已经开始聊天，或欢迎语已由别的应用发送")
	w.Shoot("desk-refused")
	w.Quiet()
}
