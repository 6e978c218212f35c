package app

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"
)

// TestWatchSeesEveryWayToChange: a change is seen however it is made.
func TestWatchSeesEveryWayToChange(t *testing.T) {
	t.Parallel()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put := func(t *testing.T, file, text string) {
		t.Helper()
		must(t, os.MkdirAll(filepath.Dir(file), 0o700))
		must(t, os.WriteFile(file, []byte(text), 0o600))
	}
	for name, c := range map[string]struct {
		before func(t *testing.T, dir string) (watched string)
		change func(t *testing.T, dir string)
	}{
		"file written in place": {
			func(t *testing.T, dir string) string { put(t, dir+"/bot.env", "a=1"); return dir + "/bot.env" },
			func(t *testing.T, dir string) { put(t, dir+"/bot.env", "a=2") },
		},
		"file renamed over": {
			func(t *testing.T, dir string) string { put(t, dir+"/bot.env", "a=1"); return dir + "/bot.env" },
			func(t *testing.T, dir string) {
				put(t, dir+"/new", "a=2")
				must(t, os.Rename(dir+"/new", dir+"/bot.env"))
			},
		},
		"file that comes": {
			func(_ *testing.T, dir string) string { return dir + "/bot.env" },
			func(t *testing.T, dir string) { put(t, dir+"/bot.env", "a=2") },
		},
		"file that goes": {
			func(t *testing.T, dir string) string { put(t, dir+"/bot.env", "a=1"); return dir + "/bot.env" },
			func(t *testing.T, dir string) { must(t, os.Remove(dir+"/bot.env")) },
		},
		"file of a Kubernetes ConfigMap": {
			func(t *testing.T, dir string) string {
				put(t, dir+"/..1/bot.env", "a=1")
				must(t, os.Symlink("..1", dir+"/..data"))
				must(t, os.Symlink("..data/bot.env", dir+"/bot.env"))
				return dir + "/bot.env"
			},
			func(t *testing.T, dir string) {
				put(t, dir+"/..2/bot.env", "a=2")
				must(t, os.Symlink("..2", dir+"/..next"))
				must(t, os.Rename(dir+"/..next", dir+"/..data"))
			},
		},
		"folder of a Kubernetes ConfigMap": {
			func(t *testing.T, dir string) string {
				put(t, dir+"/..1/quiz.yaml", "a")
				must(t, os.Symlink("..1", dir+"/..data"))
				must(t, os.Symlink("..data/quiz.yaml", dir+"/quiz.yaml"))
				return dir
			},
			func(t *testing.T, dir string) {
				put(t, dir+"/..2/quiz.yaml", "b")
				must(t, os.Symlink("..2", dir+"/..next"))
				must(t, os.Rename(dir+"/..next", dir+"/..data"))
			},
		},
		"file in a folder of a folder": {
			func(t *testing.T, dir string) string { put(t, dir+"/c/shop/quiz.yaml", "a"); return dir + "/c" },
			func(t *testing.T, dir string) { put(t, dir+"/c/shop/quiz.yaml", "bb") },
		},
		"folder that comes": {
			func(t *testing.T, dir string) string { put(t, dir+"/c/quiz.yaml", "a"); return dir + "/c" },
			func(t *testing.T, dir string) { put(t, dir+"/c/shop/quiz.yaml", "b") },
		},
		"folder replaced": {
			func(t *testing.T, dir string) string { put(t, dir+"/c/quiz.yaml", "a"); return dir + "/c" },
			func(t *testing.T, dir string) {
				put(t, dir+"/d/quiz.yaml", "b")
				must(t, os.Rename(dir+"/c", dir+"/old"))
				must(t, os.Rename(dir+"/d", dir+"/c"))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := c.before(t, dir)
			var changes atomic.Int32
			w := &watcher{path: path, log: zap.NewNop(), changed: func() { changes.Add(1) }}
			ctx, cancel := context.WithCancel(t.Context())
			var running sync.WaitGroup
			read := takeFingerprint(path)
			running.Go(func() { w.run(ctx, read) })
			t.Cleanup(running.Wait)
			t.Cleanup(cancel)
			c.change(t, dir)
			eventually(t, "the change is seen", func() bool { return changes.Load() > 0 })
		})
	}
}

// TestWatchMissesNothingBefore: a change between reading the file and watching it is seen too.
func TestWatchMissesNothingBefore(t *testing.T) {
	t.Parallel()
	file := write(t, "bot.env", "a=1")
	read := takeFingerprint(file)
	if err := os.WriteFile(file, []byte("a=2"), 0o600); err != nil {
		t.Fatal(err)
	}
	var changes atomic.Int32
	w := &watcher{path: file, log: zap.NewNop(), changed: func() { changes.Add(1) }}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.run(ctx, read) })
	eventually(t, "the change is seen", func() bool { return changes.Load() == 1 })
	cancel()
	running.Wait()
}

// TestFingerprintOfLinks: what counts is the file behind the link.
func TestFingerprintOfLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, f := range []string{"a.yaml", "b.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, "."+f), []byte("same"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(dir, "quiz.yaml")
	if err := os.Symlink(".a.yaml", link); err != nil {
		t.Fatal(err)
	}
	before := takeFingerprint(dir)
	if before != takeFingerprint(dir) {
		t.Error("it differs without a change")
	}
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(".b.yaml", link); err != nil {
		t.Fatal(err)
	}
	if before == takeFingerprint(dir) {
		t.Error("another file of the same size behind the link is not seen")
	}
}
