package kf

import (
	"slices"
	"time"
)

// The status of a servicer as servicer/list tells it; the event servicer_status_change counts from 1.
const (
	receives = 0
	stopped  = 1
)

// Servicer is somebody who answers at a desk.
type Servicer struct {
	UserID    string `json:"userid"`
	Status    int    `json:"status"` // 0 receives, 1 does not
	Suspended bool   `json:"suspended,omitempty"`
}

// Limits of the servicers of a desk; kf docs, 接待人员管理.
const (
	maxServicers    = 2000
	maxServicerList = 100
)

// staff lists who answers at a desk.
func (s *Service) staff(openKfID string) []string {
	var list []string
	for _, v := range s.state.Desks[openKfID].Servicers {
		list = append(list, v.UserID)
	}
	return list
}

// servicer finds one; nil when they do not answer there.
func (s *Service) servicer(openKfID, userID string) *Servicer {
	for _, v := range s.state.Desks[openKfID].Servicers {
		if v.UserID == userID {
			return v
		}
	}
	return nil
}

func (s *Service) servicerStatus(openKfID, userID string) (status int, ok bool) {
	v := s.servicer(openKfID, userID)
	if v == nil {
		return 0, false
	}
	return v.Status, true
}

type deskRequest struct {
	OpenKfID string `json:"open_kfid"`
}

type servicerEntry struct {
	UserID   string `json:"userid"`
	Status   int    `json:"status"`
	StopType *int   `json:"stop_type,omitempty"` // 0 stopped, 1 suspended; of those who do not receive
}

type servicerListAnswer struct {
	List []servicerEntry `json:"servicer_list"`
}

func (s *Service) servicerList(_ time.Time, in deskRequest) (servicerListAnswer, error) {
	_, st, err := s.desk(in.OpenKfID)
	if err != nil {
		return servicerListAnswer{}, err
	}
	out := servicerListAnswer{List: []servicerEntry{}}
	for _, v := range st.Servicers {
		out.List = append(out.List, servicerEntry{UserID: v.UserID, Status: v.Status, StopType: v.stopType()})
	}
	return out, nil
}

func (v *Servicer) stopType() *int {
	if v.Status == receives {
		return nil
	}
	n := 0
	if v.Suspended {
		n = 1
	}
	return &n
}

type servicerRequest struct {
	OpenKfID    string   `json:"open_kfid"`
	UserIDs     []string `json:"userid_list"`
	Departments []int64  `json:"department_id_list"`
}

type servicerResult struct {
	UserID     string `json:"userid,omitempty"`
	Department int64  `json:"department_id,omitempty"`
	Code       int    `json:"errcode"`
	Msg        string `json:"errmsg"` // success, or ignored when nothing had to be done
}

type servicerAnswer struct {
	Results []servicerResult `json:"result_list"`
}

func (s *Service) servicerAdd(_ time.Time, in servicerRequest) (servicerAnswer, error) {
	return s.change(in, func(st *deskState, userID string) servicerResult {
		switch {
		case !s.isMember(userID):
			return servicerResult{Code: codeUserID, Msg: "invalid userid"}
		case s.servicer(in.OpenKfID, userID) != nil:
			return servicerResult{Msg: "ignored"}
		case len(st.Servicers) >= maxServicers:
			return servicerResult{Code: codeJSON, Msg: "too many servicers"}
		}
		st.Servicers = append(st.Servicers, &Servicer{UserID: userID})
		return servicerResult{Msg: "success"}
	})
}

func (s *Service) servicerDel(_ time.Time, in servicerRequest) (servicerAnswer, error) {
	return s.change(in, func(st *deskState, userID string) servicerResult {
		if s.servicer(in.OpenKfID, userID) == nil {
			return servicerResult{Msg: "ignored"}
		}
		st.Servicers = slices.DeleteFunc(st.Servicers, func(v *Servicer) bool { return v.UserID == userID })
		return servicerResult{Msg: "success"}
	})
}

// change does something with each of the people named. There are no departments in the corps played here.
func (s *Service) change(in servicerRequest, one func(*deskState, string) servicerResult) (servicerAnswer, error) {
	_, st, err := s.desk(in.OpenKfID)
	switch {
	case err != nil:
		return servicerAnswer{}, err
	case len(in.UserIDs)+len(in.Departments) == 0 || len(in.UserIDs) > maxServicerList:
		return servicerAnswer{}, refuse(codeJSON, "userid_list must name 1 to %d members", maxServicerList)
	}
	out := servicerAnswer{Results: []servicerResult{}}
	for _, userID := range in.UserIDs {
		r := one(st, userID)
		r.UserID = userID
		out.Results = append(out.Results, r)
	}
	for _, id := range in.Departments {
		out.Results = append(out.Results, servicerResult{Department: id, Code: codeDepartment, Msg: "department not found"})
	}
	s.deskTouched(in.OpenKfID)
	return out, nil
}
