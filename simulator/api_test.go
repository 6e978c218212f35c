package simulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guanjia/simulator"
)

// The API refuses what it can't use, with a status that says whose fault it is, and changes nothing.
func TestAPIRefuses(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	sim := play(t, b)
	p := follower(t, sim)
	acts := "/api/accounts/brand/users/" + p.User.ID + "/acts"
	stranger, err := sim.NewUser("路人")
	if err != nil {
		t.Fatal(err)
	}
	strangerActs := "/api/accounts/brand/users/" + stranger.ID + "/acts"
	text := func(s string) string {
		data, _ := json.Marshal(s)
		return `{"kind":"text","text":` + string(data) + `}`
	}
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"not JSON", "POST", acts, "hello", 400},
		{"empty", "POST", acts, "", 400},
		{"two values", "POST", acts, text("a") + text("b"), 400},
		{"unknown field", "POST", acts, `{"kind":"text","txt":"a"}`, 400},
		{"wrong type", "POST", acts, `{"kind":"text","text":1}`, 400},
		{"unknown kind", "POST", acts, `{"kind":"dance"}`, 400},
		{"blank text", "POST", acts, text(" \n\x00"), 400},
		{"endless text", "POST", acts, text(strings.Repeat("长", 20001)), 400},
		{"body over the limit", "POST", acts, text(strings.Repeat("a", 300<<10)), 413},
		{"latitude off the globe", "POST", acts, `{"kind":"location","latitude":91}`, 400},
		{"link to a script", "POST", acts, `{"kind":"link","title":"t","url":"javascript:alert(1)"}`, 400},
		{"click without a key", "POST", acts, `{"kind":"click"}`, 400},
		{"unknown picture", "POST", acts, `{"kind":"image","media_id":"nope"}`, 404},
		{"unknown scene", "POST", acts, `{"kind":"scan","scene":"nope"}`, 404},
		{"raw without a type", "POST", acts, `{"kind":"raw","fields":[{"name":"Event"}]}`, 400},
		{"raw with markup in a name", "POST", acts, `{"kind":"raw","fields":[{"name":"MsgType"},{"name":"a><b"}]}`, 400},
		{"raw too deep", "POST", acts, `{"kind":"raw","fields":[{"name":"MsgType"},` + strings.Repeat(`{"name":"a","fields":[`, 6) + `{"name":"b"}` + strings.Repeat("]}", 6) + `]}`, 400},
		{"following twice", "POST", acts, `{"kind":"follow"}`, 409},
		{"text from a stranger", "POST", strangerActs, text("hi"), 409},
		{"unknown account", "POST", "/api/accounts/nobody/users/u1/acts", text("a"), 404},
		{"unknown person", "POST", "/api/accounts/brand/users/u99/acts", text("a"), 404},
		{"chat of an unknown person", "GET", "/api/accounts/brand/users/u99/chat", "", 404},
		{"nickname too long", "POST", "/api/users", `{"nickname":"` + strings.Repeat("名", 33) + `"}`, 400},
		{"clock backwards", "POST", "/api/clock", `{"advance":"-1h"}`, 400},
		{"clock too far", "POST", "/api/clock", `{"advance":"100000h"}`, 400},
		{"clock in words", "POST", "/api/clock", `{"advance":"tomorrow"}`, 400},
		{"unknown fault", "PUT", "/api/accounts/brand/faults", `[{"kind":"gremlin","chance":1}]`, 400},
		{"chance over one", "PUT", "/api/accounts/brand/faults", `[{"kind":"slow","chance":1.5}]`, 400},
		{"fault twice", "PUT", "/api/accounts/brand/faults", `[{"kind":"slow"},{"kind":"slow"}]`, 400},
		{"faults of an unknown account", "PUT", "/api/accounts/nobody/faults", `[]`, 404},
		{"unknown delivery", "GET", "/api/deliveries/99999", "", 404},
		{"delivery in words", "GET", "/api/deliveries/last", "", 404},
		{"not a picture", "POST", "/api/accounts/brand/users/" + p.User.ID + "/pictures", "<svg onload=alert(1)>", 415},
		{"unknown media", "GET", "/media/nope", "", 404},
		{"unknown code", "GET", "/api/accounts/brand/scenes/nope/qr.png", "", 404},
		{"file outside of the page", "GET", "/web/../api.go", "", 307},
		{"folder of the page", "GET", "/web/", "", 404},
		{"acts by GET", "GET", acts, "", 405},
	}
	before := len(b.seen())
	for _, tt := range tests {
		req := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		sim.ServeHTTP(rec, req)
		if rec.Code != tt.status {
			t.Errorf("%s: HTTP %d %s, want %d", tt.name, rec.Code, rec.Body, tt.status)
		}
	}
	if sent := len(b.seen()) - before; sent != 0 {
		t.Errorf("%d callbacks were sent", sent)
	}
}

// Pages of other sites can't act, and forms can't either.
func TestCrossSiteRequestsAreRefused(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, echo))
	for _, tt := range []struct {
		name, header, value, contentType string
		status                           int
	}{
		{"same origin", "Sec-Fetch-Site", "same-origin", "application/json", 200},
		{"program", "X-None", "", "application/json", 200},
		{"cross site", "Sec-Fetch-Site", "cross-site", "application/json", 403},
		{"foreign origin", "Origin", "https://evil.example", "application/json", 403},
		{"form", "X-None", "", "text/plain", 415},
	} {
		req := httptest.NewRequest(http.MethodPost, "/api/users", strings.NewReader(`{"nickname":"a"}`))
		req.Header.Set("Content-Type", tt.contentType)
		req.Header.Set(tt.header, tt.value)
		rec := httptest.NewRecorder()
		sim.ServeHTTP(rec, req)
		if rec.Code != tt.status {
			t.Errorf("%s: HTTP %d, want %d", tt.name, rec.Code, tt.status)
		}
	}
}

// Neither the token nor the key of an account can be read from the API.
func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, echo))
	p := follower(t, sim)
	x := p.Say("hi")
	d, err := sim.Client().Delivery(t.Context(), x.Deliveries[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{sim.State(), x, d} {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), testToken) || strings.Contains(string(data), testAESKey) {
			t.Errorf("a secret in %s", data)
		}
	}
	contains(t, d.Request, "<Content>hi</Content>")
	contains(t, d.Answer, "<Content>hi</Content>")
}

// Nicknames keep their emoji and lose what no keyboard types; openids differ by account and stay the same for a seed.
func TestPeople(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	two := func(c *simulator.Config) {
		second := brand(b.URL)
		second.Name, second.OriginalID = "doctor", "gh_other"
		c.Accounts = append(c.Accounts, second)
	}
	u, err := play(t, b, two).NewUser(" 小\x00王👨‍👩‍👧\n")
	if err != nil || u.Nickname != "小王👨‍👩‍👧" {
		t.Errorf("nickname %q, %v", u.Nickname, err)
	}
	brandID, doctorID := u.Accounts["brand"].OpenID, u.Accounts["doctor"].OpenID
	if len(brandID) != 28 || !strings.HasPrefix(brandID, "o") || brandID == doctorID {
		t.Errorf("openids %s and %s", brandID, doctorID)
	}
	same, _ := play(t, b, two).NewUser("")
	if same.Accounts["brand"].OpenID != brandID || same.Nickname != "用户 1" {
		t.Errorf("with the same seed: %+v", same)
	}
	if other, _ := play(t, b, two, func(c *simulator.Config) { c.Seed = 2 }).NewUser(""); other.Accounts["brand"].OpenID == brandID {
		t.Error("with another seed: the same openid")
	}
}

// The code of a scene leads to the page, wherever it is mounted.
func TestQRCode(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, echo))
	mux := http.NewServeMux()
	mux.Handle("/simulator/", http.StripPrefix("/simulator", sim))
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/simulator/api/accounts/brand/scenes/newgift/qr.png", nil))
	img, err := png.Decode(rec.Body)
	if err != nil || img.Bounds().Dx() < 200 {
		t.Errorf("no code: HTTP %d, %v", rec.Code, err)
	}
	for path, want := range map[string]int{"/simulator": 307, "/simulator/": 200, "/simulator/web/styles/app.css": 200} {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != want {
			t.Errorf("%s: HTTP %d, want %d", path, rec.Code, want)
		}
		if path == "/simulator/" && !strings.Contains(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Error("the page has no policy")
		}
	}
}

// What happens is told to the pages that watch, in order, from hello on.
func TestEvents(t *testing.T) {
	t.Parallel()
	sim := play(t, newBot(t, echo))
	page := httptest.NewServer(sim)
	t.Cleanup(page.Close)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, page.URL+"/api/events", nil)
	resp, err := page.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() (kind, data string) {
		for lines.Scan() {
			if s, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				kind = s
			}
			if s, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return kind, s
			}
		}
		return "end", ""
	}
	if kind, _ := next(); kind != "hello" {
		t.Fatalf("first event %s", kind)
	}
	p := simulator.NewPhone(t, simulator.NewClient(page.URL, nil), "brand", "小王")
	p.Follow()
	p.Wait(time.Hour)
	want := []string{"user", "user", "entry sending", "delivery", "entry replied", "entry", "clock"}
	for i := range want {
		kind, data := next()
		var e simulator.Entry
		if kind == "entry" && json.Unmarshal([]byte(data), &e) == nil && e.State != "" {
			kind += " " + string(e.State)
		}
		if kind != want[i] {
			t.Errorf("event %d is %s, want %s", i, kind, want[i])
		}
	}
	if err := sim.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if kind, _ := next(); kind != "end" {
		t.Errorf("after Close: %s", kind)
	}
}

// Close waits for the acts in flight, takes no more, and gives up when its context ends.
func TestClose(t *testing.T) {
	t.Parallel()
	b := newBot(t, echo)
	patient := func(c *simulator.Config) { c.Deadline = time.Minute }
	sim := play(t, b, patient)
	p := follower(t, sim)
	b.silent(func(int) bool { return true })
	result := make(chan simulator.Exchange)
	go func() {
		x, err := sim.Act(context.Background(), "brand", p.User.ID, simulator.Act{Kind: simulator.ActText, Text: "hi"})
		if err != nil {
			x.Why = &simulator.Problem{Text: err.Error()}
		}
		result <- x
	}()
	until(t, "the act has arrived", func() bool { return len(b.seen()) == 2 })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := sim.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("close: %v", err)
	}
	if x := <-result; x.State != simulator.StateInterrupted {
		t.Errorf("the act ended as %s %+v", x.State, x.Why)
	}
	var refusal *simulator.Error
	_, err := sim.Client().Act(t.Context(), "brand", p.User.ID, simulator.Act{Kind: simulator.ActUnfollow})
	if !errors.As(err, &refusal) || refusal.Status != http.StatusServiceUnavailable {
		t.Errorf("after Close: %v", err)
	}
}

// FuzzAPI sends anything to the API: it answers with JSON and a status, and sends nothing that the bot can't parse.
func FuzzAPI(f *testing.F) {
	for _, body := range []string{
		`{"kind":"text","text":"领券"}`, `{"kind":"click","key":"COUPON"}`, `{"kind":"location","latitude":31.2,"longitude":121.5}`,
		`{"kind":"raw","fields":[{"name":"MsgType","value":"event"},{"name":"Event","value":"SCAN"}]}`, `{"kind":"link","url":"https://a"}`,
		`{"kind":"text","text":"\u0000\ud800]]>"}`, `[`,
	} {
		f.Add("acts", body)
	}
	f.Add("faults", `[{"kind":"slow","chance":0.5}]`)
	b := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	f.Cleanup(b.Close)
	sim, err := simulator.New(simulator.Config{Accounts: []simulator.Account{brand(b.URL)}, Deadline: time.Second})
	if err != nil {
		f.Fatal(err)
	}
	u, err := sim.NewUser("")
	if err != nil {
		f.Fatal(err)
	}
	if _, err := sim.Act(f.Context(), "brand", u.ID, simulator.Act{Kind: simulator.ActFollow}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, what, body string) {
		path, method := "/api/accounts/brand/users/"+u.ID+"/acts", http.MethodPost
		if what != "acts" {
			path, method = "/api/accounts/brand/faults", http.MethodPut
			defer func() { _, _ = sim.SetFaults("brand", nil, false) }()
		}
		req := httptest.NewRequest(method, path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		sim.ServeHTTP(rec, req)
		if rec.Code >= 500 || !json.Valid(rec.Body.Bytes()) {
			t.Errorf("HTTP %d %s", rec.Code, rec.Body)
		}
		var x simulator.Exchange
		if what == "acts" && rec.Code == http.StatusOK && json.Unmarshal(rec.Body.Bytes(), &x) == nil {
			for _, d := range x.Deliveries {
				elements(t, d.Request)
			}
		}
	})
}
