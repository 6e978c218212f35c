package simulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work/config"
	sdk "github.com/silenceper/wechat/v2/work/kf"
	"github.com/silenceper/wechat/v2/work/kf/sendmsg"
	"github.com/silenceper/wechat/v2/work/kf/sendmsgonevent"

	"guanjia/simulator"
	"guanjia/simulator/kf"
)

// vendor is a bot on another vendor's SDK: it reads the doorbell, pulls and answers with that vendor's code only.
type vendor struct {
	t      *testing.T
	client *sdk.Client

	mu     sync.Mutex
	cursor string
}

func (v *vendor) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Error(err)
		return
	}
	bell, err := v.client.GetCallbackMessage(body)
	if err != nil || bell.Event != "kf_msg_or_event" {
		v.t.Errorf("doorbell: %+v, %v", bell, err)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for more := uint32(1); more == 1; {
		page, err := v.client.SyncMsg(sdk.SyncMsgOptions{Cursor: v.cursor, Token: bell.Token, OpenKfID: bell.OpenKfID})
		if err != nil {
			v.t.Errorf("sync_msg: %v", err)
			return
		}
		for _, m := range page.MsgList {
			v.answer(m.MsgType, m.EventType, m.GetOriginMessage())
		}
		v.cursor, more = page.NextCursor, page.HasMore
	}
}

func (v *vendor) answer(msgType, eventType string, origin []byte) {
	switch {
	case eventType == "enter_session":
		enter := struct {
			Event struct {
				WelcomeCode string `json:"welcome_code"`
			} `json:"event"`
		}{}
		v.read(origin, &enter)
		var welcome sendmsgonevent.Text
		welcome.Code, welcome.MsgID, welcome.MsgType, welcome.Text.Content = enter.Event.WelcomeCode, "welcome", "text", "欢迎"
		if _, err := v.client.SendMsgOnEvent(welcome); err != nil {
			v.t.Errorf("send_msg_on_event: %v", err)
		}
	case msgType == "text":
		said := struct {
			OpenKFID string `json:"open_kfid"`
			Customer string `json:"external_userid"`
			Text     struct {
				Content string `json:"content"`
			} `json:"text"`
		}{}
		v.read(origin, &said)
		if said.Text.Content == "人工" {
			got, err := v.client.ServiceStateTrans(sdk.ServiceStateTransOptions{OpenKFID: said.OpenKFID, ExternalUserID: said.Customer, ServiceState: 3, ServicerUserID: "xiaolin"})
			if err != nil || got.MsgCode == "" {
				v.t.Errorf("service_state/trans: %+v, %v", got, err)
			}
			return
		}
		var menu sendmsg.Menu
		menu.ToUser, menu.OpenKFID, menu.MsgType = said.Customer, said.OpenKFID, "msgmenu"
		menu.MsgMenu.HeadContent = "收到：" + said.Text.Content
		click := sendmsg.MenuClick{Type: "click"}
		click.Click.ID, click.Click.Content = "m1", "人工"
		menu.MsgMenu.List = []any{click}
		if _, err := v.client.SendMsg(menu); err != nil {
			v.t.Errorf("send_msg: %v", err)
		}
	}
}

func (v *vendor) read(data []byte, into any) {
	if err := json.Unmarshal(data, into); err != nil {
		v.t.Error(err)
	}
}

// Another vendor's SDK holds a whole conversation: it decrypts the doorbell, pulls, welcomes, answers with a menu, hands over, and
// asks who is there. Not parallel: that SDK keeps its host in a variable of its package.
func TestAnotherVendorsClient(t *testing.T) { //nolint:paralleltest // see above
	v := &vendor{t: t}
	bot := httptest.NewServer(v)
	defer bot.Close()
	cfg := simulator.Config{Corps: testCorps(bot.URL)}
	withDesks(&cfg)
	sim, err := simulator.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(sim.Platform())
	defer api.Close()
	defer func() { _ = sim.Close(context.WithoutCancel(t.Context())) }()
	util.SetURIModifier(func(uri string) string { return strings.Replace(uri, "https://qyapi.weixin.qq.com", api.URL, 1) })
	defer util.SetURIModifier(nil)
	v.client, err = sdk.NewClient(&config.Config{
		CorpID: testCorp, CorpSecret: testAppSecret, AgentID: "1000002", Token: testToken, EncodingAESKey: testAESKey, Cache: cache.NewMemory(),
	})
	if err != nil {
		t.Fatal(err)
	}

	wang := simulator.NewCustomer(t, sim.Client(), testCorp, "小王")
	way, err := v.client.AddContactWay(sdk.AddContactWayOptions{OpenKFID: reception, Scene: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	talk := wang.Follow(reception, way.URL+"&scene_param=a%3D1%26b%3D2")
	talk.Hears("欢迎")
	talk.Say("你好").Hears("收到：你好")
	talk.Tap("人工")
	talk.Until(kf.StateHuman)
	simulator.NewServicer(t, sim.Client(), testCorp, "xiaolin").Say(wang, "我来了")
	v.asks(talk)
}

// asks makes the remaining calls of the SDK.
func (v *vendor) asks(talk *simulator.DeskTalk) {
	id := talk.ExternalUserID()
	state, err := v.client.ServiceStateGet(sdk.ServiceStateGetOptions{OpenKFID: talk.Desk, ExternalUserID: id})
	if err != nil || state.ServiceState != kf.StateHuman {
		v.t.Errorf("service_state/get: %+v, %v", state, err)
	}
	accounts, err := v.client.AccountPaging(&sdk.AccountPagingRequest{Limit: 100})
	if err != nil || len(accounts.AccountList) != 2 || accounts.AccountList[0].Name != "健康管家" {
		v.t.Errorf("account/list: %+v, %v", accounts, err)
	}
	people, err := v.client.ReceptionistList(talk.Desk)
	if err != nil || len(people.ReceptionistList) != 2 || people.ReceptionistList[0].UserID != "xiaolin" {
		v.t.Errorf("servicer/list: %+v, %v", people, err)
	}
	added, err := v.client.ReceptionistAdd(sdk.ReceptionistOptions{OpenKFID: afterSales, UserIDList: []string{"xiaozhou"}})
	if err != nil || len(added.ResultList) != 1 || added.ResultList[0].ErrCode != 0 {
		v.t.Errorf("servicer/add: %+v, %v", added, err)
	}
	known, err := v.client.CustomerBatchGet(sdk.CustomerBatchGetOptions{ExternalUserIDList: []string{id}})
	if err != nil || len(known.CustomerList) != 1 || known.CustomerList[0].NickName != "小王" || known.CustomerList[0].UnionID != talk.Customer.User.UnionID {
		v.t.Errorf("customer/batchget: %+v, %v", known, err)
	}
	var late sendmsg.Text
	late.ToUser, late.OpenKFID, late.MsgType, late.Text.Content = id, talk.Desk, "text", "还在吗"
	if _, err := v.client.SendMsg(late); err == nil {
		v.t.Error("the bot speaks while a person serves")
	}
	if _, err := v.client.SyncMsg(sdk.SyncMsgOptions{Cursor: "made-up", OpenKfID: talk.Desk}); err == nil {
		v.t.Error("a cursor made up is taken")
	}
}
