package wecom

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guanjia/bot"
	"guanjia/channel/wxevent"
)

// heard completes the event that a message becomes.
func heard(name string, ev bot.Event) bot.Event {
	ev.User, ev.Name, ev.At, ev.MsgID = sampleMember, name, time.Unix(1348831860, 0).UTC(), "1234567890123456"
	ev.Key = "m:assistant:zhangsan:1.1234567890123456"
	return ev
}

// acted completes the event that a member's doing becomes.
func acted(name string, ev bot.Event) bot.Event {
	ev.User, ev.Name, ev.At = sampleMember, name, time.Unix(1348831860, 0).UTC()
	return ev
}

// changed completes the event that a report becomes.
func changed(name string, user bot.UserID, ev bot.Event) bot.Event {
	ev.User, ev.Name, ev.At = user, name, time.Unix(1403610513, 0).UTC()
	return ev
}

func TestEveryDocumentDecodes(t *testing.T) {
	t.Parallel()
	of := func(change string, more Contact) Contact {
		more.Change, more.Member, more.Customer = change, sampleMember, sampleCustomer
		return more
	}
	add := Contact{State: "teststate", WelcomeCode: "WELCOMECODE"}
	const changes, chats, tags = "change_external_contact/", "change_external_chat/", "change_external_tag/"
	golden := map[string]bot.Event{
		"messages/text":     heard("text", bot.Event{Kind: bot.KindText, Text: "this is a test"}),
		"messages/image":    heard("image", bot.Event{Kind: bot.KindImage, Media: &bot.Media{MediaID: "media_id", URL: "http://p.qpic.cn/x"}}),
		"messages/voice":    heard("voice", bot.Event{Kind: bot.KindVoice, Media: &bot.Media{MediaID: "media_id", Format: "amr"}}),
		"messages/video":    heard("video", bot.Event{Kind: bot.KindVideo, Media: &bot.Media{MediaID: "media_id", ThumbMediaID: "thumb_media_id"}}),
		"messages/location": heard("location", bot.Event{Kind: bot.KindLocation, Place: &bot.Place{Latitude: 23.134, Longitude: 113.358, Scale: 20, Label: "位置信息"}}),
		"messages/link":     heard("link", bot.Event{Kind: bot.KindLink, Link: &bot.Link{Title: "t", Description: "d", URL: "URL"}}),

		"events/subscribe":   acted("subscribe", bot.Event{Kind: bot.KindFollow}),
		"events/enter_agent": acted("enter_agent", bot.Event{Kind: bot.KindEnter}),
		"events/click":       acted("click", bot.Event{Kind: bot.KindMenuClick, ItemKey: "EVENTKEY"}),
		"events/LOCATION": acted("LOCATION", bot.Event{
			Kind: bot.KindPosition, Place: &bot.Place{Latitude: 23.104, Longitude: 113.320, Precision: 65},
		}),
		"events/template_card_event": acted("template_card_event", bot.Event{Kind: bot.KindCard, ItemKey: "key111", Detail: Card{
			TaskID: "taskid111", Type: "text_notice", ResponseCode: "ResponseCode",
			Selected: []Selection{{Question: "QuestionKey1", Options: []string{"OptionId1", "OptionId2"}}},
		}}),

		"events/change_external_contact.add_external_contact": changed(changes+"add_external_contact", sampleCustomer, bot.Event{
			Kind: bot.KindFollow, Scene: "teststate", Detail: of("add_external_contact", add),
		}),
		"events/change_external_contact.add_half_external_contact": changed(changes+"add_half_external_contact", sampleCustomer, bot.Event{
			Kind: bot.KindFollow, Scene: "teststate", Detail: of("add_half_external_contact", add),
		}),
		"events/change_external_contact.edit_external_contact": changed(changes+"edit_external_contact", sampleCustomer, bot.Event{
			Kind: bot.KindContact, Detail: of("edit_external_contact", Contact{}),
		}),
		"events/change_external_contact.del_external_contact": changed(changes+"del_external_contact", sampleCustomer, bot.Event{
			Kind: bot.KindContact, Detail: of("del_external_contact", Contact{Source: DeletedByTransfer}),
		}),
		"events/change_external_contact.del_follow_user": changed(changes+"del_follow_user", sampleCustomer, bot.Event{
			Kind: bot.KindUnfollow, Detail: of("del_follow_user", Contact{}),
		}),
		"events/change_external_contact.transfer_fail": changed(changes+"transfer_fail", sampleCustomer, bot.Event{
			Kind: bot.KindContact, Detail: of("transfer_fail", Contact{FailReason: "customer_refused"}),
		}),

		"events/change_external_chat.create": changed(chats+"create", "CHAT_ID", bot.Event{
			Kind: bot.KindGroupChat, Detail: GroupChat{ID: "CHAT_ID", Change: "create"},
		}),
		"events/change_external_chat.update.add_member": changed(chats+"update", "CHAT_ID", bot.Event{Kind: bot.KindGroupChat, Detail: GroupChat{
			ID: "CHAT_ID", Change: "update", Update: "add_member", JoinScene: "3", Count: 2, Members: []string{"Jack", "wmxUBwDQAAO"},
			OldVersion: "9c3f97c2ada667dfb5f6d03308d963e1", NewVersion: "71217227bbd112ecfe3a49c482195cb4",
		}}),
		"events/change_external_chat.update.del_member": changed(chats+"update", "CHAT_ID", bot.Event{Kind: bot.KindGroupChat, Detail: GroupChat{
			ID: "CHAT_ID", Change: "update", Update: "del_member", QuitScene: "0", Count: 1, Members: []string{"wmxUBwDQAAO"},
			OldVersion: "71217227bbd112ecfe3a49c482195cb4", NewVersion: "9c3f97c2ada667dfb5f6d03308d963e1",
		}}),
		"events/change_external_chat.update.change_owner": changed(chats+"update", "CHAT_ID", bot.Event{
			Kind: bot.KindGroupChat, Detail: GroupChat{ID: "CHAT_ID", Change: "update", Update: "change_owner"},
		}),
		"events/change_external_chat.dismiss": changed(chats+"dismiss", "CHAT_ID", bot.Event{
			Kind: bot.KindGroupChat, Detail: GroupChat{ID: "CHAT_ID", Change: "dismiss"},
		}),

		"events/change_external_tag.create.tag": changed(tags+"create", "sys", bot.Event{
			Kind: bot.KindTag, Detail: Tag{ID: "TAG_ID", Type: "tag", Change: "create"},
		}),
		"events/change_external_tag.update.tag_group": changed(tags+"update", "sys", bot.Event{
			Kind: bot.KindTag, Detail: Tag{ID: "TAG_GROUP_ID", Type: "tag_group", Change: "update", Strategy: "1"},
		}),

		"events/suite_change_external_contact.add_external_contact": changed(changes+"add_external_contact", sampleCustomer, bot.Event{
			Kind: bot.KindContact, Scene: "teststate", OriginalID: "ww4asffe99e54c0f4c", Detail: of("add_external_contact", Contact{
				State: "teststate", WelcomeCode: "WELCOMECODE", Corp: "wxf8b4f85f3a794e77",
			}),
		}),
		"events/kf_msg_or_event": {
			User: "wkxxxxxxx", Name: "kf_msg_or_event", At: time.Unix(1348831860, 0).UTC(), Kind: bot.KindServiceNews,
			Detail: ServiceNews{Account: "wkxxxxxxx", Token: "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR"},
		},
		"events/kf_account_auth_change": {
			User: "sys", Name: "kf_account_auth_change", At: time.Unix(1348831860, 0).UTC(), Kind: bot.KindServiceAccounts,
			Detail: ServiceAccounts{Added: []string{"wkxxxx1"}, Removed: []string{"wkxxxx2"}},
		},
	}
	files, err := filepath.Glob("testdata/documents/*/*.xml")
	if err != nil || len(files) != len(golden) {
		t.Fatalf("%d documents, %d expected: %v", len(files), len(golden), err)
	}
	for name, want := range golden {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want.Account = "assistant"
			if want.OriginalID == "" {
				want.OriginalID = testCorp
			}
			got := mustDecode(t, readDocument(t, name))
			ignore := cmpopts.IgnoreFields(bot.Event{}, "Key")
			if want.Key != "" {
				ignore = cmpopts.IgnoreFields(bot.Event{})
			}
			if diff := cmp.Diff(&want, got, ignore); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
			if got.Key == "" || len(got.Key) > wxevent.MaxKeyLen {
				t.Errorf("key %q", got.Key)
			}
		})
	}
}

func TestMoreEventsOfTheApp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		doc  string
		want bot.Event
	}{
		{did("unsubscribe"), bot.Event{Kind: bot.KindUnfollow}},
		{did("view", "<EventKey>https://x.cn</EventKey>"), bot.Event{Kind: bot.KindMenuView, ItemKey: "https://x.cn"}},
		{did("view_miniprogram", "<EventKey>pages/a</EventKey>"), bot.Event{Kind: bot.KindMenuMiniProgram, ItemKey: "pages/a"}},
		{
			did("scancode_waitmsg", "<EventKey>6</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>2</ScanResult></ScanCodeInfo>"),
			bot.Event{Kind: bot.KindMenuScanCode, ItemKey: "6", Detail: wxevent.ScanCode{Type: "qrcode", Result: "2", Waits: true}},
		},
		{
			did("pic_weixin", "<EventKey>6</EventKey><SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>5a75</PicMd5Sum></item></PicList></SendPicsInfo>"),
			bot.Event{Kind: bot.KindMenuPictures, ItemKey: "6", Detail: wxevent.Pictures{Count: 1, MD5s: []string{"5a75"}}},
		},
		{
			did("location_select", "<EventKey>6</EventKey><SendLocationInfo><Location_X>23</Location_X><Location_Y>113</Location_Y><Label>家</Label></SendLocationInfo><AppType>wxwork</AppType>"),
			bot.Event{Kind: bot.KindMenuLocation, ItemKey: "6", Place: &bot.Place{Latitude: 23, Longitude: 113, Label: "家"}},
		},
		{did("template_card_menu_event", "<EventKey>k</EventKey><TaskId>t</TaskId>"), bot.Event{Kind: bot.KindCard, ItemKey: "k", Detail: Card{TaskID: "t", Menu: true}}},
		{did("taskcard_click", "<EventKey>k</EventKey><TaskId>t</TaskId><AgentId>1</AgentId>"), bot.Event{Kind: bot.KindCard, ItemKey: "k", Detail: Card{TaskID: "t"}}},
	} {
		got := mustDecode(t, tc.doc)
		tc.want = acted(got.Name, tc.want)
		tc.want.Account, tc.want.OriginalID = "assistant", testCorp
		if diff := cmp.Diff(&tc.want, got, cmpopts.IgnoreFields(bot.Event{}, "Key")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", got.Name, diff)
		}
	}
}

func TestMembersOfAGroupComeInBothForms(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"items":             "<Item><![CDATA[a]]></Item><Item> b </Item>",
		"one text":          "<![CDATA[a,b]]>",
		"one text, spaced":  "<![CDATA[ a, b ]]>",
		"with an empty end": "<![CDATA[a,b,]]>",
	} {
		ev := mustDecode(t, happened("change_external_chat", "update", "<ChatId>wr1</ChatId><UpdateDetail>add_member</UpdateDetail><MemChangeList>"+list+"</MemChangeList>"))
		if diff := cmp.Diff([]string{"a", "b"}, ev.Detail.(GroupChat).Members); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTagsThatWereShuffled(t *testing.T) {
	t.Parallel()
	one := mustDecode(t, happened("change_external_tag", "shuffle", "<Id>G</Id><TagType>tag</TagType>"))
	all := mustDecode(t, happened("change_external_tag", "shuffle", "<TagType>tag_group</TagType>"))
	if diff := cmp.Diff([]any{Tag{ID: "G", Type: "tag", Change: "shuffle"}, Tag{Type: "tag_group", Change: "shuffle"}}, []any{one.Detail, all.Detail}); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

// TestWhoComesAndGoes: a customer is greeted only when that is possible, and forgotten only when they are gone.
func TestWhoComesAndGoes(t *testing.T) {
	t.Parallel()
	deaf := decoder{account: "assistant"} // nobody who could send a welcome
	able := decoder{account: "assistant", welcomes: true}
	code := "<WelcomeCode>C</WelcomeCode>"
	for _, tc := range []struct {
		name string
		by   decoder
		doc  string
		want bot.Kind
	}{
		{"with a code", able, contact("add_external_contact", "wm1", code), bot.KindFollow},
		{"half a friend, with a code", able, contact("add_half_external_contact", "wm1", code), bot.KindFollow},
		{"without a code", able, contact("add_external_contact", "wm1"), bot.KindContact},
		{"with an empty code", able, contact("add_external_contact", "wm1", "<WelcomeCode> </WelcomeCode>"), bot.KindContact},
		{"with a code and no secret to use it", deaf, contact("add_external_contact", "wm1", code), bot.KindContact},
		{"a code at another change", able, contact("edit_external_contact", "wm1", code), bot.KindContact},
		{"nobody in particular", able, contact("add_external_contact", "", code), bot.KindContact},
		{"the customer left", able, contact("del_follow_user", "wm1"), bot.KindUnfollow},
		{"the member left the customer", able, contact("del_external_contact", "wm1", "<Source></Source>"), bot.KindUnfollow},
		{"another member took over", able, contact("del_external_contact", "wm1", "<Source>DELETE_BY_TRANSFER</Source>"), bot.KindContact},
		{"nobody left", able, contact("del_follow_user", ""), bot.KindContact},
		{"a change of another kind", able, contact("beamed", "wm1"), bot.KindContact},
	} {
		ev, err := decodeBy(tc.by, tc.doc)
		if err != nil || ev.Kind != tc.want {
			t.Errorf("%s: %+v, %v; want %s", tc.name, ev, err, tc.want)
		}
	}
}

// TestEventsAreNeverAnError: what nobody knows, and what is incomplete, is kept whole and acknowledged.
func TestEventsAreNeverAnError(t *testing.T) {
	t.Parallel()
	event := func(head string, elements ...string) string {
		return "<xml>" + head + "<MsgType>event</MsgType>" + strings.Join(elements, "") + "</xml>"
	}
	const to, from, at = "<ToUserName>ww1</ToUserName>", "<FromUserName>zhangsan</FromUserName>", "<CreateTime>1348831860</CreateTime>"
	for _, tc := range []struct{ name, doc, wantName string }{
		{"a kind nobody knows", did("teleported", "<Where>moon</Where>"), "teleported"},
		{"a change nobody knows", happened("customer_acquisition", "balance_low"), "customer_acquisition/balance_low"},
		{"the name of an official account's event", did("CLICK"), "CLICK"},
		{"no name", event(to + from + at), "event"},
		{"a long name", did(strings.Repeat("很", 40)), strings.Repeat("很", 21)},
		{"members and parties", happened("change_contact", "create_user", "<UserID>u</UserID>"), "change_contact/create_user"},
		{"a batch job", did("batch_job_result", "<BatchJob><JobId>1</JobId></BatchJob>"), "batch_job_result"},
		{"the archive", did("msgaudit_notify"), "msgaudit_notify"},
		{"a click of nobody", event(to+at, "<Event>click</Event>"), "click"},
		{"a click of somebody endless", event(to+at+"<FromUserName>"+strings.Repeat("u", 129)+"</FromUserName>", "<Event>click</Event>"), "click"},
		{"a click in no corp", event(from+at, "<Event>click</Event>"), "click"},
		{"no time", event(to+from, "<Event>click</Event>"), "click"},
		{"a time in words", event(to+from+"<CreateTime>now</CreateTime>", "<Event>click</Event>"), "click"},
		{"a customer without a time", event(to, "<Event>change_external_contact</Event><ExternalUserID>wm1</ExternalUserID>"), "change_external_contact"},
		{"the ticket of a suite", "<xml><SuiteId>s</SuiteId><InfoType>suite_ticket</InfoType><TimeStamp>1348831860</TimeStamp></xml>", "suite_ticket"},
		{"a suite without a time", "<xml><InfoType>create_auth</InfoType></xml>", "create_auth"},
		{"a message of another kind", said("hologram"), "hologram"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ev := mustDecode(t, tc.doc)
			if ev.Kind != bot.KindUnknown && !(ev.Kind == bot.KindOther && ev.Name == "hologram") || ev.Name != tc.wantName || string(ev.Raw) != tc.doc || ev.Key == "" || ev.User == "" || ev.At.IsZero() {
				t.Errorf("%+v", ev)
			}
		})
	}
}

func TestMessagesThatCanNotBeAttributedAreRefused(t *testing.T) {
	t.Parallel()
	other := func(old, new string) string { return strings.Replace(hello, old, new, 1) }
	for _, tc := range []struct {
		name, doc string
		want      error
	}{
		{"nothing in it", "<xml></xml>", wxevent.ErrType},
		{"no type", other("<MsgType><![CDATA[text]]></MsgType>", ""), wxevent.ErrType},
		{"no sender", other(sampleMember, " "), wxevent.ErrSender},
		{"a sender without end", other(sampleMember, strings.Repeat("u", 129)), wxevent.ErrSender},
		{"no corp", other(testCorp, ""), wxevent.ErrSender},
		{"no time", other("1348831860", ""), wxevent.ErrCreateTime},
		{"a time in words", other("1348831860", "now"), wxevent.ErrCreateTime},
		{"a time beyond ten digits", other("1348831860", "10000000000"), wxevent.ErrCreateTime},
		{"an id in words", other("1234567890123456", "first"), wxevent.ErrMsgID},
		{"an id beyond 64 bits", other("1234567890123456", "99999999999999999999"), wxevent.ErrMsgID},
	} {
		if ev, err := decodeString(tc.doc); !errors.Is(err, tc.want) {
			t.Errorf("%s: %+v, %v; want %v", tc.name, ev, err, tc.want)
		}
	}
}

func TestAnotherAppsWordsAreNotOurs(t *testing.T) {
	t.Parallel()
	ours := decoder{account: "assistant", agent: "2", welcomes: true}
	anywhere := decoder{account: "assistant", welcomes: true}
	for _, tc := range []struct {
		name, doc string
		refused   bool
	}{
		{"a message", hello, true},
		{"a click", did("click"), true},
		{"coming in", did("enter_agent"), true},
		{"a message to us", strings.Replace(hello, "<AgentID>1<", "<AgentID>2<", 1), false},
		{"a message to nobody", strings.Replace(hello, "<AgentID>1<", "<AgentID><", 1), false},
		{"a report of the archive's app", did("msgaudit_notify"), false},
		{"a customer", strings.Replace(added("C"), "</xml>", "<AgentID>1</AgentID></xml>", 1), false},
	} {
		if _, err := decodeBy(ours, tc.doc); errors.Is(err, errAgent) != tc.refused {
			t.Errorf("%s: %v", tc.name, err)
		}
		if _, err := decodeBy(anywhere, tc.doc); err != nil {
			t.Errorf("%s, with no app set: %v", tc.name, err)
		}
	}
}

func TestPrettyPrintingChangesNothing(t *testing.T) {
	t.Parallel()
	doc := readDocument(t, "events/change_external_contact.add_external_contact")
	pretty := "\uFEFF<?xml version=\"1.0\"?>\n" + strings.NewReplacer("><", ">\n  <", "<![CDATA[", "\n<![CDATA[").Replace(doc) + "\n"
	if diff := cmp.Diff(mustDecode(t, doc), mustDecode(t, pretty)); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}
