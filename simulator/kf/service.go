package kf

import (
	"cmp"
	"slices"
	"time"

	"guanjia/simulator/platform"
)

// Origins of an item; kf docs, 接收消息和事件.
const (
	OriginCustomer = 3
	OriginSystem   = 4
	OriginServicer = 5
)

// Options are what a corp has set up, and what the service stands on. Only Corp is required.
type Options struct {
	Corp   platform.Corp
	Secret string                // what ids, cursors and codes are made from at a fresh start; the state remembers it
	Media  func(id string) Media // nil: there is none
	Lot    func() float64        // 0 up to 1; nil: nothing that is left to chance happens
	Link   string                // what links to desks begin with; empty: the platform's address
}

// Media is what must be known of material. Its kind is empty when it is not there, too old, or of another corp.
type Media struct {
	Kind string // image, voice, video, file
	Size int    // bytes
}

// Service is the customer service of one corp.
type Service struct {
	opts    Options
	state   *State
	changes Changes
}

// State is what is remembered over a restart.
type State struct {
	Secret    string                `json:"secret"`
	LastSeq   int64                 `json:"last_seq"`
	Desks     map[string]*deskState `json:"desks"` // by open kfid
	Customers map[string]*Customer  `json:"customers"`
	Sessions  map[string]*session   `json:"sessions"` // by sessionKey
	Codes     map[string]*code      `json:"codes"`
}

// deskState is what has become of a desk.
type deskState struct {
	Epoch     int64              `json:"epoch"` // of cursors; a new one makes the old ones unknown
	LastItem  int64              `json:"last_item"`
	Rung      int64              `json:"rung"` // the last item that a doorbell stood for
	Log       []*Item            `json:"log"`  // oldest first
	Servicers []*Servicer        `json:"servicers"`
	Managed   bool               `json:"managed"` // by the API
	Faults    Faults             `json:"faults"`
	FailNext  []int              `json:"fail_next,omitempty"` // fail_type of the next messages of the API
	Sent      map[string]*sentID `json:"sent"`                // by msgid
	Refused   []Refused          `json:"refused,omitempty"`

	tokenless []time.Time // calls of sync_msg without a token in the latest minute
}

// Customer is a person as the corp knows them.
type Customer struct {
	ExternalUserID string `json:"external_userid"`
	Person         string `json:"person"` // whoever plays them; the API does not tell
	Nickname       string `json:"nickname"`
	Avatar         string `json:"avatar"`
	Gender         int    `json:"gender"` // 0 unknown, 1 male, 2 female
	UnionID        string `json:"unionid,omitempty"`
}

// Changes is what others must be told.
type Changes struct {
	Bells []string  // open kfids with new items
	Chats []ChatKey // chats whose page is out of date
	Desks []string  // open kfids whose servicers, waiting customers or faults have changed
	Given []string  // open kfids that the API may operate from now on
	Taken []string  // open kfids that it may no longer
}

// ChatKey names one customer at one desk.
type ChatKey struct{ OpenKfID, ExternalUserID string }

// New begins with what state remembers; nil is a fresh start. The service keeps and changes state.
func New(opts Options, state *State) *Service {
	if state == nil {
		state = &State{}
	}
	s := &Service{opts: opts, state: state}
	state.Secret = cmp.Or(state.Secret, opts.Secret)
	if state.Desks == nil {
		state.Desks = map[string]*deskState{}
	}
	if state.Customers == nil {
		state.Customers = map[string]*Customer{}
	}
	if state.Sessions == nil {
		state.Sessions = map[string]*session{}
	}
	if state.Codes == nil {
		state.Codes = map[string]*code{}
	}
	for _, d := range opts.Corp.Desks {
		s.openDesk(d)
	}
	return s
}

func (s *Service) openDesk(d platform.Desk) {
	if old := s.state.Desks[d.OpenKfID]; old != nil {
		if old.Sent == nil {
			old.Sent = map[string]*sentID{}
		}
		return
	}
	st := &deskState{Sent: map[string]*sentID{}, Faults: DefaultFaults(), Managed: !d.Unmanaged}
	for _, userID := range d.Servicers {
		st.Servicers = append(st.Servicers, &Servicer{UserID: userID})
	}
	s.state.Desks[d.OpenKfID] = st
}

// State is what must be kept over a restart. It changes with every call: encode it under the caller's lock.
func (s *Service) State() *State { return s.state }

// Meet tells the service who a customer is; before they first open a desk, and whenever it has changed.
func (s *Service) Meet(c Customer) { s.state.Customers[c.ExternalUserID] = &c }

// Drain returns what others must be told since the last call.
func (s *Service) Drain() Changes {
	c := s.changes
	s.changes = Changes{}
	return c
}

// desk finds an account that the API may operate.
func (s *Service) desk(openKfID string) (*platform.Desk, *deskState, error) {
	if openKfID == "" {
		return nil, nil, refuse(codeOpenKfID, "open_kfid is missing")
	}
	d, st, ok := s.find(openKfID)
	switch {
	case !ok:
		return nil, nil, refuse(codeNoDesk, "no account has the open_kfid %q", openKfID)
	case !st.Managed:
		return nil, nil, refuse(codeUnmanaged, "the app may not operate the account %s", openKfID)
	}
	return d, st, nil
}

// find looks a desk up, whoever asks.
func (s *Service) find(openKfID string) (*platform.Desk, *deskState, bool) {
	i := slices.IndexFunc(s.opts.Corp.Desks, func(d platform.Desk) bool { return d.OpenKfID == openKfID })
	if i < 0 {
		return nil, nil, false
	}
	return &s.opts.Corp.Desks[i], s.state.Desks[openKfID], true
}

// seq numbers everything: messages, codes, doorbells.
func (s *Service) seq() int64 {
	s.state.LastSeq++
	return s.state.LastSeq
}

// rang says that there is news at a desk; nobody is told of a desk that the API may not operate.
func (s *Service) rang(openKfID string) {
	if s.state.Desks[openKfID].Managed && !slices.Contains(s.changes.Bells, openKfID) {
		s.changes.Bells = append(s.changes.Bells, openKfID)
	}
}

// touched says that a chat has changed, and which lines of it.
func (s *Service) touched(x *session, lines ...*Bubble) {
	x.Version++
	for _, b := range lines {
		b.Version = x.Version
	}
	key := ChatKey{x.Desk, x.Customer}
	if !slices.Contains(s.changes.Chats, key) {
		s.changes.Chats = append(s.changes.Chats, key)
	}
}

func (s *Service) deskTouched(openKfID string) {
	if !slices.Contains(s.changes.Desks, openKfID) {
		s.changes.Desks = append(s.changes.Desks, openKfID)
	}
}

func (s *Service) lot() float64 {
	if s.opts.Lot == nil {
		return 1
	}
	return s.opts.Lot()
}

func (s *Service) media(id string) Media {
	if s.opts.Media == nil || id == "" {
		return Media{}
	}
	return s.opts.Media(id)
}

func (s *Service) isMember(userID string) bool {
	_, ok := s.opts.Corp.Member(userID)
	return ok
}

func (s *Service) linkBase() string { return cmp.Or(s.opts.Link, "https://work.weixin.qq.com/kf/") }
