package platform

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"
)

// ErrNoSuchCall says that nobody registered a call at a path.
var ErrNoSuchCall = errors.New("the platform has no such call")

// FaultKind says what goes wrong with a call.
type FaultKind string

// The faults.
const (
	FaultSlow       FaultKind = "slow"        // the answer comes late, by Delay
	FaultLost       FaultKind = "lost"        // not obeyed, and no answer comes until Delay, then the connection ends
	FaultNoAnswer   FaultKind = "no_answer"   // obeyed, but no answer comes until Delay, then the connection ends
	FaultReset      FaultKind = "reset"       // not obeyed, the connection is reset at once
	FaultBusy       FaultKind = "busy"        // errcode -1
	FaultCode       FaultKind = "code"        // errcode Code
	FaultExpired    FaultKind = "expired"     // the token is taken back in the middle of its life: 42001
	FaultBadGateway FaultKind = "bad_gateway" // HTTP 502 with a page of HTML
	FaultHalf       FaultKind = "half"        // obeyed, but the answer ends in the middle of its JSON
	FaultBare       FaultKind = "bare"        // obeyed, errcode 0, and nothing else of what the answer should hold
)

// What a Fault leaves open, and bounds.
const (
	defaultSlow   = 2 * time.Second
	defaultSilent = 30 * time.Second
	maxDelay      = 5 * time.Minute
)

// Fault is one thing that goes wrong with calls, and how often.
type Fault struct {
	Kind   FaultKind `json:"kind"`
	Path   string    `json:"path,omitempty"`     // "/cgi-bin/kf/send_msg"; empty: every call
	Chance float64   `json:"chance,omitempty"`   // of striking a call, 0 to 1; 0 with Times: each time
	Times  int       `json:"times,omitempty"`    // how many calls it strikes before it is over; 0: no end
	Delay  int64     `json:"delay_ms,omitempty"` // slow; lost and no_answer: until the connection ends
	Code   int       `json:"code,omitempty"`     // code
	Msg    string    `json:"msg,omitempty"`      // code: errmsg without its tail
}

var faultKinds = []FaultKind{ //nolint:gochecknoglobals // a constant
	FaultSlow, FaultLost, FaultNoAnswer, FaultReset, FaultBusy, FaultCode, FaultExpired, FaultBadGateway, FaultHalf, FaultBare,
}

func (f *Fault) check() error {
	switch {
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("unknown fault %q, known are %v", f.Kind, faultKinds)
	case !(f.Chance >= 0 && f.Chance <= 1):
		return fmt.Errorf("fault %s: the chance must be 0 to 1", f.Kind)
	case f.Times < 0:
		return fmt.Errorf("fault %s: times must not be negative", f.Kind)
	case f.Chance == 0 && f.Times == 0:
		return fmt.Errorf("fault %s: give a chance, or times", f.Kind)
	case f.Delay < 0 || f.Delay > maxDelay.Milliseconds():
		return fmt.Errorf("fault %s: the delay must be 0 to %d ms", f.Kind, maxDelay.Milliseconds())
	case f.Kind == FaultCode && f.Code == 0:
		return fmt.Errorf("fault %s: the code is missing", f.Kind)
	}
	return nil
}

func (f *Fault) delay(otherwise time.Duration) time.Duration {
	if f.Delay > 0 {
		return time.Duration(f.Delay) * time.Millisecond
	}
	return otherwise
}

// SetFaults says what goes wrong with calls from now on; none: nothing.
func (a *API) SetFaults(faults ...Fault) error {
	set := make([]*Fault, 0, len(faults))
	for _, f := range faults {
		if err := f.check(); err != nil {
			return err
		}
		if f.Path != "" && a.routes[f.Path] == nil {
			return fmt.Errorf("fault %s: %w at %q", f.Kind, ErrNoSuchCall, f.Path)
		}
		set = append(set, &f)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = set
	return nil
}

// Faults are those that are not over.
func (a *API) Faults() []Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]Fault, 0, len(a.faults))
	for _, f := range a.faults {
		list = append(list, *f)
	}
	return list
}

// strike draws the fault of one call; nil: none.
func (a *API) strike(path string) *Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, f := range a.faults {
		const parts = 1 << 30
		if f.Path != "" && f.Path != path || f.Chance > 0 && float64(a.world.Lot(parts))/parts >= f.Chance {
			continue
		}
		struck := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				a.faults = slices.Delete(slices.Clone(a.faults), i, i+1)
			}
		}
		return &struck
	}
	return nil
}

// reset breaks the connection as a machine does that has died: the caller reads "connection reset by peer".
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // the end is a reset then
		}
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // HTTP/2 and tests within the process: the next worst
}

// silence lets a caller wait without an answer.
func silence(r *http.Request, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}
