package storetest

import (
	"bytes"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
)

// benchPeople is how many people take part in a benchmark.
const benchPeople = 10_000

// parallel runs f from a number of goroutines at once.
func parallel(b *testing.B, goroutines int, f func(n int) error) {
	b.Helper()
	b.SetParallelism(max(1, goroutines/runtime.GOMAXPROCS(0)))
	b.ReportAllocs()
	var next atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := f(int(next.Add(1))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}

// BenchHot measures Begin and Finish as a pair, from 32 goroutines, with a session of 300 bytes and a reply of 200.
func BenchHot(b *testing.B, h bot.HotState) {
	session, reply := bytes.Repeat([]byte("s"), 300), bytes.Repeat([]byte("r"), 200)
	parallel(b, 32, func(n int) error {
		l := bot.Lease{Person: someone(n % benchPeople), Key: key("event-%d", n), Owner: fmt.Sprint("owner-", n)}
		r, err := h.Begin(b.Context(), bot.BeginRequest{Lease: l, For: 10 * time.Second, Arrival: true})
		if err != nil {
			return err
		}
		if r.State != bot.BeginRun {
			return fmt.Errorf("state %v", r.State)
		}
		return h.Finish(b.Context(), bot.FinishRequest{Lease: l, Session: session, SessionFor: time.Hour, Reply: reply, ReplyFor: time.Minute})
	})
}

// BenchJournal measures Commit from 32 goroutines.
func BenchJournal(b *testing.B, s *store.Store) {
	j := s.Journal()
	parallel(b, 32, func(n int) error {
		_, _, err := j.Commit(b.Context(), entry(n%benchPeople, key("event-%d", n)))
		return err
	})
}

// BenchClaim measures ClaimCoupon from 64 goroutines on one batch of codes.
func BenchClaim(b *testing.B, s *store.Store) {
	all := codes("BENCH", b.N)
	for len(all) > 0 {
		n := min(1000, len(all))
		if _, err := s.ImportCodes(b.Context(), "gift", all[:n], start); err != nil {
			b.Fatal(err)
		}
		all = all[n:]
	}
	parallel(b, 64, func(n int) error {
		_, outcome, err := s.ClaimCoupon(b.Context(), claim(n, key("event-%d", n)))
		if err == nil && outcome != store.Claimed {
			err = fmt.Errorf("outcome %v", outcome)
		}
		return err
	})
}
