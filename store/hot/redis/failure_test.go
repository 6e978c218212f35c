package redis_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/bot"
	"guanjia/internal/testproc"
	"guanjia/store/hot/redis"
)

func lease(n int, k string) bot.Lease {
	return bot.Lease{Person: bot.Person{Account: "brand", User: bot.UserID(fmt.Sprint("openid-", n))}, Key: bot.EventKey(k), Owner: "owner of " + k}
}

func begin(t *testing.T, h bot.HotState, l bot.Lease) (bot.BeginResult, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	return h.Begin(ctx, bot.BeginRequest{Lease: l, For: time.Hour, Arrival: true})
}

// TestRedisDiesAndComesBack kills Redis in the middle: calls fail instead of hanging, and go on where they were afterwards.
func TestRedisDiesAndComesBack(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]redis.Options{"pipelined": {}, "separate": {Separate: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := testproc.StartRedis(t)
			h := opener(t, server.URL, o)()
			for n := range 20 {
				if _, err := begin(t, h, lease(n, "before")); err != nil {
					t.Fatal(err)
				}
				if err := h.Finish(t.Context(), bot.FinishRequest{Lease: lease(n, "before"), Session: []byte("session"), SessionFor: time.Hour}); err != nil {
					t.Fatal(err)
				}
			}
			server.Kill()
			var callers sync.WaitGroup
			for n := range 20 {
				callers.Go(func() {
					if r, err := begin(t, h, lease(100+n, "while away")); err == nil {
						t.Errorf("person %d was told %+v", n, r)
					}
				})
			}
			callers.Wait()
			server.Restart() // it has forgotten the scripts, not the data
			for n := range 20 {
				callers.Go(func() {
					r, err := begin(t, h, lease(n, "after"))
					for deadline := time.Now().Add(2 * time.Minute); err != nil && time.Now().Before(deadline); {
						r, err = begin(t, h, lease(n, "after")) // the client takes a moment to notice
					}
					if err != nil || r.State != bot.BeginRun || string(r.Session) != "session" {
						t.Errorf("person %d: %+v, %v", n, r, err)
					}
				})
			}
			callers.Wait()
		})
	}
}

func TestPingNoticesAFullRedis(t *testing.T) {
	t.Parallel()
	server := testproc.StartRedis(t)
	h := opener(t, server.URL, redis.Options{})().(*redis.Hot) // has pinged
	client, err := redis.Open(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for memory, fails := range map[string]bool{"1": true, "0": false} { // bytes; 0: no limit
		if err := client.ConfigSet(t.Context(), "maxmemory", memory).Err(); err != nil {
			t.Fatal(err)
		}
		if err := h.Ping(t.Context()); (err != nil) != fails {
			t.Errorf("with maxmemory %s: %v", memory, err)
		}
	}
}

func TestCloseRefusesNewCalls(t *testing.T) {
	t.Parallel()
	client, err := redis.Open(testproc.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	h := redis.New(client, redis.Options{})
	for range 2 {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := begin(t, h, lease(1, "k")); err == nil {
		t.Error("a call after Close went through")
	}
}

// TestClientLines is not parallel: where the client library writes its lines is one place for the whole process.
func TestClientLines(t *testing.T) {
	core, lines := observer.New(zap.WarnLevel)
	redis.LogTo(zap.New(core))
	defer redis.LogTo(zap.NewNop())
	server := testproc.StartRedis(t)
	h := opener(t, server.URL, redis.Options{Separate: true})()
	server.Kill()
	for n := range 50 {
		if _, err := begin(t, h, lease(n, "k")); err == nil {
			t.Fatal("a dead Redis answered")
		}
	}
	if n := lines.Len(); n > 2 {
		t.Errorf("%d lines in a moment", n)
	}
	for _, l := range lines.All() {
		if !strings.Contains(l.Message, "redis") {
			t.Errorf("the line %q does not say whose it is", l.Message)
		}
	}
}
