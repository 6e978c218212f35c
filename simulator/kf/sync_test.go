package kf_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"guanjia/simulator/kf"
)

// Every item comes once and in order, whatever the size of the pages, and nothing that the API said is among them.
func TestAReaderSeesEverythingOnce(t *testing.T) {
	for _, size := range []int{1, 3, 1000} {
		p := newPlay(t)
		p.must(p.SetFaults(desk, kf.Faults{EmptyPages: 0.5}))
		p.opens(wang)
		want := []string{"enter_session"}
		for n := range 20 {
			p.says(wang, fmt.Sprint("m", n))
			p.sends(wang, "答")
			want = append(want, fmt.Sprint("m", n))
		}
		var got []map[string]any
		cursor, empty := "", 0
		for {
			page, code := p.syncs(desk, cursor, p.Ring(p.now, desk), size)
			if code != 0 {
				t.Fatalf("errcode %d", code)
			}
			if len(page.items) > size || len(page.cursor) > 64 || page.cursor == "" {
				t.Fatalf("a page of %d items for a limit of %d, cursor %q", len(page.items), size, page.cursor)
			}
			if len(page.items) == 0 && page.more {
				empty++
			}
			got, cursor = append(got, page.items...), page.cursor
			if !page.more {
				break
			}
		}
		p.want("items", words(got), strings.Join(want, " "))
		if size == 1 && empty == 0 {
			t.Error("no page was empty")
		}
		p.says(wang, "新")
		fresh, _ := p.news(cursor)
		p.want("after the cursor", words(fresh), "新")
	}
}

// A page can repeat the last item of the page before, and mix users but never the words of one.
func TestFaultsOfPages(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	p.opens(li)
	for n := range 9 {
		p.says(wang, fmt.Sprint("w", n))
		p.says(li, fmt.Sprint("l", n))
	}
	_, cursor := p.news("")
	first, _ := p.syncs(desk, "", "", 5)
	p.must(p.SetFaults(desk, kf.Faults{Repeats: 1}))
	second, _ := p.syncs(desk, first.cursor, "", 5)
	p.want("the repeated item", second.items[0]["msgid"], first.items[4]["msgid"])
	p.want("items of the page", len(second.items), 5)
	third, _ := p.syncs(desk, second.cursor, "", 5)
	p.want("the item repeated then", third.items[0]["msgid"], second.items[4]["msgid"])
	p.must(p.SetFaults(desk, kf.Faults{Mixed: 1}))
	items, after := p.news("")
	p.want("cursor", after, cursor)
	all := strings.Fields(words(items))
	if !slices.IsSorted(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s[0] != 'w' })) {
		t.Errorf("one user's words are out of order: %s", all)
	}
	if fmt.Sprint(all[2:6]) == "[w0 l0 w1 l1]" {
		t.Errorf("the users are not mixed: %s", all)
	}
	p.must(p.SetFaults(desk, kf.Faults{MixedWithin: 1}))
	items, _ = p.news("")
	if own := slices.DeleteFunc(strings.Fields(words(items)), func(s string) bool { return s[0] != 'w' }); slices.IsSorted(own) {
		t.Errorf("one user's words are in order: %s", own)
	}
	p.must(p.SetFaults(desk, kf.Faults{PageSize: 2}))
	page, _ := p.syncs(desk, "", "", 1000)
	p.want("a page cut short", len(page.items), 2)
}

// What sync_msg refuses.
func TestSyncRefusals(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	_, cursor := p.news("")
	bell := p.Ring(p.now, desk)
	for _, tt := range []struct {
		name, body string
		want       int
	}{
		{"as documented", fmt.Sprintf(`{"open_kfid":%q,"token":%q,"cursor":%q,"limit":1000,"voice_format":1}`, desk, bell, cursor), 0},
		{"no open_kfid", `{"cursor":""}`, 95000},
		{"an open_kfid of nobody", `{"open_kfid":"wkNobody"}`, 95004},
		{"a cursor of another account", fmt.Sprintf(`{"open_kfid":%q,"cursor":%q}`, other, cursor), 40035},
		{"a cursor made up", fmt.Sprintf(`{"open_kfid":%q,"cursor":"4gw7MepFLfgF2VC5npN"}`, desk), 40035},
		{"a cursor too long", fmt.Sprintf(`{"open_kfid":%q,"cursor":%q}`, desk, strings.Repeat("a", 65)), 40058},
		{"a token of another account", fmt.Sprintf(`{"open_kfid":%q,"token":%q}`, other, bell), 95007},
		{"a token made up", fmt.Sprintf(`{"open_kfid":%q,"token":"ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR"}`, desk), 95007},
		{"limit too large", fmt.Sprintf(`{"open_kfid":%q,"limit":1001}`, desk), 40058},
		{"limit as a string", fmt.Sprintf(`{"open_kfid":%q,"limit":"100"}`, desk), 40058},
		{"an unknown voice format", fmt.Sprintf(`{"open_kfid":%q,"voice_format":2}`, desk), 40058},
	} {
		_, got := p.calls("kf/sync_msg", tt.body)
		p.want(tt.name, got, tt.want)
	}
	p.now = p.now.Add(kf.TokenLife)
	_, got := p.syncs(desk, "", bell, 0)
	p.want("a token after ten minutes", got, 95007)
	p.must(p.ForgetCursors(desk))
	_, got = p.syncs(desk, cursor, "", 0)
	p.want("a cursor that was forgotten", got, 40035)
}

// Without a token an account may be read seldom; with one as often as it rings.
func TestWithoutATokenReadingIsLimited(t *testing.T) {
	p := newPlay(t)
	for range kf.TokenlessPerMinute {
		_, code := p.syncs(desk, "", "", 0)
		p.want("errcode", code, 0)
	}
	_, code := p.syncs(desk, "", "", 0)
	p.want("once too often", code, 45009)
	_, code = p.syncs(desk, "", p.Ring(p.now, desk), 0)
	p.want("with a token", code, 0)
	_, code = p.syncs(other, "", "", 0)
	p.want("another account", code, 0)
	p.now = p.now.Add(time.Minute)
	_, code = p.syncs(desk, "", "", 0)
	p.want("a minute later", code, 0)
}

// After three days an item is gone, also for a reader whose cursor is older.
func TestItemsLiveThreeDays(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	_, cursor := p.news("")
	p.says(wang, "第一天")
	p.now = p.now.Add(kf.Retention - time.Hour)
	p.says(wang, "第三天")
	items, _ := p.news(cursor)
	p.want("within three days", words(items), "第一天 第三天")
	p.now = p.now.Add(time.Hour)
	for _, from := range []string{"", cursor} {
		items, _ = p.news(from)
		p.want("after three days", words(items), "第三天")
	}
}

// Items have exactly the documented shapes: the ids and times of an item are taken out, the rest is compared whole.
func TestItemShapes(t *testing.T) {
	p := newPlay(t)
	act := func(a kf.Act) func() { return func() { p.does(wang, a) } }
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"enter", act(kf.Act{Kind: kf.ActOpen, Link: p.Way(desk, "123") + "&scene_param=a%20b"}),
			`{"origin":4,"msgtype":"event","event":{"event_type":"enter_session","open_kfid":"wkReception","external_userid":"wmWang","scene":"123","scene_param":"a b","welcome_code":"-"}}`},
		{"enter from 视频号", act(kf.Act{Kind: kf.ActOpen, Channels: &kf.WechatChannels{Nickname: "N", Scene: 1}}),
			`{"origin":4,"msgtype":"event","event":{"event_type":"enter_session","open_kfid":"wkReception","external_userid":"wmWang","welcome_code":"-","wechat_channels":{"nickname":"N","scene":1}}}`},
		{"text", act(kf.Act{Kind: kf.ActText, Text: "满意<&>"}),
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":3,"msgtype":"text","text":{"content":"满意<&>"}}`},
		{"image", act(kf.Act{Kind: "image", MediaID: "pic"}),
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":3,"msgtype":"image","image":{"media_id":"pic"}}`},
		{"location", act(kf.Act{Kind: "location", Latitude: 31.2, Longitude: 121.5, Name: "药房", Address: "人民路 1 号"}),
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":3,"msgtype":"location","location":{"latitude":31.2,"longitude":121.5,"name":"药房","address":"人民路 1 号"}}`},
		{"link", act(kf.Act{Kind: "link", Title: "t", Desc: "d", URL: "https://example.com/?a=1&b=2", PicURL: "https://example.com/p"}),
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":3,"msgtype":"link","link":{"title":"t","desc":"d","url":"https://example.com/?a=1&b=2","pic_url":"https://example.com/p"}}`},
		{"business card", act(kf.Act{Kind: "business_card", UserID: "zhang"}),
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":3,"msgtype":"business_card","business_card":{"userid":"zhang"}}`},
		{"mini program", act(kf.Act{Kind: "miniprogram", Title: "t", AppID: "wx1", PagePath: "p.html", MediaID: "pic"}),
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":3,"msgtype":"miniprogram","miniprogram":{"title":"t","appid":"wx1","pagepath":"p.html","thumb_media_id":"pic"}}`},
		{"a type nobody has heard of", act(kf.Act{Kind: kf.ActRaw, MsgType: "merged_msg", Body: json.RawMessage(`{"title":"群聊的聊天记录","item":[]}`)}),
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":3,"msgtype":"merged_msg","merged_msg":{"title":"群聊的聊天记录","item":[]}}`},
		{"an event nobody has heard of", act(kf.Act{Kind: kf.ActRaw, MsgType: "event", Body: json.RawMessage(`{"event_type":"brand_new","n":1}`)}),
			`{"origin":4,"msgtype":"event","event":{"event_type":"brand_new","open_kfid":"wkReception","external_userid":"wmWang","n":1}}`},
		{"taken", func() {
			p.trans(wang, 2, "")
			p.staff("zhang", kf.Act{Kind: kf.ActTake, Customer: wang})
		}, `{"origin":4,"msgtype":"event","event":{"event_type":"session_status_change","open_kfid":"wkReception","external_userid":"wmWang","change_type":1,"new_servicer_userid":"zhang","msg_code":"-"}}`},
		{"a servicer's words", func() { p.staff("zhang", kf.Act{Kind: kf.ActText, Customer: wang, Text: "我在"}) },
			`{"open_kfid":"wkReception","external_userid":"wmWang","origin":5,"servicer_userid":"zhang","msgtype":"text","text":{"content":"我在"}}`},
		{"ended", func() { p.staff("zhang", kf.Act{Kind: kf.ActEnd, Customer: wang}) },
			`{"origin":4,"msgtype":"event","event":{"event_type":"session_status_change","open_kfid":"wkReception","external_userid":"wmWang","change_type":3,"old_servicer_userid":"zhang","msg_code":"-"}}`},
		{"stopped", func() { p.staff("zhang", kf.Act{Kind: kf.ActStop}) },
			`{"origin":4,"msgtype":"event","event":{"event_type":"servicer_status_change","servicer_userid":"zhang","status":2,"stop_type":0,"open_kfid":"wkReception"}}`},
		{"a servicer takes no more messages", func() { p.staff("zhang", kf.Act{Kind: kf.ActReject, Customer: wang}) },
			`{"origin":4,"msgtype":"event","event":{"event_type":"reject_customer_msg_switch_change","servicer_userid":"zhang","open_kfid":"wkReception","external_userid":"wmWang","reject_switch":1}}`},
	} {
		tt.do()
		items, _ := p.news("")
		p.sameItem(tt.name, items[len(items)-1], tt.want)
		p.now = p.now.Add(time.Second)
	}
}

func (p *play) sameItem(name string, got map[string]any, want string) {
	p.Helper()
	if id, _ := got["msgid"].(string); id == "" || got["send_time"] != float64(p.now.Unix()) {
		p.Errorf("%s: msgid %v, send_time %v", name, got["msgid"], got["send_time"])
	}
	delete(got, "msgid")
	delete(got, "send_time")
	if e, ok := got["event"].(map[string]any); ok {
		for _, code := range []string{"welcome_code", "msg_code"} {
			if e[code] != nil && e[code] != "" {
				e[code] = "-"
			}
		}
	}
	var wanted map[string]any
	p.must(json.Unmarshal([]byte(want), &wanted))
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(wanted)
	p.want(name, string(a), string(b))
}

// Recalls are events of the system that name the message; the message itself stays.
func TestRecalls(t *testing.T) {
	p := newPlay(t)
	p.opens(wang)
	said := p.says(wang, "写错了")
	p.does(wang, kf.Act{Kind: kf.ActRecall, MsgID: said.MsgID})
	items, _ := p.news("")
	p.want("log", words(items), "enter_session 写错了 user_recall_msg")
	p.want("origin", items[2]["origin"], 4.0)
	p.want("which", p.lastEvent("user_recall_msg")["recall_msgid"], said.MsgID)
	if _, err := p.CustomerDoes(p.now, desk, wang, kf.Act{Kind: kf.ActRecall, MsgID: said.MsgID}); err == nil {
		t.Error("recalled twice")
	}
	late := p.says(wang, "也错了")
	p.now = p.now.Add(2 * time.Minute)
	if _, err := p.CustomerDoes(p.now, desk, wang, kf.Act{Kind: kf.ActRecall, MsgID: late.MsgID}); err == nil {
		t.Error("recalled after two minutes")
	}
	p.trans(wang, 3, "zhang")
	line := p.staff("zhang", kf.Act{Kind: kf.ActText, Customer: wang, Text: "错"})
	p.staff("zhang", kf.Act{Kind: kf.ActRecall, Customer: wang, MsgID: line.MsgID})
	e := p.lastEvent("servicer_recall_msg")
	p.want("by whom", e["servicer_userid"], "zhang")
	p.want("which", e["recall_msgid"], line.MsgID)
}
