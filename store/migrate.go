package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

const (
	// migrationLock is the number of PostgreSQL's advisory lock that one replica holds while it migrates.
	migrationLock = 0x6775616e6a6961 // "guanjia"
	// migrationTries is how often SQLite, which has no such lock, is tried when another process migrates as well.
	migrationTries = 5
)

// Migrate brings the schema to the binary's version. It does nothing when it is there, and refuses a newer one.
func (s *Store) Migrate(ctx context.Context) (from, to int64, err error) {
	p, err := s.migrations()
	if err != nil {
		return 0, 0, err
	}
	if from, to, err = p.GetVersions(ctx); err != nil {
		return 0, 0, fmt.Errorf("read schema version: %w", err)
	}
	if from > to {
		return from, to, fmt.Errorf("%w: version %d, this binary knows %d", ErrSchemaNewer, from, to)
	}
	for try := 1; ; try++ {
		if _, err = p.Up(ctx); err == nil {
			return from, to, nil
		}
		pending, perr := p.HasPending(ctx)
		if perr == nil && !pending {
			return from, to, nil // another process was faster
		}
		if s.group == nil || try == migrationTries || ctx.Err() != nil {
			return from, from, fmt.Errorf("migrate schema: %w", err)
		}
		time.Sleep(time.Duration(try) * 50 * time.Millisecond)
	}
}

// SchemaVersion tells the database's version and the one this binary was built for.
func (s *Store) SchemaVersion(ctx context.Context) (db, binary int64, err error) {
	p, err := s.migrations()
	if err != nil {
		return 0, 0, err
	}
	if db, binary, err = p.GetVersions(ctx); err != nil {
		return 0, 0, fmt.Errorf("read schema version: %w", err)
	}
	return db, binary, nil
}

// CheckSchema errs with ErrSchemaNewer or ErrSchemaOlder unless the schema is the one this binary was built for.
func (s *Store) CheckSchema(ctx context.Context) error {
	db, binary, err := s.SchemaVersion(ctx)
	switch {
	case err != nil:
		return err
	case db > binary:
		return fmt.Errorf("%w: version %d, this binary knows %d", ErrSchemaNewer, db, binary)
	case db < binary:
		return fmt.Errorf("%w: version %d, this binary needs %d", ErrSchemaOlder, db, binary)
	}
	return nil
}

func (s *Store) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return newMigrations(s.dialect, s.writer, files)
}

func newMigrations(d *dialect, db *sql.DB, files fs.FS) (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if d == postgresDialect {
		dialect = goose.DialectPostgres
		options = append(options, goose.WithSessionLocker(sessionLock{}))
	}
	p, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return p, nil
}

// sessionLock makes replicas that start together wait for the one that migrates. Goose's own lock asks once a second.
type sessionLock struct{}

var _ lock.SessionLocker = sessionLock{}

// SessionLock waits for the lock.
func (sessionLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock)
	return err
}

// SessionUnlock gives it back.
func (sessionLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", migrationLock)
	return err
}
