package official

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"guanjia/bot"
	"guanjia/channel/wxevent"
)

// done completes the event of something done or reported. Keys have tests of their own.
func done(name string, ev bot.Event) bot.Event {
	ev.Account, ev.User, ev.OriginalID, ev.At = "brand", sampleUser, sampleAccount, sampleTime
	ev.Name = name
	return ev
}

func checkEvent(t *testing.T, doc string, want bot.Event) {
	t.Helper()
	got := mustDecode(t, doc)
	if diff := cmp.Diff(&want, got, cmpopts.IgnoreFields(bot.Event{}, "Key")); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if got.Key == "" {
		t.Error("no key")
	}
}

func TestEventsDecode(t *testing.T) {
	t.Parallel()
	const template1, template2 = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc", "9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI"
	for file, want := range map[string]bot.Event{
		"subscribe":         done("subscribe", bot.Event{Kind: bot.KindFollow}),
		"subscribe_by_scan": done("subscribe", bot.Event{Kind: bot.KindFollow, Scene: "123123", Ticket: "TICKET"}),
		"unsubscribe":       done("unsubscribe", bot.Event{Kind: bot.KindUnfollow}),
		"SCAN":              done("SCAN", bot.Event{Kind: bot.KindScan, Scene: "123123", Ticket: "TICKET"}),
		"LOCATION": done("LOCATION", bot.Event{
			Kind: bot.KindPosition, Place: &bot.Place{Latitude: 23.137466, Longitude: 113.352425, Precision: 119.385040},
		}),
		"CLICK": done("CLICK", bot.Event{Kind: bot.KindMenuClick, ItemKey: "V1001"}),
		"VIEW":  done("VIEW", bot.Event{Kind: bot.KindMenuView, ItemKey: "https://www.qq.com", Detail: MenuRule{ID: "411203001"}}),
		"view_miniprogram": done("view_miniprogram", bot.Event{
			Kind: bot.KindMenuMiniProgram, ItemKey: "pages/index/index", Detail: MenuRule{ID: "411203001"},
		}),
		"scancode_waitmsg": done("scancode_waitmsg", bot.Event{
			Kind: bot.KindMenuScanCode, ItemKey: "6", Detail: wxevent.ScanCode{Type: "qrcode", Result: "2", Waits: true},
		}),
		"pic_photo_or_album": done("pic_photo_or_album", bot.Event{
			Kind: bot.KindMenuPictures, ItemKey: "6",
			Detail: wxevent.Pictures{Count: 1, MD5s: []string{"5a75aaca956d97be686719218f275c6b"}},
		}),
		"location_select": done("location_select", bot.Event{
			Kind: bot.KindMenuLocation, ItemKey: "6",
			Place: &bot.Place{Latitude: 23, Longitude: 113, Scale: 15, Label: " 广州市海珠区客村艺苑路 106号"},
		}),
		"TEMPLATESENDJOBFINISH": done("TEMPLATESENDJOBFINISH", bot.Event{
			Kind: bot.KindTemplateSent, Detail: TemplateSent{MsgID: "200163836", Status: "success"},
		}),
		"MASSSENDJOBFINISH": done("MASSSENDJOBFINISH", bot.Event{
			Kind: bot.KindMassSent,
			Detail: MassSent{
				MsgID: "1000001625", Status: "err(30003)",
				Copyright: []CopyrightCheck{{
					Index: 1, AuditState: 2, OriginalType: 1, OriginalURL: "Url_1",
					CanReprint: true, NeedReplaceContent: true, NeedReprintShown: true,
				}},
				CopyrightState: 2,
				Articles:       []Article{{Index: 1, URL: "Url_1"}},
			},
		}),
		"subscribe_msg_popup_event": done("subscribe_msg_popup_event", bot.Event{
			Kind: bot.KindSubscribePopup,
			Detail: SubscribeList{
				{TemplateID: template1, Status: "accept", PopupScene: "2"},
				{TemplateID: template2, Status: "reject", PopupScene: "2"},
			},
		}),
		"subscribe_msg_change_event": done("subscribe_msg_change_event", bot.Event{
			Kind: bot.KindSubscribeChange, Detail: SubscribeList{{TemplateID: template1, Status: "reject"}},
		}),
		"subscribe_msg_sent_event": done("subscribe_msg_sent_event", bot.Event{
			Kind:   bot.KindSubscribeSent,
			Detail: SubscribeList{{TemplateID: template1, MsgID: "1700827132819554304", ErrorText: "success"}},
		}),
		"kf_create_session": done("kf_create_session", bot.Event{Kind: bot.KindStaffTook, Staff: &bot.StaffAct{Who: "test1@test"}}),
		"kf_close_session":  done("kf_close_session", bot.Event{Kind: bot.KindStaffEnded, Staff: &bot.StaffAct{Who: "test1@test"}}),
		"kf_switch_session": done("kf_switch_session", bot.Event{
			Kind: bot.KindStaffMoved, Staff: &bot.StaffAct{Who: "test2@test", Former: "test1@test"},
		}),
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			checkEvent(t, readFile(t, "testdata/documents/events/"+file+".xml"), want)
		})
	}
}

// The documents below are made of the elements that the official docs list; there are no official samples of them.
func TestEventsWithoutSamplesDecode(t *testing.T) {
	t.Parallel()
	pictures := "<EventKey>6</EventKey><SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item>" +
		"<item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>"
	twoPictures := bot.Event{Kind: bot.KindMenuPictures, ItemKey: "6", Detail: wxevent.Pictures{Count: 2, MD5s: []string{"a", "b"}}}
	userInfo := "<OpenID>o</OpenID><AppID>wx1</AppID><RevokeInfo>201,205</RevokeInfo>"
	revoked := bot.Event{Kind: bot.KindUserInfoChange, Detail: UserInfo{OpenID: "o", AppID: "wx1", Revoked: "201,205"}}
	expires := bot.Event{Kind: bot.KindVerification, Detail: Verification{ExpiresAt: time.Unix(1442401156, 0).UTC()}}
	failed := bot.Event{Kind: bot.KindVerification, Detail: Verification{FailedAt: time.Unix(1442401122, 0).UTC(), Reason: "by time"}}
	const expiredTime, failTime = "<ExpiredTime>1442401156</ExpiredTime>", "<FailTime>1442401122</FailTime><FailReason>by time</FailReason>"

	for _, tc := range []struct {
		name, elements string
		want           bot.Event
	}{
		{"subscribe", "<EventKey>last_trade_no_4200</EventKey>", bot.Event{Kind: bot.KindFollow}},
		{"subscribe", "<EventKey>qrscene_qrscene_1</EventKey>", bot.Event{Kind: bot.KindFollow, Scene: "qrscene_1"}},
		{"subscribe", "", bot.Event{Kind: bot.KindFollow}},
		{"VIEW", "<EventKey>https://www.qq.com</EventKey>", bot.Event{Kind: bot.KindMenuView, ItemKey: "https://www.qq.com"}},
		{"scancode_push", "<EventKey>6</EventKey><ScanCodeInfo><ScanType>barcode</ScanType><ScanResult>EAN_13,69</ScanResult></ScanCodeInfo>",
			bot.Event{Kind: bot.KindMenuScanCode, ItemKey: "6", Detail: wxevent.ScanCode{Type: "barcode", Result: "EAN_13,69"}}},
		{"pic_sysphoto", pictures, twoPictures},
		{"pic_weixin", pictures, twoPictures},
		{"pic_weixin", "", bot.Event{Kind: bot.KindMenuPictures, Detail: wxevent.Pictures{}}},
		{"TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>failed: system failed</Status>",
			bot.Event{Kind: bot.KindTemplateSent, Detail: TemplateSent{MsgID: "1", Status: "failed: system failed"}}},
		{"MASSSENDJOBFINISH", "<MsgID>1</MsgID><Status>sendsuccess</Status><TotalCount>100</TotalCount><FilterCount>80</FilterCount>" +
			"<SentCount>75</SentCount><ErrorCount>x</ErrorCount>",
			bot.Event{Kind: bot.KindMassSent, Detail: MassSent{MsgID: "1", Status: "sendsuccess", Total: 100, Filtered: 80, Sent: 75}}},
		{"PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id>b5O2</article_id>" +
			"<article_detail><count>1</count><item><idx>1</idx><article_url>https://mp.weixin.qq.com/s/x</article_url></item></article_detail></PublishEventInfo>",
			bot.Event{Kind: bot.KindPublished, Detail: Published{
				PublishID: "2247503051", ArticleID: "b5O2", Articles: []Article{{Index: 1, URL: "https://mp.weixin.qq.com/s/x"}},
			}}},
		{"PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>1</publish_id><publish_status>2</publish_status><fail_idx>1</fail_idx><fail_idx>2</fail_idx></PublishEventInfo>",
			bot.Event{Kind: bot.KindPublished, Detail: Published{PublishID: "1", Status: 2, Failed: []int64{1, 2}}}},
		{"PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>1</publish_id><fail_idx/></PublishEventInfo>",
			bot.Event{Kind: bot.KindPublished, Detail: Published{PublishID: "1"}}},
		{"subscribe_msg_popup_event", "", bot.Event{Kind: bot.KindSubscribePopup, Detail: SubscribeList(nil)}},
		{"kf_close_session", "<KfAccount>test1@test</KfAccount><CloseType>KF</CloseType>",
			bot.Event{Kind: bot.KindStaffEnded, Staff: &bot.StaffAct{Who: "test1@test"}}},
		{"user_info_modified", userInfo, revoked},
		{"user_authorization_revoke", userInfo, revoked},
		{"user_authorization_cancellation", userInfo, revoked},
		{"qualification_verify_success", expiredTime, expires},
		{"naming_verify_success", expiredTime, expires},
		{"annual_renew", expiredTime, expires},
		{"verify_expired", expiredTime, expires},
		{"qualification_verify_fail", failTime, failed},
		{"naming_verify_fail", failTime, failed},
		{"naming_verify_fail", "<FailTime>99999999999999</FailTime>", bot.Event{Kind: bot.KindVerification, Detail: Verification{}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			checkEvent(t, event(tc.name, tc.elements), done(tc.name, tc.want))
		})
	}
}
