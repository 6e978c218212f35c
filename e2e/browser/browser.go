// Package browser drives the pages in a real browser, the way a person does: it presses what can be seen and called by a name,
// and waits for text to appear. It is for tests only.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// ScreenshotFolder names the environment variable with the folder that pictures of the pages are written to, for people to
// look at; without it none are.
const ScreenshotFolder = "GUANJIA_SCREENSHOTS"

const (
	patience = 30 * time.Second // for something to appear
	lifetime = 5 * time.Minute  // of a window
	desk     = 900              // pixels: narrower windows are phones
)

// Window is a browser of its own with one page in it.
type Window struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	messages []string // what the browser complained about
}

// Open starts a browser with a window of the size and opens the page. Narrow windows are phones: they have a touch screen.
func Open(t *testing.T, url string, width, height int64) *Window {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(find(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("force-prefers-reduced-motion", true)) // so that nothing moves away from under the pointer
	ctx, cancel := context.WithTimeout(context.Background(), lifetime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)

	w := &Window{t: t, ctx: ctx}
	console := chromedp.Console(ctx)
	var listening sync.WaitGroup
	listening.Go(func() {
		for m, err := range console {
			if err != nil {
				return
			}
			w.mu.Lock()
			w.messages = append(w.messages, m.String())
			w.mu.Unlock()
		}
	})
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		listening.Wait()
	})
	size := chromedp.EmulateViewport(width, height)
	if width < desk {
		size = chromedp.EmulateViewport(width, height, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2))
	}
	w.Do(size, chromedp.Navigate(url))
	return w
}

func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no chromium found: run 'make test-deps'")
	return ""
}

// Do runs steps of the driver.
func (w *Window) Do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		w.t.Fatalf("%v\nthe page says:\n%s", err, w.text())
	}
}

// Eval runs JavaScript, and waits for it when it is a promise.
func (w *Window) Eval(expression string) string {
	w.t.Helper()
	v, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Wait polls JavaScript until it is true.
func (w *Window) Wait(what, expression string) {
	w.t.Helper()
	if _, err := chromedp.Run(w.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience))); err != nil {
		w.t.Fatalf("waited in vain for %s: %v\nthe page says:\n%s", what, err, w.text())
	}
}

func (w *Window) text() string {
	text, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.body.innerText`))
	return text
}

// Sees waits for text that a person can see in the part of the page.
func (w *Window) Sees(selector, text string) {
	w.t.Helper()
	w.Wait(fmt.Sprintf("%q in %s", text, selector),
		fmt.Sprintf(`Boolean(document.querySelector(%q)?.innerText.includes(%q))`, selector, text))
}

// Press clicks the visible button that a person, or a screen reader, would call name; the first when there are several.
func (w *Window) Press(name string) {
	w.t.Helper()
	find := fmt.Sprintf(`[...document.querySelectorAll('button, label, summary')].filter((b) =>
		b.checkVisibility({visibilityProperty: true}) && (b.getAttribute('aria-label') || b.innerText.trim()) === %q)`, name)
	w.Wait("button "+name, find+`.length > 0`)
	w.Do(chromedp.Click(chromedp.JSPath(find + `[0]`)))
}

// Type types into the field; "\r" is the Enter key.
func (w *Window) Type(selector, text string) {
	w.t.Helper()
	w.Do(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Choose takes an option of a drop-down list, by its value.
func (w *Window) Choose(selector, value string) {
	w.t.Helper()
	w.Do(chromedp.SetValue(chromedp.CSS(selector), value), chromedp.Evaluate[chromedp.Void](
		fmt.Sprintf(`document.querySelector(%q).dispatchEvent(new Event('change'))`, selector)))
}

// Upload puts a file into a file field.
func (w *Window) Upload(selector, file string) {
	w.t.Helper()
	w.Do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

// Shoot writes a picture of the window when a folder for it is named.
func (w *Window) Shoot(name string) {
	w.t.Helper()
	folder := os.Getenv(ScreenshotFolder)
	if folder == "" {
		return
	}
	w.Do(chromedp.MouseEvent(chromedp.MouseMoved, 1, 1)) // nothing looks pointed at
	picture, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := errors.Join(root.WriteFile(name+".png", picture, 0o600), root.Close()); err != nil {
		w.t.Fatal(err)
	}
}

// Fits checks that nothing sticks out of the window and that everything to press or fill in can be called by a name.
func (w *Window) Fits(where string) {
	w.t.Helper()
	bad := w.Eval(`(() => {
		const bad = [];
		const root = document.documentElement;
		if (root.scrollWidth > innerWidth) bad.push('the page is ' + root.scrollWidth + ' wide');
		for (const el of document.querySelectorAll('button, a, input, select, textarea, .bubble, pre')) {
			if (!el.checkVisibility({visibilityProperty: true})) continue;
			const box = el.getBoundingClientRect();
			const label = el.getAttribute('aria-label') || el.innerText.trim() || el.labels?.[0]?.innerText || el.querySelector('img')?.alt;
			if (el.matches('button, a, input, select, textarea') && !label) bad.push('no name: ' + el.outerHTML.slice(0, 120));
			if (box.left < -1 || box.right > innerWidth + 1) bad.push('sticks out: ' + el.outerHTML.slice(0, 120));
		}
		return bad.join('\n');
	})()`)
	if bad != "" {
		w.t.Errorf("%s: %s", where, bad)
	}
}

// Quiet checks that the browser had nothing to complain about so far: no exception, no file missing, nothing that the page's
// policy forbids.
func (w *Window) Quiet() {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.messages) > 0 {
		w.t.Errorf("the console says:\n%s", strings.Join(w.messages, "\n"))
	}
}
