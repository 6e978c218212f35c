package operator

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

//go:embed web
var web embed.FS

// pagePolicy lets the page load what is its own, and show a phone of the same origin beside itself.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// maxClockBody bounds the body of a request about the clock, in bytes.
const maxClockBody = 1 << 10

// maxAhead is how far ahead the page moves the clock at once.
const maxAhead = 10 * 366 * 24 * time.Hour

// Config of a Page.
type Config struct {
	API   string // address of the bot, before /api/v1
	Key   string // of the bot's API; empty: the page says that it has none
	Phone string // address of a page with a phone, as seen from this one; empty: there is none
	Zone  string // in which times are shown, such as Asia/Shanghai

	Now     func() time.Time          // the bot's clock
	Advance func(time.Duration) error // moves it; nil: it can't be moved
}

// New makes the page, which works under any path that ends in a slash. Whoever reaches it has the rights of its key: it belongs where only
// those get who may use them.
func New(c Config) (http.Handler, error) {
	bot, err := url.Parse(c.API)
	if err != nil || bot.Host == "" {
		return nil, fmt.Errorf("the address of the bot's API is not one: %q", c.API)
	}
	mux := http.NewServeMux()
	if err := serveFiles(mux); err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /setup", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"key": c.Key != "", "phone": c.Phone, "zone": c.Zone, "moves": c.Advance != nil})
	})
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]time.Time{"now": c.Now()})
	})
	mux.HandleFunc("POST /clock", c.move)
	c.proxy(mux, bot)
	return withHeaders(http.NewCrossOriginProtection().Handler(mux)), nil
}

// proxy passes on what the page asks of the bot, with the key. Nothing else of the API is open.
func (c *Config) proxy(mux *http.ServeMux, bot *url.URL) {
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(bot)
			r.Out.Header.Del("Cookie")
			r.Out.Header.Set("Authorization", "Bearer "+c.Key)
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			refuse(w, http.StatusBadGateway, "away", "连不上机器人，请确认它还在运行")
		},
	}
	for _, pattern := range []string{
		"GET /api/v1/schedules", "GET /api/v1/moments", "GET /api/v1/push", "GET /api/v1/broadcasts", "GET /api/v1/broadcasts/{id}",
		"POST /api/v1/broadcasts/{id}/{act}",
	} {
		mux.Handle(pattern, p)
	}
}

// move moves the clock to a moment that is to come: {"to": "2026-12-24T08:30:00+08:00"}.
func (c *Config) move(w http.ResponseWriter, r *http.Request) {
	if c.Advance == nil {
		refuse(w, http.StatusNotFound, "fixed", "这里的时钟不能拨")
		return
	}
	var in struct {
		To time.Time `json:"to"`
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxClockBody))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	ahead := in.To.Sub(c.Now())
	switch {
	case err != nil || in.To.IsZero():
		refuse(w, http.StatusBadRequest, "invalid", "请写明拨到什么时候")
		return
	case ahead <= 0:
		refuse(w, http.StatusConflict, "past", "这一刻已经到了")
		return
	case ahead > maxAhead:
		err = errors.New("too far")
	default:
		err = c.Advance(ahead)
	}
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, "too_far", "拨不了这么远：时钟一共最多拨快十年")
		return
	}
	answer(w, http.StatusOK, map[string]time.Time{"now": c.Now()})
}

// serveFiles adds the files of the page. All its addresses are relative.
func serveFiles(mux *http.ServeMux) error {
	serve := func(file string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache") // the files have no date: after an upgrade they must be the new ones
			http.ServeFileFS(w, r, web, file)
		}
	}
	mux.HandleFunc("GET /{$}", serve("web/index.html"))
	return fs.WalkDir(web, "web", func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && file != "web/index.html" {
			mux.HandleFunc("GET /"+file, serve(file))
		}
		return err
	})
}

func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who went away needs no answer
}

// refuse answers as the bot's API does: a stable word, and a sentence for people.
func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}
