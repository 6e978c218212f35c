package testproc

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// sharedRedis is this binary's one redis-server for tests that need no server of their own.
var sharedRedis = sync.OnceValues(func() (*Server, error) {
	return startRedis("--save", "", "--appendonly", "no", "--databases", strconv.Itoa(redisDatabases))
})

// redisDatabases is how many numbered databases the shared server has; they are given out in turn.
const redisDatabases = 1000

var redisNext atomic.Int64

// Redis gives the URL of an empty database on the binary's shared redis-server.
func Redis(t testing.TB) string {
	t.Helper()
	s, err := sharedRedis()
	fatal(t, err)
	url := s.URL + "/" + strconv.FormatInt(redisNext.Add(1)%redisDatabases, 10)
	fatal(t, withRedis(url, func(ctx context.Context, c *redis.Client) error { return c.FlushDB(ctx).Err() }))
	return url
}

// Server is a server of one test's own. What it has acknowledged survives Kill.
type Server struct {
	URL string

	t       testing.TB
	addr    string
	dies    syscall.Signal
	again   func() (*process, error)
	answers func() error
	process *process
}

// StartRedis starts a redis-server that keeps its data (append-only file), for tests that kill it.
func StartRedis(t testing.TB) *Server {
	t.Helper()
	s, err := startRedis("--save", "", "--appendonly", "yes", "--appendfsync", "always")
	fatal(t, err)
	s.t = t
	t.Cleanup(s.Kill)
	return s
}

// Kill ends the server at once, in the middle of whatever it does, and waits for it. It may be called twice.
func (s *Server) Kill() { s.process.stop(s.dies) }

// Restart starts a killed server again, at the same address with the same data.
func (s *Server) Restart() {
	s.t.Helper()
	p, err := s.again()
	fatal(s.t, err)
	s.process = p
	fatal(s.t, p.ready(s.answers))
}

func startRedis(options ...string) (*Server, error) {
	binary, err := redisBinary()
	if err != nil {
		return nil, err
	}
	dir, err := tempDir()
	if err != nil {
		return nil, err
	}
	return retry(func() (*Server, error) { return startRedisIn(dir, binary, options) })
}

func startRedisIn(dir, binary string, options []string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, strconv.Itoa(port))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	s := &Server{addr: "127.0.0.1:" + strconv.Itoa(port), dies: syscall.SIGKILL}
	s.URL = "redis://" + s.addr
	args := append(slices.Clone(options), "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir, "--daemonize", "no")
	s.again = func() (*process, error) { return start(dir, s.dies, nil, binary, args...) }
	s.answers = func() error {
		return withRedis(s.URL, func(ctx context.Context, c *redis.Client) error {
			info, err := c.Info(ctx, "server").Result()
			if pid := fmt.Sprintf("process_id:%d\r", s.process.cmd.Process.Pid); err == nil && !strings.Contains(info, pid) {
				err = fmt.Errorf("port %d is another server's", port) // who took it after it was found free
			}
			return err
		})
	}
	if s.process, err = s.again(); err != nil {
		return nil, err
	}
	return s, s.process.ready(s.answers)
}

func withRedis(url string, f func(context.Context, *redis.Client) error) error {
	o, err := redis.ParseURL(url)
	if err != nil {
		return err
	}
	o.MaxRetries = -1
	c := redis.NewClient(o)
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return f(ctx, c)
}
