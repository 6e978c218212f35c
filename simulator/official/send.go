package official

import (
	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Sizes; official account docs, 客服消息.
const (
	maxText      = 2048 // bytes
	maxMenuItems = 10   // not documented, a choice
)

func (s *Service) registerMessages(api *platform.API) {
	perDay := func(n int) platform.Limit { return platform.Limit{PerMinute: 10_000, PerDay: n} }
	api.Handle("POST /cgi-bin/message/custom/send", platform.ByCertified().At(perDay(500_000)), s.send)
	api.Handle("POST /cgi-bin/message/custom/typing", platform.ByCertified(), s.typing)
	api.Handle("POST /cgi-bin/message/template/send", platform.ByService().At(perDay(100_000)), s.sendTemplate)
	api.Handle("POST /cgi-bin/message/subscribe/bizsend", platform.ByCertified().At(perDay(100_000)), s.sendNotice)
	api.Handle("GET /cgi-bin/template/get_all_private_template", platform.ByService(), s.templates)
}

// message is the body of message/custom/send.
type message struct {
	ToUser  string  `json:"touser"`
	MsgType string  `json:"msgtype"`
	Text    content `json:"text"`
	Image   media   `json:"image"`
	Voice   media   `json:"voice"`
	Video   struct {
		media
		Thumb       string `json:"thumb_media_id"`
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"video"`
	Music struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"musicurl"`
		HQURL       string `json:"hqmusicurl"`
		Thumb       string `json:"thumb_media_id"`
	} `json:"music"`
	News struct {
		Articles []article `json:"articles"`
	} `json:"news"`
	Menu struct {
		Head string `json:"head_content"`
		List []struct {
			ID      string `json:"id"`
			Content string `json:"content"`
		} `json:"list"`
		Tail string `json:"tail_content"`
	} `json:"msgmenu"`
	MiniProgram struct {
		Title    string `json:"title"`
		AppID    string `json:"appid"`
		PagePath string `json:"pagepath"`
		Thumb    string `json:"thumb_media_id"`
	} `json:"miniprogrampage"`
	Servicer struct {
		Account string `json:"kf_account"`
	} `json:"customservice"`
}

type content struct {
	Content string `json:"content"`
}

type media struct {
	MediaID string `json:"media_id"`
}

type article struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	PicURL      string `json:"picurl"`
}

func (s *Service) send(c *platform.Call) (any, error) {
	var in message
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if _, err := s.follower(c, in.ToUser, true); err != nil {
		return nil, err
	}
	m, err := in.read(c)
	if err != nil {
		return nil, err
	}
	err = s.kept(c, func(a *account) error {
		if m.Servicer != "" && !a.employs(m.Servicer) {
			return platform.Refuse(codeServicer, "invalid kf_account")
		}
		left, err := use(a.Grants[in.ToUser], c.Now)
		a.Grants[in.ToUser] = left
		if err == nil {
			a.Exchanged[in.ToUser] = c.Now
			delete(a.Typing, in.ToUser)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.accounts.Bring(c.Official.AppID, in.ToUser, false, m)
	return nil, nil
}

// read makes of a message what a follower sees, or refuses it.
func (in *message) read(c *platform.Call) (screen.Message, error) {
	m := screen.Message{Kind: screen.Kind(in.MsgType), CreateTime: c.Now.Unix(), Servicer: in.Servicer.Account}
	var err error
	switch in.MsgType {
	case "text":
		m.Text = in.Text.Content
		err = fits(m.Text)
	case "image", "voice":
		m.MediaID = in.Image.MediaID + in.Voice.MediaID
		_, err = c.Material(m.MediaID, in.MsgType)
	case "video":
		m.MediaID, m.Title, m.Description = in.Video.MediaID, in.Video.Title, in.Video.Description
		if _, err = c.Material(m.MediaID, "video"); err == nil {
			_, err = c.Material(in.Video.Thumb, "thumb")
		}
	case "music":
		m.MediaID, m.Title, m.Description, m.URL, m.HQURL = in.Music.Thumb, in.Music.Title, in.Music.Description, in.Music.URL, in.Music.HQURL
		_, err = c.Material(m.MediaID, "thumb")
	case "news":
		err = in.readNews(&m)
	case "msgmenu":
		err = in.readMenu(&m)
	case "miniprogrampage":
		m.Title, m.AppID, m.PagePath, m.MediaID = in.MiniProgram.Title, in.MiniProgram.AppID, in.MiniProgram.PagePath, in.MiniProgram.Thumb
		if m.AppID == "" || m.PagePath == "" {
			return m, platform.Refuse(40165, "invalid weapp pagepath")
		}
		_, err = c.Material(m.MediaID, "thumb")
	case "mpnews", "mpnewsarticle", "wxcard": // accounts have no articles and no cards here
		err = platform.Refuse(platform.CodeBadMedia, "invalid media_id: there is no such material")
	default:
		err = platform.Refuse(platform.CodeBadKind, "invalid message type")
	}
	return m, err
}

func fits(text string) error {
	switch {
	case text == "":
		return platform.Refuse(platform.CodeEmptyText, "empty content")
	case len(text) > maxText:
		return platform.Refuse(platform.CodeTooLong, "content size out of limit, at most %d bytes", maxText)
	}
	return nil
}

// readNews takes exactly one link card; official account docs, 客服消息, since 2018.
func (in *message) readNews(m *screen.Message) error {
	switch n := len(in.News.Articles); {
	case n == 0:
		return platform.Refuse(44003, "empty news data")
	case n > 1:
		return platform.Refuse(45008, "article count out of limit, exactly 1")
	}
	a := in.News.Articles[0]
	if a.Title == "" || a.URL == "" {
		return platform.Refuse(40035, "invalid parameter: an article needs title and url")
	}
	m.Articles = []screen.Article{{Title: a.Title, Description: a.Description, PictureURL: a.PicURL, URL: a.URL}}
	return nil
}

func (in *message) readMenu(m *screen.Message) error {
	if len(in.Menu.List) == 0 || len(in.Menu.List) > maxMenuItems {
		return platform.Refuse(45048, "menu use invalid type: 1 to %d items", maxMenuItems)
	}
	m.Text, m.Tail = in.Menu.Head, in.Menu.Tail
	for _, i := range in.Menu.List {
		if i.ID == "" || i.Content == "" {
			return platform.Refuse(45048, "menu use invalid type: an item needs id and content")
		}
		m.Items = append(m.Items, screen.Item{ID: i.ID, Text: i.Content})
	}
	return fits(m.Text + m.Tail + " ")
}
