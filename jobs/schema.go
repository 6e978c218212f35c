package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"guanjia/store"
)

// ErrSchemaOlder says that the tables of jobs are missing or older than this version's.
var ErrSchemaOlder = errors.New("the database's tables of jobs are older than this binary")

// migrator is River's of either engine.
type migrator interface {
	Migrate(ctx context.Context, direction rivermigrate.Direction, opts *rivermigrate.MigrateOpts) (*rivermigrate.MigrateResult, error)
	Validate(ctx context.Context, opts *rivermigrate.ValidateOpts) (*rivermigrate.ValidateResult, error)
}

const (
	// migrateTries is how often replicas that start together try: one of them is the first.
	migrateTries = 8
	migratePause = 50 * time.Millisecond
)

// Migrate brings the tables of jobs to this version. It does nothing when they are there.
func Migrate(ctx context.Context, s *store.Store) error {
	return withMigrator(ctx, s, func(m migrator) error {
		for try := 1; ; try++ {
			_, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil)
			if err == nil {
				return nil
			}
			if r, verr := m.Validate(ctx, nil); verr == nil && r.OK {
				return nil // another process was faster
			}
			if try == migrateTries || ctx.Err() != nil {
				return fmt.Errorf("migrate jobs: %w", err)
			}
			time.Sleep(time.Duration(try) * migratePause)
		}
	})
}

// CheckSchema errs with ErrSchemaOlder unless the tables of jobs are this version's or newer.
func CheckSchema(ctx context.Context, s *store.Store) error {
	return withMigrator(ctx, s, func(m migrator) error {
		for try := 1; ; try++ {
			r, err := m.Validate(ctx, nil)
			switch {
			case err == nil && !r.OK:
				return ErrSchemaOlder
			case err == nil:
				return nil
			case try == migrateTries || ctx.Err() != nil: // on SQLite it wants the writer's lock, which a busy bot seldom lets go
				return fmt.Errorf("check the tables of jobs: %w", err)
			}
			time.Sleep(time.Duration(try) * migratePause)
		}
	})
}

func withMigrator(ctx context.Context, s *store.Store, f func(migrator) error) error {
	if s.Engine() == "sqlite" {
		m, err := rivermigrate.New(riversqlite.New(s.Writer()), nil)
		if err != nil {
			return fmt.Errorf("prepare the tables of jobs: %w", err)
		}
		return f(m)
	}
	pool, err := s.OpenPool(ctx, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("prepare the tables of jobs: %w", err)
	}
	return f(m)
}
