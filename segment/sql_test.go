package segment_test

import (
	"testing"

	"guanjia/internal/testproc"
	"guanjia/segment"
	"guanjia/store"
)

func TestSQLMeansWhatTheExpressionSays(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func(testing.TB) string{
		"SQLite": func(t testing.TB) string { return "sqlite:" + t.TempDir() + "/guanjia.db" }, "PostgreSQL": testproc.Postgres,
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), url(t), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			if _, _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			segment.CheckSQL(t, s)
		})
	}
}
