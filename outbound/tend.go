package outbound

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"guanjia/jobs"
	"guanjia/store"
)

const (
	tendEvery = time.Minute
	// forgottenAfter is how long after its time a push whose job was lost gets another. Jobs that only queue up are not lost.
	forgottenAfter = 6 * time.Hour
	// keepSettled is how long it can be told why something did or did not arrive.
	keepSettled = 90 * 24 * time.Hour
	wakePage    = 500
)

// wakeJob wakes what waited for a pause to end. Its kind and arguments are for ever.
type wakeJob struct {
	Scope store.PauseScope `json:"scope"`
	Name  string           `json:"name"`
	At    int64            `json:"at"` // unix ms: one for each time it is resumed
}

// Kind names it.
func (wakeJob) Kind() string { return "push_wake" }

// wake makes what waited for a pause due, page by page; broken off, it goes on where it was.
func (s *Service) wake(ctx context.Context, j wakeJob) error {
	return s.wakeAll(ctx, store.Wake{Scope: j.Scope, Name: j.Name, Reason: string(pauseReason(pauseOf(j.Scope))), Limit: wakePage})
}

func (s *Service) wakeAll(ctx context.Context, w store.Wake) error {
	for {
		w.Now = s.now()
		n, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (int, error) {
			woken, err := store.WakeSends(ctx, tx, w)
			if err != nil {
				return 0, err
			}
			alarms := make([]jobs.Insert, len(woken))
			for i, m := range woken {
				alarms[i] = alarm(m, w.Now, w.Now)
			}
			return len(woken), s.outbox.queue.Insert(ctx, tx, alarms...)
		})
		if err != nil {
			return fmt.Errorf("wake pushes: %w", err)
		}
		if n < w.Limit {
			return nil
		}
	}
}

// tend looks from time to time, on one replica, after what has been forgotten and what nobody needs any more.
func (s *Service) tend(ctx context.Context) {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.cfg.Locks != nil {
			if mine, err := s.cfg.Locks.TryLock(ctx, "push:tend", s.cfg.Owner, 2*tendEvery); err != nil || !mine {
				continue
			}
		}
		if err := s.tendOnce(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("pushes could not be looked after, it is tried again", zap.Error(err))
		}
	}
}

func (s *Service) tendOnce(ctx context.Context) error {
	now := s.now()
	if err := s.wakeAll(ctx, store.Wake{Before: now.Add(-forgottenAfter), Limit: wakePage}); err != nil {
		return err
	}
	if _, err := s.records.ExpireHeldSends(ctx, now); err != nil {
		return err
	}
	_, err := s.records.TrimSends(ctx, now.Add(-keepSettled))
	return err
}
