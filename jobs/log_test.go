package jobs

import (
	"log/slog"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// TestRoutineOfTheQueueIsForWhoeverDebugs: River's info is written at debug, so that the log of a quiet bot is quiet; what is amiss is still told.
func TestRoutineOfTheQueueIsForWhoeverDebugs(t *testing.T) {
	for written, want := range map[slog.Level]zapcore.Level{
		slog.LevelDebug: zapcore.DebugLevel, slog.LevelInfo: zapcore.DebugLevel, slog.LevelWarn: zapcore.WarnLevel, slog.LevelError: zapcore.ErrorLevel,
	} {
		core, seen := observer.New(zapcore.DebugLevel)
		riverLog(zap.New(core)).With("client", "one").WithGroup("of").Log(t.Context(), written, "something", "n", 1)
		lines := seen.All()
		if len(lines) != 1 || lines[0].Level != want || lines[0].LoggerName != "jobs" {
			t.Errorf("%s is written as %+v", written, lines)
		}
	}
	core, seen := observer.New(zapcore.InfoLevel)
	quiet := riverLog(zap.New(core))
	quiet.Info("routine")
	if quiet.Enabled(t.Context(), slog.LevelInfo) || seen.Len() != 0 {
		t.Error("routine is written at info")
	}
	if quiet.Warn("amiss"); seen.Len() != 1 {
		t.Error("a warning is not written")
	}
}
