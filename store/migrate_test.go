package store

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"guanjia/internal/testproc"
)

var engines = map[string]func(testing.TB) string{"SQLite": sqliteURL, "PostgreSQL": testproc.Postgres}

func onEachEngine(t *testing.T, f func(t *testing.T, url string)) {
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, url(t))
		})
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, url string) {
		s := open(t, url)
		if err := s.CheckSchema(t.Context()); !errors.Is(err, ErrSchemaOlder) {
			t.Fatalf("an empty database: %v", err)
		}
		_, binary, err := s.SchemaVersion(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range []int64{0, binary} { // the second does nothing
			was, is, err := s.Migrate(t.Context())
			if err != nil || was != from || is != binary {
				t.Fatalf("from %d to %d, %v", was, is, err)
			}
		}
		if err := s.CheckSchema(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, url string) {
		s := migrated(t, url)
		if _, err := s.writer.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)"); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckSchema(t.Context()); !errors.Is(err, ErrSchemaNewer) {
			t.Errorf("check: %v", err)
		}
		if _, _, err := s.Migrate(t.Context()); !errors.Is(err, ErrSchemaNewer) {
			t.Errorf("migrate: %v", err)
		}
	})
}

func TestReplicasMigrateTogether(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, url string) {
		var replicas sync.WaitGroup
		for range 4 {
			s := open(t, url)
			replicas.Go(func() {
				if _, _, err := s.Migrate(t.Context()); err != nil {
					t.Errorf("migrate: %v", err)
				}
				if err := s.CheckSchema(t.Context()); err != nil {
					t.Errorf("check: %v", err)
				}
			})
		}
		replicas.Wait()
	})
}

func TestMigrateStopsWithItsContext(t *testing.T) {
	t.Parallel()
	onEachEngine(t, func(t *testing.T, url string) {
		s := open(t, url)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := s.Migrate(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("migrate: %v", err)
		}
	})
}

// TestEveryWayLeadsToOneSchema migrates at once, step by step, and down and up again.
func TestEveryWayLeadsToOneSchema(t *testing.T) {
	t.Parallel()
	schemas := map[string][]string{}
	var mu sync.Mutex
	t.Run("engines", func(t *testing.T) {
		onEachEngine(t, func(t *testing.T, url string) {
			s := open(t, url)
			p, err := s.migrations()
			if err != nil {
				t.Fatal(err)
			}
			for range p.ListSources() {
				if _, err := p.UpByOne(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			steps := schema(t, s)
			if _, err := p.DownTo(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
			if left := schema(t, s); len(left) != 0 {
				t.Errorf("the way down leaves %v", left)
			}
			if _, _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(steps, schema(t, s)); d != "" {
				t.Errorf("step by step differs from at once:\n%s", d)
			}
			mu.Lock()
			defer mu.Unlock()
			schemas[s.Engine()] = steps
		})
	})
	if d := cmp.Diff(schemas["sqlite"], schemas["postgres"]); d != "" {
		t.Errorf("the engines' schemas differ:\n%s", d)
	}
}

// schema lists columns and indexes in words that both engines share.
func schema(t *testing.T, s *Store) []string {
	t.Helper()
	query := `SELECT 'column ' || m.name || '.' || c.name || ' ' || lower(c.type) || CASE WHEN c."notnull" = 1 THEN ' not null' ELSE '' END
			FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'
		UNION ALL SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`
	if s.Engine() == "postgres" {
		query = `SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END
				FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose%'
			UNION ALL SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey' AND tablename NOT LIKE 'goose%'`
	}
	lines, err := All(t.Context(), s.read(), scalar[string], query)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range lines {
		lines[i] = strings.NewReplacer(" bytea", " bytes", " blob", " bytes").Replace(l)
	}
	slices.Sort(lines)
	return lines
}

// TestMigrationsHaveNumbersOfTheirOwn keeps a merge from bringing two of the same number: goose would run one of them only.
func TestMigrationsHaveNumbersOfTheirOwn(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrationFiles, "migrations/*")
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]string{}
	for _, f := range files {
		number, _, _ := strings.Cut(path.Base(f), "_")
		if n, err := strconv.Atoi(number); err != nil || len(number) != 5 || n < 1 {
			t.Errorf("%s should begin with five digits", f)
		}
		if other, there := taken[number]; there {
			t.Errorf("%s has the number of %s", f, other)
		}
		taken[number] = f
	}
}

// TestHotQueriesUseTheirIndexes asks SQLite's planner: a plain index can make it read every free code for one claim.
func TestHotQueriesUseTheirIndexes(t *testing.T) {
	t.Parallel()
	s := migrated(t, sqliteURL(t))
	for query, index := range map[string]string{
		"SELECT code FROM coupon WHERE campaign = 'c' AND taken_at IS NULL ORDER BY seq LIMIT 1":                                              "coupon_free (campaign=?)",
		"SELECT count(*) FROM quiz_standing WHERE campaign = 'c' AND (deficit, took_ms, finished_at, user_id, account) < (1, 2, 3, '4', '5')": "quiz_standing_rank (campaign=? AND (deficit,took_ms,finished_at,user_id,account)<(?,?,?,?,?))",
		"SELECT user_id FROM quiz_standing WHERE campaign = 'c' ORDER BY deficit, took_ms, finished_at, user_id, account":                     "quiz_standing_rank (campaign=?)",
		"SELECT account FROM journal WHERE reply IS NOT NULL AND received_at < 1 ORDER BY received_at LIMIT 1":                                "journal_untrimmed (received_at<?)",
		"UPDATE journal SET said = '' WHERE account = 'a' AND user_id = 'u' AND private":                                                      "journal_person (account=? AND user_id=?)",
		"SELECT code FROM coupon_claim WHERE campaign = 'c' AND (account, user_id) > ('a', 'u') ORDER BY account, user_id LIMIT 10":           "sqlite_autoindex_coupon_claim_1 (campaign=? AND (account,user_id)>(?,?))",
		"SELECT owner_account, owner_user FROM identity WHERE account = 'a' AND user_id = 'u'":                                                "sqlite_autoindex_identity_1 (account=? AND user_id=?)",
		"SELECT account, user_id FROM identity WHERE owner_account = 'a' AND owner_user = 'u'":                                                "identity_owner (owner_account=? AND owner_user=?)",
		"SELECT user_id FROM journal WHERE reply IS NOT NULL AND received_at > 1 ORDER BY received_at LIMIT 10":                               "journal_untrimmed (received_at>?)",
		"SELECT user_id FROM journal WHERE account = 'a' AND received_at > 1 AND kind IN ('text')":                                            "journal_received (account=? AND received_at>?)",
		"SELECT sent FROM kf_talk WHERE account = 'a' AND user_id = 'u'":                                                                      "kf_talk_person (account=? AND user_id=?)",
		"SELECT kind FROM contact_dirty WHERE account = 'a' AND due_at <= 1 ORDER BY due_at LIMIT 10":                                         "contact_dirty_due (account=? AND due_at<?)",
		"SELECT 1 FROM contact_relation WHERE account = 'a' AND user_id = 'u' AND member <> 'm' AND ended_at = 0 LIMIT 1":                     "(account=? AND user_id=?)",
		"SELECT event_key, reply FROM hot_event WHERE account = 'a' AND user_id = 'u' AND late_until > 1 ORDER BY late_until":                 "(account=? AND user_id=?)",
		"SELECT account, user_id, event_key FROM hot_event WHERE keep_until <= 1 ORDER BY keep_until LIMIT 500":                               "hot_event_keep (keep_until<?)",
	} {
		plan, err := All(t.Context(), s.read(), func(r Row) (detail string, err error) {
			var id, parent, unused int
			return detail, r.Scan(&id, &parent, &unused, &detail)
		}, "EXPLAIN QUERY PLAN "+query)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(plan, "; ")
		if !strings.Contains(got, index) || strings.Contains(got, "TEMP B-TREE") && !strings.Contains(query, "late_until >") {
			t.Errorf("%s\n got %s\nwant %s", query, got, index)
		}
	}
}
