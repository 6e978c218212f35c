package kf

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/channel/wxevent"
)

const testDesk = "wkAJ2GCAAASSm4"

var (
	testPulled  = time.Unix(1615478900, 0).UTC()
	testDecoder = decoder{account: "assistant", desk: testDesk}
)

// someItems are items as the platform's documents show them, or nearly so.
var someItems = []string{
	`{"msgid":"m1","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","send_time":1615478585,"origin":3,"msgtype":"text","text":{"content":"满意","menu_id":"101"}}`,
	`{"msgid":"m2","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","send_time":1615478586,"origin":5,"servicer_userid":"Zhangsan","msgtype":"text","text":{"content":"我来回答您"}}`,
	`{"msgid":"m3","send_time":1615478587,"origin":4,"msgtype":"event","event":{"event_type":"enter_session","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","scene":"123","scene_param":"abc","welcome_code":"aaaaaa","wechat_channels":{"nickname":"N","scene":1}}}`,
	`{"msgid":"m4","send_time":1615478588,"origin":4,"msgtype":"event","event":{"event_type":"msg_send_fail","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","fail_msgid":"FAIL_MSGID","fail_type":4}}`,
	`{"msgid":"m5","send_time":1615478589,"origin":4,"msgtype":"event","event":{"event_type":"session_status_change","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","change_type":1,"new_servicer_userid":"NEW","msg_code":"MSG_CODE"}}`,
	`{"msgid":"m6","send_time":1615478590,"origin":4,"msgtype":"event","event":{"event_type":"servicer_status_change","servicer_userid":"S","status":1,"open_kfid":"wkAJ2GCAAASSm4"}}`,
	`{"msgid":"m7","send_time":1615478591,"origin":4,"msgtype":"event","event":{"event_type":"user_recall_msg","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","recall_msgid":"m1"}}`,
	`{"msgid":"m8","open_kfid":"wkAJ2GCAAASSm4","external_userid":"wmAJ2GCAAAme1","send_time":1615478592,"origin":3,"msgtype":"business_card","business_card":{"userid":"zhangsan"}}`,
	`{"msgid":"m9","send_time":1615478593,"origin":4,"msgtype":"event","event":{"event_type":"reject_customer_msg_switch_change","servicer_userid":"S","open_kfid":"wk","external_userid":"wmAJ2GCAAAme1","reject_switch":1}}`,
}

func decode(raw string) *bot.Event { return testDecoder.decode(json.RawMessage(raw), testPulled) }

// body makes an item of a customer's with this under its type's name.
func body(kind, body string) string {
	return fmt.Sprintf(`{"msgid":"x","external_userid":"wm1","send_time":1615478585,"origin":3,"msgtype":%q,%q:%s}`, kind, kind, body)
}

func TestEveryItemBecomesAnEvent(t *testing.T) {
	t.Parallel()
	event := func(name, rest string) string {
		return fmt.Sprintf(`{"msgid":"x","send_time":1615478585,"origin":4,"msgtype":"event","event":{"event_type":%q,"external_userid":"wm1"%s}}`, name, rest)
	}
	for _, c := range []struct {
		name, item string
		want       bot.Event
	}{
		{"text", body("text", `{"content":"你好"}`), bot.Event{Kind: bot.KindText, Name: "text", Text: "你好"}},
		{"a tapped item says what it means", body("text", `{"content":"领一张优惠券","menu_id":"say.1:领券"}`), bot.Event{Kind: bot.KindText, Name: "text", Text: "领券", MenuID: "say.1:领券"}},
		{"an item of somebody else's menu", body("text", `{"content":"满意","menu_id":101}`), bot.Event{Kind: bot.KindText, Name: "text", Text: "满意", MenuID: "101"}},
		{"image", body("image", `{"media_id":"M"}`), bot.Event{Kind: bot.KindImage, Name: "image", Media: &bot.Media{MediaID: "M"}}},
		{"voice", body("voice", `{"media_id":"M"}`), bot.Event{Kind: bot.KindVoice, Name: "voice", Media: &bot.Media{MediaID: "M"}}},
		{"video", body("video", `{"media_id":"M"}`), bot.Event{Kind: bot.KindVideo, Name: "video", Media: &bot.Media{MediaID: "M"}}},
		{"file", body("file", `{"media_id":"M"}`), bot.Event{Kind: bot.KindFile, Name: "file", Media: &bot.Media{MediaID: "M"}}},
		{"location with numbers as strings", body("location", `{"latitude":"23.1","longitude":113.3,"name":"药房","address":"人民路"}`), bot.Event{
			Kind: bot.KindLocation, Name: "location", Place: &bot.Place{Latitude: 23.1, Longitude: 113.3, Name: "药房", Label: "人民路"},
		}},
		{"location that is none", body("location", `{"latitude":1e9,"longitude":{}}`), bot.Event{Kind: bot.KindLocation, Name: "location", Place: &bot.Place{}}},
		{"link", body("link", `{"title":"T","desc":"D","url":" https://x.cn ","pic_url":"P"}`), bot.Event{
			Kind: bot.KindLink, Name: "link", Link: &bot.Link{Title: "T", Description: "D", URL: "https://x.cn", ThumbURL: "P"},
		}},
		{"mini program", body("miniprogram", `{"title":"T","appid":"A","pagepath":"P","thumb_media_id":"M"}`), bot.Event{
			Kind: bot.KindMiniProgram, Name: "miniprogram", Link: &bot.Link{Title: "T", AppID: "A", Page: "P", ThumbMediaID: "M"},
		}},
		{"a product of a shop", body("channels_shop_product", `{"title":"T","sales_price":"9.9","head_img":"I"}`), bot.Event{
			Kind: bot.KindLink, Name: "channels_shop_product", Link: &bot.Link{Title: "T", Description: "9.9", ThumbURL: "I"},
		}},
		{"an order", body("channels_shop_order", `{"product_titles":"T","price_wording":"9.9","image_url":"I"}`), bot.Event{
			Kind: bot.KindLink, Name: "channels_shop_order", Link: &bot.Link{Title: "T", Description: "9.9", ThumbURL: "I"},
		}},
		{"the card of a member", body("business_card", `{"userid":"u"}`), bot.Event{Kind: bot.KindNameCard, Name: "business_card", Detail: NameCard{Member: "u"}}},
		{"the card of nobody", body("business_card", `[]`), bot.Event{Kind: bot.KindNameCard, Name: "business_card", Detail: NameCard{}}},
		{"a message nobody knows", body("hologram", `{"beam":1}`), bot.Event{Kind: bot.KindOther, Name: "hologram"}},
		{"entering", event("enter_session", `,"scene":7,"scene_param":"p","welcome_code":"c","wechat_channels":{"nickname":"N"}`), bot.Event{
			Kind: bot.KindEnter, Name: "enter_session", Scene: "7", Detail: Entry{Param: "p", WelcomeCode: "c", Video: "N"},
		}},
		{"entering with half of it", event("enter_session", `,"wechat_channels":"?"`), bot.Event{Kind: bot.KindEnter, Name: "enter_session", Detail: Entry{}}},
		{"a message that did not arrive", event("msg_send_fail", `,"fail_msgid":"f","fail_type":"10"`), bot.Event{
			Kind: bot.KindSendFailed, Name: "msg_send_fail", Detail: SendFailure{MsgID: "f", Type: 10},
		}},
		{"taken", event("session_status_change", `,"change_type":1,"new_servicer_userid":"n","msg_code":"c"`), bot.Event{
			Kind: bot.KindStaffTook, Name: "session_status_change", Staff: &bot.StaffAct{Who: "n"}, Detail: Session{Change: 1, Code: "c"},
		}},
		{"handed on", event("session_status_change", `,"change_type":"2","old_servicer_userid":"o","new_servicer_userid":"n"`), bot.Event{
			Kind: bot.KindStaffMoved, Name: "session_status_change", Staff: &bot.StaffAct{Who: "n", Former: "o"}, Detail: Session{Change: 2},
		}},
		{"ended", event("session_status_change", `,"change_type":3,"old_servicer_userid":"o","msg_code":"c"`), bot.Event{
			Kind: bot.KindStaffEnded, Name: "session_status_change", Staff: &bot.StaffAct{Who: "o", Former: "o"}, Detail: Session{Change: 3, Code: "c"},
		}},
		{"opened again", event("session_status_change", `,"change_type":4,"new_servicer_userid":"n"`), bot.Event{
			Kind: bot.KindStaffTook, Name: "session_status_change", Staff: &bot.StaffAct{Who: "n"}, Detail: Session{Change: 4},
		}},
		{"a change nobody knows", event("session_status_change", `,"change_type":9`), bot.Event{Kind: bot.KindUnknown, Name: "session_status_change"}},
		{"recalled by staff", event("servicer_recall_msg", `,"recall_msgid":"r","servicer_userid":"s"`), bot.Event{
			Kind: bot.KindRecall, Name: "servicer_recall_msg", Detail: Recall{MsgID: "r", Staff: "s"},
		}},
		{"an event nobody knows", event("future", ``), bot.Event{Kind: bot.KindUnknown, Name: "future"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := decode(c.item)
			c.want.Account, c.want.User, c.want.Desk, c.want.OriginalID = "assistant", "wm1", testDesk, testDesk
			c.want.At, c.want.MsgID, c.want.Key = time.Unix(1615478585, 0).UTC(), "x", "k:"+testDesk+":x"
			if c.want.Kind == bot.KindUnknown || c.want.Kind == bot.KindOther {
				c.want.Raw = []byte(c.item)
			}
			if diff := cmp.Diff(&c.want, got); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWhatStaffSayIsNotKept: their words are nobody's business here.
func TestWhatStaffSayIsNotKept(t *testing.T) {
	t.Parallel()
	ev := decode(someItems[1])
	if ev.Kind != bot.KindStaffSaid || ev.Staff.Who != "Zhangsan" || ev.Text != "" || ev.Raw != nil {
		t.Errorf("event: %+v", ev)
	}
}

// TestIncompleteItemsAreForTheJournal: nobody acts on an item that does not say who or when, and none is lost.
func TestIncompleteItemsAreForTheJournal(t *testing.T) {
	t.Parallel()
	seen := map[bot.EventKey]string{}
	for _, item := range []string{
		`{"msgid":"x1","send_time":1615478585,"origin":3,"msgtype":"text","text":{"content":"谁说的"}}`,
		`{"msgid":"x2","external_userid":"wm1","origin":3,"msgtype":"text","text":{"content":"何时"}}`,
		`{"msgid":"x3","external_userid":"wm1","send_time":1615478585,"msgtype":"text","text":{"content":"谁发的"}}`,
		`{"msgid":"x4","external_userid":"wm1","send_time":1615478585,"origin":3}`,
		`{"msgid":"x5","external_userid":"` + strings.Repeat("w", 200) + `","send_time":1615478585,"origin":3,"msgtype":"text","text":{"content":"?"}}`,
		`{"external_userid":"wm1","send_time":1615478585,"origin":4,"msgtype":"event"}`,
		`{"external_userid":"wm1","send_time":1615478585,"origin":4,"msgtype":"event","event":[]}`,
		`{}`, `null`, `7`, `"x"`, `[]`,
	} {
		ev := decode(item)
		if ev.Kind != bot.KindUnknown || string(ev.Raw) != item || ev.Text != "" || ev.User == "" || ev.At.IsZero() || ev.Key == "" {
			t.Errorf("%s became %+v", item, ev)
		}
		if other := seen[ev.Key]; other != "" {
			t.Errorf("%s and %s are one event", item, other)
		}
		seen[ev.Key] = item
	}
}

// TestTheSameItemIsTheSameEvent, however it is written; items of other desks, and of other ids, are others.
func TestTheSameItemIsTheSameEvent(t *testing.T) {
	t.Parallel()
	plain := `{"external_userid":"wm1","send_time":1615478585,"origin":3,"msgtype":"text","text":{"content":"好"}}`
	if a, b := decode(plain), decode(strings.ReplaceAll(plain, ",", " ,\n ")); a.Key != b.Key {
		t.Errorf("keys %s and %s", a.Key, b.Key)
	}
	long := strings.Repeat("x", wxevent.MaxIDLen)
	a, b := decode(`{"msgid":"`+long+`"}`), decode(`{"msgid":"`+long[1:]+`y"}`)
	elsewhere := decoder{account: "assistant", desk: "wk2"}.decode(json.RawMessage(`{"msgid":"`+long+`"}`), testPulled)
	if a.Key == b.Key || a.Key == elsewhere.Key || len(a.Key) > wxevent.MaxKeyLen {
		t.Errorf("keys %s, %s and %s", a.Key, b.Key, elsewhere.Key)
	}
}

// FuzzDecode: whatever an item holds, it becomes an event with a key, a person, a time and clean strings, and the same one each
// time.
func FuzzDecode(f *testing.F) {
	for _, item := range someItems {
		f.Add(item)
	}
	f.Add(body("location", `{"latitude":"NaN","longitude":"-181"}`))
	f.Fuzz(func(t *testing.T, item string) {
		ev := decode(item)
		if ev.Key == "" || len(ev.Key) > wxevent.MaxKeyLen || ev.Kind == "" || ev.At.IsZero() || !wxevent.ValidID(string(ev.User)) {
			t.Fatalf("event: %+v", ev)
		}
		if (ev.Kind == bot.KindUnknown) != (ev.Raw != nil) {
			t.Fatalf("%s with %d raw bytes", ev.Kind, len(ev.Raw))
		}
		for _, s := range []string{ev.Text, ev.MenuID, ev.Name, string(ev.User), string(ev.Scene), codeOf(ev)} {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || len(s) > maxText {
				t.Fatalf("string %q", s)
			}
		}
		if diff := cmp.Diff(ev, decode(item)); diff != "" {
			t.Fatalf("another event the second time:\n%s", diff)
		}
	})
}
