package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// steps shows how many of some steps are done: a bar on a terminal, else a line now and then.
type steps struct {
	out  io.Writer
	what string
	unit string
	bar  *progressbar.ProgressBar
	last time.Time
}

func newSteps(out io.Writer, what, unit string) *steps {
	return &steps{out: out, what: what, unit: unit, last: time.Now()}
}

// set tells how much is done, of how much, and what has come of it.
func (s *steps) set(done, of int, so string) {
	if isTerminal(s.out) {
		if s.bar == nil {
			s.bar = progressbar.NewOptions(max(of, 1), progressbar.OptionSetWriter(s.out), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		s.bar.Describe(s.what + ": " + so)
		_ = s.bar.Set(done) // a terminal that can't be written to must not stop the work
		return
	}
	if time.Since(s.last) < progressEvery {
		return
	}
	s.last = time.Now()
	fmt.Fprintf(s.out, "%s: %d of %d %s, %s\n", s.what, done, of, s.unit, so)
}

// end takes the bar away.
func (s *steps) end() {
	if s.bar != nil {
		_ = s.bar.Finish()
	}
}
