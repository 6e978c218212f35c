package kf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"guanjia/bot"
	"guanjia/channel/wxevent"
)

// Who an item is from (WeCom docs, 读取消息: origin).
const (
	fromCustomer = 3
	fromPlatform = 4
	fromStaff    = 5
)

// typeEvent is the msgtype of events.
const typeEvent = "event"

// decoder makes events of what is pulled from one desk.
type decoder struct {
	account bot.AccountName
	desk    string
}

// decode makes the event of an item; pulled is when. An event that nobody knows, and what leaves out who or when, is KindUnknown with
// the item in Raw: it is for the journal. There is no item of which no event can be made.
func (d decoder) decode(raw json.RawMessage, pulled time.Time) *bot.Event {
	item := readFields(raw)
	ev := &bot.Event{
		Account: d.account, Desk: d.desk, Kind: bot.KindUnknown, Name: item.word("msgtype"),
		User: bot.UserID(item.word("external_userid")), At: wxevent.Moment(item.number("send_time")), MsgID: item.word("msgid"),
	}
	switch origin := item.number("origin"); {
	case ev.Name == typeEvent:
		decodeEvent(ev, item.in(typeEvent))
	case origin == fromCustomer:
		decodeMessage(ev, item.in(ev.Name))
	case origin == fromStaff:
		ev.Kind, ev.Staff = bot.KindStaffSaid, &bot.StaffAct{Who: item.word("servicer_userid")}
	}
	d.complete(ev, raw, pulled)
	wxevent.Keep(ev, string(raw))
	return ev
}

// complete fills in what an item left out, and its key.
func (d decoder) complete(ev *bot.Event, raw json.RawMessage, pulled time.Time) {
	ev.OriginalID = d.desk
	if !wxevent.ValidID(ev.MsgID) {
		ev.MsgID = ""
	}
	if !wxevent.ValidID(string(ev.User)) {
		ev.User = bot.UserID(d.desk) // nobody, or the desk as a whole
		if ev.Kind != bot.KindStaffStatus {
			forget(ev)
		}
	}
	if ev.At.IsZero() {
		ev.At = pulled.UTC().Truncate(time.Second)
		forget(ev)
	}
	ev.Key = d.key(ev.MsgID, raw)
}

// key is the item's id, or the whole of an item that has none.
func (d decoder) key(msgID string, raw json.RawMessage) bot.EventKey {
	if key := "k:" + d.desk + ":" + msgID; msgID != "" && len(key) <= wxevent.MaxKeyLen {
		return bot.EventKey(key)
	}
	var compact bytes.Buffer
	if msgID != "" {
		compact.WriteString(msgID)
	} else if json.Compact(&compact, raw) != nil {
		compact.Write(raw)
	}
	sum := sha256.Sum256(append([]byte(d.desk+"\x00"), compact.Bytes()...))
	return bot.EventKey("d:" + base64.RawURLEncoding.EncodeToString(sum[:]))
}

// decodeMessage fills in what a customer sent. body is what the item holds under its type's name.
func decodeMessage(ev *bot.Event, body fields) {
	switch ev.Name {
	case "text":
		ev.Kind, ev.Text, ev.MenuID = bot.KindText, body.text("content"), body.word("menu_id")
		if said, ok := meaning(ev.MenuID); ok {
			ev.Text = said
		}
	case "image":
		ev.Kind, ev.Media = bot.KindImage, media(body)
	case "voice":
		ev.Kind, ev.Media = bot.KindVoice, media(body)
	case "video":
		ev.Kind, ev.Media = bot.KindVideo, media(body)
	case "file":
		ev.Kind, ev.Media = bot.KindFile, media(body)
	case "location":
		ev.Kind = bot.KindLocation
		ev.Place = &bot.Place{
			Latitude: body.degrees("latitude", 90), Longitude: body.degrees("longitude", 180), Name: body.text("name"), Label: body.text("address"),
		}
	case "link":
		ev.Kind = bot.KindLink
		ev.Link = &bot.Link{Title: body.text("title"), Description: body.text("desc"), URL: body.word("url"), ThumbURL: body.word("pic_url")}
	case "miniprogram":
		ev.Kind = bot.KindMiniProgram
		ev.Link = &bot.Link{Title: body.text("title"), AppID: body.word("appid"), Page: body.word("pagepath"), ThumbMediaID: body.word("thumb_media_id")}
	case "business_card": // a member of the corp
		ev.Kind, ev.Detail = bot.KindNameCard, NameCard{Member: body.word("userid")}
	case "channels_shop_product": // a product of a shop of 视频号
		ev.Kind = bot.KindLink
		ev.Link = &bot.Link{Title: body.text("title"), Description: body.text("sales_price"), ThumbURL: body.word("head_img")}
	case "channels_shop_order":
		ev.Kind = bot.KindLink
		ev.Link = &bot.Link{Title: body.text("product_titles"), Description: body.text("price_wording"), ThumbURL: body.word("image_url")}
	default: // merged_msg, channels, note and whatever comes next: somebody said something
		if ev.Name != "" {
			ev.Kind = bot.KindOther
		}
	}
}

func media(body fields) *bot.Media { return &bot.Media{MediaID: body.word("media_id")} }

// decodeEvent fills in what happened. Who it happened to stands in the event itself.
func decodeEvent(ev *bot.Event, e fields) {
	ev.User = bot.UserID(cmp.Or(e.word("external_userid"), string(ev.User)))
	ev.Name = cmp.Or(e.word("event_type"), typeEvent)
	switch ev.Name {
	case "enter_session":
		ev.Kind, ev.Scene = bot.KindEnter, bot.Scene(e.word("scene"))
		ev.Detail = Entry{Param: e.text("scene_param"), WelcomeCode: e.word("welcome_code"), Video: e.in("wechat_channels").text("nickname")}
	case "msg_send_fail":
		ev.Kind, ev.Detail = bot.KindSendFailed, SendFailure{MsgID: e.word("fail_msgid"), Type: e.number("fail_type")}
	case "session_status_change":
		decodeSession(ev, e)
	case "servicer_status_change":
		ev.Kind, ev.Staff = bot.KindStaffStatus, &bot.StaffAct{Who: e.word("servicer_userid")}
		ev.Detail = Status{Receiving: e.number("status") == 1, Suspended: e.number("stop_type") == 1}
	case "user_recall_msg", "servicer_recall_msg":
		ev.Kind, ev.Detail = bot.KindRecall, Recall{MsgID: e.word("recall_msgid"), Staff: e.word("servicer_userid")}
	}
}

// decodeSession fills in what somebody of the staff did with a conversation.
func decodeSession(ev *bot.Event, e fields) {
	s := Session{Change: e.number("change_type"), Code: e.word("msg_code")}
	former, who := e.word("old_servicer_userid"), e.word("new_servicer_userid")
	switch s.Change {
	case 1, 4:
		ev.Kind = bot.KindStaffTook
	case 2:
		ev.Kind = bot.KindStaffMoved
	case 3:
		ev.Kind, who = bot.KindStaffEnded, cmp.Or(who, former)
	default:
		return
	}
	ev.Staff, ev.Detail = &bot.StaffAct{Who: who, Former: former}, s
}

// codeOf is the code by which something can be said although the customer said nothing.
func codeOf(ev *bot.Event) string {
	switch d := ev.Detail.(type) {
	case Entry:
		return d.WelcomeCode
	case Session:
		return d.Code
	}
	return ""
}

// forget leaves an event for the journal only.
func forget(ev *bot.Event) {
	ev.Kind, ev.Detail, ev.Staff, ev.Media, ev.Place, ev.Link = bot.KindUnknown, nil, nil, nil, nil, nil
	ev.Text, ev.MenuID, ev.Scene = "", "", ""
}
