package simulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/credential"
	"github.com/silenceper/wechat/v2/officialaccount/basic"
	"github.com/silenceper/wechat/v2/officialaccount/config"
	oacontext "github.com/silenceper/wechat/v2/officialaccount/context"
	"github.com/silenceper/wechat/v2/officialaccount/menu"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/officialaccount/user"
	"github.com/silenceper/wechat/v2/util"

	"guanjia/simulator"
)

// Another vendor's SDK looks a follower up, tags them, writes to them, makes a code and a menu. Not parallel: that SDK keeps its
// host in a variable of its package.
func TestAnotherVendorsClientServesAnOfficialAccount(t *testing.T) { //nolint:paralleltest // see above
	o := newBrandOffice(t)
	util.SetURIModifier(func(uri string) string { return strings.Replace(uri, "https://api.weixin.qq.com", o.api.URL, 1) })
	defer util.SetURIModifier(nil)
	ctx := &oacontext.Context{
		Config:            &config.Config{AppID: testAppID, AppSecret: testSecret},
		AccessTokenHandle: credential.NewDefaultAccessToken(testAppID, testSecret, credential.CacheKeyOfficialAccountPrefix, cache.NewMemory()),
	}
	p := simulator.NewPhone(t, o.sim.Client(), "brand", "小王")
	p.Follow("newgift")

	users := user.NewUser(ctx)
	info, err := users.GetUserInfo(p.OpenID())
	if err != nil || info.UnionID != p.User.UnionID || info.QrSceneStr != "newgift" || info.Subscribe != 1 {
		t.Errorf("user info: %+v, %v", info, err)
	}
	list, err := users.ListUserOpenIDs()
	if err != nil || list.Total != 1 || list.Data.OpenIDs[0] != p.OpenID() {
		t.Errorf("list: %+v, %v", list, err)
	}
	tag, err := users.CreateTag("答过题")
	if err != nil {
		t.Fatal(err)
	}
	if err := users.BatchTag([]string{p.OpenID()}, tag.ID); err != nil {
		t.Error(err)
	}
	if ids, err := users.UserTidList(p.OpenID()); err != nil || len(ids) != 1 || ids[0] != tag.ID {
		t.Errorf("tags: %v, %v", ids, err)
	}
	if err := message.NewMessageManager(ctx).Send(message.NewCustomerTextMessage(p.OpenID(), "您好 <a href=\"https://example.com/?a=1&b=2\">看</a>")); err != nil {
		t.Error(err)
	}
	if e := last(t, p); e.Reply == nil || !strings.Contains(e.Reply.Text, "a=1&b=2") {
		t.Errorf("the phone shows %+v", e)
	}
	if err := message.NewMessageManager(ctx).Send(message.NewCustomerTextMessage("oNOBODY", "您好")); err == nil || !strings.Contains(err.Error(), "40003") {
		t.Errorf("to a stranger: %v", err)
	}
	ticket, err := basic.NewBasic(ctx).GetQRTicket(basic.NewTmpQrRequest(time.Hour, "sdk-scene"))
	if err != nil || ticket.Ticket == "" || ticket.ExpireSeconds != 3600 {
		t.Errorf("code: %+v, %v", ticket, err)
	}
	if x := p.Scan("sdk-scene"); x.Text() != "SCAN sdk-scene" {
		t.Errorf("scan: %q", x.Text())
	}
	menus := menu.NewMenu(ctx)
	if err := menus.SetMenu([]*menu.Button{menu.NewClickButton("领券", "SDK_COUPON")}); err != nil {
		t.Error(err)
	}
	if got, err := menus.GetMenu(); err != nil || got.Menu.Button[0].Key != "SDK_COUPON" {
		t.Errorf("menu: %+v, %v", got, err)
	}
	if x := p.Tap("领券"); x.Text() != "CLICK SDK_COUPON" {
		t.Errorf("tap: %q", x.Text())
	}
}
