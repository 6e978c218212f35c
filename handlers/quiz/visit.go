package quiz

import (
	"context"
	"fmt"
	"strconv"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// visit is one event of one person in one campaign.
type visit struct {
	*bot.Turn
	records  Records
	campaign *Campaign
	progress *progress // nil: no attempt is open in the session
}

// visit takes up an event; ok is false when its campaign is out of the content, or disabled.
func (h *Handler) visit(t *bot.Turn) (v *visit, ok bool) {
	c, ok := h.book.Campaign(t.Campaign)
	if !ok || c.Disabled {
		return nil, false
	}
	v = &visit{Turn: t, records: h.records, campaign: c}
	v.restore()
	return v, true
}

// restore reads the open attempt. A session that can't be read is as good as a lost one: the records know the attempt.
func (v *visit) restore() {
	if !v.InConversation() || v.Session.Campaign != v.campaign.ID {
		return
	}
	if p, ok := v.Scratch.(*progress); ok {
		v.progress = p
		return
	}
	var p progress
	if err := v.State(&p); err == nil && p.Attempt != "" {
		v.progress, v.Scratch = &p, &p
	}
}

// start opens an attempt, or says why there is none to open.
func (v *visit) start(ctx context.Context) (bot.Reply, error) {
	c := v.campaign
	switch c.Active.At(v.Now, c.zone) {
	case content.NotStarted:
		v.Note(outcomeClosed)
		return bot.Say(c.say(c.Texts.NotStarted, "{time}", c.clock(c.Active.From.In(c.zone)))), nil
	case content.Over:
		return v.closed(ctx)
	case content.OutsideHours:
		v.Note(outcomeClosed)
		return bot.Say(c.say(c.Texts.OutOfHours, "{hours}", c.Active.Times())), nil
	}
	expired := ""
	for {
		a, outcome, err := v.records.StartAttempt(ctx, c.ID, v.Event.Person(), c.Attempts, v.Event.Key, v.Now)
		if err != nil {
			return bot.Reply{}, err
		}
		p := c.begin(a, v.Now)
		switch {
		case outcome == store.NoAttemptsLeft:
			return v.done(ctx, a, expired)
		case !a.FinishedAt.IsZero(): // begun and ended by this very event, before a crash
			return v.standing(ctx)
		case outcome == store.Unfinished && c.timeUp(p, v.Now):
			// Its time ran out while the session was lost; what was answered is lost with it.
			if _, _, err := v.finish(ctx, p, endedTime); err != nil {
				return bot.Reply{}, err
			}
			expired = c.say(c.Texts.TimeUp, "{limit}", lasted(c.TimePerAttempt.Duration()))
		case outcome == store.Unfinished:
			v.Note(outcomeStarted)
			return v.ask(p, c.say(c.Texts.Restarted))
		default:
			v.Note(outcomeStarted)
			return v.ask(p, blocks(expired, c.intro(len(p.Order))))
		}
	}
}

// ask shows the current question below what is said first, and waits for its answer.
func (v *visit) ask(p *progress, first string) (bot.Reply, error) {
	c := v.campaign
	q := c.current(p)
	if q == nil {
		return bot.Reply{}, fmt.Errorf("quiz %s has no question to ask", c.ID)
	}
	if err := v.Open(c.ID, p, c.ResumeWithin.Duration()); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(blocks(first, c.question(q, c.optionOrder(q, p.Attempt), p.number(), len(p.Order)))), nil
}

// answer takes the event as the answer to the current question.
func (v *visit) answer(ctx context.Context) (bot.Reply, error) {
	c, p := v.campaign, v.progress
	q := c.current(p)
	switch {
	case c.over(v.Now):
		v.Close()
		v.Note(outcomeUncounted)
		return bot.Say(c.say(c.Texts.Uncounted, "{time}", c.clock(c.closes))), nil
	case c.timeUp(p, v.Now):
		return v.end(ctx, endedTime)
	case q == nil:
		return v.end(ctx, endedAll)
	case c.late(p, v.Now):
		return v.take(ctx, given{Question: q.ID, Of: q.points, Late: true, Millis: p.askedFor(v.Now).Milliseconds()})
	case v.Route != nil:
		v.Note(outcomeAsked)
		return v.ask(p, c.say(c.Texts.Resumed))
	}
	a, why := q.read(v.said(), c.optionOrder(q, p.Attempt))
	if why != understood {
		v.Note(outcomeUnclear)
		return v.ask(p, c.again(q, why))
	}
	return v.take(ctx, q.give(a, c.Partial, p.askedFor(v.Now)))
}

// said is what was typed; nothing for pictures and the like.
func (v *visit) said() string {
	if v.Event.Kind == bot.KindText || v.Event.Kind == bot.KindVoice {
		return v.Event.Text
	}
	return ""
}

// take writes an answer on the sheet and goes on to the next question, or to the end.
func (v *visit) take(ctx context.Context, g given) (bot.Reply, error) {
	c, p := v.campaign, v.progress
	n := p.number()
	p.Given = append(p.Given, g)
	if c.current(p) == nil {
		return v.end(ctx, endedAll)
	}
	p.Asked = v.Now.UnixMilli()
	v.Note(outcomeAnswered)
	if g.Late {
		v.Note(outcomeLate)
	}
	return v.ask(p, c.feedback(p.Attempt, g, n))
}

// end finishes the attempt and tells what came of it.
func (v *visit) end(ctx context.Context, how ending) (bot.Reply, error) {
	a, standing, err := v.finish(ctx, v.progress, how)
	if err != nil {
		return bot.Reply{}, err
	}
	v.Close()
	v.Note(outcomeFinished)
	return v.campaign.outcome(a, standing)
}

// finish writes the attempt into the records. When the same event has done so before, what was written then counts.
func (v *visit) finish(ctx context.Context, p *progress, how ending) (store.Attempt, store.Standing, error) {
	s := v.campaign.hand(p, how)
	answers, err := s.encode()
	if err != nil {
		return store.Attempt{}, store.Standing{}, err
	}
	r := s.result()
	a, standing, err := v.records.FinishAttempt(ctx, store.FinishedAttempt{
		ID: p.Attempt, Key: v.Event.Key, At: v.Now, Score: r.score, MaxScore: r.max, Correct: r.correct, Questions: len(s.Given),
		Took: v.campaign.took(p, how, v.Now), Answers: answers,
	})
	if err == nil {
		err = v.tag(ctx, a)
	}
	return a, standing, err
}

// outcome tells what came of a finished attempt, from what the records have of it.
func (c *Campaign) outcome(a store.Attempt, standing store.Standing) (bot.Reply, error) {
	s, err := decodeSheet(a.Answers)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("attempt %s: %w", a.ID, err)
	}
	var first string
	switch n := len(s.Given); {
	case s.Ended == endedTime:
		first = c.say(c.Texts.TimeUp, "{limit}", lasted(c.TimePerAttempt.Duration()))
	case n > 0:
		first = c.feedback(a.ID, s.Given[n-1], n)
	}
	reply := bot.Say(blocks(first, c.result(a, standing)))
	if c.Explain == ExplainAtEnd {
		for _, text := range c.review(a.ID, s) {
			reply.Add(bot.Text(text))
		}
	}
	return reply, nil
}

// leave ends the attempt by what was answered, or leaves it open where nothing was or the campaign says so. A pause is not
// the person's doing and never ends an attempt.
func (v *visit) leave(ctx context.Context, why bot.LeaveReason) (bot.Reply, error) {
	c, p := v.campaign, v.progress
	v.Close()
	switch {
	case p == nil:
		return bot.Reply{}, nil
	case c.over(v.Now):
		v.Note(outcomeUncounted)
		return bot.Say(c.say(c.Texts.Uncounted, "{time}", c.clock(c.closes))), nil
	case why == bot.LeavePaused:
		return bot.Say(c.say(c.Texts.Paused)), nil
	case len(p.Given) == 0 || c.Leaving == LeavingRestart:
		if why == bot.LeaveExpired {
			return bot.Reply{}, nil
		}
		return bot.Say(c.say(c.Texts.LeftOpen)), nil
	}
	how, sentence := endedLeft, c.Texts.Left
	if why == bot.LeaveExpired {
		how, sentence = endedLapsed, c.Texts.Lapsed
	}
	a, standing, err := v.finish(ctx, p, how)
	if err != nil {
		return bot.Reply{}, err
	}
	v.Note(outcomeFinished)
	first := c.say(sentence, "{answered}", strconv.Itoa(answered(a.Answers)), "{limit}", lasted(c.ResumeWithin.Duration()))
	return bot.Say(blocks(first, c.result(a, standing))), nil
}

// answered counts the questions of a finished attempt that somebody answered.
func answered(answers []byte) int {
	s, err := decodeSheet(answers)
	if err != nil {
		return 0
	}
	n := 0
	for _, g := range s.Given {
		if !g.Open {
			n++
		}
	}
	return n
}
