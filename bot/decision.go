package bot

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"go.uber.org/zap"
)

// Outcomes that the engine itself notes; handlers note their own with Turn.Note.
const (
	OutcomeAnswered = "answered"
	OutcomeNoted    = "noted" // nothing to say: a report of the platform, or nothing is configured
	OutcomeMuted    = "muted" // automatic replies are off
	OutcomePaused   = "paused"
	OutcomeFlood    = "flood"
	OutcomePanic    = "panic"
	OutcomeLeft     = "left"
	OutcomeAsked    = "asked" // whether to leave the open conversation
	OutcomePast     = "past"  // too old to be answered
	OutcomeLate     = "late"  // decided after the platform's last delivery, and kept for the person's next message
)

// featureAll is the toggle of all automatic replies.
const featureAll HandlerName = "autoreply"

// decision is what is said to one event, while it is being made.
type decision struct {
	*execution
	session *Session
	now     time.Time

	messages  []Message
	lateTaken []EventKey
	handler   HandlerName
	outcome   string
	private   bool
	quiet     bool
}

// make decides: who answers, what is said, and how much of it goes out now.
func (d *decision) make(ctx context.Context, begun BeginResult) error {
	ctx, cancel := context.WithTimeout(ctx, d.e.cfg.Budget)
	defer cancel()
	d.outcome = OutcomeNoted
	if d.ev.Past {
		d.outcome = OutcomePast
		return nil
	}
	if !d.flooded(begun.Inbound) {
		if err := d.choose(ctx); err != nil {
			return err
		}
	}
	owed, news := d.kept(ctx)
	d.messages = slices.Concat(owed, d.messages, news)
	d.fitIn(begun.Late)
	return nil
}

// flooded stops a person, or a script, that writes faster than anybody reads. It is said once, then not again.
func (d *decision) flooded(inbound int) bool {
	limit := d.e.cfg.InboundPerMinute
	if limit <= 0 || inbound <= limit || !d.ev.Kind.IsMessage() {
		return false
	}
	if inbound == limit+1 {
		d.say(Say(d.rules.texts.TooFast))
	}
	d.outcome = OutcomeFlood
	return true
}

// kept is what the outbox has for the person's next visit, if this is one and something can be said. It is not worth failing for.
func (d *decision) kept(ctx context.Context) (owed, news []Message) {
	if d.e.cfg.Outbox == nil || !d.ev.Kind.IsAct() && !d.ev.Speakable || d.ev.Kind == KindUnfollow || d.quiet || d.outcome == OutcomeMuted || d.outcome == OutcomeFlood {
		return nil, nil
	}
	owed, news, err := d.e.cfg.Outbox.OnVisit(ctx, d.ev.Person(), d.ev.Key)
	if err != nil {
		d.e.log.Warn("what was kept for a visit stays kept", zap.String("account", string(d.ev.Account)), zap.Error(err))
		return nil, nil
	}
	return owed, news
}

// fitIn puts what earlier replies left over in front and keeps what does not fit for the next reply.
func (d *decision) fitIn(late []Late) {
	d.session.Held = append(d.session.Held, d.ev.Unsaid...)
	if !d.ev.Kind.IsAct() && !d.ev.Speakable || d.ev.Kind == KindUnfollow {
		d.messages = nil // nobody reads an answer to these
		return
	}
	if d.outcome == OutcomeMuted {
		return
	}
	if d.quiet {
		d.passOn()
		return
	}
	var all []Message
	for _, l := range late {
		if a, err := decodeReply(l.Reply); err == nil {
			all = append(all, a.Messages...)
		}
		d.lateTaken = append(d.lateTaken, l.Key)
	}
	// What did not fit before comes last: an answer must not wait behind the rest of a long one.
	if all = slices.Concat(all, d.session.Held, d.messages, d.session.Later); len(all) == 0 {
		return
	}
	fitted := d.fit.Fit(all)
	d.messages, d.session.Held, d.session.Later = fitted.Now, fitted.Held, fitted.Later
	if len(fitted.Offer) > 0 {
		d.session.Offer = fitted.Offer
	}
}

func (d *decision) say(r Reply) { d.messages = append(d.messages, r.Messages...) }

// choose finds who answers and lets them.
func (d *decision) choose(ctx context.Context) error {
	ev := d.ev
	if ev.Kind == KindVoice && ev.Text != "" {
		spoken := *ev // what the platform heard is as good as typed
		spoken.Kind = KindText
		ev = &spoken
	}
	ev = d.resolveOffer(ev)
	if ev.Kind != KindText && ev.Kind != KindMenuClick && !ev.Kind.IsMessage() {
		return d.happened(ctx, ev)
	}
	unknown := d.session.Unknown
	err := d.said(ctx, ev)
	if d.session.Unknown == unknown {
		d.session.Unknown = 0 // something answered it
	}
	return err
}

// said finds who answers what a person said or tapped.
func (d *decision) said(ctx context.Context, ev *Event) error {
	if asked, _ := d.rules.router.asked(ev, d.now, func(r *Route) bool { return r.Always }); asked != nil {
		return d.route(ctx, ev, asked)
	}
	if !d.on(featureAll) {
		d.outcome = OutcomeMuted
		return nil
	}
	if asked, _ := d.rules.router.asked(ev, d.now, func(r *Route) bool { return r.Now && d.routeOn(r) }); asked != nil && d.session.Handler != asked.Handler {
		return d.interrupt(ctx, ev, asked)
	}
	if d.session.Handler != "" {
		if done, err := d.converse(ctx, ev); done || err != nil {
			return err
		}
	}
	if ev.Kind == KindText && d.rules.texts.isExit(Normalize(ev.Text)) {
		d.say(Say(d.rules.texts.Nothing))
		d.outcome = OutcomeLeft
		return nil
	}
	return d.open(ctx, ev)
}

// resolveOffer replaces the number (or label) of a choice shown before by what it stands for.
func (d *decision) resolveOffer(ev *Event) *Event {
	if ev.Kind != KindText || len(d.session.Offer) == 0 || d.session.Handler != "" {
		return ev
	}
	typed := Normalize(ev.Text)
	for i, c := range d.session.Offer {
		if typed == fmt.Sprint(i+1) || typed == Normalize(c.Label) || (ev.MenuID != "" && ev.MenuID == c.ID) {
			meant := *ev
			meant.Text = c.Meaning()
			return &meant
		}
	}
	return ev
}

// happened runs every route for a follow, a scan or another event that is not said.
func (d *decision) happened(ctx context.Context, ev *Event) error {
	for _, r := range d.rules.router.happening(ev, d.now, d.routeOn) {
		if err := d.makeWay(ctx, ev, r); err != nil {
			return err
		}
		if err := d.route(ctx, ev, r); err != nil {
			return err
		}
	}
	return nil
}

// makeWay leaves the open conversation when another one is about to begin: who scans has decided, and who of the staff took
// the conversation has the word.
func (d *decision) makeWay(ctx context.Context, ev *Event, r *Route) error {
	switch {
	case d.session.Handler == "", d.session.Handler == r.Handler && (d.session.Campaign == r.Campaign || ev.Staff != nil):
		return nil
	case ev.Kind == KindStaffEnded, ev.Kind == KindStaffMoved, ev.Kind == KindStaffStatus:
		return nil // nothing begins by these
	}
	next, _ := d.rules.router.Handler(r.Handler)
	if _, talks := next.(Conversation); !talks {
		return nil
	}
	return d.leaveOpen(ctx, ev)
}

// open answers what is said outside any conversation.
func (d *decision) open(ctx context.Context, ev *Event) error {
	first := false
	if d.session.Fresh && ev.Kind.IsMessage() {
		d.session.Fresh = false
		for _, r := range pick(d.rules.router.first, ev, d.now, d.routeOn) {
			before := len(d.messages)
			if err := d.route(ctx, ev, r); err != nil {
				return err
			}
			first = first || len(d.messages) > before
		}
	}
	asked, paused := d.rules.router.asked(ev, d.now, d.routeOn)
	switch {
	case asked != nil:
		return d.route(ctx, ev, asked)
	case paused:
		d.say(Say(d.rules.texts.Paused))
		d.outcome = OutcomePaused
		return nil
	}
	routes := d.rules.router.happening(ev, d.now, d.routeOn)
	if len(routes) == 0 && len(d.session.Later) > 0 {
		return nil // "anything" was asked for, to read on
	}
	if len(routes) == 0 && !first {
		routes = pick(d.rules.router.defaults, ev, d.now, d.routeOn)
		d.session.Unknown++
	}
	if len(routes) > 0 {
		return d.route(ctx, ev, routes[0])
	}
	return nil
}

func (d *decision) on(feature HandlerName) bool { return d.e.cfg.Toggles.On(d.ev.Account, feature) }

func (d *decision) routeOn(r *Route) bool {
	return r.Always || (d.on(featureAll) && d.on(r.Handler))
}

// route lets a route's handler answer.
func (d *decision) route(ctx context.Context, ev *Event, r *Route) error {
	h, _ := d.rules.router.Handler(r.Handler)
	t := d.turn(ev, r.Handler, r.Campaign)
	t.Route = r
	return d.call(ctx, t, func() (Reply, error) { return h.Handle(ctx, t) })
}

func (d *decision) turn(ev *Event, h HandlerName, campaign string) *Turn {
	return &Turn{Event: ev, Now: d.now, Zone: d.e.cfg.Zone, Session: d.session, Handler: h, Campaign: campaign}
}

// call runs a handler. A panic costs its event an apology, not the process, and leaves the session as it was.
func (d *decision) call(ctx context.Context, t *Turn, f func() (Reply, error)) error {
	saved := *d.session
	r, err, panicked := d.safely(t, f)
	switch {
	case panicked:
		*d.session = saved
		r = Say(d.rules.texts.Sorry)
		t.Note(OutcomePanic)
		t.passed, t.quiet = false, false
	case err != nil:
		return &HandlerError{Handler: t.Handler, Err: err}
	}
	if t.outcome == "" && !r.Empty() {
		t.Note(OutcomeAnswered)
	}
	if t.outcome != "" {
		d.handler, d.outcome = t.Handler, t.outcome
	}
	d.private = d.private || t.private
	d.quiet = d.quiet || t.quiet
	r, wish := d.takeWish(t, r)
	if d.ev.Kind.IsMessage() || !panicked {
		d.say(r)
	}
	if wish != nil {
		return d.handOver(ctx, t, *wish)
	}
	return nil
}

func (d *decision) safely(t *Turn, f func() (Reply, error)) (r Reply, err error, panicked bool) {
	defer func() {
		if p := recover(); p != nil {
			d.e.log.Error("handler panicked", zap.String("account", string(d.ev.Account)), zap.String("handler", string(t.Handler)),
				zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
			panicked = true
		}
	}()
	r, err = f()
	return r, err, false
}
