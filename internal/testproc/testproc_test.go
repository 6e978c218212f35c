package testproc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

func TestEachCallerHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	a, b := Redis(t), Redis(t)
	set := func(url string) (ok bool) {
		fatal(t, withRedis(url, func(ctx context.Context, c *redis.Client) (err error) {
			ok, err = c.SetNX(ctx, "k", "v", 0).Result()
			return err
		}))
		return ok
	}
	if a == b || !set(a) || !set(b) || set(a) {
		t.Errorf("%s and %s are one", a, b)
	}
	for _, url := range []string{Postgres(t), Postgres(t)} {
		fatal(t, withPostgres(url, func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "CREATE TABLE t (c TEXT)")
			return err
		}))
	}
}

func TestAKilledServerKeepsWhatItAcknowledged(t *testing.T) {
	t.Parallel()
	s := StartRedis(t)
	fatal(t, withRedis(s.URL, func(ctx context.Context, c *redis.Client) error { return c.Set(ctx, "k", "v", 0).Err() }))
	for range 2 {
		s.Kill()
		s.Kill()
		if err := withRedis(s.URL, func(ctx context.Context, c *redis.Client) error { return c.Ping(ctx).Err() }); err == nil {
			t.Error("a killed server answered")
		}
		s.Restart()
		fatal(t, withRedis(s.URL, func(ctx context.Context, c *redis.Client) error { return c.Get(ctx, "k").Err() }))
	}
}

func TestAMissingBinaryIsAnErrorWithItsRemedy(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := redisBinary(); err == nil || !strings.Contains(err.Error(), "make test-deps") {
		t.Errorf("redis-server: %v", err)
	}
	if _, err := postgresBinary("no-such-program"); err == nil || !strings.Contains(err.Error(), "make test-deps") {
		t.Errorf("postgres: %v", err)
	}
}

func TestAServerThatFailsShowsItsLog(t *testing.T) {
	t.Parallel()
	if _, err := startRedis("--no-such-option", "1"); err == nil || !strings.Contains(err.Error(), "no-such-option") {
		t.Errorf("the error does not say why: %v", err)
	}
}

// holder makes a copy of this test binary start servers and hold them until it is killed.
const holder = "TESTPROC_HOLD"

func TestHold(t *testing.T) {
	if os.Getenv(holder) == "" {
		return // only part of the test below
	}
	Redis(t)
	Postgres(t)
	r, rerr := sharedRedis()
	p, perr := sharedPostgres()
	fatal(t, errors.Join(rerr, perr))
	for _, s := range []*Server{r, p} {
		fmt.Println("held", s.process.cmd.Process.Pid, s.process.cmd.Dir)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}

func TestServersEndWithTheTests(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHold$")
	cmd.Env = append(os.Environ(), holder+"=1")
	stdin, err := cmd.StdinPipe()
	fatal(t, err)
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	fatal(t, err)
	fatal(t, cmd.Start())
	type held struct {
		pid int
		dir string
	}
	var servers []held
	for lines := bufio.NewScanner(stdout); lines.Scan() && lines.Text() != "ready"; {
		var h held
		if _, err := fmt.Sscanf(lines.Text(), "held %d %s", &h.pid, &h.dir); err == nil {
			servers = append(servers, h)
		}
	}
	if len(servers) != 2 {
		t.Fatalf("%d servers were started", len(servers))
	}
	fatal(t, cmd.Process.Kill())
	cmd.Wait()
	for _, s := range servers {
		gone := func() bool {
			// A process that ended and has not been buried yet has an empty command line.
			line, perr := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", s.pid))
			_, derr := os.Stat(s.dir)
			return (perr != nil || len(line) == 0) && errors.Is(derr, os.ErrNotExist)
		}
		for deadline := time.Now().Add(2 * time.Minute); !gone(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("process %d or its folder %s is still there", s.pid, s.dir)
			}
		}
	}
}
