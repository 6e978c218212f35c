package redis

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"
)

// logEvery is how often the client library's own lines are let through: while Redis is away it writes many a second.
const logEvery = 5 * time.Second

// LogTo sends what the client library logs by itself to log, for the whole process. The program calls it once, before Open.
func LogTo(log *zap.Logger) { redis.SetLogger(&logger{log: log}) }

type logger struct {
	log     *zap.Logger
	last    atomic.Int64 // unix ms of the last line let through
	dropped atomic.Int64
}

// Printf takes a line of the library's.
func (l *logger) Printf(_ context.Context, format string, args ...any) {
	now, last := time.Now().UnixMilli(), l.last.Load()
	if now-last < logEvery.Milliseconds() || !l.last.CompareAndSwap(last, now) {
		l.dropped.Add(1)
		return
	}
	l.log.Warn("redis client", zap.String("line", fmt.Sprintf(format, args...)), zap.Int64("dropped", l.dropped.Swap(0)))
}
