package simulator

import (
	"time"

	"guanjia/simulator/screen"
)

// screens are the chats as the parts of the platform see them.
type screens struct{ s *Simulator }

// bring shows a message that was no passive reply; s.mu is held.
func (s *Simulator) bring(name, userID string, via Via, msgID string, m screen.Message) {
	s.addEntry(&Entry{Account: name, User: userID, From: SideAccount, Reply: &m, Via: via, MsgID: msgID})
}

// Bring shows an app's message in a member's chat.
func (v screens) Bring(app, userID, msgID string, m screen.Message) {
	v.s.mu.Lock()
	v.s.bring(app, userID, ViaAPI, msgID, m)
	v.s.mu.Unlock()
	world(v).Changed()
}

// Recall takes an app's message back.
func (v screens) Recall(app, msgID string, since time.Time) bool {
	v.s.mu.Lock()
	found := false
	for _, m := range v.s.app(app).corp.Members {
		c := v.s.state.Chats[chatKey(app, m.UserID)]
		if c == nil {
			continue
		}
		for _, e := range c.Entries {
			if e.MsgID == msgID && e.Reply != nil && !e.Recalled && !e.At.Before(since) {
				e.Recalled, found = true, true
				v.s.publish("entry", e)
			}
		}
	}
	v.s.mu.Unlock()
	if found {
		world(v).Changed()
	}
	return found
}
