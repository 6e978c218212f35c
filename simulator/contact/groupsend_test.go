package contact

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// mass asks for a mass message and gives its id.
func (c *corp) mass(body string) (msgID string, failed []string) {
	c.t.Helper()
	var out struct {
		MsgID  string   `json:"msgid"`
		Failed []string `json:"fail_list"`
	}
	c.obeyed("add_msg_template", body, &out)
	c.wait(time.Second)
	return out.MsgID, out.Failed
}

// statuses lists what became of a member's receivers.
func (c *corp) statuses(msgID, userID string) map[string]int {
	c.t.Helper()
	var out struct {
		List []struct {
			Customer string `json:"external_userid"`
			Chat     string `json:"chat_id"`
			Status   int    `json:"status"`
		} `json:"send_list"`
	}
	c.obeyed("get_groupmsg_send_result", fmt.Sprintf(`{"msgid":%q,"userid":%q}`, msgID, userID), &out)
	all := map[string]int{}
	for _, r := range out.List {
		all[r.Customer+r.Chat] = r.Status
	}
	return all
}

const both = `{"chat_type":"single","external_userid":["wmWang","wmLi","wmNobody"],"text":{"content":"上新"}}`

// TestAMassMessageArrivesWhenTheMemberConfirms: nothing by itself, and nobody twice.
func TestAMassMessageArrivesWhenTheMemberConfirms(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	c.do(Act{Kind: ActAdd, ExternalUserID: li, State: "shop"})
	id, failed := c.mass(both)
	if diff := cmp.Diff([]string{"wmNobody"}, failed); diff != "" {
		t.Errorf("fail_list (-want +got):\n%s", diff)
	}
	if got := c.reads(zhang, wang); len(got) > 0 {
		t.Errorf("before: %v", got)
	}
	c.do(Act{Kind: ActCustomerLeaves, UserID: zhang, ExternalUserID: li})
	if diff := cmp.Diff(map[string]int{wang: 0, li: 0}, c.statuses(id, zhang)); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	c.do(Act{Kind: ActConfirmSend, UserID: zhang, ID: id})
	if diff := cmp.Diff([]string{"app text 上新"}, c.reads(zhang, wang)); diff != "" {
		t.Errorf("chat (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{wang: 1, li: 2}, c.statuses(id, zhang)); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	if _, err := c.book.Do(Act{Kind: ActConfirmSend, UserID: zhang, ID: id}, c.now); err == nil {
		t.Error("it was confirmed twice")
	}
}

func TestACustomerGetsAsManyMassMessagesAMonthAsItHasDays(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.now = time.Date(2026, 2, 10, 12, 0, 0, 0, china())
	c.add("shop")
	one := strings.Replace(both, `,"wmLi","wmNobody"`, "", 1)
	early, _ := c.mass(one)
	for range 28 {
		id, _ := c.mass(one)
		c.do(Act{Kind: ActConfirmSend, UserID: zhang, ID: id})
	}
	c.do(Act{Kind: ActConfirmSend, UserID: zhang, ID: early})
	if got := c.statuses(early, zhang)[wang]; got != 3 {
		t.Errorf("the one above the cap: status %d", got)
	}
	c.refused(41048, "add_msg_template", one)
	c.now = time.Date(2026, 3, 1, 0, 0, 0, 0, china())
	c.mass(one)
}

func TestMassMessagesAreCancelledAndRemindedOf(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	id, _ := c.mass(strings.Replace(both, `,"wmLi","wmNobody"`, "", 1))
	about := fmt.Sprintf(`{"msgid":%q}`, id)
	for range 3 {
		c.obeyed("remind_groupmsg_send", about, nil)
	}
	c.refused(41094, "remind_groupmsg_send", about)
	c.obeyed("cancel_groupmsg_send", about, nil)
	c.refused(41093, "cancel_groupmsg_send", about)
	if _, err := c.book.Do(Act{Kind: ActConfirmSend, UserID: zhang, ID: id}, c.now); err == nil {
		t.Error("a cancelled one was sent")
	}
}

func TestAMassMessageGoesToTheGroupsOfItsSender(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	c.do(Act{Kind: ActCreateGroup, UserID: zhang, Name: "一群", Names: []string{wang}})
	c.do(Act{Kind: ActCreateGroup, UserID: lisi, Name: "二群"})
	id, _ := c.mass(`{"chat_type":"group","sender":"ZhangSan","text":{"content":"上新"}}`)
	c.do(Act{Kind: ActConfirmSend, UserID: zhang, ID: id})
	if n := len(c.book.Posts); n != 1 || c.book.Posts[0].Line.Text != "上新" || c.book.Posts[0].ChatID != c.book.Chats[0].ChatID {
		t.Errorf("%+v", c.book.Posts)
	}
}

func TestWhatAMassMessageMayHold(t *testing.T) {
	t.Parallel()
	text := `"text":{"content":"a"}`
	for _, tc := range []struct {
		name, body string
		code       int
	}{
		{"of no one", `{` + text + `}`, 40058},
		{"of people who are nobody's", `{"external_userid":["wmLi"],` + text + `}`, 41048},
		{"of a member's customers", `{"sender":"zhangsan",` + text + `}`, 0},
		{"of nobody's who works here", `{"sender":"nobody",` + text + `}`, 60111},
		{"of a group without a sender", `{"chat_type":"group",` + text + `}`, 40063},
		{"of another kind", `{"chat_type":"all","sender":"zhangsan",` + text + `}`, 40058},
		{"nothing", `{"sender":"zhangsan"}`, 40058},
		{"a text too long", `{"sender":"zhangsan","text":{"content":"` + strings.Repeat("a", 4001) + `"}}`, 45002},
		{"a foreign file", `{"sender":"zhangsan","attachments":[{"msgtype":"image","image":{"media_id":"gone"}}]}`, 40007},
		{"too many people", `{"external_userid":["` + strings.Repeat(`x","`, 10_000) + `x"],` + text + `}`, 40058},
	} {
		c := open(t)
		c.add("shop")
		if tc.code == 0 {
			c.mass(tc.body)
			continue
		}
		c.refused(tc.code, "add_msg_template", tc.body)
	}
	c := open(t)
	c.add("shop")
	c.refused(41046, "get_groupmsg_task", `{}`)
	var out struct {
		MsgID string `json:"msgid"`
	}
	c.obeyed("add_msg_template", `{"sender":"zhangsan",`+text+`}`, &out)
	c.refused(41063, "get_groupmsg_task", fmt.Sprintf(`{"msgid":%q}`, out.MsgID))
}
