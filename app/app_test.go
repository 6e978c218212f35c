package app

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"guanjia/internal/testproc"
)

// TestConversation: a follower gets a coupon, and the till redeems it once.
func TestConversation(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.phone()
	gift := p.Follow("newgift").Text()
	has(t, gift, "券码：")
	code, _, _ := strings.Cut(strings.Split(gift, "券码：")[1], "\n")

	url := h.url + "/api/v1/coupons/" + code + "/redeem"
	if status, _ := h.do(http.MethodPost, url, nil); status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", status)
	}
	key := http.Header{"Authorization": {"Bearer " + secretAPIKey}, "Idempotency-Key": {"sale-1"}}
	for try := range 2 {
		if status, body := h.do(http.MethodPost, url, key); status != http.StatusOK {
			t.Errorf("try %d: %d %s", try, status, body)
		}
	}
	key.Set("Idempotency-Key", "sale-2")
	if status, body := h.do(http.MethodPost, url, key); status != http.StatusConflict || !strings.Contains(body, "already_redeemed") {
		t.Errorf("another sale: %d %s", status, body)
	}
}

// TestAddresses: the callback is found with and without a slash and without a redirect, and others are not there.
func TestAddresses(t *testing.T) {
	t.Parallel()
	h := open(t)
	for path, want := range map[string]int{
		"/callback/brand": http.StatusBadRequest, "/callback/brand/": http.StatusBadRequest, // no query: reached, and refused
		"/callback/other": http.StatusNotFound, "/callback/": http.StatusNotFound, "/callback/brand/more": http.StatusNotFound,
		"/": http.StatusNotFound, "/metrics": http.StatusNotFound, "/debug/pprof/": http.StatusNotFound,
		"/healthz": http.StatusOK, "/readyz": http.StatusOK,
	} {
		if got, body := h.get(h.url + path); got != want {
			t.Errorf("%s: %d %s; want %d", path, got, body, want)
		}
	}
	internal := "http://" + h.app.InternalAddr().String()
	for _, path := range []string{"/metrics", "/debug/pprof/", "/readyz"} {
		if got, _ := h.get(internal + path); got != http.StatusOK {
			t.Errorf("internal %s: %d", path, got)
		}
	}
	has(t, h.metrics(), `guanjia_callbacks_rejected_total{account="brand",reason="query"} 2`)
}

// TestToggleCountsAtOnce: a feature switched off in the file is off without a restart, on again, and a slip changes nothing.
func TestToggleCountsAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, "BOT_SURVEY=off")
	p := h.phone()
	p.Follow()
	quizzes := func() bool { return strings.Contains(p.Say("答题").Text(), "第 1/") }
	if !quizzes() {
		t.Fatal("the quiz is off from the start")
	}
	p.Say("退出")
	h.write(h.env, "BOT_QUIZ=off\n")
	eventually(t, "the quiz is off", func() bool { return !h.app.toggles.On("brand", "quiz") })
	has(t, p.Say("答题").Text(), "暂时关闭")
	has(t, h.logs.String(), `"toggle changed","setting":"BOT_QUIZ","old":"on","new":"off"`)
	has(t, h.metrics(), `guanjia_toggle{account="brand",feature="quiz"} 0`)

	h.write(h.env, "BOT_QUIZ=perhaps\n")
	eventually(t, "the slip is logged", func() bool { return strings.Contains(h.logs.String(), h.env+":1: BOT_QUIZ is \\\"perhaps\\\"") })
	if h.app.toggles.On("brand", "quiz") {
		t.Error("a slip switched the quiz on")
	}

	h.write(h.env, "BOT_SURVEY=on\nBOT_ADDR=:1\nBOT_LOG_LEVEL=info\n")
	eventually(t, "quiz and survey are on", func() bool { return h.app.toggles.On("brand", "quiz") && h.app.toggles.On("brand", "survey") })
	h.write(h.env, "")
	eventually(t, "the survey is off as the environment says", func() bool { return !h.app.toggles.On("brand", "survey") })
	has(t, h.logs.String(), `"changed settings count after a restart","settings":["BOT_ADDR"]`, `"log level changed","old":"debug","new":"info"`)
	if strings.Contains(h.logs.String(), "hunter2") {
		t.Error("a secret is in the log")
	}
}

// TestContentReload: changed content counts without a restart; content with a mistake leaves the old in place.
func TestContentReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "fallback.yaml")
	hint := func(head string) string {
		return "kind: fallback\nkeywords: [菜单]\nmenu:\n  head: " + head + "\n  choices:\n    - {label: 领券}\n"
	}
	if err := os.WriteFile(file, []byte(hint("第一版")), 0o600); err != nil {
		t.Fatal(err)
	}
	h := open(t, "BOT_CONTENT_DIR="+dir)
	p := h.phone()
	p.Follow()
	has(t, p.Say("菜单").Text(), "第一版")
	h.write(file, hint("第二版"))
	eventually(t, "the second version counts", func() bool { return strings.Contains(p.Say("菜单").Text(), "第二版") })

	h.write(file, hint("第三版")+"colour: red\n")
	eventually(t, "the mistake is logged", func() bool { return strings.Contains(h.logs.String(), file+":7") })
	has(t, p.Say("菜单").Text(), "第二版")
	has(t, h.metrics(), `guanjia_reloads_total{result="error",what="content"} 1`, `guanjia_reloads_total{result="ok",what="content"} 1`)
	if err := h.app.Reload(); err == nil {
		t.Error("Reload must say what is wrong")
	}
}

// TestStopFinishesWhatIsInFlight: a callback that waits for the database when the stop begins is still answered.
func TestStopFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.phone()
	p.Follow()
	path := strings.TrimPrefix(h.app.settings.State.DatabaseURL.Reveal(), "sqlite:")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)") // the bot writes too
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	said := make(chan string)
	go func() { said <- p.Say("菜单").Text() }()
	eventually(t, "the callback is in flight", func() bool { return strings.Contains(h.metrics(), "guanjia_callbacks_in_flight 1") })

	stopped := make(chan error)
	go func() { stopped <- h.app.Stop(context.WithoutCancel(t.Context())) }()
	eventually(t, "the port is closed", func() bool {
		c, err := net.Dial("tcp", h.app.Addr().String())
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	select {
	case err := <-stopped:
		t.Fatalf("stopped before the answer: %v", err)
	default:
	}
	if _, err := db.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	has(t, <-said, "我能帮您")
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// TestReadiness: a dead Redis turns readiness red and callbacks into 503; when it is back, so is the bot.
func TestReadiness(t *testing.T) {
	t.Parallel()
	redis := testproc.StartRedis(t)
	h := open(t, "BOT_REDIS_URL="+redis.URL)
	p := h.phone()
	p.Follow()
	if status, body := h.get(h.url + "/readyz"); status != http.StatusOK || !strings.Contains(body, `"hot":"ok"`) {
		t.Fatalf("at the start: %d %s", status, body)
	}
	redis.Kill()
	eventually(t, "not ready", func() bool {
		status, body := h.get(h.url + "/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, `"hot":"no answer"`) && strings.Contains(body, `"store":"ok"`)
	})
	if status, _ := h.get(h.url + "/healthz"); status != http.StatusOK {
		t.Errorf("alive: %d", status)
	}
	redis.Restart()
	eventually(t, "ready again", func() bool { status, _ := h.get(h.url + "/readyz"); return status == http.StatusOK })
	has(t, p.Say("菜单").Text(), "我能帮您")
	has(t, h.logs.String(), `"not ready"`, `"ready again"`)
}

// TestShed: what is more than the limit is answered 503 at once, and the others are not held up.
func TestShed(t *testing.T) {
	t.Parallel()
	h := open(t, "BOT_CALLBACK_CONCURRENCY=1")
	p := h.phone()
	p.Follow()
	h.app.slots <- struct{}{} // one callback is being worked on
	if x := p.Say("菜单"); !x.Failed() || x.Deliveries[0].Status != http.StatusServiceUnavailable {
		t.Errorf("beyond the limit: %+v", x)
	}
	if status, _ := h.get(h.url + "/callback/brand"); status != http.StatusBadRequest {
		t.Errorf("what is not the platform's takes no place: %d", status)
	}
	has(t, h.metrics(), "guanjia_callbacks_shed_total 3", "guanjia_callbacks_in_flight 0")
	<-h.app.slots
	has(t, p.Say("菜单").Text(), "我能帮您")
}

// TestWillNotStart names what keeps the bot from starting; each is one line with what to do, and shows no secret.
func TestWillNotStart(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	old := filepath.Join(t.TempDir(), "old.db")
	bad := t.TempDir()
	if err := os.WriteFile(filepath.Join(bad, "quiz.yaml"), []byte("kind: quiz\ncampaigns: nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env     []string
		migrate bool
		want    string
	}{
		"no account":        {[]string{"BOT_ACCOUNTS="}, true, "BOT_ACCOUNTS is not set; name at least one account"},
		"bad setting":       {[]string{"BOT_QUIZ=perhaps"}, true, `BOT_QUIZ is "perhaps": write on or off`},
		"port in use":       {[]string{"BOT_ADDR=" + taken.Addr().String()}, true, "BOT_ADDR " + taken.Addr().String() + " is in use; stop the program"},
		"internal port":     {[]string{"BOT_INTERNAL_ADDR=" + taken.Addr().String()}, true, "BOT_INTERNAL_ADDR " + taken.Addr().String() + " is in use"},
		"no such address":   {[]string{"BOT_ADDR=192.0.2.1:80"}, true, "BOT_ADDR 192.0.2.1:80 can't be opened"},
		"older schema":      {[]string{"BOT_DATABASE_URL=sqlite:" + old}, false, "schema is older than this binary: version 0, this binary needs"},
		"no database":       {[]string{"BOT_DATABASE_URL=postgres://bot:hunter2@127.0.0.1:1/bot"}, true, "check BOT_DATABASE_URL"},
		"no folder":         {[]string{"BOT_DATABASE_URL=sqlite:/dev/null/bot.db"}, true, "check BOT_DATABASE_URL"},
		"no Redis":          {[]string{"BOT_REDIS_URL=redis://:hunter2@127.0.0.1:1/0"}, true, "Redis does not answer"},
		"odd Redis":         {[]string{"BOT_REDIS_URL=redis://:hunter2@%zz"}, true, "BOT_REDIS_URL: "},
		"bad content":       {[]string{"BOT_CONTENT_DIR=" + bad}, true, filepath.Join(bad, "quiz.yaml") + ":2: "},
		"no content folder": {[]string{"BOT_CONTENT_DIR=" + bad + "/none"}, true, "check"},
		"empty content":     {[]string{"BOT_CONTENT_DIR=" + t.TempDir()}, true, "holds no content"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := Source{Environ: environ(t, c.env...)}
			a, err := New(t.Context(), Options{Source: src, Log: zap.NewNop(), Migrate: c.migrate})
			if err == nil {
				err = a.Start(t.Context())
				ctx, cancel := context.WithTimeout(context.Background(), StopBudget)
				defer cancel()
				if serr := a.Stop(ctx); serr != nil {
					t.Error(serr)
				}
			}
			if err == nil {
				t.Fatal("it started")
			}
			if text := err.Error(); !strings.Contains(text, c.want) || strings.Contains(text, "hunter2") || strings.Count(text, "\n") > 0 || strings.Contains(text, "goroutine") {
				t.Errorf("got %q; want %q", text, c.want)
			}
		})
	}
}

// TestNewerSchema: a database that a newer version made is left alone, also by a program that may migrate.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.db")
	src := Source{Environ: environ(t, "BOT_DATABASE_URL=sqlite:"+path)}
	a, err := New(t.Context(), Options{Source: src, Log: zap.NewNop(), Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, migrate := range []bool{false, true} {
		_, err = New(t.Context(), Options{Source: src, Log: zap.NewNop(), Migrate: migrate})
		if err == nil || !strings.Contains(err.Error(), "newer than this binary: version 9999") || !strings.Contains(err.Error(), "start the newer version") {
			t.Errorf("migrate %v: %v", migrate, err)
		}
	}
}

// TestStopTwice: the second stop changes nothing, and one that has no time left says what is not done.
func TestStopTwice(t *testing.T) {
	t.Parallel()
	var steps teardown
	var done []string
	for _, name := range []string{"store", "engine", "port"} {
		steps.add(name, func(ctx context.Context) error {
			done = append(done, name)
			if name == "engine" {
				return ctx.Err()
			}
			return nil
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := steps.run(ctx, zap.NewNop())
	if got := strings.Join(done, " "); got != "port engine store" {
		t.Errorf("order: %s", got)
	}
	if err == nil || err.Error() != "engine: context canceled" {
		t.Errorf("got %v", err)
	}
	if err := steps.run(ctx, zap.NewNop()); err != nil || len(done) != 3 {
		t.Errorf("again: %v, %v", err, done)
	}
}

// TestReadyWhileStopping: readiness turns red before the port closes, so that nothing more is sent here.
func TestReadyWhileStopping(t *testing.T) {
	t.Parallel()
	p := &probe{log: zap.NewNop(), metrics: newMetrics(), parts: []part{{"store", func(context.Context) error { return nil }}}}
	if !p.look(t.Context()).Ready {
		t.Error("not ready at the start")
	}
	p.stop()
	if got := p.look(t.Context()); got.Ready || got.Parts["bot"] != "stopping" {
		t.Errorf("while stopping: %+v", got)
	}
	slow := &probe{log: zap.NewNop(), metrics: newMetrics(), parts: []part{{"store", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}}}
	began := time.Now()
	if slow.look(t.Context()).Ready || time.Since(began) > 30*time.Second {
		t.Error("a part that never answers must make it red, and soon")
	}
}

// TestContentOfAConfigMap: the files of a Kubernetes ConfigMap, which are links into hidden folders, are read once.
func TestContentOfAConfigMap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "..1"), 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"fallback.yaml": "kind: fallback\n", "consent.yaml": "kind: consent\n"} {
		if err := os.WriteFile(filepath.Join(dir, "..1", file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("..data/"+file, filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("..1", filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	r := Source{Environ: good("BOT_CONTENT_DIR=" + dir)}.Read()
	c, problems := ReadContent(r.Settings)
	if problems != nil || c.Files != 2 {
		t.Errorf("%d files, %v", c.Files, problems)
	}
}
