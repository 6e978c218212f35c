package official

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"guanjia/simulator/platform"
)

// Limits of a menu; official account docs, 自定义菜单.
const (
	maxButtons = 3
	maxEntries = 5
	maxName    = 60   // bytes; the phone shows less
	maxKey     = 128  // bytes
	maxURL     = 1024 // bytes
)

func (s *Service) registerMenu(api *platform.API) {
	perDay := func(n int) platform.Limit { return platform.Limit{PerMinute: 10_000, PerDay: n} }
	api.Handle("POST /cgi-bin/menu/create", platform.ByAccount().At(perDay(1000)), s.createMenu)
	api.Handle("GET /cgi-bin/menu/get", platform.ByAccount().At(perDay(10_000)), s.getMenu)
	api.Handle("GET /cgi-bin/menu/delete", platform.ByAccount().At(perDay(1000)), s.deleteMenu)
}

// button is one entry of a menu as the API takes it.
type button struct {
	Name     string   `json:"name"`
	Type     string   `json:"type,omitempty"`
	Key      string   `json:"key,omitempty"`
	URL      string   `json:"url,omitempty"`
	AppID    string   `json:"appid,omitempty"`
	PagePath string   `json:"pagepath,omitempty"`
	MediaID  string   `json:"media_id,omitempty"`
	Article  string   `json:"article_id,omitempty"`
	Sub      []button `json:"sub_button,omitempty"`
}

// The types of button by what they need.
var (
	keyed   = []string{"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"} //nolint:gochecknoglobals // a table
	showing = []string{"media_id", "view_limited", "article_id", "article_view_limited"}                                                    //nolint:gochecknoglobals // a table
)

// check refuses a button that the platform refuses; the codes of an entry of a list are others than those at the top.
func (b *button) check(entry bool) error {
	code := func(top, below int) int {
		if entry {
			return below
		}
		return top
	}
	switch {
	case b.Name == "" || len(b.Name) > maxName || !utf8.ValidString(b.Name):
		return platform.Refuse(code(40018, 40025), "invalid button name size")
	case slices.Contains(keyed, b.Type) && (b.Key == "" || len(b.Key) > maxKey):
		return platform.Refuse(code(40019, 40026), "invalid button key size")
	case (b.Type == "view" || b.Type == "miniprogram") && (b.URL == "" || len(b.URL) > maxURL):
		return platform.Refuse(code(40020, 40027), "invalid button url size")
	case b.Type == "miniprogram" && (b.AppID == "" || b.PagePath == ""):
		return platform.Refuse(40165, "invalid weapp pagepath")
	case slices.Contains(showing, b.Type) && b.MediaID == "" && b.Article == "":
		return platform.Refuse(platform.CodeBadMedia, "invalid media_id")
	case !slices.Contains(keyed, b.Type) && !slices.Contains(showing, b.Type) && b.Type != "view" && b.Type != "miniprogram":
		return platform.Refuse(code(40017, 40024), "invalid button type")
	}
	return nil
}

func (s *Service) createMenu(c *platform.Call) (any, error) {
	var in struct {
		Buttons []button `json:"button"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if len(in.Buttons) == 0 || len(in.Buttons) > maxButtons {
		return nil, platform.Refuse(40016, "invalid button size, 1 to %d", maxButtons)
	}
	for _, b := range in.Buttons {
		if len(b.Sub) == 0 {
			if err := b.check(false); err != nil {
				return nil, err
			}
			continue
		}
		if b.Name == "" || len(b.Name) > maxName {
			return nil, platform.Refuse(40018, "invalid button name size")
		}
		if len(b.Sub) > maxEntries {
			return nil, platform.Refuse(40023, "invalid sub button size, at most %d", maxEntries)
		}
		for _, sub := range b.Sub {
			if len(sub.Sub) > 0 {
				return nil, platform.Refuse(40022, "invalid sub button level")
			}
			if err := sub.check(true); err != nil {
				return nil, err
			}
		}
	}
	made, err := json.Marshal(in.Buttons)
	if err != nil {
		return nil, err
	}
	return nil, s.kept(c, func(a *account) error {
		a.Menu, a.NoMenu = made, false
		return nil
	})
}

// Menu is the menu the API made; there is none when made is false, and gone says that the API took the one from the start away.
func (s *Service) Menu(appID string) (buttons json.RawMessage, gone bool) {
	s.with(appID, func(a *account) { buttons, gone = a.Menu, a.NoMenu })
	return buttons, gone
}

func (s *Service) getMenu(c *platform.Call) (any, error) {
	made, gone := s.Menu(c.Official.AppID)
	var buttons any = made
	if made == nil && !gone {
		buttons = s.accounts.Menu(c.Official.AppID)
	}
	if made == nil && (gone || buttons == nil) {
		return nil, platform.Refuse(46003, "menu no exist")
	}
	return map[string]any{"menu": map[string]any{"button": buttons}}, nil
}

func (s *Service) deleteMenu(c *platform.Call) (any, error) {
	return nil, s.kept(c, func(a *account) error {
		a.Menu, a.NoMenu = nil, true
		return nil
	})
}
