package bot

import (
	"context"
	"slices"
)

// interrupt leaves the open conversation for what can't wait. While that is closed it says so, and the conversation goes on.
func (d *decision) interrupt(ctx context.Context, ev *Event, r *Route) error {
	if r.Open == nil || r.Open(d.now) {
		if err := d.leaveOpen(ctx, ev); err != nil {
			return err
		}
	}
	return d.route(ctx, ev, r)
}

// takeWish takes the wish for a person out of a reply when there is somebody who sees to it.
func (d *decision) takeWish(t *Turn, r Reply) (Reply, *Message) {
	if d.rules.router.reception == nil || d.rules.router.reception.Name() == t.Handler {
		return r, nil
	}
	i := slices.IndexFunc(r.Messages, func(m Message) bool { return m.Kind == MessageTransfer })
	if i < 0 {
		return r, nil
	}
	wish := r.Messages[i]
	r.Messages = slices.Delete(slices.Clone(r.Messages), i, i+1) // what handlers return may be their content
	return r, &wish
}

// handOver lets the reception say what follows on a handler's wish for a person. While nobody receives, the wish is as good as
// not said.
func (d *decision) handOver(ctx context.Context, wisher *Turn, wish Message) error {
	reception := d.rules.router.reception
	if !d.on(reception.Name()) {
		if len(d.messages) == 0 {
			d.say(Say(d.rules.texts.Paused))
		}
		return nil
	}
	if wisher.InConversation() {
		wisher.Close()
	} else if d.session.Handler != reception.Name() {
		if err := d.leaveOpen(ctx, wisher.Event); err != nil {
			return err
		}
	}
	t := d.turn(wisher.Event, reception.Name(), "")
	t.Wisher = wisher.Handler
	return d.call(ctx, t, func() (Reply, error) { return reception.HandOver(ctx, t, wish) })
}

// passOn leaves of what was to be said only that the person's message goes to staff, where it can go with this reply.
func (d *decision) passOn() {
	d.messages = slices.DeleteFunc(slices.Clone(d.messages), func(m Message) bool { return m.Kind != MessageTransfer })
	if len(d.messages) > 0 {
		d.messages = d.fit.Fit(d.messages[:1]).Now
	}
}
