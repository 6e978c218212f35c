package survey

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// Name is the handler, its toggle and the kind of its content.
const Name bot.HandlerName = "survey"

// Priority puts a survey that a QR code opens behind greetings, gifts and quizzes; a campaign's own priority is added.
const Priority = 50

// Outcomes noted for logs and metrics.
const (
	outcomeStarted  = "survey_started"
	outcomeAsked    = "survey_asked" // the question was shown again
	outcomeUnclear  = "survey_unclear"
	outcomeAnswered = "survey_answered"
	outcomeSkipped  = "survey_skipped"
	outcomeBack     = "survey_back"
	outcomeFinished = "survey_finished"
	outcomePartial  = "survey_partial" // left, and what was answered is kept
	outcomeLeft     = "survey_left"
	outcomeDone     = "survey_done" // had answered before
	outcomeClosed   = "survey_closed"
)

// Records keeps responses.
type Records interface {
	SubmitSurvey(ctx context.Context, r store.SurveyResponse, by bot.Person) (counts bool, err error)
	SurveyDone(ctx context.Context, campaign string, p bot.Person) (at time.Time, ok bool, err error)
	TagPerson(ctx context.Context, r store.TagRequest) error
	BeginSurvey(ctx context.Context, campaign string, p bot.Person, at time.Time) error
}

// Handler runs the surveys of a Book.
type Handler struct {
	book    *Book
	records Records
}

var _ bot.Conversation = (*Handler)(nil)

// New makes a handler.
func New(book *Book, records Records) *Handler { return &Handler{book: book, records: records} }

// Name is "survey".
func (h *Handler) Name() bot.HandlerName { return Name }

// Routes asks for the words, menu items and QR codes that open surveys.
func (h *Handler) Routes() []bot.Route {
	var routes []bot.Route
	for _, c := range h.book.campaigns {
		r := bot.Route{
			Handler: Name, Campaign: c.ID, Accounts: c.Accounts, Keywords: c.Keywords, MenuKeys: c.MenuKeys,
			Priority: Priority + c.Priority,
			Open:     func(now time.Time) bool { return c.Active.At(now, c.zone) == content.Running },
		}
		if len(c.Scenes) > 0 {
			r.Kinds, r.Scenes = []bot.Kind{bot.KindFollow, bot.KindScan}, c.Scenes
		}
		routes = append(routes, r)
	}
	return routes
}

// Handle answers one event of a survey.
func (h *Handler) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	v, ok := h.visit(t)
	switch {
	case !ok: // taken out of the content while somebody was answering
		t.Close()
		t.Note(outcomeClosed)
		return bot.Say(bot.DefaultTexts().Gone), nil
	case v.progress == nil:
		return v.start(ctx)
	}
	return v.answer(ctx)
}

// Accepts tells whether the event plainly answers the current question. Of a text that can't be told.
func (h *Handler) Accepts(t *bot.Turn) bool {
	v, ok := h.visit(t)
	if !ok || v.progress == nil {
		return false
	}
	q, ok := v.campaign.byID[v.progress.Current]
	if !ok {
		return false
	}
	_, r := q.read(t.Event, v.campaign.MaxChars)
	switch r {
	case skips, goesBack:
		return true
	case answered:
		return q.Type != Text
	}
	return false
}

// Title names the open survey.
func (h *Handler) Title(t *bot.Turn) string {
	v, ok := h.visit(t)
	if !ok || v.progress == nil {
		return "刚才的活动"
	}
	n := len(v.progress.Given) + 1
	return fmt.Sprintf("《%s》（第 %d/%d 题）", v.campaign.Name, n, n-1+v.campaign.ahead[v.progress.Current])
}

// Leave closes the survey and keeps what was answered, if the campaign says so.
func (h *Handler) Leave(ctx context.Context, t *bot.Turn, why bot.LeaveReason) (bot.Reply, error) {
	v, ok := h.visit(t)
	if !ok {
		t.Close()
		return bot.Reply{}, nil
	}
	return v.leave(ctx, why)
}
