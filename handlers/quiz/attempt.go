package quiz

import (
	"time"

	"guanjia/store"
)

// progress is an open attempt as the session keeps it.
type progress struct {
	Attempt string   `json:"a"`
	Started int64    `json:"s"` // unix ms
	Asked   int64    `json:"k"` // unix ms at which the current question was asked
	Order   []string `json:"o"` // ids of the questions
	Given   []given  `json:"g,omitempty"`
}

// begin is a fresh run through an attempt's questions.
func (c *Campaign) begin(a store.Attempt, now time.Time) *progress {
	return &progress{Attempt: a.ID, Started: a.StartedAt.UnixMilli(), Asked: now.UnixMilli(), Order: c.questionOrder(a.ID)}
}

// current is the question that waits for an answer, nil when none is left. Questions taken out of the content meanwhile are
// passed over and count for nothing.
func (c *Campaign) current(p *progress) *Question {
	for len(p.Given) < len(p.Order) {
		id := p.Order[len(p.Given)]
		if q, ok := c.byID[id]; ok {
			return q
		}
		p.Given = append(p.Given, given{Question: id, Open: true})
	}
	return nil
}

// number is the current question's, from 1.
func (p *progress) number() int { return len(p.Given) + 1 }

func (p *progress) askedFor(now time.Time) time.Duration {
	return max(now.Sub(time.UnixMilli(p.Asked)), 0)
}

// late tells whether an answer comes after the time for its question.
func (c *Campaign) late(p *progress, now time.Time) bool {
	limit := c.TimePerQuestion.Duration()
	return limit > 0 && p.askedFor(now) > limit
}

// timeUp tells whether the time for the whole attempt is over.
func (c *Campaign) timeUp(p *progress, now time.Time) bool {
	limit := c.TimePerAttempt.Duration()
	return limit > 0 && now.Sub(time.UnixMilli(p.Started)) > limit
}

// ending is how an attempt came to its end.
type ending string

const (
	endedAll    ending = ""        // the last question was answered
	endedTime   ending = "time_up" // the time for the attempt ran out
	endedLeft   ending = "left"    // the person left
	endedLapsed ending = "lapsed"  // nobody came back in time
)

// hand makes the sheet of an attempt that ends now. Questions nobody answered are on it, with no points.
func (c *Campaign) hand(p *progress, how ending) sheet {
	s := sheet{Version: sheetVersion, Ended: how, Given: p.Given}
	for _, id := range p.Order[len(p.Given):] {
		if q, ok := c.byID[id]; ok {
			s.Given = append(s.Given, given{Question: id, Of: q.points, Open: true})
		}
	}
	return s
}

// took is the time used: to the last answer, or all that was allowed. A pause counts, or everybody would pause to look
// answers up.
func (c *Campaign) took(p *progress, how ending, now time.Time) time.Duration {
	switch how {
	case endedTime:
		return c.TimePerAttempt.Duration()
	case endedLeft, endedLapsed:
		now = time.UnixMilli(p.Asked)
	}
	return max(now.Sub(time.UnixMilli(p.Started)), 0)
}
