package sql_test

import (
	"path/filepath"
	"testing"

	"guanjia/bot"
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

func BenchmarkBeginFinish(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { storetest.BenchHot(b, opener(b, sqliteURL(b))()) })
	b.Run("PostgreSQL", func(b *testing.B) { storetest.BenchHot(b, opener(b, testproc.Postgres(b))()) })
}
