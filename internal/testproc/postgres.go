package testproc

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// sharedPostgres is this binary's one PostgreSQL.
var sharedPostgres = sync.OnceValues(func() (*Server, error) { return startPostgres() })

var postgresNext atomic.Int64

// Postgres gives the URL of an empty database on the binary's shared PostgreSQL. The server does not wait for the disk.
func Postgres(t testing.TB) string {
	t.Helper()
	s, err := sharedPostgres()
	fatal(t, err)
	name := "test" + strconv.FormatInt(postgresNext.Add(1), 10)
	fatal(t, withPostgres(s.URL+"/postgres", func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "CREATE DATABASE "+name)
		return err
	}))
	t.Cleanup(func() {
		err := withPostgres(s.URL+"/postgres", func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
			return err
		})
		if err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return s.URL + "/" + name
}

// StartPostgres starts a PostgreSQL of the test's own, for tests that kill it. Its URL names the database postgres.
func StartPostgres(t testing.TB) *Server {
	t.Helper()
	s, err := startPostgres()
	fatal(t, err)
	s.URL += "/postgres"
	s.t = t
	t.Cleanup(s.Kill)
	return s
}

func startPostgres() (*Server, error) {
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := tempDir()
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	if err := initPostgres(data, as); err != nil {
		return nil, err
	}
	return retry(func() (*Server, error) { return startPostgresIn(data, as) })
}

// initPostgres makes the folder of a database server.
func initPostgres(data string, as *syscall.Credential) error {
	binary, err := postgresBinary("initdb")
	if err != nil {
		return err
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	if as != nil {
		if err := os.Chown(data, int(as.Uid), int(as.Gid)); err != nil {
			return err
		}
	}
	cmd := exec.Command(binary, "--pgdata", data, "--username", "postgres", "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C")
	cmd.Dir = data
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: as}
	if printed, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, printed)
	}
	return nil
}

func startPostgresIn(data string, as *syscall.Credential) (*Server, error) {
	binary, err := postgresBinary("postgres")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	// SIGQUIT: PostgreSQL stops without finishing anything, but gives its shared memory back.
	s := &Server{addr: "127.0.0.1:" + strconv.Itoa(port), dies: syscall.SIGQUIT}
	s.URL = "postgres://postgres@" + s.addr
	admin := s.URL + "/postgres"
	args := []string{"-D", data, "-p", strconv.Itoa(port)}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300", "shared_buffers=64MB",
		"fsync=off", "full_page_writes=off", "log_min_messages=fatal",
	} {
		args = append(args, "-c", setting)
	}
	s.again = func() (*process, error) { return start(filepath.Dir(data), s.dies, as, binary, args...) }
	s.answers = func() error {
		return withPostgres(admin, func(ctx context.Context, c *pgx.Conn) error {
			var got string
			err := c.QueryRow(ctx, "SHOW data_directory").Scan(&got)
			if err == nil && got != data {
				err = fmt.Errorf("port %d is another server's", port)
			}
			return err
		})
	}
	if s.process, err = s.again(); err != nil {
		return nil, err
	}
	return s, s.process.ready(s.answers)
}

func withPostgres(url string, f func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	c, err := pgx.Connect(ctx, url+"?sslmode=disable&connect_timeout=5")
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	return f(ctx, c)
}
