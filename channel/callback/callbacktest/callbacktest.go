// Package callbacktest has what the tests of every channel need. It is for tests only.
package callbacktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"guanjia/bot"
	"guanjia/channel/callback"
)

// EngineFunc is an Engine.
type EngineFunc func(context.Context, *bot.Event, bot.Fitter, time.Time) (bot.Answer, error)

// Handle calls f.
func (f EngineFunc) Handle(ctx context.Context, ev *bot.Event, fit bot.Fitter, respondBy time.Time) (bot.Answer, error) {
	return f(ctx, ev, fit, respondBy)
}

var _ callback.Engine = EngineFunc(nil)

// Repeat is an Engine that says what it hears.
func Repeat(_ context.Context, ev *bot.Event, fit bot.Fitter, _ time.Time) (bot.Answer, error) {
	return bot.Answer{Messages: fit.Fit([]bot.Message{bot.Text(ev.Text)}).Now, At: ev.At}, nil
}

// RoundTrip measures a handler that takes one callback again and again.
func RoundTrip(b *testing.B, h http.Handler, query, text string) {
	b.Helper()
	body := &rewound{}
	r := httptest.NewRequest(http.MethodPost, "/?"+query, nil)
	r.Header.Set("Content-Type", "text/xml")
	r.Body, r.ContentLength = body, int64(len(text))
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(text)
		h.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}

// rewound is a request body that can be read again and again.
type rewound struct{ strings.Reader }

func (*rewound) Close() error { return nil }

// discard is a ResponseWriter that keeps headers and drops the rest.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
