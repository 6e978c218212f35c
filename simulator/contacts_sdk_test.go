package simulator_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work"
	"github.com/silenceper/wechat/v2/work/config"
	sdk "github.com/silenceper/wechat/v2/work/externalcontact"

	"guanjia/simulator"
	"guanjia/simulator/contact"
)

// greeter is a bot on another vendor's SDK: it reads the callbacks and welcomes with that vendor's code only.
type greeter struct {
	t      *testing.T
	client *sdk.Client

	mu     sync.Mutex
	events []string
}

func (g *greeter) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		g.t.Error(err)
		return
	}
	m, err := g.client.GetCallbackMessage(body)
	if err != nil {
		g.t.Errorf("callback: %v", err)
		return
	}
	g.mu.Lock()
	g.events = append(g.events, m.ChangeType)
	g.mu.Unlock()
	if m.WelcomeCode == "" {
		return
	}
	err = g.client.SendWelcomeMsg(&sdk.SendWelcomeMsgRequest{
		WelcomeCode: m.WelcomeCode, Text: sdk.MsgText{Content: "你好 %NICKNAME%，您来自 " + m.State},
		Attachments: []*sdk.Attachment{{MsgType: "link", Link: sdk.AttachmentLink{Title: "官网", URL: "https://shop.example/"}}},
	})
	if err != nil {
		g.t.Errorf("send_welcome_msg: %v", err)
	}
}

// Another vendor's SDK welcomes a customer, notes and tags them, and makes a contact way. Not parallel: that SDK keeps its host in
// a variable of its package.
func TestAnotherVendorsClientHasCustomers(t *testing.T) { //nolint:paralleltest // see above
	g := &greeter{t: t}
	bot := httptest.NewServer(g)
	defer bot.Close()
	cfg := simulator.Config{Corps: testCorps(bot.URL)}
	withWays(&cfg)
	sim, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(sim.Platform())
	defer api.Close()
	defer func() { _ = sim.Close(context.WithoutCancel(t.Context())) }()
	util.SetURIModifier(func(uri string) string { return strings.Replace(uri, "https://qyapi.weixin.qq.com", api.URL, 1) })
	defer util.SetURIModifier(nil)
	g.client = work.NewWork(&config.Config{
		CorpID: testCorp, CorpSecret: testAppSecret, AgentID: "1000002", Token: testToken, EncodingAESKey: testAESKey, Cache: cache.NewMemory(),
	}).GetExternalContact()

	wang := simulator.NewCustomer(t, sim.Client(), testCorp, "小王")
	way, err := g.client.AddContactWay(&sdk.AddContactWayRequest{Type: 1, Scene: 2, SkipVerify: true, State: "poster", User: []string{"xiaozhou"}})
	if err != nil || way.ConfigID == "" || way.QrCode == "" {
		t.Fatalf("add_contact_way: %+v, %v", way, err)
	}
	wang.Do(contact.Act{Kind: contact.ActAdd, ConfigID: way.ConfigID})
	if diff := cmp.Diff([]string{"你好 小王，您来自 poster", "[link] 官网"}, wang.Read("xiaozhou")); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	g.notes(wang)
	g.groups(sim, wang)
	if diff := cmp.Diff([]string{"add_external_contact", "create"}, g.events); diff != "" {
		t.Errorf("callbacks (-want +got):\n%s", diff)
	}
}

// notes remarks, tags and reads a customer back.
func (g *greeter) notes(wang *simulator.Customer) {
	id := wang.ExternalUserID()
	group, err := g.client.AddCropTag(sdk.AddCropTagRequest{GroupName: "活动", Tag: []sdk.AddCropTagItem{{Name: "领券", Order: 1}}})
	if err != nil || len(group.Tag) != 1 {
		g.t.Fatalf("add_corp_tag: %+v, %v", group, err)
	}
	tag := group.Tag[0].ID
	for what, err := range map[string]error{
		"mark_tag": g.client.MarkTag(sdk.MarkTagRequest{UserID: "xiaozhou", ExternalUserID: id, AddTag: []string{tag}}),
		"remark":   g.client.UpdateUserRemark(sdk.UpdateUserRemarkRequest{UserID: "xiaozhou", ExternalUserID: id, Remark: "王先生"}),
		"edit":     g.client.EditCropTag(sdk.EditCropTagRequest{ID: tag, Name: "领过券"}),
	} {
		if err != nil {
			g.t.Errorf("%s: %v", what, err)
		}
	}
	who, err := g.client.GetExternalUserDetail(id)
	if err != nil || who.ExternalContact.Name != "小王" || who.ExternalContact.UnionID != wang.User.UnionID || len(who.FollowUser) != 1 {
		g.t.Fatalf("get: %+v, %v", who, err)
	}
	want := sdk.FollowUser{
		UserID: "xiaozhou", Remark: "王先生", CreateTime: who.FollowUser[0].CreateTime, RemarkMobiles: []string{}, OperUserID: id, AddWay: 1, State: "poster",
		Tags: []sdk.Tag{{GroupName: "活动", TagName: "领过券", Type: 1, TagID: tag}},
	}
	if diff := cmp.Diff(want, who.FollowUser[0]); diff != "" {
		g.t.Errorf("follow_user (-want +got):\n%s", diff)
	}
	all, next, err := g.client.BatchGetExternalUserDetails(sdk.BatchGetExternalUserDetailsRequest{UserIDList: []string{"xiaozhou"}})
	if err != nil || next != "" || len(all) != 1 || len(all[0].FollowInfo.TagID) != 1 || all[0].FollowInfo.TagID[0] != tag {
		g.t.Errorf("batch/get_by_user: %+v %q, %v", all, next, err)
	}
	if ids, err := g.client.GetExternalUserList("xiaozhou"); err != nil || len(ids) != 1 || ids[0] != id {
		g.t.Errorf("list: %v, %v", ids, err)
	}
	if _, err := g.client.GetExternalUserList("xiaolin"); err == nil || !strings.Contains(err.Error(), "84061") {
		g.t.Errorf("nobody's list: %v", err)
	}
}

// groups reads a group some seconds after it was made.
func (g *greeter) groups(sim *simulator.Simulator, wang *simulator.Customer) {
	zhou := simulator.NewStaff(g.t, sim.Client(), testCorp, "xiaozhou")
	id := zhou.Do(nil, contact.Act{Kind: contact.ActCreateGroup, Name: "老客户", Names: []string{wang.ExternalUserID()}}).Events[0].ChatID
	if early, err := g.client.GetGroupChatDetail(&sdk.GroupChatDetailRequest{ChatID: id}); err == nil {
		g.t.Errorf("known at once: %+v", early)
	}
	wang.Wait(5 * time.Second)
	list, err := g.client.GetGroupChatList(&sdk.GroupChatListRequest{Limit: 10})
	if err != nil || len(list.GroupChatList) != 1 || list.GroupChatList[0].ChatID != id {
		g.t.Errorf("groupchat/list: %+v, %v", list, err)
	}
	got, err := g.client.GetGroupChatDetail(&sdk.GroupChatDetailRequest{ChatID: id, NeedName: 1})
	if err != nil || got.GroupChat.Name != "老客户" || len(got.GroupChat.MemberList) != 2 || got.GroupChat.MemberList[1].Name != "小王" {
		g.t.Errorf("groupchat/get: %+v, %v", got, err)
	}
}
