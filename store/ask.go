package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// question is something to be read, row by row.
type question struct {
	query string
	args  []any
	row   func(Row) error
}

// askAll reads what does not depend on each other: in one round trip on PostgreSQL, where each would cost more than its answer.
func (s *Store) askAll(ctx context.Context, all []question) error {
	if s.group != nil {
		for _, q := range all {
			if err := q.ask(ctx, s.read()); err != nil {
				return err
			}
		}
		return nil
	}
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // back to the others
	return conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("not a connection to PostgreSQL: %T", driver)
		}
		var batch pgx.Batch
		for _, q := range all {
			batch.Queue(q.query, q.args...)
		}
		results := c.Conn().SendBatch(ctx, &batch)
		for _, q := range all {
			if err := q.readFrom(results); err != nil {
				return errors.Join(err, results.Close())
			}
		}
		return results.Close()
	})
}

func (q question) ask(ctx context.Context, from Queryer) error {
	rows, err := from.Query(ctx, q.query, q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := q.row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (q question) readFrom(results pgx.BatchResults) error {
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := q.row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
