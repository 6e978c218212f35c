package handoff

import (
	"context"
	"fmt"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// Name is the handler, its toggle and the kind of its content.
const Name bot.HandlerName = "handoff"

// The routes by which something comes here.
const (
	campaignAsk   = "ask"
	campaignStaff = "staff"
	campaignOrder = "order"
)

// heldFor is how long the session remembers a conversation; when it is over is in the records.
const heldFor = 7 * 24 * time.Hour

// The outcomes that are noted.
const (
	outcomeOpened   = "handed_over"
	outcomeWaiting  = "staff_waiting" // asked again
	outcomeOutside  = "staff_outside"
	outcomeNobody   = "staff_nobody"
	outcomeWith     = "with_staff"
	outcomeReturned = "staff_returned" // by the person
	outcomeEnded    = "staff_ended"
	outcomeTimeout  = "staff_timeout"
	outcomeSign     = "staff_sign"
	outcomeAccepted = "staff_accepted" // by number
	outcomeFinished = "staff_finished"
	outcomeUnknown  = "staff_unknown"
)

// Records keeps the conversations.
type Records interface {
	OpenStaffConversation(ctx context.Context, r store.StaffRequest) (c store.StaffConversation, opened bool, err error)
	SignOfStaff(ctx context.Context, sign store.StaffSign) (c store.StaffConversation, open bool, err error)
	SignOnNumber(ctx context.Context, number int64, sign store.StaffSign) (c store.StaffConversation, open bool, err error)
	CloseStaffConversation(ctx context.Context, p bot.Person, desk string, key bot.EventKey, at time.Time, by store.StaffClosing) (c store.StaffConversation, closed bool, err error)
	CloseNumber(ctx context.Context, number int64, a bot.AccountName, key bot.EventKey, at time.Time, by store.StaffClosing) (c store.StaffConversation, closed bool, err error)
	StaffConversation(ctx context.Context, number int64) (c store.StaffConversation, ok bool, err error)
	WaitingBefore(ctx context.Context, c store.StaffConversation) (int, error)
}

// Handler hands conversations to staff and keeps quiet while they have them.
type Handler struct {
	book    *Book
	records Records
}

var _ interface {
	bot.Conversation
	bot.Reception
} = (*Handler)(nil)

// New makes a handler.
func New(book *Book, records Records) *Handler { return &Handler{book: book, records: records} }

// Name is "handoff".
func (h *Handler) Name() bot.HandlerName { return Name }

// Routes asks for the words and menu items that ask for a person, for what staff do, and for what they type about it. The last
// works with the feature off: what is open must be closable.
func (h *Handler) Routes() []bot.Route {
	routes := []bot.Route{
		{Handler: Name, Campaign: campaignStaff, Kinds: []bot.Kind{bot.KindStaffTook, bot.KindStaffMoved, bot.KindStaffSaid, bot.KindStaffEnded}},
		{Handler: Name, Campaign: campaignOrder, Wants: h.wants, Always: true},
	}
	for i, s := range h.book.files() {
		routes = append(routes, bot.Route{
			Handler: Name, Campaign: campaignAsk, Accounts: s.Accounts, Keywords: s.Keywords, MenuKeys: s.MenuKeys, Priority: i, Now: true,
			Open: func(now time.Time) bool { return s.receives(now, h.book.zone) },
		})
	}
	return routes
}

// Handle answers what came by one of the routes, or in the middle of a conversation with staff.
func (h *Handler) Handle(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	switch {
	case t.Campaign == campaignOrder:
		return h.obey(ctx, t)
	case t.Campaign == campaignStaff:
		return h.noteStaff(ctx, t)
	case t.InConversation():
		return h.during(ctx, t)
	}
	return h.open(ctx, t, store.StaffAsked, "")
}

// HandOver opens a conversation because another handler wished so.
func (h *Handler) HandOver(ctx context.Context, t *bot.Turn, wish bot.Message) (bot.Reply, error) {
	return h.open(ctx, t, string(t.Wisher), wish.Servicer)
}

// Accepts takes everything: whatever a person says to staff is not for the bot.
func (h *Handler) Accepts(*bot.Turn) bool { return true }

// Title names the conversation.
func (h *Handler) Title(*bot.Turn) string { return "与人工客服的对话" }

// Leave gives the word back to the bot.
func (h *Handler) Leave(ctx context.Context, t *bot.Turn, why bot.LeaveReason) (bot.Reply, error) {
	s, _ := h.book.of(t.Event.Account)
	by, text, outcome := store.ClosedByPerson, s.Texts.Returned, outcomeReturned
	switch why {
	case bot.LeaveSwitch:
		text = ""
	case bot.LeavePaused:
		by = store.ClosedByPause
	case bot.LeaveExpired:
		by, text, outcome = store.ClosedByTimeout, s.Texts.TimedOut, outcomeTimeout
	}
	if err := h.close(ctx, t, by); err != nil {
		return bot.Reply{}, err
	}
	t.Session.Later = nil // what was said into the talk and did not fit
	t.Close()
	t.Note(outcome)
	return s.takeBack(t, text), nil
}

// close closes the record of the person's conversation.
func (h *Handler) close(ctx context.Context, t *bot.Turn, by store.StaffClosing) error {
	_, _, err := h.records.CloseStaffConversation(ctx, t.Event.Person(), t.Event.Desk, t.Event.Key, t.Event.At, by)
	if err != nil {
		return fmt.Errorf("give the word back to the bot: %w", err)
	}
	return nil
}
