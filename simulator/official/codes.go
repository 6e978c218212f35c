package official

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"guanjia/simulator/platform"
)

// Limits of parametric QR codes; official account docs, 生成带参数的二维码. The default life is short: always give one.
const (
	maxSceneString   = 64 // characters
	maxSceneID       = 1<<32 - 1
	maxPermanentID   = 100_000
	maxCodeLife      = 2_592_000 // seconds
	defaultCodeLife  = 60        // seconds
	maxPermanent     = 100_000
	maxTemporaryKept = 5000 // ours: the oldest are forgotten first
)

// code is a QR code that the API made.
type code struct {
	Scene string    `json:"scene"`
	Until time.Time `json:"until,omitzero"` // zero: for good
}

func (s *Service) registerCodes(api *platform.API) {
	api.Handle("POST /cgi-bin/qrcode/create", platform.ByService().At(platform.Limit{PerMinute: 10_000, PerDay: 100_000}), s.createCode)
	api.Handle("GET /cgi-bin/showqrcode", platform.ByAnybody(platform.OfficialAccount), s.showCode)
}

type codeBody struct {
	Expires int64  `json:"expire_seconds"`
	Action  string `json:"action_name"`
	Info    struct {
		Scene struct {
			ID  int64  `json:"scene_id"`
			Str string `json:"scene_str"`
		} `json:"scene"`
	} `json:"action_info"`
}

// scene reads what stands in a code.
func (in *codeBody) scene() (scene string, permanent bool, err error) {
	id, str := in.Info.Scene.ID, in.Info.Scene.Str
	permanent = in.Action == "QR_LIMIT_SCENE" || in.Action == "QR_LIMIT_STR_SCENE"
	switch in.Action {
	case "QR_SCENE", "QR_LIMIT_SCENE":
		if id < 1 || id > maxSceneID || permanent && id > maxPermanentID {
			return "", false, platform.Refuse(40053, "invalid action info: scene_id")
		}
		return strconv.FormatInt(id, 10), permanent, nil
	case "QR_STR_SCENE", "QR_LIMIT_STR_SCENE":
		if n := len([]rune(str)); n < 1 || n > maxSceneString {
			return "", false, platform.Refuse(40053, "invalid action info: scene_str has 1 to %d characters", maxSceneString)
		}
		return str, permanent, nil
	}
	return "", false, platform.Refuse(40052, "invalid action name")
}

func (s *Service) createCode(c *platform.Call) (any, error) {
	var in codeBody
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	scene, permanent, err := in.scene()
	if err != nil {
		return nil, err
	}
	if in.Expires < 0 || in.Expires > maxCodeLife {
		return nil, platform.Refuse(40051, "invalid expire seconds, at most %d", maxCodeLife)
	}
	made := code{Scene: scene}
	if !permanent {
		if in.Expires == 0 {
			in.Expires = defaultCodeLife
		}
		made.Until = c.Now.Add(time.Duration(in.Expires) * time.Second)
	}
	if err := s.kept(c, func(a *account) error { return a.addCode(made, c.Now) }); err != nil {
		return nil, err
	}
	url, _ := s.accounts.Code(c.Official.AppID, scene)
	answer := map[string]any{"ticket": s.accounts.Ticket(c.Official.AppID, scene), "url": url}
	if !permanent {
		answer["expire_seconds"] = in.Expires
	}
	return answer, nil
}

// addCode keeps a code. The same scene again is the same code, living longer.
func (a *account) addCode(made code, now time.Time) error {
	a.Codes = slices.DeleteFunc(a.Codes, func(c code) bool {
		return c.Scene == made.Scene && !c.Until.IsZero() || !c.Until.IsZero() && !now.Before(c.Until)
	})
	permanent := 0
	for _, c := range a.Codes {
		if c.Until.IsZero() {
			permanent++
			if c.Scene == made.Scene {
				return nil
			}
		}
	}
	if made.Until.IsZero() && permanent >= maxPermanent {
		return platform.Refuse(45029, "qrcode count out of limit, at most %d", maxPermanent)
	}
	if len(a.Codes) >= maxPermanent+maxTemporaryKept {
		a.Codes = a.Codes[1:]
	}
	a.Codes = append(a.Codes, made)
	return nil
}

// Made tells whether the API made a code for a scene that can still be scanned.
func (s *Service) Made(appID, scene string, now time.Time) (ok bool) {
	s.with(appID, func(a *account) {
		ok = slices.ContainsFunc(a.Codes, func(c code) bool { return c.Scene == scene && (c.Until.IsZero() || now.Before(c.Until)) })
	})
	return ok
}

// Scenes lists the scenes whose codes the API made and can still be scanned.
func (s *Service) Scenes(appID string, now time.Time) (scenes []string) {
	s.with(appID, func(a *account) {
		for _, c := range a.Codes {
			if c.Until.IsZero() || now.Before(c.Until) {
				scenes = append(scenes, c.Scene)
			}
		}
	})
	return scenes
}

// showCode is the picture of a code; a bad ticket is not found.
func (s *Service) showCode(c *platform.Call) (any, error) {
	ticket := c.Query.Get("ticket")
	s.mu.Lock()
	var appIDs []string
	for id := range s.known {
		appIDs = append(appIDs, id)
	}
	s.mu.Unlock()
	for _, appID := range appIDs {
		for _, scene := range s.Scenes(appID, c.Now) {
			if s.accounts.Ticket(appID, scene) == ticket {
				_, png := s.accounts.Code(appID, scene)
				return &platform.File{ContentType: "image/png", Data: png}, nil
			}
		}
	}
	if png, ok := s.accounts.Original(ticket); ok {
		return &platform.File{ContentType: "image/png", Data: png}, nil
	}
	return &platform.File{Status: http.StatusNotFound, ContentType: "text/html"}, nil
}
