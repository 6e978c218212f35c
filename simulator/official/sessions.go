package official

import (
	"slices"
	"strconv"

	"guanjia/simulator/platform"
)

// kfIDs is where the ids of servicers begin.
const kfIDs = 1001

func itoa(n int) string { return strconv.Itoa(n) }

// sessionBody is the body of kfsession/create and close.
type sessionBody struct {
	Servicer string `json:"kf_account"`
	OpenID   string `json:"openid"`
}

func (s *Service) readSession(c *platform.Call) (in sessionBody, err error) {
	if err := c.Decode(&in); err != nil {
		return in, err
	}
	if _, err := s.follower(c, in.OpenID, true); err != nil {
		return in, err
	}
	s.with(c.Official.AppID, func(a *account) {
		if !a.employs(in.Servicer) {
			err = platform.Refuse(codeServicer, "invalid kf account")
		}
	})
	return in, err
}

func (s *Service) createSession(c *platform.Call) (any, error) {
	in, err := s.readSession(c)
	if err != nil {
		return nil, err
	}
	if by := s.Serves(c.Official.AppID, in.OpenID); by != "" && by != in.Servicer {
		return nil, platform.Refuse(codeOthers, "the user is served by another kf")
	} else if by == in.Servicer {
		return nil, nil
	}
	return nil, s.Take(c.Official.AppID, in.OpenID, in.Servicer)
}

func (s *Service) closeSession(c *platform.Call) (any, error) {
	in, err := s.readSession(c)
	if err != nil {
		return nil, err
	}
	switch by := s.Serves(c.Official.AppID, in.OpenID); by {
	case "":
		return nil, platform.Refuse(codeNoSession, "no session")
	case in.Servicer:
		return nil, s.End(c.Official.AppID, in.OpenID)
	default:
		return nil, platform.Refuse(codeOthers, "the user is served by another kf")
	}
}

func (s *Service) getSession(c *platform.Call) (any, error) {
	f, err := s.follower(c, c.Query.Get("openid"), false)
	if err != nil {
		return nil, err
	}
	talks := s.Talks(c.Official.AppID)
	i := slices.IndexFunc(talks, func(t Talk) bool { return t.OpenID == f.OpenID && t.Servicer != "" })
	if i < 0 {
		return map[string]any{"createtime": 0, "kf_account": ""}, nil
	}
	return map[string]any{"createtime": talks[i].Since.Unix(), "kf_account": talks[i].Servicer}, nil
}

func (s *Service) sessionsOf(c *platform.Call) (any, error) {
	type row struct {
		Time   int64  `json:"createtime"`
		OpenID string `json:"openid"`
	}
	rows := []row{}
	for _, t := range s.Talks(c.Official.AppID) {
		if t.Servicer != "" && t.Servicer == c.Query.Get("kf_account") {
			rows = append(rows, row{t.Since.Unix(), t.OpenID})
		}
	}
	return map[string]any{"sessionlist": rows}, nil
}

func (s *Service) waiting(c *platform.Call) (any, error) {
	type row struct {
		Time   int64  `json:"latest_time"`
		OpenID string `json:"openid"`
	}
	rows := []row{}
	for _, t := range s.Talks(c.Official.AppID) {
		if t.Servicer == "" {
			rows = append(rows, row{t.Since.Unix(), t.OpenID})
		}
	}
	return map[string]any{"count": len(rows), "waitcaselist": rows}, nil
}
