package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// progressEvery is how often a progress that nobody watches is written.
const progressEvery = 2 * time.Second

// isTerminal tells whether somebody watches w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}

// progress shows how far something is: a bar on a terminal, else a line now and then.
type progress struct {
	out   io.Writer
	what  string
	total int64 // 0: not known
	bar   *progressbar.ProgressBar
	last  time.Time
}

func newProgress(out io.Writer, what string, total int64) *progress {
	p := &progress{out: out, what: what, total: total, last: time.Now()}
	if isTerminal(out) {
		if total == 0 {
			total = -1 // the bar's word for not known
		}
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what),
			progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

// set tells how much is done.
func (p *progress) set(done int64) {
	if p.bar != nil {
		_ = p.bar.Set64(done) // a terminal that can't be written to must not stop the work
		return
	}
	if time.Since(p.last) < progressEvery {
		return
	}
	p.last = time.Now()
	if p.total > 0 {
		fmt.Fprintf(p.out, "%s: %d %%\n", p.what, 100*done/p.total)
		return
	}
	fmt.Fprintf(p.out, "%s: %d bytes\n", p.what, done)
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
