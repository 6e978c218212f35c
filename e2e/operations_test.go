package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"guanjia/internal/testproc"
)

// caller is one customer who writes to a server and reads the answers.
type caller struct {
	s    *server
	p    *platform
	name string
	id   int64
}

func (s *server) caller(p *platform, name string) *caller { return &caller{s: s, p: p, name: name} }

// says writes a message and gives the text of the answer.
func (c *caller) says(what string) string {
	c.s.t.Helper()
	c.id++
	status, answer, err := c.p.deliver(c.s.t.Context(), c.s.callback(), text(c.name, c.id, what))
	if err != nil || status != http.StatusOK {
		c.s.t.Fatalf("to %q: %d, %v\n%s", what, status, err, c.s.log)
	}
	if answer == "" {
		return ""
	}
	r, err := read(answer)
	if err != nil {
		c.s.t.Fatal(err)
	}
	return r.Content
}

// hears writes a message and checks what is in the answer.
func (c *caller) hears(what string, parts ...string) {
	c.s.t.Helper()
	answer := c.says(what)
	for _, part := range parts {
		if !strings.Contains(answer, part) {
			c.s.t.Errorf("%s said %q and heard\n%s\nwithout %q", c.name, what, answer, part)
		}
	}
}

// eventually waits until something is so. The deadline is far beyond what it takes: it ends a broken test only.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to this: %s", what)
		}
	}
}

// TestTogglesCountWithoutARestart switches features in the file that is watched.
func TestTogglesCountWithoutARestart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bot.env")
	write := func(text string) {
		t.Helper()
		err := os.WriteFile(file+".new", []byte(text), 0o600)
		if err == nil {
			err = os.Rename(file+".new", file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write("")
	s := newServer(t, "BOT_ENV_FILE="+file)
	p := newPlatform(t)
	inside, outside, witness := s.caller(p, "oInside"), s.caller(p, "oOutside"), s.caller(p, "oWitness")
	inside.hears("答题", "第 1/10 题")
	inside.hears("B", "第 2/10 题")

	write("BOT_QUIZ=off\n")
	eventually(t, "the quiz is off", func() bool { return strings.Contains(witness.says("答题"), "暂时关闭") })
	inside.hears("对", "《健康知识有奖问答》暂时关闭了", "重新开放") // told, in the middle of it
	inside.hears("对", "我能帮您")                    // and not held any longer
	outside.hears("答题", "暂时关闭")
	outside.hears("领券", "券码：")

	write("BOT_ACCOUNT_BRAND_COUPON=off\n")
	eventually(t, "the coupons are off and the quiz is on", func() bool {
		return strings.Contains(witness.says("领券"), "暂时关闭") && strings.Contains(witness.says("答题"), "题")
	})
	inside.hears("答题", "第 1/10 题") // the attempt was kept, and begins anew

	write("BOT_AUTOREPLY=off\n")
	eventually(t, "nothing is answered", func() bool { return witness.says("菜单") == "" })
	if answer := inside.says("B"); answer != "" {
		t.Errorf("with everything off the bot said\n%s", answer)
	}
	inside.hears("退订", "已为您退订") // is a right

	write("BOT_AUTOREPLY=on\n")
	eventually(t, "everything is on", func() bool { return witness.says("菜单") != "" })
	inside.hears("B", "第 2/10 题") // where it was
	s.stop()
	for _, change := range []string{`"setting":"BOT_QUIZ","old":"on","new":"off"`, `"setting":"BOT_ACCOUNT_BRAND_COUPON"`, `"setting":"BOT_AUTOREPLY"`} {
		if !strings.Contains(s.log.whole(), change) {
			t.Errorf("the log does not tell of %s", change)
		}
	}
}

// TestStopFinishesWhatIsInFlight asks the bot to end while a message waits for the database: it is still answered, and then
// the bot ends with exit code 0.
func TestStopFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	p := newPlatform(t)
	s.answers(p, "the start")
	held, err := s.open().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if _, err := held.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil { // no other may write
		t.Fatal(err)
	}
	type outcome struct {
		status int
		answer string
		err    error
	}
	got := make(chan outcome)
	go func() {
		var o outcome
		o.status, o.answer, o.err = p.deliver(t.Context(), s.callback(), text("oWang", 1, "菜单"))
		got <- o
	}()
	eventually(t, "the message is in flight", func() bool { return strings.Contains(s.metrics(), "guanjia_callbacks_in_flight 1") })
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the port is closed", func() bool {
		c, err := net.Dial("tcp", s.addr)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	select {
	case err := <-s.done:
		t.Fatalf("ended before the answer: %v\n%s", err, s.log)
	default:
	}
	if _, err := held.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if o := <-got; o.err != nil || o.status != http.StatusOK || !strings.Contains(o.answer, "我能帮您") {
		t.Errorf("%+v", o)
	}
	err = <-s.done
	s.done <- err
	if err != nil {
		t.Errorf("ended with %v\n%s", err, s.log)
	}
}

// TestServeRefusesAnotherSchema: a database of an older or a newer version is left alone, and the way out is named.
func TestServeRefusesAnotherSchema(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]string{
		"SQLite":     "sqlite:" + filepath.Join(t.TempDir(), "bot.db"),
		"PostgreSQL": testproc.Postgres(t),
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			env := brandEnv("BOT_ADDR="+freeAddr(t), "BOT_INTERNAL_ADDR=off", "BOT_DATABASE_URL="+url)
			refuses := func(command string, words ...string) {
				t.Helper()
				code, out, complaints := outcome(t, dir, env, command)
				if code != 1 || strings.Count(strings.TrimSpace(complaints), "\n") > 0 {
					t.Errorf("%s: exit code %d, %s%s", command, code, out, complaints)
				}
				for _, w := range words {
					if !strings.Contains(complaints, w) {
						t.Errorf("%s does not say %q: %s", command, w, complaints)
					}
				}
			}
			refuses("serve", "older", "run 'guanjia migrate'")
			run(t, dir, env, "migrate")
			db := openDatabase(t, url)
			version := count(t, db, "SELECT max(version_id) FROM goose_db_version")
			if _, err := db.ExecContext(t.Context(), fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, true)", version+1)); err != nil {
				t.Fatal(err)
			}
			refuses("serve", "newer", fmt.Sprint(version+1), fmt.Sprint(version))
			refuses("migrate", "newer")
			if n := count(t, db, "SELECT count(*) FROM journal"); n != 0 {
				t.Errorf("%d rows", n)
			}
		})
	}
}

// TestOneLineSaysWhyItDoesNotStart names the variable and the remedy, and no secret.
func TestOneLineSaysWhyItDoesNotStart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", freeAddr(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	for name, tc := range map[string]struct {
		env   []string
		words []string
	}{
		"a port in use":     {[]string{"BOT_ADDR=" + taken.Addr().String()}, []string{"BOT_ADDR", "in use"}},
		"no Redis":          {[]string{"BOT_REDIS_URL=redis://:" + brandToken + "@127.0.0.1:1"}, []string{"BOT_REDIS_URL", "Redis"}},
		"no PostgreSQL":     {[]string{"BOT_DATABASE_URL=postgres://bot:" + brandToken + "@127.0.0.1:1/bot"}, []string{"BOT_DATABASE_URL"}},
		"a short key":       {[]string{"BOT_ACCOUNT_BRAND_AES_KEY=" + brandKey[1:]}, []string{"BOT_ACCOUNT_BRAND_AES_KEY", "43"}},
		"no token":          {[]string{"BOT_ACCOUNT_BRAND_TOKEN="}, []string{"BOT_ACCOUNT_BRAND_TOKEN"}},
		"a mode of its own": {[]string{"BOT_ACCOUNT_BRAND_MODE=open"}, []string{"BOT_ACCOUNT_BRAND_MODE", "secure"}},
		"no content":        {[]string{"BOT_CONTENT_DIR=" + t.TempDir()}, []string{"content"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := brandEnv(append([]string{"BOT_ADDR=" + freeAddr(t), "BOT_INTERNAL_ADDR=off"}, tc.env...)...)
			code, out, complaints := outcome(t, t.TempDir(), env, "serve", "--migrate")
			var lines []string
			for line := range strings.Lines(complaints) {
				if strings.HasPrefix(line, "guanjia: ") {
					lines = append(lines, line)
				}
			}
			if code != 1 || len(lines) != 1 {
				t.Errorf("exit code %d, %s%s", code, out, complaints)
			}
			for _, w := range tc.words {
				if !strings.Contains(strings.Join(lines, ""), w) {
					t.Errorf("no %q in %q", w, lines)
				}
			}
			for _, secret := range []string{brandToken, brandKey, brandKey[1:]} {
				if strings.Contains(out+complaints, secret) {
					t.Errorf("a secret is told: %s%s", out, complaints)
				}
			}
		})
	}
}
