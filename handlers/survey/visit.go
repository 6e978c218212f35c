package survey

import (
	"context"
	"strconv"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// progress is an open survey as the session keeps it: the path walked so far and the question it leads to.
type progress struct {
	Started int64                `json:"s"` // unix ms
	Current string               `json:"c"`
	Given   []store.SurveyAnswer `json:"g,omitempty"`
}

// visit is one event of one person in one campaign.
type visit struct {
	*bot.Turn
	records  Records
	campaign *Campaign
	progress *progress // nil: the survey is not open in the session
}

// visit takes up an event; ok is false when its campaign is out of the content, or disabled. What is said to an anonymous survey
// is private from the first word on.
func (h *Handler) visit(t *bot.Turn) (v *visit, ok bool) {
	c, ok := h.book.Campaign(t.Campaign)
	if !ok || c.Disabled {
		return nil, false
	}
	v = &visit{Turn: t, records: h.records, campaign: c}
	if c.Anonymous {
		t.Private()
	}
	if t.InConversation() && t.Session.Campaign == c.ID {
		var p progress
		if err := t.State(&p); err == nil && p.Current != "" { // a session that can't be read is as good as a lost one
			v.progress = &p
		}
	}
	return v, true
}

// start opens the survey, or says why not.
func (v *visit) start(ctx context.Context) (bot.Reply, error) {
	c := v.campaign
	if closed := v.closed(); closed != "" {
		v.Note(outcomeClosed)
		return bot.Say(closed), nil
	}
	done, ok, err := v.records.SurveyDone(ctx, c.ID, v.Event.Person())
	if err != nil {
		return bot.Reply{}, err
	}
	if ok && !c.Again.allows(done, v.Now, c.zone) {
		v.Note(outcomeDone)
		return bot.Say(v.done(done)), nil
	}
	if err := v.records.BeginSurvey(ctx, c.ID, v.Event.Person(), v.Now); err != nil {
		return bot.Reply{}, err
	}
	v.Note(outcomeStarted)
	return v.restart(c.intro())
}

// restart shows the first question.
func (v *visit) restart(first string) (bot.Reply, error) {
	v.progress = &progress{Started: v.Now.UnixMilli(), Current: v.campaign.Questions[0].ID}
	return v.ask(first)
}

// closed says why the survey can't be opened now; nothing when it can.
func (v *visit) closed() string {
	c := v.campaign
	switch c.Active.At(v.Now, c.zone) {
	case content.NotStarted:
		return c.say(c.Texts.NotStarted, "{time}", c.clock(c.Active.From.In(c.zone)))
	case content.Over:
		return c.say(c.Texts.Closed, "{time}", c.clock(c.Active.Until.In(c.zone)))
	case content.OutsideHours:
		return c.say(c.Texts.OutOfHours, "{hours}", c.Active.Times())
	}
	return ""
}

// done says that the person has answered, and when that is possible again.
func (v *visit) done(at time.Time) string {
	c := v.campaign
	if c.Again.After.IsZero() {
		return c.say(c.Texts.Done)
	}
	return c.say(c.Texts.DoneUntil, "{time}", c.clock(c.Again.After.After(at, c.zone)))
}

// ask shows the current question below what is said first, and waits for its answer.
func (v *visit) ask(first string) (bot.Reply, error) {
	c, p := v.campaign, v.progress
	if err := v.Open(c.ID, p, c.ResumeWithin.Duration()); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(blocks(first, c.question(c.byID[p.Current], len(p.Given)+1))), nil
}

// answer takes the event as the answer to the current question. Who has begun may end, also after the survey has closed.
func (v *visit) answer(ctx context.Context) (bot.Reply, error) {
	c, p := v.campaign, v.progress
	q, ok := c.byID[p.Current]
	switch {
	case !ok: // taken out of the content meanwhile
		v.Note(outcomeStarted)
		return v.restart(c.say(c.Texts.Changed))
	case v.Route != nil:
		v.Note(outcomeAsked)
		return v.ask(c.say(c.Texts.Resumed))
	}
	a, why := q.read(v.Event, c.MaxChars)
	switch {
	case why == goesBack:
		return v.back()
	case why == skips && q.Optional:
		a.Skipped = true
		v.Note(outcomeSkipped)
		return v.take(ctx, q, a, "")
	case why == answered:
		v.Note(outcomeAnswered)
		return v.take(ctx, q, a, "")
	case why == cut:
		v.Note(outcomeAnswered)
		return v.take(ctx, q, a, c.say(c.Texts.Cut, "{limit}", strconv.Itoa(c.MaxChars)))
	}
	v.Note(outcomeUnclear)
	return v.ask(c.again(q, why))
}

// back takes the last step away: the question before is asked again, and where its answer led is forgotten.
func (v *visit) back() (bot.Reply, error) {
	p := v.progress
	v.Note(outcomeBack)
	last := len(p.Given) - 1
	if last < 0 {
		return v.ask(v.campaign.say(v.campaign.Texts.FirstAlready))
	}
	if _, ok := v.campaign.byID[p.Given[last].Question]; !ok {
		return v.restart(v.campaign.say(v.campaign.Texts.Changed))
	}
	p.Current, p.Given = p.Given[last].Question, p.Given[:last]
	return v.ask("")
}

// take puts an answer on the path and goes on to where it leads.
func (v *visit) take(ctx context.Context, q *Question, a store.SurveyAnswer, note string) (bot.Reply, error) {
	c, p := v.campaign, v.progress
	p.Given = append(p.Given, a)
	p.Current = q.next(a)
	if p.Current != End {
		return v.ask(note)
	}
	counts, err := v.submit(ctx, true)
	if err != nil {
		return bot.Reply{}, err
	}
	v.Close()
	v.Note(outcomeFinished)
	if !counts { // answered meanwhile, in another way
		v.Note(outcomeDone)
		return bot.Say(c.say(c.Texts.Done)), nil
	}
	if err := v.tag(ctx); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(blocks(note, c.say(c.Texts.Thanks))), nil
}

// submit writes the path walked so far into the records.
func (v *visit) submit(ctx context.Context, complete bool) (counts bool, err error) {
	c, p := v.campaign, v.progress
	r := store.SurveyResponse{
		Campaign: c.ID, Key: v.Event.Key, Anonymous: c.Anonymous, Again: c.Again != Again{}, Complete: complete, Answers: p.Given,
		StartedAt: time.UnixMilli(p.Started).In(c.zone), FinishedAt: v.Now.In(c.zone),
	}
	return v.records.SubmitSurvey(ctx, r, v.Event.Person())
}

// leave closes the survey. What was answered is kept if the campaign says so.
func (v *visit) leave(ctx context.Context, why bot.LeaveReason) (bot.Reply, error) {
	c, p := v.campaign, v.progress
	v.Close()
	if p == nil {
		return bot.Reply{}, nil
	}
	kept := false
	if c.KeepPartial && len(p.Given) > 0 {
		var err error
		if kept, err = v.submit(ctx, false); err != nil {
			return bot.Reply{}, err
		}
		v.Note(outcomePartial)
	} else {
		v.Note(outcomeLeft)
	}
	sentence := c.Texts.Left
	switch {
	case why == bot.LeavePaused:
		sentence = c.Texts.Paused
	case why == bot.LeaveExpired && kept:
		sentence = c.Texts.Lapsed
	case why == bot.LeaveExpired:
		return bot.Reply{}, nil
	case kept:
		sentence = c.Texts.LeftKept
	}
	return bot.Say(c.say(sentence, "{answered}", strconv.Itoa(len(p.Given)))), nil
}
