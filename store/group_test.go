package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"guanjia/bot"
)

func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func sqliteURL(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "guanjia.db") }

func migrated(t testing.TB, url string) *Store {
	t.Helper()
	s := open(t, url)
	if _, _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// hold keeps SQLite's writer busy until release is called, so that what is asked meanwhile shares a commit.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	held, let := make(chan struct{}), make(chan struct{})
	var holder sync.WaitGroup
	holder.Go(func() {
		_, err := InTx(t.Context(), s, func(context.Context, *Tx) (int, error) {
			close(held)
			<-let
			return 0, nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	return func() {
		close(let)
		holder.Wait()
	}
}

// insert writes an entry and then does what the test wants.
func insert(t *testing.T, s *Store, ctx context.Context, n int, then func() error) error {
	_, err := InTx(ctx, s, func(ctx context.Context, tx *Tx) (int, error) {
		_, err := insertEntries(ctx, tx, []bot.Entry{{Person: bot.Person{Account: "brand"}, Key: bot.EventKey(fmt.Sprint(n))}})
		if err != nil {
			return 0, err
		}
		return 0, then()
	})
	return err
}

func TestATransactionThatFailsTakesNobodyAlong(t *testing.T) {
	t.Parallel()
	s := migrated(t, sqliteURL(t))
	release := hold(t, s)
	wrong := errors.New("wrong")
	var callers sync.WaitGroup
	for n := range 30 {
		callers.Go(func() {
			var want error
			err := insert(t, s, t.Context(), n, func() error {
				switch n % 10 {
				case 3:
					want = wrong
					return wrong
				case 7:
					panic("also wrong")
				}
				return nil
			})
			if n%10 == 7 && err == nil || n%10 != 7 && !errors.Is(err, want) {
				t.Errorf("transaction %d: %v", n, err)
			}
		})
	}
	release()
	callers.Wait()
	for n := range 30 {
		_, found, err := s.Journal().Find(t.Context(), "brand", bot.EventKey(fmt.Sprint(n)))
		if err != nil {
			t.Fatal(err)
		}
		if failed := n%10 == 3 || n%10 == 7; found == failed {
			t.Errorf("transaction %d: found %v", n, found)
		}
	}
}

func TestWhoLeavesTheQueueWritesNothing(t *testing.T) {
	t.Parallel()
	s := migrated(t, sqliteURL(t))
	release := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	for n := range 5 {
		callers.Go(func() {
			if err := insert(t, s, ctx, n, func() error { return nil }); !errors.Is(err, context.Canceled) {
				t.Errorf("transaction %d: %v", n, err)
			}
		})
	}
	cancel()
	callers.Wait() // nobody waits for the writer any more
	release()
	if err := insert(t, s, t.Context(), 100, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	n, _, err := Get(t.Context(), s.read(), scalar[int], "SELECT count(*) FROM journal")
	if err != nil || n != 1 {
		t.Errorf("%d entries were written, %v", n, err)
	}
}

func TestStatementsArePreparedOnce(t *testing.T) {
	t.Parallel()
	s := migrated(t, sqliteURL(t))
	for n := range 50 {
		if err := insert(t, s, t.Context(), n, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Journal().Find(t.Context(), "brand", "1"); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.writes.prepared) == 0 || len(s.reads.prepared) == 0 {
		t.Errorf("%d and %d statements are prepared", len(s.writes.prepared), len(s.reads.prepared))
	}
	for n := range 2 * statementsMax { // texts without end are run all the same
		if _, _, err := Get(t.Context(), s.read(), scalar[int], fmt.Sprint("SELECT ", n)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.reads.prepared); n > statementsMax {
		t.Errorf("%d statements are kept", n)
	}
}
