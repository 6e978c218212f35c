package kf

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Limits; kf docs, 获取客服账号列表, 获取客服账号链接, 获取客户基础信息.
const (
	maxAccountPage = 100
	maxSceneParam  = 128 // bytes
	maxBatch       = 100 // external user ids
)

var scenePattern = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,32}$`)

type accountListRequest struct {
	Offset int  `json:"offset"`
	Limit  *int `json:"limit"`
}

type accountEntry struct {
	OpenKfID string `json:"open_kfid"`
	Name     string `json:"name"`
	Avatar   string `json:"avatar"`
	Managed  bool   `json:"manage_privilege"`
}

type accountListAnswer struct {
	List []accountEntry `json:"account_list"`
}

func (s *Service) accountList(_ time.Time, in accountListRequest) (accountListAnswer, error) {
	limit := maxAccountPage
	if in.Limit != nil {
		limit = *in.Limit
	}
	if in.Offset < 0 || limit < 1 || limit > maxAccountPage {
		return accountListAnswer{}, refuse(codeJSON, "offset must be 0 or more and limit 1 to %d", maxAccountPage)
	}
	out := accountListAnswer{List: []accountEntry{}}
	for i, d := range s.opts.Corp.Desks {
		managed := s.state.Desks[d.OpenKfID].Managed
		if i >= in.Offset && len(out.List) < limit {
			out.List = append(out.List, accountEntry{
				OpenKfID: d.OpenKfID, Name: d.Name, Avatar: "https://simulator.invalid/avatar/" + url.PathEscape(d.OpenKfID), Managed: managed,
			})
		}
	}
	return out, nil
}

type wayRequest struct {
	OpenKfID string  `json:"open_kfid"`
	Scene    *string `json:"scene"`
}

type wayAnswer struct {
	URL string `json:"url"`
}

func (s *Service) addContactWay(_ time.Time, in wayRequest) (wayAnswer, error) {
	if _, _, err := s.desk(in.OpenKfID); err != nil {
		return wayAnswer{}, err
	}
	if in.Scene != nil && *in.Scene != "" && !scenePattern.MatchString(*in.Scene) {
		return wayAnswer{}, refuse(codeJSON, "scene must be 1 to 32 of 0-9, a-z, A-Z, _ and -")
	}
	scene := ""
	if in.Scene != nil {
		scene = *in.Scene
	}
	return wayAnswer{URL: s.Way(in.OpenKfID, scene)}, nil
}

// Way is the link to a desk: the scene comes back in enter_session.
func (s *Service) Way(openKfID, scene string) string {
	link := s.linkBase() + openKfID
	if scene != "" {
		link += "?enc_scene=" + url.QueryEscape(s.wayCode(openKfID, scene)+"."+scene)
	}
	return link
}

func (s *Service) wayCode(openKfID, scene string) string {
	return s.seal(int64(len(scene)), "way", openKfID, scene)
}

// Follow reads a link back: the desk, the scene, and the scene_param that somebody appended.
func (s *Service) Follow(link string) (openKfID string, e Entrance, err error) {
	u, parseErr := url.Parse(link)
	rest, ok := strings.CutPrefix(link, s.linkBase())
	openKfID, _, _ = strings.Cut(rest, "?")
	if _, _, there := s.find(openKfID); parseErr != nil || !ok || !there {
		return "", Entrance{}, refuseAct("这不是本企业微信客服的链接")
	}
	q := u.Query()
	if enc := q.Get("enc_scene"); enc != "" {
		code, scene, _ := strings.Cut(enc, ".")
		if code != s.wayCode(openKfID, scene) {
			return "", Entrance{}, refuseAct("链接里的 enc_scene 被改动过")
		}
		e.Scene, e.SceneParam = scene, q.Get("scene_param")
	}
	return openKfID, e, nil
}

type batchRequest struct {
	IDs     []string `json:"external_userid_list"`
	Context int      `json:"need_enter_session_context"`
}

type batchEntry struct {
	ID       string    `json:"external_userid"`
	Nickname string    `json:"nickname"`
	Avatar   string    `json:"avatar"`
	Gender   int       `json:"gender"`
	UnionID  string    `json:"unionid,omitempty"`
	Context  *Entrance `json:"enter_session_context,omitempty"`
}

type batchAnswer struct {
	List    []batchEntry `json:"customer_list"`
	Invalid []string     `json:"invalid_external_userid"`
}

// batchGet knows customers who wrote within 48 h. When none of those asked for did and one is known, the whole call is refused;
// which of the two the platform does with a mixed list is not documented.
func (s *Service) batchGet(now time.Time, in batchRequest) (batchAnswer, error) {
	if len(in.IDs) == 0 || len(in.IDs) > maxBatch {
		return batchAnswer{}, refuse(codeJSON, "external_userid_list must name 1 to %d customers", maxBatch)
	}
	out := batchAnswer{List: []batchEntry{}, Invalid: []string{}}
	silent := false
	for _, id := range in.IDs {
		c := s.state.Customers[id]
		x, spoke := s.latest(now, id)
		switch {
		case c == nil || x == nil:
			out.Invalid = append(out.Invalid, id)
		case !spoke:
			silent = true
			out.Invalid = append(out.Invalid, id)
		default:
			entry := batchEntry{ID: id, Nickname: c.Nickname, Avatar: c.Avatar, Gender: c.Gender, UnionID: c.UnionID}
			if in.Context == 1 && now.Sub(x.EnteredAt) < windowLength {
				entry.Context = x.Entered
			}
			out.List = append(out.List, entry)
		}
	}
	if silent && len(out.List) == 0 {
		return batchAnswer{}, refuse(codeSilent, "the customer has not written for %s", windowLength)
	}
	return out, nil
}

// latest is where a customer entered last, and whether they wrote to any desk within 48 h.
func (s *Service) latest(now time.Time, customer string) (latest *session, spoke bool) {
	for _, x := range s.state.Sessions {
		if x.Customer != customer {
			continue
		}
		spoke = spoke || !x.expired(now)
		if latest == nil || x.EnteredAt.After(latest.EnteredAt) {
			latest = x
		}
	}
	return latest, spoke
}
