package appmessage

import (
	"encoding/json"
	"regexp"
	"slices"

	"guanjia/simulator/platform"
	"guanjia/simulator/screen"
)

// Sizes; WeCom docs, 发送应用消息. All are bytes.
const (
	maxText        = 2048
	maxTitle       = 128
	maxDescription = 512
	maxURL         = 2048
	maxArticles    = 8
	maxNoticeTitle = 12 // characters, of a miniprogram_notice
	minNoticeTitle = 4
	maxNoticeItems = 10
)

// request is the body of message/send.
type request struct {
	ToUser         string          `json:"touser"`
	ToParty        string          `json:"toparty"`
	ToTag          string          `json:"totag"`
	MsgType        string          `json:"msgtype"`
	AgentID        platform.Number `json:"agentid"`
	CheckDuplicate platform.Number `json:"enable_duplicate_check"`
	Interval       platform.Number `json:"duplicate_check_interval"` // seconds

	Text     content `json:"text"`
	Markdown content `json:"markdown"`
	Image    media   `json:"image"`
	Voice    media   `json:"voice"`
	File     media   `json:"file"`
	Video    struct {
		media
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"video"`
	TextCard struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"url"`
	} `json:"textcard"`
	News struct {
		Articles []article `json:"articles"`
	} `json:"news"`
	MPNews struct {
		Articles []mpArticle `json:"articles"`
	} `json:"mpnews"`
	Notice       notice          `json:"miniprogram_notice"`
	TemplateCard json.RawMessage `json:"template_card"`
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
	AppID       string `json:"appid"`
	PagePath    string `json:"pagepath"`
}

type mpArticle struct {
	Title   string `json:"title"`
	Thumb   string `json:"thumb_media_id"`
	Content string `json:"content"`
	Digest  string `json:"digest"`
	Source  string `json:"content_source_url"`
}

type notice struct {
	AppID       string `json:"appid"`
	Page        string `json:"page"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Items       []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"content_item"`
}

// read makes of a request what a member sees, or refuses it.
func (in *request) read(c *platform.Call) (screen.Message, error) {
	m := screen.Message{Kind: screen.Kind(in.MsgType), CreateTime: c.Now.Unix()}
	var err error
	switch in.MsgType {
	case "text":
		m.Text, err = in.Text.read()
	case "markdown":
		m.Text, err = in.Markdown.read()
	case "image":
		m.MediaID, err = in.Image.read(c, "image")
	case "voice":
		m.MediaID, err = in.Voice.read(c, "voice")
	case "file":
		var f platform.Media
		f, err = c.Material(in.File.MediaID, "file")
		m.MediaID, m.Title = f.ID, f.Name
	case "video":
		m.Title, m.Description = in.Video.Title, in.Video.Description
		if err = fits(m.Title, m.Description, ""); err == nil {
			m.MediaID, err = in.Video.read(c, "video")
		}
	case "textcard":
		m.Title, m.Description, m.URL = in.TextCard.Title, in.TextCard.Description, in.TextCard.URL
		if m.Title == "" || m.Description == "" || m.URL == "" {
			return m, platform.Refuse(40063, "some parameters are empty: textcard needs title, description and url")
		}
		err = fits(m.Title, m.Description, m.URL)
	case "news":
		m.Articles, err = readNews(in.News.Articles)
	case "mpnews":
		m.Kind = screen.News
		m.Articles, err = readMPNews(c, in.MPNews.Articles)
	case "miniprogram_notice":
		err = in.Notice.read(c, &m)
	case "template_card":
		err = readCard(in.TemplateCard, &m)
	default:
		err = platform.Refuse(platform.CodeBadKind, "invalid message type")
	}
	return m, err
}

func (t *content) read() (string, error) {
	switch {
	case t.Content == "":
		return "", platform.Refuse(platform.CodeEmptyText, "text content is empty")
	case len(t.Content) > maxText:
		return "", platform.Refuse(platform.CodeTooLong, "content size out of limit, at most %d bytes", maxText)
	}
	return t.Content, nil
}

func (m *media) read(c *platform.Call, kind string) (string, error) {
	_, err := c.Material(m.MediaID, kind)
	return m.MediaID, err
}

// fits refuses what is too long.
func fits(title, description, url string) error {
	if len(title) > maxTitle || len(description) > maxDescription || len(url) > maxURL {
		return platform.Refuse(platform.CodeTooLong, "title, description and url have at most %d, %d and %d bytes", maxTitle, maxDescription, maxURL)
	}
	return nil
}

func countArticles(n int) error {
	switch {
	case n == 0:
		return platform.Refuse(44003, "empty news data")
	case n > maxArticles:
		return platform.Refuse(45008, "article count out of limit, at most %d", maxArticles)
	}
	return nil
}

func readNews(articles []article) ([]screen.Article, error) {
	if err := countArticles(len(articles)); err != nil {
		return nil, err
	}
	var seen []screen.Article
	for _, a := range articles {
		if a.Title == "" || a.URL == "" && (a.AppID == "" || a.PagePath == "") {
			return nil, platform.Refuse(40063, "some parameters are empty: an article needs title and url")
		}
		if err := fits(a.Title, a.Description, a.URL); err != nil {
			return nil, err
		}
		seen = append(seen, screen.Article{Title: a.Title, Description: a.Description, PictureURL: a.PicURL, URL: a.URL})
	}
	return seen, nil
}

func readMPNews(c *platform.Call, articles []mpArticle) ([]screen.Article, error) {
	if err := countArticles(len(articles)); err != nil {
		return nil, err
	}
	var seen []screen.Article
	for _, a := range articles {
		if a.Title == "" || a.Content == "" {
			return nil, platform.Refuse(40063, "some parameters are empty: an article needs title and content")
		}
		if _, err := c.Material(a.Thumb, "image"); err != nil {
			return nil, err
		}
		seen = append(seen, screen.Article{Title: a.Title, Description: a.Digest, URL: a.Source})
	}
	return seen, nil
}

func (n *notice) read(c *platform.Call, m *screen.Message) error {
	if !slices.Contains(c.Corp.MiniPrograms, n.AppID) {
		return platform.Refuse(platform.CodeBadAppID, "invalid appid: the mini program is not linked")
	}
	if l := len([]rune(n.Title)); l < minNoticeTitle || l > maxNoticeTitle {
		return platform.Refuse(40058, "invalid Request Parameter: title has %d to %d characters", minNoticeTitle, maxNoticeTitle)
	}
	if len(n.Items) > maxNoticeItems {
		return platform.Refuse(40058, "invalid Request Parameter: at most %d content_item", maxNoticeItems)
	}
	m.Title, m.Description, m.AppID, m.PagePath = n.Title, n.Description, n.AppID, n.Page
	for _, i := range n.Items {
		m.Items = append(m.Items, screen.Item{Name: i.Key, Text: i.Value})
	}
	return nil
}

// cardTypes are the kinds of template card: those with true must have a task id, because their buttons call back.
func cardTypes() map[string]bool {
	return map[string]bool{
		"text_notice": false, "news_notice": false, "button_interaction": true, "vote_interaction": true, "multiple_interaction": true,
	}
}

// taskID is what a task id may be made of; WeCom docs, 模板卡片类型.
var taskID = regexp.MustCompile(`^[0-9A-Za-z_@-]{1,128}$`)

// card is what of a template card is checked.
type card struct {
	CardType  string `json:"card_type"`
	TaskID    string `json:"task_id"`
	MainTitle struct {
		Title string `json:"title"`
		Desc  string `json:"desc"`
	} `json:"main_title"`
	SubTitle   string         `json:"sub_title_text"`
	ActionMenu map[string]any `json:"action_menu"`
	CardAction map[string]any `json:"card_action"`
	Buttons    []struct {
		Text string `json:"text"`
		Key  string `json:"key"`
		Type int    `json:"type"`
	} `json:"button_list"`
	Submit struct {
		Text string `json:"text"`
		Key  string `json:"key"`
	} `json:"submit_button"`
}

func readCard(raw json.RawMessage, m *screen.Message) error {
	var t card
	if len(raw) == 0 || json.Unmarshal(raw, &t) != nil {
		return platform.Refuse(40058, "invalid Request Parameter: template_card")
	}
	needsTask, known := cardTypes()[t.CardType]
	switch {
	case !known:
		return platform.Refuse(40058, "invalid Request Parameter: card_type")
	case (needsTask || len(t.ActionMenu) > 0) && !taskID.MatchString(t.TaskID):
		return platform.Refuse(42014, "invalid task_id")
	case t.CardType != "multiple_interaction" && t.MainTitle.Title == "" && t.SubTitle == "":
		return platform.Refuse(40058, "invalid Request Parameter: main_title or sub_title_text is needed")
	case !needsTask && len(t.CardAction) == 0:
		return platform.Refuse(40058, "invalid Request Parameter: card_action is needed")
	case t.CardType == "button_interaction" && (len(t.Buttons) == 0 || len(t.Buttons) > 6):
		return platform.Refuse(42017, "invalid button_list: 1 to 6 buttons")
	case needsTask && t.CardType != "button_interaction" && (t.Submit.Text == "" || t.Submit.Key == ""):
		return platform.Refuse(42017, "invalid submit_button")
	}
	m.Title, m.Description, m.Text, m.Card = t.MainTitle.Title, t.MainTitle.Desc, t.SubTitle, raw
	return nil
}

// interactive tells whether a message can be tapped so that the app hears of it.
func interactive(m screen.Message) bool {
	var t card
	return m.Kind == screen.TemplateCard && json.Unmarshal(m.Card, &t) == nil && t.TaskID != ""
}
