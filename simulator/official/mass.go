package official

import (
	"fmt"
	"slices"
	"time"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Limits of mass messages (official account docs, 群发接口). How long a clientmsgid is known is not documented; a day is a choice.
const (
	massPerMonth       = 4 // to one follower, of a service account
	massPerDay         = 1 // of a subscription account, by the day in China
	maxClientMassID    = 64
	massKnownFor       = 24 * time.Hour
	massMsgIDs         = 1_000_000_000
	massPreviewsPerDay = 100
)

// The refusals (official account docs, 全局返回码).
const (
	codeMassAgain   = 45065
	codeMassIDLong  = 45067
	codeMassTagID   = 45159
	codeMassMsgID   = 40059
	codeMassQuota   = 45028
	statusSent      = "SEND_SUCCESS"
	statusSending   = "SENDING"
	statusDeleted   = "DELETE"
	massFinishEvent = "MASSSENDJOBFINISH"
)

// mass is one mass message.
type mass struct {
	MsgID    int64     `json:"msg_id"`
	ClientID string    `json:"clientmsgid,omitempty"`
	At       time.Time `json:"at"`
	Sent     int       `json:"sent"`
	Filtered int       `json:"filtered"` // who had had enough this month
	Total    int       `json:"total"`
	Deleted  bool      `json:"deleted,omitempty"`
}

func (s *Service) registerMass(api *platform.API) {
	api.Handle("POST /cgi-bin/message/mass/sendall", platform.ByCertified().At(platform.Limit{PerMinute: 60, PerDay: 100}), s.sendMass)
	api.Handle("POST /cgi-bin/message/mass/preview", platform.ByCertified().At(platform.Limit{PerMinute: 60, PerDay: massPreviewsPerDay}), s.previewMass)
	api.Handle("POST /cgi-bin/message/mass/get", platform.ByCertified(), s.massStatus)
	api.Handle("POST /cgi-bin/message/mass/delete", platform.ByCertified(), s.deleteMass)
}

// massBody is the body of mass/sendall and mass/preview. Cards are not played: accounts have none here.
type massBody struct {
	Filter *struct {
		ToAll bool            `json:"is_to_all"`
		Tag   platform.Number `json:"tag_id"`
	} `json:"filter"`
	ToUser   string  `json:"touser"`
	MsgType  string  `json:"msgtype"`
	Text     content `json:"text"`
	Voice    media   `json:"voice"`
	MPNews   media   `json:"mpnews"`
	ClientID string  `json:"clientmsgid"`
	Images   struct {
		MediaIDs []string `json:"media_ids"`
	} `json:"images"`
	MPVideo struct {
		media
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"mpvideo"`
}

// readMass makes of a mass message what a follower sees.
func (s *Service) readMass(c *platform.Call, in *massBody) ([]screen.Message, error) {
	m := screen.Message{Kind: screen.Kind(in.MsgType), CreateTime: c.Now.Unix()}
	var err error
	switch in.MsgType {
	case "text":
		m.Text = in.Text.Content
		err = fits(m.Text)
	case "voice":
		m.MediaID = in.Voice.MediaID
		_, err = c.Material(m.MediaID, "voice")
	case "mpvideo":
		m.Kind, m.MediaID, m.Title, m.Description = screen.Video, in.MPVideo.MediaID, in.MPVideo.Title, in.MPVideo.Description
		_, err = c.Material(m.MediaID, "video")
	case "images":
		if len(in.Images.MediaIDs) == 0 {
			return nil, platform.Refuse(41006, "media_id missing")
		}
		var all []screen.Message
		for _, id := range in.Images.MediaIDs {
			if _, err := c.Material(id, "image"); err != nil {
				return nil, err
			}
			all = append(all, screen.Message{Kind: screen.Image, CreateTime: c.Now.Unix(), MediaID: id})
		}
		return all, nil
	case "mpnews":
		m.Kind = screen.News
		m.Articles, err = s.articles(c, in.MPNews.MediaID)
	case "wxcard":
		err = platform.Refuse(platform.CodeBadMedia, "invalid media_id: there is no such material")
	default:
		err = platform.Refuse(platform.CodeBadKind, "invalid message type")
	}
	return []screen.Message{m}, err
}

func (s *Service) sendMass(c *platform.Call) (any, error) {
	var in massBody
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if in.Filter == nil {
		return nil, platform.Refuse(40035, "invalid parameter: filter")
	}
	if len(in.ClientID) > maxClientMassID {
		return nil, platform.Refuse(codeMassIDLong, "clientmsgid over %d bytes", maxClientMassID)
	}
	messages, err := s.readMass(c, &in)
	if err != nil {
		return nil, err
	}
	followers := s.accounts.Followers(c.Official.AppID)
	var made *mass
	var to []string
	err = s.kept(c, func(a *account) error {
		if before := a.massBy(in.ClientID, c.Now); before != nil {
			return &platform.Error{Code: codeMassAgain, Msg: "clientmsgid exist", Answer: massAnswer{before.MsgID, before.MsgID + 1}}
		}
		if !in.Filter.ToAll && a.tag(int(in.Filter.Tag)) == nil {
			return platform.Refuse(codeMassTagID, "invalid tag id")
		}
		if a.Subscription && a.massesOn(c.Now) >= massPerDay {
			return platform.Refuse(codeMassQuota, "has no masssend quota")
		}
		a.LastMsgID++
		made = &mass{MsgID: massMsgIDs + a.LastMsgID, ClientID: in.ClientID, At: c.Now}
		for _, f := range followers {
			if !in.Filter.ToAll && !slices.Contains(a.tag(int(in.Filter.Tag)).OpenIDs, f.OpenID) {
				continue
			}
			made.Total++
			if !a.Subscription && !a.massAllowed(f.OpenID, c.Now) {
				made.Filtered++
				continue
			}
			a.MassAt[f.OpenID] = append(a.MassAt[f.OpenID], c.Now)
			to = append(to, f.OpenID)
		}
		made.Sent = len(to)
		a.Masses = append(a.Masses, made)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range to {
		for _, m := range messages {
			s.accounts.Bring(c.Official.AppID, id, false, m)
		}
	}
	s.reportMass(c.Official.AppID, followers, made)
	return massAnswer{made.MsgID, made.MsgID + 1}, nil
}

type massAnswer struct {
	MsgID  int64 `json:"msg_id"`
	DataID int64 `json:"msg_data_id"`
}

// massBy finds the mass message that was made by the same id.
func (a *account) massBy(clientID string, now time.Time) *mass {
	for _, m := range a.Masses {
		if clientID != "" && m.ClientID == clientID && now.Sub(m.At) < massKnownFor {
			return m
		}
	}
	return nil
}

// massAllowed tells whether a follower may get one more this month.
func (a *account) massAllowed(openID string, now time.Time) bool {
	month := func(t time.Time) string { return t.In(time.FixedZone("Asia/Shanghai", 8*60*60)).Format("2006-01") }
	a.MassAt[openID] = slices.DeleteFunc(a.MassAt[openID], func(t time.Time) bool { return month(t) != month(now) })
	return len(a.MassAt[openID]) < massPerMonth
}

// reportMass tells the account that a mass message is out. The platform names somebody as its sender.
func (s *Service) reportMass(appID string, followers []Follower, m *mass) {
	if len(followers) == 0 {
		return
	}
	count := func(name string, n int) platform.Field {
		return platform.Field{Name: name, Value: fmt.Sprint(n), Bare: true}
	}
	s.accounts.Report(appID, followers[0].OpenID, massFinishEvent, []platform.Field{
		{Name: "MsgType", Value: "event"}, {Name: "Event", Value: massFinishEvent}, {Name: "MsgID", Value: fmt.Sprint(m.MsgID), Bare: true},
		{Name: "Status", Value: "send success"}, count("TotalCount", m.Total), count("FilterCount", m.Total-m.Filtered), count("SentCount", m.Sent), count("ErrorCount", 0),
	})
}

func (s *Service) previewMass(c *platform.Call) (any, error) {
	var in massBody
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := s.follower(c, in.ToUser, true); err != nil {
		return nil, err
	}
	messages, err := s.readMass(c, &in)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		s.accounts.Bring(c.Official.AppID, in.ToUser, false, m)
	}
	return map[string]any{"msg_id": massMsgIDs}, nil
}

type massQuery struct {
	MsgID platform.Number `json:"msg_id"`
}

// massOf finds the mass message that a call names.
func (s *Service) massOf(c *platform.Call, f func(*mass)) error {
	var in massQuery
	if err := c.Decode(&in); err != nil {
		return err
	}
	return s.kept(c, func(a *account) error {
		for _, m := range a.Masses {
			if m.MsgID == int64(in.MsgID) {
				f(m)
				return nil
			}
		}
		return platform.Refuse(codeMassMsgID, "invalid msg id")
	})
}

func (s *Service) massStatus(c *platform.Call) (any, error) {
	var id int64
	status := statusSending
	err := s.massOf(c, func(m *mass) {
		id = m.MsgID
		switch {
		case m.Deleted:
			status = statusDeleted
		case c.Now.After(m.At):
			status = statusSent
		}
	})
	return map[string]any{"msg_id": id, "msg_status": status}, err
}

// deleteMass takes a mass message from the account's history; who has it keeps it (official account docs, 删除群发).
func (s *Service) deleteMass(c *platform.Call) (any, error) {
	return nil, s.massOf(c, func(m *mass) { m.Deleted = true })
}
