package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// The functions here lend what lies below the Store to a library that keeps tables of its own in the same database, so that
// its rows are written in the transaction that causes them.

// SQL is the transaction as database/sql knows it. It is the Store's: neither commit it nor roll it back.
func (t *Tx) SQL() *sql.Tx { return t.tx }

// Pgx lends the connection of a transaction on PostgreSQL, on which what f does becomes part of the transaction.
func (t *Tx) Pgx(f func(*pgx.Conn) error) error {
	return t.conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("not a connection to PostgreSQL: %T", driver)
		}
		return f(c.Conn())
	})
}

// Writer is SQLite's one connection that writes. It is shared: nobody may hold it for long, and who is in a transaction must
// not ask for it.
func (s *Store) Writer() *sql.DB { return s.writer }

// File is the path of SQLite's file.
func (s *Store) File() string {
	_, path, _ := strings.Cut(s.url, ":")
	return strings.TrimPrefix(path, "//")
}

// OpenPool opens connections to PostgreSQL beside the Store's own. They are the caller's to close.
func (s *Store) OpenPool(ctx context.Context, conns int) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(s.url)
	if err != nil {
		return nil, fmt.Errorf("open connections: the URL can't be read") // it may hold a password
	}
	config.MaxConns = int32(conns)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open connections: %w", err)
	}
	return pool, nil
}
