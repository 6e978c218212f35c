package kf

import (
	"slices"
	"time"
)

// DeskView is a desk as its pages show it.
type DeskView struct {
	OpenKfID  string     `json:"open_kfid"`
	Name      string     `json:"name"`
	Link      string     `json:"link"`
	Auto      bool       `json:"auto_assign"`
	Managed   bool       `json:"manage_privilege"`
	Servicers []Servicer `json:"servicers"`
	Waiting   int        `json:"waiting"` // customers in the pool
	Faults    Faults     `json:"faults"`
	FailNext  []int      `json:"fail_next"` // fail_type of the next messages of the API
}

// Desks lists the desks.
func (s *Service) Desks(now time.Time) []DeskView {
	list := []DeskView{}
	for _, d := range s.opts.Corp.Desks {
		st := s.state.Desks[d.OpenKfID]
		v := DeskView{
			OpenKfID: d.OpenKfID, Name: d.Name, Link: s.Way(d.OpenKfID, ""), Auto: d.AutoAssign, Managed: st.Managed,
			Servicers: []Servicer{}, Faults: st.Faults, FailNext: append([]int{}, st.FailNext...),
		}
		for _, servicer := range st.Servicers {
			v.Servicers = append(v.Servicers, *servicer)
		}
		for _, x := range s.state.Sessions {
			if x.Desk == d.OpenKfID && x.at(now) == StatePool {
				v.Waiting++
			}
		}
		list = append(list, v)
	}
	return list
}

// Has tells whether there is a desk.
func (s *Service) Has(openKfID string) bool {
	_, _, ok := s.find(openKfID)
	return ok
}

// Unrung lists the desks with items that no doorbell stood for: after a restart they must ring.
func (s *Service) Unrung() []string {
	var list []string
	for _, d := range s.opts.Corp.Desks {
		if st := s.state.Desks[d.OpenKfID]; st.Managed && st.Rung < st.LastItem {
			list = append(list, d.OpenKfID)
		}
	}
	return list
}

// Manage gives the right to operate a desk to the API, or takes it, as the corp's admin does.
func (s *Service) Manage(openKfID string, managed bool) error {
	_, st, ok := s.find(openKfID)
	if !ok {
		return missing("没有客服账号 %q", openKfID)
	}
	if st.Managed == managed {
		return nil
	}
	st.Managed = managed
	if managed {
		s.changes.Given = append(s.changes.Given, openKfID)
	} else {
		s.changes.Taken = append(s.changes.Taken, openKfID)
	}
	s.deskTouched(openKfID)
	return nil
}

// SetFaults says what goes wrong with the pages of a desk from now on.
func (s *Service) SetFaults(openKfID string, f Faults) error {
	_, st, ok := s.find(openKfID)
	if !ok {
		return missing("没有客服账号 %q", openKfID)
	}
	for _, chance := range []float64{f.EmptyPages, f.Repeats, f.Mixed, f.MixedWithin} {
		if !(chance >= 0 && chance <= maxChance) {
			return refuseAct("概率应在 0 到 1 之间；empty_pages 小于 1，否则永远读不完")
		}
	}
	if f.EmptyPages >= maxChance || f.PageSize < 0 || f.PageSize > maxPage {
		return refuseAct("empty_pages 应小于 1，page_size 应在 0 到 %d 之间", maxPage)
	}
	st.Faults = f
	s.deskTouched(openKfID)
	return nil
}

const maxChance = 1

// FailNext makes the next messages of the API fail after they were accepted, one with each fail_type.
func (s *Service) FailNext(openKfID string, failTypes []int) error {
	_, st, ok := s.find(openKfID)
	if !ok {
		return missing("没有客服账号 %q", openKfID)
	}
	if slices.ContainsFunc(failTypes, func(n int) bool { return n < 0 || n > maxFailType }) {
		return refuseAct("fail_type 应在 0 到 %d 之间", maxFailType)
	}
	st.FailNext = slices.Clone(failTypes)
	s.deskTouched(openKfID)
	return nil
}
