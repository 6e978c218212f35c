package quiz

import (
	"context"
	"fmt"
	"slices"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// Name is the handler, its toggle and the kind of its content.
const Name bot.HandlerName = "quiz"

// Priority puts a quiz that a QR code starts behind greetings and gifts; a campaign's own priority is added.
const Priority = 40

// Outcomes noted for logs and metrics.
const (
	outcomeStarted   = "quiz_started"
	outcomeAsked     = "quiz_asked" // the question was shown again
	outcomeUnclear   = "quiz_unclear"
	outcomeAnswered  = "quiz_answered"
	outcomeLate      = "quiz_late"
	outcomeFinished  = "quiz_finished"
	outcomeStanding  = "quiz_standing"
	outcomeClosed    = "quiz_closed"
	outcomeUncounted = "quiz_uncounted"
)

// Records keeps attempts and settlements.
type Records interface {
	StartAttempt(ctx context.Context, campaign string, p bot.Person, limit int, key bot.EventKey, at time.Time) (store.Attempt, store.StartOutcome, error)
	FinishAttempt(ctx context.Context, f store.FinishedAttempt) (store.Attempt, store.Standing, error)
	QuizStanding(ctx context.Context, campaign string, p bot.Person) (store.Standing, error)
	QuizSettlement(ctx context.Context, campaign string) (store.Settlement, error)
	QuizPayout(ctx context.Context, campaign string, p bot.Person) (payout store.Payout, ok bool, err error)
	TagPerson(ctx context.Context, r store.TagRequest) error
}

// Handler runs the quizzes of a Book.
type Handler struct {
	book    *Book
	records Records
}

var _ bot.Conversation = (*Handler)(nil)

// New makes a handler.
func New(book *Book, records Records) *Handler { return &Handler{book: book, records: records} }

// Name is "quiz".
func (h *Handler) Name() bot.HandlerName { return Name }

// Routes asks for the words, menu items and QR codes that start quizzes, and for those that show a standing. The start comes
// first: it is the way back into an open attempt.
func (h *Handler) Routes() []bot.Route {
	var routes []bot.Route
	for _, c := range h.book.campaigns {
		start := bot.Route{
			Handler: Name, Campaign: c.ID, Accounts: c.Accounts, Keywords: c.Keywords, MenuKeys: c.MenuKeys, Priority: Priority + c.Priority,
			Open: func(now time.Time) bool { return c.Active.At(now, c.zone) == content.Running },
		}
		if len(c.Scenes) > 0 {
			start.Kinds, start.Scenes = []bot.Kind{bot.KindFollow, bot.KindScan}, c.Scenes
		}
		routes = append(routes, start)
		if len(c.Standing.Keywords)+len(c.Standing.MenuKeys) > 0 {
			routes = append(routes, bot.Route{
				Handler: Name, Campaign: c.ID, Accounts: c.Accounts, Keywords: c.Standing.Keywords, MenuKeys: c.Standing.MenuKeys,
				Priority: Priority + c.Priority, Open: start.Open,
			})
		}
	}
	return routes
}

// Handle answers one event of a quiz.
func (h *Handler) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	v, ok := h.visit(t)
	switch {
	case !ok: // taken out of the content while somebody was answering
		t.Close()
		t.Note(outcomeClosed)
		return bot.Say(bot.DefaultTexts().Gone), nil
	case v.campaign.asksStanding(t.Event):
		return v.standing(ctx)
	case v.progress == nil:
		return v.start(ctx)
	}
	return v.answer(ctx)
}

// Accepts tells whether the event plainly answers the current question.
func (h *Handler) Accepts(t *bot.Turn) bool {
	v, ok := h.visit(t)
	if !ok || v.progress == nil {
		return false
	}
	c, q := v.campaign, v.campaign.current(v.progress)
	if q == nil {
		return false
	}
	a, why := q.read(v.said(), c.optionOrder(q, v.progress.Attempt))
	if q.Type == Text { // any words may be meant as an answer, only the right ones plainly are
		_, right := q.judge(a, c.Partial)
		return right
	}
	return why == understood
}

// Title names the open quiz.
func (h *Handler) Title(t *bot.Turn) string {
	v, ok := h.visit(t)
	if !ok || v.progress == nil {
		return "刚才的活动"
	}
	total := len(v.progress.Order)
	return fmt.Sprintf("《%s》（第 %d/%d 题）", v.campaign.Name, min(v.progress.number(), total), total)
}

// Leave ends the open attempt, or leaves it open, as the campaign says.
func (h *Handler) Leave(ctx context.Context, t *bot.Turn, why bot.LeaveReason) (bot.Reply, error) {
	v, ok := h.visit(t)
	if !ok {
		t.Close()
		return bot.Reply{}, nil
	}
	return v.leave(ctx, why)
}

// asksStanding tells whether somebody asks for the own place in the ranking.
func (c *Campaign) asksStanding(ev *bot.Event) bool {
	switch ev.Kind {
	case bot.KindText:
		said := bot.Normalize(ev.Text)
		return slices.ContainsFunc(c.Standing.Keywords, func(w string) bool { return bot.Normalize(w) == said })
	case bot.KindMenuClick:
		return slices.Contains(c.Standing.MenuKeys, ev.ItemKey)
	}
	return false
}
