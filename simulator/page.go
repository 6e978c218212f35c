package simulator

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
)

//go:embed web
var web embed.FS

// pagePolicy lets the page load what is its own and nothing else; pictures it makes itself are blobs.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// servePage adds the phone page. All its addresses are relative, so that it works under any path that ends in a slash.
func servePage(mux *http.ServeMux) {
	serve := func(file string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache") // the files have no date: after an upgrade they must be the new ones
			http.ServeFileFS(w, r, web, file)
		}
	}
	mux.HandleFunc("GET /{$}", serve("web/index.html"))
	err := fs.WalkDir(web, "web", func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && file != "web/index.html" {
			mux.HandleFunc("GET /"+file, serve(file))
		}
		return err
	})
	if err != nil {
		panic(err) // the folder is part of the binary
	}
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

// qrModule is the size of each square of a code in pixels; negative says that the picture is as large as it needs to be.
const qrModule = -8

// serveQR draws a scene's code. It holds the address of the phone page with the scene, so that a real phone that reaches the
// simulator can scan it.
func (s *Simulator) serveQR(w http.ResponseWriter, r *http.Request) {
	a := s.account(r.PathValue("account"))
	if a == nil {
		http.NotFound(w, r)
		return
	}
	scene, ok := s.scene(a, r.PathValue("scene"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	query := url.Values{"account": {a.Name}, "scan": {scene.Key}}
	drawCode(w, r, pageURL(r)+"?"+query.Encode())
}

// pageURL is the address of the page as the visitor's browser calls it: where the visitor gets, their phone gets too.
func pageURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	prefix, _, _ := strings.Cut(r.RequestURI, "/api/")
	return scheme + "://" + r.Host + prefix + "/"
}
