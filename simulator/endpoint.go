package simulator

import (
	"guanjia/simulator/platform"
)

// endpoint is where callbacks go: the callback of an official account, or of an app of a corp, with its keys.
type endpoint struct {
	kind      platform.Kind
	name      string // of the account or the app
	id        string // what documents name as the account: the original id, or the corp id
	receiveID string // in the encrypted block: the app id, or the corp id
	owner     string // of material: the account's name, or the corp id
	agentID   int64  // of an app
	token     string
	aesKey    string
	mode      Mode
	callback  string // a URL

	// Guarded by Simulator.mu:
	faults []Fault
	next   []Fault
	passed chan struct{} // closed and renewed when an act has been delivered: what held acts wait for
}

// newAccount opens an official account.
func newAccount(a Account) *account {
	opened := &account{Account: a, menuID: menuID(a.OriginalID), material: map[string]*Media{}, endpoint: endpoint{
		kind: platform.OfficialAccount, name: a.Name, id: a.OriginalID, receiveID: a.AppID, owner: a.Name,
		token: a.Token, aesKey: a.AESKey, mode: a.Mode, callback: a.Callback, faults: a.Faults, passed: make(chan struct{}),
	}}
	for _, m := range a.Media {
		opened.material[m.ID] = &Media{
			ID: m.ID, Account: a.Name, Kind: m.Kind, ContentType: m.ContentType, Size: len(m.Data), Permanent: true, data: m.Data,
		}
	}
	return opened
}

// app is an app of a corp at work.
type app struct {
	*platform.App
	corp *platform.Corp
	endpoint
}

func newApp(c *platform.Corp, a *platform.App) *app {
	return &app{App: a, corp: c, endpoint: endpoint{
		kind: platform.WeCom, name: a.Name, id: c.ID, receiveID: c.ID, owner: c.ID, agentID: a.AgentID,
		token: a.Token, aesKey: a.AESKey, mode: ModeSecure, callback: a.Callback, passed: make(chan struct{}),
	}}
}

// endpoint finds an official account or an app by its name; nil when there is none.
func (s *Simulator) endpoint(name string) *endpoint {
	if a := s.account(name); a != nil {
		return &a.endpoint
	}
	if a := s.app(name); a != nil {
		return &a.endpoint
	}
	return nil
}

// app finds an app of any corp by its name; nil when there is none.
func (s *Simulator) app(name string) *app {
	for _, a := range s.apps {
		if a.Name == name {
			return a
		}
	}
	return nil
}
