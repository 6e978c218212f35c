package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"guanjia/store/batch"
)

// The errors that callers tell apart.
var (
	ErrNotFound    = errors.New("not found")
	ErrSchemaNewer = errors.New("the database's schema is newer than this binary")
	ErrSchemaOlder = errors.New("the database's schema is older than this binary")
)

// Options of a Store. The zero value is right for production.
type Options struct {
	Log *zap.Logger // nil: silent
	// Synchronous is how SQLite waits for the disk: FULL (the default: what is committed survives a power cut) or NORMAL
	// (the last moments before a power cut may be lost, a crash of the process loses nothing).
	Synchronous string
	// MaxConns bounds the connections to PostgreSQL; 0 means 20.
	MaxConns int
	// Beside says that another process is at work with the database, as for a command beside a running bot. On SQLite, where one
	// writes at a time and nobody queues, its turn is looked for often and long (besidePatience).
	Beside bool
}

// Store is an open database.
type Store struct {
	dialect *dialect
	log     *zap.Logger
	url     string // may hold a password
	writer  *sql.DB
	reader  *sql.DB // the writer itself on PostgreSQL

	writes *statements // nil on PostgreSQL, whose driver keeps them itself
	reads  *statements
	group  *batch.Queue[txFunc, struct{}] // SQLite only: transactions that share a commit
	// patience is how long another process may keep the writer's lock, beyond what SQLite waits itself.
	patience time.Duration
	// appends are PostgreSQL's connections for the journal alone: it must not wait behind what handlers do.
	appends *sql.DB

	journal *Journal
}

// dialect is everything in which the engines' SQL differs.
type dialect struct {
	name string
	// skipLocked lets claims run beside each other. SQLite has one writer and no such words.
	skipLocked string
	// forUpdate holds a row for the rest of the transaction. SQLite's writer has everything to itself.
	forUpdate string
	// forKeyShare keeps a table of names from being changed for the rest of the transaction (holdOwner), lockLinks waits for
	// all who do and keeps them out.
	forKeyShare string
	lockLinks   string
	// largeReads prepares a transaction that reads whole tables; empty: there is nothing to prepare.
	largeReads string
	// clock is the engine's time in milliseconds: replicas with different clocks share the database's.
	clock string
}

// Open opens the database at url: "sqlite:PATH", or "postgres://..." as libpq knows it. It does not touch the schema.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	var s *Store
	var err error
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		s, err = openSQLite(rest, o)
	case "postgres", "postgresql":
		s, err = openPostgres(url, o)
	default:
		// The url may hold a password, so it is not repeated.
		return nil, errors.New("open database: the URL must begin with sqlite: or postgres://")
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s.log, s.url = o.Log, url
	s.journal = newJournal(s)
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Engine names the engine: "sqlite" or "postgres".
func (s *Store) Engine() string { return s.dialect.name }

// Ping tells whether the database can be read and written: a full disk and a database that only reads answer as well, but
// do not serve.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		return tx.Exec(ctx, "INSERT INTO probe (name, at) VALUES ('ping', "+tx.Clock()+") ON CONFLICT (name) DO UPDATE SET at = excluded.at")
	})
	if err != nil {
		return fmt.Errorf("write to database: %w", err)
	}
	return nil
}

// connect tells whether the database answers.
func (s *Store) connect(ctx context.Context) error {
	for _, db := range []*sql.DB{s.writer, s.reader} {
		if err := db.PingContext(ctx); err != nil {
			return fmt.Errorf("reach database: %w", err)
		}
	}
	return nil
}

// Close finishes the writes that wait and closes the database. Nothing may be asked of s afterwards.
func (s *Store) Close() error {
	s.journal.close()
	if s.group != nil {
		s.group.Close()
	}
	err := errors.Join(s.writes.close(), s.reads.close())
	if s.reader != s.writer {
		err = errors.Join(err, s.reader.Close())
	}
	if s.appends != nil {
		err = errors.Join(err, s.appends.Close())
	}
	if err = errors.Join(err, s.writer.Close()); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Journal is the journal of the database.
func (s *Store) Journal() *Journal { return s.journal }
