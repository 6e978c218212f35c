package platform

import (
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
)

// Record is one call that was made, without what was in it.
type Record struct {
	ID     int64     `json:"id"` // given by who keeps them
	At     time.Time `json:"at"` // by the simulated clock
	Kind   Kind      `json:"platform"`
	Owner  string    `json:"owner,omitempty"` // corp id, or app id of an official account
	App    string    `json:"app,omitempty"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Code   int       `json:"errcode"`
	Fault  FaultKind `json:"fault,omitempty"`
	TookMS int64     `json:"took_ms"`
}

// Count is how often a call was made.
type Count struct {
	Kind    Kind        `json:"platform"`
	Path    string      `json:"path"`
	Calls   int64       `json:"calls"`
	Refused map[int]int `json:"refused,omitempty"` // by errcode
}

// note counts a call. Paths that nobody registered share one line.
func (a *API) note(r Record) {
	path := r.Path
	if a.routes[path] == nil {
		path = "other"
	}
	a.mu.Lock()
	key := string(r.Kind) + " " + path
	n := a.counts[key]
	if n == nil {
		n = &Count{Kind: r.Kind, Path: path, Refused: map[int]int{}}
		a.counts[key] = n
	}
	n.Calls++
	if r.Code != 0 {
		n.Refused[r.Code]++
	}
	a.mu.Unlock()
	a.log.Debug("call", zap.String("path", path), zap.Int("errcode", r.Code), zap.String("fault", string(r.Fault)), zap.Int64("ms", r.TookMS))
	if a.observe != nil {
		a.observe(r)
	}
}

// Counts tells how often each call was made, by path.
func (a *API) Counts() []Count {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]Count, 0, len(a.counts))
	for _, n := range a.counts {
		c := *n
		c.Refused = make(map[int]int, len(n.Refused))
		for code, times := range n.Refused {
			c.Refused[code] = times
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(x, y Count) int { return strings.Compare(x.Path+string(x.Kind), y.Path+string(y.Kind)) })
	return list
}
