package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/outbound"
	"guanjia/outbound/policy"
	"guanjia/schedule/calendar"
	"guanjia/segment"
)

// Kind is that of the content files.
const Kind = "schedule"

// Book is the validated content.
type Book struct {
	plans    []said
	triggers []Trigger
}

// said is one thing that is said at times; a sequence has one for each of its steps.
type said struct {
	id    string // of the content: what is paused and reported
	name  string // of the plan
	title string
	rule  *calendar.Rule
	at    time.Time // instead of a rule, of a step
	zone  *time.Location
	to    *segment.Expr
	// segment is to as it is written.
	segment string
	// accounts are those whose people are meant, in order; empty: every one.
	accounts []bot.AccountName
	grace    time.Duration
	version  string
	message
}

// message is what is said and how.
type message struct {
	topic    string
	priority policy.Priority
	ways     []policy.Way
	life     time.Duration
	turns    []outbound.Content
}

// turn is what is said at a time: each day the next of the turns.
func (m *message) turn(at time.Time, zone *time.Location) outbound.Content {
	d := calendar.WallOf(at, zone).Date()
	day := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / int64((24 * time.Hour).Seconds())
	n := int64(len(m.turns))
	return m.turns[((day%n)+n)%n]
}

// Cause is what happens to somebody that a trigger waits for.
type Cause string

// The causes.
const (
	CouponExpiring   Cause = "coupon_expiring"
	QuizUnfinished   Cause = "quiz_unfinished"
	SurveyUnfinished Cause = "survey_unfinished"
	Followed         Cause = "followed"
)

// Trigger writes to people for a cause of their own.
type Trigger struct {
	ID, Title string
	On        Cause
	Campaign  string // of the coupon, quiz or survey
	Segment   string // as it is written; empty: everybody
	Span      time.Duration
	Accounts  []bot.AccountName // empty: every account
	Place     content.Problem   // where its campaign stands, for whoever knows the campaigns

	zone    *time.Location
	to      *segment.Expr // nil: everybody
	grace   time.Duration
	version string
	message
}

// Triggers lists them.
func (b *Book) Triggers() []Trigger { return b.triggers }

// next is when it is said next after a moment; zero: never again.
func (s *said) next(after time.Time) time.Time {
	switch {
	case s.rule != nil:
		return s.rule.Next(after, s.zone)
	case s.at.After(after):
		return s.at
	}
	return time.Time{}
}

// Version is the fingerprint of what somebody wrote: another text, another version.
func Version(written any) string {
	b, err := json.Marshal(written)
	if err != nil { // content is made of what JSON has
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}
