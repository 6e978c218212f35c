package simulator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/screen"
)

// replyTo writes a passive reply of the app.
func replyTo(user, kind, body string) string {
	return "<xml><ToUserName><![CDATA[" + user + "]]></ToUserName><FromUserName><![CDATA[" + testCorp + "]]></FromUserName>" +
		"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[" + kind + "]]></MsgType>" + body + "</xml>"
}

// answering makes the app answer every callback.
func (o *office) answering(f func(c callback) string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answer = f
}

func (o *office) latest() callback {
	came := o.callbacks()
	return came[len(came)-1]
}

// A member talks to an app: every act arrives as the platform writes it, and an encrypted answer is shown.
func TestAMemberTalksToAnApp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.answering(func(c callback) string {
		return replyTo("xiaolin", "text", "<Content><![CDATA[收到："+c.value("Content")+c.value("Event")+"]]></Content>")
	})
	m := simulator.NewMember(t, o.sim.Client(), "assistant", "xiaolin")
	for _, row := range []struct {
		act   simulator.Act
		wants []string
	}{
		{simulator.Act{Kind: simulator.ActEnter}, []string{"<Event><![CDATA[enter_agent]]></Event>", "<EventKey><![CDATA[]]></EventKey>"}},
		{simulator.Act{Kind: simulator.ActText, Text: "你好"}, []string{"<MsgType><![CDATA[text]]></MsgType>", "<Content><![CDATA[你好]]></Content>", "<MsgId>"}},
		{simulator.Act{Kind: simulator.ActClick, Key: "HELP"}, []string{"<Event><![CDATA[click]]></Event>", "<EventKey><![CDATA[HELP]]></EventKey>"}},
		{simulator.Act{Kind: simulator.ActView, URL: "https://example.com/"}, []string{"<Event><![CDATA[view]]></Event>"}},
		{simulator.Act{Kind: simulator.ActVoice, Text: "认不出"}, []string{"<MsgType><![CDATA[voice]]></MsgType>", "<Format><![CDATA[amr]]></Format>"}},
		{simulator.Act{Kind: simulator.ActLocation, Latitude: 31.2, Longitude: 121.5, Label: "药房"}, []string{"<Location_X>31.2", "<AppType><![CDATA[wxwork]]></AppType>"}},
		{simulator.Act{Kind: simulator.ActLink, Title: "看", URL: "https://example.com/"}, []string{"<Title><![CDATA[看]]></Title>", "<PicUrl>"}},
	} {
		x := m.Do(row.act)
		if !strings.HasPrefix(x.Text(), "收到：") || x.Failed() {
			t.Errorf("%s: %q %+v", row.act.Kind, x.Text(), x.Why)
		}
		c := o.latest()
		for _, want := range append(row.wants, "<ToUserName><![CDATA["+testCorp+"]]></ToUserName>", "<FromUserName><![CDATA[xiaolin]]></FromUserName>", "<AgentID>1000002</AgentID>") {
			contains(t, c.plain, want)
		}
		if strings.Contains(c.plain, "认不出") {
			t.Error("an app is told what speech recognition made of a voice")
		}
		contains(t, c.outer, "<AgentID><![CDATA[1000002]]></AgentID>")
		if c.query["signature"] != nil || c.query["encrypt_type"] != nil || len(c.query["msg_signature"]) != 1 {
			t.Errorf("the query is %v", c.query)
		}
	}
	m.SendPicture(picture(t))
	contains(t, o.latest().plain, "<PicUrl>")
	if _, err := o.sim.Client().Act(t.Context(), "assistant", "xiaolin", simulator.Act{Kind: simulator.ActFollow}); err == nil {
		t.Error("a member follows an app")
	}
	if _, err := o.sim.Client().Act(t.Context(), "assistant", "nobody", simulator.Act{Kind: simulator.ActText, Text: "a"}); err == nil {
		t.Error("somebody who is no member talks to the app")
	}
}

// Only HTTP 200 counts, three times; nothing is shown to the member when it does not come.
func TestOnly200CountsForAnApp(t *testing.T) {
	t.Parallel()
	o := newOffice(t, func(c *simulator.Config) { c.RetryPause = time.Millisecond })
	o.mu.Lock()
	o.status = 204
	o.mu.Unlock()
	m := simulator.NewMember(t, o.sim.Client(), "assistant", "xiaozhou")
	x := m.Say("在吗")
	if !x.Failed() || x.Tries != 3 || x.Text() != "" || len(o.callbacks()) != 3 {
		t.Errorf("%d tries, %q, %+v", x.Tries, x.Text(), x.Why)
	}
	if n := len(m.Chat()); n != 1 {
		t.Errorf("the chat has %d lines", n)
	}
}

// What is wrong with a passive reply is not shown, with its reason; the platform does not ask again.
func TestPassiveRepliesOfAnAppAreReadStrictly(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ reply, code string }{
		"to somebody else": {replyTo("xiaozhou", "text", "<Content>a</Content>"), "to_user"},
		"from another":     {strings.ReplaceAll(replyTo("xiaolin", "text", "<Content>a</Content>"), testCorp, "wwother"), "from_user"},
		"no text":          {replyTo("xiaolin", "text", "<Content></Content>"), "content"},
		"a long text":      {replyTo("xiaolin", "text", "<Content>"+strings.Repeat("a", 2049)+"</Content>"), "content"},
		"music":            {replyTo("xiaolin", "music", "<Music></Music>"), "msg_type"},
		"a transfer":       {replyTo("xiaolin", "transfer_customer_service", ""), "msg_type"},
		"a changed card":   {replyTo("xiaolin", "update_button", "<Button><ReplaceName>好</ReplaceName></Button>"), "msg_type"},
		"unknown material": {replyTo("xiaolin", "image", "<Image><MediaId>nope</MediaId></Image>"), "media"},
		"nine articles": {replyTo("xiaolin", "news", "<ArticleCount>9</ArticleCount><Articles>"+
			strings.Repeat("<item><Title>t</Title><Url>https://example.com/</Url></item>", 9)+"</Articles>"), "articles"},
	} {
		o := newOffice(t)
		o.answering(func(callback) string { return row.reply })
		x := simulator.NewMember(t, o.sim.Client(), "assistant", "xiaolin").Say("你好")
		if !x.Failed() || x.Why == nil || x.Why.Code != row.code || x.Tries != 1 || x.Text() != "" {
			t.Errorf("%s: %+v after %d tries, %q", name, x.Why, x.Tries, x.Text())
		}
	}
}

// An app writes to members: what each kind must be, whom it reaches, and the shapes of the answers.
func TestAppMessages(t *testing.T) {
	t.Parallel()
	o := newOffice(t, func(c *simulator.Config) { c.Corps[0].MiniPrograms = []string{"wxmini"} })
	token := o.token(t, testAppSecret)
	send := func(rest string) answered {
		return o.post(t, "/cgi-bin/message/send?access_token="+token, `{"agentid":1000002,`+rest+`}`)
	}
	const to = `"touser":"xiaolin",`
	card := `"msgtype":"template_card","template_card":{"card_type":"button_interaction","main_title":{"title":"有人要人工"},"task_id":%q,"button_list":[{"text":"我来","key":"take"}]}`
	for name, row := range map[string]struct {
		rest string
		code int
	}{
		"a text":                 {to + `"msgtype":"text","text":{"content":"好"}`, 0},
		"to everybody":           {`"touser":"@all","msgtype":"text","text":{"content":"好"}`, 0},
		"in upper case":          {`"touser":"XiaoLin","msgtype":"text","text":{"content":"好"}`, 0},
		"a text card":            {to + `"msgtype":"textcard","textcard":{"title":"t","description":"d","url":"https://example.com/"}`, 0},
		"news":                   {to + `"msgtype":"news","news":{"articles":[{"title":"t","url":"https://example.com/"}]}`, 0},
		"markdown":               {to + `"msgtype":"markdown","markdown":{"content":"**好**"}`, 0},
		"a notice":               {to + `"msgtype":"miniprogram_notice","miniprogram_notice":{"appid":"wxmini","title":"您有新消息"}`, 0},
		"a card":                 {to + fmt.Sprintf(card, "t1"), 0},
		"nobody":                 {`"msgtype":"text","text":{"content":"好"}`, 82001},
		"strangers only":         {`"touser":"a|b","msgtype":"text","text":{"content":"好"}`, 81013},
		"a party only":           {`"toparty":"1","msgtype":"text","text":{"content":"好"}`, 81013},
		"too many":               {`"touser":"` + strings.Repeat("a|", 1001) + `","msgtype":"text","text":{"content":"好"}`, 81017},
		"an empty text":          {to + `"msgtype":"text","text":{"content":""}`, 44004},
		"a long text":            {to + `"msgtype":"text","text":{"content":"` + strings.Repeat("a", 2049) + `"}`, 45002},
		"an unknown type":        {to + `"msgtype":"song"`, 40008},
		"nine articles":          {to + `"msgtype":"news","news":{"articles":[` + strings.Repeat(`{"title":"t","url":"https://a"},`, 8) + `{"title":"t","url":"https://a"}]}`, 45008},
		"no articles":            {to + `"msgtype":"news"`, 44003},
		"half a text card":       {to + `"msgtype":"textcard","textcard":{"title":"t"}`, 40063},
		"unknown material":       {to + `"msgtype":"file","file":{"media_id":"x"}`, 40007},
		"a stranger's notice":    {to + `"msgtype":"miniprogram_notice","miniprogram_notice":{"appid":"wxother","title":"您有新消息"}`, 40013},
		"a card without task":    {to + fmt.Sprintf(card, ""), 42014},
		"a card with a bad task": {to + fmt.Sprintf(card, "中"), 42014},
		"a card of no kind":      {to + `"msgtype":"template_card","template_card":{"card_type":"poem"}`, 40058},
		"a text as number":       {to + `"msgtype":"text","text":{"content":1}`, 40058},
		"an escape":              {to + `"msgtype":"text","text":{"content":"\u597d"}`, 40033},
	} {
		if a := send(row.rest); a.code() != row.code || row.code == 0 && a.text("msgid") == "" {
			t.Errorf("%s: %s, want %d", name, a.raw, row.code)
		}
	}
	if a := send(`"touser":"xiaolin|Nobody","toparty":"7","msgtype":"text","text":{"content":"好"}`); a.code() != 0 || a.text("invaliduser") != "nobody" || a.text("invalidparty") != "7" {
		t.Errorf("to one member and others: %s", a.raw)
	}
	if a := o.post(t, "/cgi-bin/message/send?access_token="+token, `{"touser":"xiaolin","msgtype":"text","text":{"content":"好"}}`); a.code() != 40056 {
		t.Errorf("without an agent: %s", a.raw)
	}
}

// A card is tapped: the app is told, and its answer may change the card.
func TestATemplateCardIsTapped(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.token(t, testAppSecret)
	a := o.post(t, "/cgi-bin/message/send?access_token="+token, `{"agentid":1000002,"touser":"xiaolin","msgtype":"template_card","template_card":`+
		`{"card_type":"button_interaction","main_title":{"title":"有人要人工"},"task_id":"talk-1","button_list":[{"text":"我来","key":"take"}]}}`)
	if a.text("response_code") == "" {
		t.Errorf("no response code: %s", a.raw)
	}
	m := simulator.NewMember(t, o.sim.Client(), "assistant", "xiaolin")
	o.answering(func(callback) string {
		return replyTo("xiaolin", "update_button", "<Button><ReplaceName><![CDATA[已接手]]></ReplaceName></Button>")
	})
	x := m.TapCard(a.text("msgid"), "take", simulator.Choice{Question: "Q1", Options: []string{"A", "B"}})
	if x.Failed() || len(x.Replies) != 1 || x.Replies[0].Kind != screen.UpdateButton || x.Replies[0].Text != "已接手" {
		t.Errorf("%+v %+v", x.Replies, x.Why)
	}
	for _, want := range []string{
		"<Event><![CDATA[template_card_event]]></Event>", "<EventKey><![CDATA[take]]></EventKey>", "<TaskId><![CDATA[talk-1]]></TaskId>",
		"<CardType><![CDATA[button_interaction]]></CardType>", "<ResponseCode>",
		"<SelectedItems><SelectedItem><QuestionKey><![CDATA[Q1]]></QuestionKey><OptionIds><OptionId><![CDATA[A]]></OptionId><OptionId><![CDATA[B]]></OptionId></OptionIds></SelectedItem></SelectedItems>",
	} {
		contains(t, o.latest().plain, want)
	}
	if _, err := o.sim.Client().Act(t.Context(), "assistant", "xiaolin", simulator.Act{Kind: simulator.ActCard, Card: a.text("msgid"), Key: "nope"}); err == nil {
		t.Error("a button that is not there is tapped")
	}
}

// The same request within its interval is answered and not shown; what is too much for one member is dropped in silence; a
// message can be taken back for a day.
func TestWhatMembersDoNotSee(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := simulator.NewMember(t, o.sim.Client(), "assistant", "xiaolin")
	send := func(body string) answered {
		return o.post(t, "/cgi-bin/message/send?access_token="+o.token(t, testAppSecret), body)
	}
	once := `{"touser":"xiaolin","msgtype":"text","agentid":1000002,"text":{"content":"一次"},"enable_duplicate_check":1,"duplicate_check_interval":60}`
	first := send(once)
	if second := send(once); second.text("msgid") != first.text("msgid") || len(m.Chat()) != 1 {
		t.Errorf("the same again: %s, %d lines", second.raw, len(m.Chat()))
	}
	wait(t, o.sim, 61*time.Second)
	if send(once); len(m.Chat()) != 2 {
		t.Errorf("after the interval: %d lines", len(m.Chat()))
	}
	wait(t, o.sim, 2*time.Minute)
	for i := range 32 {
		if a := send(fmt.Sprintf(`{"touser":"xiaolin","msgtype":"text","agentid":1000002,"text":{"content":"%d"}}`, i)); a.code() != 0 {
			t.Fatalf("message %d: %s", i, a.raw)
		}
	}
	if n := len(m.Chat()); n != 32 {
		t.Errorf("a member sees %d lines, 30 a minute may come", n)
	}
	recall := func(msgID string) int {
		return o.post(t, "/cgi-bin/message/recall?access_token="+o.token(t, testAppSecret), fmt.Sprintf(`{"msgid":%q}`, msgID)).code()
	}
	if got := recall(first.text("msgid")); got != 0 || !m.Chat()[0].Recalled {
		t.Errorf("recall: %d, %+v", got, m.Chat()[0])
	}
	wait(t, o.sim, time.Minute)
	late := send(`{"touser":"xiaolin","msgtype":"text","agentid":1000002,"text":{"content":"晚"}}`)
	wait(t, o.sim, 25*time.Hour)
	if got := recall(late.text("msgid")); got != 40035 {
		t.Errorf("recall a day later: %d", got)
	}
	if got := recall(""); got != 40063 {
		t.Errorf("recall nothing: %d", got)
	}
}

// An app asks about itself, and is told nothing about another.
func TestAnAppAsksAboutItself(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ask := func(id string) answered {
		return o.get(t, "/cgi-bin/agent/get?access_token="+o.token(t, testAppSecret)+"&agentid="+id)
	}
	a := ask("1000002")
	if a.code() != 0 || a.text("name") == "" || !strings.Contains(a.raw, `"allow_userinfos":{"user":[{"userid":"xiaolin"}`) || !strings.Contains(a.raw, `"close":0`) {
		t.Errorf("the app: %s", a.raw)
	}
	for id, want := range map[string]int{"1000003": 301002, "": 40056, "x": 40056, "-1": 40056} {
		if got := ask(id).code(); got != want {
			t.Errorf("agentid %q: %d, not %d", id, got, want)
		}
	}
}

// Elements of a callback stand in any order: an app that relies on one is found out.
func TestElementsStandInAnyOrder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	m := simulator.NewMember(t, o.sim.Client(), "assistant", "xiaolin")
	firsts := map[string]bool{}
	name := regexp.MustCompile(`^<xml><(\w+)>`)
	for range 20 {
		m.Say("你好")
		firsts[name.FindStringSubmatch(o.latest().plain)[1]] = true
	}
	if len(firsts) < 2 {
		t.Errorf("every document begins with %v", firsts)
	}
}

// Bad bodies are refused, and never break the platform.
func FuzzAppMessageBodies(f *testing.F) {
	f.Add(`{"touser":"xiaolin","msgtype":"text","agentid":1000002,"text":{"content":"a"}}`)
	f.Add(`{"touser":"xiaolin","msgtype":"template_card","agentid":"1000002","template_card":{"card_type":"vote_interaction","task_id":"a","submit_button":{}}}`)
	f.Add(`{"touser":"xiaolin","msgtype":"news","agentid":1000002,"news":{"articles":[null]}}`)
	f.Add(`{"touser":"@all","msgtype":"mpnews","agentid":1e6,"mpnews":[]}`)
	f.Add("{\"touser\":\"xiaolin\",\"msgtype\":\"markdown\",\"agentid\":1000002,\"markdown\":{\"content\":\"\xff\"}}")
	sim, err := simulator.New(simulator.Config{Corps: testCorps("http://127.0.0.1:1/")})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = sim.Close(context.Background()) })
	serve := func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		sim.Platform().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w
	}
	var given struct {
		Token string `json:"access_token"`
	}
	_ = json.Unmarshal(serve(http.MethodGet, "/cgi-bin/gettoken?corpid="+testCorp+"&corpsecret="+testAppSecret, "").Body.Bytes(), &given)
	f.Fuzz(func(t *testing.T, body string) {
		w := serve(http.MethodPost, "/cgi-bin/message/send?access_token="+given.Token, body)
		var answer struct {
			Code *int   `json:"errcode"`
			Msg  string `json:"errmsg"`
		}
		if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &answer) != nil || answer.Code == nil || answer.Msg == "" {
			t.Fatalf("HTTP %d %q", w.Code, w.Body)
		}
	})
}
