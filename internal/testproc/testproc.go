// Package testproc starts real redis-servers and a real PostgreSQL for tests, on free loopback ports, in a temporary folder.
//
// What costs time is started once per test binary and shared: Postgres gives each caller a database of its own on the one
// server, Redis a numbered database on the other. Tests that kill or restart a server start their own. A missing binary fails
// the test and says what to do. The servers end with the test binary, however it ends, and their folders go.
//
// It is imported from tests only.
package testproc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// startTimeout is how long a server may take until it answers, on a machine that is busy with other tests.
	startTimeout = 30 * time.Second
	startTries   = 3
	lastLines    = 20 // of a failed server's log are shown
	remedy       = "run make test-deps"
)

// process is a running server. The goroutine that started it waits for it.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}
	log    string // path of what it printed
}

// start runs a program in dir. Its parent is a thread that lives as long as it does, because the kernel sends the death
// signal when the thread ends that started the process.
func start(dir string, dies syscall.Signal, as *syscall.Credential, name string, args ...string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &process{cmd: exec.Command(name, args...), exited: make(chan struct{}), log: log.Name()}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: dies, Credential: as}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.exited)
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.cmd.Wait()
		}
	}()
	return p, <-started
}

// stop signals the process and waits for its end.
func (p *process) stop(s syscall.Signal) {
	p.cmd.Process.Signal(s)
	<-p.exited
}

// ready asks until the server answers, gives up or is gone.
func (p *process) ready(answers func() error) error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := answers()
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return p.failed(errors.New("exited"))
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return p.failed(fmt.Errorf("does not answer: %w", err))
		}
	}
}

func (p *process) failed(err error) error {
	printed, _ := os.ReadFile(p.log)
	lines := strings.Split(strings.TrimSpace(string(printed)), "\n")
	return fmt.Errorf("%s: %w\n%s", filepath.Base(p.cmd.Path), err, strings.Join(lines[max(0, len(lines)-lastLines):], "\n"))
}

// tempDir makes a folder that a shell removes when this process has let go of its standard input, however it ends.
func tempDir() (string, error) {
	dir, err := os.MkdirTemp("", "guanjia-test-")
	if err != nil {
		return "", err
	}
	janitor := exec.Command("sh", "-c", `read -r _; sleep 1; rm -rf -- "$1"`, "sh", dir)
	if _, err := janitor.StdinPipe(); err != nil { // never written to
		return "", err
	}
	janitor.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for the tests
	if err := janitor.Start(); err != nil {
		return "", err
	}
	go janitor.Wait() // holds the pipe open; both end with this process
	return dir, nil
}

// freePort finds a port nobody listens on. Somebody may take it before the server does: callers try again.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// retry tries to start something whose port may have been taken.
func retry[T any](f func() (T, error)) (v T, err error) {
	for range startTries {
		if v, err = f(); err == nil {
			return v, nil
		}
	}
	return v, err
}

func redisBinary() (string, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return "", fmt.Errorf("redis-server is not installed: %s", remedy)
	}
	return path, nil
}

// postgresBinary finds a program of the newest PostgreSQL. Distributions keep them out of the PATH.
func postgresBinary(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	slices.SortFunc(found, func(a, b string) int { return majorVersion(b) - majorVersion(a) })
	for _, path := range found {
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("PostgreSQL's %s is not installed: %s", name, remedy)
	}
	return path, nil
}

func majorVersion(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// unprivileged is whom PostgreSQL runs as when the tests run as root, which it refuses; nil when they do not.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uerr, gerr); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody")
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
