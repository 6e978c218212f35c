package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// FaultKind says what goes wrong between the platform and the bot.
type FaultKind string

// The faults.
const (
	// FaultSlow delays the request and its answer, half of Delay each. It counts into the platform's deadline.
	FaultSlow FaultKind = "slow"
	// FaultDropRequest loses the request on its way: the bot never sees that try.
	FaultDropRequest FaultKind = "drop_request"
	// FaultDropAnswer loses the answer on its way: the bot did its work, the platform asks again.
	FaultDropAnswer FaultKind = "drop_answer"
	// FaultDuplicate delivers the same callback several times at once.
	FaultDuplicate FaultKind = "duplicate"
	// FaultReorder holds the act back until another one of the account has been delivered, at most for Delay.
	FaultReorder FaultKind = "reorder"
	// FaultNoise writes the document as no example shows it: elements in any order, with unknown ones among them.
	FaultNoise FaultKind = "noise"
)

// What a Fault leaves open.
const (
	defaultSlow    = 2 * time.Second
	defaultHold    = 3 * time.Second
	defaultCopies  = 3
	maxFaultDelay  = time.Minute
	maxFaultCopies = 10
)

// Fault is one thing that goes wrong, and how often.
type Fault struct {
	Kind   FaultKind `json:"kind"`
	Chance float64   `json:"chance"`             // of striking an act, 0 to 1; for the next act it is taken as 1
	Tries  int       `json:"tries,omitempty"`    // slow and drop_*: how many of the act's tries it strikes; 0: the first
	Delay  int64     `json:"delay_ms,omitempty"` // slow, reorder; 0: 2 s for slow, 3 s for reorder
	Copies int       `json:"copies,omitempty"`   // duplicate: deliveries at once; 0: 3
}

func (f Fault) check() error {
	kinds := []FaultKind{FaultSlow, FaultDropRequest, FaultDropAnswer, FaultDuplicate, FaultReorder, FaultNoise}
	switch {
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("unknown fault %q, known are %v", f.Kind, kinds)
	case !(f.Chance >= 0 && f.Chance <= 1):
		return fmt.Errorf("fault %s: the chance must be 0 to 1", f.Kind)
	case f.Tries < 0 || f.Tries > maxFaultCopies:
		return fmt.Errorf("fault %s: tries must be 0 to %d", f.Kind, maxFaultCopies)
	case f.Delay < 0 || f.Delay > maxFaultDelay.Milliseconds():
		return fmt.Errorf("fault %s: the delay must be 0 to %d ms", f.Kind, maxFaultDelay.Milliseconds())
	case f.Copies < 0 || f.Copies > maxFaultCopies:
		return fmt.Errorf("fault %s: copies must be 0 to %d", f.Kind, maxFaultCopies)
	}
	return nil
}

func checkFaults(faults []Fault) error {
	seen := map[FaultKind]bool{}
	for _, f := range faults {
		if err := f.check(); err != nil {
			return err
		}
		if seen[f.Kind] {
			return fmt.Errorf("fault %s is there twice", f.Kind)
		}
		seen[f.Kind] = true
	}
	return nil
}

// plan is what goes wrong with one act.
type plan struct {
	hold         time.Duration
	slow         time.Duration
	slowTries    int
	dropRequests int // of the first tries
	dropAnswers  int
	copies       int // of the first try
	noise        bool
	names        []FaultKind
}

// draw decides by lot which of the faults strike an act. The faults of next strike for certain.
func draw(faults, next []Fault, lot func() float64) plan {
	p := plan{copies: 1}
	for _, f := range faults {
		forNext := slices.ContainsFunc(next, func(n Fault) bool { return n.Kind == f.Kind })
		if !forNext && f.Chance > 0 && lot() < f.Chance {
			p.add(f)
		}
	}
	for _, f := range next {
		p.add(f)
	}
	return p
}

func (p *plan) add(f Fault) {
	p.names = append(p.names, f.Kind)
	tries := max(f.Tries, 1)
	delay := time.Duration(f.Delay) * time.Millisecond
	switch f.Kind {
	case FaultSlow:
		p.slow, p.slowTries = cmp.Or(delay, defaultSlow), tries
	case FaultDropRequest:
		p.dropRequests = tries
	case FaultDropAnswer:
		p.dropAnswers = tries
	case FaultDuplicate:
		p.copies = cmp.Or(f.Copies, defaultCopies)
	case FaultReorder:
		p.hold = cmp.Or(delay, defaultHold)
	case FaultNoise:
		p.noise = true
	}
}

// slowFor is the delay of one try.
func (p *plan) slowFor(try int) time.Duration {
	if try > p.slowTries {
		return 0
	}
	return p.slow
}
