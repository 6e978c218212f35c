package schedule

import (
	"cmp"
	"context"
	"slices"
	"time"

	"guanjia/store"
)

// Status is how a plan stands: when it happens next, and what became of it the last times.
type Status struct {
	Name  string    `json:"name"`
	Title string    `json:"title"`
	Next  time.Time `json:"next,omitzero"` // zero: never again
	// Waiting says that the content is newer than what the running bot has taken up; Next is what it will be.
	Waiting bool `json:"waiting,omitempty"`
	Looks   bool `json:"looks,omitempty"` // for people, every few minutes: a trigger
	// Soonest is, of what looks for people, when it finds the first of those who are known now; zero: nobody is known.
	Soonest  time.Time `json:"soonest,omitzero"`
	Audience Audience  `json:"audience"`
	Last     []Outcome `json:"last"`
}

// Outcome is what became of one time.
type Outcome struct {
	At     time.Time       `json:"at"`
	State  store.SlotState `json:"state"`
	Reason string          `json:"reason,omitempty"`
	People int             `json:"people"`
	Queued int             `json:"queued"` // messages handed over; fewer than people when some had been before
}

// Records tell how plans stand; *store.Store does.
type Records interface {
	Plans(ctx context.Context) ([]store.Plan, error)
	Slots(ctx context.Context, plan string, limit int) ([]store.Slot, error)
	Reader() store.Queryer
}

// List tells how the plans of the content stand, those that come first before the others, each with so many outcomes.
func List(ctx context.Context, r Records, all []Plan, now time.Time, outcomes int) ([]Status, error) {
	rows, err := r.Plans(ctx)
	if err != nil {
		return nil, err
	}
	kept := make(map[string]store.Plan, len(rows))
	for _, row := range rows {
		kept[row.Name] = row
	}
	list := make([]Status, 0, len(all))
	for i := range all {
		p := &all[i]
		s := Status{Name: p.Name, Title: p.Title, Looks: p.Quiet, Audience: p.Audience, Last: []Outcome{}}
		row, ok := kept[p.Name]
		if ok && row.Fingerprint == p.Version {
			s.Next = row.Next
		} else {
			s.Next, s.Waiting = p.Next(now), true
		}
		if p.Soonest != nil {
			if s.Soonest, err = p.Soonest(ctx, r.Reader(), row.Scanned, now); err != nil {
				return nil, err
			}
		}
		slots, err := r.Slots(ctx, p.Name, outcomes)
		if err != nil {
			return nil, err
		}
		for _, slot := range slots {
			s.Last = append(s.Last, Outcome{slot.At, slot.State, slot.Reason, slot.People, slot.Queued})
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b Status) int {
		if a.Next.IsZero() != b.Next.IsZero() {
			return cmp.Compare(b.Next.Unix(), a.Next.Unix())
		}
		return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}
