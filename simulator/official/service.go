package official

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Follower is a person as an account knows them. Everybody has an open id, whether they follow or not.
type Follower struct {
	OpenID    string
	UnionID   string
	Met       bool // they follow or have followed
	Following bool
	At        time.Time // of the latest follow
	Scene     string    // through which it came
}

// Accounts is what the service needs of the accounts, their followers and their chats.
type Accounts interface {
	// Followers lists everybody who follows an account, the first follow first.
	Followers(appID string) []Follower
	// Follower finds a person by open id.
	Follower(appID, openID string) (Follower, bool)
	// Bring shows a message in a follower's chat; template says that it is a template message.
	Bring(appID, openID string, template bool, m screen.Message)
	// Wrote shows what a servicer wrote.
	Wrote(appID, openID, servicer, text string)
	// Report sends an event about a follower to the account, and returns at once.
	Report(appID, openID, brief string, fields []platform.Field)
	// Ticket is what exchanges for the picture of a scene's code.
	Ticket(appID, scene string) string
	// Code is the address in a scene's code, and its picture.
	Code(appID, scene string) (url string, png []byte)
	// Original is the picture of a code that the account has had from the start, by its ticket.
	Original(ticket string) (png []byte, ok bool)
	// Menu is the menu from the start; nil: none.
	Menu(appID string) any
}

// Template is one template (模板) that an account was given.
type Template struct {
	ID      string
	Title   string
	Content string // with {{first.DATA}} for what is filled in
}

// Servicer is one 客服账号 of an account.
type Servicer struct {
	Account string `json:"account"` // name@original
	Nick    string `json:"nick"`
}

// Account is what the service is told of an account.
type Account struct {
	AppID     string
	Templates []Template
	Notices   []Template // of subscription notifications (订阅通知)
	Articles  []Draft
	Servicers []Servicer
	// Subscription says that it is a 订阅号 and no 服务号.
	Subscription bool
}

// Service is the part of the platform that serves official accounts.
type Service struct {
	world    platform.World
	accounts Accounts

	mu    sync.Mutex
	known map[string]*account // by app id
}

// account is what is kept of one.
type account struct {
	Account `json:"-"`

	Grants    map[string][]grant     `json:"grants"`   // by open id
	Remarks   map[string]string      `json:"remarks"`  // by open id
	Tags      []*tag                 `json:"tags"`     // oldest first
	LastTag   int                    `json:"last_tag"` // the last id given
	Codes     []code                 `json:"codes"`
	Menu      json.RawMessage        `json:"menu,omitempty"` // as it was made by the API
	NoMenu    bool                   `json:"no_menu,omitempty"`
	Sessions  map[string]*session    `json:"sessions"` // by open id
	LastMsgID int64                  `json:"last_msg_id"`
	Masses    []*mass                `json:"masses,omitempty"`
	MassAt    map[string][]time.Time `json:"mass_at,omitempty"`  // when mass messages came this month, by open id
	Accepted  map[string]rights      `json:"accepted,omitempty"` // by open id
	Arrivals  map[string]Arrival     `json:"arrivals,omitempty"` // by open id; those that are not there arrive
	Typing    map[string]time.Time   `json:"-"`                  // since when, by open id
	Exchanged map[string]time.Time   `json:"-"`                  // when something was last said, by open id
	sent      map[string]sentOnce    // template messages, by client_msg_id
}

func newAccount(a Account) *account {
	return &account{
		Account: a, Grants: map[string][]grant{}, Remarks: map[string]string{}, LastTag: firstTag - 1, Sessions: map[string]*session{}, MassAt: map[string][]time.Time{}, Accepted: map[string]rights{}, Arrivals: map[string]Arrival{},
		Typing: map[string]time.Time{}, Exchanged: map[string]time.Time{}, sent: map[string]sentOnce{},
	}
}

// Register adds the calls to the API.
func Register(api *platform.API, world platform.World, accounts Accounts, known []Account) *Service {
	s := &Service{world: world, accounts: accounts, known: map[string]*account{}}
	for _, a := range known {
		s.known[a.AppID] = newAccount(a)
	}
	s.registerMessages(api)
	s.registerMass(api)
	s.registerUsers(api)
	s.registerTags(api)
	s.registerCodes(api)
	s.registerMenu(api)
	s.registerServicers(api)
	registerAddresses(api)
	return s
}

// with runs f on what is kept of an account.
func (s *Service) with(appID string, f func(a *account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.known[appID]; a != nil {
		f(a)
	}
}

// kept is with for a call that changes something.
func (s *Service) kept(c *platform.Call, f func(a *account) error) error {
	var err error
	s.with(c.Official.AppID, func(a *account) { err = f(a) })
	if err == nil {
		s.world.Changed()
	}
	return err
}

// follower finds whom a call means; only followers when they must follow.
func (s *Service) follower(c *platform.Call, openID string, mustFollow bool) (Follower, error) {
	if openID == "" {
		return Follower{}, platform.Refuse(codeNoOpenID, "missing openid")
	}
	f, ok := s.accounts.Follower(c.Official.AppID, openID)
	switch {
	case !ok || !f.Met:
		return f, platform.Refuse(codeOpenID, "invalid openid")
	case mustFollow && !f.Following:
		return f, platform.Refuse(codeNotFollowing, "require subscribe")
	}
	return f, nil
}

// The refusals; official account docs, 全局返回码.
const (
	codeOpenID       = 40003
	codeTooMany      = 40032
	codeNoOpenID     = 41009
	codeNotFollowing = 43004
)

// Remember writes what the service must know after a restart.
func (s *Service) Remember() (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.Marshal(s.known)
}

// Recall takes over what Remember wrote.
func (s *Service) Recall(data json.RawMessage) error {
	var old map[string]json.RawMessage
	if err := json.Unmarshal(data, &old); err != nil {
		return fmt.Errorf("official accounts: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for appID, kept := range old {
		now := s.known[appID]
		if now == nil {
			continue
		}
		a := newAccount(now.Account)
		if err := json.Unmarshal(kept, a); err != nil {
			return fmt.Errorf("official account %s: %w", appID, err)
		}
		s.known[appID] = a
	}
	return nil
}
