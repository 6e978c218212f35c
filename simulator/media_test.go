package simulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What a bot or a person uploads never becomes a page of this address: only pictures, voices and videos are shown in place.
func TestUploadsCannotBecomePages(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Accounts: []Account{{
		Name: "brand", OriginalID: "gh_0123456789ab", AppID: "wx0123456789abcdef", Token: "token", AESKey: answerKey, Callback: "http://127.0.0.1:1/",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	for contentType, want := range map[string]string{
		"text/html": "application/octet-stream", "image/svg+xml": "application/octet-stream", "text/javascript": "application/octet-stream",
		"": "application/octet-stream", "image/png": "image/png",
	} {
		s.mu.Lock()
		m := s.addMedia("brand", MediaFiles, contentType, []byte("<script>alert(1)</script>"))
		m.Name = "促销\"; filename=x.html"
		s.mu.Unlock()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/media/"+m.ID, nil))
		saved := strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment")
		if got := w.Header().Get("Content-Type"); got != want || saved == (want == "image/png") {
			t.Errorf("%q is served as %q, to be saved: %v", contentType, got, saved)
		}
	}
}
