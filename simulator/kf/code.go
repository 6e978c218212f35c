package kf

import "time"

// codeUse is what a code of send_msg_on_event is for.
type codeUse string

// The uses; kf docs, 发送欢迎语等事件响应消息.
const (
	useWelcome codeUse = "welcome" // the customer entered
	usePool    codeUse = "pool"    // the session waits for a servicer
	useTaken   codeUse = "taken"   // a servicer has it
	useEnd     codeUse = "end"     // it ended
)

const (
	shortCodeLife = 20 * time.Second // welcome and end
	longCodeLife  = 48 * time.Hour   // pool and taken
)

// sweepEvery is after how many codes, or msgids, the old ones are looked for.
const sweepEvery = 1000

// life is how long a code can be used.
func (u codeUse) life() time.Duration {
	if u == useWelcome || u == useEnd {
		return shortCodeLife
	}
	return longCodeLife
}

// takes tells whether a code may be answered with a type of message.
func (u codeUse) takes(msgType string) bool {
	return msgType == "text" || msgType == typeMenu && (u == useWelcome || u == useEnd)
}

// code is one right to say one thing.
type code struct {
	Use      codeUse   `json:"use"`
	At       time.Time `json:"at"`
	Desk     string    `json:"desk"`
	Customer string    `json:"customer"`
	Epoch    int64     `json:"epoch"` // of the session when it was given out
	Used     bool      `json:"used,omitempty"`
}

// giveCode makes a code for what has just become of a session, and forgets the codes that nobody will ask for.
func (s *Service) giveCode(now time.Time, x *session, use codeUse) string {
	if len(s.state.Codes)%sweepEvery == 0 {
		for name, c := range s.state.Codes {
			if now.Sub(c.At) > longCodeLife+Retention {
				delete(s.state.Codes, name)
			}
		}
	}
	name := s.name("code", s.seq())
	s.state.Codes[name] = &code{Use: use, At: now, Desk: x.Desk, Customer: x.Customer, Epoch: x.Epoch}
	return name
}

// redeem finds what a code is good for now. Which errcodes the platform has for a code that is no longer good is not
// documented; this is a choice of the family "the session ended".
func (s *Service) redeem(now time.Time, name string) (*code, *session, error) {
	c := s.state.Codes[name]
	if c == nil {
		return nil, nil, refuse(codeCode, "the code was never given out")
	}
	x := s.session(c.Desk, c.Customer)
	switch {
	case c.Used:
		return nil, nil, refuse(codeEnded, "the code has been used")
	case now.Sub(c.At) >= c.Use.life():
		return nil, nil, refuse(codeEnded, "the code is older than %s", c.Use.life())
	case c.Use != useWelcome && (x.Epoch != c.Epoch || c.Use != useEnd && x.at(now) != x.State):
		return nil, nil, refuse(codeEnded, "the session is no longer in the state in which the code was given out")
	}
	return c, x, nil
}
