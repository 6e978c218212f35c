package broadcast

import (
	"context"
	"fmt"
	"time"

	"guanjia/jobs"
	"guanjia/store"
)

// Pause stops a broadcast: what has not gone out waits.
func (s *Service) Pause(ctx context.Context, id, who string) (store.Broadcast, error) {
	b, err := s.change(ctx, id, who, "paused", "", func(_ context.Context, _ *store.Tx, b *store.Broadcast) error {
		if b.State != store.BroadcastSending {
			return wrongState(*b, "only one that is being sent can be paused")
		}
		b.State = store.BroadcastPaused
		return nil
	})
	if err != nil {
		return b, err
	}
	return b, s.outbox.Pause(ctx, s.store, store.PauseOfCampaign, campaign(id))
}

// Resume lets a paused one go on.
func (s *Service) Resume(ctx context.Context, id, who string) (store.Broadcast, error) {
	b, err := s.change(ctx, id, who, "resumed", "", func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error {
		if b.State != store.BroadcastPaused {
			return wrongState(*b, "only a paused one can be resumed")
		}
		b.State = store.BroadcastSending
		return s.queue.Insert(ctx, tx, newPage(b.ID, b.Page, s.now()), newWatch(b.ID, s.now()))
	})
	if err != nil {
		return b, err
	}
	_, err = s.outbox.Resume(ctx, s.store, store.PauseOfCampaign, campaign(id))
	return b, err
}

// Cancel ends a broadcast: what has not gone out is dropped. What has, stays.
func (s *Service) Cancel(ctx context.Context, id, who string) (store.Broadcast, error) {
	b, err := s.change(ctx, id, who, "cancelled", "", func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error {
		switch b.State {
		case store.BroadcastSent, store.BroadcastCancelled:
			return wrongState(*b, "there is nothing left to cancel")
		case store.BroadcastSending, store.BroadcastPaused:
			if err := s.queue.Insert(ctx, tx, jobs.New(cancelJob{b.ID})); err != nil {
				return err
			}
		}
		b.State, b.EndedAt = store.BroadcastCancelled, s.now()
		return nil
	})
	if err != nil {
		return b, err
	}
	// Paused as well, so that workers who have one let go of it.
	return b, s.outbox.Pause(ctx, s.store, store.PauseOfCampaign, campaign(id))
}

// sweep drops what a cancelled broadcast has not sent, page by page, and takes the pause away when nothing is left.
func (s *Service) sweep(ctx context.Context, id string) error {
	type swept struct{ dropped, left int }
	for {
		n, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (n swept, err error) {
			n.dropped, n.left, err = store.CancelSends(ctx, tx, campaign(id), s.now(), cancelPage)
			return n, err
		})
		switch {
		case err != nil:
			return fmt.Errorf("cancel a broadcast: %w", err)
		case n.left == 0:
			if err := s.cancelCalls(ctx, id); err != nil {
				return err
			}
			_, err := s.outbox.Resume(ctx, s.store, store.PauseOfCampaign, campaign(id))
			return err
		case n.dropped == 0:
			return jobs.Later(time.Second) // workers have the rest
		}
	}
}
