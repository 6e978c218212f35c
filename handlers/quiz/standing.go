package quiz

import (
	"context"
	"errors"
	"strconv"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/store"
)

// done tells somebody without attempts left where they stand; expired says that the last one ran out just now.
func (v *visit) done(ctx context.Context, last store.Attempt, expired string) (bot.Reply, error) {
	c := v.campaign
	standing, err := v.records.QuizStanding(ctx, c.ID, v.Event.Person())
	if err != nil {
		return bot.Reply{}, err
	}
	v.Note(outcomeStanding)
	if expired == "" {
		expired = c.say(c.Texts.Done)
	}
	lines := append([]string{expired, c.best(standing)}, c.standing(standing, last.No)...)
	return bot.Say(paragraph(lines...)), nil
}

// standing tells somebody where they stand, and goes on with the open question.
func (v *visit) standing(ctx context.Context) (bot.Reply, error) {
	c := v.campaign
	if v.progress != nil && (c.over(v.Now) || c.timeUp(v.progress, v.Now) || c.late(v.progress, v.Now)) {
		return v.answer(ctx) // time runs on while somebody looks at the ranking
	}
	if c.Active.At(v.Now, c.zone) == content.Over && v.progress == nil {
		return v.closed(ctx)
	}
	s, err := v.records.QuizStanding(ctx, c.ID, v.Event.Person())
	if err != nil {
		return bot.Reply{}, err
	}
	v.Note(outcomeStanding)
	var text string
	if s.Finished {
		text = paragraph(append([]string{c.best(s)}, c.standing(s, 0)...)...)
	} else {
		text = paragraph(append([]string{c.say(c.Texts.NotYet)}, c.pool(s.Participants)...)...)
	}
	if v.progress != nil {
		return v.ask(v.progress, text)
	}
	return bot.Say(text), nil
}

// closed tells what became of a campaign that is over.
func (v *visit) closed(ctx context.Context) (bot.Reply, error) {
	c := v.campaign
	v.Note(outcomeClosed)
	own, err := v.records.QuizStanding(ctx, c.ID, v.Event.Person())
	if err != nil {
		return bot.Reply{}, err
	}
	if c.Prize != nil {
		settlement, err := v.records.QuizSettlement(ctx, c.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return bot.Reply{}, err
		default:
			fen, err := v.prize(ctx, own)
			if err != nil {
				return bot.Reply{}, err
			}
			return bot.Say(c.settled(settlement, own, fen)), nil
		}
	}
	lines := []string{c.say(c.Texts.Closed, "{time}", c.clock(c.closes))}
	if own.Finished {
		lines = append(lines, c.best(own), c.say(c.Texts.Rank, "{rank}", strconv.Itoa(own.Rank), "{people}", strconv.Itoa(own.Participants)))
	}
	if c.Prize != nil {
		lines = append(lines, c.say(c.Texts.Counting, "{keyword}", c.standingWord()))
	}
	return bot.Say(paragraph(lines...)), nil
}

// prize is what the person won, in fen.
func (v *visit) prize(ctx context.Context, own store.Standing) (int64, error) {
	if !own.Finished {
		return 0, nil
	}
	p, _, err := v.records.QuizPayout(ctx, v.campaign.ID, v.Event.Person())
	return p.Fen, err
}
