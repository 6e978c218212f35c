package bot

import (
	"fmt"
	"slices"
	"time"
)

// Router finds who answers an event. It is built once from the handlers' routes and never changes; a reload builds another.
// Matching looks words up instead of trying every route, so that it costs the same with ten campaigns or a thousand.
type Router struct {
	handlers map[HandlerName]Handler
	byWord   map[string][]*Route // normalized keyword
	byMenu   map[string][]*Route
	byKind   map[Kind][]*Route
	wanting  []*Route
	first    []*Route
	defaults []*Route
	own      map[owned]*Route // any route of a campaign, to come back to it
	// reception takes the conversations that handlers wish to hand to staff; nil: there is none.
	reception Reception
}

type owned struct {
	handler  HandlerName
	campaign string
}

// NewRouter builds a router. It fails when two handlers share a name, or a route names another handler or has an empty
// condition: mistakes in code or content that would silently never match.
func NewRouter(handlers ...Handler) (*Router, error) {
	r := &Router{
		handlers: make(map[HandlerName]Handler, len(handlers)),
		byWord:   map[string][]*Route{},
		byMenu:   map[string][]*Route{},
		byKind:   map[Kind][]*Route{},
		own:      map[owned]*Route{},
	}
	for _, h := range handlers {
		if _, taken := r.handlers[h.Name()]; taken {
			return nil, fmt.Errorf("two handlers are named %q", h.Name())
		}
		r.handlers[h.Name()] = h
		if reception, ok := h.(Reception); ok {
			if r.reception != nil {
				return nil, fmt.Errorf("%q and %q both hand conversations to staff", r.reception.Name(), h.Name())
			}
			r.reception = reception
		}
		for _, route := range h.Routes() {
			if route.Handler != h.Name() {
				return nil, fmt.Errorf("handler %q has a route of %q", h.Name(), route.Handler)
			}
			if err := r.add(route); err != nil {
				return nil, fmt.Errorf("route to %s %s: %w", route.Handler, route.Campaign, err)
			}
		}
	}
	r.sort()
	return r, nil
}

func (r *Router) add(route Route) error {
	p := &route
	for _, w := range route.Keywords {
		w = Normalize(w)
		if w == "" {
			return fmt.Errorf("a keyword is empty")
		}
		r.byWord[w] = append(r.byWord[w], p)
	}
	for _, k := range route.MenuKeys {
		if k == "" {
			return fmt.Errorf("a menu key is empty")
		}
		r.byMenu[k] = append(r.byMenu[k], p)
	}
	for _, k := range route.Kinds {
		r.byKind[k] = append(r.byKind[k], p)
	}
	if route.Wants != nil {
		r.wanting = append(r.wanting, p)
	}
	if route.FirstMessage {
		r.first = append(r.first, p)
	}
	if route.Default {
		r.defaults = append(r.defaults, p)
	}
	if o := (owned{route.Handler, route.Campaign}); r.own[o] == nil {
		r.own[o] = p
	}
	return nil
}

func (r *Router) sort() {
	byPriority := func(a, b *Route) int { return a.Priority - b.Priority }
	for _, index := range []map[string][]*Route{r.byWord, r.byMenu} {
		for _, routes := range index {
			slices.SortStableFunc(routes, byPriority)
		}
	}
	for _, routes := range r.byKind {
		slices.SortStableFunc(routes, byPriority)
	}
	slices.SortStableFunc(r.wanting, byPriority)
	slices.SortStableFunc(r.first, byPriority)
	slices.SortStableFunc(r.defaults, byPriority)
}

// Handler finds a handler by name.
func (r *Router) Handler(n HandlerName) (Handler, bool) {
	h, ok := r.handlers[n]
	return h, ok
}

// asked finds the one route that a text or a tapped menu item asks for: the first open one by priority, else the first
// closed one, so that its handler can say when it opens. paused is true when there is one but its feature is off.
func (r *Router) asked(ev *Event, now time.Time, on func(*Route) bool) (route *Route, paused bool) {
	var candidates []*Route
	switch ev.Kind {
	case KindText:
		candidates = r.byWord[Normalize(ev.Text)]
		for _, w := range r.wanting {
			if w.Wants(ev) {
				candidates = append(slices.Clip(candidates), w)
			}
		}
	case KindMenuClick:
		candidates = r.byMenu[ev.ItemKey]
	}
	var closed *Route
	for _, c := range candidates {
		switch {
		case !c.covers(ev):
		case !on(c):
			paused = true
		case c.Open == nil || c.Open(now):
			return c, false
		case closed == nil:
			closed = c
		}
	}
	return closed, paused && closed == nil
}

// happening finds every open route for an event by its kind, in priority order.
func (r *Router) happening(ev *Event, now time.Time, on func(*Route) bool) []*Route {
	return pick(r.byKind[ev.Kind], ev, now, on)
}

func pick(routes []*Route, ev *Event, now time.Time, on func(*Route) bool) []*Route {
	var picked []*Route
	for _, c := range routes {
		if c.covers(ev) && c.hasScene(ev) && on(c) && (c.Open == nil || c.Open(now)) {
			picked = append(picked, c)
		}
	}
	return picked
}

func (c *Route) covers(ev *Event) bool {
	return len(c.Accounts) == 0 || slices.Contains(c.Accounts, ev.Account)
}

func (c *Route) hasScene(ev *Event) bool {
	return len(c.Scenes) == 0 || slices.Contains(c.Scenes, ev.Scene)
}
