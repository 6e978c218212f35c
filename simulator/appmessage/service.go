package appmessage

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Limits; WeCom docs, 发送应用消息 and 访问频率限制.
const (
	maxUsers        = 1000
	maxParties      = 100
	maxTags         = 100
	perMinute       = 30 // to one member; more are dropped in silence
	perHour         = 1000
	defaultInterval = 30 * time.Minute // in which a request is known again
	maxInterval     = 4 * time.Hour
	recallable      = 24 * time.Hour
)

// Screens are the members' chats with the apps.
type Screens interface {
	// Bring shows a message in a member's chat with an app.
	Bring(app, userID, msgID string, m screen.Message)
	// Recall takes a message that came since then out of every chat of an app; false: there is none.
	Recall(app, msgID string, since time.Time) bool
}

// Service is the part of the platform that takes apps' messages.
type Service struct {
	world   platform.World
	screens Screens

	mu   sync.Mutex
	seen map[[sha256.Size]byte]seen // requests with the duplicate check
	pace map[string]*pace           // by app and member
}

// seen is a request that came before.
type seen struct {
	msgID string
	until time.Time
}

// pace is when a member got messages of an app, oldest first, within the last hour.
type pace struct{ at []time.Time }

// Register adds the calls to the API.
func Register(api *platform.API, world platform.World, screens Screens) *Service {
	s := &Service{world: world, screens: screens, seen: map[[sha256.Size]byte]seen{}, pace: map[string]*pace{}}
	api.Handle("POST /cgi-bin/message/send", platform.ByApp(), s.send)
	api.Handle("POST /cgi-bin/message/recall", platform.ByApp(), s.recall)
	api.Handle("GET /cgi-bin/agent/get", platform.ByApp(), s.agent)
	return s
}

// answer is that of message/send. The lists are there when there is something in them.
type answer struct {
	InvalidUser  string `json:"invaliduser,omitempty"`
	InvalidParty string `json:"invalidparty,omitempty"`
	InvalidTag   string `json:"invalidtag,omitempty"`
	MsgID        string `json:"msgid"`
	ResponseCode string `json:"response_code,omitempty"` // of a card whose buttons can be tapped
}

func (s *Service) send(c *platform.Call) (any, error) {
	var in request
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if in.AgentID == 0 {
		return nil, platform.Refuse(40056, "invalid agentid")
	}
	if err := c.OwnAgent(int64(in.AgentID)); err != nil {
		return nil, err
	}
	to, a, err := s.receivers(c, &in)
	if err != nil {
		return nil, err
	}
	m, err := in.read(c)
	if err != nil {
		return nil, err
	}
	if before, known := s.again(c, &in); known {
		a.MsgID = before
		return a, nil
	}
	a.MsgID = s.world.NewID("", 64)
	if interactive(m) {
		a.ResponseCode = s.world.NewID("", 43)
	}
	s.remember(c, &in, a.MsgID)
	for _, userID := range to {
		if s.takes(c.App.Name, userID, c.Now) {
			s.screens.Bring(c.App.Name, userID, a.MsgID, m)
		}
	}
	return a, nil
}

// receivers finds the members that are meant. Corps have no departments and no tags here, so that these are always invalid.
func (s *Service) receivers(c *platform.Call, in *request) ([]string, answer, error) {
	users, parties, tags := split(in.ToUser), split(in.ToParty), split(in.ToTag)
	switch {
	case len(users)+len(parties)+len(tags) == 0:
		return nil, answer{}, platform.Refuse(82001, "All touser & toparty & totag are empty")
	case len(users) > maxUsers:
		return nil, answer{}, platform.Refuse(81017, "touser over %d", maxUsers)
	case len(parties) > maxParties:
		return nil, answer{}, platform.Refuse(82002, "toparty over %d", maxParties)
	case len(tags) > maxTags:
		return nil, answer{}, platform.Refuse(82003, "totag over %d", maxTags)
	}
	var to, invalid []string
	if in.ToUser == "@all" {
		for _, m := range c.Corp.Members {
			to = append(to, m.UserID)
		}
		return to, answer{}, nil
	}
	for _, id := range users {
		id = strings.ToLower(id) // answers name members in lower case
		if _, ok := c.Corp.Member(id); ok {
			to = append(to, id)
		} else {
			invalid = append(invalid, id)
		}
	}
	a := answer{InvalidUser: strings.Join(invalid, "|"), InvalidParty: in.ToParty, InvalidTag: in.ToTag}
	if len(to) == 0 {
		return nil, a, platform.Refuse(81013, "user & party & tag all invalid")
	}
	return to, a, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == '|' })
}

// digest knows a request again: all of its JSON counts.
func digest(c *platform.Call) [sha256.Size]byte {
	return sha256.Sum256(append([]byte(c.Corp.ID+"\x00"+c.App.Name+"\x00"), c.Body...))
}

// again tells whether the same request came within its interval, and what was answered then.
func (s *Service) again(c *platform.Call, in *request) (msgID string, known bool) {
	if in.CheckDuplicate == 0 {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	before, ok := s.seen[digest(c)]
	return before.msgID, ok && c.Now.Before(before.until)
}

func (s *Service) remember(c *platform.Call, in *request, msgID string) {
	if in.CheckDuplicate == 0 {
		return
	}
	interval := defaultInterval
	if in.Interval > 0 {
		interval = min(time.Duration(in.Interval)*time.Second, maxInterval)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, before := range s.seen {
		if !c.Now.Before(before.until) {
			delete(s.seen, key)
		}
	}
	s.seen[digest(c)] = seen{msgID: msgID, until: c.Now.Add(interval)}
}

// takes tells whether a member gets one more message of an app: what is too much is dropped, and the app is not told.
func (s *Service) takes(app, userID string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pace[app+"/"+userID]
	if p == nil {
		p = &pace{}
		s.pace[app+"/"+userID] = p
	}
	for len(p.at) > 0 && now.Sub(p.at[0]) >= time.Hour {
		p.at = p.at[1:]
	}
	if len(p.at) >= perHour || len(p.at) >= perMinute && now.Sub(p.at[len(p.at)-perMinute]) < time.Minute {
		return false
	}
	p.at = append(p.at, now)
	return true
}

func (s *Service) recall(c *platform.Call) (any, error) {
	var in struct {
		MsgID string `json:"msgid"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if in.MsgID == "" {
		return nil, platform.Refuse(40063, "some parameters are empty: msgid")
	}
	if !s.screens.Recall(c.App.Name, in.MsgID, c.Now.Add(-recallable)) {
		return nil, platform.Refuse(40035, "invalid parameter: msgid, of another app or over 24 hours old")
	}
	return nil, nil
}
