package schedule

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/outbound"
	"guanjia/schedule/calendar"
	"guanjia/segment"
	"guanjia/store"
)

// lookEvery is how often a trigger looks for whom something has become due.
const lookEvery = 5 * time.Minute

// plan looks, every few minutes, for those for whom something has become due since the last look.
func (t Trigger) plan(out outbound.Enqueuer) Plan {
	return Plan{
		Name: t.ID, Title: t.Title, Version: t.version, Grace: 10 * 365 * 24 * time.Hour, Quiet: true, // how old a cause may be is the trigger's own
		Next: func(after time.Time) time.Time { return after.Truncate(lookEvery).Add(lookEvery) },
		Page: func(ctx context.Context, tx *store.Tx, slot *store.Slot) (bool, error) {
			return t.page(ctx, tx, out, slot)
		},
		Soonest: t.soonest, Audience: Audience{Segment: t.Segment, Accounts: t.Accounts, On: t.On, Campaign: t.Campaign},
	}
}

// look is how far a look has come.
type look struct {
	From int64      `json:"from"` // unix ms: what became due after it
	Last *store.Due `json:"last,omitempty"`
}

// page writes to the next people for whom something became due before the slot.
func (t *Trigger) page(ctx context.Context, tx *store.Tx, out outbound.Enqueuer, slot *store.Slot) (done bool, err error) {
	l, err := t.look(ctx, tx, slot)
	if err != nil {
		return false, err
	}
	found, err := t.due(ctx, tx, l, slot.At)
	if err != nil {
		return false, err
	}
	meant, err := t.meant(ctx, tx, found, slot.At)
	if err != nil {
		return false, err
	}
	pushes := make([]outbound.Push, len(meant))
	for i, d := range meant {
		pushes[i] = t.push(t.ID, d.To, CauseOf(t.ID, string(t.On), t.Campaign, d.Ref, strconv.FormatInt(d.At.UnixMilli(), 10)), slot.At, t.say(d, slot.At))
		if t.On == CouponExpiring && pushes[i].Expires.After(d.At) {
			pushes[i].Expires = d.At
		}
	}
	if err := enqueue(ctx, tx, out, slot, pushes); err != nil {
		return false, err
	}
	if len(found) < pageOf {
		return true, store.PlanScanned(ctx, tx, t.ID, slot.At)
	}
	l.Last = &found[len(found)-1]
	slot.Mark, err = writeMark(l)
	return false, err
}

// look says where a look begins: where the last one ended, and not before the grace.
func (t *Trigger) look(ctx context.Context, tx *store.Tx, slot *store.Slot) (look, error) {
	var l look
	if slot.Mark != "" {
		return l, readMark(slot.Mark, &l)
	}
	row, _, err := store.FindPlan(ctx, tx, t.ID)
	from := slot.At.Add(-t.grace)
	if row.Scanned.After(from) && !row.Scanned.After(slot.At) {
		from = row.Scanned
	}
	l.From = from.UnixMilli()
	return l, err
}

// span is how long after a time that a page asks for the time is of which it is counted.
func (t *Trigger) span() time.Duration {
	if t.On == CouponExpiring {
		return t.Span
	}
	return -t.Span
}

// farAhead is how far ahead it is looked for whom something becomes due.
const farAhead = 10 * 365 * 24 * time.Hour

// soonest is the look that finds the first of those who are known now. Beyond a page of people who are not meant it is not looked.
func (t Trigger) soonest(ctx context.Context, q store.Queryer, scanned, now time.Time) (time.Time, error) {
	from := now
	if scanned.Before(now) && scanned.After(now.Add(-t.grace)) {
		from = scanned
	}
	found, err := t.find(ctx, q, store.DuePage{From: from, To: from.Add(farAhead), StillWorthAt: from})
	if err != nil {
		return time.Time{}, err
	}
	found, err = t.meant(ctx, q, found, now)
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	at := found[0].At.Add(-t.span())
	if looks := at.Truncate(lookEvery); !looks.Equal(at) {
		at = looks.Add(lookEvery)
	}
	return at, nil
}

// due finds for whom something became due. A coupon is due the span before its end, everything else the span after its beginning.
func (t *Trigger) due(ctx context.Context, q store.Queryer, l look, at time.Time) ([]store.Due, error) {
	return t.find(ctx, q, store.DuePage{From: time.UnixMilli(l.From), To: at, After: l.Last, StillWorthAt: at})
}

// find finds for whom something becomes due in the span of time of a page.
func (t *Trigger) find(ctx context.Context, q store.Queryer, page store.DuePage) ([]store.Due, error) {
	page.Campaign, page.From, page.To, page.Limit = t.Campaign, page.From.Add(t.span()), page.To.Add(t.span()), pageOf
	switch t.On {
	case CouponExpiring:
		return store.ExpiringCoupons(ctx, q, page)
	case QuizUnfinished:
		return store.UnfinishedQuizzes(ctx, q, page)
	case SurveyUnfinished:
		return store.UnfinishedSurveys(ctx, q, page)
	}
	return store.FollowedSince(ctx, q, page)
}

// meant leaves those who are on the trigger's accounts and in its segment.
func (t *Trigger) meant(ctx context.Context, q store.Queryer, found []store.Due, at time.Time) ([]store.Due, error) {
	var rest []store.Due
	var people []bot.Person
	for _, d := range found {
		if len(t.Accounts) == 0 || slices.Contains(t.Accounts, d.To.Account) {
			rest, people = append(rest, d), append(people, d.To)
		}
	}
	if t.to == nil || len(rest) == 0 {
		return rest, nil
	}
	among, err := segment.Among(ctx, q, t.to, at, people)
	if err != nil {
		return nil, err
	}
	var meant []store.Due
	for _, d := range rest {
		if among[d.To] {
			meant = append(meant, d)
		}
	}
	return meant, nil
}

// say fills what is known of the cause into the words.
func (t *Trigger) say(d store.Due, at time.Time) outbound.Content {
	c := t.turn(at, t.zone)
	if t.On != CouponExpiring {
		return c
	}
	// The last moment of a day that is valid to its end is the first of the next one.
	last := d.At.Add(-time.Millisecond).In(t.zone)
	today, end := calendar.WallOf(at, t.zone).Date(), calendar.WallOf(last, t.zone).Date()
	left := 0
	for day := today; day != end && left < 10_000; day = day.Next() {
		left++
	}
	filled := strings.NewReplacer("{code}", d.Ref, "{date}", last.Format("1月2日"), "{days}", strconv.Itoa(left))
	said := make([]bot.Message, len(c.Messages))
	for i, m := range c.Messages {
		m.Text = filled.Replace(m.Text)
		said[i] = m
	}
	c.Messages = said
	c.Template, c.Subscribe = fill(c.Template, filled), fill(c.Subscribe, filled)
	return c
}

func fill(t *outbound.Template, with *strings.Replacer) *outbound.Template {
	if t == nil {
		return nil
	}
	filled := *t
	filled.Data = make(map[string]string, len(t.Data))
	for k, v := range t.Data {
		filled.Data[k] = with.Replace(v)
	}
	return &filled
}
