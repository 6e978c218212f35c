package simulator

import (
	"net/http"

	"guanjia/simulator/platform"
)

// CallFaultsView is what goes wrong with API calls.
type CallFaultsView struct {
	Faults []platform.Fault `json:"faults"`
	Paths  []string         `json:"paths"` // the calls there are
}

func (s *Simulator) callFaultsView() CallFaultsView {
	return CallFaultsView{Faults: s.api.Faults(), Paths: s.api.Paths()}
}

// SetCallFaults says what goes wrong with API calls from now on, and tells the pages that watch.
func (s *Simulator) SetCallFaults(faults []platform.Fault) (CallFaultsView, error) {
	if err := s.api.SetFaults(faults...); err != nil {
		return CallFaultsView{}, refuse(codeBadRequest, "%v", err)
	}
	v := s.callFaultsView()
	s.publish("call_faults", v)
	return v, nil
}

func (s *Simulator) putCallFaults(r *http.Request) (any, error) {
	faults, err := decode[[]platform.Fault](r)
	if err != nil {
		return nil, err
	}
	return s.SetCallFaults(faults)
}
