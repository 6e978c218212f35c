package official

import (
	"strings"
	"time"

	"guanjia/bot"
)

// decodeEvent fills in what a person did or the platform reports. The names are spelt as the platform spells them.
func decodeEvent(ev *bot.Event, es elements) {
	switch ev.Name {
	case "subscribe":
		ev.Kind = bot.KindFollow
		// Other keys than scenes come too (a payment before the follow); they name no code of ours.
		if scene, ok := strings.CutPrefix(es.word("EventKey"), scanScenePrefix); ok {
			ev.Scene = bot.Scene(scene)
		}
		ev.Ticket = es.word("Ticket")
	case "unsubscribe":
		ev.Kind = bot.KindUnfollow
	case "SCAN":
		ev.Kind = bot.KindScan
		ev.Scene = bot.Scene(es.word("EventKey"))
		ev.Ticket = es.word("Ticket")
	case "LOCATION":
		ev.Kind = bot.KindPosition
		ev.Place = place(es, "Latitude", "Longitude")
	case "TEMPLATESENDJOBFINISH":
		ev.Kind = bot.KindTemplateSent
		ev.Detail = TemplateSent{MsgID: es.word("MsgID"), Status: es.word("Status")}
	case "MASSSENDJOBFINISH":
		ev.Kind = bot.KindMassSent
		ev.Detail = massSent(es)
	case "PUBLISHJOBFINISH":
		ev.Kind = bot.KindPublished
		ev.Detail = published(es.in("PublishEventInfo"))
	case "subscribe_msg_popup_event":
		ev.Kind = bot.KindSubscribePopup
		ev.Detail = subscribeList(es.in("SubscribeMsgPopupEvent"))
	case "subscribe_msg_change_event":
		ev.Kind = bot.KindSubscribeChange
		ev.Detail = subscribeList(es.in("SubscribeMsgChangeEvent"))
	case "subscribe_msg_sent_event":
		ev.Kind = bot.KindSubscribeSent
		ev.Detail = subscribeList(es.in("SubscribeMsgSentEvent"))
	case "kf_create_session", "kf_close_session", "kf_switch_session":
		ev.Kind = bot.KindServiceSession
		ev.Detail = ServiceSession{
			Account:   es.word("KfAccount"),
			From:      es.word("FromKfAccount"),
			To:        es.word("ToKfAccount"),
			CloseType: es.word("CloseType"),
		}
	case "user_info_modified", "user_authorization_revoke", "user_authorization_cancellation":
		ev.Kind = bot.KindUserInfoChange
		ev.Detail = UserInfo{OpenID: es.word("OpenID"), AppID: es.word("AppID"), Revoked: es.word("RevokeInfo")}
	case "qualification_verify_success", "qualification_verify_fail", "naming_verify_success", "naming_verify_fail",
		"annual_renew", "verify_expired":
		ev.Kind = bot.KindVerification
		ev.Detail = Verification{
			ExpiresAt: moment(es.number("ExpiredTime")),
			FailedAt:  moment(es.number("FailTime")),
			Reason:    es.text("FailReason"),
		}
	default:
		decodeMenuEvent(ev, es)
	}
}

// decodeMenuEvent fills in taps on the account's menu.
func decodeMenuEvent(ev *bot.Event, es elements) {
	switch ev.Name {
	case "CLICK":
		ev.Kind = bot.KindMenuClick
	case "VIEW":
		ev.Kind = bot.KindMenuView
		ev.Detail = menuRule(es)
	case "view_miniprogram":
		ev.Kind = bot.KindMenuMiniProgram
		ev.Detail = menuRule(es)
	case "scancode_push", "scancode_waitmsg":
		ev.Kind = bot.KindMenuScanCode
		info := es.in("ScanCodeInfo")
		ev.Detail = ScanCode{
			Type:   info.word("ScanType"),
			Result: info.text("ScanResult"),
			Waits:  ev.Name == "scancode_waitmsg",
		}
	case "pic_sysphoto", "pic_photo_or_album", "pic_weixin":
		ev.Kind = bot.KindMenuPictures
		ev.Detail = pictures(es.in("SendPicsInfo"))
	case "location_select":
		ev.Kind = bot.KindMenuLocation
		ev.Place = place(es.in("SendLocationInfo"), "Location_X", "Location_Y")
	default:
		ev.Kind = bot.KindUnknown
		return
	}
	ev.ItemKey = es.word("EventKey")
}

func menuRule(es elements) any {
	id := es.word("MenuId")
	if id == "" {
		return nil
	}
	return MenuRule{ID: id}
}

func pictures(info elements) Pictures {
	p := Pictures{Count: info.number("Count")}
	for _, item := range info.in("PicList").all("item") {
		p.MD5s = append(p.MD5s, item.word("PicMd5Sum"))
	}
	return p
}

func massSent(es elements) MassSent {
	check := es.in("CopyrightCheckResult")
	m := MassSent{
		MsgID:          es.word("MsgID"),
		Status:         es.word("Status"),
		Total:          es.number("TotalCount"),
		Filtered:       es.number("FilterCount"),
		Sent:           es.number("SentCount"),
		Failed:         es.number("ErrorCount"),
		CopyrightState: check.number("CheckState"),
	}
	for _, item := range check.in("ResultList").all("item") {
		m.Copyright = append(m.Copyright, CopyrightCheck{
			Index:              item.number("ArticleIdx"),
			DeclareState:       item.number("UserDeclareState"),
			AuditState:         item.number("AuditState"),
			OriginalType:       item.number("OriginalArticleType"),
			OriginalURL:        item.word("OriginalArticleUrl"),
			CanReprint:         item.number("CanReprint") == 1,
			NeedReplaceContent: item.number("NeedReplaceContent") == 1,
			NeedReprintShown:   item.number("NeedShowReprintSource") == 1,
		})
	}
	for _, item := range es.in("ArticleUrlResult").in("ResultList").all("item") {
		m.Articles = append(m.Articles, Article{Index: item.number("ArticleIdx"), URL: item.word("ArticleUrl")})
	}
	return m
}

func published(info elements) Published {
	p := Published{
		PublishID: info.word("publish_id"),
		Status:    info.number("publish_status"),
		ArticleID: info.word("article_id"),
	}
	for _, item := range info.in("article_detail").all("item") {
		p.Articles = append(p.Articles, Article{Index: item.number("idx"), URL: item.word("article_url")})
	}
	for e := range info.all("fail_idx") {
		if n := integer(e.text); n > 0 { // an empty element when nothing failed
			p.Failed = append(p.Failed, n)
		}
	}
	return p
}

func subscribeList(container elements) SubscribeList {
	var l SubscribeList
	for _, item := range container.all("List") {
		l = append(l, Subscription{
			TemplateID: item.word("TemplateId"),
			Status:     item.word("SubscribeStatusString"),
			PopupScene: item.word("PopupScene"),
			MsgID:      item.word("MsgID"),
			ErrorCode:  item.number("ErrorCode"),
			ErrorText:  item.text("ErrorStatus"),
		})
	}
	return l
}

// moment is a time in Unix seconds; the zero Time when it isn't said.
func moment(unix int64) time.Time {
	if unix < 1 || unix > maxCreateTime {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}
