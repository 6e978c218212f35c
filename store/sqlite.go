package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite" // and the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// sqliteReaders are the connections that read beside the one that writes.
	sqliteReaders = 4
	// groupMax bounds the transactions that share a commit: beyond some dozens the disk is no longer what costs.
	groupMax = 128
)

var sqliteDialect = &dialect{name: "sqlite", clock: "CAST(unixepoch('subsec') * 1000 AS BIGINT)"}

// besidePatience is how long a command waits for its turn to write beside a bot that writes all the time.
const besidePatience = 30 * time.Second

// openSQLite opens the database file at path, and makes it and its folder when missing.
func openSQLite(path string, o Options) (*Store, error) {
	path = strings.TrimPrefix(path, "//")
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, errors.New("sqlite: needs the path of a file, as in sqlite:./data/guanjia.db")
	}
	synchronous := strings.ToUpper(o.Synchronous)
	switch synchronous {
	case "":
		synchronous = "FULL"
	case "FULL", "NORMAL":
	default:
		return nil, fmt.Errorf("synchronous is FULL or NORMAL, not %q", o.Synchronous)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("make the database's folder: %w", err)
	}
	busy := "busy_timeout(5000)" // milliseconds; another process may hold the writer's lock
	if o.Beside {
		busy = "busy_timeout(200)" // SQLite looks less and less often: it begins anew (begin)
	}
	pragmas := url.Values{"_pragma": {
		busy,
		"journal_mode(WAL)",
		"synchronous(" + synchronous + ")",
		"foreign_keys(1)",
		"journal_size_limit(67108864)", // bytes; a rush must not leave its log on the disk for ever
	}}
	// Immediate: a transaction that reads before it writes would otherwise fail at once when another one wrote in between.
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas.Encode() + "&_txlock=immediate"
	writer, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	s := &Store{dialect: sqliteDialect, writer: writer, reader: reader, writes: newStatements(writer), reads: newStatements(reader)}
	if o.Beside {
		s.patience = besidePatience
	}
	s.group = newGroup(s)
	return s, nil
}

// isBusy tells whether another process has the writer's lock.
func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY // the rest of the code says more of the reason
}
