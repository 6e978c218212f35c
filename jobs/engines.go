package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"guanjia/store"
)

// sqliteClient inserts by the transaction's own connection, the only one that writes.
type sqliteClient struct{ *river.Client[*sql.Tx] }

func (c sqliteClient) insert(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	_, err := c.InsertManyFastTx(ctx, tx.SQL(), jobs)
	return err
}

// postgresClient inserts on the connection of the transaction, which it knows as pgx does.
type postgresClient struct{ *river.Client[pgx.Tx] }

func (c postgresClient) insert(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	return tx.Pgx(func(conn *pgx.Conn) error {
		if !anyOnce(jobs) {
			_, err := c.InsertManyFastTx(ctx, lentTx{conn}, jobs) // by COPY, which can't leave out those that are there
			return err
		}
		_, err := c.InsertManyTx(ctx, lentTx{conn}, jobs)
		return err
	})
}

func anyOnce(jobs []river.InsertManyParams) bool {
	return slices.ContainsFunc(jobs, func(j river.InsertManyParams) bool { return j.InsertOpts.UniqueOpts.ByArgs })
}

// lentTx is a transaction that somebody else began and will end.
type lentTx struct{ conn *pgx.Conn }

var _ pgx.Tx = lentTx{}

// Begin makes a savepoint: what fails after it does not take the transaction along.
func (t lentTx) Begin(ctx context.Context) (pgx.Tx, error) {
	// The connection is in a transaction, so that a second BEGIN of pgx's own would only warn: the savepoint is made by hand.
	if _, err := t.conn.Exec(ctx, "SAVEPOINT jobs"); err != nil {
		return nil, fmt.Errorf("savepoint: %w", err)
	}
	return &savepoint{lentTx: t}, nil
}

// Commit does nothing: the transaction is its owner's.
func (lentTx) Commit(context.Context) error { return nil }

// Rollback does nothing either.
func (lentTx) Rollback(context.Context) error { return nil }

// CopyFrom copies rows.
func (t lentTx) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	return t.conn.CopyFrom(ctx, table, columns, rows)
}

// SendBatch sends statements together.
func (t lentTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.conn.SendBatch(ctx, b)
}

// LargeObjects are not lent.
func (lentTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Prepare prepares a statement.
func (t lentTx) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, sql)
}

// Exec runs a statement.
func (t lentTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.conn.Exec(ctx, sql, args...)
}

// Query runs a statement that gives rows.
func (t lentTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.conn.Query(ctx, sql, args...)
}

// QueryRow runs a statement that gives one row.
func (t lentTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.conn.QueryRow(ctx, sql, args...)
}

// Conn is the connection.
func (t lentTx) Conn() *pgx.Conn { return t.conn }

// savepoint is a part of a lent transaction that can be taken back.
type savepoint struct {
	lentTx
	over bool
}

// Commit keeps what was done since.
func (s *savepoint) Commit(ctx context.Context) error { return s.end(ctx, "RELEASE SAVEPOINT jobs") }

// Rollback takes it back.
func (s *savepoint) Rollback(ctx context.Context) error {
	return s.end(ctx, "ROLLBACK TO SAVEPOINT jobs")
}

func (s *savepoint) end(ctx context.Context, how string) error {
	if s.over {
		return pgx.ErrTxClosed
	}
	s.over = true
	_, err := s.conn.Exec(ctx, how)
	return err
}
