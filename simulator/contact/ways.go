package contact

import (
	"slices"
	"time"
)

// Limits of a contact way (WeCom docs, 配置客户联系「联系我」方式).
const (
	maxWays        = 500_000 // of a corp
	maxWayRemark   = 30      // characters
	maxWayState    = 30      // characters
	maxWayPeople   = 100
	defaultTempQR  = 7 * 24 * 3600  // seconds
	defaultTempIn  = 24 * 3600      // seconds
	maxTempSeconds = 14 * 24 * 3600 // of the code and of the chat
	maxWaysPerPage = 1000
)

// The types and scenes of a contact way.
const (
	waySingle    = 1
	wayMulti     = 2
	sceneProgram = 1 // a button in a mini program
	sceneQR      = 2
	maxWayStyle  = 3
)

// Way is a contact way (联系我): a code or a button that leads to one of its members.
type Way struct {
	Seq        int64     `json:"seq"`
	ConfigID   string    `json:"config_id"`
	Type       int       `json:"type"`
	Scene      int       `json:"scene"`
	Style      int       `json:"style,omitempty"`
	Title      string    `json:"title,omitempty"` // of the corp's own ways
	Remark     string    `json:"remark,omitempty"`
	SkipVerify bool      `json:"skip_verify"`
	State      string    `json:"state,omitempty"`
	Users      []string  `json:"users"`
	Temporary  bool      `json:"temporary,omitempty"`
	ExpiresIn  int64     `json:"expires_in,omitempty"`      // seconds, of a temporary code
	ChatIn     int64     `json:"chat_expires_in,omitempty"` // seconds, of the temporary chat
	UnionID    string    `json:"union_id,omitempty"`        // who may have a temporary chat
	Endings    any       `json:"conclusions,omitempty"`     // what a temporary chat ends with
	At         time.Time `json:"at"`
	Next       int       `json:"next,omitempty"` // whose turn it is among Users
}

// OwnWay puts a contact way of the corp's configuration there, with the same id each time. One that is there already, perhaps
// changed through the API, stays.
func (b *Book) OwnWay(configID, state, title string, users []string, skipVerify bool, now time.Time) {
	if b.Way(configID) != nil {
		return
	}
	kind := wayMulti
	if len(users) == 1 {
		kind = waySingle
	}
	b.Last++
	b.Ways = append(b.Ways, &Way{
		Seq: b.Last, ConfigID: configID, Type: kind, Scene: sceneQR, Title: title, State: state, Users: users, SkipVerify: skipVerify, At: now,
	})
}

// Way finds a contact way; nil when there is none.
func (b *Book) Way(configID string) *Way {
	for _, w := range b.Ways {
		if w.ConfigID == configID {
			return w
		}
	}
	return nil
}

// wayFor finds what a customer scans: by its id, or the newest of that state.
func (b *Book) wayFor(a Act) *Way {
	if a.ConfigID != "" {
		return b.Way(a.ConfigID)
	}
	for _, w := range slices.Backward(b.Ways) {
		if w.State == a.State && !w.Temporary {
			return w
		}
	}
	return nil
}

// receive picks the member who gets the next customer: each in turn, those who left are passed over.
func (b *Book) receive(w *Way, _ time.Time) (string, error) {
	for i := range w.Users {
		n := (w.Next + i) % len(w.Users)
		if m, ok := b.staff(w.Users[n]); ok && m.Contact {
			w.Next = (n + 1) % len(w.Users)
			return m.UserID, nil
		}
	}
	return "", refuse("这个「联系我」没有可以接待的成员")
}
