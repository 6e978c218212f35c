package jobs

import (
	"context"
	"log/slog"

	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"
)

// riverLog is what River writes its log to. What it tells at info is routine: that it started, how many jobs each half minute had. That is
// for whoever debugs; warnings and errors stay what they are.
func riverLog(log *zap.Logger) *slog.Logger {
	return slog.New(calm{zapslog.NewHandler(log.Core(), zapslog.WithName("jobs"))})
}

// calm turns info into debug.
type calm struct{ slog.Handler }

func calmed(level slog.Level) slog.Level {
	if level >= slog.LevelInfo && level < slog.LevelWarn {
		return slog.LevelDebug
	}
	return level
}

// Enabled tells whether a line of the level is written.
func (c calm) Enabled(ctx context.Context, level slog.Level) bool {
	return c.Handler.Enabled(ctx, calmed(level))
}

// Handle writes a line.
func (c calm) Handle(ctx context.Context, r slog.Record) error {
	r.Level = calmed(r.Level)
	return c.Handler.Handle(ctx, r)
}

// WithAttrs stays calm.
func (c calm) WithAttrs(attrs []slog.Attr) slog.Handler { return calm{c.Handler.WithAttrs(attrs)} }

// WithGroup stays calm.
func (c calm) WithGroup(name string) slog.Handler { return calm{c.Handler.WithGroup(name)} }
