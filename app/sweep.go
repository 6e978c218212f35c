package app

import (
	"context"
	"time"

	"go.uber.org/zap"

	"guanjia/store"
)

const (
	// sweepEvery is how often what is no longer needed is deleted.
	sweepEvery = time.Minute
	// snapshotsFor is how long the journal keeps the reply and the session of an event. The platform asks again within
	// seconds, but a bot that was down for a night must find what a crash left unfinished.
	snapshotsFor = 24 * time.Hour
	// ledgerFor is how long the ledger of customer service is kept, and what single events did to conversations with staff: the platform keeps messages for 3 days (WeCom docs, 读取消息),
	// and may hand each of them out again until then.
	ledgerFor = 4 * 24 * time.Hour
)

// sweeper is a hot state that must be told to delete what has expired.
type sweeper interface {
	Sweep(context.Context) (int, error)
}

// sweep deletes what is no longer needed until ctx ends. A failure is tried again at the next turn.
func sweep(ctx context.Context, hot hotState, st *store.Store, now func() time.Time, log *zap.Logger) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	done := func(what string, n int, err error) {
		if err != nil && ctx.Err() == nil {
			log.Warn("sweep failed, will try again", zap.String("what", what), zap.Error(err))
		} else if n > 0 {
			log.Debug("swept", zap.String("what", what), zap.Int("rows", n))
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s, ok := hot.(sweeper); ok {
			n, err := s.Sweep(ctx)
			done("expired state", n, err)
		}
		n, err := st.TrimJournal(ctx, now().Add(-snapshotsFor))
		done("journal snapshots", n, err)
		n, err = st.TrimKf(ctx, now().Add(-ledgerFor))
		done("customer-service ledger", n, err)
		n, err = st.TrimStaff(ctx, now().Add(-ledgerFor))
		done("events of conversations with staff", n, err)
		n, err = st.TrimUploads(ctx, now())
		done("expired uploads", n, err)
	}
}
