package fallback

import (
	"context"
	"slices"
	"strings"

	"guanjia/bot"
	"guanjia/bot/ask"
)

// Name is the handler and the kind of its content. It has no toggle.
const Name bot.HandlerName = "fallback"

// campaignMenu names the route of those who ask for the menu.
const campaignMenu = "menu"

// The outcomes that are noted.
const (
	outcomeMenu         = "menu"
	outcomeHint         = "hint"
	outcomeAcknowledged = "acknowledged"
	outcomeWish         = "wish"
)

// Handler gives hints.
type Handler struct {
	book *Book
}

var _ bot.Handler = (*Handler)(nil)

// New makes a handler.
func New(book *Book) *Handler { return &Handler{book: book} }

// Name is "fallback".
func (h *Handler) Name() bot.HandlerName { return Name }

// Routes asks for what nothing else wants, and for the words that show the menu.
func (h *Handler) Routes() []bot.Route {
	routes := []bot.Route{{Handler: Name, Default: true}}
	for i, s := range append(slices.Clip(h.book.single), h.book.others) {
		if len(s.Menu.Choices) == 0 {
			continue
		}
		routes = append(routes, bot.Route{
			Handler: Name, Campaign: campaignMenu, Accounts: s.Accounts, Keywords: s.Keywords, MenuKeys: s.MenuKeys, Priority: i,
		})
	}
	return routes
}

// Handle shows the menu to those who ask, and a hint to the others.
func (h *Handler) Handle(_ context.Context, t *bot.Turn) (bot.Reply, error) {
	s := h.book.of(t.Event.Account)
	now := t.Now.UnixMilli()
	if t.Campaign == campaignMenu {
		t.Remember(now)
		t.Note(outcomeMenu)
		return s.menu(""), nil
	}
	line, again := s.Texts.lines(t.Event.Kind)
	if wishes(t.Session.Unknown, s.HandOverAfter) {
		t.Note(outcomeWish)
		return bot.Reply{Messages: []bot.Message{bot.Text(again), {Kind: bot.MessageTransfer}}}, nil
	}
	if !due(t.Recall(), now, s.Every.Duration().Milliseconds()) {
		t.Note(outcomeAcknowledged)
		return bot.Say(s.short(again)), nil
	}
	t.Remember(now)
	t.Note(outcomeHint)
	return s.menu(line), nil
}

// menu is the menu of choices below a line, or the line alone where there is none.
func (s *Settings) menu(line string) bot.Reply {
	if len(s.Menu.Choices) == 0 {
		return bot.Say(line)
	}
	m := s.Menu
	m.Head = strings.TrimPrefix(line+"\n"+m.Head, "\n")
	return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageMenu, Menu: &m}}}
}

// short is a line with the way to the menu instead of the menu.
func (s *Settings) short(line string) string {
	if len(s.Menu.Choices) == 0 {
		return line
	}
	return line + ask.Fill(s.Texts.More, "{menu}", s.Keywords[0])
}
