package store_test

import (
	"path/filepath"
	"testing"

	"guanjia/internal/testproc"
	"guanjia/store/storetest"
)

func sqliteURL(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "guanjia.db") }

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.RunRecords(t, sqliteURL)
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.RunRecords(t, testproc.Postgres)
}
