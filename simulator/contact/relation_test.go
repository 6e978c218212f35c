package contact

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func text(s string) *string { return &s }

// TestARelationLives from the first scan to its end, and begins afresh.
func TestARelationLives(t *testing.T) {
	t.Parallel()
	c := open(t)
	half := c.do(Act{Kind: ActAdd, ExternalUserID: wang, State: "shop", Half: true})
	full := c.do(Act{Kind: ActConfirm, UserID: zhang, ExternalUserID: wang})
	edited := c.do(Act{Kind: ActEdit, UserID: zhang, ExternalUserID: wang, Remark: text("王先生")})
	mobile := c.do(Act{Kind: ActEdit, UserID: zhang, ExternalUserID: wang, Mobiles: &[]string{"13800000000"}})
	gone := c.do(Act{Kind: ActCustomerLeaves, UserID: zhang, ExternalUserID: wang})
	again := c.do(Act{Kind: ActAdd, ExternalUserID: wang, State: "shop"})
	deleted := c.do(Act{Kind: ActMemberLeaves, UserID: zhang, ExternalUserID: wang})
	got := [][]string{kinds(half), kinds(full), kinds(edited), kinds(mobile), kinds(gone), kinds(again), kinds(deleted)}
	want := [][]string{
		{"add_half_external_contact"}, {"add_external_contact"}, {"edit_external_contact"}, {}, {"del_follow_user"},
		{"add_external_contact"}, {"del_external_contact"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if half[0].State != "shop" || full[0].State != "shop" || deleted[0].Source != "" {
		t.Errorf("%+v %+v %+v", half, full, deleted)
	}
}

// TestOnlyFriendsAreSeen: half friends, former ones and strangers are no customers to the API.
func TestOnlyFriendsAreSeen(t *testing.T) {
	t.Parallel()
	c := open(t)
	calls := func(code int) {
		t.Helper()
		c.refused(code, "list", "userid="+zhang)
		c.refused(code, "get", "external_userid="+wang)
		c.refused(code, "remark", `{"userid":"zhangsan","external_userid":"wmWang","remark":"a"}`)
		c.refused(code, "unionid_to_external_userid", `{"unionid":"oWang"}`)
	}
	calls(84061)
	c.do(Act{Kind: ActAdd, ExternalUserID: wang, State: "shop", Half: true})
	calls(84061)
	c.do(Act{Kind: ActConfirm, UserID: zhang, ExternalUserID: wang})
	calls(0)
	c.do(Act{Kind: ActCustomerLeaves, UserID: zhang, ExternalUserID: wang})
	calls(84061)
}

func TestWhoIsNamedWronglyIsToldApart(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	c.refused(40063, "list", "")
	c.refused(60111, "list", "userid=nobody")
	c.refused(84074, "list", "userid=clerk")
	c.refused(0, "list", "userid=ZhangSan") // the same in upper and lower case
	c.refused(0, "remark", `{"userid":"ZHANGSAN","external_userid":"wmWang","remark":"a"}`)
	c.refused(41035, "get", "")
	c.refused(40096, "get", "external_userid=wmNobody")
	c.refused(84061, "get", "external_userid="+li)
	c.refused(40058, "get", "external_userid="+wang+"&cursor=!")
	c.do(Act{Kind: ActLeave, UserID: zhang})
	c.refused(60111, "list", "userid="+zhang)
	c.refused(84061, "get", "external_userid="+wang)
	c.obeyed("get_follow_user_list", "", nil)
	if _, err := c.book.Do(Act{Kind: ActAdd, ExternalUserID: li, State: "shop"}, c.now); err == nil {
		t.Error("who has left receives customers")
	}
	c.do(Act{Kind: ActComeBack, UserID: zhang})
	c.obeyed("get", "external_userid="+wang, nil)
}

// TestTheShapesAreThePlatforms: names, numbers as numbers, empty lists as [].
func TestTheShapesAreThePlatforms(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	made := c.do(Act{Kind: ActCreateTags, Name: "等级", Names: []string{"A"}})
	tag := made[1].ID
	c.obeyed("mark_tag", `{"userid":"zhangsan","external_userid":"wmWang","add_tag":["`+tag+`"]}`, nil)
	c.do(Act{Kind: ActEdit, UserID: zhang, ExternalUserID: wang, Personal: []string{"爱喝茶"}, Description: text("老客户")})
	for _, tc := range []struct{ path, body, want string }{
		{"get_follow_user_list", "", `{"follow_user":["zhangsan","lisi","idle"]}`},
		{"list", "userid=zhangsan", `{"external_userid":["wmWang"]}`},
		{"get", "external_userid=wmWang", `{"external_contact":{"external_userid":"wmWang","name":"小王","avatar":"","type":1,"gender":1,"unionid":"oWang"},` +
			`"follow_user":[{"userid":"zhangsan","remark":"小王","description":"老客户","createtime":1760000000,` +
			`"tags":[{"group_name":"等级","tag_name":"A","tag_id":"TAG","type":1},{"group_name":"","tag_name":"爱喝茶","type":2}],` +
			`"remark_mobiles":[],"oper_userid":"wmWang","add_way":1,"state":"shop"}]}`},
		{"batch/get_by_user", `{"userid_list":["zhangsan"]}`, `{"external_contact_list":[{"external_contact":{"external_userid":"wmWang","name":"小王","avatar":"",` +
			`"type":1,"gender":1,"unionid":"oWang"},"follow_info":{"userid":"zhangsan","remark":"小王","description":"老客户","createtime":1760000000,` +
			`"tag_id":["TAG"],"remark_mobiles":[],"oper_userid":"wmWang","add_way":1,"state":"shop"}}],"next_cursor":""}`},
		{"unionid_to_external_userid", `{"unionid":"oWang","openid":"o1"}`, `{"external_userid":"wmWang"}`},
		{"get_contact_way", `{"config_id":"way-shop"}`, `{"contact_way":{"config_id":"way-shop","type":1,"scene":2,"remark":"","skip_verify":true,"state":"shop",` +
			`"qr_code":"https://codes.example/way-shop","user":["zhangsan"],"party":[],"is_temp":false}}`},
		{"remark", `{"userid":"zhangsan","external_userid":"wmWang","remark_mobiles":["1"]}`, `null`},
	} {
		if diff := cmp.Diff(strings.ReplaceAll(tc.want, "TAG", tag), c.call(tc.path, tc.body).body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.path, diff)
		}
	}
	c.town.unbound = true
	if got := c.call("get", "external_userid=wmWang").body; strings.Contains(got, "oWang") {
		t.Errorf("unionid without a bound account: %s", got)
	}
	c.refused(41057, "unionid_to_external_userid", `{"unionid":"oWang"}`)
}

func TestARemarkChangesWhatItNames(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	call := func(code int, fields string) {
		t.Helper()
		c.refused(code, "remark", `{"userid":"zhangsan","external_userid":"wmWang"`+fields+`}`)
	}
	call(40058, "")
	call(40058, `,"remark":"`+strings.Repeat("长", 21)+`"`)
	call(40058, `,"description":"`+strings.Repeat("长", 151)+`"`)
	call(40007, `,"remark_pic_mediaid":"film"`)
	call(0, `,"remark":"`+strings.Repeat("长", 20)+`","remark_mobiles":["138","139"]`)
	call(0, `,"remark":"","description":"`+strings.Repeat("长", 150)+`"`)
	r := c.book.relation(zhang, wang)
	if r.Remark != "" || len(r.Mobiles) != 2 {
		t.Errorf("%+v", r)
	}
	call(0, `,"remark_mobiles":[""]`)
	if len(r.Mobiles) != 0 || r.Description == "" {
		t.Errorf("%+v", r)
	}
}

// TestALongListIsReadInPages, also while customers come and go.
func TestALongListIsReadInPages(t *testing.T) {
	t.Parallel()
	c := open(t)
	for _, id := range []string{"wm1", "wm2", "wm3", "wm4", "wm5"} {
		c.town.people[id] = Person{Name: id, Type: TypeWeChat}
		c.do(Act{Kind: ActAdd, ExternalUserID: id, State: "shop"})
	}
	var got []string
	cursor := ""
	for range 5 {
		var page struct {
			Entries []struct {
				Profile struct {
					ID string `json:"external_userid"`
				} `json:"external_contact"`
			} `json:"external_contact_list"`
			Next string `json:"next_cursor"`
		}
		body, _ := json.Marshal(map[string]any{"userid_list": []string{zhang, lisi}, "cursor": cursor, "limit": 2})
		c.obeyed("batch/get_by_user", string(body), &page)
		for _, e := range page.Entries {
			got = append(got, e.Profile.ID)
		}
		if cursor == "" { // the first page is read: its last customer goes, which must not hide others
			c.do(Act{Kind: ActCustomerLeaves, UserID: zhang, ExternalUserID: "wm2"})
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"wm1", "wm2", "wm3", "wm4", "wm5"}, got); diff != "" {
		t.Errorf("customers (-want +got):\n%s", diff)
	}
	c.refused(40031, "batch/get_by_user", `{"userid_list":[]}`)
	c.refused(60111, "batch/get_by_user", `{"userid_list":["nobody"]}`)
	c.obeyed("batch/get_by_user", `{"userid_list":["lisi"],"limit":100000}`, nil)
}

// TestACustomerIsHandedOver once nobody has refused for a day; twice in 90 days is enough.
func TestACustomerIsHandedOver(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	order := func(from, to string) string {
		return `{"handover_userid":"` + from + `","takeover_userid":"` + to + `","external_userid":["wmWang"],"transfer_success_msg":"换我为您服务"}`
	}
	codes := func(from, to string) int {
		var out struct {
			Customers []struct {
				Code int `json:"errcode"`
			} `json:"customer"`
		}
		c.obeyed("transfer_customer", order(from, to), &out)
		return out.Customers[0].Code
	}
	status := func() string {
		return c.call("transfer_result", `{"handover_userid":"zhangsan","takeover_userid":"lisi"}`).body
	}
	if codes(lisi, zhang) != 40096 || codes(zhang, lisi) != 0 || codes(zhang, lisi) != 40129 {
		t.Error("who may be handed over")
	}
	if events := c.do(Act{Kind: ActRefuseTransfer, UserID: lisi, ExternalUserID: wang}); events[0].FailReason != "customer_refused" || events[0].UserID != lisi {
		t.Errorf("%+v", events)
	}
	codes(zhang, lisi)
	if want := `{"customer":[{"external_userid":"wmWang","status":3,"takeover_time":0},{"external_userid":"wmWang","status":2,"takeover_time":0}]}`; status() != want {
		t.Error(status())
	}
	c.wait(24 * time.Hour)
	events := c.book.Settle(c.now)
	if diff := cmp.Diff([]string{"del_external_contact", "add_external_contact"}, kinds(events)); diff != "" || events[0].Source != "DELETE_BY_TRANSFER" || events[1].WelcomeCode != "" {
		t.Errorf("%+v (-want +got):\n%s", events, diff)
	}
	c.refused(84061, "list", "userid=zhangsan")
	if got := c.call("list", "userid=lisi").body; got != `{"external_userid":["wmWang"]}` {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"member text 换我为您服务"}, c.reads(lisi, wang)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	if codes(lisi, zhang) != 0 {
		t.Error("the second time")
	}
	c.do(Act{Kind: ActAcceptTransfer, UserID: zhang, ExternalUserID: wang})
	if code := codes(zhang, lisi); code != 40128 {
		t.Errorf("the third time: %d", code)
	}
}
