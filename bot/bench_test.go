package bot_test

import (
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/bot"
	"guanjia/bot/bottest"
	"guanjia/internal/testproc"
	"guanjia/store"
	hotredis "guanjia/store/hot/redis"
	hotsql "guanjia/store/hot/sql"
)

// BenchmarkEvent is one whole event without the wire: lane, Begin, routing, a conversation's handler, journal, Finish; by 32
// senders and 10,000 persons, as the performance page's closed loop.
func BenchmarkEvent(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) {
		s := openBench(b, "sqlite:"+filepath.Join(b.TempDir(), "bench.db"))
		hot := hotsql.New(s, hotsql.Options{Log: zap.NewNop()})
		b.Cleanup(func() { hot.Close() })
		benchEvent(b, s, hot)
	})
	b.Run("RedisPostgreSQL", func(b *testing.B) {
		s := openBench(b, testproc.Postgres(b))
		client, err := hotredis.Open(testproc.Redis(b))
		if err != nil {
			b.Fatal(err)
		}
		hot := hotredis.New(client, hotredis.Options{Log: zap.NewNop()})
		b.Cleanup(func() { hot.Close() })
		benchEvent(b, s, hot)
	})
}

func openBench(b *testing.B, url string) *store.Store {
	s, err := store.Open(b.Context(), url, store.Options{Log: zap.NewNop()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	if _, _, err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}

func benchEvent(b *testing.B, s *store.Store, hot bot.HotState) {
	router, err := bot.NewRouter(&counter{})
	if err != nil {
		b.Fatal(err)
	}
	e := bot.NewEngine(bot.Config{Hot: hot, Journal: s.Journal(), Toggles: &bottest.Toggles{}, Log: zap.NewNop()}, "bench", router, bot.Texts{})
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			ev := text("o"+strconv.FormatInt(i%10_000, 10), "m"+strconv.FormatInt(i, 10), "数数")
			if _, err := e.Handle(b.Context(), ev, bottest.Whole{}, time.Now().Add(time.Minute)); err != nil {
				b.Error(err)
			}
		}
	})
}
