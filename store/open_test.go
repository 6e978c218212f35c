package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "a file")
	if err := os.WriteFile(file, []byte("This is no database. It is long enough to be taken for one, though, if one looks at its size only."), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		url string
		o   Options
	}{
		"nothing":              {url: ""},
		"another engine":       {url: "mysql://root:hunter2@localhost/x"},
		"a bare path":          {url: "/data/guanjia.db"},
		"no path":              {url: "sqlite:"},
		"memory":               {url: "sqlite::memory:"},
		"a folder":             {url: "sqlite:" + folder},
		"no database":          {url: "sqlite:" + file},
		"below a file":         {url: "sqlite:" + file + "/x.db"},
		"unknown synchronous":  {url: "sqlite:" + folder + "/x.db", o: Options{Synchronous: "OFF; DROP TABLE"}},
		"broken postgres":      {url: "postgres://user:hunter2@host:port/db?sslmode=perhaps"},
		"postgres that is not": {url: "postgres://user:hunter2@127.0.0.1:1/db?connect_timeout=1"},
		"unescaped password":   {url: "postgres://user:hunter2%zz@127.0.0.1/db"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Open(t.Context(), c.url, c.o)
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestOpenSQLiteAnywhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain.db", "with space.db", "数据.db", "100%.db", "a?b#c&d=e.db", "deep/er/x.db", "semi;colon'quote.db"} {
		path := filepath.Join(t.TempDir(), name)
		s := migrated(t, "sqlite:"+path)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.CheckSchema(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpenRelativeSQLite(t *testing.T) {
	t.Chdir(t.TempDir())
	migrated(t, "sqlite:./data/guanjia.db")
	if _, err := os.Stat("data/guanjia.db"); err != nil {
		t.Error(err)
	}
}

func TestSQLiteSettings(t *testing.T) {
	t.Parallel()
	for synchronous, want := range map[string]int{"": 2, "FULL": 2, "full": 2, "NORMAL": 1} {
		s, err := Open(t.Context(), sqliteURL(t), Options{Synchronous: synchronous})
		if err != nil {
			t.Fatal(err)
		}
		for pragma, want := range map[string]int{"synchronous": want, "busy_timeout": 5000, "foreign_keys": 1, "query_only": 0} {
			var got int
			if err := s.writer.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%q: the writer's %s is %d, %v", synchronous, pragma, got, err)
			}
		}
		var mode string
		if err := s.reader.QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
			t.Errorf("journal mode is %q, %v", mode, err)
		}
		if _, err := s.reader.Exec("CREATE TABLE x (y TEXT)"); err == nil {
			t.Error("a reader wrote")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"($1)":                  placeholders(1, 1, 1),
		"($5,$6),($7,$8)":       placeholders(5, 2, 2),
		"($9),($10),($11)":      placeholders(9, 3, 1),
		"($1,$2,$3),($4,$5,$6)": placeholders(1, 2, 3),
	} {
		if got != want {
			t.Errorf("%s instead of %s", got, want)
		}
	}
}
