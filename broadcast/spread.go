package broadcast

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/jobs"
	"guanjia/outbound"
	"guanjia/segment"
	"guanjia/store"
)

const (
	// pageSize is how many pushes are written down in one transaction: SQLite has one writer, which callbacks need too.
	pageSize = 2000
	// watchEvery is how often one looks whether everything has gone out.
	watchEvery = 10 * time.Second
	// cancelPage is how many pushes are dropped in one transaction.
	cancelPage = 5000
)

// The jobs. Their kinds and arguments are for ever.
type (
	startJob struct {
		ID string `json:"id"`
		At int64  `json:"at"` // unix ms
	}
	pageJob struct {
		ID   string `json:"id"`
		Page int    `json:"page"`
		At   int64  `json:"at"` // unix ms: of the start or the resumption that it belongs to
	}
	watchJob struct {
		ID string `json:"id"`
	}
	cancelJob struct {
		ID string `json:"id"`
	}
)

// Kind names it.
func (startJob) Kind() string { return "broadcast_start" }

// Kind names it.
func (pageJob) Kind() string { return "broadcast_page" }

// Kind names it.
func (watchJob) Kind() string { return "broadcast_watch" }

// Kind names it.
func (cancelJob) Kind() string { return "broadcast_cancel" }

func newStart(id string, at time.Time) jobs.Insert {
	return jobs.New(startJob{id, at.UnixMilli()}).At(at)
}

func newPage(id string, page int, at time.Time) jobs.Insert {
	return jobs.New(pageJob{id, page, at.UnixMilli()})
}

func newWatch(id string, now time.Time) jobs.Insert {
	return jobs.New(watchJob{id}).At(now.Add(watchEvery))
}

// Add tells kinds how broadcasts are brought out.
func (s *Service) Add(kinds *jobs.Kinds) error {
	return errors.Join(
		jobs.Add(kinds, func(ctx context.Context, j jobs.Job[startJob]) error { return s.startDue(ctx, j.Args) }),
		jobs.Add(kinds, func(ctx context.Context, j jobs.Job[pageJob]) error { return s.spread(ctx, j.Args) }),
		jobs.Add(kinds, func(ctx context.Context, j jobs.Job[watchJob]) error { return s.watch(ctx, j.Args.ID) }),
		jobs.Add(kinds, func(ctx context.Context, j jobs.Job[cancelJob]) error { return s.sweep(ctx, j.Args.ID) }),
		jobs.Add(kinds, func(ctx context.Context, j jobs.Job[callJob]) error { return s.call(ctx, j.Args) }),
	)
}

// startDue starts a broadcast at its time, unless somebody changed that meanwhile.
func (s *Service) startDue(ctx context.Context, j startJob) error {
	_, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (bool, error) {
		b, err := store.LockBroadcast(ctx, tx, j.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && (b.State != store.BroadcastScheduled || b.StartAt.UnixMilli() != j.At) {
			return false, nil
		}
		if err == nil {
			err = s.begin(ctx, tx, &b)
		}
		if err == nil {
			b.ChangedAt = s.now()
			err = store.SaveBroadcast(ctx, tx, b)
		}
		if err == nil {
			err = store.NoteBroadcast(ctx, tx, b.ID, store.BroadcastAct{Who: "schedule", Act: "started", At: s.now()})
		}
		return err == nil, err
	})
	if err != nil {
		return fmt.Errorf("start a broadcast: %w", err)
	}
	return nil
}

// spread writes one page of pushes down, or plans one page of calls, and makes the job of the next.
func (s *Service) spread(ctx context.Context, j pageJob) error {
	b, d, err := s.find(ctx, j.ID)
	if err != nil || !due(b, j) {
		return err
	}
	if d.To != ToPeople {
		return s.plan(ctx, j, b, d)
	}
	users, err := s.next(ctx, j, b, d, pageSize)
	if err != nil {
		return err
	}
	pushes := make([]outbound.Push, len(users))
	for i, u := range users {
		pushes[i] = d.push(bot.Person{Account: b.Account, User: u})
		pushes[i].Expires = d.expires(b.AsOf, s.cfg.Zone)
	}
	return s.page(ctx, j, len(users) < pageSize, func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error {
		fresh, err := s.outbox.Enqueue(ctx, tx, pushes...)
		if err != nil {
			return err
		}
		b.Enqueued += fresh
		if len(users) > 0 {
			b.Cursor = users[len(users)-1]
		}
		return nil
	})
}

// next lists the people of a page. After a pause they are looked for anew.
func (s *Service) next(ctx context.Context, j pageJob, b store.Broadcast, d Draft, limit int) ([]bot.UserID, error) {
	e, err := audience(d)
	if err != nil {
		return nil, err
	}
	return s.ahead.List(ctx, s.store, segment.Page{
		Of: b.ID + "@" + strconv.FormatInt(j.At, 10), Expr: e, At: b.AsOf, Account: b.Account, After: b.Cursor, Limit: limit,
	})
}

// due tells whether a page is the next one of a broadcast that goes out.
func due(b store.Broadcast, j pageJob) bool {
	return b.State == store.BroadcastSending && b.Page == j.Page && b.SpreadAt.IsZero()
}

// page writes a page down, once.
func (s *Service) page(ctx context.Context, j pageJob, last bool, f func(ctx context.Context, tx *store.Tx, b *store.Broadcast) error) error {
	_, err := store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (bool, error) {
		b, err := store.LockBroadcast(ctx, tx, j.ID)
		if err != nil || !due(b, j) {
			return false, err
		}
		if err := f(ctx, tx, &b); err != nil {
			return false, err
		}
		b.Page++
		if last {
			b.SpreadAt = s.now()
		} else if err := s.queue.Insert(ctx, tx, newPage(b.ID, b.Page, time.UnixMilli(j.At))); err != nil {
			return false, err
		}
		return true, store.SaveBroadcast(ctx, tx, b)
	})
	if err != nil {
		return fmt.Errorf("write a page of a broadcast down: %w", err)
	}
	return nil
}

// watch ends a broadcast of which nothing is left to do.
func (s *Service) watch(ctx context.Context, id string) error {
	b, d, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if b.State != store.BroadcastSending && b.State != store.BroadcastPaused {
		return nil
	}
	p, err := s.progress(ctx, b, d)
	if err != nil {
		return err
	}
	if b.State != store.BroadcastSending || b.SpreadAt.IsZero() || p.Open() > 0 {
		return jobs.Later(watchEvery)
	}
	_, err = store.InTx(ctx, s.store, func(ctx context.Context, tx *store.Tx) (bool, error) {
		b, err := store.LockBroadcast(ctx, tx, id)
		if err != nil || b.State != store.BroadcastSending {
			return false, err
		}
		b.State, b.EndedAt, b.ChangedAt = store.BroadcastSent, s.now(), s.now()
		return true, store.SaveBroadcast(ctx, tx, b)
	})
	if err != nil {
		return fmt.Errorf("end a broadcast: %w", err)
	}
	s.log.Info("a broadcast is out", zap.String("broadcast", id), zap.Int("sent", p.Sent), zap.Int("failed", p.Failed), zap.Int("dropped", p.Dropped))
	return nil
}
