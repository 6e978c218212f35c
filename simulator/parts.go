package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"

	"guanjia/simulator/appmessage"
	"guanjia/simulator/material"
	"guanjia/simulator/platform"
	"guanjia/simulator/robot"
)

// Platform serves the platforms' HTTP API, to be mounted at the root of a server: /cgi-bin/, /customservice/ and /wxaapi/.
func (s *Simulator) Platform() http.Handler { return s.api }

// RobotsSaid lists what the robots of a corp's groups said, by robot, oldest first.
func (s *Simulator) RobotsSaid(corpID string) map[string][]robot.Said { return s.robots.Said(corpID) }

// API is the platforms' HTTP API: its faults, limits, tokens and counts are set and read there.
func (s *Simulator) API() *platform.API { return s.api }

// openPlatform makes the API and the parts of the platform behind it.
func (s *Simulator) openPlatform() {
	officials := make([]platform.Official, 0, len(s.accounts))
	for _, a := range s.accounts {
		officials = append(officials, platform.Official{
			Name: a.Name, AppID: a.AppID, Secret: a.Secret, Certified: a.Certified, Subscription: a.Subscription, TrustedIPs: a.TrustedIPs,
		})
	}
	s.api = platform.New(platform.Config{
		World: world{s}, Log: s.log, Corps: s.corps, Officials: officials, AllowEscapes: s.cfg.AllowEscapes, Observe: s.called,
	})
	s.desks = newDesks(s, s.api)
	s.contacts = openContacts(world{s}, s.corps, s.cfg.Unbound, s.cfg.BaseURL)
	s.contacts.register(s.api)
	s.openOfficial()
	material.Register(s.api, world{s})
	appmessage.Register(s.api, world{s}, screens{s})
	s.robots = robot.Register(s.api, world{s})
	s.parts = map[string]platform.Part{
		"api": s.api, "official": s.official, "kf": s.desks, "contacts": s.contacts, "robots": s.robots,
	}
}

// remember asks every part what it must know after a restart.
func (s *Simulator) remember() (map[string]json.RawMessage, error) {
	kept := map[string]json.RawMessage{}
	for name, part := range s.parts {
		data, err := part.Remember()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		kept[name] = data
	}
	return kept, nil
}

// recall gives every part back what it remembered.
func (s *Simulator) recall(kept map[string]json.RawMessage) error {
	for name, data := range kept {
		part, ok := s.parts[name]
		if !ok {
			continue
		}
		if err := part.Recall(data); err != nil {
			return fmt.Errorf("read the simulator's state in %s: %s: %w; delete the file to start afresh", s.file.path, name, err)
		}
	}
	return nil
}

// keep saves what has changed until the simulator closes.
func (s *Simulator) keep() {
	for range s.changed {
		s.saved()
	}
}

// maxCalls bounds the log of API calls.
const maxCalls = 400

// called notes an API call and shows it.
func (s *Simulator) called(r platform.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastCall++
	r.ID = s.lastCall
	s.calls = append(s.calls, r)
	if extra := len(s.calls) - maxCalls; extra > 0 {
		s.calls = append([]platform.Record(nil), s.calls[extra:]...)
	}
	s.publish("call", r)
}
