package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"
)

const (
	// pollEvery looks at the files even when nobody tells of a change: not every file system does.
	pollEvery = time.Second
	// gatherFor is how long events are taken together before the files are looked at.
	gatherFor = 30 * time.Millisecond
	// settleFor is how long files must stay the same before they are read: editors write in several steps.
	settleFor = 100 * time.Millisecond
	// settleWithin bounds the wait for files that never stay the same.
	settleWithin = 500 * time.Millisecond
)

// watcher calls changed after a file, or a file in a folder, has changed.
type watcher struct {
	path    string // a file or a folder
	changed func()
	log     *zap.Logger
}

// run watches until ctx ends. It watches the folder of a file and not the file itself, so that a file replaced by another
// (as editors and Kubernetes do it) is still seen.
func (w *watcher) run(ctx context.Context, seen fingerprint) {
	var events <-chan fsnotify.Event
	var lost <-chan error
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		w.log.Warn("the system tells of no file changes, so they are looked for every second", zap.String("path", w.path), zap.Error(err))
	} else {
		defer func() { _ = notify.Close() }()
		events, lost = notify.Events, notify.Errors
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		w.follow(notify)
		select {
		case <-ctx.Done():
			return
		case <-events:
			w.gather(ctx, events)
		case err := <-lost:
			w.log.Debug("file changes were lost, the next look finds them", zap.String("path", w.path), zap.Error(err))
		case <-tick.C:
		}
		if now := takeFingerprint(w.path); now != seen {
			seen = w.settled(ctx, now)
			w.changed()
		}
	}
}

// gather takes the events of a moment as one: a busy folder must not have its files looked at for each of them.
func (w *watcher) gather(ctx context.Context, events <-chan fsnotify.Event) {
	moment := time.NewTimer(gatherFor)
	defer moment.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
		case <-moment.C:
			return
		}
	}
}

// follow adds the folders that are not watched yet; adding one again is harmless.
func (w *watcher) follow(notify *fsnotify.Watcher) {
	if notify == nil {
		return
	}
	for _, dir := range foldersOf(w.path) {
		_ = notify.Add(dir) // a folder that can't be watched is polled
	}
}

// settled waits until the files stay the same for a moment.
func (w *watcher) settled(ctx context.Context, last fingerprint) fingerprint {
	for deadline := time.Now().Add(settleWithin); time.Now().Before(deadline); {
		select {
		case <-ctx.Done():
			return last
		case <-time.After(settleFor):
		}
		now := takeFingerprint(w.path)
		if now == last {
			break
		}
		last = now
	}
	return last
}

// fingerprint differs when a watched file differs.
type fingerprint [sha256.Size]byte

// takeFingerprint looks at a file, or at the names, sizes, times and contents' identity of every file in a folder.
func takeFingerprint(path string) fingerprint {
	h := sha256.New()
	info, err := os.Stat(path)
	switch {
	case err != nil:
		h.Write([]byte(err.Error()))
	case !info.IsDir():
		// The whole text: a small file may be written twice within one tick of the file system's clock.
		b, err := os.ReadFile(path)
		if err != nil {
			h.Write([]byte(err.Error()))
		}
		h.Write(b)
	default:
		_ = filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				h.Write([]byte(err.Error()))
				return nil
			}
			if e.IsDir() && name != path && hiddenName(name) {
				return fs.SkipDir
			}
			if info, err := os.Stat(name); err == nil && !info.IsDir() { // through links
				h.Write([]byte(name))
				_ = binary.Write(h, binary.BigEndian, []int64{info.Size(), info.ModTime().UnixNano(), int64(info.Mode()), inode(info)})
			}
			return nil
		})
	}
	return fingerprint(h.Sum(nil))
}

// foldersOf lists the folders in which a change of path shows.
func foldersOf(path string) []string {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{filepath.Dir(path)}
	}
	dirs := []string{filepath.Dir(filepath.Clean(path))} // a folder may be replaced as a whole
	_ = filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil
		}
		if name != path && hiddenName(name) {
			return fs.SkipDir
		}
		dirs = append(dirs, name)
		return nil
	})
	return dirs
}

// hiddenName tells what is passed over, as the content loader does: Kubernetes keeps its copies in such folders.
func hiddenName(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }
