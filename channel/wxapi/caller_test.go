package wxapi_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"guanjia/channel/wxapi"
)

func TestACallCarriesRawUTF8AndTheToken(t *testing.T) {
	t.Parallel()
	for _, kind := range []wxapi.Kind{wxapi.WeCom, wxapi.Official} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer = `{"errcode":"0","errmsg":"ok","msgid":"M1","created_at":"1380000000","fail":3}`
			s := p.source(t, func(c *wxapi.SourceConfig) { c.Kind = kind })
			var out struct {
				MsgID     string       `json:"msgid"`
				CreatedAt wxapi.Int    `json:"created_at"`
				Fail      wxapi.String `json:"fail"`
			}
			in := map[string]any{"touser": "zhang", "text": map[string]string{"content": "您好 <a href=\"https://a.example/?x=1&y=2\">领券</a>\u2028😀"}}
			if err := p.caller().Post(t.Context(), s, api, in, &out); err != nil {
				t.Fatal(err)
			}
			equal(t, p.calls(), []request{{"POST", "application/json; charset=utf-8",
				`{"text":{"content":"您好 <a href=\"https://a.example/?x=1&y=2\">领券</a>` + "\u2028" + `😀"},"touser":"zhang"}`, url.Values{"access_token": {"token+/1"}}}})
			if out.MsgID != "M1" || out.CreatedAt != 1380000000 || out.Fail != "3" {
				t.Errorf("read %+v", out)
			}
			p.wantTokens(t, 1, 1)
		})
	}
}

func TestGetAsksWithItsQuery(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	query := url.Values{"external_userid": {"wm&1"}}
	if err := p.caller().Get(t.Context(), p.source(t, nil), "/cgi-bin/externalcontact/get?cursor=c", query, nil); err != nil {
		t.Fatal(err)
	}
	equal(t, p.calls(), []request{{Method: "GET", Query: url.Values{"external_userid": {"wm&1"}, "cursor": {"c"}, "access_token": {"token+/1"}}}})
	equal(t, query, url.Values{"external_userid": {"wm&1"}}) // the caller's own
}

func TestNothingToSaySendsAnEmptyObject(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	if err := p.caller().Post(t.Context(), p.source(t, nil), api, nil, nil); err != nil {
		t.Fatal(err)
	}
	equal(t, p.calls()[0].Body, "{}")
}

func TestUploadSendsAForm(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answer = `{"errcode":0,"errmsg":"","type":"image","media_id":"M","created_at":"1380000000"}`
	p.failCalls(says(-1, "system busy")) // the file is sent again
	var out struct {
		MediaID string `json:"media_id"`
	}
	if err := p.caller().Upload(t.Context(), p.source(t, nil), "/cgi-bin/media/upload?type=image", "media", "海报 \"1\".png", strings.NewReader("PNG"), &out); err != nil {
		t.Fatal(err)
	}
	equal(t, out.MediaID, "M")
	equal(t, len(p.calls()), 2)
	for _, r := range p.calls() {
		equal(t, r.Query.Get("type"), "image")
		_, parameters, err := mime.ParseMediaType(r.ContentType)
		if err != nil {
			t.Fatal(err)
		}
		part, err := multipart.NewReader(strings.NewReader(r.Body), parameters["boundary"]).NextPart()
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(part)
		equal(t, []string{part.FormName(), part.FileName(), string(content)}, []string{"media", "海报 \"1\".png", "PNG"})
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestUploadRefusesAFileThatNoAccountTakes(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	err := p.caller().Upload(t.Context(), p.source(t, nil), "/cgi-bin/media/upload", "media", "f", endless{}, nil)
	if !errors.Is(err, wxapi.ErrFileTooLarge) {
		t.Fatal(err)
	}
	p.wantTokens(t, 0, 0)
}

func TestACallGoesOnWithAnotherTokenWhenThePlatformTookOneBack(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(p *platform){
		"taken back": func(p *platform) { p.revoke() },
		"40001": func(p *platform) {
			p.revoke()
			p.failCalls(says(40001, "invalid credential, access_token is not latest"))
		},
		"expired early": func(p *platform) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.expires = p.clock.Now()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			s, c := p.source(t, nil), p.caller()
			for range 2 {
				if err := c.Post(t.Context(), s, api, nil, nil); err != nil {
					t.Fatal(err)
				}
			}
			p.wantTokens(t, 1, 1)
			spoil(p)
			if err := c.Post(t.Context(), s, api, nil, nil); err != nil {
				t.Fatal(err)
			}
			p.wantTokens(t, 2, 2)
			equal(t, len(p.calls()), 4)
		})
	}
}

func TestACallIsRepeatedOnceForATokenAndNotForEver(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.failCalls(says(42001, "access_token expired"), says(40014, "invalid access_token"))
	err := p.caller().Post(t.Context(), p.source(t, nil), api, nil, nil)
	wantCode(t, err, 40014)
	equal(t, len(p.calls()), 2)
}

// TestAPlatformThatTakesBackEveryTokenIsNotAskedWithoutEnd: two installations that quarrel about an account, or a secret whose
// app was switched off, once cost other programs a day's quota in minutes.
func TestAPlatformThatTakesBackEveryTokenIsNotAskedWithoutEnd(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s, c := p.source(t, nil), p.caller()
	for range 50 {
		p.failCalls(says(40014, "invalid access_token"), says(40014, "invalid access_token"))
		wantCode(t, c.Post(t.Context(), s, api, nil, nil), 40014)
	}
	if asked, _ := p.tokens(); asked > 6 {
		t.Errorf("a token was asked for %d times", asked)
	}
}

func TestABusyPlatformIsAskedAgainThreeTimes(t *testing.T) {
	t.Parallel()
	busy := says(-1, "system busy")
	for name, c := range map[string]struct {
		faults []http.HandlerFunc
		code   int
		calls  int
	}{
		"three times": {[]http.HandlerFunc{busy, busy, busy}, 0, 4},
		"for long":    {[]http.HandlerFunc{busy, busy, busy, busy}, -1, 4},
		"then full":   {[]http.HandlerFunc{busy, says(45009, "api freq out of limit")}, 45009, 2},
		"a quota":     {[]http.HandlerFunc{says(45009, "api freq out of limit")}, 45009, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.failCalls(c.faults...)
			wantCode(t, p.caller().Post(t.Context(), p.source(t, nil), api, nil, nil), c.code)
			equal(t, len(p.calls()), c.calls)
		})
	}
}

func TestThereIsNoRepetitionWithoutTime(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.source(t, nil)
	token(t, s)
	p.failCalls(says(-1, "system busy"))
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Millisecond) // less than the first pause
	defer cancel()
	if err := p.caller().Post(ctx, s, api, nil, nil); err == nil {
		t.Fatal("a busy platform did it")
	}
	if n := len(p.calls()); n > 1 {
		t.Errorf("%d calls in less than a pause", n)
	}
}

// wantCode expects errcode, or no error for 0.
func wantCode(t testing.TB, err error, code int) {
	t.Helper()
	var refused *wxapi.Error
	switch {
	case code == 0 && err == nil:
	case !errors.As(err, &refused) || refused.Code != code:
		t.Fatalf("got %v, want errcode %d", err, code)
	}
}

// TestACallWithoutAnAnswer: what the platform may have done is not done again, unless it was only a question.
func TestACallWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	huge := func(w http.ResponseWriter, _ *http.Request) { w.Write(bytes.Repeat([]byte(" "), 9<<20)) }
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, `{"errcode":0`)
	}
	linger := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		conn.(*net.TCPConn).SetLinger(0) // the kernel sends a reset
		conn.Close()
	}
	for name, c := range map[string]struct {
		fault http.HandlerFunc
		why   wxapi.Why
		asked bool // a question is asked again
	}{
		"no answer":          {reset, wxapi.Broken, true},
		"connection reset":   {linger, wxapi.Broken, true},
		"half an answer":     {cut, wxapi.Broken, true},
		"slow":               {stalls, wxapi.Timeout, false},
		"huge":               {huge, wxapi.Unreadable, false},
		"a page":             {writes(502, "<html>502 Bad Gateway</html>"), wxapi.Unreadable, false},
		"somebody's JSON":    {writes(503, `{"message":"upstream is down"}`), wxapi.Unreadable, false},
		"nothing":            {writes(200, ""), wxapi.Unreadable, false},
		"null":               {writes(200, "null"), wxapi.Unreadable, false},
		"a list":             {writes(200, `[{"errcode":0}]`), wxapi.Unreadable, false},
		"half of JSON":       {writes(200, `{"errcode":0,`), wxapi.Unreadable, false},
		"an errcode of text": {writes(200, `{"errcode":"fine"}`), wxapi.Unreadable, false},
		"another shape":      {writes(200, `{"errcode":0,"msgid":{"a":1}}`), wxapi.Unreadable, false},
		"sent elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere?"+r.URL.RawQuery, http.StatusFound)
		},
			wxapi.Unreadable, false},
	} {
		for _, method := range []string{"POST", "GET"} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				p := newPlatform(t)
				s := p.source(t, nil)
				token(t, s)
				p.failCalls(c.fault)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if name == "slow" {
					ctx, cancel = context.WithTimeout(ctx, 200*time.Millisecond)
					defer cancel()
				}
				var out struct {
					MsgID string `json:"msgid"`
				}
				call := func() error { return p.caller().Post(ctx, s, api, nil, &out) }
				if method == "GET" {
					call = func() error { return p.caller().Get(ctx, s, api, nil, &out) }
				}
				err := call()
				if c.asked && method == "GET" {
					if err != nil || len(p.calls()) != 2 {
						t.Fatalf("%v after %d calls", err, len(p.calls()))
					}
					return
				}
				var lost *wxapi.NoAnswerError
				if !errors.As(err, &lost) || lost.Why != c.why || lost.API != api {
					t.Fatalf("got %v, want %s", err, c.why)
				}
				if c.why == wxapi.Timeout && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v does not say that time ran out", err)
				}
				equal(t, len(p.calls()), 1)
				if p.paths["/elsewhere"] > 0 {
					t.Error("the token was sent elsewhere")
				}
			})
		}
	}
}

func TestAPlatformOutOfReachSawNothing(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	p := newPlatform(t)
	for _, base := range []string{closed.URL, "", "api.weixin.qq.com", "ftp://api.weixin.qq.com", "http://api.weixin.qq.com/?a=b", "http://%zz"} {
		heard := &observations{}
		c := wxapi.NewCaller(wxapi.Config{BaseURL: base, Observer: heard})
		err := c.Post(t.Context(), p.source(t, nil), api, nil, nil)
		var lost *wxapi.NoAnswerError
		if !errors.As(err, &lost) || lost.Why != wxapi.Unsent {
			t.Errorf("%q: %v", base, err)
		}
		if len(heard.all()) == 0 || heard.all()[0] != api+" unsent" {
			t.Errorf("%q: heard %q", base, heard.all())
		}
	}
}

func TestABaseURLMayHaveAPath(t *testing.T) {
	t.Parallel()
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.Path
		io.WriteString(w, `{"errcode":0}`)
	}))
	defer server.Close()
	if err := wxapi.NewCaller(wxapi.Config{BaseURL: server.URL + "/wecom/"}).Post(t.Context(), nil, api, nil, nil); err != nil {
		t.Fatal(err)
	}
	equal(t, got, "/wecom"+api)
}

func TestTheAddressToAllowIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code int
		msg  string
		want string
	}{
		{60020, "not allow to access from your ip, hint: [1597733128_47_64fc0a9b], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=60020", "203.0.113.7"},
		{40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 64a1b2c3-0f0f0f0f-12345678", "203.0.113.7"},
		{40164, "invalid ip 2001:db8::7, not in whitelist", "2001:db8::7"},
		{60020, "not allow to access from your ip", ""},
		{60020, "from ip:203.0.113.9.", "203.0.113.9"},
		{60020, "from ip: 0.0.0.0 :: ::ffff:203.0.113.8", "203.0.113.8"},
	} {
		p := newPlatform(t)
		p.failTokens(says(c.code, c.msg))
		err := p.caller().Post(t.Context(), p.source(t, nil), api, nil, nil)
		wantCode(t, err, c.code)
		var address *wxapi.AddressError
		if !errors.As(err, &address) {
			t.Fatalf("%q: %v", c.msg, err)
		}
		want := netip.Addr{}
		if c.want != "" {
			want = netip.MustParseAddr(c.want)
		}
		if address.Addr != want || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v (%v)", c.msg, address.Addr, err)
		}
	}
}

func TestErrorsAreToldApart(t *testing.T) {
	t.Parallel()
	const token = "/cgi-bin/gettoken"
	for _, c := range []struct {
		api  string
		code int
		want string
	}{
		{api, -1, "retryable"}, {api, 41096, "retryable"}, {api, 45009, "retryable limited"}, {api, 45011, "retryable limited"}, {api, 45033, "retryable limited"},
		{api, 40001, "token"}, {api, 40014, "token"}, {api, 42001, "token"}, {api, 40013, ""}, {api, 40125, ""},
		{token, 40001, "secret"}, {token, 40013, "secret"}, {token, 40125, "secret"}, {token, 40091, "secret"}, {token, 42001, ""},
		{"/cgi-bin/stable_token", 40125, "secret"}, {token, 40164, "address"}, {api, 60020, "address"},
		{api, 45015, "window"}, {api, 95002, "window"}, {api, 95032, "window"}, {api, 45047, "count"}, {api, 95001, "count"},
		{api, 41050, ""}, {api, 41051, ""}, {api, 48001, ""},
	} {
		e := &wxapi.Error{API: c.api, Code: c.code}
		var is []string
		for _, q := range []struct {
			word string
			yes  bool
		}{{"retryable", e.Retryable()}, {"limited", e.RateLimited()}, {"token", e.TokenInvalid()}, {"secret", e.SecretRefused()},
			{"address", e.AddressRefused()}, {"window", e.WindowClosed()}, {"count", e.LimitReached()}} {
			if q.yes {
				is = append(is, q.word)
			}
		}
		if got := strings.Join(is, " "); got != c.want {
			t.Errorf("%d of %s is %q, want %q", c.code, c.api, got, c.want)
		}
	}
}

func TestAnObserverHearsOfEveryRequest(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	heard := &observations{}
	c := wxapi.NewCaller(wxapi.Config{BaseURL: p.server.URL, Observer: heard})
	s := p.source(t, func(sc *wxapi.SourceConfig) { sc.Caller = c })
	p.failCalls(says(-1, "system busy"), says(42001, "expired"))
	if err := c.Post(t.Context(), s, api, nil, nil); err != nil {
		t.Fatal(err)
	}
	p.failCalls(writes(200, "?"))
	c.Get(t.Context(), s, "/cgi-bin/user/zhang?userid=zhang", nil, nil)
	equal(t, heard.all(), []string{"/cgi-bin/gettoken 0", api + " -1", api + " 42001", "/cgi-bin/gettoken 0", api + " 0", "other unreadable"})
}
