package jobs

import (
	"context"
	"fmt"

	"guanjia/store"
)

// A process that works on jobs is present by a lock that ends with it, however it ends: what it had at work is then nobody's, and is
// given back without waiting for rescueAfter. A lock says it exactly, where a heartbeat would have to guess between slow and dead.

// presence is how the processes of a database know of each other.
type presence interface {
	// enter makes this process present. It comes before it takes up a job.
	enter(ctx context.Context) error
	// gone tells whether a worker is known to have ended.
	gone(worker string) bool
	// leave ends the presence. It does nothing the second time.
	leave()
}

// suspicious is how many attempts end with their process before the job itself is suspected: it is then left to rescueAfter, so that a
// job that kills whoever does it does not keep everybody from starting.
const suspicious = 3

// Worker names this process among those that work.
func (q *Queue) Worker() string { return q.worker }

// Gone tells whether a worker is known to have ended, by its name (Worker). It may be some seconds until that is known, and what is
// left by one who can't be asked for, on another machine that lost its power, never is.
func (q *Queue) Gone(worker string) bool {
	return q.works && worker != q.worker && q.presence.gone(worker)
}

// giveBackAll gives back what is at work on SQLite, where nobody works and nobody leads.
func giveBackAll(ctx context.Context, s *store.Store) (int, error) {
	n, err := store.InTx(ctx, s, func(ctx context.Context, tx *store.Tx) (int, error) {
		if _, err := tx.Exec(ctx, "DELETE FROM river_leader"); err != nil {
			return 0, err
		}
		return tx.Exec(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running' AND attempt <= $1", suspicious)
	})
	if err != nil {
		return 0, fmt.Errorf("give back what others left: %w", err)
	}
	return n, nil
}
