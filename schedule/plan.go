package schedule

import (
	"context"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// Plan is something that happens at times.
type Plan struct {
	Name     string // for ever: what is known of it in the records is found by it. It holds no colon
	Title    string
	Version  string        // the fingerprint of what somebody wrote
	Grace    time.Duration // how late it may still happen
	Audience Audience
	// Quiet plans look for work often: times at which there was none, or which were missed, are not kept.
	Quiet bool
	// Next is the first time after a moment; zero: never again. It is pure.
	Next func(after time.Time) time.Time
	// Ahead, which may be nil, reads what the next Page needs, outside its transaction: on SQLite nobody else writes during that.
	Ahead func(ctx context.Context, s *store.Store, slot store.Slot) error
	// Page does a part of what is to be done at a time, in a transaction in which nobody else has the slot, and notes in it how far it is.
	// It is asked again until it is done. It may run more than once for one commit.
	Page func(ctx context.Context, tx *store.Tx, slot *store.Slot) (done bool, err error)
	// Soonest is, of a plan that looks for people, the look that finds the first of those who are known now, when the last look was at a time;
	// zero: nobody is known. nil: Next says it.
	Soonest func(ctx context.Context, q store.Queryer, scanned, now time.Time) (time.Time, error)
}

// Audience is for whom a plan is, as the content says it.
type Audience struct {
	Segment  string            `json:"segment,omitempty"`
	Accounts []bot.AccountName `json:"accounts,omitempty"` // empty: all
	On       Cause             `json:"on,omitempty"`
	Campaign string            `json:"campaign,omitempty"`
}

// due is what a moment asks of a plan: the latest time that has come, those before it that nobody has dealt with, and the next one.
type due struct {
	last time.Time
	// runs tells whether last is still in time.
	runs   bool
	missed []time.Time // the latest of them, in order
	next   time.Time
}

const (
	// missedMax is how many missed times are written down one by one.
	missedMax = 50
	// duesMax bounds the times that are looked at in one go: a year of every five minutes.
	duesMax = 110_000
)

// dueAt reckons what is due of a plan whose time first has come. Of several times that came together only the last one happens: whoever
// was away for a morning says good morning once.
func (p *Plan) dueAt(first, now time.Time) due {
	d := due{last: first, next: p.Next(first)}
	for range duesMax {
		if d.next.IsZero() || d.next.After(now) {
			break
		}
		d.missed = append(d.missed, d.last)
		if len(d.missed) > missedMax {
			d.missed = d.missed[1:]
		}
		d.last, d.next = d.next, p.Next(d.next)
	}
	d.runs = now.Sub(d.last) <= p.Grace
	return d
}

// adopted is the row of a plan after the content was read: whether it changed, and how.
func (p *Plan) adopted(row store.Plan, now time.Time) (store.Plan, bool) {
	ahead := row.Through.After(now.Add(clockSlack))
	overdue := !row.Next.IsZero() && now.Sub(row.Next) > clockSlack // its job was lost, or is about to run
	if row.Fingerprint == p.Version && !ahead && !overdue {
		return row, false
	}
	if ahead { // a clock had gone far ahead; what ran then does not run again, its slot is there
		row.Through = now
	}
	next := p.Next(row.Through)
	if !next.IsZero() && !next.After(now) && (row.Fingerprint == "" || !next.Equal(row.Next)) {
		// A time that only the new content has is not caught up with.
		row.Through = now
		next = p.Next(now)
	}
	row.Version++
	row.Fingerprint, row.Next, row.ChangedAt = p.Version, next, now
	return row, true
}

// clockSlack is how far the clocks of replicas may differ, and how late a job may be, before something is amiss.
const clockSlack = time.Hour
