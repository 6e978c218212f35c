//go:build !postgres

package store

import "errors"

// openPostgres says why there is no PostgreSQL in this build: pgx's database/sql driver needs github.com/jackc/puddle/v2,
// which go.mod does not require yet.
func openPostgres(string, Options) (*Store, error) {
	return nil, errors.New("this build has no PostgreSQL: go.mod lacks github.com/jackc/puddle/v2")
}
