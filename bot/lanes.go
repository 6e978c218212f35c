package bot

import "sync"

// lanes keeps the events of one person in their order of arrival within this process; different persons never wait for each
// other. Across processes the lease does the same, without the order.
type lanes struct {
	mu    sync.Mutex
	tails map[Person]chan struct{}
}

func newLanes() *lanes { return &lanes{tails: map[Person]chan struct{}{}} }

// enter takes a place in p's lane. Work may begin when before is closed (nil: at once); leave must be called once after.
func (l *lanes) enter(p Person) (before <-chan struct{}, leave func()) {
	mine := make(chan struct{})
	l.mu.Lock()
	prior := l.tails[p]
	l.tails[p] = mine
	l.mu.Unlock()
	return prior, func() {
		l.mu.Lock()
		if l.tails[p] == mine {
			delete(l.tails, p)
		}
		l.mu.Unlock()
		close(mine)
	}
}
