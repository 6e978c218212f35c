package contact

import "time"

// The names of the events that are pushed.
const (
	EventContact = "change_external_contact"
	EventChat    = "change_external_chat"
	EventTag     = "change_external_tag"
)

// Event is one push of the platform. Only the fields of its kind are set; what is empty is left out of the document, except that
// Scene belongs to every add_member and del_member.
type Event struct {
	Event      string    `json:"event"`
	ChangeType string    `json:"change_type"`
	At         time.Time `json:"at"`

	// EventContact
	UserID         string `json:"user_id,omitempty"`
	ExternalUserID string `json:"external_user_id,omitempty"`
	State          string `json:"state,omitempty"`
	WelcomeCode    string `json:"welcome_code,omitempty"`
	Source         string `json:"source,omitempty"`
	FailReason     string `json:"fail_reason,omitempty"`

	// EventChat
	ChatID       string   `json:"chat_id,omitempty"`
	UpdateDetail string   `json:"update_detail,omitempty"`
	Scene        int      `json:"scene,omitempty"`   // JoinScene or QuitScene
	Members      []string `json:"members,omitempty"` // who joined or left
	LastVersion  string   `json:"last_version,omitempty"`
	Version      string   `json:"version,omitempty"`

	// EventTag
	ID      string `json:"id,omitempty"`
	TagType string `json:"tag_type,omitempty"`
}

// contactEvent is a change between a customer and a member.
func contactEvent(change string, r *Relation, now time.Time) Event {
	return Event{Event: EventContact, ChangeType: change, At: now, UserID: r.UserID, ExternalUserID: r.ExternalUserID}
}

func tagEvent(change, kind, id string, now time.Time) Event {
	return Event{Event: EventTag, ChangeType: change, At: now, ID: id, TagType: kind}
}
