package storetest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/store"
	"guanjia/store/batch"
)

func entry(i int, k bot.EventKey) bot.Entry {
	return bot.Entry{
		Person: someone(i), Key: k, Kind: bot.KindText, Name: "text", MsgID: "23145", At: start, Received: precise,
		Took: 1234 * time.Microsecond, Handler: "quiz", Outcome: "answered", Text: "Ｂ", Reply: []byte(`{"r":1}`), Session: []byte(`{"s":1}`),
	}
}

func journalFirstCounts(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	j := s.Journal()
	first, second := entry(1, "k"), entry(1, "k")
	second.Reply = []byte("another")

	got, ours, err := j.Commit(t.Context(), first)
	ok(t, err)
	equal(t, ours, true)
	equal(t, got, first)

	got, ours, err = j.Commit(t.Context(), second)
	ok(t, err)
	equal(t, ours, false)
	equal(t, got, first)

	elsewhere := entry(1, "k") // keys are unique within an account only
	elsewhere.Person.Account = "pharmacy"
	_, ours, err = j.Commit(t.Context(), elsewhere)
	ok(t, err)
	equal(t, ours, true)

	_, found, err := j.Find(t.Context(), "brand", "unheard of")
	ok(t, err)
	equal(t, found, false)
}

func journalConcurrent(t *testing.T, fresh Fresh) {
	oneOfMany(t, []*store.Store{Open(t, fresh(t))})
}

func journalTwoProcesses(t *testing.T, fresh Fresh) {
	url := fresh(t)
	oneOfMany(t, []*store.Store{Open(t, url), Open(t, url)})
}

// oneOfMany commits 3 copies of each of 100 events at once: one of each is written, and all 3 are told the same.
func oneOfMany(t *testing.T, stores []*store.Store) {
	const events, copies = 100, 3
	var ours [events]atomic.Int32
	var replies [events][copies]string
	together(events*copies, func(i int) {
		event, copied := i%events, i/events
		e := entry(event, key("event-%d", event))
		e.Reply = []byte{byte('a' + copied)}
		got, our, err := stores[i%len(stores)].Journal().Commit(t.Context(), e)
		if err != nil {
			t.Error(err)
			return
		}
		if our {
			ours[event].Add(1)
		}
		replies[event][copied] = string(got.Reply)
	})
	for event := range events {
		if n := ours[event].Load(); n != 1 {
			t.Errorf("event %d was written %d times", event, n)
		}
		for copied := range copies {
			if replies[event][copied] != replies[event][0] {
				t.Errorf("event %d was answered differently: %q", event, replies[event])
			}
		}
	}
}

func journalPoison(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	together(100, func(i int) {
		e := entry(i, key("event-%d", i))
		if i%10 == 0 {
			e.Key += "\x00" // PostgreSQL refuses it; SQLite does not mind
		}
		got, ours, err := s.Journal().Commit(t.Context(), e)
		if i%10 == 0 {
			return
		}
		if err != nil || !ours || got.Key != e.Key {
			t.Errorf("entry %d: %v, ours %v, key %q", i, err, ours, got.Key)
		}
	})
}

func journalKeeps(t *testing.T, fresh Fresh) {
	url := fresh(t)
	s := Open(t, url)
	all := entry(1, "all")
	all.Raw, all.Private = []byte{0, 0xff, '<'}, true
	all.Text = "表情😀" + strings.Repeat("长", 5000)
	none := bot.Entry{Person: someone(2), Key: "none"}
	strange := entry(3, "strange")
	strange.Text, strange.Name = "a\x00b\xff", "\xe4\xbd"
	for _, e := range []bot.Entry{all, none, strange} {
		_, _, err := s.Journal().Commit(t.Context(), e)
		ok(t, err)
	}
	strange.Text, strange.Name = "ab\uFFFD", "\uFFFD"
	for _, want := range []bot.Entry{all, none, strange} {
		got, found, err := Open(t, url).Journal().Find(t.Context(), "brand", want.Key)
		ok(t, err)
		equal(t, found, true)
		equal(t, got, want)
	}
}

func journalTrim(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	old, recent := entry(1, "old"), entry(1, "recent")
	recent.Received = precise.Add(time.Hour)
	for _, e := range []bot.Entry{old, recent} {
		_, _, err := s.Journal().Commit(t.Context(), e)
		ok(t, err)
	}
	for _, want := range []int{1, 0} {
		n, err := s.TrimJournal(t.Context(), precise.Add(time.Minute))
		ok(t, err)
		equal(t, n, want)
	}
	old.Reply, old.Session = nil, nil
	for _, want := range []bot.Entry{old, recent} {
		got, _, err := s.Journal().Find(t.Context(), "brand", want.Key)
		ok(t, err)
		equal(t, got, want)
	}
}

// journalClose closes a store while entries arrive: each is either written or refused, never both or neither.
func journalClose(t *testing.T, fresh Fresh) {
	url := fresh(t)
	again := Open(t, url)
	s, err := store.Open(t.Context(), url, store.Options{})
	ok(t, err)
	const n = 50
	var written [n]bool
	together(n+1, func(i int) {
		if i == n {
			ok(t, s.Close())
			return
		}
		_, ours, err := s.Journal().Commit(t.Context(), entry(i, key("event-%d", i)))
		if err != nil && !errors.Is(err, batch.ErrClosed) {
			t.Errorf("entry %d: %v", i, err)
		}
		written[i] = ours
	})
	for i := range n {
		_, found, err := again.Journal().Find(t.Context(), "brand", key("event-%d", i))
		ok(t, err)
		if found != written[i] {
			t.Errorf("entry %d: told %v, found %v", i, written[i], found)
		}
	}
}

func cancelled(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	if _, _, err := s.Journal().Commit(ended(), entry(1, "k")); !errors.Is(err, context.Canceled) {
		t.Errorf("commit: %v", err)
	}
	if _, _, err := s.Follow(ended(), someone(1), "", "k", start); !errors.Is(err, context.Canceled) {
		t.Errorf("follow: %v", err)
	}
	if _, _, err := s.Journal().Find(ended(), "brand", "k"); !errors.Is(err, context.Canceled) {
		t.Errorf("find: %v", err)
	}
	_, found, err := s.Journal().Find(t.Context(), "brand", "k")
	ok(t, err)
	equal(t, found, false)
	if _, err := s.Follower(t.Context(), someone(1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("follower: %v", err)
	}
}

func restart(t *testing.T, fresh Fresh) {
	url := fresh(t)
	s, err := store.Open(t.Context(), url, store.Options{})
	ok(t, err)
	_, _, err = s.Migrate(t.Context())
	ok(t, err)
	_, _, err = s.Journal().Commit(t.Context(), entry(1, "k"))
	ok(t, err)
	attempt, _, err := s.StartAttempt(t.Context(), "quiz", someone(1), 1, "k", start)
	ok(t, err)
	ok(t, s.Close())

	s = Open(t, url)
	_, ours, err := s.Journal().Commit(t.Context(), entry(1, "k"))
	ok(t, err)
	equal(t, ours, false)
	again, outcome, err := s.StartAttempt(t.Context(), "quiz", someone(1), 1, "k", start)
	ok(t, err)
	equal(t, outcome, store.Started)
	equal(t, again, attempt)
}

func panicContained(t *testing.T, fresh Fresh) {
	s := Open(t, fresh(t))
	if s.Engine() == "sqlite" { // elsewhere it runs in the caller's goroutine, who has his own way with it
		_, _, err := s.ClaimCoupon(t.Context(), store.ClaimRequest{Campaign: "gift", Person: someone(1), Key: "k", At: start,
			Generate: &store.Generate{Code: func() (string, error) { panic("no code") }}})
		if err == nil || !strings.Contains(err.Error(), "panic") {
			t.Fatalf("claim: %v", err)
		}
	}
	_, _, err := s.Journal().Commit(t.Context(), entry(1, "k"))
	ok(t, err)
}
