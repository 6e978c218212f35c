package operator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guanjia/operator"
)

// desk is the page before a bot that tells what it was asked.
func desk(t *testing.T, c operator.Config) string {
	t.Helper()
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"asked":"`+r.Method+" "+r.URL.Path+`","key":"`+r.Header.Get("Authorization")+`"}`)
	}))
	t.Cleanup(bot.Close)
	c.API = bot.URL
	page, err := operator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.StripPrefix("/operator", page))
	t.Cleanup(s.Close)
	return s.URL + "/operator/"
}

func ask(t *testing.T, method, url, body string, header ...string) (status int, said string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestThePageAsksTheBotWithItsKeyAndNothingElse: what the page shows and does is passed on; the tills' API is not, nor what another site's page
// sends in the name of whoever has this one open, and no answer holds the key.
func TestThePageAsksTheBotWithItsKeyAndNothingElse(t *testing.T) {
	t.Parallel()
	url := desk(t, operator.Config{Key: "secret-of-the-api", Now: time.Now})
	for _, c := range []struct {
		method, path string
		header       []string
		status       int
	}{
		{"GET", "api/v1/schedules", nil, 200},
		{"GET", "api/v1/broadcasts", nil, 200},
		{"GET", "api/v1/broadcasts/live", nil, 200},
		{"POST", "api/v1/broadcasts/live/start", nil, 200},
		{"POST", "api/v1/broadcasts/live/start", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"POST", "api/v1/broadcasts/live/start", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", "api/v1/broadcasts/live/start", []string{"Origin", "https://elsewhere.example"}, 403},
		{"POST", "api/v1/broadcasts", nil, 405},
		{"POST", "api/v1/push/pause", nil, 404},
		{"POST", "api/v1/coupons/redeem", nil, 404},
		{"GET", "api/v1/why", nil, 404},
		{"GET", "callback/brand", nil, 404},
		{"GET", "", nil, 200},
		{"GET", "setup", nil, 200},
	} {
		status, said := ask(t, c.method, url+c.path, "{}", c.header...)
		if status != c.status {
			t.Errorf("%s %s %v: %d %s", c.method, c.path, c.header, status, said)
		}
		if passed := strings.Contains(said, `"asked":"`+c.method+" /"+c.path+`"`); passed != (c.status == 200 && strings.HasPrefix(c.path, "api/")) {
			t.Errorf("%s %s %v: the bot was asked: %v", c.method, c.path, c.header, passed)
		}
		if strings.HasPrefix(c.path, "api/") && status == 200 && !strings.Contains(said, "Bearer secret-of-the-api") {
			t.Errorf("%s %s: without the key", c.method, c.path)
		}
		if c.path == "setup" && strings.Contains(said, "secret-of-the-api") {
			t.Error("the page is told the key")
		}
	}
}

// TestTheClockIsMovedToAMomentToCome and nowhere else; where it can't be moved that is said.
func TestTheClockIsMovedToAMomentToCome(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)
	moved := time.Duration(0)
	url := desk(t, operator.Config{
		Now: func() time.Time { return now.Add(moved) }, Advance: func(d time.Duration) error { moved += d; return nil },
	})
	for _, c := range []struct {
		body   string
		status int
		moved  time.Duration
	}{
		{`{"to":"2026-12-24T19:30:00Z"}`, 200, 90 * time.Minute},
		{`{"to":"2026-12-24T19:30:00Z"}`, 409, 90 * time.Minute}, // it is there already
		{`{"to":"2026-12-24T18:00:00Z"}`, 409, 90 * time.Minute},
		{`{"to":"2999-01-01T00:00:00Z"}`, 422, 90 * time.Minute},
		{`{}`, 400, 90 * time.Minute},
		{`not JSON`, 400, 90 * time.Minute},
		{`{"to":"` + strings.Repeat("0", 4<<10) + `"}`, 400, 90 * time.Minute},
	} {
		status, said := ask(t, http.MethodPost, url+"clock", c.body)
		if status != c.status || moved != c.moved {
			t.Errorf("%.60s: %d %s, moved by %s", c.body, status, said, moved)
		}
	}
	var at struct{ Now time.Time }
	_, said := ask(t, http.MethodGet, url+"clock", "")
	if err := json.Unmarshal([]byte(said), &at); err != nil || !at.Now.Equal(now.Add(90*time.Minute)) {
		t.Errorf("the clock says %s", said)
	}
	if status, _ := ask(t, http.MethodPost, desk(t, operator.Config{Now: time.Now})+"clock", `{"to":"2999-01-01T00:00:00Z"}`); status != http.StatusNotFound {
		t.Errorf("a clock that can't be moved: %d", status)
	}
}

// TestABotThatIsAwayIsToldOf in a sentence, and the page needs an address to begin with.
func TestABotThatIsAwayIsToldOf(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	page, err := operator.New(operator.Config{API: gone.URL, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/schedules", http.NoBody))
	if w.Code != http.StatusBadGateway || !strings.Contains(w.Body.String(), "连不上机器人") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, address := range []string{"", "nowhere", "://"} {
		if _, err := operator.New(operator.Config{API: address}); err == nil {
			t.Errorf("%q is taken as the address of a bot", address)
		}
	}
}
