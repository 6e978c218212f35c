package kf

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// bellFor is how long a bell is remembered between the replicas: until somebody has pulled, or gives up.
const bellFor = 24 * time.Hour

// bellTokenFor is how long the token of a bell is used, a little less than it lives (WeCom docs, 读取消息: ten minutes).
const bellTokenFor = 9 * time.Minute

// sharedTimeout bounds one operation on the shared state.
const sharedTimeout = 3 * time.Second

// desk is one customer-service account. Whoever is rung, here or on another replica, puts a bell into the shared state, which
// stays there until everything it was rung for has been dealt with: so replicas take over what one that died has left.
type desk struct {
	*Service
	id      string
	decoder decoder
	ctx     context.Context
	cancel  context.CancelFunc
	bell    chan struct{}
	opened  time.Time

	mu    sync.Mutex
	token string
	given time.Time // when the token came
}

func newDesk(s *Service, id string) *desk {
	d := &desk{Service: s, id: id, decoder: decoder{account: s.account, desk: id}, bell: make(chan struct{}, 1), opened: time.Now()}
	d.ctx, d.cancel = context.WithCancel(s.ctx)
	return d
}

// settled tells whether the desk is old enough to be missed on the list.
func (d *desk) settled() bool { return time.Since(d.opened) > newDeskFor }

// ring never blocks: one bell stands for many.
func (d *desk) ring(token string) {
	d.mu.Lock()
	if token != "" {
		d.token, d.given = token, time.Now()
	}
	d.mu.Unlock()
	select {
	case d.bell <- struct{}{}:
	default:
	}
}

// pullToken is the token of the latest bell, while it lives.
func (d *desk) pullToken() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.given) > bellTokenFor {
		d.token = ""
	}
	return d.token
}

// dropToken forgets a token that the platform does not take.
func (d *desk) dropToken(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token == token {
		d.token = ""
	}
}

// run looks after the desk until it is closed: at once, when a bell rings, when another replica has left something, and from time
// to time.
func (d *desk) run() {
	pulled := d.pull(d.ctx)
	poll := time.NewTimer(about(d.rhythm.Poll))
	defer poll.Stop()
	watch := time.NewTicker(about(d.rhythm.Watch))
	defer watch.Stop()
	for {
		select {
		case <-d.ctx.Done():
			return
		case <-d.bell:
			d.answerBell()
		case <-watch.C:
			if !pulled { // a replica that died may have had the desk, and heard a bell that it could not hang up any more
				pulled = d.pull(d.ctx)
			}
			if d.hung() != "" {
				d.await()
			}
		case <-poll.C:
			d.pull(d.ctx)
			poll.Reset(about(d.rhythm.Poll))
		}
	}
}

// answerBell lets all replicas know that something waits, and pulls or waits until somebody has.
func (d *desk) answerBell() {
	for failures := 1; ; failures++ {
		_, err := d.hang()
		if err == nil {
			break
		}
		if d.ctx.Err() == nil {
			d.log.Warn("a bell could not be shared yet", zap.String("desk", d.id), zap.Error(err))
		}
		if !wait(d.ctx, pauseAfter(failures, nil)) {
			return
		}
	}
	d.await()
}

// await pulls, or waits until the replica that is at it has dealt with everything.
func (d *desk) await() {
	for d.ctx.Err() == nil {
		if d.pull(d.ctx) {
			return
		}
		if !wait(d.ctx, about(min(time.Second, d.rhythm.Watch))) || d.hung() == "" {
			return
		}
	}
}

// keys of the shared state.
func (d *desk) bellKey() string { return "kf:bell:" + string(d.account) + ":" + d.id }
func (d *desk) lockKey() string { return "kf:pull:" + string(d.account) + ":" + d.id }

// hang puts a bell into the shared state. Each differs from the one before, so that it can be told which have been answered.
func (d *desk) hang() (bell string, err error) {
	ctx, cancel := context.WithTimeout(d.ctx, sharedTimeout)
	defer cancel()
	bell = rand.Text() + " " + d.pullToken()
	return bell, d.shared.Put(ctx, d.bellKey(), []byte(bell), bellFor)
}

// hung is the bell in the shared state; empty when there is none, or nobody knows.
func (d *desk) hung() string {
	ctx, cancel := context.WithTimeout(d.ctx, sharedTimeout)
	defer cancel()
	value, ok, err := d.shared.Get(ctx, d.bellKey())
	if err != nil {
		if d.ctx.Err() == nil {
			d.log.Warn("the shared bells could not be read", zap.String("desk", d.id), zap.Error(err))
		}
		return ""
	}
	if !ok {
		return ""
	}
	if _, token, _ := strings.Cut(string(value), " "); token != "" && token != d.pullToken() {
		d.mu.Lock()
		d.token, d.given = token, time.Now() // perhaps older than it looks: the platform says so
		d.mu.Unlock()
	}
	return string(value)
}

// unhang takes a bell down that has been answered.
func (d *desk) unhang(bell string) {
	if bell == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.ctx), sharedTimeout)
	defer cancel()
	if err := d.shared.DeleteIf(ctx, d.bellKey(), []byte(bell)); err != nil {
		d.log.Warn("an answered bell could not be taken down, it will be answered again", zap.String("desk", d.id), zap.Error(err))
	}
}
