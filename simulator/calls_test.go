package simulator_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"guanjia/simulator"
	"guanjia/simulator/platform"
)

// wait moves the clock.
func wait(t *testing.T, sim *simulator.Simulator, d time.Duration) {
	t.Helper()
	if _, err := sim.Advance(d); err != nil {
		t.Fatal(err)
	}
}

// An app gets the same token while it holds; everybody else is refused as the platform refuses them.
func TestTokensOfAnApp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.token(t, testAppSecret)
	if again := o.token(t, testAppSecret); again != token {
		t.Error("a second token while the first holds")
	}
	poor := o.token(t, "poor-"+testAppSecret)
	if poor == token {
		t.Error("two apps have one token")
	}
	const send = "/cgi-bin/message/send?access_token="
	text := `{"touser":"xiaolin","msgtype":"text","agentid":%d,"text":{"content":"a"}}`
	for name, row := range map[string]struct {
		a    answered
		code int
	}{
		"no corp id":             {o.get(t, "/cgi-bin/gettoken?corpsecret=x"), 41002},
		"no secret":              {o.get(t, "/cgi-bin/gettoken?corpid="+testCorp), 41004},
		"an unknown corp":        {o.get(t, "/cgi-bin/gettoken?corpid=wwnobody&corpsecret=x"), 40013},
		"a wrong secret":         {o.get(t, "/cgi-bin/gettoken?corpid="+testCorp+"&corpsecret=x"), 40001},
		"no token":               {o.post(t, "/cgi-bin/message/send", "{}"), 41001},
		"an unknown token":       {o.post(t, send+"x", "{}"), 40014},
		"another app's agent":    {o.post(t, send+poor, fmt.Sprintf(text, 1000002)), 301002},
		"no right":               {o.post(t, "/cgi-bin/kf/account/list?access_token="+poor, "{}"), 48002},
		"a call by GET":          {o.get(t, send+token), 40058},
		"an unknown call":        {o.post(t, "/cgi-bin/no/such/call?access_token="+token, "{}"), 40066},
		"an empty body":          {o.post(t, send+token, ""), 44002},
		"no JSON":                {o.post(t, send+token, "{"), 40058},
		"an app that may itself": {o.post(t, send+token, fmt.Sprintf(text, 1000002)), 0},
		"an agent id in quotes":  {o.post(t, send+token, `{"touser":"xiaolin","msgtype":"text","agentid":"1000002","text":{"content":"a"}}`), 0},
	} {
		if row.a.code() != row.code || row.a.status != http.StatusOK {
			t.Errorf("%s: HTTP %d %s, want %d", name, row.a.status, row.a.raw, row.code)
		}
	}
	bad := o.post(t, send+token, "{").text("errmsg")
	if !regexp.MustCompile(`Warning: wrong json format\., hint: \[\d+_\d+_[0-9a-f]+\], from ip: 127\.0\.0\.1, more info at https://open\.work\.weixin\.qq\.com/devtool/query\?e=40058$`).MatchString(bad) {
		t.Errorf("the refusal reads %q", bad)
	}
	wait(t, o.sim, 2*time.Hour)
	if a := o.post(t, send+token, "{}"); a.code() != 42001 {
		t.Errorf("after two hours: %s", a.raw)
	}
	if next := o.token(t, testAppSecret); next == token {
		t.Error("a token that has ended is given again")
	}
	for _, code := range []int{40014, 42001, 40001} {
		token = o.token(t, testAppSecret)
		if n := o.sim.API().Invalidate(platform.Tokens{App: "assistant"}, code); n != 1 {
			t.Fatalf("%d tokens are taken back", n)
		}
		if a := o.post(t, send+token, "{}"); a.code() != code {
			t.Errorf("taken back with %d: %s", code, a.raw)
		}
	}
}

// The classic token of an official account ends five minutes after its successor; the stable one stays the same until its last
// five minutes, or until it is forced, seldom enough.
func TestTokensOfAnOfficialAccount(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t)
	holds := func(token string) int { return o.get("/cgi-bin/getcallbackip", token).code() }
	first := o.token()
	second := o.token()
	if first == second || holds(first) != 0 || holds(second) != 0 {
		t.Fatal("both tokens must hold for a while")
	}
	wait(t, o.sim, 5*time.Minute)
	if holds(first) != 40001 || holds(second) != 0 {
		t.Errorf("after the overlap: %d, %d", holds(first), holds(second))
	}
	stable := func(force bool) string {
		t.Helper()
		a := callAPI(t, http.MethodPost, o.api.URL+"/cgi-bin/stable_token",
			fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q,"force_refresh":%v}`, testAppID, testSecret, force))
		if a.text("access_token") == "" {
			t.Fatalf("stable token: %s", a.raw)
		}
		return a.text("access_token")
	}
	s1 := stable(false)
	if stable(false) != s1 || s1 == second || holds(second) != 0 {
		t.Error("the stable token must stay the same, and leave the classic one alone")
	}
	s2 := stable(true)
	if s2 == s1 || holds(s1) != 40001 || holds(s2) != 0 {
		t.Errorf("forced: %d, %d", holds(s1), holds(s2))
	}
	if stable(true) != s2 {
		t.Error("forced again within 30 s")
	}
	wait(t, o.sim, 2*time.Hour-4*time.Minute)
	s3 := stable(false)
	if s3 == s2 || holds(s2) != 0 || holds(s3) != 0 {
		t.Error("in its last five minutes there is a next token, and both hold")
	}
	for name, row := range map[string]struct {
		query string
		code  int
	}{
		"a wrong grant type": {"grant_type=x&appid=" + testAppID + "&secret=" + testSecret, 40002},
		"no app id":          {"grant_type=client_credential&secret=x", 41002},
		"no secret":          {"grant_type=client_credential&appid=" + testAppID, 41004},
		"an unknown app":     {"grant_type=client_credential&appid=wxnobody&secret=x", 40013},
		"a wrong secret":     {"grant_type=client_credential&appid=" + testAppID + "&secret=x", 40125},
	} {
		if a := callAPI(t, http.MethodGet, o.api.URL+"/cgi-bin/token?"+row.query, ""); a.code() != row.code {
			t.Errorf("%s: %s, want %d", name, a.raw, row.code)
		}
	}
}

// Addresses that are not in the allow-list are refused: at the token by an official account, at each call by WeCom.
func TestAddressesAreTrusted(t *testing.T) {
	t.Parallel()
	brand := newBrandOffice(t, func(a *simulator.Account) { a.TrustedIPs = []string{"10.0.0.0/8"} })
	a := callAPI(t, http.MethodGet, brand.api.URL+"/cgi-bin/token?grant_type=client_credential&appid="+testAppID+"&secret="+testSecret, "")
	if a.code() != 40164 || !strings.Contains(a.text("errmsg"), "invalid ip 127.0.0.1") {
		t.Errorf("the official account: %s", a.raw)
	}
	o := newOffice(t, func(c *simulator.Config) { c.Corps[0].Apps[0].TrustedIPs = []string{"10.1.2.3"} })
	a = o.post(t, "/cgi-bin/message/send?access_token="+o.token(t, testAppSecret), "{}")
	if a.code() != 60020 || !strings.Contains(a.text("errmsg"), "from ip: 127.0.0.1") {
		t.Errorf("WeCom: %s", a.raw)
	}
}

// What an account that is not certified may not do is refused.
func TestAnAccountThatIsNotCertified(t *testing.T) {
	t.Parallel()
	o := newBrandOffice(t, func(a *simulator.Account) { a.Certified = false })
	if a := o.post("/cgi-bin/message/custom/send", o.token(), "{}"); a.code() != 48001 {
		t.Errorf("%s", a.raw)
	}
}

// Who calls too often is refused until the minute is over, or the day; an official account may clear its day ten times a month.
func TestQuotas(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	list := func() int {
		return o.post(t, "/cgi-bin/message/send?access_token="+o.token(t, testAppSecret), `{"agentid":1000002,"touser":"nobody"}`).code()
	}
	set := func(sim *simulator.Simulator, path string, l platform.Limit) {
		t.Helper()
		if err := sim.API().SetLimit(path, &l); err != nil {
			t.Fatal(err)
		}
	}
	set(o.sim, "/cgi-bin/message/send", platform.Limit{PerMinute: 2})
	for i, want := range []int{81013, 81013, 45009} {
		if got := list(); got != want {
			t.Errorf("WeCom, call %d: %d, want %d", i+1, got, want)
		}
	}
	wait(t, o.sim, 61*time.Second)
	if got := list(); got != 81013 {
		t.Errorf("WeCom, a minute later: %d", got)
	}

	b := newBrandOffice(t)
	token := b.token()
	set(b.sim, "/cgi-bin/user/get", platform.Limit{PerMinute: 1, PerDay: 2})
	users := func() int { return b.get("/cgi-bin/user/get", token).code() }
	if first, second := users(), users(); first != 0 || second != 45011 {
		t.Errorf("within a minute: %d, %d", first, second)
	}
	wait(t, b.sim, time.Minute)
	if got := users(); got != 0 {
		t.Errorf("a minute later: %d", got)
	}
	wait(t, b.sim, time.Minute)
	if got := users(); got != 45009 {
		t.Errorf("over the day's number: %d", got)
	}
	contains(t, b.post("/cgi-bin/openapi/quota/get", token, `{"cgi_path":"/cgi-bin/user/get"}`).raw, `"quota":{"daily_limit":2,"remain":0,"used":2}`)
	for i := range 11 {
		want := 0
		if i == 10 {
			want = 48006
		}
		if a := b.post("/cgi-bin/clear_quota", token, fmt.Sprintf(`{"appid":%q}`, testAppID)); a.code() != want {
			t.Errorf("clear %d: %s", i+1, a.raw)
		}
	}
	wait(t, b.sim, time.Minute)
	if got := users(); got != 0 {
		t.Errorf("cleared: %d", got)
	}
}

// Each fault strikes as often as it was told to, and what it does to the connection is really done.
func TestFaultsOfCalls(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.token(t, testAppSecret)
	body := `{"touser":"xiaolin","msgtype":"text","agentid":1000002,"text":{"content":"好"}}`
	m := simulator.NewMember(t, o.sim.Client(), "assistant", "xiaolin")
	try := func(f platform.Fault) (status int, text string, err error) {
		t.Helper()
		f.Times, f.Path = 1, "/cgi-bin/message/send"
		if err := o.sim.API().SetFaults(f); err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(o.api.URL+"/cgi-bin/message/send?access_token="+token, "application/json", strings.NewReader(body))
		if err != nil {
			return 0, "", err
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(data), err
	}
	for _, row := range []struct {
		fault  platform.Fault
		status int
		text   string
		broken bool
		obeyed bool
	}{
		{platform.Fault{Kind: platform.FaultSlow, Delay: 1}, 200, `"errcode":0`, false, true},
		{platform.Fault{Kind: platform.FaultLost, Delay: 1}, 0, "", true, false},
		{platform.Fault{Kind: platform.FaultNoAnswer, Delay: 1}, 0, "", true, true},
		{platform.Fault{Kind: platform.FaultReset}, 0, "", true, false},
		{platform.Fault{Kind: platform.FaultBusy}, 200, `"errcode":-1`, false, false},
		{platform.Fault{Kind: platform.FaultCode, Code: 45009, Msg: "api freq out of limit"}, 200, `"errmsg":"api freq out of limit, hint`, false, false},
		{platform.Fault{Kind: platform.FaultBadGateway}, 502, "<html>", false, false},
		{platform.Fault{Kind: platform.FaultBare}, 200, `{"errcode":0,"errmsg":"ok"}`, false, true},
		{platform.Fault{Kind: platform.FaultHalf}, 200, `{"errcode":0`, false, true},
		{platform.Fault{Kind: platform.FaultExpired}, 200, `"errcode":42001`, false, false},
	} {
		before := len(m.Chat())
		status, text, err := try(row.fault)
		if (err != nil) != row.broken || status != row.status || !strings.HasPrefix(text, row.text) && !strings.Contains(text, row.text) {
			t.Errorf("%s: HTTP %d %q %v", row.fault.Kind, status, text, err)
		}
		if obeyed := len(m.Chat()) > before; obeyed != row.obeyed {
			t.Errorf("%s: obeyed is %v", row.fault.Kind, obeyed)
		}
		if row.fault.Kind == platform.FaultReset && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
			t.Errorf("the connection ended with %v", err)
		}
		if row.fault.Kind == platform.FaultHalf && strings.HasSuffix(text, "}") {
			t.Errorf("half an answer is whole: %s", text)
		}
		if left := o.sim.API().Faults(); len(left) != 0 {
			t.Errorf("%s is not over", row.fault.Kind)
		}
	}
	if a := o.post(t, "/cgi-bin/message/send?access_token="+token, body); a.code() != 42001 {
		t.Errorf("the token that was taken back: %s", a.raw)
	}
	for _, f := range []platform.Fault{{Kind: "sleepy", Times: 1}, {Kind: platform.FaultBusy}, {Kind: platform.FaultBusy, Chance: 2}, {Kind: platform.FaultCode, Times: 1}, {Kind: platform.FaultBusy, Times: 1, Path: "/nope"}} {
		if o.sim.API().SetFaults(f) == nil {
			t.Errorf("%+v is taken", f)
		}
	}
}

// Limits, counts and tokens are set and read over the page's API too.
func TestCallsOverThePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	token := o.token(t, testAppSecret)
	page := httptest.NewServer(o.sim)
	defer page.Close()
	do := func(method, path, body string) answered {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, page.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		data, _ := io.ReadAll(resp.Body)
		return answered{status: resp.StatusCode, raw: string(data)}
	}
	if a := do(http.MethodPut, "/api/calls/limit", `{"path":"/nope","limit":null}`); a.status != http.StatusNotFound {
		t.Errorf("an unknown call: %+v", a)
	}
	do(http.MethodPut, "/api/calls/limit", `{"path":"/cgi-bin/message/send","limit":{"per_minute":1}}`)
	o.post(t, "/cgi-bin/message/send?access_token="+token, "{}")
	if a := o.post(t, "/cgi-bin/message/send?access_token="+token, "{}"); a.code() != 45009 {
		t.Errorf("%s", a.raw)
	}
	contains(t, do(http.MethodPost, "/api/calls/tokens/invalidate", `{"app":"assistant","code":40014}`).raw, `{"taken_back":1}`)
	if a := do(http.MethodPost, "/api/calls/tokens/invalidate", `{"code":1}`); a.status != http.StatusBadRequest {
		t.Errorf("an unknown code: %+v", a)
	}
	contains(t, do(http.MethodGet, "/api/calls/counts", "").raw, `"path":"/cgi-bin/message/send","calls":2,"refused":{"40056":1,"45009":1}`)
}

// The manual names every call that there is.
func TestTheManualsNameEveryCall(t *testing.T) {
	t.Parallel()
	var manual strings.Builder
	for _, name := range []string{"simulator-api.md", "simulator-contact.md", "simulator-customer-service.md"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", "reference", name))
		if err != nil {
			t.Fatal(err)
		}
		manual.Write(text)
	}
	o := newOffice(t)
	for _, p := range o.sim.API().Paths() {
		if !regexp.MustCompile(`\b` + regexp.QuoteMeta(path.Base(p)) + `\b`).MatchString(manual.String()) {
			t.Errorf("no manual names %s", p)
		}
	}
}
