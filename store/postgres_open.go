package store

import (
	"cmp"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

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
	return &Store{dialect: postgresDialect, writer: db, reader: db}, nil
}
