package simulator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"guanjia/simulator"
)

// screenshotFolder names the environment variable with the folder that pictures of the page are written to, for people to
// look at; without it none are.
const screenshotFolder = "SIMULATOR_SCREENSHOTS"

// window is a browser window with the simulator's page in it.
type window struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	messages []string // warnings and errors of the console
}

// openWindow starts a browser, opens the page and waits until it shows somebody's phone.
func openWindow(t *testing.T, url string, width, height int64) *window {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("no chromium found: run 'make test-deps'")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("force-prefers-reduced-motion", true)) // so that nothing moves away from under the pointer
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)

	w := &window{t: t, ctx: ctx, url: url}
	console := chromedp.Console(ctx)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		for m, err := range console {
			if err != nil {
				return
			}
			w.mu.Lock()
			w.messages = append(w.messages, m.String())
			w.mu.Unlock()
		}
	}()
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancel(); <-listening })
	size := chromedp.EmulateViewport(width, height)
	if width < 900 {
		size = chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateScale(2))
	}
	w.do(size, chromedp.Navigate(url))
	w.wait("somebody's phone", `document.querySelector('#subtitle').textContent.includes('的手机')`)
	return w
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.t.Fatal(err)
	}
}

// wait polls a JavaScript expression until it is true.
func (w *window) wait(what, expression string) {
	w.t.Helper()
	if _, err := chromedp.Run(w.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		text, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		w.t.Fatalf("waited in vain for %s: %v\nthe page says:\n%s", what, err, text)
	}
}

// sees waits for text that a person can see in the part of the page.
func (w *window) sees(selector, text string) {
	w.t.Helper()
	w.wait(fmt.Sprintf("%q in %s", text, selector), fmt.Sprintf(`document.querySelector(%q)?.innerText.includes(%q)`, selector, text))
}

// press clicks the visible button that a person, or a screen reader, would call name.
func (w *window) press(name string) {
	w.t.Helper()
	const find = `[...document.querySelectorAll('button, [role=button], label, summary')].filter((b) => b.checkVisibility({visibilityProperty: true})
		&& (b.getAttribute('aria-label') || b.innerText.trim()) === %q)`
	w.wait("button "+name, fmt.Sprintf(find+`.length > 0`, name))
	w.do(chromedp.Click(chromedp.JSPath(fmt.Sprintf(find+`[0]`, name))))
}

// say types a message and presses Enter.
func (w *window) say(text string) {
	w.t.Helper()
	w.do(chromedp.WaitVisible(chromedp.CSS("#input")), chromedp.SendKeys(chromedp.CSS("#input"), text+"\r"))
	w.sees("#chat", text)
}

// shoot writes a picture of the window when a folder for it is named.
func (w *window) shoot(name string) {
	w.t.Helper()
	folder := os.Getenv(screenshotFolder)
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// fits checks that nothing sticks out of the window and that every control can be called by a name.
func (w *window) fits(where string) {
	w.t.Helper()
	const audit = `(() => {
		const bad = [];
		const root = document.documentElement;
		if (root.scrollWidth > innerWidth) bad.push('the page is ' + root.scrollWidth + ' wide');
		for (const el of document.querySelectorAll('button, a, input, select, textarea, .bubble, .chip, pre')) {
			if (!el.checkVisibility({visibilityProperty: true})) continue;
			const box = el.getBoundingClientRect();
			const label = el.getAttribute('aria-label') || el.innerText.trim() || el.labels?.[0]?.innerText || el.querySelector('img')?.alt;
			if (el.matches('button, a, input, select, textarea') && !label) bad.push('no name: ' + el.outerHTML.slice(0, 120));
			if (box.left < -1 || box.right > innerWidth + 1) bad.push('sticks out: ' + el.outerHTML.slice(0, 120));
		}
		return bad.join('\n');
	})()`
	bad, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](audit))
	if err != nil || bad != "" {
		w.t.Errorf("%s: %s %v", where, bad, err)
	}
}

// quiet checks that the browser had nothing to complain about: no exception, nothing that the page's policy forbids.
func (w *window) quiet() {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.messages) > 0 {
		w.t.Errorf("the console says:\n%s", strings.Join(w.messages, "\n"))
	}
}

// mounted serves the simulator the way the demo does: under a path, beside others.
func mounted(t *testing.T, sim *simulator.Simulator) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/simulator/", http.StripPrefix("/simulator", sim))
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = sim.Close(ctx) // ends the event streams, which the server waits for
		server.Close()
	})
	return server.URL + "/simulator/"
}
