package wecom

import (
	"strings"
	"testing"

	"guanjia/bot"
)

func TestKeysAreEqualForDeliveriesOfOneEvent(t *testing.T) {
	t.Parallel()
	moved := strings.Replace(strings.Replace(added("C"), "<UserID>zhangsan</UserID>", "", 1), "</xml>", "<UserID>zhangsan</UserID></xml>", 1)
	timeless := "<xml><MsgType>event</MsgType><Event>teleported</Event></xml>"
	for _, tc := range []struct{ name, one, other string }{
		{"the same document", added("C"), added("C")},
		{"elements in another order", added("C"), moved},
		{"an element nobody knows", added("C"), strings.Replace(added("C"), "</xml>", "<TraceId>7</TraceId></xml>", 1)},
		{"an empty element instead of none", contact("del_external_contact", "wm1"), contact("del_external_contact", "wm1", "<Source></Source>")},
		{"a message with another time", hello, strings.Replace(hello, "1348831860", "1348831865", 1)},
		{"no time at all", timeless, timeless},
	} {
		if one, other := mustDecode(t, tc.one).Key, mustDecode(t, tc.other).Key; one != other {
			t.Errorf("%s: %q and %q", tc.name, one, other)
		}
	}
}

func TestKeysDifferBetweenEvents(t *testing.T) {
	t.Parallel()
	chat := func(id, detail, version string) string {
		return happened("change_external_chat", "update", "<ChatId>"+id+"</ChatId><UpdateDetail>"+detail+"</UpdateDetail><CurMemVer>"+version+"</CurMemVer>")
	}
	bell := func(account, token string) string {
		return "<xml><ToUserName>ww1</ToUserName><CreateTime>1348831860</CreateTime><MsgType>event</MsgType><Event>kf_msg_or_event</Event><Token>" +
			token + "</Token><OpenKfId>" + account + "</OpenKfId></xml>"
	}
	suite := func(corp, kind string) string {
		return "<xml><SuiteId>s</SuiteId><AuthCorpId>" + corp + "</AuthCorpId><InfoType>" + kind + "</InfoType><TimeStamp>1348831860</TimeStamp></xml>"
	}
	otherAgent := func(doc string) string { return strings.Replace(doc, "<AgentID>1<", "<AgentID>2<", 1) }
	docs := map[string]string{
		"a customer who comes":                    contact("add_external_contact", "wm1"),
		"another in the same second":              contact("add_external_contact", "wm2"),
		"the same, to another member":             strings.Replace(contact("add_external_contact", "wm1"), sampleMember, "lisi", 1),
		"the same, by another way":                contact("add_external_contact", "wm1", "<State>b</State>"),
		"the same, a second later":                strings.Replace(contact("add_external_contact", "wm1"), sent, "1760000001", 1),
		"half a friend first":                     contact("add_half_external_contact", "wm1"),
		"one who leaves":                          contact("del_follow_user", "wm1"),
		"one who is left":                         contact("del_external_contact", "wm1"),
		"one who is handed over":                  contact("del_external_contact", "wm1", "<Source>DELETE_BY_TRANSFER</Source>"),
		"a group":                                 chat("wr1", "add_member", "v1"),
		"the next version of its members":         chat("wr1", "add_member", "v2"),
		"another group":                           chat("wr2", "add_member", "v1"),
		"another change":                          chat("wr1", "change_owner", "v1"),
		"a tag":                                   happened("change_external_tag", "create", "<Id>a</Id><TagType>tag</TagType>"),
		"another tag":                             happened("change_external_tag", "create", "<Id>b</Id><TagType>tag</TagType>"),
		"a group of the same id":                  happened("change_external_tag", "create", "<Id>a</Id><TagType>tag_group</TagType>"),
		"the same tag, later":                     happened("change_external_tag", "delete", "<Id>a</Id><TagType>tag</TagType>"),
		"customer service":                        bell("wk1", "t1"),
		"another account":                         bell("wk2", "t1"),
		"once more":                               bell("wk1", "t2"),
		"a member who goes out of an app's range": did("unsubscribe"),
		"the same, of another app":                otherAgent(did("unsubscribe")),
		"a click":                                 did("click", "<EventKey>A</EventKey>"),
		"another item":                            did("click", "<EventKey>B</EventKey>"),
		"a card":                                  did("template_card_event", "<EventKey>A</EventKey><TaskId>1</TaskId>"),
		"another card":                            did("template_card_event", "<EventKey>A</EventKey><TaskId>2</TaskId>"),
		"a message":                               hello,
		"the same id in another app":              otherAgent(hello),
		"the same id by somebody else":            strings.Replace(hello, sampleMember, "lisi", 1),
		"the next id":                             strings.Replace(hello, "1234567890123456", "1234567890123457", 1),
		"a message without an id":                 strings.Replace(hello, "1234567890123456", "", 1),
		"that says something else":                strings.NewReplacer("1234567890123456", "", "hello", "bye").Replace(hello),
		"a suite's corp":                          suite("ww1", "create_auth"),
		"another corp":                            suite("ww2", "create_auth"),
		"what it did next":                        suite("ww1", "change_auth"),
		"something without a time":                "<xml><MsgType>event</MsgType><Event>teleported</Event></xml>",
		"something else without a time":           "<xml><MsgType>event</MsgType><Event>beamed</Event></xml>",
	}
	seen := map[bot.EventKey]string{}
	for name, doc := range docs {
		key := mustDecode(t, doc).Key
		if before, ok := seen[key]; ok {
			t.Errorf("%q and %q share the key %s", name, before, key)
		}
		seen[key] = name
	}
}
