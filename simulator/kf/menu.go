package kf

import (
	"fmt"
	"slices"
	"strings"
)

const typeMenu = "msgmenu"

// Limits of a menu message; kf docs, 发送消息, 菜单消息. Lengths in bytes.
const (
	maxMenuText     = 1024 // head and tail, words of a view or a mini program
	maxMenuItems    = 10
	maxClickID      = 64
	maxClickContent = 128
	maxMiniAppID    = 32
	maxMiniPath     = 1024
)

type menuBody struct {
	Head string     `json:"head_content,omitempty"`
	List []menuItem `json:"list,omitempty"`
	Tail string     `json:"tail_content,omitempty"`
}

type menuItem struct {
	Type  string     `json:"type"`
	Click *menuClick `json:"click,omitempty"`
	View  *menuView  `json:"view,omitempty"`
	Mini  *menuMini  `json:"miniprogram,omitempty"`
	Text  *menuText  `json:"text,omitempty"`
}

type menuClick struct {
	ID      string `json:"id"`
	Content string `json:"content"`
}

type menuView struct {
	URL     string `json:"url"`
	Content string `json:"content"`
}

type menuMini struct {
	AppID    string `json:"appid"`
	PagePath string `json:"pagepath"`
	Content  string `json:"content"`
}

type menuText struct {
	Content   string `json:"content"`
	NoNewline int    `json:"no_newline,omitempty"`
}

func (m *menuBody) check() error {
	switch {
	case len(m.Head) > maxMenuText:
		return refuse(codeTooLong, "head_content has more than %d bytes", maxMenuText)
	case len(m.Tail) > maxMenuText:
		return refuse(codeTooLong, "tail_content has more than %d bytes", maxMenuText)
	case len(m.List) > maxMenuItems:
		return refuse(codeMenuItems, "a menu has at most %d items, got %d", maxMenuItems, len(m.List))
	case len(m.List) == 0 && strings.TrimSpace(m.Head+m.Tail) == "":
		return refuse(codeEmptyText, "the menu is empty")
	}
	for i, item := range m.List {
		if err := item.check(fmt.Sprintf("list[%d].%s", i, item.Type)); err != nil {
			return err
		}
	}
	return nil
}

func (m *menuItem) check(at string) error {
	switch {
	case m.Type == "click" && m.Click != nil:
		// The id may be left out: then a tap says its words only.
		if len(m.Click.ID) > maxClickID {
			return refuse(codeJSON, "%s.id has more than %d bytes", at, maxClickID)
		}
		return words(at+".content", m.Click.Content, maxClickContent)
	case m.Type == "view" && m.View != nil:
		if err := checkURL(at+".url", m.View.URL); err != nil {
			return err
		}
		return words(at+".content", m.View.Content, maxMenuText)
	case m.Type == "miniprogram" && m.Mini != nil:
		switch {
		case m.Mini.AppID == "" || len(m.Mini.AppID) > maxMiniAppID:
			return refuse(codeJSON, "%s.appid must be 1 to %d bytes", at, maxMiniAppID)
		case m.Mini.PagePath == "" || len(m.Mini.PagePath) > maxMiniPath:
			return refuse(codeJSON, "%s.pagepath must be 1 to %d bytes", at, maxMiniPath)
		}
		return words(at+".content", m.Mini.Content, maxMenuText)
	case m.Type == "text" && m.Text != nil:
		return words(at+".content", m.Text.Content, maxMenuText)
	}
	return refuse(codeMenuItem, "%s: unknown type, or its object is missing", at)
}

func words(field, s string, limit int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return refuse(codeJSON, "%s is empty", field)
	case len(s) > limit:
		return refuse(codeTooLong, "%s has more than %d bytes", field, limit)
	}
	return nil
}

// words are what an item says.
func (m *menuItem) words() string {
	switch {
	case m.Type == "click" && m.Click != nil:
		return m.Click.Content
	case m.Type == "view" && m.View != nil:
		return m.View.Content
	case m.Type == "miniprogram" && m.Mini != nil:
		return m.Mini.Content
	case m.Type == "text" && m.Text != nil:
		return m.Text.Content
	}
	return ""
}

// text is a menu as a person reads it, a line for each part.
func (m *menuBody) text() string {
	lines := []string{m.Head}
	for _, item := range m.List {
		lines = append(lines, item.words())
	}
	lines = append(lines, m.Tail)
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n")
}
