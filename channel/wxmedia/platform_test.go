package wxmedia

import (
	"bytes"
	"encoding/json"
	"fmt"
	pixels "image"
	imagegif "image/gif"
	imagejpeg "image/jpeg"
	imagepng "image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/bot"
	"guanjia/channel/wxapi"
	"guanjia/content"
	"guanjia/store"
	hotsql "guanjia/store/hot/sql"
	"guanjia/store/storetest"
)

// What is in files.
var (
	jpeg = drawn(func(w io.Writer, m pixels.Image) error { return imagejpeg.Encode(w, m, nil) })
	png  = drawn(imagepng.Encode)
	gif  = drawn(func(w io.Writer, m pixels.Image) error { return imagegif.Encode(w, m, nil) })
)

// drawn is a small picture as a file of its type.
func drawn(encode func(io.Writer, pixels.Image) error) string {
	var b bytes.Buffer
	if err := encode(&b, pixels.NewGray(pixels.Rect(0, 0, 2, 2))); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}

var start = time.Date(2026, 1, 31, 8, 30, 15, 0, time.UTC)

// platform plays the places where files are uploaded.
type platform struct {
	url string

	mu    sync.Mutex
	taken []string      // what was uploaded: place, type, name
	texts []string      // what was in it
	next  []string      // answers to the coming uploads, before all else
	hold  chan struct{} // not nil: uploads wait for it
	in    chan struct{} // told of each upload that waits
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{in: make(chan struct{}, 100)}
	mux := http.NewServeMux()
	token := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","access_token":"T1","expires_in":7200}`)
	}
	mux.HandleFunc("GET /cgi-bin/gettoken", token)
	mux.HandleFunc("POST /cgi-bin/stable_token", token)
	mux.HandleFunc("POST "+pathMedia, p.take)
	mux.HandleFunc("POST "+pathPicture, p.take)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *platform) take(w http.ResponseWriter, r *http.Request) {
	file, head, err := r.FormFile("media")
	if err != nil || r.URL.Query().Get("access_token") != "T1" {
		_, _ = io.WriteString(w, `{"errcode":41005,"errmsg":"media data missing"}`)
		return
	}
	text, _ := io.ReadAll(file)
	p.mu.Lock()
	hold := p.hold
	p.mu.Unlock()
	if hold != nil {
		p.in <- struct{}{}
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.next) > 0 {
		var answer string
		answer, p.next = p.next[0], p.next[1:]
		_, _ = io.WriteString(w, answer)
		return
	}
	form := r.URL.Query().Get("type")
	p.taken = append(p.taken, fmt.Sprintf("%s %s %s", r.URL.Path, form, head.Filename))
	p.texts = append(p.texts, string(text))
	id := fmt.Sprintf("id-%d", len(p.taken))
	answer := map[string]any{"errcode": 0, "errmsg": "", "type": form, "media_id": id, "created_at": fmt.Sprint(start.Unix())}
	switch {
	case form == "thumb":
		answer = map[string]any{"type": form, "thumb_media_id": id, "created_at": start.Unix()}
	case r.URL.Path == pathPicture:
		answer = map[string]any{"url": "https://pic/" + id}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// uploads are what the platform took.
func (p *platform) uploads() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.taken)
}

// answers makes the coming uploads go otherwise.
func (p *platform) answers(next ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = append(p.next, next...)
}

// clock is a clock that stands.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// counted is an Observer.
type counted struct {
	mu      sync.Mutex
	how     []Outcome
	missing int
}

func (c *counted) Uploaded(_ bot.AccountName, how Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.how = append(c.how, how)
}

func (c *counted) Missing(_ bot.AccountName, files int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missing = files
}

func (c *counted) outcomes() []Outcome {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.how)
}

// shelf is a Keeper with the platform and the state around it.
type shelf struct {
	*Keeper
	platform *platform
	store    *store.Store
	clock    *clock
	counted  *counted
	logs     *observer.ObservedLogs
	kind     wxapi.Kind
}

// newShelf keeps the files of the content for two apps of one corp.
func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{platform: newPlatform(t), store: storetest.Open(t, "sqlite:"+filepath.Join(t.TempDir(), "bot.db")), clock: &clock{t: start}, kind: wxapi.WeCom}
	s.replica(t)
	return s
}

// replica makes another process the one that is asked.
func (s *shelf) replica(t *testing.T) *shelf {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	s.logs, s.counted = logs, &counted{}
	caller := wxapi.NewCaller(wxapi.Config{BaseURL: s.platform.url})
	tokens := wxapi.NewSource(wxapi.SourceConfig{Kind: s.kind, ID: "ww1", Secret: "hunter2", Caller: caller})
	t.Cleanup(tokens.Close)
	s.Keeper = New(Config{
		Homes:   []Home{{Kind: s.kind, ID: "ww1", Accounts: []bot.AccountName{"assistant", "shop"}, API: caller, Tokens: tokens}},
		Records: s.store, Locks: hotsql.New(s.store, hotsql.Options{}), Observer: s.counted, Log: zap.New(core), Now: s.clock.now,
	})
	return s
}

// use takes up content that says these messages, beside these files.
func (s *shelf) use(t *testing.T, files map[string]string, messages ...bot.Message) {
	t.Helper()
	fsys := fstest.MapFS{"f.yaml": {Data: []byte("kind: party\n")}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	docs, ps := content.Load(fsys, []string{"party"})
	content.CheckReply(docs[0], &ps, messages, "reply")
	if ps != nil {
		t.Fatal(ps)
	}
	s.Use(content.Attached(docs))
}

// pass is what the loop does at a moment.
func (s *shelf) pass(t *testing.T) time.Duration {
	t.Helper()
	return s.Keeper.pass(t.Context(), s.homes[0])
}

// whole lets everything through.
type whole struct{}

func (whole) Fit(messages []bot.Message) bot.Fitted { return bot.Fitted{Now: messages} }

// says is a picture as an account would send it now.
func (s *shelf) says(account bot.AccountName, file string) string {
	return s.Fitter(account, whole{}).Fit([]bot.Message{image(file)}).Now[0].MediaID
}

func image(file string) bot.Message { return bot.Message{Kind: bot.MessageImage, File: file} }
