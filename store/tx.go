package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"guanjia/store/batch"
)

// txTries is how often PostgreSQL is asked again when it gave a transaction up for another one's sake.
const txTries = 4

// Tx is one transaction. Statements asked through it are prepared once for the whole Store.
type Tx struct {
	tx      *sql.Tx
	conn    *sql.Conn // that tx runs on
	stmts   *statements
	dialect *dialect
}

type txFunc func(ctx context.Context, tx *Tx) error

// InTx runs f in a transaction and commits it, or rolls it back when f errs. f may run more than once, beside other
// transactions on SQLite in one commit, and must not call s; what it finds it returns, so that nothing is shared with a
// caller who has stopped waiting.
func InTx[T any](ctx context.Context, s *Store, f func(ctx context.Context, tx *Tx) (T, error)) (T, error) {
	if s.group == nil {
		return inOwnTx(ctx, s, f)
	}
	result := new(T)
	_, err := s.group.Do(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		*result, err = f(ctx, tx)
		return err
	})
	if err != nil {
		var none T // result may still be written to
		return none, err
	}
	return *result, nil
}

// executor is what statements are given to: a transaction, or the database itself.
type executor interface {
	Queryer
	Exec(ctx context.Context, query string, args ...any) (int, error)
}

// inSteps runs f, whose statements may each count by itself: on PostgreSQL they do, which saves the round trips of a
// transaction; on SQLite they share a commit with whatever else is going on.
func inSteps[T any](ctx context.Context, s *Store, f func(ctx context.Context, w executor) (T, error)) (T, error) {
	if s.group == nil {
		return f(ctx, direct{readers{db: s.writer}})
	}
	return InTx(ctx, s, func(ctx context.Context, tx *Tx) (T, error) { return f(ctx, tx) })
}

// direct is the database without a transaction.
type direct struct{ readers }

// Exec runs a statement and tells how many rows it changed.
func (d direct) Exec(ctx context.Context, query string, args ...any) (int, error) {
	return affected(d.db.ExecContext(ctx, query, args...))
}

func affected(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

func inOwnTx[T any](ctx context.Context, s *Store, f func(ctx context.Context, tx *Tx) (T, error)) (T, error) {
	for try := 1; ; try++ {
		var result T
		err := s.transact(ctx, func(ctx context.Context, tx *Tx) error {
			var err error
			result, err = f(ctx, tx)
			return err
		})
		if err == nil {
			return result, nil
		}
		if try == txTries || !isRetryable(err) {
			var none T
			return none, err
		}
	}
}

// transact runs f in one transaction of the writer.
func (s *Store) transact(ctx context.Context, f txFunc) error {
	conn, tx, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = conn.Close() }() // back to the others
	defer tx.Rollback()                 // does nothing after Commit
	if err := f(ctx, &Tx{tx: tx, conn: conn, stmts: s.writes, dialect: s.dialect}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	_ = conn.Close() // prepare wants it, and there may be no other
	s.writes.prepare(ctx)
	return nil
}

// beginTries is how many connections that turn out to be dead are thrown away before the database counts as away, as
// database/sql does.
const beginTries = 3

func (s *Store) begin(ctx context.Context) (*sql.Conn, *sql.Tx, error) {
	start := time.Now()
	for try := 1; ; try++ {
		conn, err := s.writer.Conn(ctx)
		if err != nil {
			return nil, nil, err
		}
		tx, err := conn.BeginTx(ctx, nil)
		if err == nil {
			return conn, tx, nil
		}
		_ = conn.Close()
		if isBusy(err) && time.Since(start) < s.patience && ctx.Err() == nil {
			continue // SQLite has slept meanwhile
		}
		if try >= beginTries || !errors.Is(err, driver.ErrBadConn) {
			return nil, nil, err
		}
	}
}

// slowCommit is when a shared commit is worth a line in the log: everybody waits for the disk then.
const slowCommit = time.Second

// newGroup starts the one goroutine that writes to SQLite.
func newGroup(s *Store) *batch.Queue[txFunc, struct{}] {
	return batch.New(1, groupMax, func(calls []*batch.Call[txFunc, struct{}]) {
		defer func(began time.Time) {
			if took := time.Since(began); took > slowCommit {
				s.log.Warn("the database was slow to write", zap.Duration("took", took), zap.Int("transactions", len(calls)))
			}
		}(time.Now())
		var refused bool // by one of the functions; else by the database, and then all share its fate
		err := s.transactGroup(func(ctx context.Context, tx *Tx) error {
			for _, c := range calls {
				if err := contain(ctx, tx, c.Request); err != nil {
					refused = true
					return err
				}
			}
			return nil
		})
		for _, c := range calls {
			if refused && len(calls) > 1 {
				// One failed and took its neighbours' work back with it: each runs again alone.
				err = s.transactGroup(func(ctx context.Context, tx *Tx) error { return contain(ctx, tx, c.Request) })
			}
			c.Err = err
		}
	})
}

// transactGroup is transact without anybody's deadline: no single caller's leaving may interrupt the others, and SQLite waits
// for nothing but the disk and, for its busy timeout, other processes.
func (s *Store) transactGroup(f txFunc) error { return s.transact(context.Background(), f) }

// contain turns a panic into an error: the group's goroutine works for many.
func contain(ctx context.Context, tx *Tx, f txFunc) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return f(ctx, tx)
}

// Clock is an SQL expression of the engine's own time in milliseconds.
func (t *Tx) Clock() string { return t.dialect.clock }

// ForUpdate ends a SELECT whose row must not change before the transaction ends.
func (t *Tx) ForUpdate() string { return t.dialect.forUpdate }

// Exec runs a statement and tells how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int, error) {
	return affected(t.exec(ctx, query, args))
}

func (t *Tx) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	if stmt := t.stmts.ready(query); stmt != nil {
		return t.tx.StmtContext(ctx, stmt).ExecContext(ctx, args...) //nolint:sqlclosecheck // closed with the transaction
	}
	return t.tx.ExecContext(ctx, query, args...)
}

// Query runs a statement that gives rows.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := t.stmts.ready(query); stmt != nil {
		return t.tx.StmtContext(ctx, stmt).QueryContext(ctx, args...) //nolint:sqlclosecheck // closed with the transaction
	}
	return t.tx.QueryContext(ctx, query, args...)
}
