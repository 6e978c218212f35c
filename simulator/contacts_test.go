package simulator_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/simulator"
	"guanjia/simulator/contact"
	"guanjia/simulator/platform"
)

// withWays gives the corp contact ways, and a second app with the right but without a callback.
func withWays(c *simulator.Config) {
	corp := &c.Corps[0]
	corp.Ways = []platform.Way{
		{State: "shop", Title: "门店", Members: []string{"xiaolin"}, SkipVerify: true},
		{State: "ask", Title: "先问", Members: []string{"xiaozhou"}},
	}
	corp.MiniPrograms = []string{"wxours"}
	corp.Apps[1].Rights = []platform.Right{platform.RightContact}
}

// contactCall calls the customer-contact API as the corp's first app.
func (o *office) contactCall(t *testing.T, path, body string) answered {
	t.Helper()
	url := "/cgi-bin/externalcontact/" + path + "access_token=" + o.token(t, testAppSecret)
	if body == "" {
		return o.get(t, url)
	}
	return o.post(t, url, body)
}

// last is the latest callback that came.
func (o *office) last(t *testing.T) callback {
	t.Helper()
	all := o.callbacks()
	if len(all) == 0 {
		t.Fatal("no callback")
	}
	return all[len(all)-1]
}

// TestACustomerAddsAMemberAndIsWelcomed is the whole way: code, callback, welcome, chat.
func TestACustomerAddsAMemberAndIsWelcomed(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays)
	wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王")
	added := wang.Add("shop")
	if len(added.Events) != 1 || !added.Told[0].Accepted || added.Told[0].Tries != 1 {
		t.Fatalf("%+v", added)
	}
	c := o.last(t)
	want := map[string]string{
		"ToUserName": testCorp, "FromUserName": "sys", "MsgType": "event", "Event": "change_external_contact", "ChangeType": "add_external_contact",
		"UserID": "xiaolin", "ExternalUserID": wang.ExternalUserID(), "State": "shop", "WelcomeCode": added.Events[0].WelcomeCode,
	}
	for name, value := range want {
		if got := c.value(name); got != value || value == "" {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	hello := fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"你好 %%NICKNAME%% <b>&"}}`, c.value("WelcomeCode"))
	if a := o.contactCall(t, "send_welcome_msg?", hello); a.raw != `{"errcode":0,"errmsg":"ok"}` {
		t.Error(a.raw)
	}
	if diff := cmp.Diff([]string{"你好 小王 <b>&"}, wang.Read("xiaolin")); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	if a := o.contactCall(t, "send_welcome_msg?", hello); a.code() != 41051 || !strings.Contains(a.text("errmsg"), "hint: [") {
		t.Error(a.raw)
	}
	if a := o.contactCall(t, "get?external_userid="+wang.ExternalUserID()+"&", ""); !strings.Contains(a.raw, `"name":"小王"`) || !strings.Contains(a.raw, wang.User.UnionID) {
		t.Error(a.raw)
	}
}

// TestEveryChangeOfARelationIsTold, and what the API does is not.
func TestEveryChangeOfARelationIsTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays)
	wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王")
	zhou := simulator.NewStaff(t, o.sim.Client(), testCorp, "xiaozhou")
	wang.Add("ask")
	zhou.Confirm(wang)
	zhou.Remark(wang, "王先生")
	made := simulator.Administer(t, o.sim.Client(), testCorp, contact.Act{Kind: contact.ActCreateTags, Name: "等级", Names: []string{"A"}})
	zhou.Tag(wang, made.Events[1].ID)
	zhou.Untag(wang, made.Events[1].ID)
	mark := fmt.Sprintf(`{"userid":"xiaozhou","external_userid":%q,"add_tag":[%q]}`, wang.ExternalUserID(), made.Events[1].ID)
	if a := o.contactCall(t, "mark_tag?", mark); a.code() != 0 {
		t.Error(a.raw)
	}
	wang.Tell("xiaozhou", "在吗")
	zhou.Tell(wang, "在的")
	wang.DeleteMember("xiaozhou")
	if a := o.contactCall(t, "mark_tag?", mark); a.code() != 84061 {
		t.Error(a.raw)
	}
	var got []string
	for _, c := range o.callbacks() {
		got = append(got, strings.Join(strings.Fields(c.value("Event")+" "+c.value("ChangeType")+" "+c.value("TagType")), " "))
	}
	want := []string{
		"change_external_contact add_external_contact",
		"change_external_contact edit_external_contact",
		"change_external_tag create tag_group",
		"change_external_tag create tag",
		"change_external_contact edit_external_contact",
		"change_external_contact edit_external_contact",
		"change_external_contact del_follow_user",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("callbacks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"在吗", "在的"}, wang.Read("xiaozhou")); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
}

// TestAGroupsMembersAreListedEitherWay: as items, or as one text with commas.
func TestAGroupsMembersAreListedEitherWay(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays)
	lin := simulator.NewStaff(t, o.sim.Client(), testCorp, "xiaolin")
	id := lin.Do(nil, contact.Act{Kind: contact.ActCreateGroup, Name: "群"}).Events[0].ChatID
	forms := map[string]bool{}
	for n := 0; len(forms) < 2 && n < 64; n++ { // one in 2^63 that a sound lot draws the same each time
		wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "")
		wang.Do(contact.Act{Kind: contact.ActJoinGroup, ChatID: id})
		c := o.last(t)
		list := "<MemChangeList><Item><![CDATA[" + wang.ExternalUserID() + "]]></Item></MemChangeList>"
		text := "<MemChangeList><![CDATA[" + wang.ExternalUserID() + "]]></MemChangeList>"
		forms["list"] = forms["list"] || strings.Contains(c.plain, list)
		forms["text"] = forms["text"] || strings.Contains(c.plain, text)
		if !strings.Contains(c.plain, list) && !strings.Contains(c.plain, text) {
			t.Fatalf("no list in %s", c.plain)
		}
		if c.value("UpdateDetail") != "add_member" || !strings.Contains(c.plain, "<JoinScene>3</JoinScene>") || !strings.Contains(c.plain, "<MemChangeCnt>1</MemChangeCnt>") ||
			c.value("LastMemVer") == "" || c.value("CurMemVer") == c.value("LastMemVer") {
			t.Errorf("%s", c.plain)
		}
		if !forms["text"] {
			delete(forms, "text")
		}
		if !forms["list"] {
			delete(forms, "list")
		}
	}
	if len(forms) != 2 {
		t.Errorf("only %v", forms)
	}
}

// TestWhatWasDueIsToldWhenTheClockMoves: a customer who was handed over and has not refused for a day.
func TestWhatWasDueIsToldWhenTheClockMoves(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays)
	wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王")
	wang.Add("shop")
	order := fmt.Sprintf(`{"handover_userid":"xiaolin","takeover_userid":"xiaozhou","external_userid":[%q]}`, wang.ExternalUserID())
	if a := o.contactCall(t, "transfer_customer?", order); a.code() != 0 {
		t.Fatal(a.raw)
	}
	wang.Wait(24 * time.Hour)
	deadline := time.After(2 * time.Minute)
	for len(o.callbacks()) < 3 {
		select {
		case <-deadline:
			t.Fatalf("%d callbacks", len(o.callbacks()))
		case <-time.After(5 * time.Millisecond):
		}
	}
	told := map[string]string{}
	for _, c := range o.callbacks()[1:] {
		told[c.value("ChangeType")] = c.value("UserID") + c.value("Source")
	}
	if diff := cmp.Diff(map[string]string{"del_external_contact": "xiaolinDELETE_BY_TRANSFER", "add_external_contact": "xiaozhou"}, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCustomersAreThereAfterARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	keep := func(c *simulator.Config) { withWays(c); c.StateFile = file }
	o := newOffice(t, keep)
	wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王")
	code := wang.Add("shop").Events[0].WelcomeCode
	if err := o.sim.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	again := newOffice(t, keep)
	if a := again.contactCall(t, "send_welcome_msg?", fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"好"}}`, code)); a.code() != 0 {
		t.Error(a.raw)
	}
	wang = simulator.AsCustomer(t, again.sim.Client(), testCorp, wang.User)
	if diff := cmp.Diff([]string{"好"}, wang.Read("xiaolin")); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
}

// TestAnAppWithoutTheRightHasNoCustomers, and neither hears of them nor asks.
func TestAnAppWithoutTheRightHasNoCustomers(t *testing.T) {
	t.Parallel()
	o := newOffice(t, withWays, func(c *simulator.Config) { c.Corps[0].Apps[0].Rights = nil })
	wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王")
	if added := wang.Add("shop"); added.Told[0].Accepted || added.Told[0].Why == "" || len(o.callbacks()) != 0 {
		t.Errorf("%+v", added)
	}
	if a := o.contactCall(t, "get_follow_user_list?", ""); a.code() != 48002 {
		t.Error(a.raw)
	}
}

// TestEveryAppGetsTheSameCode, and the first one to use it wins.
func TestEveryAppGetsTheSameCode(t *testing.T) {
	t.Parallel()
	var callbackURL string
	o := newOffice(t, withWays, func(c *simulator.Config) {
		callbackURL = c.Corps[0].Apps[0].Callback
		second := &c.Corps[0].Apps[1]
		second.Token, second.AESKey, second.Callback = testToken, testAESKey, callbackURL
	})
	wang := simulator.NewCustomer(t, o.sim.Client(), testCorp, "小王")
	code := wang.Add("shop").Events[0].WelcomeCode
	came := o.callbacks()
	if len(came) != 2 || came[0].value("WelcomeCode") != code || came[1].value("WelcomeCode") != code {
		t.Fatalf("%d callbacks", len(came))
	}
	hello := fmt.Sprintf(`{"welcome_code":%q,"text":{"content":"好"}}`, code)
	send := func(secret string) int {
		t.Helper()
		return o.post(t, "/cgi-bin/externalcontact/send_welcome_msg?access_token="+o.token(t, secret), hello).code()
	}
	if first := send(testAppSecret); first != 0 {
		t.Errorf("the first: %d", first)
	}
	if second := send("poor-" + testAppSecret); second != 41096 && second != 41051 { // as long as the first one's is under way
		t.Errorf("the second: %d", second)
	}
	wang.Wait(time.Second)
	if second := send("poor-" + testAppSecret); second != 41051 {
		t.Errorf("the second, later: %d", second)
	}
	if diff := cmp.Diff([]string{"好"}, wang.Read("xiaolin")); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
}

// TestTheManualNamesEveryCall that customer contact knows.
func TestTheManualNamesEveryCall(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join("..", "docs", "reference", "simulator-contact.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range contact.Calls() {
		if !strings.Contains(string(manual), "`"+c.Path+"`") {
			t.Errorf("%s is missing", c.Path)
		}
	}
}
