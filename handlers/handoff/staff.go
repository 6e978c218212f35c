package handoff

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"guanjia/bot"
	"guanjia/store"
)

// noteStaff keeps records and session in step with what staff do in the platform's own client.
func (h *Handler) noteStaff(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	if t.Event.Kind == bot.KindStaffEnded {
		return h.ended(ctx, t)
	}
	s, _ := h.book.of(t.Event.Account)
	c, open, err := h.records.SignOfStaff(ctx, h.sign(t, s))
	if err != nil {
		return bot.Reply{}, fmt.Errorf("note what staff did: %w", err)
	}
	t.Note(outcomeSign)
	if !open || t.Session.Handler != "" && !t.InConversation() {
		return bot.Reply{}, nil
	}
	return bot.Reply{}, hold(t, c.Number)
}

func (h *Handler) sign(t *bot.Turn, s *Settings) store.StaffSign {
	ev, who := t.Event, ""
	if ev.Staff != nil {
		who = ev.Staff.Who
	}
	return store.StaffSign{
		StaffRequest: store.StaffRequest{
			Person: ev.Person(), Key: ev.Key, Desk: ev.Desk, Channel: channelOf(ev), Reason: store.StaffBegan,
			At: ev.At, QuietUntil: t.Now.Add(s.AfterStaff.Duration()),
		},
		Who: who, Took: ev.Kind != bot.KindStaffSaid, Responded: heard(ev),
	}
}

// ended gives the word back, and says so if anything can be said.
func (h *Handler) ended(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	s, _ := h.book.of(t.Event.Account)
	c, closed, err := h.records.CloseStaffConversation(ctx, t.Event.Person(), t.Event.Desk, t.Event.Key, t.Event.At, endedBy(t.Event))
	if err != nil {
		return bot.Reply{}, fmt.Errorf("note that staff ended: %w", err)
	}
	if !closed {
		return bot.Reply{}, nil // it was over, or another one has begun since: the person's next message finds out
	}
	var at held
	if t.InConversation() && (t.State(&at) != nil || at.Number == c.Number) {
		t.Session.Later = nil
		t.Close()
	}
	t.Note(outcomeEnded)
	if !t.Event.Speakable {
		return bot.Reply{}, nil
	}
	return bot.Say(s.Texts.Ended), nil
}

// endedBy tells who ended a conversation: when nobody is named, nobody was found to have it.
func endedBy(ev *bot.Event) store.StaffClosing {
	if ev.Staff == nil || ev.Staff.Who == "" && ev.Staff.Former == "" {
		return store.ClosedByRefusal
	}
	return store.ClosedByStaff
}

// wants tells whether an event is an order of somebody who is told of conversations.
func (h *Handler) wants(ev *bot.Event) bool {
	if _, ok := readOrder(ev.Text); !ok {
		return false
	}
	for _, s := range h.book.files() {
		for _, a := range append(slices.Clip(s.Accounts), ev.Account) {
			if s.serves(ev.Person(), a) {
				return true
			}
		}
	}
	return false
}

// obey takes or ends a conversation by its number.
func (h *Handler) obey(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	ev := t.Event
	o, _ := readOrder(ev.Text)
	number := strconv.FormatInt(o.number, 10)
	c, found, err := h.records.StaffConversation(ctx, o.number)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("look up a conversation by its number: %w", err)
	}
	s, _ := h.book.of(c.Person.Account)
	if !found || !s.serves(ev.Person(), c.Person.Account) {
		own, _ := h.book.of(ev.Account)
		t.Note(outcomeUnknown)
		return bot.Say(own.say(own.Texts.Unknown, "{number}", number)), nil
	}
	text, outcome, did := s.Texts.Accepted, outcomeAccepted, false
	if o.finish {
		text, outcome = s.Texts.Finished, outcomeFinished
		_, did, err = h.records.CloseNumber(ctx, o.number, ev.Account, ev.Key, ev.At, store.ClosedByStaff)
	} else {
		_, did, err = h.records.SignOnNumber(ctx, o.number, store.StaffSign{
			StaffRequest: store.StaffRequest{Person: ev.Person(), Key: ev.Key, At: ev.At, QuietUntil: t.Now.Add(s.AfterStaff.Duration())},
			Who:          string(ev.User), Took: true, Responded: true,
		})
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if !did {
		text, outcome = s.Texts.Closed, outcomeUnknown
	}
	t.Note(outcome)
	return bot.Say(s.say(text, "{number}", number)), nil
}
