package jobs

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/zap"
)

const (
	// lookEvery is how often each process looks whose lock is gone.
	lookEvery = time.Second
	// absence is how long a lock must be gone: a living process whose connection was cut has another within lookEvery.
	absence = 5 * time.Second
	// lookWithin bounds a look.
	lookWithin = 10 * time.Second
	// forgetAfter is when somebody who ended is no longer asked for.
	forgetAfter = time.Hour
	// lockClass tells these locks from others of the database.
	lockClass = 0x6a6f6273
)

// sessionLocks are the presence on PostgreSQL: each worker's session holds a lock of its name, which the server takes away when the
// session ends. All look for jobs of those who hold none.
type sessionLocks struct {
	pool   *pgxpool.Pool
	worker string
	log    *zap.Logger

	conn *pgxpool.Conn // that holds the lock; nil: it is to be taken
	stop context.CancelFunc
	done chan struct{}

	mu     sync.Mutex
	absent map[string]time.Time // since when
	asked  map[string]bool
}

func newSessionLocks(pool *pgxpool.Pool, worker string, log *zap.Logger) *sessionLocks {
	return &sessionLocks{pool: pool, worker: worker, log: log, absent: map[string]time.Time{}, asked: map[string]bool{}}
}

func (l *sessionLocks) enter(ctx context.Context) error {
	if err := l.lock(ctx); err != nil {
		return err
	}
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.done = make(chan struct{})
	go l.keep(ctx)
	return nil
}

// lock takes the lock on a connection of its own, where it stays.
func (l *sessionLocks) lock(ctx context.Context) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("be present: %w", err)
	}
	l.conn = conn
	// Shared, so that names that look alike don't wait for each other.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock_shared($1, hashtext($2))", lockClass, l.worker); err != nil {
		l.unlock()
		return fmt.Errorf("be present: %w", err)
	}
	return nil
}

// unlock ends the session.
func (l *sessionLocks) unlock() {
	if l.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = l.conn.Conn().Close(ctx)
	l.conn.Release()
	l.conn = nil
}

func (l *sessionLocks) keep(ctx context.Context) {
	defer close(l.done)
	defer l.unlock()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := l.look(ctx); err != nil && ctx.Err() == nil {
			l.log.Warn("could not look for jobs of processes that ended, it is tried again", zap.Error(err))
			l.unlock()
			l.mu.Lock()
			clear(l.absent) // the others may have been cut off as well
			l.mu.Unlock()
		}
	}
}

// look gives back the jobs of those who have been absent for a while.
func (l *sessionLocks) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if l.conn == nil {
		if err := l.lock(ctx); err != nil {
			return err
		}
	}
	rows, err := l.conn.Query(ctx, `SELECT DISTINCT worker FROM (
			SELECT attempted_by[cardinality(attempted_by)] AS worker FROM river_job WHERE state = 'running'
			UNION SELECT leader_id FROM river_leader UNION SELECT unnest($1::text[])) w
		WHERE worker IS NOT NULL AND `+unlocked("worker", "$2"), l.inQuestion(), lockClass)
	if err != nil {
		return err
	}
	var missing []string
	for rows.Next() {
		var worker string
		if err := rows.Scan(&worker); err != nil {
			rows.Close()
			return err
		}
		missing = append(missing, worker)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	dead := l.note(missing, time.Now())
	if len(dead) == 0 {
		return nil
	}
	return l.inherit(ctx, dead)
}

// inherit takes from the dead what they had at work, and the lead, which somebody must have for what waits to become due.
func (l *sessionLocks) inherit(ctx context.Context, dead []string) error {
	if _, err := l.conn.Exec(ctx, "DELETE FROM river_leader WHERE leader_id = ANY($1)", dead); err != nil {
		return err
	}
	last := "attempted_by[cardinality(attempted_by)]"
	tag, err := l.conn.Exec(ctx, `UPDATE river_job SET state = 'available' WHERE id IN (
			SELECT id FROM river_job WHERE state = 'running' AND attempt <= $3 AND `+last+` = ANY($1) AND `+unlocked(last, "$2")+` FOR UPDATE SKIP LOCKED) AND state = 'running'`,
		dead, lockClass, suspicious)
	if err == nil && tag.RowsAffected() > 0 {
		l.log.Info("took up the jobs of a process that ended", zap.Int64("jobs", tag.RowsAffected()))
	}
	return err
}

// unlocked is a condition that nobody holds the lock of a worker.
func unlocked(worker, class string) string {
	return `NOT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid = CAST(` + class + ` AS bigint)::oid
		AND objid = (hashtext(` + worker + `)::bigint & 4294967295)::oid AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`
}

// inQuestion lists who is absent or was asked for.
func (l *sessionLocks) inQuestion() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]string, 0, len(l.absent)+len(l.asked))
	for w, since := range l.absent {
		if time.Since(since) < forgetAfter {
			all = append(all, w)
		}
	}
	for w := range l.asked {
		all = append(all, w)
	}
	clear(l.asked)
	return all
}

// note writes down who is absent now and returns who has been for long enough.
func (l *sessionLocks) note(missing []string, now time.Time) (dead []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.absent
	l.absent = make(map[string]time.Time, len(missing))
	for _, w := range missing {
		since, ok := before[w]
		if !ok {
			since = now
		}
		l.absent[w] = since
		if now.Sub(since) >= absence {
			dead = append(dead, w)
		}
	}
	return dead
}

// gone answers from the last look; who is not known yet is looked for next.
func (l *sessionLocks) gone(worker string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	since, ok := l.absent[worker]
	if !ok {
		l.asked[worker] = true
	}
	return ok && time.Since(since) >= absence
}

func (l *sessionLocks) leave() {
	if l.stop != nil {
		l.stop()
		<-l.done
	}
}
