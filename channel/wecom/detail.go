package wecom

// The structs below are what Event.Detail holds for the kinds that have fields of their own; of the menu's special items it
// is wxevent.ScanCode and wxevent.Pictures. What the platform left out is empty.

// Contact is the Detail of KindContact, and of KindFollow and KindUnfollow of a customer: what changed between a customer and a
// member of staff.
type Contact struct {
	Change      string // "add_external_contact", "add_half_external_contact", "edit_external_contact", "del_external_contact", "del_follow_user", "transfer_fail"
	Member      string // the member's user id
	Customer    string // the customer's external user id
	State       string // of the contact way that they came by
	WelcomeCode string // lives 20 seconds
	Source      string // of del_external_contact: DeletedByTransfer
	FailReason  string // of transfer_fail: "customer_refused", "customer_limit_exceed"
	Corp        string // of a suite's callback: the corp it is about
}

// DeletedByTransfer is the Source of a deletion because another member takes over: the customer stays a customer.
const DeletedByTransfer = "DELETE_BY_TRANSFER"

// MemberID is the member of staff, for handlers that greet by who was added.
func (c Contact) MemberID() string { return c.Member }

// Relation is what happened between the customer and the member, for whoever keeps the records of contacts. It is empty in
// what is about another corp.
func (c Contact) Relation() (change, member, customer, state string) {
	if c.Corp != "" {
		return "", "", "", ""
	}
	return c.Change, c.Member, c.Customer, c.State
}

// GroupChat is the Detail of KindGroupChat: what changed in a customers' group. It does not say the new name or notice.
type GroupChat struct {
	ID     string
	Change string // "create", "update", "dismiss"
	Update string // of update: "add_member", "del_member", "change_owner", "change_name", "change_notice"
	// Of add_member and del_member:
	JoinScene  string // "0" invited, "3" by QR code
	QuitScene  string // "0" left, "1" removed
	Count      int64
	Members    []string // who joined or left
	OldVersion string   // of the list of members
	NewVersion string
}

// Tag is the Detail of KindTag: a tag or group of tags changed.
type Tag struct {
	ID       string // empty when groups were put into another order
	Type     string // "tag", "tag_group"
	Change   string // "create", "update", "delete", "shuffle"
	Strategy string // of a rule group; empty: the corp's
}

// ServiceNews is the Detail of KindServiceNews: messages of a customer-service account wait to be fetched. One may stand for
// many, or for none.
type ServiceNews struct {
	Account string // OpenKfId
	Token   string // for the fetch, ten minutes long
}

// ServiceAccounts is the Detail of KindServiceAccounts: the customer-service accounts that the app may use from now on, and no
// longer.
type ServiceAccounts struct{ Added, Removed []string }

// Card is the Detail of KindCard: a member tapped a template card.
type Card struct {
	TaskID       string
	Type         string // "button_interaction", "vote_interaction", ...; empty of the old task cards
	ResponseCode string // updates the card, once
	Menu         bool   // its menu was tapped, not one of its buttons
	Selected     []Selection
}

// Selection is what was chosen for one question of a card.
type Selection struct {
	Question string
	Options  []string
}
