package jobs

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"go.uber.org/zap"

	"guanjia/store"
)

// rollCall is the presence on SQLite: a file beside the database that all who work have locked together, and that names them. Who gets
// it for itself alone knows that nobody works: it gives back everything, and begins the list anew.
type rollCall struct {
	store  *store.Store
	worker string
	log    *zap.Logger
	file   *os.File
}

func newRollCall(s *store.Store, worker string, log *zap.Logger) *rollCall {
	return &rollCall{store: s, worker: worker, log: log}
}

func (r *rollCall) path() string { return r.store.File() + "-workers" }

func (r *rollCall) enter(ctx context.Context) (err error) {
	if r.file, err = os.OpenFile(r.path(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return err
	}
	if lockAlone(r.file) {
		if err := r.beginAnew(ctx); err != nil {
			return err
		}
	}
	if err := lockTogether(r.file); err != nil {
		return fmt.Errorf("lock %s: %w", r.path(), err)
	}
	_, err = r.file.WriteString(r.worker + "\n")
	return err
}

func (r *rollCall) beginAnew(ctx context.Context) error {
	if err := r.file.Truncate(0); err != nil {
		return err
	}
	n, err := giveBackAll(ctx, r.store)
	if n > 0 {
		r.log.Info("took up the jobs that were at work when the process ended", zap.Int("jobs", n))
	}
	return err
}

// gone holds for everybody who is not on the list: there was a moment since when nobody worked.
func (r *rollCall) gone(worker string) bool {
	f, err := os.Open(r.path())
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was read only
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if lines.Text() == worker {
			return false
		}
	}
	return lines.Err() == nil && locksEnd
}

func (r *rollCall) leave() {
	if r.file != nil {
		_ = r.file.Close() // and the lock with it
		r.file = nil
	}
}
