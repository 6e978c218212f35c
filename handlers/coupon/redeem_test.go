package coupon_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"guanjia/bot/bottest"
	"guanjia/handlers/coupon"
)

const (
	till    = "till-secret-0123456789"
	partner = "partner-secret-0123456789"
)

// shop is a till at the redeem API.
type shop struct {
	t      *testing.T
	server *httptest.Server
	key    string
}

func newShop(t *testing.T, coupons coupon.Redeemer, now func() time.Time, keys ...coupon.Key) *shop {
	t.Helper()
	api, err := coupon.NewRedeemAPI(coupon.RedeemConfig{Keys: keys, Coupons: coupons, Now: now, Zone: bottest.Zone, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(coupon.RedeemPattern, api)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return &shop{t: t, server: s, key: till}
}

var keys = []coupon.Key{{Name: "till-1", Secret: till}, {Name: "partner", Secret: partner}}

// redeems sends a request and gives status and document back.
func (s *shop) redeems(code, idempotencyKey string) (int, map[string]any) {
	s.t.Helper()
	return s.sends("POST", code, map[string]string{"Authorization": "Bearer " + s.key, "Idempotency-Key": idempotencyKey}, nil)
}

func (s *shop) sends(method, code string, header map[string]string, body io.Reader) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+"/api/v1/coupons/"+url.PathEscape(code)+"/redeem", body)
	if err != nil {
		s.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := s.server.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil && method == "POST" {
		s.t.Fatalf("%d %q: %v", resp.StatusCode, b, err)
	}
	return resp.StatusCode, doc
}

// wants fails the test unless the answer has the status and the word.
func (s *shop) wants(code, idempotencyKey string, status int, word string) map[string]any {
	s.t.Helper()
	got, doc := s.redeems(code, idempotencyKey)
	if got != status || wordOf(doc) != word {
		s.t.Fatalf("redeeming %s: %d %v, want %d %s", code, got, doc, status, word)
	}
	return doc
}

func wordOf(doc map[string]any) string {
	if e, ok := doc["error"].(map[string]any); ok {
		return e["code"].(string)
	}
	word, _ := doc["result"].(string)
	return word
}

// TestRedemptionsAreToldApart at the till, each with a stable word and a sentence.
func TestRedemptionsAreToldApart(t *testing.T) {
	t.Parallel()
	k := talk(t, strings.Replace(gift, "how_to", "on_unfollow: void\n  how_to", 1))
	s := newShop(t, k.Store, k.Now, keys...)
	wang, li := k.Person("wang"), k.Person("li")
	code := codeIn(t, wang.Follows("newgift"))
	void := codeIn(t, li.Follows("newgift"))
	li.Unfollows()
	if _, err := k.Store.ImportCodes(t.Context(), "newgift", []string{"SPARE"}, k.Now()); err != nil {
		t.Fatal(err)
	}

	first := s.wants(code, "sale-1", 200, "redeemed")
	want := map[string]any{"result": "redeemed", "code": code, "campaign": "newgift", "redeemed_at": "2026-03-10T10:00:03+08:00"}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	k.Later(time.Hour)
	if diff := cmp.Diff(first, s.wants(code, "sale-1", 200, "redeemed")); diff != "" {
		t.Errorf("the same request again (-first +again):\n%s", diff)
	}
	again := s.wants(code, "sale-2", 409, "already_redeemed")
	if m := again["error"].(map[string]any)["message"]; m != "这张券已于2026年3月10日 10:00核销，不能再用。" || again["redeemed_at"] != first["redeemed_at"] {
		t.Errorf("told %v", again)
	}
	s.wants(code, "", 409, "already_redeemed")
	s.key = partner
	s.wants(code, "sale-1", 409, "already_redeemed") // another caller's key of the same name is another request
	s.wants(void, "sale-3", 410, "void")
	s.wants("SPARE", "sale-4", 409, "unclaimed")
	s.wants("NOBODY", "sale-5", 404, "unknown")
	wang.Says("领券").Hears("已使用")
}

// TestAnExpiredCodeIsRefused from its first second on, and not before.
func TestAnExpiredCodeIsRefused(t *testing.T) {
	t.Parallel()
	k := talk(t, gift)
	s := newShop(t, k.Store, k.Now, keys...)
	early, late := codeIn(t, k.Person("wang").Follows("newgift")), codeIn(t, k.Person("li").Follows("newgift"))
	k.Later(time.Date(2026, 4, 9, 23, 59, 59, 0, bottest.Zone).Sub(k.Now()))
	s.wants(early, "", 200, "redeemed")
	k.Later(time.Second)
	s.wants(late, "", 410, "expired")
	s.wants(early, "", 409, "already_redeemed")
}

// TestACodeTypedByHandIsUnderstood: small letters, groups, and letters for the digits they look like.
func TestACodeTypedByHandIsUnderstood(t *testing.T) {
	t.Parallel()
	k := talk(t, strings.Replace(gift, "limit: 2", "limit: 0", 1))
	s := newShop(t, k.Store, k.Now, keys...)
	for name, typed := range map[string]func(string) string{
		"small": strings.ToLower,
		"grouped": func(c string) string {
			return c[:3] + "-" + c[3:7] + " " + c[7:]
		},
		"misread": strings.NewReplacer("0", "O", "1", "l").Replace,
		"padded":  func(c string) string { return " " + c + " " },
	} {
		code := codeIn(t, k.Person(name).Says("领券"))
		if doc := s.wants(typed(code), "", 200, "redeemed"); doc["code"] != code {
			t.Errorf("%s: redeemed %v instead of %s", name, doc["code"], code)
		}
	}
}

// TestNobodyRedeemsWithoutAKey: wrong keys, wrong forms, and no key at all configured.
func TestNobodyRedeemsWithoutAKey(t *testing.T) {
	t.Parallel()
	k := talk(t, gift)
	s := newShop(t, k.Store, k.Now, keys...)
	code := codeIn(t, k.Person("wang").Follows("newgift"))
	for _, header := range []string{"", "Bearer", "Bearer ", "Bearer wrong", till, "Basic " + till, "Bearer " + till[1:], "Bearer " + till + "x", "Bearer till-1"} {
		if status, doc := s.sends("POST", code, map[string]string{"Authorization": header}, nil); status != 401 || wordOf(doc) != "unauthorized" {
			t.Errorf("%q: %d %v", header, status, doc)
		}
	}
	off := newShop(t, k.Store, k.Now)
	for _, header := range []string{"", "Bearer ", "Bearer " + till} {
		if status, doc := off.sends("POST", code, map[string]string{"Authorization": header}, nil); status != 404 || wordOf(doc) != "api_off" {
			t.Errorf("no keys, %q: %d %v", header, status, doc)
		}
	}
	if status, _ := s.sends("GET", code, map[string]string{"Authorization": "Bearer " + till}, nil); status != 405 {
		t.Errorf("GET: %d", status)
	}
	if status, doc := s.sends("POST", code, map[string]string{"Authorization": "bearer  " + till}, nil); status != 200 {
		t.Errorf("the right key: %d %v", status, doc)
	}
}

// TestBadRequestsAreToldApart: what no till should send.
func TestBadRequestsAreToldApart(t *testing.T) {
	t.Parallel()
	k := talk(t, gift)
	s := newShop(t, k.Store, k.Now, keys...)
	for _, c := range []struct {
		name, code, idempotency string
		body                    int
		status                  int
		word                    string
	}{
		{"long code", strings.Repeat("A", 65), "", 0, 400, "invalid_code"},
		{"longest code", strings.Repeat("A", 64), "", 0, 404, "unknown"},
		{"Chinese code", "券", "", 0, 400, "invalid_code"},
		{"slash", "A/B", "", 0, 400, "invalid_code"},
		{"NUL", "A\x00B", "", 0, 400, "invalid_code"},
		{"blank code", " ", "", 0, 400, "invalid_code"},
		{"long idempotency key", "A", strings.Repeat("k", 129), 0, 400, "invalid_idempotency_key"},
		{"idempotency key in Chinese", "A", "销售一", 0, 400, "invalid_idempotency_key"},
		{"body", "A", "", 4 << 10, 404, "unknown"},
		{"large body", "A", "", 4<<10 + 1, 413, "too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := map[string]string{"Authorization": "Bearer " + till, "Idempotency-Key": c.idempotency}
			status, doc := s.sends("POST", c.code, header, bytes.NewReader(make([]byte, c.body)))
			if status != c.status || wordOf(doc) != c.word {
				t.Errorf("%d %v, want %d %s", status, doc, c.status, c.word)
			}
		})
	}
}

// TestOneCodeIsRedeemedOnce, however many tills try at the same time.
func TestOneCodeIsRedeemedOnce(t *testing.T) {
	t.Parallel()
	k := talk(t, gift)
	s := newShop(t, k.Store, k.Now, keys...)
	code := codeIn(t, k.Person("wang").Follows("newgift"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	count := map[string]int{}
	for range 20 {
		wg.Go(func() {
			_, doc := s.redeems(code, "")
			mu.Lock()
			defer mu.Unlock()
			count[wordOf(doc)]++
		})
	}
	wg.Wait()
	if diff := cmp.Diff(map[string]int{"redeemed": 1, "already_redeemed": 19}, count); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestADeadDatabaseIsNoRefusal: the till learns to try again, the log learns why, and no code or secret stands in it.
func TestADeadDatabaseIsNoRefusal(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zapcore.DebugLevel)
	api, err := coupon.NewRedeemAPI(coupon.RedeemConfig{Keys: keys, Coupons: deadStore{}, Now: time.Now, Zone: bottest.Zone, Log: zap.New(core)})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", http.NoBody)
	r.SetPathValue("code", "CODE-1")
	r.Header.Set("Authorization", "Bearer "+till)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	if w.Code != 503 || !strings.Contains(w.Body.String(), `"unavailable"`) || strings.Contains(w.Body.String(), errDead.Error()) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if logs.Len() != 1 {
		t.Fatalf("logged %v", logs.All())
	}
	line, _ := json.Marshal(logs.All()[0].ContextMap())
	if strings.Contains(string(line), till) || strings.Contains(string(line), "CODE-1") || !strings.Contains(string(line), "till-1") {
		t.Errorf("logged %s", line)
	}
}

// TestWeakKeysAreRefusedAtTheStart, so that nobody runs with a key that can be guessed.
func TestWeakKeysAreRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for want, k := range map[string]coupon.Key{
		`redeem key "till" is shorter than 16 characters`: {Name: "till", Secret: "short"},
		"redeem key 1 has no name":                        {Secret: till},
	} {
		if _, err := coupon.NewRedeemAPI(coupon.RedeemConfig{Keys: []coupon.Key{k}}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
