package loadtest

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Progress is how a run stands.
type Progress struct {
	Elapsed  time.Duration
	Answered int64
	Errors   int64
	Rate     float64 // answers a second since the last report
	P50, P99 time.Duration
}

func (p Progress) String() string {
	return fmt.Sprintf("%4.0f s  %8d answers  %6.0f/s  p50 %s  p99 %s  errors %d",
		p.Elapsed.Seconds(), p.Answered, p.Rate, short(p.P50), short(p.P99), p.Errors)
}

// Summary is the outcome of a run. Times are in milliseconds.
type Summary struct {
	URLs        []string         `json:"urls"`
	Loop        string           `json:"loop"` // "open" or "closed"
	WantedRate  float64          `json:"wanted_rate,omitempty"`
	Concurrency int              `json:"concurrency"`
	Users       int              `json:"users"`
	Copies      int              `json:"copies"`
	Seconds     float64          `json:"seconds"`
	Messages    int64            `json:"messages"`
	Answers     int64            `json:"answers"`   // that passed every check
	Rate        float64          `json:"rate"`      // answers a second
	Different   int64            `json:"different"` // messages whose copies got different answers
	NotSent     int64            `json:"not_sent"`  // due, but every sender was busy
	Errors      map[string]int64 `json:"errors"`
	Latency     Latency          `json:"latency_ms"`
	LateP99     float64          `json:"sent_late_p99_ms"` // the generator's own delay, part of the latency
	Histogram   []Bar            `json:"histogram"`
}

// Latency is how long answers took from when their messages were due.
type Latency struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99_9"`
	Max  float64 `json:"max"`
}

// Bar is how many answers took at most UpTo, and more than the bar before.
type Bar struct {
	UpTo    float64 `json:"up_to_ms"`
	Answers uint64  `json:"answers"`
}

// Failed tells whether anything went wrong.
func (s Summary) Failed() bool { return len(s.Errors) > 0 || s.Different > 0 || s.NotSent > 0 }

// edges are the ends of the bars, in milliseconds.
func edges() []float64 {
	return []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}
}

// report tells progress every second until done.
func (r *run) report(done <-chan struct{}, progress func(Progress)) {
	if progress == nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := r.began
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			sum, recent := r.sum()
			progress(Progress{
				Elapsed: now.Sub(r.began), Answered: sum.answered, Errors: sum.errors(),
				Rate: float64(recent.n) / now.Sub(last).Seconds(), P50: recent.quantile(0.5), P99: recent.quantile(0.99),
			})
			last = now
		}
	}
}

func (r *run) sum() (*counts, *histogram) {
	sum, recent := &counts{}, &histogram{}
	for _, t := range r.tallies {
		t.addTo(sum, recent)
	}
	return sum, recent
}

func (r *run) summary(took time.Duration) Summary {
	sum, _ := r.sum()
	s := Summary{
		URLs: r.cfg.URLs, Loop: "closed", Concurrency: r.cfg.Concurrency, Users: r.cfg.Users, Copies: r.cfg.Copies,
		Seconds: took.Seconds(), Messages: sum.messages, Answers: sum.answered, Rate: float64(sum.answered) / took.Seconds(),
		Different: sum.different, Errors: sum.failed,
		Latency: Latency{
			Mean: ms(sum.took.mean()), P50: ms(sum.took.quantile(0.5)), P90: ms(sum.took.quantile(0.9)),
			P99: ms(sum.took.quantile(0.99)), P999: ms(sum.took.quantile(0.999)), Max: ms(sum.took.max),
		},
	}
	if r.cfg.Rate > 0 {
		s.Loop, s.WantedRate = "open", r.cfg.Rate
		s.NotSent = max(0, r.planned.Load()-sum.messages)
		s.LateP99 = ms(sum.late.quantile(0.99))
	}
	var before uint64
	for _, e := range edges() {
		n := sum.took.within(time.Duration(e * float64(time.Millisecond)))
		s.Histogram = append(s.Histogram, Bar{UpTo: e, Answers: n - before})
		before = n
	}
	return s
}

// Print writes the summary for people.
func (s Summary) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s loop at %s", s.Loop, strings.Join(s.URLs, " and "))
	if s.Loop == "open" {
		fmt.Fprintf(&b, ", %.0f messages/s wanted", s.WantedRate)
	}
	fmt.Fprintf(&b, ", %d at once, %d users", s.Concurrency, s.Users)
	if s.Copies > 1 {
		fmt.Fprintf(&b, ", %d copies of each message", s.Copies)
	}
	fmt.Fprintf(&b, "\n%d messages, %d checked answers in %.1f s: %.0f/s\n", s.Messages, s.Answers, s.Seconds, s.Rate)
	l := s.Latency
	fmt.Fprintf(&b, "ms: mean %.2f  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f", l.Mean, l.P50, l.P90, l.P99, l.P999, l.Max)
	if s.Loop == "open" {
		fmt.Fprintf(&b, "  (sent late p99 %.2f)", s.LateP99)
	}
	b.WriteString("\n\n")
	s.bars(&b)
	s.failures(&b)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("print the summary: %w", err)
	}
	return nil
}

// barWidth is the longest bar, in characters.
const barWidth = 50

func (s Summary) bars(b *strings.Builder) {
	most := uint64(1)
	for _, bar := range s.Histogram {
		most = max(most, bar.Answers)
	}
	for _, bar := range s.Histogram {
		if bar.Answers == 0 {
			continue
		}
		length := int(bar.Answers * barWidth / most)
		fmt.Fprintf(b, "%8s ms |%-*s %5.1f %%\n", fmt.Sprintf("<= %g", bar.UpTo), barWidth, strings.Repeat("#", max(length, 1)), 100*float64(bar.Answers)/float64(s.Answers))
	}
}

func (s Summary) failures(b *strings.Builder) {
	if !s.Failed() {
		b.WriteString("\nno errors\n")
		return
	}
	b.WriteString("\nerrors:\n")
	line := func(n int64, what string) {
		if n > 0 {
			fmt.Fprintf(b, "%8d  %s\n", n, what)
		}
	}
	kinds := slices.SortedFunc(maps.Keys(s.Errors), func(x, y string) int { return cmp.Compare(s.Errors[y], s.Errors[x]) })
	for _, k := range kinds {
		line(s.Errors[k], k)
	}
	line(s.Different, "messages whose copies got different answers")
	line(s.NotSent, "messages not sent: every sender was busy")
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// short writes a duration in a few characters of a fixed width.
func short(d time.Duration) string {
	s := fmt.Sprintf("%.1f ms", ms(d))
	if n := 9 - utf8.RuneCountInString(s); n > 0 {
		return strings.Repeat(" ", n) + s
	}
	return s
}
