package bot

import "context"

// converse answers within the open conversation. done is false when the event is for somebody else after all.
func (d *decision) converse(ctx context.Context, ev *Event) (done bool, err error) {
	h, ok := d.rules.router.Handler(d.session.Handler)
	c, holds := h.(Conversation)
	t := d.turn(ev, d.session.Handler, d.session.Campaign)
	switch {
	case !ok || !holds:
		t.Close()
		d.say(Say(d.rules.texts.Gone))
		d.outcome = OutcomeLeft
		return true, nil
	case d.session.Until < d.now.UnixMilli():
		return false, d.leave(ctx, c, t, LeaveExpired)
	case !d.on(t.Handler):
		err := d.leave(ctx, c, t, LeavePaused)
		d.handler, d.outcome = t.Handler, OutcomePaused
		return true, err
	case ev.Kind == KindText && d.rules.texts.isExit(Normalize(ev.Text)):
		return true, d.leave(ctx, c, t, LeaveAsked)
	}
	accepted := c.Accepts(t)
	d.private = d.private || t.private // whatever comes of it: the session of every row holds the answers so far
	if d.session.Asking != nil {
		return d.answerAsked(ctx, c, t, accepted)
	}
	return d.inside(ctx, c, t, accepted)
}

// inside gives the event to the conversation, unless it plainly asks for something else.
func (d *decision) inside(ctx context.Context, c Conversation, t *Turn, accepted bool) (bool, error) {
	if !accepted {
		asked, _ := d.rules.router.asked(t.Event, d.now, d.routeOn)
		switch {
		case asked == nil:
		case asked.Handler == t.Handler && asked.Campaign == t.Campaign:
			t.Route = asked
		case d.e.cfg.Switch == SwitchNow:
			return false, d.leave(ctx, c, t, LeaveSwitch)
		case d.e.cfg.Switch == SwitchAsk:
			d.askSwitch(c, t, asked)
			return true, nil
		}
	}
	return d.handle(ctx, c, t)
}

// handle lets the conversation answer, unless it passes the event on.
func (d *decision) handle(ctx context.Context, c Conversation, t *Turn) (done bool, err error) {
	err = d.call(ctx, t, func() (Reply, error) { return c.Handle(ctx, t) })
	return !t.passed, err
}

func (d *decision) askSwitch(c Conversation, t *Turn, want *Route) {
	name := t.Event.Text
	if t.Event.Kind == KindMenuClick && len(want.Keywords) > 0 { // a click has no words of its own
		name = want.Keywords[0]
	}
	d.session.Asking = &Pending{Kind: t.Event.Kind, Text: t.Event.Text, ItemKey: t.Event.ItemKey}
	d.say(Say(d.rules.texts.askSwitch(c.Title(t), name)))
	d.handler, d.outcome = t.Handler, OutcomeAsked
}

// answerAsked takes the answer to "do you want to leave?". Anything but yes or no is taken as an answer to the
// conversation itself.
func (d *decision) answerAsked(ctx context.Context, c Conversation, t *Turn, accepted bool) (bool, error) {
	want := *d.session.Asking
	d.session.Asking = nil
	switch Normalize(t.Event.Text) {
	case "1", "离开", "是", "是的", "好", "好的", "确定", "yes", "y":
		if err := d.leave(ctx, c, t, LeaveSwitch); err != nil {
			return true, err
		}
		meant := *t.Event
		meant.Kind, meant.Text, meant.ItemKey = want.Kind, want.Text, want.ItemKey
		return true, d.open(ctx, &meant)
	case "2", "继续", "否", "不", "no", "n":
		t.Route = d.rules.router.own[owned{t.Handler, t.Campaign}]
		d.say(Say(d.rules.texts.Stay))
		return d.handle(ctx, c, t)
	}
	return d.inside(ctx, c, t, accepted)
}

// leave ends the open conversation.
func (d *decision) leave(ctx context.Context, c Conversation, t *Turn, why LeaveReason) error {
	before := len(d.messages)
	if err := d.call(ctx, t, func() (Reply, error) { return c.Leave(ctx, t, why) }); err != nil {
		return err
	}
	if t.InConversation() { // a handler that panicked or forgot must not hold the person; the reception may by now
		t.Close()
	}
	if len(d.messages) == before && why == LeaveAsked {
		d.say(Say(d.rules.texts.Left))
	}
	if len(d.messages) == before && why == LeavePaused {
		d.say(Say(d.rules.texts.Paused))
	}
	d.handler, d.outcome = t.Handler, OutcomeLeft
	return nil
}

// leaveOpen ends whatever conversation is open, because another one begins.
func (d *decision) leaveOpen(ctx context.Context, ev *Event) error {
	h, _ := d.rules.router.Handler(d.session.Handler)
	c, holds := h.(Conversation)
	if !holds {
		return nil
	}
	return d.leave(ctx, c, d.turn(ev, d.session.Handler, d.session.Campaign), LeaveSwitch)
}
