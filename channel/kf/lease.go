package kf

import (
	"context"
	"sync"
	"time"
)

// lease is the right to pull a desk, renewed as long as it is held.
type lease struct {
	ctx    context.Context // ends when the lease is lost, or freed
	cancel context.CancelFunc
	keeper sync.WaitGroup
	free   func()
}

// lock takes a desk; nil without an error when another replica has it.
func (d *desk) lock(ctx context.Context) (*lease, error) {
	try := func(ctx context.Context) (bool, error) {
		ctx, cancel := context.WithTimeout(ctx, sharedTimeout)
		defer cancel()
		return d.shared.TryLock(ctx, d.lockKey(), d.owner, d.rhythm.Lease)
	}
	asked := time.Now()
	if taken, err := try(ctx); err != nil || !taken {
		return nil, err
	}
	l := &lease{}
	l.ctx, l.cancel = context.WithCancel(ctx)
	l.keeper.Go(func() {
		for wait(l.ctx, d.rhythm.Lease/3) {
			now := time.Now()
			switch taken, err := try(l.ctx); {
			case err == nil && taken:
				asked = now
			case err == nil, time.Since(asked) > d.rhythm.Lease:
				l.cancel() // another replica may be at it
			}
		}
	})
	l.free = func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedTimeout)
		defer cancel()
		_ = d.shared.Unlock(ctx, d.lockKey(), d.owner) // otherwise it runs out
	}
	return l, nil
}

// end frees the desk.
func (l *lease) end() {
	l.cancel()
	l.keeper.Wait()
	l.free()
}
