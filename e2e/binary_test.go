package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "guanjia-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "guanjia")
	build := exec.Command("go", "build", "-o", binary, "guanjia/cmd/guanjia")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the binary:", err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// process is one running guanjia.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan error
	log  *book
}

// start runs guanjia with args and env (added to a clean environment) in dir and waits until url answers 200.
func start(t *testing.T, dir, url string, env []string, args ...string) *process {
	t.Helper()
	p := launch(t, dir, env, args...)
	p.waitFor(url)
	return p
}

// launch runs guanjia without waiting for anything. Its parent is a thread that lives as long as it does, because the kernel
// sends the death signal when the thread ends that started the process.
func launch(t *testing.T, dir string, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(binary, args...), done: make(chan error, 1), log: &book{}}
	p.cmd.Dir = dir
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.done <- p.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

func (p *process) waitFor(url string) {
	p.t.Helper()
	client := &http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-p.done:
			p.done <- err
			p.t.Fatalf("guanjia ended: %v\n%s", err, p.log)
		default:
		}
		res, err := client.Get(url)
		if err != nil {
			continue
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
	}
	p.t.Fatalf("%s was not ready in a minute\n%s", url, p.log)
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	err := <-p.done
	p.done <- err
}

// stop asks politely and fails the test unless the program ends well.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case err := <-p.done:
		p.done <- err
		if err != nil {
			p.t.Errorf("guanjia ended with %v\n%s", err, p.log)
		}
	case <-time.After(time.Minute):
		p.t.Errorf("guanjia did not end\n%s", p.log)
	}
}

// run runs guanjia to its end and returns what it printed on its standard output.
func run(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	code, out, complaints := outcome(t, dir, env, args...)
	if code != 0 {
		t.Fatalf("guanjia %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, complaints)
	}
	return out
}

// outcome runs guanjia to its end and returns its exit code and what it printed.
func outcome(t *testing.T, dir string, env []string, args ...string) (code int, out, complaints string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	var stdout, stderr strings.Builder
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// Ports that the system gives to nobody who connects: a server that was killed finds its port free again, which it might not
// if a client, of this test or of another, could have been given it meanwhile.
const (
	firstPort = 20000
	lastPort  = 32000
)

// nextPort goes on from a random one, so that tests running beside each other never share one.
var nextPort atomic.Int64

// freeAddr finds a loopback address nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	nextPort.CompareAndSwap(0, rand.Int64N(lastPort-firstPort))
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.FormatInt(firstPort+nextPort.Add(1)%(lastPort-firstPort), 10))
		l, err := net.Listen("tcp", addr)
		if err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

// shown is how many lines of a log a failure shows.
const shown = 200

// book keeps a log.
type book struct {
	before string // the log of earlier starts
	mu     sync.Mutex
	all    bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

// String is the end of the log, for failures.
func (b *book) String() string {
	lines := strings.Split(b.whole(), "\n")
	return strings.Join(lines[max(0, len(lines)-shown):], "\n")
}

func (b *book) whole() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.before + b.all.String()
}
