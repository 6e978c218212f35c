package outbound

import (
	"context"
	"fmt"

	"guanjia/jobs"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// Pause stops pushes: all of them, those of an account, or those of a campaign. What has been claimed and not sent goes back. It takes
// effect on every replica within two seconds.
func (o *Outbox) Pause(ctx context.Context, s *store.Store, scope store.PauseScope, name string) error {
	return s.PauseSends(ctx, scope, name, o.now())
}

// Resume ends a pause, and tells whether there was one. What waited for it becomes due.
func (o *Outbox) Resume(ctx context.Context, s *store.Store, scope store.PauseScope, name string) (bool, error) {
	was, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (bool, error) {
		was, err := store.ResumeSends(ctx, tx, scope, name)
		if err != nil || !was {
			return false, err
		}
		return true, o.queue.Insert(ctx, tx, jobs.New(wakeJob{scope, name, o.now().UnixMilli()}).On(Queue))
	})
	if err != nil {
		return false, fmt.Errorf("resume pushes: %w", err)
	}
	return was, nil
}

func pauseOf(scope store.PauseScope) policy.Pause {
	switch scope {
	case store.PauseOfAccount:
		return policy.PausedAccount
	case store.PauseOfCampaign:
		return policy.PausedCampaign
	}
	return policy.PausedAll
}
