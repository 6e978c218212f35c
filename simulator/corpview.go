package simulator

import (
	"guanjia/simulator/platform"
)

// CorpView is a corp as its pages show it: without its secrets.
type CorpView struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Members []MemberView `json:"members"`
	Apps    []AppView    `json:"apps"`
	Desks   []DeskView   `json:"desks"`
	Ways    []WayView    `json:"ways"`
}

// MemberView is a member of staff.
type MemberView struct {
	UserID string `json:"user_id"`
	Name   string `json:"name"`
}

// AppView is an app of a corp.
type AppView struct {
	Name     string           `json:"name"`
	Title    string           `json:"title"`
	AgentID  int64            `json:"agent_id"`
	Callback string           `json:"callback,omitempty"`
	Rights   []platform.Right `json:"rights"`
	FaultsView
}

// DeskView is a desk (客服账号) as it was set up.
type DeskView struct {
	OpenKfID  string   `json:"open_kfid"`
	Name      string   `json:"name"`
	Servicers []string `json:"servicers"`
}

// WayView is a contact way (联系我) as it was set up.
type WayView struct {
	State      string   `json:"state"`
	Title      string   `json:"title"`
	Members    []string `json:"members"`
	SkipVerify bool     `json:"skip_verify"`
}

// corpViews shows the corps; s.mu is held.
func (s *Simulator) corpViews() []CorpView {
	views := make([]CorpView, 0, len(s.corps))
	for _, c := range s.corps {
		v := CorpView{ID: c.ID, Title: c.Title, Members: []MemberView{}, Apps: []AppView{}, Desks: []DeskView{}, Ways: []WayView{}}
		for _, m := range c.Members {
			v.Members = append(v.Members, MemberView(m))
		}
		for _, a := range s.apps {
			if a.corp.ID == c.ID {
				v.Apps = append(v.Apps, AppView{
					Name: a.Name, Title: a.Title, AgentID: a.AgentID, Callback: a.Callback,
					Rights: append([]platform.Right{}, a.Rights...), FaultsView: a.faultsView(),
				})
			}
		}
		for _, d := range c.Desks {
			v.Desks = append(v.Desks, DeskView{OpenKfID: d.OpenKfID, Name: d.Name, Servicers: append([]string{}, d.Servicers...)})
		}
		for _, w := range c.Ways {
			v.Ways = append(v.Ways, WayView{State: w.State, Title: w.Title, Members: append([]string{}, w.Members...), SkipVerify: w.SkipVerify})
		}
		views = append(views, v)
	}
	return views
}
