package contact

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestAGroupLives, and what each change tells.
func TestAGroupLives(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	made := c.do(Act{Kind: ActCreateGroup, UserID: zhang, Name: "老客户", Names: []string{lisi, wang}})
	id := made[0].ChatID
	joined := c.do(Act{Kind: ActJoinGroup, ChatID: id, ExternalUserID: li, State: "poster"})
	left := c.do(Act{Kind: ActLeaveGroup, ChatID: id, ExternalUserID: wang})
	invited := c.do(Act{Kind: ActInvite, ChatID: id, UserID: zhang, Names: []string{wang}})
	removed := c.do(Act{Kind: ActRemove, ChatID: id, UserID: zhang, Names: []string{wang, li}})
	renamed := c.do(Act{Kind: ActRenameGroup, ChatID: id, UserID: zhang, Name: "新客户"})
	noticed := c.do(Act{Kind: ActNotice, ChatID: id, UserID: zhang, Text: "周六打折"})
	owned := c.do(Act{Kind: ActChangeOwner, ChatID: id, UserID: zhang, ID: lisi})
	ended := c.do(Act{Kind: ActDismiss, ChatID: id, UserID: lisi})
	var got []string
	for _, events := range [][]Event{made, joined, left, invited, removed, renamed, noticed, owned, ended} {
		got = append(got, kinds(events)...)
	}
	want := []string{
		"create", "update add_member", "update del_member", "update add_member", "update del_member", "update change_name",
		"update change_notice", "update change_owner", "dismiss",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if joined[0].Scene != 3 || left[0].Scene != 0 || invited[0].Scene != 0 || removed[0].Scene != 1 {
		t.Errorf("scenes %d %d %d %d", joined[0].Scene, left[0].Scene, invited[0].Scene, removed[0].Scene)
	}
	if diff := cmp.Diff([]string{wang, li}, removed[0].Members); diff != "" || joined[0].LastVersion == joined[0].Version || left[0].LastVersion != joined[0].Version {
		t.Errorf("%+v %+v (-want +got):\n%s", joined, left, diff)
	}
	c.wait(chatLag)
	c.refused(40050, "groupchat/get", `{"chat_id":"`+id+`"}`)
}

// TestAGroupIsKnownSomeSecondsAfterItsCallback: whoever asks at once gets what was before.
func TestAGroupIsKnownSomeSecondsAfterItsCallback(t *testing.T) {
	t.Parallel()
	c := open(t)
	id := c.do(Act{Kind: ActCreateGroup, UserID: zhang, Name: "一"})[0].ChatID
	name := func() string {
		var out struct {
			Chat struct{ Name string } `json:"group_chat"`
		}
		c.obeyed("groupchat/get", `{"chat_id":"`+id+`"}`, &out)
		return out.Chat.Name
	}
	c.refused(40050, "groupchat/get", `{"chat_id":"`+id+`"}`)
	c.wait(chatLag)
	if name() != "一" {
		t.Error(name())
	}
	c.do(Act{Kind: ActRenameGroup, ChatID: id, UserID: zhang, Name: "二"})
	c.wait(chatLag / 2)
	c.do(Act{Kind: ActRenameGroup, ChatID: id, UserID: zhang, Name: "三"})
	if name() != "一" {
		t.Error(name())
	}
	c.wait(chatLag)
	if name() != "三" {
		t.Error(name())
	}
}

func TestTheShapesOfGroupsAreThePlatforms(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	id := c.do(Act{Kind: ActCreateGroup, UserID: zhang, Name: "群", Names: []string{wang}})[0].ChatID
	c.do(Act{Kind: ActJoinGroup, ChatID: id, ExternalUserID: li, State: "poster"})
	c.wait(time.Minute)
	version := c.book.Chats[0].Version
	want := `{"group_chat":{"chat_id":"` + id + `","name":"群","owner":"zhangsan","create_time":1760000000,"member_list":[` +
		`{"userid":"zhangsan","type":1,"join_time":1760000000,"join_scene":1,"invitor":{"userid":"zhangsan"},"group_nickname":"","name":"张三"},` +
		`{"userid":"wmWang","type":2,"unionid":"oWang","join_time":1760000000,"join_scene":1,"invitor":{"userid":"zhangsan"},"group_nickname":"","name":"小王"},` +
		`{"userid":"wmLi","type":2,"unionid":"oLi","join_time":1760000000,"join_scene":3,"group_nickname":"","name":"小李","state":"poster"}],` +
		`"admin_list":[],"member_version":"` + version + `"}}`
	if diff := cmp.Diff(want, c.call("groupchat/get", `{"chat_id":"`+id+`","need_name":1}`).body); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := c.call("groupchat/list", `{"limit":10}`).body, `{"group_chat_list":[{"chat_id":"`+id+`","status":0}]}`; got != want {
		t.Error(got)
	}
	if got := c.call("groupchat/list", `{"limit":10,"owner_filter":{"userid_list":["lisi"]}}`).body; got != `{"group_chat_list":[]}` {
		t.Error(got)
	}
	c.do(Act{Kind: ActLeave, UserID: zhang})
	if got, want := c.call("groupchat/list", `{"limit":10,"status_filter":1}`).body, `{"group_chat_list":[{"chat_id":"`+id+`","status":1}]}`; got != want {
		t.Error(got)
	}
	c.refused(40058, "groupchat/list", `{}`)
	c.refused(40058, "groupchat/list", `{"limit":1001}`)
	c.refused(40050, "groupchat/get", `{}`)
	c.refused(40050, "groupchat/get", `{"chat_id":"wr?"}`)
}

func TestNobodyDoesInAGroupWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.add("shop")
	id := c.do(Act{Kind: ActCreateGroup, UserID: zhang, Name: "群", Names: []string{lisi, wang}})[0].ChatID
	for _, a := range []Act{
		{Kind: ActCreateGroup, UserID: "nobody"},
		{Kind: ActCreateGroup, UserID: zhang, Names: []string{li}}, // not a customer of zhang
		{Kind: ActJoinGroup, ChatID: id, ExternalUserID: wang},     // there already
		{Kind: ActJoinGroup, ChatID: "wr?", ExternalUserID: li},
		{Kind: ActLeaveGroup, ChatID: id, ExternalUserID: li},
		{Kind: ActLeaveGroup, ChatID: id, UserID: zhang}, // the owner
		{Kind: ActRemove, ChatID: id, UserID: lisi, Names: []string{wang}},
		{Kind: ActRemove, ChatID: id, UserID: zhang},
		{Kind: ActRenameGroup, ChatID: id, UserID: lisi, Name: "我的"},
		{Kind: ActRenameGroup, ChatID: id, UserID: zhang, Name: " "},
		{Kind: ActChangeOwner, ChatID: id, UserID: zhang, ID: wang},
		{Kind: ActDismiss, ChatID: id, UserID: lisi},
		{Kind: ActInvite, ChatID: id, UserID: "idle", Names: []string{wang}},
	} {
		if events, err := c.book.Do(a, c.now); err == nil || len(events) > 0 {
			t.Errorf("%+v: %v", a, events)
		}
	}
}
