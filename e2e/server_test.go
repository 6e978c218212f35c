package e2e

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// server is a `guanjia serve` that can be killed and started again at the same address.
type server struct {
	*process
	t              *testing.T
	dir            string
	addr, internal string
	env            []string
	witnesses      atomic.Int64
}

// newServer starts the brand's bot on its own SQLite database unless env says otherwise, and brings the schema up to date.
func newServer(t *testing.T, env ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), addr: freeAddr(t), internal: freeAddr(t)}
	s.env = brandEnv(append([]string{"BOT_ADDR=" + s.addr, "BOT_INTERNAL_ADDR=" + s.internal}, env...)...)
	s.start("--migrate")
	return s
}

// start starts the bot and waits until it is ready. The logs of earlier starts are kept.
func (s *server) start(flags ...string) {
	s.t.Helper()
	before := s.process
	s.process = launch(s.t, s.dir, s.env, append([]string{"serve"}, flags...)...)
	if before != nil {
		s.process.log.before = before.log.whole()
	}
	s.waitFor("http://" + s.addr + "/readyz")
}

func (s *server) callback() string { return "http://" + s.addr + "/callback/brand" }

// status asks the public port and gives the status and the body.
func (s *server) status(path string) (int, string) { return get("http://" + s.addr + path) }

// metrics is what Prometheus would read.
func (s *server) metrics() string {
	_, body := get("http://" + s.internal + "/metrics")
	return body
}

// get gives the status and the body, or 0 and why there is none.
func get(url string) (int, string) {
	client := &http.Client{Timeout: 10 * time.Second}
	res, err := client.Get(url)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(body)
}

// answers sends a good message and checks that it is answered: after is what happened before.
func (s *server) answers(p *platform, after string) {
	s.t.Helper()
	status, answer, err := p.deliver(s.t.Context(), s.callback(), text("oWitness", s.witnesses.Add(1), "菜单"))
	if r, rerr := read(answer); err != nil || status != http.StatusOK || rerr != nil || r.ToUserName != "oWitness" || !strings.Contains(r.Content, "我能帮您") {
		s.t.Fatalf("after %s a good message got %d %q, %v\n%s", after, status, answer, err, s.log)
	}
}

// talk sends bytes and reads what comes back until the connection closes.
func (s *server) talk(request string) (string, error) {
	c, err := net.DialTimeout("tcp", s.addr, 5*time.Second)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		return "", err
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		return "", err
	}
	b, err := io.ReadAll(bufio.NewReader(c))
	return string(b), err
}

// keepsSecrets checks that the log tells no secret and nothing else of what must not be in it.
func (s *server) keepsSecrets(more ...string) {
	s.t.Helper()
	key, err := base64.StdEncoding.DecodeString(brandKey + "=")
	if err != nil {
		s.t.Fatal(err)
	}
	log := s.log.whole()
	if log == "" {
		s.t.Error("there is no log")
	}
	for _, secret := range append(more, brandToken, brandKey, string(key)) {
		if i := strings.Index(log, secret); i >= 0 {
			s.t.Errorf("the log holds %q: ...%s", secret, log[max(0, i-300):i+len(secret)])
		}
	}
}

// open opens the database of the bot.
func (s *server) open() *sql.DB {
	s.t.Helper()
	return openDatabase(s.t, databaseURL(s.env, filepath.Join(s.dir, "data", "guanjia.db")))
}

// databaseURL is the database that the settings name, or the file.
func databaseURL(env []string, file string) string {
	for _, v := range env {
		if url, ok := strings.CutPrefix(v, "BOT_DATABASE_URL="); ok {
			return url
		}
	}
	return "sqlite:" + file
}

func openDatabase(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// count gives the number that a query finds.
func count(t *testing.T, db *sql.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(context.WithoutCancel(t.Context()), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}
