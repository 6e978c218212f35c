package simulator

import (
	"net/http"

	"guanjia/simulator/official"
)

// Arrival says what becomes of an official account's template messages and subscription notifications to a person.
type Arrival = official.Arrival

// The arrivals.
const (
	Arrives = official.Arrives
	Blocked = official.Blocked // refused on the phone (拒收)
	Failing = official.Failing // taken, and then the platform fails
)

// ArrivalView is what was set for a person.
type ArrivalView struct {
	Arrival Arrival `json:"arrival"`
}

// SetArrival says what becomes of an account's notifications to a person from now on. The account is not told, as it is not by the platform.
func (s *Simulator) SetArrival(accountName, userID string, arrival Arrival) (ArrivalView, error) {
	a := s.account(accountName)
	if a == nil {
		return ArrivalView{}, refuse(codeNotFound, "没有公众号 %q", accountName)
	}
	if !arrival.Known() {
		return ArrivalView{}, refuse(codeBadRequest, "arrival 应是 %s、%s 或 %s", Arrives, Blocked, Failing)
	}
	s.mu.Lock()
	u, err := s.user(userID)
	if err != nil {
		s.mu.Unlock()
		return ArrivalView{}, err
	}
	openID := u.Accounts[a.Name].OpenID
	s.mu.Unlock()
	s.official.SetArrival(a.AppID, openID, arrival)
	return ArrivalView{arrival}, nil
}

func (s *Simulator) putArrival(r *http.Request) (any, error) {
	in, err := decode[ArrivalView](r)
	if err != nil {
		return nil, err
	}
	return s.SetArrival(r.PathValue("account"), r.PathValue("user"), in.Arrival)
}
