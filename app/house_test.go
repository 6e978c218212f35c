package app

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/simulator"
)

func TestMain(m *testing.M) {
	RedirectLibraries(zap.NewNop()) // go-redis would write to the terminal when a test kills Redis
	os.Exit(m.Run())
}

// Secrets of the test account. None of them may ever be seen.
const (
	secretToken  = "hunter2hunter2hunter2"
	secretAESKey = "hunter2efghijklmnopqrstuvwxyz0123456789ABCD"
	secretAPIKey = "hunter2hunter2hunter2api"
)

// house is a running bot with a simulated platform in front of it.
type house struct {
	t    *testing.T
	app  *App
	sim  *simulator.Simulator
	logs *logBook
	url  string
	env  string // the settings file
	db   string // where the records are
}

// logBook collects what is logged.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// environ are settings of one account, brand, on a database of its own.
func environ(t *testing.T, more ...string) []string {
	t.Helper()
	return append([]string{
		"BOT_ACCOUNTS=brand", "BOT_ACCOUNT_BRAND_APP_ID=wx0123456789abcdef",
		"BOT_ACCOUNT_BRAND_TOKEN=" + secretToken, "BOT_ACCOUNT_BRAND_AES_KEY=" + secretAESKey,
		"BOT_API_KEYS=till:" + secretAPIKey,
		"BOT_ADDR=127.0.0.1:0", "BOT_INTERNAL_ADDR=127.0.0.1:0", "BOT_LOG_LEVEL=debug",
		"BOT_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "bot.db"),
	}, more...)
}

// open starts a bot and the platform; both end with the test.
func open(t *testing.T, env ...string) *house {
	t.Helper()
	h := &house{t: t, logs: &logBook{}, env: filepath.Join(t.TempDir(), "bot.env")}
	h.write(h.env, "")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url = "http://" + l.Addr().String()
	h.sim, err = simulator.New(simulator.Config{Accounts: []simulator.Account{{
		Name: "brand", OriginalID: "gh_brand", AppID: "wx0123456789abcdef", Token: secretToken, AESKey: secretAESKey,
		Callback: h.url + "/callback/brand", Scenes: []simulator.Scene{{Key: "newgift"}},
		Servicers: []simulator.KfAccount{{Account: "kf2001@brand", Nick: "小林"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	h.start(l, env...)
	return h
}

// start runs the bot on a port; it and the platform end with the test.
func (h *house) start(l net.Listener, env ...string) {
	h.t.Helper()
	h.db = "sqlite:" + filepath.Join(h.t.TempDir(), "bot.db")
	src := Source{Environ: environ(h.t, append([]string{"BOT_ENV_FILE=" + h.env, "BOT_DATABASE_URL=" + h.db}, env...)...)}
	log, level := NewLog(src.Read().Settings.Log, h.logs)
	var err error
	h.app, err = New(h.t.Context(), Options{Source: src, Log: log, Level: level, Now: h.sim.Clock().Now, Migrate: true, Listener: l})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.app.Start(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), StopBudget)
		defer cancel()
		if err := h.sim.Close(ctx); err != nil {
			h.t.Error(err)
		}
		if err := h.app.Stop(ctx); err != nil {
			h.t.Error(err)
		}
	})
}

// count gives the number that a query finds in the records.
func (h *house) count(query string) (n int) {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(h.db, "sqlite:"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.QueryRowContext(h.t.Context(), query).Scan(&n); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// phone is a new person's.
func (h *house) phone() *simulator.Phone {
	h.t.Helper()
	return simulator.NewPhone(h.t, h.sim.Client(), "brand", "小王")
}

// write replaces a file as editors do, by renaming another over it.
func (h *house) write(file, text string) {
	h.t.Helper()
	temp := file + ".new"
	if err := os.WriteFile(temp, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Rename(temp, file); err != nil {
		h.t.Fatal(err)
	}
}

// get asks over HTTP.
func (h *house) get(url string) (int, string) {
	h.t.Helper()
	return h.do(http.MethodGet, url, nil)
}

func (h *house) do(method, url string, header http.Header) (int, string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, url, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	if header != nil {
		req.Header = header
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // follows no redirect
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// metrics is what Prometheus would read.
func (h *house) metrics() string {
	h.t.Helper()
	_, body := h.get("http://" + h.app.InternalAddr().String() + "/metrics")
	return body
}

// eventually waits until something is so. The deadline is far beyond what it takes: it ends a broken test only.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-deadline:
			t.Fatalf("it never came to this: %s", what)
		case <-tick.C:
		}
	}
}

// has fails the test when a text lacks a part.
func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("no %q in:\n%s", p, text)
		}
	}
}
