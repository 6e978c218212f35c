package official

import (
	"strings"

	"guanjia/bot"
	"guanjia/channel/wxevent"
	"guanjia/channel/wxxml"
)

// decodeEvent fills in what a person did or the platform reports. The names are spelt as the platform spells them.
func decodeEvent(ev *bot.Event, es wxxml.Elements) {
	switch ev.Name {
	case "subscribe":
		ev.Kind = bot.KindFollow
		// Other keys than scenes come too (a payment before the follow); they name no code of ours.
		if scene, ok := strings.CutPrefix(es.Word("EventKey"), scanScenePrefix); ok {
			ev.Scene = bot.Scene(scene)
		}
		ev.Ticket = es.Word("Ticket")
	case "unsubscribe":
		ev.Kind = bot.KindUnfollow
	case "SCAN":
		ev.Kind = bot.KindScan
		ev.Scene = bot.Scene(es.Word("EventKey"))
		ev.Ticket = es.Word("Ticket")
	case "LOCATION":
		ev.Kind = bot.KindPosition
		ev.Place = wxevent.Place(es, "Latitude", "Longitude")
	case "TEMPLATESENDJOBFINISH":
		ev.Kind = bot.KindTemplateSent
		ev.Detail = TemplateSent{MsgID: es.Word("MsgID"), Status: es.Word("Status")}
	case "MASSSENDJOBFINISH":
		ev.Kind = bot.KindMassSent
		ev.Detail = massSent(es)
	case "PUBLISHJOBFINISH":
		ev.Kind = bot.KindPublished
		ev.Detail = published(es.In("PublishEventInfo"))
	case "subscribe_msg_popup_event":
		ev.Kind = bot.KindSubscribePopup
		ev.Detail = subscribeList(es.In("SubscribeMsgPopupEvent"))
	case "subscribe_msg_change_event":
		ev.Kind = bot.KindSubscribeChange
		ev.Detail = subscribeList(es.In("SubscribeMsgChangeEvent"))
	case "subscribe_msg_sent_event":
		ev.Kind = bot.KindSubscribeSent
		ev.Detail = subscribeList(es.In("SubscribeMsgSentEvent"))
	case "kf_create_session":
		ev.Kind, ev.Staff = bot.KindStaffTook, &bot.StaffAct{Who: es.Word("KfAccount")}
	case "kf_switch_session":
		ev.Kind, ev.Staff = bot.KindStaffMoved, &bot.StaffAct{Who: es.Word("ToKfAccount"), Former: es.Word("FromKfAccount")}
	case "kf_close_session":
		ev.Kind, ev.Staff = bot.KindStaffEnded, &bot.StaffAct{Who: es.Word("KfAccount")}
	case "user_info_modified", "user_authorization_revoke", "user_authorization_cancellation":
		ev.Kind = bot.KindUserInfoChange
		ev.Detail = UserInfo{OpenID: es.Word("OpenID"), AppID: es.Word("AppID"), Revoked: es.Word("RevokeInfo")}
	case "qualification_verify_success", "qualification_verify_fail", "naming_verify_success", "naming_verify_fail",
		"annual_renew", "verify_expired":
		ev.Kind = bot.KindVerification
		ev.Detail = Verification{
			ExpiresAt: wxevent.Moment(es.Number("ExpiredTime")),
			FailedAt:  wxevent.Moment(es.Number("FailTime")),
			Reason:    es.Text("FailReason"),
		}
	default:
		decodeMenuEvent(ev, es)
	}
}

// decodeMenuEvent fills in taps on the account's menu.
func decodeMenuEvent(ev *bot.Event, es wxxml.Elements) {
	switch ev.Name {
	case "CLICK":
		ev.Kind = bot.KindMenuClick
	case "VIEW":
		ev.Kind = bot.KindMenuView
		ev.Detail = menuRule(es)
	case "view_miniprogram":
		ev.Kind = bot.KindMenuMiniProgram
		ev.Detail = menuRule(es)
	default:
		if !wxevent.MenuAct(ev, es) {
			ev.Kind = bot.KindUnknown
		}
		return
	}
	ev.ItemKey = es.Word("EventKey")
}

func menuRule(es wxxml.Elements) any {
	id := es.Word("MenuId")
	if id == "" {
		return nil
	}
	return MenuRule{ID: id}
}

func massSent(es wxxml.Elements) MassSent {
	check := es.In("CopyrightCheckResult")
	m := MassSent{
		MsgID:          es.Word("MsgID"),
		Status:         es.Word("Status"),
		Total:          es.Number("TotalCount"),
		Filtered:       es.Number("FilterCount"),
		Sent:           es.Number("SentCount"),
		Failed:         es.Number("ErrorCount"),
		CopyrightState: check.Number("CheckState"),
	}
	for _, item := range check.In("ResultList").All("item") {
		m.Copyright = append(m.Copyright, CopyrightCheck{
			Index:              item.Number("ArticleIdx"),
			DeclareState:       item.Number("UserDeclareState"),
			AuditState:         item.Number("AuditState"),
			OriginalType:       item.Number("OriginalArticleType"),
			OriginalURL:        item.Word("OriginalArticleUrl"),
			CanReprint:         item.Number("CanReprint") == 1,
			NeedReplaceContent: item.Number("NeedReplaceContent") == 1,
			NeedReprintShown:   item.Number("NeedShowReprintSource") == 1,
		})
	}
	for _, item := range es.In("ArticleUrlResult").In("ResultList").All("item") {
		m.Articles = append(m.Articles, Article{Index: item.Number("ArticleIdx"), URL: item.Word("ArticleUrl")})
	}
	return m
}

func published(info wxxml.Elements) Published {
	p := Published{
		PublishID: info.Word("publish_id"),
		Status:    info.Number("publish_status"),
		ArticleID: info.Word("article_id"),
	}
	for _, item := range info.In("article_detail").All("item") {
		p.Articles = append(p.Articles, Article{Index: item.Number("idx"), URL: item.Word("article_url")})
	}
	for e := range info.All("fail_idx") {
		if n := wxxml.Integer(e.Text); n > 0 { // an empty element when nothing failed
			p.Failed = append(p.Failed, n)
		}
	}
	return p
}

func subscribeList(container wxxml.Elements) SubscribeList {
	var l SubscribeList
	for _, item := range container.All("List") {
		l = append(l, Subscription{
			TemplateID: item.Word("TemplateId"),
			Status:     item.Word("SubscribeStatusString"),
			PopupScene: item.Word("PopupScene"),
			MsgID:      item.Word("MsgID"),
			ErrorCode:  item.Number("ErrorCode"),
			ErrorText:  item.Text("ErrorStatus"),
		})
	}
	return l
}
