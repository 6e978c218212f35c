package outbound

import (
	"context"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/outbound/policy"
	"guanjia/store"
)

// boardEvery is how often a replica looks at what is paused: what somebody pauses takes effect everywhere within twice that.
const boardEvery = time.Second

// board is what every replica knows of pauses, closed ways and quotas, at most a moment old.
type board struct {
	records Records
	now     func() time.Time
	log     *zap.Logger
	shown   atomic.Pointer[notices]
}

type notices struct {
	pauses map[pauseKey]bool
	closed map[wayKey]store.SendClosed
	used   map[wayKey]int
	held   map[bot.AccountName]bool
	day    string
}

type pauseKey struct {
	scope store.PauseScope
	name  string
}

type wayKey struct {
	account bot.AccountName
	way     policy.Way
}

func newBoard(r Records, now func() time.Time, log *zap.Logger) *board {
	b := &board{records: r, now: now, log: log}
	b.shown.Store(&notices{})
	return b
}

// keep refreshes the board until ctx ends. While the records are away, what was known goes on.
func (b *board) keep(ctx context.Context) {
	tick := time.NewTicker(boardEvery)
	defer tick.Stop()
	failed := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := b.refresh(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			b.log.Warn("what is paused could not be read, it is tried again", zap.Error(err))
		}
		failed = err != nil
	}
}

func (b *board) refresh(ctx context.Context) error {
	now := b.now()
	n := &notices{pauses: map[pauseKey]bool{}, closed: map[wayKey]store.SendClosed{}, used: map[wayKey]int{}, held: map[bot.AccountName]bool{}, day: platformDay(now)}
	pauses, err := b.records.SendPauses(ctx)
	if err != nil {
		return err
	}
	for _, p := range pauses {
		n.pauses[pauseKey{p.Scope, p.Name}] = true
	}
	closed, err := b.records.SendsClosed(ctx, now)
	if err != nil {
		return err
	}
	for _, c := range closed {
		n.closed[wayKey{c.Account, policy.Way(c.Way)}] = c
	}
	quotas, err := b.records.SendQuotas(ctx, n.day)
	if err != nil {
		return err
	}
	for _, q := range quotas {
		n.used[wayKey{q.Account, policy.Way(q.Way)}] = q.Pushes + q.Replies
	}
	held, err := b.records.SendsHeld(ctx)
	if err != nil {
		return err
	}
	for _, a := range held {
		n.held[a] = true
	}
	b.shown.Store(n)
	return nil
}

// paused tells what stops a push, the widest first, and by which pause.
func (n *notices) paused(s *store.Send) (policy.Pause, pauseKey) {
	for _, p := range []struct {
		is  policy.Pause
		key pauseKey
	}{
		{policy.PausedAll, pauseKey{store.PauseEverything, ""}},
		{policy.PausedAccount, pauseKey{store.PauseOfAccount, string(s.Person.Account)}},
		{policy.PausedCampaign, pauseKey{store.PauseOfCampaign, s.Campaign}},
	} {
		if n.pauses[p.key] && (p.is != policy.PausedCampaign || s.Campaign != "") {
			return p.is, p.key
		}
	}
	return policy.Running, pauseKey{}
}

// pausedBy tells what stops a push.
func (n *notices) pausedBy(s *store.Send) policy.Pause {
	by, _ := n.paused(s)
	return by
}

// shut tells whether a way is closed to an account, why and until when.
func (n *notices) shut(account bot.AccountName, way policy.Way, now time.Time) (policy.Reason, time.Time) {
	if c, ok := n.closed[wayKey{account, way}]; ok && now.Before(c.Opens) {
		return policy.Reason(c.Reason), c.Opens
	}
	if most := DailyQuota(way); most > 0 && n.day == platformDay(now) && n.used[wayKey{account, way}] >= most {
		return policy.Quota, NextReset(now)
	}
	return "", time.Time{}
}
