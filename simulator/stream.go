package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	streamBuffer    = 256              // events a page may be behind before it is cut off to start afresh
	streamHeartbeat = 15 * time.Second // so that proxies keep the connection
)

// event is one server-sent event.
type event struct {
	kind string
	data []byte
}

// stream tells the open pages what happens.
type stream struct {
	mu     sync.Mutex
	closed bool
	pages  map[chan event]struct{}
}

func newStream() *stream { return &stream{pages: map[chan event]struct{}{}} }

// watch adds a page; its channel is closed when the page is too slow or the simulator closes.
func (st *stream) watch() chan event {
	c := make(chan event, streamBuffer)
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		close(c)
	} else {
		st.pages[c] = struct{}{}
	}
	return c
}

func (st *stream) leave(c chan event) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.drop(c)
}

// drop closes a page's channel; st.mu is held.
func (st *stream) drop(c chan event) {
	if _, ok := st.pages[c]; ok {
		delete(st.pages, c)
		close(c)
	}
}

func (st *stream) send(e event) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for c := range st.pages {
		select {
		case c <- e:
		default:
			st.drop(c)
		}
	}
}

func (st *stream) close() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.closed = true
	for c := range st.pages {
		st.drop(c)
	}
}

// publish shows something to the open pages.
func (s *Simulator) publish(kind string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		s.log.Error("event not shown", zap.String("event", kind), zap.Error(err))
		return
	}
	s.stream.send(event{kind: kind, data: data})
}

// serveEvents is GET api/events. The first event, hello, says that everything from here on will be told: a page reads the
// state then, and again after each reconnect.
func (s *Simulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	rc := http.NewResponseController(w)
	_ = rc.SetWriteDeadline(time.Time{}) // unlimited; a server without deadlines does not know the call
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	events := s.stream.watch()
	defer s.stream.leave(events)
	heartbeat := time.NewTicker(streamHeartbeat)
	defer heartbeat.Stop()
	fmt.Fprint(w, "retry: 1000\nevent: hello\ndata: {}\n\n")
	for {
		if rc.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-heartbeat.C:
			fmt.Fprint(w, ": still here\n\n")
		case e, ok := <-events:
			if !ok {
				return
			}
			fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.kind, e.data)
		}
	}
}
