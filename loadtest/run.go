package loadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Run sends the messages and gives the summary. progress, which may be nil, is told every second from one goroutine. The run
// ends by itself; ctx ends it early, with the summary of what was done.
func Run(ctx context.Context, cfg Config, progress func(Progress)) (Summary, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return Summary{}, err
	}
	w, err := newWire(cfg.Token, cfg.AESKey, cfg.AppID)
	if err != nil {
		return Summary{}, err
	}
	r := &run{cfg: cfg, writer: newWriter(cfg, w, time.Now())}
	for _, u := range cfg.URLs {
		where, err := resolve(ctx, u, cfg)
		if err != nil {
			return Summary{}, err
		}
		r.targets = append(r.targets, &pool{where: where, timeout: cfg.Timeout})
	}
	for i, p := range r.targets {
		defer p.close()
		if err := r.tryOne(ctx, p, int64(i)); err != nil {
			return Summary{}, fmt.Errorf("%s: %w", cfg.URLs[i], err)
		}
	}
	return r.all(ctx, progress), nil
}

// run is one run at work.
type run struct {
	cfg     Config
	writer  *writer
	next    atomic.Int64 // number of the next message
	planned atomic.Int64 // messages that were due in the open loop
	targets []*pool
	tallies []*tally
	began   time.Time
}

// tryOne sends a message of somebody who takes no part otherwise: most runs that can't work fail here, with a reason.
func (r *run) tryOne(ctx context.Context, p *pool, i int64) error {
	c := p.take()
	defer p.put(c)
	now := time.Now()
	m := r.writer.compose("o"+r.writer.run+"-first", r.cfg.Say[0], -1-i, now)
	body, err := c.roundTrip(ctx, r.writer.request(m, p.where))
	if err == nil {
		_, err = r.writer.check(m, body)
	}
	if err == nil {
		return nil
	}
	remedy := "check that the bot runs and that the address is that of its callback"
	var status statusError
	if errors.As(err, &status) {
		remedy = map[statusError]string{
			403: "check the token, the AES key and the app id",
			404: "check the account's name in the address",
		}[status]
	}
	if errors.Is(err, errEmpty) {
		remedy = "say something that the bot answers, or allow empty answers"
	}
	if remedy == "" {
		remedy = "look into the bot's log"
	}
	return fmt.Errorf("the first message failed: %w; %s", err, remedy)
}

// all runs until the end of the time or of the messages.
func (r *run) all(ctx context.Context, progress func(Progress)) Summary {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.Duration)
	defer cancel()
	r.began = time.Now()
	due := r.schedule(ctx)
	var senders sync.WaitGroup
	for range r.cfg.Concurrency {
		t := &tally{}
		r.tallies = append(r.tallies, t)
		senders.Go(func() { r.send(ctx, t, due) })
	}
	var reporter sync.WaitGroup
	done := make(chan struct{})
	reporter.Go(func() { r.report(done, progress) })
	senders.Wait()
	took := time.Since(r.began)
	close(done)
	reporter.Wait()
	return r.summary(took)
}

// send is one sender: one message after the other.
func (r *run) send(ctx context.Context, t *tally, due <-chan time.Time) {
	// What was begun is finished: the end of the run must not look like an error of the bot.
	finish := context.WithoutCancel(ctx)
	for {
		at, ok := r.turn(ctx, due)
		if !ok {
			return
		}
		n := r.next.Add(1) - 1
		if r.cfg.Messages > 0 && n >= r.cfg.Messages {
			return
		}
		now := time.Now()
		m := r.writer.message(n, now)
		t.message(now.Sub(at), r.deliver(finish, t, m, n, at))
	}
}

// endGrace lets messages go that were due just before the end of the run; those that waited longer were not sent in time.
const endGrace = 100 * time.Millisecond

// turn waits for the next message to be due: at once in the closed loop.
func (r *run) turn(ctx context.Context, due <-chan time.Time) (time.Time, bool) {
	if due == nil {
		return time.Now(), ctx.Err() == nil
	}
	at, ok := <-due
	return at, ok && (ctx.Err() == nil || time.Since(at) < endGrace)
}

// deliver sends every copy of a message at once and tells whether their answers are equal. Time counts from when the
// message was due.
func (r *run) deliver(ctx context.Context, t *tally, m message, n int64, due time.Time) bool {
	answers := make([][]byte, r.cfg.Copies)
	one := func(i int) {
		p := r.targets[(n+int64(i))%int64(len(r.targets))]
		c := p.take()
		body, err := c.roundTrip(ctx, r.writer.request(m, p.where))
		p.put(c)
		if err == nil {
			answers[i], err = r.writer.check(m, body)
		}
		t.answer(time.Since(due), err)
		if err != nil {
			answers[i] = nil
		}
	}
	var others sync.WaitGroup
	for i := 1; i < len(answers); i++ {
		others.Go(func() { one(i) })
	}
	one(0)
	others.Wait()
	return equal(answers)
}

// equal tells whether all answers that came are the same; those that failed are counted elsewhere.
func equal(answers [][]byte) bool {
	var first []byte
	for _, a := range answers {
		if a == nil {
			continue
		}
		if first == nil {
			first = a
		}
		if !bytes.Equal(first, a) {
			return false
		}
	}
	return true
}
