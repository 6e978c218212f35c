package official

import "time"

// The structs below are what Event.Detail holds for the kinds that have fields of their own; of the menu's special items it
// is wxevent.ScanCode and wxevent.Pictures. Numbers the platform garbled are 0: a report is not lost over a counter.

// FromArticle is the Detail of a message sent from within an article of the account.
type FromArticle struct {
	MsgDataID string // the mass sending or publication
	Index     string // which article of it, from 1
}

// MenuRule is the Detail of KindMenuView and KindMenuMiniProgram: the conditional menu that was shown.
type MenuRule struct {
	ID string
}

// TemplateSent is the Detail of KindTemplateSent.
type TemplateSent struct {
	MsgID  string
	Status string // "success", "failed:user block", "failed: system failed"
}

// MassSent is the Detail of KindMassSent.
type MassSent struct {
	MsgID                         string
	Status                        string // "sendsuccess", "sendfail", "err(10001)", ...
	Total, Filtered, Sent, Failed int64
	Copyright                     []CopyrightCheck
	CopyrightState                int64
	Articles                      []Article
}

// CopyrightCheck is what the platform found on one article of a mass sending.
type CopyrightCheck struct {
	Index, DeclareState, AuditState, OriginalType    int64
	OriginalURL                                      string
	CanReprint, NeedReplaceContent, NeedReprintShown bool
}

// Article is one article of a mass sending or a publication.
type Article struct {
	Index int64 // from 1
	URL   string
}

// Published is the Detail of KindPublished.
type Published struct {
	PublishID string
	Status    int64 // 0 success, 1 publishing, 2 and above failures
	ArticleID string
	Articles  []Article
	Failed    []int64 // indices of the articles that were refused
}

// SubscribeList is the Detail of KindSubscribePopup, KindSubscribeChange and KindSubscribeSent.
type SubscribeList []Subscription

// Subscription is what became of one subscription template.
type Subscription struct {
	TemplateID string
	Status     string // popup, change: "accept", "reject"
	PopupScene string // popup
	MsgID      string // sent
	ErrorCode  int64  // sent: 0 is success
	ErrorText  string // sent
}

// UserInfo is the Detail of KindUserInfoChange.
type UserInfo struct {
	OpenID, AppID string
	Revoked       string // codes of what was taken back: 201 address, 202 invoice, 205 nickname and picture, ...
}

// Verification is the Detail of KindVerification: the account's own verification by the platform.
type Verification struct {
	ExpiresAt, FailedAt time.Time // zero when not said
	Reason              string
}
