package wxapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/channel/wxapi"
	"guanjia/internal/testproc"
)

// TestNoFailureShowsASecret drives every kind of failure, at the token and at the call, and reads all that people see of it:
// the errors with their causes, the lines of the log and what the Observer hears. The platform, or what stands in its place,
// is as clumsy as can be and repeats everything it was sent.
func TestNoFailureShowsASecret(t *testing.T) {
	t.Parallel()
	echo := func(r *http.Request) string {
		body, _ := io.ReadAll(r.Body)
		return r.URL.String() + " " + r.URL.Query().Encode() + " " + strings.Join(append(slices.Concat(r.URL.Query()["access_token"], r.URL.Query()["corpsecret"]), string(body), secret), " ")
	}
	quarrels := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { says(code, "you said "+echo(r))(w, r) }
	}
	answers := func(status int, format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { writes(status, fmt.Sprintf(format, echo(r)))(w, r) }
	}
	talks := func(format string) http.HandlerFunc { // not HTTP
		return func(w http.ResponseWriter, r *http.Request) {
			text := echo(r)
			conn, buffered, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			defer conn.Close()
			writeAll(buffered, fmt.Sprintf(format, text))
		}
	}
	faults := map[string][]http.HandlerFunc{
		"busy":                   slices.Repeat([]http.HandlerFunc{quarrels(-1)}, 4),
		"wrong secret":           {quarrels(40001), quarrels(40001)},
		"token taken back":       {quarrels(42001), quarrels(40014)},
		"address":                {quarrels(60020)},
		"address of an official": {quarrels(40164)},
		"quota":                  {quarrels(45009)},
		"page":                   {answers(502, "<html>%s</html>")},
		"garbage":                {answers(200, "%s")},
		"wrong types":            {answers(200, `{"errcode":0,"access_token":[%q],"msgid":{"x":1}}`)},
		"wrong errcode":          {answers(200, `{"errcode":%q}`)},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/?"+r.URL.RawQuery, http.StatusFound)
		}},
		"reset":               slices.Repeat([]http.HandlerFunc{reset}, 4),
		"slow":                {stalls},
		"not HTTP":            slices.Repeat([]http.HandlerFunc{talks("%s\r\n\r\n")}, 4),
		"a status of secrets": slices.Repeat([]http.HandlerFunc{talks("HTTP/1.1 %s\r\n\r\n")}, 4),
		"a header of secrets": slices.Repeat([]http.HandlerFunc{talks("HTTP/1.1 200 OK\r\n%s\r\n\r\n")}, 4),
		"a length of secrets": slices.Repeat([]http.HandlerFunc{talks("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n")}, 4),
	}
	for name, fault := range faults {
		for _, stage := range []string{"token", "call", "upload"} {
			for _, kind := range []wxapi.Kind{wxapi.WeCom, wxapi.Official} {
				if stage != "token" && kind == wxapi.Official {
					continue // only the token is asked for in two ways
				}
				t.Run(fmt.Sprint(name, " ", stage, " ", kind), func(t *testing.T) {
					t.Parallel()
					w := newWitness()
					p := newPlatform(t)
					c := w.caller(p.server.URL)
					s := p.source(t, func(sc *wxapi.SourceConfig) { sc.Kind, sc.Caller = kind, c })
					if stage == "token" {
						p.failTokens(fault...)
					} else {
						p.failCalls(fault...)
					}
					ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
					if name == "slow" {
						ctx, cancel = context.WithTimeout(ctx, 200*time.Millisecond)
					}
					defer cancel()
					var out struct {
						MsgID string `json:"msgid"`
					}
					var err error
					if stage == "upload" {
						err = c.Upload(ctx, s, "/cgi-bin/media/upload?type=image", "media", "a.png", strings.NewReader("PNG"), &out)
					} else {
						err = c.Post(ctx, s, api, nil, &out)
					}
					s.Close() // what is under way is told as well
					if err == nil {
						t.Fatal("nothing failed")
					}
					w.check(t, err)
				})
			}
		}
	}
}

func TestAPlatformOutOfReachShowsNoSecret(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	p := newPlatform(t)
	for _, base := range []string{closed.URL, "http://" + url.QueryEscape(secret) + "@" + strings.TrimPrefix(closed.URL, "http://"), "http://host.invalid", "://" + secret} {
		w := newWitness()
		c := w.caller(base)
		s := p.source(t, func(sc *wxapi.SourceConfig) { sc.Caller = c })
		w.check(t, c.Post(t.Context(), s, api, nil, nil))
		w.check(t, c.Post(t.Context(), p.source(t, nil), api, nil, nil))
	}
}

func TestASharedStateThatFailsShowsNoSecret(t *testing.T) {
	t.Parallel()
	server := testproc.StartRedis(t)
	p := newPlatform(t)
	w := newWitness()
	s := p.source(t, func(sc *wxapi.SourceConfig) { sc.Caller, sc.Shared = w.caller(p.server.URL), inRedis(t, server.URL)() })
	first := token(t, s)
	server.Kill()
	s.Invalidate(t.Context(), first)
	p.failTokens(says(45009, "quota"))
	_, err := s.Token(t.Context())
	w.check(t, err)
}

func writeAll(to *bufio.ReadWriter, text string) {
	to.WriteString(text)
	to.Flush()
}

// witness hears and reads everything.
type witness struct {
	heard *observations
	lines *observer.ObservedLogs
	log   *zap.Logger
}

func newWitness() *witness {
	core, lines := observer.New(zap.DebugLevel)
	return &witness{heard: &observations{}, lines: lines, log: zap.New(core)}
}

func (w *witness) caller(base string) *wxapi.Caller {
	return wxapi.NewCaller(wxapi.Config{BaseURL: base, Log: w.log, Observer: w.heard})
}

// check reads an error with its causes, the log and what was heard.
func (w *witness) check(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		t.Error("nothing failed")
	}
	texts := w.heard.all()
	for e := err; e != nil; e = errors.Unwrap(e) {
		texts = append(texts, e.Error(), fmt.Sprintf("%+v %#v", e, e))
	}
	for _, line := range w.lines.All() {
		texts = append(texts, line.Message, fmt.Sprintf("%+v", line.ContextMap()))
		for _, field := range line.Context {
			texts = append(texts, fmt.Sprintf("%+v", field.Interface))
		}
	}
	for _, text := range texts {
		for _, bad := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), "token+/", "token%2B", "access_token=t", "corpsecret=s", "http://127"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q is seen in: %s", bad, text)
			}
		}
	}
}
