package kf

import (
	"time"

	"guanjia/simulator/platform"
)

// The states of a session; kf docs, 分配客服会话.
const (
	StateNew     = 0 // nobody has it yet
	StateBot     = 1 // the API answers
	StatePool    = 2 // waits for a servicer
	StateHuman   = 3 // a servicer answers
	StateEnded   = 4 // or the customer has entered and not written yet
	windowLength = 48 * time.Hour
	maxSends     = 5 // messages of the API since the customer's last one; kf docs, 发送消息
)

// session is one customer at one desk, over all their sessions.
type session struct {
	Desk     string `json:"desk"`
	Customer string `json:"customer"`
	Version  int64  `json:"version"` // changes with everything

	State     int       `json:"state"`
	Servicer  string    `json:"servicer,omitempty"` // in state 3
	Epoch     int64     `json:"epoch"`              // counts the changes of state
	SpokeAt   time.Time `json:"spoke_at,omitzero"`  // the customer's last message
	Sends     int       `json:"sends"`              // messages of the API since
	WelcomeAt time.Time `json:"welcome_at,omitzero"`
	EnteredAt time.Time `json:"entered_at,omitzero"`
	Entered   *Entrance `json:"entered,omitempty"`
	Rejects   bool      `json:"rejects,omitempty"` // the customer takes no messages

	LastBubble int64     `json:"last_bubble"`
	Bubbles    []*Bubble `json:"bubbles"`
}

// Entrance is how a customer came to a desk.
type Entrance struct {
	Scene      string          `json:"scene,omitempty"`
	SceneParam string          `json:"scene_param,omitempty"`
	Channels   *WechatChannels `json:"wechat_channels,omitempty"`
}

func sessionKey(openKfID, customer string) string { return openKfID + "/" + customer }

// session finds a customer's session at a desk; nil when they were never there.
func (s *Service) session(openKfID, customer string) *session {
	return s.state.Sessions[sessionKey(openKfID, customer)]
}

// enterSession finds or makes it.
func (s *Service) enterSession(openKfID, customer string) *session {
	x := s.session(openKfID, customer)
	if x == nil {
		x = &session{Desk: openKfID, Customer: customer, State: StateEnded}
		s.state.Sessions[sessionKey(openKfID, customer)] = x
	}
	return x
}

// expired tells whether the customer has been silent for so long that nothing may be said any more.
func (x *session) expired(now time.Time) bool { return now.Sub(x.SpokeAt) >= windowLength }

// at is the state at a time: a session ends by itself 48 h after the customer's last message.
func (x *session) at(now time.Time) int {
	if x.State != StateEnded && x.expired(now) {
		return StateEnded
	}
	return x.State
}

// move changes the state.
func (s *Service) move(x *session, state int, servicer string) {
	if state != StateHuman {
		servicer = ""
	}
	if x.State != state {
		x.Epoch++
	}
	if (x.State == StatePool) != (state == StatePool) {
		s.deskTouched(x.Desk)
	}
	x.State, x.Servicer = state, servicer
	s.touched(x)
}

// spoke takes note of a customer's message: it opens the window again and begins a session when there is none.
func (s *Service) spoke(now time.Time, d *platform.Desk, x *session) {
	began := x.at(now) == StateEnded
	x.SpokeAt, x.Sends = now, 0
	if !began {
		return
	}
	s.move(x, StateNew, "")
	if d.AutoAssign {
		if servicer := s.receiving(d.OpenKfID); servicer != "" {
			s.move(x, StateHuman, servicer)
		}
	}
}

// receiving finds the servicer of a desk who receives and has the fewest sessions.
func (s *Service) receiving(openKfID string) string {
	best, fewest := "", 0
	for _, userID := range s.staff(openKfID) {
		if status, _ := s.servicerStatus(openKfID, userID); status != receives {
			continue
		}
		n := 0
		for _, x := range s.state.Sessions {
			if x.Desk == openKfID && x.Servicer == userID {
				n++
			}
		}
		if best == "" || n < fewest {
			best, fewest = userID, n
		}
	}
	return best
}
