// Package consent takes a person's word on being written to: 退订 and TD end all messages that nobody asked for, 恢复 allows
// them again. Opting out is a right: it works in the middle of other conversations and with every feature switched off.
//
// Every word is recorded with its history, confirmed at once, and the confirmation says how to undo it. What people ask for
// is answered as before.
//
// The package imports bot, content and store.
package consent

import (
	"context"
	"fmt"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/store"
)

// Name is the handler and the kind of its content. It has no toggle.
const Name bot.HandlerName = "consent"

// The directions; they name the routes.
const (
	optOut = "opt_out"
	optIn  = "opt_in"
)

// The sources of a consent.
const (
	sourceKeyword = "keyword"
	sourceMenu    = "menu"
)

// The outcomes that are noted.
const (
	outcomeOptedOut = "opted_out"
	outcomeOptedIn  = "opted_in"
	outcomeNoChange = "unchanged"
)

// Consents are the records.
type Consents interface {
	SetConsent(ctx context.Context, c store.Consent) (changed bool, err error)
	Consent(ctx context.Context, p bot.Person, topic string) (c store.Consent, ok bool, err error)
}

// Handler records and confirms.
type Handler struct {
	book     *Book
	consents Consents
}

var _ bot.Handler = (*Handler)(nil)

// New makes a handler.
func New(book *Book, consents Consents) *Handler {
	return &Handler{book: book, consents: consents}
}

// Name is "consent".
func (h *Handler) Name() bot.HandlerName { return Name }

// Routes asks for the words of both directions, wherever they are said.
func (h *Handler) Routes() []bot.Route {
	return append(routes(optOut, h.book.OptOut), routes(optIn, h.book.OptIn)...)
}

func routes(direction string, w Words) []bot.Route {
	words, letters := unmistakable(w.Keywords)
	routes := []bot.Route{{Handler: Name, Campaign: direction, Keywords: words, MenuKeys: w.MenuKeys, Always: true}}
	if len(letters) > 0 {
		routes = append(routes, bot.Route{Handler: Name, Campaign: direction, Keywords: letters})
	}
	return routes
}

// Handle records the word and confirms it, or says that it is so already.
func (h *Handler) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	granted := t.Campaign == optIn
	known := true // opting out is news also from somebody of whom nothing is known
	if granted {
		var err error
		if _, known, err = h.consents.Consent(ctx, t.Event.Person(), ""); err != nil {
			return bot.Reply{}, fmt.Errorf("look up the consent: %w", err)
		}
	}
	changed, err := h.consents.SetConsent(ctx, store.Consent{
		Person: t.Event.Person(), Granted: granted, At: t.Event.At, Source: source(t.Event), Key: t.Event.Key,
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("record the consent: %w", err)
	}
	o := outcome(granted, changed, known)
	t.Note(o)
	return bot.Say(h.confirmation(granted, o)), nil
}

func (h *Handler) confirmation(granted bool, outcome string) string {
	texts := h.book.Texts
	places := []string{"{out}", h.book.OptOut.Keywords[0], "{in}", h.book.OptIn.Keywords[0]}
	switch {
	case outcome == outcomeOptedOut:
		return ask.Fill(texts.OptedOut, places...)
	case outcome == outcomeOptedIn:
		return ask.Fill(texts.OptedIn, places...)
	case granted:
		return ask.Fill(texts.AlreadyIn, places...)
	}
	return ask.Fill(texts.AlreadyOut, places...)
}

func source(ev *bot.Event) string {
	if ev.Kind == bot.KindMenuClick {
		return sourceMenu
	}
	return sourceKeyword
}
