package contact

import (
	"time"
	"unicode/utf8"
)

// ActKind says what somebody does.
type ActKind string

// What a customer does. ExternalUserID says who.
const (
	ActAdd            ActKind = "add"              // scans a code: of the contact way ConfigID or State, else of the member UserID
	ActCustomerSays   ActKind = "customer_says"    // Text, to UserID
	ActCustomerLeaves ActKind = "customer_deletes" // UserID
	ActAgree          ActKind = "agree_archive"    // to the conversation archive, with UserID
	ActRefuseTransfer ActKind = "refuse_transfer"  // to UserID, who was to take over
	ActAcceptTransfer ActKind = "accept_transfer"  // the same, without waiting 24 h
	ActJoinGroup      ActKind = "join_group"       // ChatID, by its QR code; State of the code that was scanned
	ActLeaveGroup     ActKind = "leave_group"      // ChatID
)

// What a member does in the client. UserID says who.
const (
	ActConfirm      ActKind = "confirm"     // lets ExternalUserID in, or adds them back
	ActEdit         ActKind = "edit"        // Remark, Description, Company, Mobiles, AddTags, RemoveTags, Personal
	ActMemberSays   ActKind = "member_says" // Text
	ActMemberLeaves ActKind = "member_deletes"
	ActConfirmSend  ActKind = "confirm_send" // sends the mass message ID to those whom it asks them to
	ActCreateGroup  ActKind = "create_group" // Name; Names: the user ids and external user ids to begin with
	ActInvite       ActKind = "invite"       // Names into ChatID
	ActRemove       ActKind = "remove"       // Names from ChatID
	ActRenameGroup  ActKind = "rename_group" // Name
	ActNotice       ActKind = "group_notice" // Text
	ActChangeOwner  ActKind = "change_owner" // ID: the new owner
	ActDismiss      ActKind = "dismiss_group"
	ActPublish      ActKind = "publish_moment" // ID: the moment
)

// What an admin does in the console.
const (
	ActCreateTags ActKind = "create_tags" // Names, into the group ID, or into a new one called Name
	ActRenameTag  ActKind = "rename_tag"  // ID, Name
	ActDeleteTag  ActKind = "delete_tag"  // ID
	ActOrderTags  ActKind = "order_tags"  // Names in order: of the tags of group ID, or of the groups
	ActSetWelcome ActKind = "set_welcome" // Text for UserID; empty: none
	ActSetVerify  ActKind = "set_verify"  // On: UserID can be added without being asked
	ActSetRival   ActKind = "set_rival"   // Rival; none: there is no other app
	ActSetArchive ActKind = "set_archive" // On
	ActSetEcho    ActKind = "set_echo"    // On: the remarks and tags of the API are told as edits too
	ActLeave      ActKind = "member_left" // UserID
	ActComeBack   ActKind = "member_back" // UserID
)

// Act is one thing that somebody does in a client or in the console. Only the fields of its kind are set.
type Act struct {
	Kind           ActKind `json:"kind"`
	UserID         string  `json:"user_id,omitempty"`
	ExternalUserID string  `json:"external_user_id,omitempty"`

	ConfigID string `json:"config_id,omitempty"`
	State    string `json:"state,omitempty"`
	Half     bool   `json:"half,omitempty"` // add: the member has not added back yet

	Text        string    `json:"text,omitempty"`
	Remark      *string   `json:"remark,omitempty"`
	Description *string   `json:"description,omitempty"`
	Company     *string   `json:"company,omitempty"`
	Mobiles     *[]string `json:"mobiles,omitempty"`
	AddTags     []string  `json:"add_tags,omitempty"`
	RemoveTags  []string  `json:"remove_tags,omitempty"`
	Personal    []string  `json:"personal,omitempty"` // all of the member's own tags on the customer

	ChatID string   `json:"chat_id,omitempty"`
	ID     string   `json:"id,omitempty"`
	Name   string   `json:"name,omitempty"`
	Names  []string `json:"names,omitempty"`
	Order  int64    `json:"order,omitempty"`
	On     bool     `json:"on,omitempty"`
	Rival  *Rival   `json:"rival,omitempty"`
}

// Bounds of an act; ours.
const (
	maxActNames = 200
	maxActText  = 256 // characters of everything but Text
)

func (a *Act) check() error {
	for _, list := range [][]string{a.AddTags, a.RemoveTags, a.Personal, a.Names} {
		if len(list) > maxActNames {
			return refuse("一次最多 %d 个", maxActNames)
		}
		for _, s := range list {
			if utf8.RuneCountInString(s) > maxActText {
				return refuse("内容太长，最多 %d 个字", maxActText)
			}
		}
	}
	for _, s := range []string{a.UserID, a.ExternalUserID, a.ConfigID, a.State, a.ChatID, a.ID, a.Name} {
		if utf8.RuneCountInString(s) > maxActText {
			return refuse("内容太长，最多 %d 个字", maxActText)
		}
	}
	return nil
}

// Do does an act and returns what the platform pushes because of it, and because of what was due before. The error is a *Refused:
// then the act has changed nothing.
func (b *Book) Do(a Act, now time.Time) ([]Event, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	events := b.settle(now)
	more, err := b.do(a, now)
	return append(events, more...), err
}

// Settle lets happen what had only to wait for its time, and returns what the platform pushes because of it.
func (b *Book) Settle(now time.Time) []Event { return b.settle(now) }

func (b *Book) do(a Act, now time.Time) ([]Event, error) {
	switch a.Kind {
	case ActAdd:
		return b.add(a, now)
	case ActConfirm:
		return b.confirm(a, now)
	case ActCustomerSays:
		return b.talk(a, FromCustomer, now)
	case ActMemberSays:
		return b.talk(a, FromMember, now)
	case ActCustomerLeaves:
		return b.end(a, EndedByCustomer, "del_follow_user", now)
	case ActMemberLeaves:
		return b.end(a, EndedByMember, "del_external_contact", now)
	case ActEdit:
		return b.edit(a, now)
	case ActConfirmSend:
		return b.confirmSend(a, now)
	case ActAgree:
		return b.agree(a)
	case ActRefuseTransfer:
		return b.refuseTransfer(a, now)
	case ActAcceptTransfer:
		return b.acceptTransfer(a, now)
	}
	if f, ok := b.groupActs()[a.Kind]; ok {
		return f(a, now)
	}
	if f, ok := b.consoleActs()[a.Kind]; ok {
		return f(a, now)
	}
	return nil, refuse("没有 %q 这种操作", a.Kind)
}

type doing func(Act, time.Time) ([]Event, error)

func (b *Book) groupActs() map[ActKind]doing {
	return map[ActKind]doing{
		ActCreateGroup: b.createChat, ActJoinGroup: b.joinChat, ActLeaveGroup: b.leaveChat, ActInvite: b.invite, ActRemove: b.remove,
		ActRenameGroup: b.renameChat, ActNotice: b.noticeChat, ActChangeOwner: b.changeOwner, ActDismiss: b.dismissChat, ActPublish: b.publish,
	}
}

func (b *Book) consoleActs() map[ActKind]doing {
	return map[ActKind]doing{
		ActCreateTags: b.createTags, ActRenameTag: b.renameTag, ActDeleteTag: b.deleteTag, ActOrderTags: b.orderTags,
		ActSetWelcome: b.setWelcome, ActSetVerify: b.setVerify, ActSetRival: b.setRival, ActSetArchive: b.setArchive,
		ActSetEcho: b.setEcho,
		ActLeave:   b.leave, ActComeBack: b.come,
	}
}

func (b *Book) setArchive(a Act, _ time.Time) ([]Event, error) {
	b.Console.Archive = a.On
	return nil, nil
}

func (b *Book) setEcho(a Act, _ time.Time) ([]Event, error) {
	b.Console.Echo = a.On
	return nil, nil
}

// agree is a customer who agrees to the conversation archive.
func (b *Book) agree(a Act) ([]Event, error) {
	r := b.relation(a.UserID, a.ExternalUserID)
	if !r.linked() {
		return nil, refuse("对方不在通讯录里")
	}
	r.Agreed = true
	return nil, nil
}
