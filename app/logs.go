package app

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"guanjia/bot"
	hotredis "guanjia/store/hot/redis"
)

// NewLog makes the log: one line per event, no stack traces. The level can be changed while it runs.
func NewLog(s LogSettings, out io.Writer) (*zap.Logger, zap.AtomicLevel) {
	level := zap.NewAtomicLevelAt(levelOf(s))
	cfg := zapcore.EncoderConfig{
		TimeKey: "time", LevelKey: "level", NameKey: "logger", MessageKey: "msg",
		EncodeTime: zapcore.RFC3339NanoTimeEncoder, EncodeLevel: zapcore.LowercaseLevelEncoder,
		EncodeDuration: zapcore.StringDurationEncoder,
	}
	encoder := zapcore.NewJSONEncoder(cfg)
	if s.LogFormat == "console" {
		cfg.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05.000")
		cfg.EncodeLevel = zapcore.CapitalLevelEncoder
		encoder = zapcore.NewConsoleEncoder(cfg)
	}
	core := zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(out)), level)
	return zap.New(core, zap.ErrorOutput(zapcore.Lock(zapcore.AddSync(out)))), level
}

func levelOf(s LogSettings) zapcore.Level {
	l, err := zapcore.ParseLevel(s.LogLevel)
	if err != nil {
		return zapcore.InfoLevel // the settings were checked; an unreadable level must not silence the log
	}
	return l
}

// RedirectLibraries sends what the Redis client and the WeChat SDK log to log instead of the terminal. It is for the process,
// not for one App: these libraries have one logger each.
func RedirectLibraries(log *zap.Logger) {
	hotredis.LogTo(log)
	logrus.SetOutput(io.Discard)
	logrus.StandardLogger().ReplaceHooks(logrus.LevelHooks{})
	logrus.AddHook(sdkLog{log})
}

// sdkLog is the SDK's log, which may quote what people wrote: it is for looking into a fault only.
type sdkLog struct{ log *zap.Logger }

// Levels are all.
func (sdkLog) Levels() []logrus.Level { return logrus.AllLevels }

// Fire logs an entry.
func (l sdkLog) Fire(e *logrus.Entry) error {
	l.log.Debug("sdk", zap.String("text", e.Message))
	return nil
}

// personHash stands for a person in the log: equal for the same person, meaningless without the salt.
type personHash struct{ salt []byte }

// hashSize is how much of the hash is shown, in bytes: enough to tell apart millions of people.
const hashSize = 8

func newPersonHash(salt Secret) personHash {
	if salt == "" {
		salt = Secret(rand.Text())
	}
	return personHash{[]byte(salt.Reveal())}
}

func (h personHash) of(p bot.Person) string {
	m := hmac.New(sha256.New, h.salt)
	_, _ = io.WriteString(m, string(p.Account)+"\x00"+string(p.User))
	return hex.EncodeToString(m.Sum(nil)[:hashSize])
}
