package store_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"

	"guanjia/bot"
	"guanjia/store"
	"guanjia/store/storetest"
)

// child is set to the URL of a database for a copy of this test binary that plays a process which ends badly.
const child = "STORE_TEST_CHILD"

func writerOf(t *testing.T, test, url string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), child+"="+url)
	cmd.Stderr = os.Stderr
	return cmd
}

func commit(t *testing.T, s *store.Store, n int) error {
	_, _, err := s.Journal().Commit(t.Context(), bot.Entry{Person: bot.Person{Account: "brand", User: "openid"}, Key: bot.EventKey(fmt.Sprint(n)), Reply: make([]byte, 1000)})
	return err
}

// TestChildWrites is part of the test below: it writes without end and says what was committed.
func TestChildWrites(t *testing.T) {
	url := os.Getenv(child)
	if url == "" {
		return
	}
	s := storetest.Open(t, url)
	var mu sync.Mutex
	var writers sync.WaitGroup
	for g := range 8 {
		writers.Go(func() {
			for n := g; commit(t, s, n) == nil; n += 8 {
				mu.Lock()
				fmt.Println("committed", n)
				mu.Unlock()
			}
		})
	}
	writers.Wait()
}

// TestWhatWasCommittedSurvivesKill9 kills a process in the middle of its writes.
func TestWhatWasCommittedSurvivesKill9(t *testing.T) {
	t.Parallel()
	url := sqliteURL(t)
	cmd := writerOf(t, "TestChildWrites", url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var committed []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if n, ok := strings.CutPrefix(lines.Text(), "committed "); ok {
			committed = append(committed, n)
		}
		if len(committed) == 500 {
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	if len(committed) < 500 {
		t.Fatalf("%d entries were committed", len(committed))
	}
	s := storetest.Open(t, url)
	for _, n := range committed {
		if _, found, err := s.Journal().Find(t.Context(), "brand", bot.EventKey(n)); err != nil || !found {
			t.Fatalf("entry %s: %v, %v", n, found, err)
		}
	}
}

// TestChildFillsTheDisk is part of the test below: a limit on the size of files stands for the disk's.
func TestChildFillsTheDisk(t *testing.T) {
	url := os.Getenv(child)
	if url == "" {
		return
	}
	s := storetest.Open(t, url)
	signal.Ignore(syscall.SIGXFSZ) // writing beyond the limit is an error then, as on a full disk
	limit := syscall.Rlimit{}
	fatal(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	var tables int64 // and the log of making them: the limit is for each file
	for _, suffix := range []string{"", "-wal"} {
		file, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + suffix)
		fatal(t, err)
		tables = max(tables, file.Size())
	}
	small := syscall.Rlimit{Cur: uint64(tables) + 1<<20, Max: limit.Max}
	fatal(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small))

	var mu sync.Mutex
	told := map[int]bool{}
	var writers sync.WaitGroup
	for g := range 8 {
		writers.Go(func() {
			for n := g; ; n += 8 {
				err := commit(t, s, n)
				mu.Lock()
				told[n] = err == nil
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	writers.Wait()
	var err error
	for range 1000 { // a ping is smaller than an entry and may still find room
		if err = s.Ping(t.Context()); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("a full disk took writes without end")
	}
	fatal(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	fatal(t, s.Ping(t.Context()))
	for n, was := range told {
		_, found, err := s.Journal().Find(t.Context(), "brand", bot.EventKey(fmt.Sprint(n)))
		if err != nil || was && !found {
			t.Errorf("entry %d: told %v, found %v, %v", n, was, found, err)
		}
		fatal(t, commit(t, s, n)) // as the platform's retry does
	}
	fmt.Println("recovered", len(told) > 8)
}

// TestAFullDiskFailsAndRecovers: writes fail at once and as a whole, reads go on, and so do writes when there is space again.
func TestAFullDiskFailsAndRecovers(t *testing.T) {
	t.Parallel()
	cmd := writerOf(t, "TestChildFillsTheDisk", sqliteURL(t))
	out, err := cmd.StdoutPipe()
	fatal(t, err)
	fatal(t, cmd.Start())
	printed, rerr := io.ReadAll(out)
	if err := errors.Join(rerr, cmd.Wait()); err != nil || !strings.Contains(string(printed), "recovered true") {
		t.Fatalf("%v\n%s", err, printed)
	}
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
