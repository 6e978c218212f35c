package simulator

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guanjia/simulator/platform"
)

// TestARobotTakesTwentyMessagesAMinute from whoever has its key, and nothing that its docs do not allow.
func TestARobotTakesTwentyMessagesAMinute(t *testing.T) {
	t.Parallel()
	const key = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
	clock := &Clock{}
	s, err := New(Config{Clock: clock, Corps: []Corp{{ID: "ww1234567890abcdef", Title: "测试", Robots: []platform.Robot{{Key: key, Title: "运营群"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	send := func(key, body string) int {
		t.Helper()
		w := httptest.NewRecorder()
		s.Platform().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/cgi-bin/webhook/send?key="+key, strings.NewReader(body)))
		var out struct {
			Code int `json:"errcode"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		return out.Code
	}
	text := func(s string) string { return fmt.Sprintf(`{"msgtype":"text","text":{"content":%q}}`, s) }
	picture := []byte("\x89PNG and so on")
	sum := md5.Sum(picture)
	image := fmt.Sprintf(`{"msgtype":"image","image":{"base64":%q,"md5":%q}}`, base64.StdEncoding.EncodeToString(picture), hex.EncodeToString(sum[:]))
	for _, c := range []struct {
		name, key, body string
		code            int
	}{
		{"another key", "other", text("a"), 93000},
		{"no key", "", text("a"), 93000},
		{"no text", key, text(""), 44004},
		{"a long text", key, text(strings.Repeat("a", 2049)), 45002},
		{"another kind", key, `{"msgtype":"mpnews"}`, 40008},
		{"no articles", key, `{"msgtype":"news","news":{"articles":[]}}`, 40058},
		{"an article without a link", key, `{"msgtype":"news","news":{"articles":[{"title":"a","url":"b"}]}}`, 40058},
		{"another picture", key, strings.Replace(image, hex.EncodeToString(sum[:]), "0", 1), 40058},
		{"a text of 2048", key, text(strings.Repeat("a", 2048)), 0},
		{"markdown", key, `{"msgtype":"markdown","markdown":{"content":"**a**"}}`, 0},
		{"a picture", key, image, 0},
		{"a card", key, `{"msgtype":"news","news":{"articles":[{"title":"a","url":"https://a.example"}]}}`, 0},
	} {
		if got := send(c.key, c.body); got != c.code {
			t.Errorf("%s: errcode %d, want %d", c.name, got, c.code)
		}
	}
	for range 16 {
		send(key, text("a"))
	}
	if got := send(key, text("a")); got != 45009 {
		t.Errorf("the 21st of a minute: errcode %d", got)
	}
	if err := clock.Advance(time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := send(key, text("b")); got != 0 {
		t.Errorf("a minute later: errcode %d", got)
	}
	if said := s.RobotsSaid("ww1234567890abcdef")["运营群"]; len(said) != 21 {
		t.Errorf("%d messages are in the group", len(said))
	}
}
