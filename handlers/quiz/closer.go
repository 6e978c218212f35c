package quiz

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Defaults of a Closer.
const (
	// DefaultCloserEvery is how often the clock is looked at.
	DefaultCloserEvery = 15 * time.Second
	// settleDelay is how long after the last answer counts a campaign is settled: answers taken up in time by any replica
	// are in the records by then.
	settleDelay = time.Minute
)

// CloserConfig is what a Closer needs.
type CloserConfig struct {
	Records Settler
	Book    func() *Book // the content in use now
	Log     *zap.Logger
	Now     func() time.Time // nil: time.Now
	Every   time.Duration    // 0: DefaultCloserEvery
}

// Closer settles campaigns when they are over. Several replicas may run one each: a campaign is settled once.
type Closer struct {
	cfg     CloserConfig
	settled map[string]bool // known to be settled; only the loop touches it

	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}
}

// NewCloser makes a closer. It does nothing before Start.
func NewCloser(cfg CloserConfig) *Closer {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Every == 0 {
		cfg.Every = DefaultCloserEvery
	}
	return &Closer{cfg: cfg, settled: map[string]bool{}}
}

// Start begins to look after the campaigns, at once and then every so often. A second Start does nothing.
func (c *Closer) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.done = cancel, make(chan struct{})
	go c.run(ctx)
}

// Stop ends the work and waits until it has ended. It may be called twice, and without a Start.
func (c *Closer) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		return
	}
	c.cancel()
	<-c.done
}

func (c *Closer) run(ctx context.Context) {
	defer close(c.done)
	tick := time.NewTicker(c.cfg.Every)
	defer tick.Stop()
	for {
		c.sweep(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep settles what is over. What fails is tried again with the next tick.
func (c *Closer) sweep(ctx context.Context) {
	now := c.cfg.Now()
	for _, campaign := range c.cfg.Book().Campaigns() {
		if campaign.Prize == nil || c.settled[campaign.ID] || !campaign.over(now.Add(-settleDelay)) {
			continue
		}
		s, did, err := Settle(ctx, c.cfg.Records, campaign, now)
		switch {
		case err != nil && ctx.Err() != nil:
			return // stopping: the next start goes on
		case err != nil:
			c.cfg.Log.Error("quiz could not be settled and will be tried again", zap.String("campaign", campaign.ID), zap.Error(err))
			continue
		case did:
			c.cfg.Log.Info("quiz settled", zap.String("campaign", campaign.ID), zap.Int("participants", s.Participants),
				zap.Int64("pool_fen", s.PoolFen), zap.Int64("share_fen", s.ShareFen), zap.Int64("kept_fen", s.RemainderFen))
		}
		c.settled[campaign.ID] = true
	}
}
