package wecom

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// platform plays WeCom's API: tokens, and welcome messages by code, each once and for 20 seconds.
type platform struct {
	url string

	mu      sync.Mutex
	now     time.Time
	codes   map[string]time.Time // when each was given; the zero time when it was used
	welcome []json.RawMessage    // what was sent
	calls   int
	next    []answering // for the coming calls, before all else
}

// answering is how one call goes: an errcode, or something worse.
type answering struct {
	code   int
	drop   bool // the connection ends without an answer, before the call counts
	obeyed bool // the call counts, and then the connection ends
}

func newPlatform(t testing.TB) *platform {
	t.Helper()
	p := &platform{now: testNow, codes: map[string]time.Time{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cgi-bin/gettoken", func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Get("corpid") != testCorp || q.Get("corpsecret") != testSecret {
			reply(w, 40001)
			return
		}
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","access_token":"T1","expires_in":7200}`)
	})
	mux.HandleFunc("POST "+pathWelcome, p.sendWelcome)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func reply(w http.ResponseWriter, code int) {
	_, _ = fmt.Fprintf(w, `{"errcode":%d,"errmsg":"hint: [1597733128_47_64fc]"}`, code)
}

// give makes a code as if the customer had just come.
func (p *platform) give(code string, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.codes[code] = at
}

// expect makes the coming calls go otherwise.
func (p *platform) expect(next ...answering) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = append(p.next, next...)
}

func (p *platform) sendWelcome(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	if r.URL.Query().Get("access_token") != "T1" {
		reply(w, 40014)
		return
	}
	var how answering
	if len(p.next) > 0 {
		how, p.next = p.next[0], p.next[1:]
	}
	switch {
	case how.drop:
		panic(http.ErrAbortHandler)
	case how.code != 0:
		reply(w, how.code)
		return
	}
	code := p.judge(body)
	if how.obeyed {
		panic(http.ErrAbortHandler)
	}
	reply(w, code)
}

// judge is what the platform makes of a welcome message.
func (p *platform) judge(body []byte) int {
	var m struct {
		Code        string `json:"welcome_code"`
		Text        *struct{ Content string }
		Attachments []map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return 40058
	}
	given, known := p.codes[m.Code]
	switch {
	case m.Code == "":
		return 41049
	case known && given.IsZero():
		return 41051
	case !known || p.now.Sub(given) > 20*time.Second:
		return 41050
	case m.Text == nil && len(m.Attachments) == 0, m.Text != nil && len(m.Text.Content) > 4000:
		return 40058
	case len(m.Attachments) > 9:
		return 41064
	}
	for _, a := range m.Attachments {
		var kind string
		if json.Unmarshal(a["msgtype"], &kind) != nil || len(a) != 2 || a[kind] == nil {
			return 41065
		}
	}
	p.codes[m.Code] = time.Time{}
	p.welcome = append(p.welcome, body)
	return 0
}

// welcomed is what customers got.
func (p *platform) welcomed() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, w := range p.welcome {
		all = append(all, string(w))
	}
	return all
}

func (p *platform) called() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}
