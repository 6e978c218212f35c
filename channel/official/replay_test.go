package official

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/callback"
)

func TestAPlainSignatureIsNotUsedForAnotherBody(t *testing.T) {
	t.Parallel()
	a := serve(t, Plain, repeat)
	forged := strings.Replace(hello, "hello", "forged", 1)
	if got := a.postPlain(t, hello); got.status != http.StatusOK {
		t.Fatalf("the original: %d", got.status)
	}
	if got := a.postPlain(t, forged); got.status != http.StatusForbidden || a.counted.rejected[0] != callback.ReasonReplay {
		t.Errorf("another body: %d %v", got.status, a.counted.rejected)
	}
	if got := a.postPlain(t, hello); got.status != http.StatusOK || !strings.Contains(got.body, "hello") {
		t.Errorf("the same again: %d %q", got.status, got.body)
	}
	if a.memory.ttl < 24*time.Hour {
		t.Errorf("remembered for %v", a.memory.ttl)
	}
}

// The signature does not tell where the timestamp ends and the nonce begins. Both readings of the digits below are within
// the clock window.
func TestMovedDigitsDoNotMakeAnotherCallback(t *testing.T) {
	t.Parallel()
	timestamp, nonce := "1760000000", "1760000001"
	first, moved := plainQuery(timestamp, nonce), plainQuery(nonce, timestamp)
	if first.Get("signature") != moved.Get("signature") {
		t.Fatal("the digits were not moved")
	}

	plain := serve(t, Plain, repeat)
	plain.send(t, http.MethodPost, first.Encode(), hello)
	forged := strings.Replace(hello, "hello", "forged", 1)
	if got := plain.send(t, http.MethodPost, moved.Encode(), forged); got.status != http.StatusForbidden {
		t.Errorf("plain: another body passed: %d", got.status)
	}

	var mu sync.Mutex
	keys := map[bot.EventKey]bool{}
	secure := serve(t, Secure, engineFunc(func(_ context.Context, ev *bot.Event, _ bot.Fitter, _ time.Time) (bot.Answer, error) {
		mu.Lock()
		defer mu.Unlock()
		keys[ev.Key] = true
		return bot.Answer{}, nil
	}))
	q, encrypted := secured(t, hello, timestamp, nonce)
	for _, ts := range []string{timestamp, nonce} {
		q.Set("timestamp", ts)
		q.Set("nonce", map[string]string{timestamp: nonce, nonce: timestamp}[ts])
		if got := secure.send(t, http.MethodPost, q.Encode(), envelopeOf(encrypted)); got.status != http.StatusOK {
			t.Errorf("secure: %d", got.status)
		}
	}
	if secure.events() != 2 || len(keys) != 1 {
		t.Errorf("secure: %d deliveries with the keys %v", secure.events(), keys)
	}
}

func TestWithoutTheMemoryOfCallbacksThePlatformIsAskedAgain(t *testing.T) {
	t.Parallel()
	a := serve(t, Plain, repeat)
	a.memory.err = errors.New("redis is away")
	if got := a.postPlain(t, hello); got.status != http.StatusServiceUnavailable || a.events() != 0 {
		t.Errorf("status %d, %d events", got.status, a.events())
	}
}
