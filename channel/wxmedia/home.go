package wxmedia

import (
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/content"
	"guanjia/store"
)

// Home is whom the platform keeps files for: a corp of WeCom's, all of whose apps may use them, or an official account.
type Home struct {
	Kind     wxapi.Kind
	ID       string            // the corp's or the official account's
	Accounts []bot.AccountName // that answer for it; the first names it in logs and metrics
	API      *wxapi.Caller
	Tokens   *wxapi.Source
}

// home is a Home with what is known about it.
type home struct {
	Home
	wake    chan struct{} // holds one
	flights singleflight.Group

	mu     sync.RWMutex
	files  []content.File        // that the home takes
	sums   map[spot]string       // of the content's files
	have   map[item]store.Upload // what the platform keeps
	failed map[item]failure
}

func newHome(h Home) *home {
	return &home{Home: h, wake: make(chan struct{}, 1), have: map[item]store.Upload{}, failed: map[item]failure{}}
}

// owner names the home in the records.
func (h *home) owner() string { return string(h.Kind) + ":" + h.ID }

// account names the home in logs and metrics.
func (h *home) account() bot.AccountName { return h.Accounts[0] }

// use takes up the content's files, and tells which the home can't take, and why.
func (h *home) use(files []content.File) (unfit map[string]string) {
	unfit = map[string]string{}
	var taken []content.File
	sums := map[spot]string{}
	for _, f := range files {
		_, ok, why := placeOf(h.Kind, f)
		if ok {
			taken = append(taken, f)
			sums[spot{f.Path, f.Form}] = f.Sum
		} else if why != "" {
			unfit[f.Path] = why
		}
	}
	h.mu.Lock()
	h.files, h.sums = taken, sums
	clear(h.failed) // somebody has done something about it
	h.mu.Unlock()
	h.hurry()
	return unfit
}

// hurry lets the loop look at once.
func (h *home) hurry() {
	select {
	case h.wake <- struct{}{}:
	default: // it will
	}
}

// find gives the id of a file that lives; empty: there is none.
func (h *home) find(path string, form content.Form, now time.Time) string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if u := h.have[item{form, h.sums[spot{path, form}]}]; live(u, now) {
		return u.MediaID
	}
	return ""
}

// file finds a file of the content.
func (h *home) file(at spot) (content.File, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, f := range h.files {
		if f.Path == at.path && f.Form == at.form {
			return f, true
		}
	}
	return content.File{}, false
}

// learn replaces what is known by what the records say.
func (h *home) learn(uploads []store.Upload) {
	have := make(map[item]store.Upload, len(uploads))
	for _, u := range uploads {
		have[item{content.Form(u.Form), u.Sum}] = u
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.have = have
}

// landed notes an upload, or that it failed.
func (h *home) landed(f content.File, u store.Upload, o Outcome, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if o == Uploaded {
		h.have[itemOf(f)] = u
		delete(h.failed, itemOf(f))
		return
	}
	h.failed[itemOf(f)] = h.failed[itemOf(f)].after(o, now)
}

// forget drops an id that the platform does not know, unless there is another one already.
func (h *home) forget(i item, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.have[i].MediaID == id {
		delete(h.have, i)
	}
}

// resting tells whether nothing should be uploaded now.
func (h *home) resting(now time.Time) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return resting(h.failed, now)
}

// todo lists what is to be uploaded now, and tells how many files have no id that lives.
func (h *home) todo(now time.Time) (files []content.File, missing int) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	seen := map[item]bool{}
	for _, f := range h.files {
		if i := itemOf(f); !seen[i] {
			seen[i] = true
			if !live(h.have[i], now) {
				missing++
			}
		}
	}
	return due(h.files, h.have, h.failed, now), missing
}
