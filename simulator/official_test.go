package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"guanjia/simulator"
	"guanjia/simulator/screen"
)

const testSecret = "0123456789abcdef0123456789abcdef"

// brandOffice is a certified official account: its bot, and the platform's API.
type brandOffice struct {
	t   *testing.T
	sim *simulator.Simulator
	bot *bot
	api *httptest.Server
}

func newBrandOffice(t *testing.T, change ...func(*simulator.Account)) *brandOffice {
	t.Helper()
	o := &brandOffice{t: t, bot: newBot(t, func(m *message.MixMessage) *message.Reply {
		if m.Content == "人工" {
			return &message.Reply{MsgType: message.MsgTypeTransfer, MsgData: message.NewTransferCustomer("")}
		}
		return echo(m)
	})}
	o.sim = play(t, o.bot, func(c *simulator.Config) {
		a := &c.Accounts[0]
		a.Secret, a.Certified = testSecret, true
		a.Servicers = []simulator.KfAccount{{Account: "kf2001@brand", Nick: "小林"}, {Account: "kf2002@brand", Nick: "小周"}}
		a.Templates = []simulator.Template{{ID: "TEMPLATE1", Title: "领券提醒", Content: "{{thing1.DATA}} 到 {{time2.DATA}}"}}
		for _, f := range change {
			f(a)
		}
	})
	o.api = httptest.NewServer(o.sim.Platform())
	t.Cleanup(o.api.Close)
	return o
}

// token fetches a token by the classic call.
func (o *brandOffice) token() string {
	o.t.Helper()
	a := callAPI(o.t, http.MethodGet, o.api.URL+"/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret="+testSecret, "")
	if a.text("access_token") == "" {
		o.t.Fatalf("token: %s", a.raw)
	}
	return a.text("access_token")
}

func (o *brandOffice) post(path, token, body string) answered {
	o.t.Helper()
	return callAPI(o.t, http.MethodPost, o.api.URL+path+"?access_token="+token, body)
}

func (o *brandOffice) get(path, token string, query ...string) answered {
	o.t.Helper()
	q := url.Values{"access_token": {token}}
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return callAPI(o.t, http.MethodGet, o.api.URL+path+"?"+q.Encode(), "")
}

func custom(openID, text string) string {
	return fmt.Sprintf(`{"touser":%q,"msgtype":"text","text":{"content":%q}}`, openID, text)
}

// last is the end of what a person sees.
func last(t *testing.T, p *simulator.Phone) simulator.Entry {
	t.Helper()
	chat := p.Chat()
	return chat[len(chat)-1]
}

// A follower speaks, and may be written to five times in 48 hours; a tapped menu gives three more for a minute, which are used
// first; then nothing more may be said.
func TestTheWindowOfAnOfficialAccount(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	token := o.token()
	p := follower(t, o.sim)
	p.Wait(2 * time.Minute) // the follow's own window is over
	const path = "/cgi-bin/message/custom/send"
	if a := o.post(path, token, custom(p.OpenID(), "早")); a.code() != 45015 {
		t.Fatalf("outside of any window: %s", a.raw)
	}
	p.Say("你好")
	for i := range 5 {
		if a := o.post(path, token, custom(p.OpenID(), fmt.Sprint("第", i))); a.raw != `{"errcode":0,"errmsg":"ok"}` {
			t.Fatalf("message %d: %s", i, a.raw)
		}
	}
	if e := last(t, p); e.Via != simulator.ViaAPI || e.Reply.Text != "第4" {
		t.Errorf("the phone shows %+v", e)
	}
	if a := o.post(path, token, custom(p.OpenID(), "第五")); a.code() != 45047 {
		t.Errorf("a sixth message: %s", a.raw)
	}
	p.Tap("领券")
	for i := range 3 {
		if a := o.post(path, token, custom(p.OpenID(), "菜单")); a.code() != 0 {
			t.Errorf("after the menu, message %d: %s", i, a.raw)
		}
	}
	if a := o.post(path, token, custom(p.OpenID(), "多")); a.code() != 45047 {
		t.Errorf("a fourth message after the menu: %s", a.raw)
	}
	p.Say("还在")
	p.Wait(48*time.Hour + time.Second)
	token = o.token()
	if a := o.post(path, token, custom(p.OpenID(), "晚了")); a.code() != 45015 || !strings.Contains(a.text("errmsg"), "rid: ") {
		t.Errorf("after 48 hours: %s", a.raw)
	}
	p.Unfollow()
	if a := o.post(path, token, custom(p.OpenID(), "别走")); a.code() != 43004 {
		t.Errorf("after an unfollow: %s", a.raw)
	}
}

// A tapped answer of a menu message comes back as text with its id, and opens the small window only.
func TestAMenuMessageIsTapped(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	token := o.token()
	p := follower(t, o.sim)
	p.Wait(2 * time.Minute)
	p.Say("问我")
	o.post("/cgi-bin/message/custom/send", token, fmt.Sprintf(
		`{"touser":%q,"msgtype":"msgmenu","msgmenu":{"head_content":"满意吗?","list":[{"id":"101","content":"满意"}],"tail_content":"谢谢"}}`, p.OpenID()))
	e := last(t, p)
	if e.Reply.Kind != screen.Menu || e.Reply.Items[0] != (screen.Item{ID: "101", Text: "满意"}) {
		t.Fatalf("the phone shows %+v", e.Reply)
	}
	p.Wait(49 * time.Hour)
	p.Do(simulator.Act{Kind: simulator.ActText, Text: "满意", MenuID: "101"})
	contains(t, o.bot.seen()[len(o.bot.seen())-1].plain, "<bizmsgmenuid>101</bizmsgmenuid>")
	token = o.token()
	for range 3 {
		if a := o.post("/cgi-bin/message/custom/send", token, custom(p.OpenID(), "谢谢")); a.code() != 0 {
			t.Errorf("after the tap: %s", a.raw)
		}
	}
	if a := o.post("/cgi-bin/message/custom/send", token, custom(p.OpenID(), "谢谢")); a.code() != 45047 {
		t.Errorf("a fourth message after the tap: %s", a.raw)
	}
}

// What a customer-service message may not be is refused with the platform's code, and counts for nothing.
func TestCustomerServiceMessagesAreRefused(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	token := o.token()
	p := follower(t, o.sim)
	p.Say("你好")
	to := fmt.Sprintf(`"touser":%q,`, p.OpenID())
	for name, row := range map[string]struct {
		body string
		code int
	}{
		"an empty body":             {"", 44002},
		"no JSON":                   {`{"touser":`, 47001},
		"a list":                    {`[]`, 47001},
		"a number for a string":     {`{` + to + `"msgtype":"text","text":{"content":1}}`, 47001},
		"escapes":                   {`{` + to + `"msgtype":"text","text":{"content":"\u4f60"}}`, 40033},
		"a name in upper case":      {`{` + to + `"MsgType":"text","text":{"content":"a"}}`, 40008},
		"not UTF-8":                 {`{` + to + `"msgtype":"text","text":{"content":"` + "\xff" + `"}}`, 47001},
		"nobody":                    {`{"msgtype":"text","text":{"content":"a"}}`, 41009},
		"a stranger":                {`{"touser":"oNOBODY","msgtype":"text","text":{"content":"a"}}`, 40003},
		"an unknown type":           {`{` + to + `"msgtype":"song"}`, 40008},
		"an empty text":             {`{` + to + `"msgtype":"text","text":{"content":""}}`, 44004},
		"a long text":               {`{` + to + `"msgtype":"text","text":{"content":"` + strings.Repeat("a", 2049) + `"}}`, 45002},
		"two articles":              {`{` + to + `"msgtype":"news","news":{"articles":[{"title":"a","url":"https://a"},{"title":"b","url":"https://b"}]}}`, 45008},
		"a picture nobody uploaded": {`{` + to + `"msgtype":"image","image":{"media_id":"nope"}}`, 40007},
		"no picture":                {`{` + to + `"msgtype":"image"}`, 41006},
		"an unknown servicer":       {`{` + to + `"msgtype":"text","text":{"content":"a"},"customservice":{"kf_account":"x@y"}}`, 65401},
		"an empty menu":             {`{` + to + `"msgtype":"msgmenu","msgmenu":{"list":[]}}`, 45048},
	} {
		a := o.post("/cgi-bin/message/custom/send", token, row.body)
		if a.code() != row.code || a.status != http.StatusOK || !strings.Contains(a.text("errmsg"), " rid: ") {
			t.Errorf("%s: HTTP %d %s, want %d", name, a.status, a.raw, row.code)
		}
	}
	if a := callAPI(t, http.MethodGet, o.api.URL+"/cgi-bin/message/custom/send?access_token="+token, ""); a.code() != 43002 {
		t.Errorf("by GET: %s", a.raw)
	}
	for range 8 { // five of the message, three of the follow: none was used up by a refusal
		if a := o.post("/cgi-bin/message/custom/send", token, custom(p.OpenID(), "好")); a.code() != 0 {
			t.Fatalf("the window was used by refusals: %s", a.raw)
		}
	}
}

// Followers are listed, looked up and tagged in the shapes of the platform.
func TestFollowersAndTheirTags(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	token := o.token()
	p := simulator.NewPhone(t, o.sim.Client(), "brand", "小王")
	if a := o.get("/cgi-bin/user/info", token, "openid", p.OpenID()); a.code() != 40003 {
		t.Errorf("somebody who never came: %s", a.raw)
	}
	p.Follow("newgift")
	a := o.get("/cgi-bin/user/info", token, "openid", p.OpenID(), "lang", "zh_CN")
	for _, want := range []string{`{"subscribe":1,"openid":"` + p.OpenID() + `"`, `"unionid":"` + p.User.UnionID + `"`, `"subscribe_scene":"ADD_SCENE_QR_CODE"`, `"qr_scene_str":"newgift"`, `"tagid_list":[]`} {
		contains(t, a.raw, want)
	}
	contains(t, o.get("/cgi-bin/user/get", token).raw, `"data":{"openid":["`+p.OpenID()+`"]},"next_openid":"`+p.OpenID()+`","total":1}`)
	contains(t, o.get("/cgi-bin/user/get", token, "next_openid", p.OpenID()).raw, `"count":0`)

	made := o.post("/cgi-bin/tags/create", token, `{"tag":{"name":"广东"}}`)
	if made.raw != `{"tag":{"id":100,"name":"广东"}}` {
		t.Fatalf("create a tag: %s", made.raw)
	}
	give := fmt.Sprintf(`{"openid_list":[%q],"tagid":100}`, p.OpenID())
	if a := o.post("/cgi-bin/tags/members/batchtagging", token, give); a.raw != `{"errcode":0,"errmsg":"ok"}` {
		t.Errorf("give the tag: %s", a.raw)
	}
	contains(t, o.get("/cgi-bin/tags/get", token).raw, `{"tags":[{"id":100,"name":"广东","count":1}]}`)
	contains(t, o.post("/cgi-bin/tags/getidlist", token, fmt.Sprintf(`{"openid":%q}`, p.OpenID())).raw, `{"tagid_list":[100]}`)
	contains(t, o.post("/cgi-bin/user/info/batchget", token, fmt.Sprintf(`{"user_list":[{"openid":%q}]}`, p.OpenID())).raw, `"tagid_list":[100]`)
	for body, code := range map[string]int{
		`{"openid_list":[],"tagid":100}`:                              40032,
		`{"openid_list":["oNOBODY"],"tagid":100}`:                     40003,
		fmt.Sprintf(`{"openid_list":[%q],"tagid":7}`, p.OpenID()):     45159,
		fmt.Sprintf(`{"openid_list":[%q],"tagid":"100"}`, p.OpenID()): 47001,
	} {
		if a := o.post("/cgi-bin/tags/members/batchtagging", token, body); a.code() != code {
			t.Errorf("%s: %s, want %d", body, a.raw, code)
		}
	}
	if a := o.post("/cgi-bin/tags/create", token, `{"tag":{"name":"广东"}}`); a.code() != 45157 {
		t.Errorf("the same tag again: %s", a.raw)
	}
	if a := o.post("/cgi-bin/tags/delete", token, `{"tag":{"id":2}}`); a.code() != 45058 {
		t.Errorf("the platform's own tag: %s", a.raw)
	}
	p.Unfollow()
	if a := o.get("/cgi-bin/user/info", token, "openid", p.OpenID()); a.raw != `{"subscribe":0,"openid":"`+p.OpenID()+`","unionid":"`+p.User.UnionID+`"}` {
		t.Errorf("after the unfollow: %s", a.raw)
	}
}

// A code that the API makes can be scanned until it ends; its picture is there for its ticket only.
func TestCodesMadeByTheAPI(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	token := o.token()
	a := o.post("/cgi-bin/qrcode/create", token, `{"expire_seconds":3600,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"live-7"}}}`)
	if a.fields["expire_seconds"] != 3600.0 || a.text("ticket") == "" || a.text("url") == "" {
		t.Fatalf("create a code: %s", a.raw)
	}
	shown := callAPI(t, http.MethodGet, o.api.URL+"/cgi-bin/showqrcode?ticket="+url.QueryEscape(a.text("ticket")), "")
	if shown.status != http.StatusOK || !strings.HasPrefix(shown.raw, "\x89PNG") {
		t.Errorf("the picture: HTTP %d %.20q", shown.status, shown.raw)
	}
	if bad := callAPI(t, http.MethodGet, o.api.URL+"/cgi-bin/showqrcode?ticket=nope", ""); bad.status != http.StatusNotFound {
		t.Errorf("a bad ticket: HTTP %d", bad.status)
	}
	p := simulator.NewPhone(t, o.sim.Client(), "brand", "小王")
	if x := p.Scan("live-7"); x.Text() != "subscribe qrscene_live-7" {
		t.Errorf("a scan: %q", x.Text())
	}
	contains(t, o.bot.seen()[len(o.bot.seen())-1].plain, "<Ticket><![CDATA["+a.text("ticket")+"]]>")
	p.Wait(2 * time.Hour)
	if _, err := o.sim.Client().Act(t.Context(), "brand", p.User.ID, simulator.Act{Kind: simulator.ActScan, Scene: "live-7"}); err == nil {
		t.Error("a code that has ended can be scanned")
	}
	token = o.token()
	for body, code := range map[string]int{
		`{"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":""}}}`:                                      40053,
		`{"action_name":"QR_LIMIT_SCENE","action_info":{"scene":{"scene_id":100001}}}`:                                 40053,
		`{"action_name":"QR","action_info":{"scene":{"scene_id":1}}}`:                                                  40052,
		`{"expire_seconds":2592001,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"a"}}}`:            40051,
		`{"action_name":"QR_LIMIT_STR_SCENE","action_info":{"scene":{"scene_str":"` + strings.Repeat("好", 65) + `"}}}`: 40053,
	} {
		if a := o.post("/cgi-bin/qrcode/create", token, body); a.code() != code {
			t.Errorf("%s: %s, want %d", body, a.raw, code)
		}
	}
}

// The menu is made, told, shown on the phone and taken away.
func TestTheMenuIsMadeByTheAPI(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	token := o.token()
	contains(t, o.get("/cgi-bin/menu/get", token).raw, `{"menu":{"button":[{"name":"领券","type":"click","key":"COUPON"}`)
	if a := o.post("/cgi-bin/menu/create", token, `{"button":[{"type":"click","name":"今日歌曲","key":"V1001"}]}`); a.code() != 0 {
		t.Fatalf("create: %s", a.raw)
	}
	p := follower(t, o.sim)
	if x := p.Tap("今日歌曲"); x.Text() != "CLICK V1001" {
		t.Errorf("tap: %q", x.Text())
	}
	o.get("/cgi-bin/menu/delete", token)
	if a := o.get("/cgi-bin/menu/get", token); a.code() != 46003 {
		t.Errorf("after delete: %s", a.raw)
	}
	for body, code := range map[string]int{
		`{"button":[]}`: 40016,
		`{"button":[{"type":"click","name":"a"}]}`:                                          40019,
		`{"button":[{"type":"view","name":"a"}]}`:                                           40020,
		`{"button":[{"type":"song","name":"a","key":"k"}]}`:                                 40017,
		`{"button":[{"type":"click","key":"k"}]}`:                                           40018,
		`{"button":[{"name":"a","sub_button":[{"type":"click","name":"b"}]}]}`:              40026,
		`{"button":[{"name":"a","sub_button":[{"name":"b","sub_button":[{"name":"c"}]}]}]}`: 40022,
	} {
		if a := o.post("/cgi-bin/menu/create", token, body); a.code() != code {
			t.Errorf("%s: %s, want %d", body, a.raw, code)
		}
	}
}

// A template message arrives, its end is reported, and the same client_msg_id is sent once.
func TestTemplateMessages(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	token := o.token()
	p := follower(t, o.sim)
	body := fmt.Sprintf(`{"touser":%q,"template_id":"TEMPLATE1","url":"https://example.com/","client_msg_id":"MSG_1","data":{"thing1":{"value":"您的券"},"time2":{"value":"明天"}}}`, p.OpenID())
	a := o.post("/cgi-bin/message/template/send", token, body)
	id, ok := a.fields["msgid"].(float64)
	if !ok || a.code() != 0 {
		t.Fatalf("send: %s", a.raw)
	}
	if e := last(t, p); e.Via != simulator.ViaTemplate || e.Reply.Text != "您的券 到 明天" || e.Reply.Title != "领券提醒" {
		t.Errorf("the phone shows %+v", e.Reply)
	}
	until(t, "the end to be reported", func() bool {
		seen := o.bot.seen()
		return strings.Contains(seen[len(seen)-1].plain, fmt.Sprintf("<MsgID>%.0f</MsgID>", id))
	})
	if again := o.post("/cgi-bin/message/template/send", token, body); again.fields["msgid"] != a.fields["msgid"] {
		t.Errorf("the same again: %s", again.raw)
	}
	if n := len(p.Chat()); n != 3 { // the follow, its answer, the message
		t.Errorf("the phone shows %d lines", n)
	}
	for body, code := range map[string]int{
		fmt.Sprintf(`{"touser":%q,"template_id":"nope","data":{}}`, p.OpenID()):      40037,
		fmt.Sprintf(`{"touser":%q,"template_id":"TEMPLATE1","data":{}}`, p.OpenID()): 47003,
	} {
		if a := o.post("/cgi-bin/message/template/send", token, body); a.code() != code {
			t.Errorf("%s: %s, want %d", body, a.raw, code)
		}
	}
	p.Unfollow()
	if a := o.post("/cgi-bin/message/template/send", token, body); a.code() != 43004 {
		t.Errorf("to somebody who left: %s", a.raw)
	}
}

// A person asks for staff, is taken by a servicer, handed to a colleague and given back: each is reported, and while a servicer
// serves, the account's own answers are not shown.
func TestAServicerTakesAFollowerOver(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	p := follower(t, o.sim)
	p.Say("人工")
	token := o.token()
	contains(t, o.get("/customservice/kfsession/getwaitcase", token).raw, `"openid":"`+p.OpenID()+`"`)
	serve := func(act simulator.ServicerAct) {
		t.Helper()
		if _, err := o.sim.Client().Serve(t.Context(), "brand", p.User.ID, act); err != nil {
			t.Fatal(err)
		}
	}
	reported := func(want string) {
		t.Helper()
		until(t, want, func() bool {
			seen := o.bot.seen()
			return strings.Contains(seen[len(seen)-1].plain, want)
		})
	}
	serve(simulator.ServicerAct{Do: simulator.ServicerTake, Servicer: "kf2001@brand"})
	reported("<Event><![CDATA[kf_create_session]]></Event><KfAccount><![CDATA[kf2001@brand]]></KfAccount>")
	serve(simulator.ServicerAct{Do: simulator.ServicerSay, Text: "我是小林"})
	if e := last(t, p); e.Via != simulator.ViaServicer || e.Reply.Text != "我是小林" || e.Reply.Servicer != "kf2001@brand" {
		t.Errorf("the phone shows %+v", e)
	}
	if x := p.Say("券用不了"); x.Text() != "" || x.Failed() {
		t.Errorf("while a servicer serves, the account says %q", x.Text())
	}
	contains(t, o.bot.seen()[len(o.bot.seen())-1].plain, "券用不了") // but it hears
	serve(simulator.ServicerAct{Do: simulator.ServicerTake, Servicer: "kf2002@brand"})
	reported("<FromKfAccount><![CDATA[kf2001@brand]]></FromKfAccount><ToKfAccount><![CDATA[kf2002@brand]]></ToKfAccount>")
	contains(t, o.get("/customservice/kfsession/getsession", token, "openid", p.OpenID()).raw, `"kf_account":"kf2002@brand"`)
	if a := o.post("/customservice/kfsession/close", token, fmt.Sprintf(`{"kf_account":"kf2001@brand","openid":%q}`, p.OpenID())); a.code() != 65414 {
		t.Errorf("a colleague's session: %s", a.raw)
	}
	serve(simulator.ServicerAct{Do: simulator.ServicerEnd})
	reported("<Event><![CDATA[kf_close_session]]></Event><KfAccount><![CDATA[kf2002@brand]]></KfAccount>")
	if x := p.Say("你好"); x.Text() != "你好" {
		t.Errorf("given back, the account says %q", x.Text())
	}
}

// An account that is set so does not hear what people say to its servicers.
func TestServicersOnlyAreTold(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t, func(a *simulator.Account) { a.StaffOnly = true })
	p := follower(t, o.sim)
	if _, err := o.sim.Serve("brand", p.User.ID, simulator.ServicerAct{Do: simulator.ServicerTake, Servicer: "kf2001@brand"}); err != nil {
		t.Fatal(err)
	}
	until(t, "the session to be reported", func() bool { return len(o.bot.seen()) == 2 })
	if x := p.Say("悄悄话"); x.Failed() || len(x.Deliveries) != 0 {
		t.Errorf("%+v", x)
	}
	if e := last(t, p); e.Act == nil || e.Act.Text != "悄悄话" {
		t.Errorf("the chat ends with %+v", e)
	}
	if n := len(o.bot.seen()); n != 2 {
		t.Errorf("the account heard %d times", n)
	}
}

// What the API did is there after a restart, and so is the token.
func TestTheOfficialAccountOverARestart(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/state.json"
	b := newBot(t, echo)
	set := func(c *simulator.Config) {
		c.StateFile = file
		c.Accounts[0].Secret, c.Accounts[0].Certified = testSecret, true
	}
	o := &brandOffice{t: t, bot: b, sim: play(t, b, set)}
	o.api = httptest.NewServer(o.sim.Platform())
	token := o.token()
	p := follower(t, o.sim)
	o.post("/cgi-bin/tags/create", token, `{"tag":{"name":"广东"}}`)
	o.post("/cgi-bin/tags/members/batchtagging", token, fmt.Sprintf(`{"openid_list":[%q],"tagid":100}`, p.OpenID()))
	o.api.Close()
	if err := o.sim.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := &brandOffice{t: t, bot: b, sim: play(t, b, set)}
	again.api = httptest.NewServer(again.sim.Platform())
	defer again.api.Close()
	if a := again.post("/cgi-bin/tags/getidlist", token, fmt.Sprintf(`{"openid":%q}`, p.OpenID())); a.raw != `{"tagid_list":[100]}` {
		t.Errorf("after a restart: %s", a.raw)
	}
	if a := again.post("/cgi-bin/message/custom/send", token, custom(p.OpenID(), "好")); a.code() != 0 {
		t.Errorf("the follow's window is lost: %s", a.raw)
	}
}

// Bad bodies are refused, and never break the platform.
func FuzzOfficialAccountBodies(f *testing.F) {
	f.Add("/cgi-bin/message/custom/send", `{"touser":"o","msgtype":"text","text":{"content":"a"}}`)
	f.Add("/cgi-bin/menu/create", `{"button":[{"name":"a","sub_button":[{}]}]}`)
	f.Add("/cgi-bin/qrcode/create", `{"action_info":{"scene":{"scene_id":1e3}}}`)
	f.Add("/cgi-bin/tags/create", `{"tag":[]}`)
	f.Add("/cgi-bin/message/template/send", `{"data":{"a":null}}`)
	f.Add("/cgi-bin/stable_token", `{"force_refresh":1}`)
	sim, err := simulator.New(simulator.Config{Accounts: []simulator.Account{func() simulator.Account {
		a := brand("http://127.0.0.1:1/")
		a.Secret, a.Certified = testSecret, true
		return a
	}()}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = sim.Close(context.Background()) })
	w := httptest.NewRecorder()
	sim.Platform().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret="+testSecret, nil))
	var given struct {
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal(w.Body.Bytes(), &given)
	f.Fuzz(func(t *testing.T, path, body string) {
		if !strings.HasPrefix(path, "/cgi-bin/") || strings.ContainsAny(path, " ?#%\x00\n\r\t\x7f") {
			t.Skip()
		}
		r := httptest.NewRequest(http.MethodPost, "/cgi-bin/x?access_token="+given.Token, strings.NewReader(body))
		r.URL.Path = path
		w := httptest.NewRecorder()
		sim.Platform().ServeHTTP(w, r)
		var answer map[string]any
		if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &answer) != nil {
			t.Fatalf("HTTP %d %q", w.Code, w.Body)
		}
	})
}
