// Package robot plays the robots of WeCom's internal groups (群机器人): whoever has a robot's key may write to its group, twenty
// messages a minute. Texts, markdown, pictures and link cards are played; files, voice and template cards are not.
package robot

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the platform's checksum of pictures
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"
	"time"

	"guanjia/simulator/platform"
)

// Limits (WeCom docs, 群机器人配置说明). Sizes are in bytes.
const (
	perMinute      = 20
	maxText        = 2048
	maxMarkdown    = 4096
	maxArticles    = 8
	maxTitle       = 128
	maxDescription = 512
	maxPicture     = 2 << 20
	kept           = 500 // messages of a robot; ours
)

// The refusals (WeCom docs, 全局错误码).
const (
	codeEmptyText = 44004
	codeTooLong   = 45002
	codeNoRobot   = 93000
)

// Said is a message of a robot in its group.
type Said struct {
	ID       int64     `json:"id"` // counts from 1 for each robot
	Corp     string    `json:"corp"`
	Robot    string    `json:"robot"` // its title
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	Text     string    `json:"text,omitempty"`
	Mentions []string  `json:"mentions,omitempty"`
	Articles []Article `json:"articles,omitempty"`
	Picture  []byte    `json:"picture,omitempty"`
}

// Article is one link card.
type Article struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
	PicURL      string `json:"picurl,omitempty"`
}

// Service is the part of the platform that serves robots.
type Service struct {
	world  platform.World
	robots map[string]place // by key

	mu   sync.Mutex
	said map[string][]Said // by key, oldest first
	pace map[string][]time.Time
}

// place is where a robot is.
type place struct{ corp, title string }

// Register adds the calls to the API.
func Register(api *platform.API, world platform.World) *Service {
	s := &Service{world: world, robots: map[string]place{}, said: map[string][]Said{}, pace: map[string][]time.Time{}}
	for _, c := range api.Corps() {
		for _, r := range c.Robots {
			s.robots[r.Key] = place{c.ID, r.Title}
		}
	}
	api.Handle("POST /cgi-bin/webhook/send", platform.ByAnybody(platform.WeCom), s.send)
	return s
}

// Said lists what the robots of a corp said, by title, oldest first.
func (s *Service) Said(corpID string) map[string][]Said {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string][]Said{}
	for key, r := range s.robots {
		if r.corp == corpID {
			all[r.title] = append([]Said{}, s.said[key]...)
		}
	}
	return all
}

// body is what a robot is given.
type body struct {
	Type     string   `json:"msgtype"`
	Text     *words   `json:"text"`
	Markdown *words   `json:"markdown"`
	Second   *words   `json:"markdown_v2"`
	Image    *picture `json:"image"`
	News     *struct {
		Articles []Article `json:"articles"`
	} `json:"news"`
}

type words struct {
	Content string   `json:"content"`
	Members []string `json:"mentioned_list"`
	Mobiles []string `json:"mentioned_mobile_list"`
}

type picture struct {
	Base64 string `json:"base64"`
	MD5    string `json:"md5"`
}

func (s *Service) send(c *platform.Call) (any, error) {
	key := c.Query.Get("key")
	r, ok := s.robots[key]
	if !ok {
		return nil, platform.Refuse(codeNoRobot, "invalid webhook url")
	}
	var in body
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	m, err := in.read()
	if err != nil {
		return nil, err
	}
	m.Corp, m.Robot, m.At = r.corp, r.title, c.Now
	s.mu.Lock()
	m, err = s.take(key, m)
	s.mu.Unlock()
	if err == nil {
		s.world.Show("robot", m)
		s.world.Changed()
	}
	return nil, err
}

// take keeps a message, with its number, unless the minute is full; s.mu is held.
func (s *Service) take(key string, m Said) (Said, error) {
	recent := s.pace[key]
	for len(recent) > 0 && m.At.Sub(recent[0]) >= time.Minute {
		recent = recent[1:]
	}
	if len(recent) >= perMinute {
		s.pace[key] = recent
		return m, platform.Refuse(platform.CodeOverQuota, "api freq out of limit")
	}
	s.pace[key] = append(recent, m.At)
	m.ID = 1
	if n := len(s.said[key]); n > 0 {
		m.ID += s.said[key][n-1].ID
	}
	s.said[key] = append(s.said[key], m)
	if extra := len(s.said[key]) - kept; extra > 0 {
		s.said[key] = append([]Said(nil), s.said[key][extra:]...)
	}
	return m, nil
}

func (b *body) read() (Said, error) {
	m := Said{Kind: b.Type}
	switch b.Type {
	case "text":
		if b.Text != nil {
			m.Mentions = append(append([]string{}, b.Text.Members...), b.Text.Mobiles...)
		}
		return m, m.say(b.Text, maxText)
	case "markdown":
		return m, m.say(b.Markdown, maxMarkdown)
	case "markdown_v2":
		return m, m.say(b.Second, maxMarkdown)
	case "image":
		return m, m.show(b.Image)
	case "news":
		if b.News == nil || len(b.News.Articles) == 0 || len(b.News.Articles) > maxArticles {
			return m, platform.Refuse(platform.CodeBadParameters, "articles must be 1 to %d", maxArticles)
		}
		for _, a := range b.News.Articles {
			u, err := url.Parse(a.URL)
			if a.Title == "" || len(a.Title) > maxTitle || len(a.Description) > maxDescription || err != nil || u.Host == "" {
				return m, platform.Refuse(platform.CodeBadParameters, "invalid article")
			}
		}
		m.Articles = b.News.Articles
		return m, nil
	}
	return m, platform.Refuse(platform.CodeBadKind, "invalid message type")
}

func (m *Said) say(w *words, most int) error {
	switch {
	case w == nil || w.Content == "":
		return platform.Refuse(codeEmptyText, "content is empty")
	case len(w.Content) > most:
		return platform.Refuse(codeTooLong, "content exceed max length, at most %d bytes", most)
	}
	m.Text = w.Content
	return nil
}

func (m *Said) show(p *picture) error {
	if p == nil {
		return platform.Refuse(platform.CodeBadParameters, "image is missing")
	}
	data, err := base64.StdEncoding.DecodeString(p.Base64)
	sum := md5.Sum(data)
	switch {
	case err != nil || hex.EncodeToString(sum[:]) != p.MD5:
		return platform.Refuse(platform.CodeBadParameters, "md5 does not match")
	case len(data) > maxPicture || !bytes.HasPrefix(data, []byte("\xff\xd8")) && !bytes.HasPrefix(data, []byte("\x89PNG")):
		return platform.Refuse(platform.CodeBadParameters, "image must be jpg or png, at most %d bytes", maxPicture)
	}
	m.Picture = data
	return nil
}

// Remember implements platform.Part.
func (s *Service) Remember() (json.RawMessage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.Marshal(s.said)
}

// Recall implements platform.Part.
func (s *Service) Recall(data json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.Unmarshal(data, &s.said); err != nil {
		return fmt.Errorf("robots: %w", err)
	}
	if s.said == nil {
		s.said = map[string][]Said{}
	}
	return nil
}
