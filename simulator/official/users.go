package official

import (
	"slices"
	"strconv"

	"guanjia/simulator/platform"
)

// Sizes; official account docs, 用户管理.
const (
	followersPage = 10_000
	maxBatch      = 100
	maxRemark     = 30 // characters, not reached
)

func (s *Service) registerUsers(api *platform.API) {
	api.Handle("GET /cgi-bin/user/get", platform.ByCertified().At(platform.Limit{PerMinute: 10_000, PerDay: 500}), s.list)
	api.Handle("GET /cgi-bin/user/info", platform.ByCertified().At(platform.Limit{PerMinute: 10_000, PerDay: 5_000_000}), s.info)
	api.Handle("POST /cgi-bin/user/info/batchget", platform.ByCertified(), s.infos)
	api.Handle("POST /cgi-bin/user/info/updateremark", platform.ByCertified(), s.remark)
}

// list is a page of followers' open ids, after the one that is named.
func (s *Service) list(c *platform.Call) (any, error) {
	all := s.accounts.Followers(c.Official.AppID)
	ids := make([]string, 0, len(all))
	for _, f := range all {
		ids = append(ids, f.OpenID)
	}
	return page(ids, c.Query.Get("next_openid"), map[string]any{"total": len(ids)})
}

// page cuts a list of open ids; the last page is followed by an empty one.
func page(ids []string, after string, head map[string]any) (any, error) {
	from := 0
	if after != "" {
		from = slices.Index(ids, after) + 1
		if from == 0 {
			return nil, platform.Refuse(codeOpenID, "invalid openid")
		}
	}
	cut := ids[from:min(len(ids), from+followersPage)]
	head["count"], head["next_openid"] = len(cut), ""
	if len(cut) > 0 {
		head["data"] = map[string]any{"openid": cut}
		head["next_openid"] = cut[len(cut)-1]
	}
	return head, nil
}

// profile is a follower as user/info tells; names and pictures are empty since December 2021.
type profile struct {
	Subscribe int    `json:"subscribe"`
	OpenID    string `json:"openid"`
	UnionID   string `json:"unionid,omitempty"`
	*details
}

type details struct {
	Language string `json:"language"`
	Time     int64  `json:"subscribe_time"`
	Remark   string `json:"remark"`
	GroupID  int    `json:"groupid"`
	Tags     []int  `json:"tagid_list"`
	How      string `json:"subscribe_scene"`
	Scene    int64  `json:"qr_scene"`
	SceneStr string `json:"qr_scene_str"`
}

func (s *Service) profile(c *platform.Call, f Follower) profile {
	p := profile{OpenID: f.OpenID, UnionID: f.UnionID}
	if !f.Following {
		return p
	}
	p.Subscribe = 1
	p.details = &details{Language: "zh_CN", Time: f.At.Unix(), How: "ADD_SCENE_SEARCH", Tags: []int{}}
	if f.Scene != "" {
		p.How = "ADD_SCENE_QR_CODE"
		if n, err := strconv.ParseInt(f.Scene, 10, 64); err == nil {
			p.Scene = n
		} else {
			p.SceneStr = f.Scene
		}
	}
	s.with(c.Official.AppID, func(a *account) {
		p.Remark, p.Tags = a.Remarks[f.OpenID], a.tagsOf(f.OpenID)
	})
	return p
}

func (s *Service) info(c *platform.Call) (any, error) {
	f, err := s.follower(c, c.Query.Get("openid"), false)
	if err != nil {
		return nil, err
	}
	return s.profile(c, f), nil
}

func (s *Service) infos(c *platform.Call) (any, error) {
	var in struct {
		List []struct {
			OpenID string `json:"openid"`
		} `json:"user_list"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if len(in.List) == 0 || len(in.List) > maxBatch {
		return nil, platform.Refuse(codeTooMany, "invalid openid list size, 1 to %d", maxBatch)
	}
	list := make([]profile, 0, len(in.List))
	for _, one := range in.List {
		f, err := s.follower(c, one.OpenID, false)
		if err != nil {
			return nil, err
		}
		list = append(list, s.profile(c, f))
	}
	return map[string]any{"user_info_list": list}, nil
}

func (s *Service) remark(c *platform.Call) (any, error) {
	var in struct {
		OpenID string `json:"openid"`
		Remark string `json:"remark"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := s.follower(c, in.OpenID, true); err != nil {
		return nil, err
	}
	if len([]rune(in.Remark)) >= maxRemark {
		return nil, platform.Refuse(40035, "invalid parameter: remark has less than %d characters", maxRemark)
	}
	return nil, s.kept(c, func(a *account) error {
		a.Remarks[in.OpenID] = in.Remark
		return nil
	})
}

// registerAddresses adds the calls that tell addresses; WeCom writes them with wildcards.
func registerAddresses(api *platform.API) {
	answer := func(list ...string) platform.Func {
		return func(*platform.Call) (any, error) { return map[string]any{"ip_list": list}, nil }
	}
	for _, path := range []string{"GET /cgi-bin/getcallbackip", "GET /cgi-bin/get_api_domain_ip"} {
		api.Handle(path, platform.ByAccount(), answer("127.0.0.1", "101.226.103.0/25"))
		api.Handle(path, platform.ByApp(), answer("127.0.0.*", "101.226.103.*"))
	}
	api.Handle("POST /cgi-bin/clear_quota", platform.ByAccount(), func(c *platform.Call) (any, error) {
		var in struct {
			AppID string `json:"appid"`
		}
		if err := c.Decode(&in); err != nil {
			return nil, err
		}
		if in.AppID != c.Official.AppID {
			return nil, platform.Refuse(platform.CodeBadAppID, "invalid appid")
		}
		return nil, api.ClearQuota(in.AppID)
	})
	api.Handle("POST /cgi-bin/openapi/quota/get", platform.ByAccount(), func(c *platform.Call) (any, error) {
		var in struct {
			Path string `json:"cgi_path"`
		}
		if err := c.Decode(&in); err != nil {
			return nil, err
		}
		limit, used, ok := api.Used(c.Official.AppID, in.Path, c.Now)
		if !ok {
			return nil, platform.Refuse(76021, "cgi_path not found, please check")
		}
		quota := map[string]int{"daily_limit": limit.PerDay, "used": used, "remain": max(limit.PerDay-used, 0)}
		return map[string]any{"errcode": 0, "errmsg": "ok", "quota": quota}, nil
	})
}
