package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/segment"
)

// or fills in what a step does not say itself.
func (w words) or(of words) words {
	if w.Topic == "" {
		w.Topic = of.Topic
	}
	if w.Priority == "" {
		w.Priority = of.Priority
	}
	if len(w.Ways) == 0 {
		w.Ways = of.Ways
	}
	if w.Expires.IsZero() {
		w.Expires = of.Expires
	}
	return w
}

const (
	// maxTopic is the length of a topic, in characters.
	maxTopic = 64
	// maxMessages is how much is said at once: an official account may send five in 48 hours (official account docs, 客服消息).
	maxMessages = 5
	// defaultLife is how long after its time something by the clock still makes sense.
	defaultLife = 12 * time.Hour
)

// message reads what is said and how; at is where it stands. placeholders may stand in texts.
func (e *reader) message(w words, placeholders []string, at []any) message {
	under := func(step ...any) []any { return append(slices.Clip(at), step...) }
	problem := func(remedy, what string, step ...any) {
		e.ps.Add(e.d, e.d.Line(under(step...)...), remedy, "%s", what)
	}
	m := message{topic: w.Topic, priority: policy.Campaign, life: defaultLife}
	if utf8.RuneCountInString(w.Topic) > maxTopic {
		problem("shorten it", fmt.Sprintf("the topic is longer than %d characters", maxTopic), "topic")
	}
	if w.Priority != "" {
		var ok bool
		if m.priority, ok = policy.ParsePriority(w.Priority); !ok {
			problem("write service, major, campaign or tip", fmt.Sprintf("priority %q is not known", w.Priority), "priority")
		}
	}
	for i, name := range w.Ways {
		if !slices.Contains(ways(), policy.Way(name)) {
			problem("write "+join(ways()), fmt.Sprintf("way %q is not known here", name), "ways", i)
		}
		m.ways = append(m.ways, policy.Way(name))
	}
	if !w.Expires.IsZero() {
		m.life = w.Expires.Duration()
	}
	turns := w.Turns
	if len(w.Say) > 0 || len(turns) == 0 {
		if len(turns) > 0 {
			problem("keep one of say: and turns:", "it is said twice what is said", "turns")
		}
		turns = [][]bot.Message{w.Say}
	}
	if len(turns) > maxTurns {
		problem("keep the best", fmt.Sprintf("more than %d turns", maxTurns), "turns")
	}
	for i, say := range turns {
		place := under("say")
		if len(w.Turns) > 0 {
			place = under("turns", i)
		}
		e.check(say, w, placeholders, place)
		m.turns = append(m.turns, outbound.Content{Messages: say, Template: w.Template.content(), Subscribe: w.Subscribe.content()})
	}
	return m
}

// check looks the messages of one turn over.
func (e *reader) check(say []bot.Message, w words, placeholders []string, at []any) {
	line := e.d.Line(at...)
	content.CheckReply(e.d, e.ps, say, at...)
	for i, m := range say {
		if m.Kind == bot.MessageText {
			content.CheckText(e.d, e.ps, m.Text, placeholders, nil, append(slices.Clip(at), i, "text")...)
		}
		if m.Kind == bot.MessageTransfer {
			e.ps.Add(e.d, line, "remove it", "nobody is handed to staff who has said nothing")
		}
	}
	switch {
	case len(say) == 0 && w.Template == nil && w.Subscribe == nil:
		e.ps.Add(e.d, line, "write say: with what is said", "it says nothing")
	case len(say) > maxMessages:
		e.ps.Add(e.d, line, "say it in fewer", "more than %d messages at once", maxMessages)
	}
	for name, t := range map[string]*template{"template": w.Template, "subscribe": w.Subscribe} {
		if t != nil && t.ID == "" {
			e.ps.Add(e.d, e.d.Line(append(slices.Clip(e.at), name)...), "write the id of the platform's template", "a template has no id")
		}
	}
}

func (t *template) content() *outbound.Template {
	if t == nil {
		return nil
	}
	return &outbound.Template{ID: t.ID, URL: t.URL, App: t.App, Page: t.Page, Data: t.Data}
}

// ways are those by which something can be said to one person by itself.
func ways() []policy.Way {
	return []policy.Way{policy.Custom, policy.KF, policy.App, policy.Subscribe, policy.Template, policy.GroupSend, policy.NextVisit}
}

func join[T ~string](list []T) string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = string(v)
	}
	return strings.Join(all, ", ")
}

// trigger reads what is said because of something.
func (e *reader) trigger(to *segment.Expr) (Trigger, bool) {
	before := len(*e.ps)
	about, known := causes()[e.On]
	if !known {
		e.problem("write coupon_expiring, quiz_unfinished, survey_unfinished or followed", fmt.Sprintf("on: %q is not known", e.On), "on")
		return Trigger{}, false
	}
	span, key := e.After, "after"
	if about.within {
		span, key = e.Within, "within"
	}
	if span.IsZero() {
		e.problem("write "+key+": "+about.example, "it is not said when", key)
	}
	if about.within && !e.After.IsZero() || !about.within && !e.Within.IsZero() {
		e.problem("remove it, or write "+key+":", "this cause is not counted that way", "on")
	}
	if about.campaign == (e.Campaign == "") {
		e.problem("write campaign: with the id of the coupon, quiz or survey, and none with followed", "campaign: does not fit the cause", "campaign")
	}
	if !e.Active.From.IsZero() || !e.Active.Until.IsZero() || len(e.Active.Days) > 0 {
		e.problem("remove it; disabled: true switches it off", "what has a cause has no dates", "active")
	}
	grace := min(span.Duration(), maxTriggerGrace)
	if !e.Grace.IsZero() {
		grace = e.Grace.Duration()
	}
	t := Trigger{
		ID: e.ID, Title: e.Name, On: e.On, Campaign: e.Campaign, Segment: e.Segment, Span: span.Duration(), Accounts: e.Accounts, zone: e.zone, to: to, grace: grace,
		Place:   content.Problem{File: e.d.File, Line: e.d.Line(e.here("campaign")...)},
		message: e.message(e.words, about.placeholders, e.at), version: Version(e.entry),
	}
	if e.Expires.IsZero() {
		t.life = about.life
	}
	return t, len(*e.ps) == before
}

// maxTriggerGrace is how long ago something may have become due that is still told, where the content says nothing.
const maxTriggerGrace = 24 * time.Hour

// about is what is to be known of a cause.
type about struct {
	campaign     bool // it is of one
	within       bool // counted back from an end, not on from a beginning
	example      string
	placeholders []string
	life         time.Duration // how long it makes sense
}

func causes() map[Cause]about {
	return map[Cause]about{
		CouponExpiring:   {campaign: true, within: true, example: "3d", placeholders: []string{"{code}", "{date}", "{days}"}, life: 72 * time.Hour},
		QuizUnfinished:   {campaign: true, example: "4h", life: 24 * time.Hour},
		SurveyUnfinished: {campaign: true, example: "4h", life: 24 * time.Hour},
		Followed:         {example: "3d", life: 72 * time.Hour},
	}
}
