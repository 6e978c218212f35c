package store

import (
	"cmp"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	postgresConns = 20
	// postgresIdle is after how long an unused connection is closed, so that a quiet replica gives back what a rush took.
	postgresIdle = 5 * time.Minute
)

var postgresDialect = &dialect{
	name:        "postgres",
	skipLocked:  " FOR UPDATE SKIP LOCKED",
	forUpdate:   " FOR UPDATE",
	forKeyShare: " FOR KEY SHARE",
	lockLinks:   "LOCK TABLE identity IN EXCLUSIVE MODE",
	largeReads:  "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL enable_mergejoin = off; SET LOCAL enable_nestloop = off; SET LOCAL plan_cache_mode = force_custom_plan",
	clock:       "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
}

func openPostgres(url string, o Options) (*Store, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the postgres:// URL can't be read; special characters in its password must be percent-encoded")
	}
	db := stdlib.OpenDB(*config)
	n := cmp.Or(o.MaxConns, postgresConns)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	db.SetConnMaxIdleTime(postgresIdle)
	appends := stdlib.OpenDB(*config)
	appends.SetMaxOpenConns(journalWriters)
	appends.SetMaxIdleConns(journalWriters)
	return &Store{dialect: postgresDialect, writer: db, reader: db, appends: appends}, nil
}

// Classes and codes of PostgreSQL's errors (manual, appendix A).
const (
	classData       = "22"
	classIntegrity  = "23"
	classLimit      = "54"
	codeSerialize   = "40001"
	codeDeadlock    = "40P01"
	codeUnsupported = "0A000" // "cached plan must not change result type", after a migration
)

// isDataError tells whether the database refused the data itself, so that other data may well pass.
func isDataError(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) < 2 {
		return false
	}
	switch pg.Code[:2] {
	case classData, classIntegrity, classLimit:
		return true
	}
	return false
}

// isRetryable tells whether the same transaction may pass when run again.
func isRetryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == codeSerialize || pg.Code == codeDeadlock || pg.Code == codeUnsupported)
}
