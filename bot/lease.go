package bot

import (
	"context"
	"errors"
	"sync"
	"time"
)

// leaseKeeper renews a lease while its event is worked on. The first renewal comes after a third of the lease, so that most
// events cost none.
type leaseKeeper struct {
	hot   HotState
	lease Lease
	life  time.Duration
	timer *time.Timer

	mu      sync.Mutex // held during a renewal, so that stop waits for it
	stopped bool
	lost    bool
	renewed time.Time
}

func keepLease(ctx context.Context, hot HotState, lease Lease, life time.Duration) *leaseKeeper {
	k := &leaseKeeper{hot: hot, lease: lease, life: life, renewed: time.Now()}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.timer = time.AfterFunc(life/3, func() { k.renew(ctx) })
	return k
}

func (k *leaseKeeper) renew(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stopped {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, k.life/3)
	defer cancel()
	asked := time.Now()
	switch err := k.hot.Renew(ctx, k.lease, k.life); {
	case err == nil:
		k.renewed = asked
	case errors.Is(err, ErrLeaseLost):
		k.lost = true
		return
	}
	k.timer.Reset(k.life / 3)
}

// held tells whether the lease is certainly still ours: a process that the system held up may wake long after it ran out.
func (k *leaseKeeper) held() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.lost && time.Since(k.renewed) < k.life
}

// stop ends the renewals; none is under way when it returns.
func (k *leaseKeeper) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
	k.timer.Stop()
}
