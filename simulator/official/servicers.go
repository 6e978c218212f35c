package official

import (
	"slices"
	"time"

	"guanjia/simulator/platform"
)

// The refusals; official account docs, 客服管理.
const (
	codeServicer  = 65401
	codeNoSession = 65413
	codeOthers    = 65414
)

// session is a follower who waits for a servicer, or is served by one.
type session struct {
	Wanted   string    `json:"wanted,omitempty"`   // the servicer the account asked for
	Servicer string    `json:"servicer,omitempty"` // who serves; empty: the follower waits
	Since    time.Time `json:"since"`
}

// Talk is a session as the pages show it.
type Talk struct {
	OpenID   string    `json:"openid"`
	Wanted   string    `json:"wanted,omitempty"`
	Servicer string    `json:"servicer,omitempty"` // empty: the follower waits
	Since    time.Time `json:"since"`
}

func (s *Service) registerServicers(api *platform.API) {
	api.Handle("GET /cgi-bin/customservice/getkflist", platform.ByCertified(), s.servicers)
	api.Handle("GET /cgi-bin/customservice/getonlinekflist", platform.ByCertified(), s.online)
	api.Handle("POST /customservice/kfsession/create", platform.ByCertified(), s.createSession)
	api.Handle("POST /customservice/kfsession/close", platform.ByCertified(), s.closeSession)
	api.Handle("GET /customservice/kfsession/getsession", platform.ByCertified(), s.getSession)
	api.Handle("GET /customservice/kfsession/getsessionlist", platform.ByCertified(), s.sessionsOf)
	api.Handle("GET /customservice/kfsession/getwaitcase", platform.ByCertified(), s.waiting)
}

func (a *account) employs(servicer string) bool {
	return slices.ContainsFunc(a.Servicers, func(k Servicer) bool { return k.Account == servicer })
}

// Waits notes that the account handed a follower to its servicers. One who is served stays with who serves.
func (s *Service) Waits(appID, openID, wanted string, now time.Time) {
	s.with(appID, func(a *account) {
		if a.Sessions[openID] == nil {
			a.Sessions[openID] = &session{Wanted: wanted, Since: now}
		}
	})
	s.world.Changed()
}

// Serves is who serves a follower; empty: nobody.
func (s *Service) Serves(appID, openID string) (servicer string) {
	s.with(appID, func(a *account) {
		if t := a.Sessions[openID]; t != nil {
			servicer = t.Servicer
		}
	})
	return servicer
}

// Talks lists who waits and who is served, longest first.
func (s *Service) Talks(appID string) []Talk {
	list := []Talk{}
	s.with(appID, func(a *account) {
		for id, t := range a.Sessions {
			list = append(list, Talk{OpenID: id, Wanted: t.Wanted, Servicer: t.Servicer, Since: t.Since})
		}
	})
	slices.SortFunc(list, func(x, y Talk) int { return x.Since.Compare(y.Since) })
	return list
}

// event is what the platform reports of servicers.
func event(name string, fields ...platform.Field) []platform.Field {
	return append([]platform.Field{{Name: "MsgType", Value: "event"}, {Name: "Event", Value: name}}, fields...)
}

// Take lets a servicer serve a follower: one who waits, or anybody who follows; or takes one over from another servicer.
func (s *Service) Take(appID, openID, servicer string) error {
	now := s.world.Now()
	var before string
	err := s.change(appID, func(a *account) error {
		if !a.employs(servicer) {
			return platform.Refuse(codeServicer, "invalid kf account")
		}
		t := a.Sessions[openID]
		if t == nil {
			t = &session{}
			a.Sessions[openID] = t
		}
		before = t.Servicer
		if before == servicer {
			return platform.Refuse(codeOthers, "the servicer serves already")
		}
		t.Servicer, t.Since = servicer, now
		return nil
	})
	if err != nil {
		return err
	}
	if before == "" {
		s.accounts.Report(appID, openID, "kf_create_session", event("kf_create_session", platform.Field{Name: "KfAccount", Value: servicer}))
		return nil
	}
	s.accounts.Report(appID, openID, "kf_switch_session", event("kf_switch_session",
		platform.Field{Name: "FromKfAccount", Value: before}, platform.Field{Name: "ToKfAccount", Value: servicer}))
	return nil
}

// Write lets who serves a follower say something.
func (s *Service) Write(appID, openID, text string) error {
	servicer := s.Serves(appID, openID)
	if servicer == "" {
		return platform.Refuse(codeNoSession, "no session")
	}
	s.accounts.Wrote(appID, openID, servicer, text)
	return nil
}

// End gives a follower back.
func (s *Service) End(appID, openID string) error {
	var servicer string
	err := s.change(appID, func(a *account) error {
		t := a.Sessions[openID]
		if t == nil {
			return platform.Refuse(codeNoSession, "no session")
		}
		servicer = t.Servicer
		delete(a.Sessions, openID)
		return nil
	})
	if err == nil && servicer != "" {
		s.accounts.Report(appID, openID, "kf_close_session", event("kf_close_session", platform.Field{Name: "KfAccount", Value: servicer}))
	}
	return err
}

// change is kept without a call.
func (s *Service) change(appID string, f func(a *account) error) (err error) {
	s.with(appID, func(a *account) { err = f(a) })
	if err == nil {
		s.world.Changed()
	}
	return err
}

// kfRow is a servicer as the lists tell.
type kfRow struct {
	Account string `json:"kf_account"`
	ID      string `json:"kf_id"` // a number as a string in this list
	Nick    string `json:"kf_nick"`
	Head    string `json:"kf_headimgurl"`
}

func (s *Service) rows(appID string) []kfRow {
	rows := []kfRow{}
	s.with(appID, func(a *account) {
		for i, k := range a.Servicers {
			rows = append(rows, kfRow{Account: k.Account, ID: itoa(kfIDs + i), Nick: k.Nick})
		}
	})
	return rows
}

func (s *Service) servicers(c *platform.Call) (any, error) {
	return map[string]any{"kf_list": s.rows(c.Official.AppID)}, nil
}

func (s *Service) online(c *platform.Call) (any, error) {
	type row struct {
		Account  string `json:"kf_account"`
		Status   int    `json:"status"` // 1: in the browser
		ID       string `json:"kf_id"`
		Accepted int    `json:"accepted_case"`
	}
	rows := []row{}
	talks := s.Talks(c.Official.AppID)
	for _, k := range s.rows(c.Official.AppID) {
		n := 0
		for _, t := range talks {
			if t.Servicer == k.Account {
				n++
			}
		}
		rows = append(rows, row{k.Account, 1, k.ID, n})
	}
	return map[string]any{"kf_online_list": rows}, nil
}
