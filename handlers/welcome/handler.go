package welcome

import (
	"context"
	"errors"
	"fmt"

	"guanjia/bot"
	"guanjia/store"
)

// Name is the handler, its toggle and the kind of its content.
const Name bot.HandlerName = "welcome"

// Priority puts the greeting before whatever else answers a follow.
const Priority = 10

// outcomeWelcomed is noted when a rule was found.
const outcomeWelcomed = "welcomed"

// Followers knows who follows.
type Followers interface {
	Follower(ctx context.Context, p bot.Person) (store.Follower, error)
}

// addition is the detail of a follow where a customer adds a member of the staff.
type addition interface{ MemberID() string }

// Handler greets by the rules of a Book.
type Handler struct {
	book      *Book
	followers Followers
}

var _ bot.Handler = (*Handler)(nil)

// New makes a handler.
func New(book *Book, followers Followers) *Handler {
	return &Handler{book: book, followers: followers}
}

// Name is "welcome".
func (h *Handler) Name() bot.HandlerName { return Name }

// Routes asks for the events that rules are for.
func (h *Handler) Routes() []bot.Route {
	var routes []bot.Route
	for _, on := range []Trigger{OnFollow, OnScan, OnFirstMessage, OnEnter} {
		if !h.book.has(on) {
			continue
		}
		r := bot.Route{Handler: Name, Priority: Priority}
		switch on {
		case OnFollow:
			r.Kinds = []bot.Kind{bot.KindFollow}
		case OnScan:
			r.Kinds = []bot.Kind{bot.KindScan}
		case OnFirstMessage:
			r.FirstMessage = true
		case OnEnter:
			r.Kinds = []bot.Kind{bot.KindEnter}
		}
		routes = append(routes, r)
	}
	return routes
}

// Handle says what the best rule says; nothing when none is for this visit.
func (h *Handler) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	if t.Event.Kind == bot.KindEnter && !t.Event.Speakable {
		return bot.Reply{}, nil // a member opened the app, or the customer was welcomed not long ago
	}
	v, err := h.visit(ctx, t)
	if err != nil {
		return bot.Reply{}, err
	}
	rule := h.book.best(v)
	if rule == nil {
		return bot.Reply{}, nil
	}
	t.Note(outcomeWelcomed)
	return bot.Reply{Messages: rule.Reply}, nil
}

func (h *Handler) visit(ctx context.Context, t *bot.Turn) (visit, error) {
	v := visit{trigger: triggerOf(t.Event.Kind), account: t.Event.Account, scene: t.Event.Scene, now: t.Now}
	if added, ok := t.Event.Detail.(addition); ok {
		v.member = added.MemberID()
	}
	f, err := h.followers.Follower(ctx, t.Event.Person())
	switch {
	case errors.Is(err, store.ErrNotFound): // followed before there was a bot
		return v, nil
	case err != nil:
		return visit{}, fmt.Errorf("look up the follower: %w", err)
	}
	v.returning = returning(f)
	if v.trigger == OnFirstMessage {
		v.scene = f.Scene
	}
	return v, nil
}

// triggerOf tells which rules an event is for. A message comes here only as the first after a follow.
func triggerOf(k bot.Kind) Trigger {
	switch k {
	case bot.KindFollow:
		return OnFollow
	case bot.KindScan:
		return OnScan
	case bot.KindEnter:
		return OnEnter
	}
	return OnFirstMessage
}
