package bot

import "time"

// Kind says what happened. The kinds are the product's own words; each channel maps the platform's to them.
type Kind string

// What a person sends.
const (
	KindText        Kind = "text"
	KindImage       Kind = "image"
	KindVoice       Kind = "voice"
	KindVideo       Kind = "video"
	KindShortVideo  Kind = "short_video"
	KindLocation    Kind = "location"
	KindLink        Kind = "link"
	KindFile        Kind = "file"
	KindMiniProgram Kind = "mini_program"
	KindNameCard    Kind = "name_card"     // somebody's card (名片)
	KindOther       Kind = "other_message" // of a type that is too new, or too rare, to be known
)

// What a person does.
const (
	KindFollow          Kind = "follow"
	KindUnfollow        Kind = "unfollow"
	KindScan            Kind = "scan" // a QR code, by somebody who follows already
	KindMenuClick       Kind = "menu_click"
	KindMenuView        Kind = "menu_view"
	KindMenuMiniProgram Kind = "menu_mini_program"
	KindMenuScanCode    Kind = "menu_scan_code"   // scancode_push, scancode_waitmsg
	KindMenuPictures    Kind = "menu_pictures"    // pic_sysphoto, pic_photo_or_album, pic_weixin
	KindMenuLocation    Kind = "menu_location"    // location_select
	KindPosition        Kind = "position"         // LOCATION: reported by the client, not sent by the person
	KindSubscribePopup  Kind = "subscribe_popup"  // answered the subscription dialogue
	KindSubscribeChange Kind = "subscribe_change" // changed it in the settings
	KindUserInfoChange  Kind = "user_info_change" // user_info_modified, user_authorization_*
)

// What the platform reports.
const (
	KindSubscribeSent Kind = "subscribe_sent"
	KindTemplateSent  Kind = "template_sent"
	KindMassSent      Kind = "mass_sent"
	KindPublished     Kind = "published"
	KindVerification  Kind = "verification" // qualification_*, naming_*, annual_renew, verify_expired
	KindUnknown       Kind = "unknown"
)

// What staff do who talk to customers themselves (人工客服), on every channel that has them.
const (
	KindStaffTook   Kind = "staff_took"   // somebody took the conversation up
	KindStaffMoved  Kind = "staff_moved"  // it was handed to somebody else
	KindStaffEnded  Kind = "staff_ended"  // it is over: the bot answers again
	KindStaffSaid   Kind = "staff_said"   // somebody of the staff wrote to the customer
	KindStaffStatus Kind = "staff_status" // somebody began or stopped to receive customers
)

// What WeCom reports beside that.
const (
	KindEnter           Kind = "enter"            // a member opened the app, or a customer a customer-service chat
	KindRecall          Kind = "recall"           // a message was taken back
	KindSendFailed      Kind = "send_failed"      // a message that the platform had accepted did not reach the customer
	KindCard            Kind = "card"             // a member tapped a template card
	KindContact         Kind = "contact"          // something changed between a customer and a member; an add that can be greeted is a follow
	KindGroupChat       Kind = "group_chat"       // something changed in a customers' group
	KindTag             Kind = "tag"              // the corp's tags changed
	KindServiceNews     Kind = "service_news"     // customer-service messages wait to be fetched
	KindServiceAccounts Kind = "service_accounts" // which customer-service accounts the app may use changed
)

// IsMessage tells whether the kind is something a person said, and so must not be met with silence.
func (k Kind) IsMessage() bool {
	switch k {
	case KindText, KindImage, KindVoice, KindVideo, KindShortVideo, KindLocation, KindLink, KindFile, KindMiniProgram, KindNameCard, KindOther:
		return true
	}
	return false
}

// IsAct tells whether the kind is a person's own doing that is answered when something is configured for it.
func (k Kind) IsAct() bool {
	switch k {
	case KindFollow, KindUnfollow, KindScan, KindMenuClick, KindMenuScanCode, KindMenuPictures, KindMenuLocation:
		return true
	}
	return k.IsMessage()
}

// Event is one thing that happened on an account, decoded. Strings are valid UTF-8 without NUL; times are UTC.
type Event struct {
	Account AccountName
	User    UserID
	Key     EventKey
	Kind    Kind
	At      time.Time // CreateTime of the platform, whole seconds

	OriginalID string // ToUserName: the account's own id (gh_... or the corp id), the sender of the reply
	MsgID      string // messages only
	Name       string // the platform's own name of the message type or event, for the journal

	Text    string // text: what was typed; voice: the platform's transcription, if any
	MenuID  string // id of the tapped item of a menu message
	Scene   Scene  // follow, scan
	Ticket  string // follow, scan: exchanges for the picture of the code
	ItemKey string // menu events: the key, URL or page path of the tapped item

	// Desk is the customer-service account (open kfid) on which it happened; empty on channels that have none.
	Desk string
	// Past says that it is too old to be answered: it is written into the journal, and nobody acts on it.
	Past bool
	// Speakable says that the channel can answer although nobody said anything: a customer entered, a talk with staff ended.
	Speakable bool

	// Unsaid are messages of an earlier answer that the channel could not say after all: they lead the person's next reply.
	Unsaid []Message

	Staff *StaffAct // staff_...
	Media *Media    // image, voice, video, short video, file
	Place *Place    // location, position, menu_location
	Link  *Link     // link, mini program
	// Detail holds the fields that only one kind has, as a struct of the channel's; nil when there are none.
	Detail any
	// Raw is the decrypted document of KindUnknown and KindOther. It is kept for the journal.
	Raw []byte
}

// Person is who did it.
func (e *Event) Person() Person { return Person{Account: e.Account, User: e.User} }

// StaffAct is what somebody of the staff did. They are named as the platform names them: by user id, or by kf_account.
type StaffAct struct {
	Who    string // who did it or has the conversation now
	Former string // of staff_moved and staff_ended: who had it before, where the platform tells
}

// Media is something uploaded by a person; MediaID is valid for 3 days on the platform (PLATFORM A14).
type Media struct {
	MediaID, ThumbMediaID string
	URL, Format           string
	Title, Description    string
	FileKey, MD5          string
	Size                  int64 // bytes
}

// Place is a position on the map.
type Place struct {
	Latitude, Longitude, Precision float64
	Scale                          int
	Label, Name                    string
}

// Link is a shared page or mini-program page.
type Link struct {
	Title, Description, URL             string
	AppID, Page, ThumbURL, ThumbMediaID string
}
