package simulator

import (
	"net/http"

	"guanjia/simulator/official"
)

// Window tells what an official account may still send to a person by itself: how many messages, and until when.
func (s *Simulator) Window(accountName, userID string) (official.Window, error) {
	a := s.account(accountName)
	if a == nil {
		return official.Window{}, refuse(codeNotFound, "没有公众号 %q", accountName)
	}
	s.mu.Lock()
	u, err := s.user(userID)
	if err != nil {
		s.mu.Unlock()
		return official.Window{}, err
	}
	openID := u.Accounts[a.Name].OpenID
	s.mu.Unlock()
	return s.official.Window(a.AppID, openID, s.clock.Now()), nil
}

func (s *Simulator) getWindow(r *http.Request) (any, error) {
	return s.Window(r.PathValue("account"), r.PathValue("user"))
}
