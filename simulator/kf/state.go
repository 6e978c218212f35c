package kf

import "time"

type stateRequest struct {
	OpenKfID string `json:"open_kfid"`
	Customer string `json:"external_userid"`
}

type stateAnswer struct {
	State    int    `json:"service_state"`
	Servicer string `json:"servicer_userid"` // says something in state 3 only
}

func (s *Service) stateGet(now time.Time, in stateRequest) (stateAnswer, error) {
	x, err := s.known(in.OpenKfID, in.Customer)
	if err != nil {
		return stateAnswer{}, err
	}
	out := stateAnswer{State: x.at(now)}
	if out.State == StateHuman {
		out.Servicer = x.Servicer
	}
	return out, nil
}

// known finds the session of a customer who was here.
func (s *Service) known(openKfID, customer string) (*session, error) {
	if _, _, err := s.desk(openKfID); err != nil {
		return nil, err
	}
	x := s.session(openKfID, customer)
	if x == nil {
		return nil, refuse(codeExternalUserID, "no customer of this account has the external_userid %q", customer)
	}
	return x, nil
}

type transRequest struct {
	OpenKfID string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	State    *int   `json:"service_state"`
	Servicer string `json:"servicer_userid"`
}

type transAnswer struct {
	MsgCode string `json:"msg_code,omitempty"`
}

// allowed lists to which states the API may take a session; kf docs, 变更会话状态.
func allowed(from, to int) bool {
	switch from {
	case StateNew:
		return to == StateBot || to == StatePool || to == StateHuman || to == StateEnded
	case StateBot:
		return to == StatePool || to == StateHuman || to == StateEnded
	case StatePool:
		return to == StateHuman || to == StateEnded
	case StateHuman:
		return to == StateHuman || to == StateEnded
	}
	return false
}

func (s *Service) stateTrans(now time.Time, in transRequest) (transAnswer, error) {
	x, err := s.known(in.OpenKfID, in.Customer)
	if err != nil {
		return transAnswer{}, err
	}
	if in.State == nil || *in.State < StateNew || *in.State > StateEnded {
		return transAnswer{}, refuse(codeJSON, "service_state must be 0 to 4")
	}
	from, to := x.at(now), *in.State
	switch {
	case from == StateEnded:
		return transAnswer{}, refuse(codeEnded, "the session has ended")
	case !allowed(from, to), from == to && in.Servicer == x.Servicer:
		return transAnswer{}, refuse(codeTransition, "a session can't go from state %d to %d", from, to)
	}
	if to == StateHuman {
		if err := s.mayServe(in.OpenKfID, in.Servicer); err != nil {
			return transAnswer{}, err
		}
	}
	s.move(x, to, in.Servicer)
	s.show(now, x, Bubble{From: SideSystem, Type: "trans", Servicer: x.Servicer, Body: encode(map[string]int{"from": from, "to": to})})
	if from == to {
		return transAnswer{}, nil // from one servicer to another: nothing more to say
	}
	switch to {
	case StatePool:
		return transAnswer{MsgCode: s.giveCode(now, x, usePool)}, nil
	case StateHuman:
		return transAnswer{MsgCode: s.giveCode(now, x, useTaken)}, nil
	case StateEnded:
		return transAnswer{MsgCode: s.giveCode(now, x, useEnd)}, nil
	}
	return transAnswer{}, nil
}

// mayServe tells whether a session can be given to somebody.
func (s *Service) mayServe(openKfID, userID string) error {
	status, ok := s.servicerStatus(openKfID, userID)
	switch {
	case !ok:
		return refuse(codeNoServicer, "%q is not a servicer of the account", userID)
	case status != receives:
		return refuse(codeStopped, "%q does not receive", userID)
	}
	return nil
}
