package contact

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAContactWayIsMadeAndLeadsToItsMember(t *testing.T) {
	t.Parallel()
	c := open(t)
	var made struct {
		ConfigID string `json:"config_id"`
		QRCode   string `json:"qr_code"`
	}
	c.obeyed("add_contact_way", `{"type":1,"scene":2,"remark":"渠道","state":"new","user":["lisi"]}`, &made)
	if made.ConfigID == "" || made.QRCode != "https://codes.example/"+made.ConfigID {
		t.Errorf("%+v", made)
	}
	if e := c.add("new"); e.UserID != lisi || e.State != "new" {
		t.Errorf("%+v", e)
	}
	c.obeyed("update_contact_way", `{"config_id":"`+made.ConfigID+`","user":["zhangsan"],"skip_verify":false}`, nil)
	if events := c.do(Act{Kind: ActAdd, ExternalUserID: li, ConfigID: made.ConfigID}); len(events) != 0 {
		t.Errorf("not asked: %+v", events)
	}
	if e := c.do(Act{Kind: ActConfirm, ExternalUserID: li, UserID: zhang}); e[0].State != "new" {
		t.Errorf("what an update leaves out does not stay: %+v", e)
	}
	c.obeyed("del_contact_way", `{"config_id":"`+made.ConfigID+`"}`, nil)
	c.refused(41044, "get_contact_way", `{"config_id":"`+made.ConfigID+`"}`)
	if _, err := c.book.Do(Act{Kind: ActAdd, ExternalUserID: foreigner, ConfigID: made.ConfigID}, c.now); err == nil {
		t.Error("a deleted code works")
	}
}

func TestWhatAContactWayMayBe(t *testing.T) {
	t.Parallel()
	many := strings.TrimSuffix(strings.Repeat(`"zhangsan",`, 101), ",")
	for _, tc := range []struct {
		name, body string
		code       int
	}{
		{"no type", `{"scene":2,"user":["zhangsan"]}`, 41039},
		{"a third type", `{"type":3,"scene":2,"user":["zhangsan"]}`, 41039},
		{"a third scene", `{"type":1,"scene":3,"user":["zhangsan"]}`, 41040},
		{"a fourth style", `{"type":1,"scene":1,"style":4,"user":["zhangsan"]}`, 41042},
		{"two for one", `{"type":1,"scene":2,"user":["zhangsan","lisi"]}`, 40031},
		{"nobody", `{"type":2,"scene":2}`, 40031},
		{"a crowd", `{"type":2,"scene":2,"user":[` + many + `]}`, 41041},
		{"somebody unknown", `{"type":1,"scene":2,"user":["nobody"]}`, 60111},
		{"without the right", `{"type":1,"scene":2,"user":["clerk"]}`, 84074},
		{"not activated", `{"type":1,"scene":2,"user":["idle"]}`, 41054},
		{"an unknown department", `{"type":2,"scene":2,"user":["lisi"],"party":[2]}`, 60003},
		{"a state too long", `{"type":1,"scene":2,"user":["zhangsan"],"state":"` + strings.Repeat("长", 31) + `"}`, 40058},
		{"a remark too long", `{"type":1,"scene":2,"user":["zhangsan"],"remark":"` + strings.Repeat("长", 31) + `"}`, 40058},
		{"a temporary chat with two", `{"type":2,"scene":2,"is_temp":true,"user":["zhangsan","lisi"]}`, 41039},
		{"a temporary chat for 15 days", `{"type":1,"scene":2,"is_temp":true,"expires_in":1296000,"user":["zhangsan"]}`, 40058},
		{"a temporary chat", `{"type":1,"scene":2,"is_temp":true,"user":["zhangsan"],"conclusions":{"text":{"content":"再见"}}}`, 0},
		{"a button", `{"type":1,"scene":1,"style":1,"user":["zhangsan"]}`, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			open(t).refused(tc.code, "add_contact_way", tc.body)
		})
	}
	c := open(t)
	for _, path := range []string{"get_contact_way", "update_contact_way", "del_contact_way"} {
		c.refused(41043, path, `{}`)
		c.refused(41044, path, `{"config_id":"?"}`)
	}
	c.refused(41041, "update_contact_way", `{"config_id":"way-shop","user":[`+many+`]}`)
}

func TestContactWaysAreListedInPages(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.wait(time.Hour)
	if got, want := c.call("list_contact_way", `{"limit":1}`).body, `{"contact_way":[{"config_id":"way-shop"}],"next_cursor":"1"}`; got != want {
		t.Error(got)
	}
	if got, want := c.call("list_contact_way", `{"limit":1,"cursor":"1"}`).body, `{"contact_way":[{"config_id":"way-ask"}]}`; got != want {
		t.Error(got)
	}
	if got, want := c.call("list_contact_way", `{"start_time":1760000001}`).body, `{"contact_way":[]}`; got != want {
		t.Error(got)
	}
	c.refused(40058, "list_contact_way", `{"limit":1001}`)
}

// TestCustomersAreDividedAmongTheMembersOfAWay, and who has left gets none.
func TestCustomersAreDividedAmongTheMembersOfAWay(t *testing.T) {
	t.Parallel()
	c := open(t)
	var got []string
	for _, id := range []string{"wm1", "wm2", "wm3", "wm4"} {
		c.town.people[id] = Person{Name: id, Type: TypeWeChat}
		c.do(Act{Kind: ActAdd, ExternalUserID: id, State: "ask"})
		got = append(got, c.book.Relations[len(c.book.Relations)-1].UserID)
		if id == "wm2" {
			c.do(Act{Kind: ActLeave, UserID: zhang})
		}
	}
	if diff := cmp.Diff([]string{zhang, lisi, lisi, lisi}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
