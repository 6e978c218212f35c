package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// Queryer is what rows are read through: a transaction, or the Store's readers.
type Queryer interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Row is one row of a result, as *sql.Rows gives it.
type Row interface{ Scan(dest ...any) error }

// Get reads one row; ok is false when there is none.
func Get[T any](ctx context.Context, q Queryer, scan func(Row) (T, error), query string, args ...any) (value T, ok bool, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return value, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return value, false, rows.Err()
	}
	if value, err = scan(rows); err != nil {
		return value, false, err
	}
	// A statement that changes something reports a late failure only here.
	return value, true, errors.Join(rows.Close(), rows.Err())
}

// All reads every row.
func All[T any](ctx context.Context, q Queryer, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, rows.Err()
}

// scalar scans a row of one column.
func scalar[T any](r Row) (v T, err error) { return v, r.Scan(&v) }

// pageSize is how many rows an export holds in memory and reads at a time.
const pageSize = 1000

// pages yields what next reads, page by page, until a page is not full. next is given the last value before, nil at first.
func pages[T any](next func(after *T) ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var after *T
		for {
			page, err := next(after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, v := range page {
				if !yield(v, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			after = &page[len(page)-1]
		}
	}
}

// readers are the connections outside transactions.
type readers struct {
	db    *sql.DB
	stmts *statements
}

// Reader reads outside transactions, by statements that are not kept prepared.
func (s *Store) Reader() Queryer { return readers{db: s.reader} }

// ReadLarge reads what goes through whole tables, by statements whose texts are made without end: none is kept prepared. PostgreSQL is
// given memory to join them in, told not to sort them for it, and not to compile what runs once.
func ReadLarge[T any](ctx context.Context, s *Store, f func(ctx context.Context, q Queryer) (T, error)) (T, error) {
	if s.dialect.largeReads == "" {
		return f(ctx, readers{db: s.reader})
	}
	var none T
	tx, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return none, fmt.Errorf("begin to read: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	if _, err := tx.ExecContext(ctx, s.dialect.largeReads); err != nil {
		return none, fmt.Errorf("begin to read: %w", err)
	}
	return f(ctx, &Tx{tx: tx, dialect: s.dialect})
}

func (s *Store) read() readers { return readers{s.reader, s.reads} }

// Query runs a statement that gives rows.
func (r readers) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt := r.stmts.ready(query) //nolint:sqlclosecheck // closed with the Store
	if stmt == nil {
		r.stmts.prepare(ctx)
		stmt = r.stmts.ready(query) //nolint:sqlclosecheck // closed with the Store
	}
	if stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return r.db.QueryContext(ctx, query, args...)
}

// statementsMax bounds the prepared statements kept, should texts ever be made without end.
const statementsMax = 256

// statements are SQLite's prepared statements by their text. A nil *statements keeps none.
type statements struct {
	db *sql.DB

	mu       sync.Mutex
	prepared map[string]*sql.Stmt
	wanted   map[string]bool // asked for when no connection was free to prepare them
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, prepared: map[string]*sql.Stmt{}, wanted: map[string]bool{}}
}

// ready gives the prepared statement, or nil and remembers that it is wanted. It can't be prepared in the middle of a
// transaction: that one holds the only connection.
func (s *statements) ready(query string) *sql.Stmt {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt := s.prepared[query]
	if stmt == nil && len(s.prepared) < statementsMax {
		s.wanted[query] = true
	}
	return stmt
}

// prepare prepares what was wanted. What can't be prepared is run as text, and says there what is wrong with it.
func (s *statements) prepare(ctx context.Context) {
	if s == nil {
		return
	}
	s.mu.Lock()
	wanted := slices.Collect(maps.Keys(s.wanted))
	clear(s.wanted)
	s.mu.Unlock()
	for _, query := range wanted {
		stmt, err := s.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // closed with the Store
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.prepared[query] == nil {
			s.prepared[query], stmt = stmt, nil
		}
		s.mu.Unlock()
		if stmt != nil {
			stmt.Close() // somebody else was faster
		}
	}
}

func (s *statements) close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, stmt := range s.prepared {
		err = errors.Join(err, stmt.Close())
	}
	clear(s.prepared)
	return err
}

// placeholders makes "($5,$6),($7,$8)": rows groups of columns, numbered from first.
func placeholders(first, rows, columns int) string {
	b := make([]byte, 0, rows*columns*6)
	for n := range rows * columns {
		switch {
		case n == 0:
			b = append(b, '(')
		case n%columns == 0:
			b = append(b, "),("...)
		default:
			b = append(b, ',')
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(first+n), 10)
	}
	return string(append(b, ')'))
}

// ms is how a time is kept.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMS is the time kept as ms.
func fromMS(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// clean is s as both engines can keep it: PostgreSQL refuses NUL and what is not UTF-8.
func clean(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
