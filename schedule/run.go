package schedule

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"guanjia/jobs"
	"guanjia/store"
)

// Why a time was missed, or a run ended before its end.
const (
	ReasonLate      = "late"      // its grace was over
	ReasonOvertaken = "overtaken" // the next time had come as well
	ReasonRemoved   = "removed"   // from the content
)

// tick lets the next time of a plan come: it writes its slot down and inserts the jobs of the slot and of the time after it, all at once.
func (s *Service) tick(ctx context.Context, j tick) error {
	later, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (time.Duration, error) {
		row, ok, err := store.LockPlan(ctx, tx, j.Name)
		if err != nil || !ok || row.Version != j.Version || row.Next.UnixMilli() != j.At || row.Next.IsZero() {
			return 0, err // it is another version's, or done with
		}
		p, now := s.plan(j.Name), s.now()
		switch {
		case p == nil || p.Version != row.Fingerprint:
			return elsewhere, nil
		case now.Before(row.Next): // the clock was set back
			return row.Next.Sub(now), nil
		}
		d := p.dueAt(row.Next, now)
		if err := s.come(ctx, tx, p, d, now); err != nil {
			return 0, err
		}
		row.Through, row.Next = d.last, d.next
		if err := store.SavePlan(ctx, tx, row); err != nil {
			return 0, err
		}
		return 0, s.alarm(ctx, tx, row)
	})
	if err != nil {
		return fmt.Errorf("schedule %s: %w", j.Name, err)
	}
	if later > 0 {
		return jobs.Later(later)
	}
	return nil
}

// come writes down what has come.
func (s *Service) come(ctx context.Context, tx *store.Tx, p *Plan, d due, now time.Time) error {
	missed := d.missed
	if !d.runs {
		missed = append(missed, d.last)
	}
	if len(missed) > 0 && !p.Quiet {
		s.log.Warn("times of a schedule were missed", zap.String("schedule", p.Name), zap.Int("times", len(missed)), zap.Time("last", missed[len(missed)-1]))
		for _, at := range missed {
			why := ReasonOvertaken
			if now.Sub(at) > p.Grace {
				why = ReasonLate
			}
			if _, err := store.AddSlot(ctx, tx, store.Slot{Plan: p.Name, At: at, State: store.SlotMissed, Reason: why, BeganAt: now, EndedAt: now}); err != nil {
				return err
			}
		}
	}
	if !d.runs {
		return nil
	}
	fresh, err := store.AddSlot(ctx, tx, store.Slot{Plan: p.Name, At: d.last, State: store.SlotRunning, BeganAt: now})
	if err != nil || !fresh {
		return err
	}
	return s.queue.Insert(ctx, tx, jobs.New(run{p.Name, d.last.UnixMilli()}).On(Queue))
}

// run does what is to be done at a time, page by page. Broken off, it goes on where it was.
func (s *Service) run(ctx context.Context, j run) error {
	end := time.Now().Add(runFor)
	for time.Now().Before(end) {
		err := s.ahead(ctx, j)
		var step ran
		if err == nil {
			step, err = store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (ran, error) { return s.page(ctx, tx, j) })
		}
		switch {
		case err != nil:
			return fmt.Errorf("run schedule %s: %w", j.Name, err)
		case step.elsewhere:
			return jobs.Later(elsewhere)
		case step.over:
			return nil
		case step.ended:
			s.log.Info("a time of a schedule is over", zap.String("schedule", j.Name), zap.Time("at", step.slot.At), zap.String("state", string(step.slot.State)),
				zap.Int("people", step.slot.People), zap.Int("queued", step.slot.Queued))
			return nil
		}
	}
	return jobs.Later(time.Millisecond)
}

// ran is what became of one page.
type ran struct {
	slot                   store.Slot
	ended, over, elsewhere bool
}

// ahead lets a plan read ahead for its next page.
func (s *Service) ahead(ctx context.Context, j run) error {
	p := s.plan(j.Name)
	if p == nil || p.Ahead == nil {
		return nil
	}
	slot, ok, err := store.FindSlot(ctx, s.store.Reader(), j.Name, time.UnixMilli(j.At))
	if err != nil || !ok || slot.State != store.SlotRunning {
		return err
	}
	return p.Ahead(ctx, s.store, slot)
}

func (s *Service) page(ctx context.Context, tx *store.Tx, j run) (r ran, err error) {
	var ok bool
	r.slot, ok, err = store.LockSlot(ctx, tx, j.Name, time.UnixMilli(j.At))
	if err != nil || !ok || r.slot.State != store.SlotRunning {
		r.over = true
		return r, err
	}
	row, ok, err := store.FindPlan(ctx, tx, j.Name)
	if err != nil {
		return r, err
	}
	p := s.plan(j.Name)
	switch {
	case !ok || row.Fingerprint == "":
		r.ended = true
		r.slot.State, r.slot.Reason, r.slot.EndedAt = store.SlotStopped, ReasonRemoved, s.now()
		return r, store.SaveSlot(ctx, tx, r.slot)
	case p == nil || p.Version != row.Fingerprint:
		r.elsewhere = true
		return r, nil
	}
	if r.ended, err = p.Page(ctx, tx, &r.slot); err != nil {
		return r, err
	}
	if r.ended {
		r.slot.State, r.slot.EndedAt = store.SlotDone, s.now()
	}
	if r.ended && p.Quiet && r.slot.People == 0 {
		r.over = true
		return r, store.DropSlot(ctx, tx, j.Name, r.slot.At)
	}
	return r, store.SaveSlot(ctx, tx, r.slot)
}
