package coupon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// Name is the handler, its toggle and the kind of its content.
const Name bot.HandlerName = "coupon"

// Priority puts codes after the greeting; a campaign's own priority is added.
const Priority = 20

// The outcomes that are noted.
const (
	outcomeGiven        = "given"
	outcomeAlready      = "already"
	outcomeSoldOut      = "sold_out"
	outcomeNotStarted   = "not_started"
	outcomeOver         = "over"
	outcomeOutsideHours = "outside_hours"
	outcomeVoided       = "voided"
)

// Coupons are the records.
type Coupons interface {
	ClaimCoupon(ctx context.Context, r store.ClaimRequest) (store.Claim, store.ClaimOutcome, error)
	CouponClaim(ctx context.Context, campaign string, p bot.Person) (store.Claim, error)
	VoidClaims(ctx context.Context, p bot.Person, campaigns []string, at time.Time) (int, error)
	TagPerson(ctx context.Context, r store.TagRequest) error
}

// Handler gives codes by the campaigns of a Book.
type Handler struct {
	book    *Book
	coupons Coupons
}

var _ bot.Handler = (*Handler)(nil)

// New makes a handler.
func New(book *Book, coupons Coupons) *Handler { return &Handler{book: book, coupons: coupons} }

// Name is "coupon".
func (h *Handler) Name() bot.HandlerName { return Name }

// Routes asks for the words, menu items and scenes of the campaigns, and for everybody who leaves.
func (h *Handler) Routes() []bot.Route {
	// Codes of those who leave are voided with the feature switched off, too: it is the campaign's rule, and says nothing.
	routes := []bot.Route{{Handler: Name, Kinds: []bot.Kind{bot.KindUnfollow}, Always: true}}
	for i := range h.book.campaigns {
		c := &h.book.campaigns[i]
		if c.Disabled {
			continue
		}
		open := func(now time.Time) bool { return c.Active.At(now, h.book.zone) == content.Running }
		priority := Priority + c.Priority
		if len(c.Keywords)+len(c.MenuKeys) > 0 {
			routes = append(routes, bot.Route{
				Handler: Name, Campaign: c.ID, Accounts: c.Accounts, Keywords: c.Keywords, MenuKeys: c.MenuKeys, Priority: priority, Open: open,
			})
		}
		if kinds := c.kinds(); len(kinds) > 0 {
			r := bot.Route{Handler: Name, Campaign: c.ID, Accounts: c.Accounts, Kinds: kinds, Scenes: c.Scenes, Priority: priority, Open: open}
			if len(c.Scenes) > 0 {
				r.Open = nil // who scans the code on a poster is told that the campaign is over
			}
			routes = append(routes, r)
		}
	}
	return routes
}

// Handle gives a code, or says why not.
func (h *Handler) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	if t.Event.Kind == bot.KindUnfollow {
		return bot.Reply{}, h.void(ctx, t)
	}
	c := h.book.campaign(t.Campaign)
	if c == nil {
		return bot.Reply{}, fmt.Errorf("no campaign %q", t.Campaign)
	}
	if state := c.Active.At(t.Now, h.book.zone); state != content.Running {
		return h.closed(ctx, t, c, state)
	}
	claim, outcome, err := h.coupons.ClaimCoupon(ctx, store.ClaimRequest{
		Campaign: c.ID, Person: t.Event.Person(), Key: t.Event.Key,
		// The platform's time, as for the unfollow, so that what was claimed before it can be told.
		At:        t.Event.At,
		ExpiresAt: c.expires(t.Now, h.book.zone),
		Generate:  c.generator(),
	})
	if err != nil {
		return bot.Reply{}, err
	}
	if outcome == store.SoldOut {
		t.Note(outcomeSoldOut)
		return bot.Say(c.fill(c.Texts.SoldOut)), nil
	}
	if outcome == store.Claimed {
		err := h.coupons.TagPerson(ctx, store.TagRequest{
			Person: t.Event.Person(), Tags: c.Tags, Handler: Name, Campaign: c.ID, Key: t.Event.Key, At: t.Now,
		})
		if err != nil {
			return bot.Reply{}, err
		}
	}
	return h.show(t, c, claim), nil
}

// closed answers while the campaign does not run: whoever has a code sees it all the same.
func (h *Handler) closed(ctx context.Context, t *bot.Turn, c *Campaign, state content.State) (bot.Reply, error) {
	if isVisit(t.Event.Kind) && h.book.speaker(t.Event, t.Now) != c {
		return bot.Reply{}, nil
	}
	claim, err := h.coupons.CouponClaim(ctx, c.ID, t.Event.Person())
	switch {
	case err == nil:
		return h.show(t, c, claim), nil
	case !errors.Is(err, store.ErrNotFound):
		return bot.Reply{}, err
	}
	switch state {
	case content.NotStarted:
		t.Note(outcomeNotStarted)
		return bot.Say(c.fill(c.Texts.NotStarted, "{start}", formatMoment(c.Active.From.In(h.book.zone)))), nil
	case content.OutsideHours:
		t.Note(outcomeOutsideHours)
		return bot.Say(c.fill(c.Texts.OutsideHours, "{hours}", c.Active.Times())), nil
	}
	t.Note(outcomeOver)
	return bot.Say(c.fill(c.Texts.Over)), nil
}

// show tells the person the code. The event that claimed it, arriving again, is told the same again.
func (h *Handler) show(t *bot.Turn, c *Campaign, claim store.Claim) bot.Reply {
	text := c.Texts.of(claim, t.Now)
	t.Note(outcomeAlready)
	if claim.Key == t.Event.Key {
		text = c.Texts.Given
		t.Note(outcomeGiven)
	}
	return bot.Say(c.fill(text, "{code}", claim.Code, "{expires}", formatExpiry(claim.ExpiresAt, h.book.zone)))
}

// void makes the codes of a person who left worthless where the campaign says so. An unfollow that arrives late, after the
// person came back, does not take what they got since.
func (h *Handler) void(ctx context.Context, t *bot.Turn) error {
	var campaigns []string
	for _, id := range h.book.voiding(t.Event.Account) {
		claim, err := h.coupons.CouponClaim(ctx, id, t.Event.Person())
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		case !claim.ClaimedAt.After(t.Event.At):
			campaigns = append(campaigns, id)
		}
	}
	if len(campaigns) == 0 {
		return nil
	}
	if _, err := h.coupons.VoidClaims(ctx, t.Event.Person(), campaigns, t.Event.At); err != nil {
		return err
	}
	t.Note(outcomeVoided)
	return nil
}
