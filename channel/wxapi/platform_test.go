package wxapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"guanjia/channel/wxapi"
)

const (
	account = "ww1234567890abcdef"
	secret  = "s3cr3t+/=of the app" // a URL shows it escaped
	api     = "/cgi-bin/message/send"
)

// platform plays the token endpoints of both platforms, and answers every other path to whoever brings a token that holds.
// Tokens are new when the old one is in its last five minutes; before, everybody gets the same one.
type platform struct {
	clock  *clock
	server *httptest.Server
	life   time.Duration // of tokens

	mu      sync.Mutex
	given   int    // different tokens
	asked   int    // requests for a token
	current string // empty: there is none
	expires time.Time
	paths   map[string]int
	called  []request
	answer  string // of an API
	// The next requests meet these, one each, before the platform sees them.
	tokenFaults, apiFaults []http.HandlerFunc
}

// request is one of an API.
type request struct {
	Method, ContentType, Body string
	Query                     url.Values
}

func newPlatform(t testing.TB) *platform {
	p := &platform{clock: newClock(), life: 7200 * time.Second, paths: map[string]int{}, answer: `{"errcode":0,"errmsg":"ok"}`}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// ServeHTTP plays.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	gives := r.URL.Path == "/cgi-bin/gettoken" || r.URL.Path == "/cgi-bin/stable_token"
	faults := &p.apiFaults
	if gives {
		faults = &p.tokenFaults
	}
	p.mu.Lock()
	p.paths[r.URL.Path]++
	if gives {
		p.asked++
	} else {
		p.called = append(p.called, request{r.Method, r.Header.Get("Content-Type"), string(body), r.URL.Query()})
	}
	var fault http.HandlerFunc
	if len(*faults) > 0 {
		fault, *faults = (*faults)[0], (*faults)[1:]
	}
	p.mu.Unlock()
	switch {
	case fault != nil:
		fault(w, r)
	case gives:
		p.give(w, r, body)
	default:
		p.serve(w, r)
	}
}

func (p *platform) give(w http.ResponseWriter, r *http.Request, body []byte) {
	var in map[string]any
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/cgi-bin/gettoken" && r.FormValue("corpid") == account && r.FormValue("corpsecret") == secret:
	case r.Method == http.MethodPost && r.URL.Path == "/cgi-bin/stable_token" && json.Unmarshal(body, &in) == nil &&
		cmp.Equal(in, map[string]any{"grant_type": "client_credential", "appid": account, "secret": secret, "force_refresh": false}):
	default:
		says(40001, "invalid credential")(w, r)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.clock.Now(); p.current == "" || p.expires.Sub(now) <= 5*time.Minute {
		p.given++
		p.current, p.expires = fmt.Sprintf("token+/%d", p.given), now.Add(p.life)
	}
	fmt.Fprintf(w, `{"errcode":0,"errmsg":"ok","access_token":%q,"expires_in":%d}`, p.current, int(p.expires.Sub(p.clock.Now()).Seconds()))
}

// grants gives a token to a request of WeCom's that a fault has held up.
func (p *platform) grants(w http.ResponseWriter, r *http.Request) { p.give(w, r, nil) }

func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch token := r.URL.Query().Get("access_token"); {
	case token == "":
		says(41001, "access_token missing")(w, r)
	case token != p.current:
		says(40014, "invalid access_token")(w, r)
	case !p.clock.Now().Before(p.expires):
		says(42001, "access_token expired")(w, r)
	default:
		io.WriteString(w, p.answer)
	}
}

// revoke takes the token back.
func (p *platform) revoke() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = ""
}

func (p *platform) failTokens(with ...http.HandlerFunc) { p.fail(&p.tokenFaults, with) }
func (p *platform) failCalls(with ...http.HandlerFunc)  { p.fail(&p.apiFaults, with) }

func (p *platform) fail(faults *[]http.HandlerFunc, with []http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*faults = append(*faults, with...)
}

// tokens tells how often a token was asked for and how many were given.
func (p *platform) tokens() (asked, given int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, p.given
}

func (p *platform) wantTokens(t testing.TB, asked, given int) {
	t.Helper()
	if a, g := p.tokens(); a != asked || g != given {
		t.Fatalf("a token was asked for %d times and %d were given, want %d and %d", a, g, asked, given)
	}
}

func (p *platform) calls() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.called
}

func (p *platform) caller() *wxapi.Caller {
	return wxapi.NewCaller(wxapi.Config{BaseURL: p.server.URL})
}

// source is a Source of the platform's account, closed when the test ends.
func (p *platform) source(t testing.TB, change func(*wxapi.SourceConfig)) *wxapi.Source {
	c := wxapi.SourceConfig{Kind: wxapi.WeCom, ID: account, Secret: secret, Caller: p.caller(), Now: p.clock.Now}
	if change != nil {
		change(&c)
	}
	s := wxapi.NewSource(c)
	t.Cleanup(s.Close)
	return s
}

// says is a platform that refuses.
func says(code int, msg string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"errcode": code, "errmsg": msg})
	}
}

// writes is something in between that answers in the platform's place.
func writes(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// reset ends the connection without an answer.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// stalls answers nothing until whoever asked has left.
func stalls(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// gate holds requests until it is opened, when the test ends at the latest, and lets them go on to next then.
func gate(t testing.TB, next http.HandlerFunc) (held http.HandlerFunc, open func()) {
	opened := make(chan struct{})
	open = sync.OnceFunc(func() { close(opened) })
	t.Cleanup(open)
	return func(w http.ResponseWriter, r *http.Request) {
		<-opened
		next(w, r)
	}, open
}

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 31, 8, 30, 15, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// observations is an Observer that remembers.
type observations struct {
	mu   sync.Mutex
	list []string
}

func (o *observations) Called(api, code string, _ time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, strings.TrimSpace(api+" "+code))
}

func (o *observations) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.list
}

func token(t testing.TB, s *wxapi.Source) string {
	t.Helper()
	value, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func equal(t testing.TB, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("got what was not wanted (-want +got):\n%s", d)
	}
}

// eventually asks until it is told yes: for what happens in the background.
func eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !yes(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20 seconds", what)
		}
	}
}

// together runs f(0) to f(n-1) at once and waits for all.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}
