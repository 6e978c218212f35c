package app

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// pingTimeout is how long a part may take to answer.
	pingTimeout = time.Second
	// probeEvery is how often the parts are asked at most: the port is public.
	probeEvery = 250 * time.Millisecond
)

// probe tells whether the bot can answer callbacks: whether every part that it needs does.
type probe struct {
	parts   []part
	log     *zap.Logger
	metrics *metrics

	mu       sync.Mutex
	asked    time.Time
	last     readiness
	stopping bool
}

type part struct {
	name string
	ping func(context.Context) error
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready bool              `json:"ready"`
	Parts map[string]string `json:"parts"` // "ok", or what is wrong in a word; the reason is in the log
}

// ServeHTTP answers 200 when all is well and 503 otherwise.
func (p *probe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	state := p.look(r.Context())
	status := http.StatusOK
	if !state.Ready {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, state)
}

// stop makes the probe red from now on.
func (p *probe) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopping = true
}

func (p *probe) look(ctx context.Context) readiness {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.stopping:
		return readiness{Parts: map[string]string{"bot": "stopping"}}
	case time.Since(p.asked) < probeEvery:
		return p.last
	}
	before := p.last
	p.last = p.ask(context.WithoutCancel(ctx)) // the answer serves others too
	p.asked = time.Now()
	if before.Parts != nil && !before.Ready && p.last.Ready {
		p.log.Info("ready again")
	}
	return p.last
}

// ask pings every part at once.
func (p *probe) ask(ctx context.Context) readiness {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	errs := make([]error, len(p.parts))
	var all sync.WaitGroup
	for i, part := range p.parts {
		all.Go(func() { errs[i] = part.ping(ctx) })
	}
	all.Wait()
	state := readiness{Ready: true, Parts: map[string]string{}}
	for i, part := range p.parts {
		p.metrics.ready.WithLabelValues(part.name).Set(one(errs[i] == nil))
		state.Parts[part.name] = "ok"
		if errs[i] != nil {
			state.Ready, state.Parts[part.name] = false, "no answer"
			p.log.Warn("not ready", zap.String("part", part.name), zap.Error(errs[i]))
		}
	}
	return state
}

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone if it fails
}
