package redis_test

import (
	"testing"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/internal/testproc"
	"guanjia/store/hot/redis"
	"guanjia/store/storetest"
)

// opener opens the hot state behind url again and again.
func opener(t testing.TB, url string, o redis.Options) storetest.OpenHot {
	return func() bot.HotState { return open(t, url, o) }
}

func open(t testing.TB, url string, o redis.Options) *redis.Hot {
	t.Helper()
	client, err := redis.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	h := redis.New(client, o)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		client.Close()
	})
	if err := h.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPipelined(t *testing.T) {
	t.Parallel()
	storetest.RunHot(t, func(t testing.TB) storetest.OpenHot { return opener(t, testproc.Redis(t), redis.Options{}) })
}

func TestSeparate(t *testing.T) {
	t.Parallel()
	storetest.RunHot(t, func(t testing.TB) storetest.OpenHot {
		return opener(t, testproc.Redis(t), redis.Options{Separate: true})
	})
}

func TestCluster(t *testing.T) {
	t.Parallel()
	url := testproc.RedisCluster(t)
	storetest.RunHot(t, func(t testing.TB) storetest.OpenHot { return opener(t, url, redis.Options{Prefix: t.Name() + ":"}) })
	storetest.RunShared(t, func(t testing.TB) storetest.OpenShared {
		return shareOpener(t, url, redis.Options{Prefix: t.Name() + ":shared:"})
	})
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	url := testproc.RedisSentinel(t)
	storetest.RunHot(t, func(t testing.TB) storetest.OpenHot { return opener(t, url, redis.Options{Prefix: t.Name() + ":"}) })
	storetest.RunShared(t, func(t testing.TB) storetest.OpenShared {
		return shareOpener(t, url, redis.Options{Prefix: t.Name() + ":shared:"})
	})
}

// shareOpener opens what processes share, again and again.
func shareOpener(t testing.TB, url string, o redis.Options) storetest.OpenShared {
	return func() wxapi.Shared { return open(t, url, o) }
}

func TestShared(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]redis.Options{"pipelined": {}, "separate": {Separate: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunShared(t, func(t testing.TB) storetest.OpenShared { return shareOpener(t, testproc.Redis(t), o) })
		})
	}
}

func BenchmarkBeginFinish(b *testing.B) {
	b.Run("pipelined", func(b *testing.B) { storetest.BenchHot(b, opener(b, testproc.Redis(b), redis.Options{})()) })
	b.Run("separate", func(b *testing.B) {
		storetest.BenchHot(b, opener(b, testproc.Redis(b), redis.Options{Separate: true})())
	})
}

func TestCaps(t *testing.T) {
	t.Parallel()
	storetest.RunCaps(t, func(t testing.TB) storetest.OpenCaps {
		url := testproc.Redis(t)
		return func() storetest.CapState { return open(t, url, redis.Options{}) }
	})
}
