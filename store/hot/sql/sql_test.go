package sql_test

import (
	"path/filepath"
	"testing"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/internal/testproc"
	"guanjia/store/hot/sql"
	"guanjia/store/storetest"
)

func opener(t testing.TB, url string) storetest.OpenHot {
	return func() bot.HotState { return sql.New(storetest.Open(t, url), sql.Options{}) }
}

func sqliteURL(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "guanjia.db") }

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.RunHot(t, func(t testing.TB) storetest.OpenHot { return opener(t, sqliteURL(t)) })
}

func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	storetest.RunHot(t, func(t testing.TB) storetest.OpenHot { return opener(t, testproc.Postgres(t)) })
}

func TestShared(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) string{"SQLite": sqliteURL, "PostgreSQL": testproc.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunShared(t, func(t testing.TB) storetest.OpenShared {
				url := fresh(t)
				return func() wxapi.Shared { return sql.New(storetest.Open(t, url), sql.Options{}) }
			})
		})
	}
}

func BenchmarkBeginFinish(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchHot(b, opener(b, sqliteURL(b))()) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchHot(b, opener(b, testproc.Postgres(b))()) })
}

func TestCaps(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) string{"SQLite": sqliteURL, "PostgreSQL": testproc.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunCaps(t, func(t testing.TB) storetest.OpenCaps {
				url := fresh(t)
				return func() storetest.CapState { return sql.New(storetest.Open(t, url), sql.Options{}) }
			})
		})
	}
}
