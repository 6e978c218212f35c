package kf

import "sync"

// watermark knows up to where everything that was pulled has been dealt with. Pages are pulled ahead of it, so that one slow
// customer does not stop the others.
type watermark struct {
	mu    sync.Mutex
	pages []*page // in the order they were pulled
	open  int     // items not dealt with, of all pages
	moved chan struct{}
}

// page is what one pull brought.
type page struct {
	next string // the cursor behind it
	open int
}

func newWatermark() *watermark { return &watermark{moved: make(chan struct{}, 1)} }

// add begins a page of so many items. The function it returns is called once for each item that has been dealt with.
func (w *watermark) add(next string, items int) (done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := &page{next: next, open: items}
	w.pages = append(w.pages, p)
	w.open += items
	w.tell()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		p.open--
		w.open--
		w.tell()
	}
}

func (w *watermark) tell() {
	select {
	case w.moved <- struct{}{}:
	default:
	}
}

// reach gives the cursor before which everything is dealt with, and forgets those pages; ok is false when it has not moved.
func (w *watermark) reach() (cursor string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pages) > 0 && w.pages[0].open == 0 {
		cursor, ok = w.pages[0].next, true
		w.pages = w.pages[1:]
	}
	return cursor, ok
}

// pending is how many items are not dealt with.
func (w *watermark) pending() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open
}
