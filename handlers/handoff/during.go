package handoff

import (
	"context"
	"fmt"
	"strconv"

	"guanjia/bot"
	"guanjia/bot/ask"
	"guanjia/store"
)

// held is what the session keeps of an open conversation.
type held struct {
	Number int64 `json:"n"`
}

// open opens a conversation with staff, unless one is open or nobody receives.
func (h *Handler) open(ctx context.Context, t *bot.Turn, reason, servicer string) (bot.Reply, error) {
	s, _ := h.book.of(t.Event.Account)
	channel := channelOf(t.Event)
	switch {
	case !s.receives(t.Now, h.book.zone):
		t.Note(outcomeOutside)
		return bot.Say(s.say(s.Texts.Outside, "{times}", s.Active.Times())), nil
	case channel == store.StaffApp && len(s.Staff.Members) == 0:
		t.Note(outcomeNobody)
		return bot.Say(s.Texts.Nobody), nil
	}
	c, opened, err := h.records.OpenStaffConversation(ctx, store.StaffRequest{
		Person: t.Event.Person(), Key: t.Event.Key, Desk: t.Event.Desk, Channel: channel, Reason: reason,
		At: t.Event.At, QuietUntil: t.Now.Add(s.QuietFor.Duration()),
	})
	if err != nil {
		return bot.Reply{}, fmt.Errorf("hand the conversation over: %w", err)
	}
	if !c.ClosedAt.IsZero() { // a repetition, after a crash, of an event whose conversation is over by now
		t.Note(outcomeEnded)
		return s.takeBack(t, s.Texts.Ended), nil
	}
	if err := hold(t, c.Number); err != nil {
		return bot.Reply{}, err
	}
	if !opened {
		return h.again(ctx, t, s, c)
	}
	t.Note(outcomeOpened)
	if servicer == "" {
		servicer = s.Servicer
	}
	return handed(t, s, channel, servicer), nil
}

// hold makes the session keep the bot quiet. What was left over of earlier replies, and what numbers meant, is over with it.
func hold(t *bot.Turn, number int64) error {
	t.Session.Later, t.Session.Offer = nil, nil
	return t.Open("", held{Number: number}, heldFor)
}

// handed is what goes out when a conversation was opened.
func handed(t *bot.Turn, s *Settings, channel store.StaffChannel, servicer string) bot.Reply {
	transfer := bot.Message{Kind: bot.MessageTransfer, Servicer: servicer}
	switch {
	case passesOn(t.Event): // it fills the whole reply; servicers greet by themselves
		t.Quiet()
		return bot.Reply{Messages: []bot.Message{transfer}}
	case channel == store.StaffOfficial: // an event: the next message can be passed on
		return bot.Say(s.Texts.Opened)
	case channel == store.StaffKf:
		return bot.Reply{Messages: []bot.Message{bot.Text(s.Texts.Opened), transfer}}
	}
	return bot.Say(s.Texts.Notified)
}

// during answers what a person says while staff have the word: with nothing, unless it is over.
func (h *Handler) during(ctx context.Context, t *bot.Turn) (bot.Reply, error) {
	s, _ := h.book.of(t.Event.Account)
	var at held
	if err := t.State(&at); err != nil { // a session that can't be read is as good as a lost one
		t.Pass()
		return bot.Reply{}, nil //nolint:nilerr // the message is answered as any other
	}
	c, found, err := h.records.StaffConversation(ctx, at.Number)
	switch {
	case err != nil:
		return bot.Reply{}, fmt.Errorf("look up the conversation: %w", err)
	case !found, c.Desk != t.Event.Desk: // at another desk the bot has the word; at that one the channel keeps it quiet
		t.Pass()
		return bot.Reply{}, nil
	case t.Event.Kind == bot.KindText && says(s.Resume, t.Event.Text): // also of what is over: the event may be a repetition
		return h.Leave(ctx, t, bot.LeaveAsked)
	case !c.ClosedAt.IsZero():
		return s.over(t, c.ClosedBy), nil
	case !t.Now.Before(c.QuietUntil):
		if err := h.close(ctx, t, store.ClosedByTimeout); err != nil {
			return bot.Reply{}, err
		}
		return s.over(t, store.ClosedByTimeout), nil
	case s.asksFor(t.Event):
		return h.again(ctx, t, s, c)
	}
	return withStaff(t, s), nil
}

// again answers who asks for a person twice. Once staff have taken the conversation, and where nothing can be said any more, it
// is theirs to answer.
func (h *Handler) again(ctx context.Context, t *bot.Turn, s *Settings, c store.StaffConversation) (bot.Reply, error) {
	if !c.Waits() || c.Channel == store.StaffKf {
		return withStaff(t, s), nil
	}
	ahead, err := h.records.WaitingBefore(ctx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	t.Note(outcomeWaiting)
	if ahead == 0 {
		return bot.Say(s.Texts.Next), nil
	}
	return bot.Say(s.say(s.Texts.Waiting, "{ahead}", strconv.Itoa(ahead))), nil
}

// withStaff says nothing, and passes what was said on where that is needed.
func withStaff(t *bot.Turn, s *Settings) bot.Reply {
	t.Note(outcomeWith)
	t.Quiet()
	if passesOn(t.Event) {
		return bot.Reply{Messages: []bot.Message{{Kind: bot.MessageTransfer, Servicer: s.Servicer}}}
	}
	return bot.Reply{}
}

// over says that a conversation ended while the person was not looking, and lets the message be answered.
func (s *Settings) over(t *bot.Turn, by store.StaffClosing) bot.Reply {
	text, outcome := s.Texts.Ended, outcomeEnded
	switch by {
	case store.ClosedByTimeout:
		text, outcome = s.Texts.TimedOut, outcomeTimeout
	case store.ClosedByPerson, store.ClosedByPause:
		text, outcome = s.Texts.Returned, outcomeReturned
	}
	t.Session.Later = nil // what was said into the talk and did not fit
	t.Pass()
	t.Note(outcome)
	return s.takeBack(t, text)
}

// takeBack is a text of the bot's that has the word again, and tells so a channel that has to be told.
func (s *Settings) takeBack(t *bot.Turn, text string) bot.Reply {
	var r bot.Reply
	if channelOf(t.Event) == store.StaffKf {
		r.Add(bot.Message{Kind: bot.MessageReturn})
	}
	if text != "" {
		r.Add(bot.Text(s.say(text)))
	}
	return r
}

// say fills in what a sentence leaves open; the word that asks for a person is known to all of them.
func (s *Settings) say(text string, places ...string) string {
	return ask.Fill(text, append(places, "{keyword}", s.Keywords[0])...)
}
