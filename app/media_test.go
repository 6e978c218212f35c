package app

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// upload takes a file of the bot's.
func (c *corp) upload(w http.ResponseWriter, r *http.Request) {
	_, head, err := r.FormFile("media")
	if err != nil || r.URL.Query().Get("access_token") != "accesstoken000001" {
		_, _ = io.WriteString(w, `{"errcode":41005,"errmsg":"media data missing"}`)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files = append(c.files, strings.TrimSpace(r.URL.Query().Get("type")+" "+head.Filename))
	if strings.HasSuffix(r.URL.Path, "uploadimg") {
		_, _ = fmt.Fprintf(w, `{"errcode":0,"url":"https://wework.qpic.cn/%d"}`, len(c.files))
		return
	}
	_, _ = fmt.Fprintf(w, `{"errcode":0,"errmsg":"","type":%q,"media_id":"media-%d","created_at":"1380000000"}`, r.URL.Query().Get("type"), len(c.files))
}

func (c *corp) uploads() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.files)
}

// forget makes the platform know a media id no more.
func (c *corp) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead == nil {
		c.dead = map[string]bool{}
	}
	c.dead[id] = true
}

// aPNG is a small picture.
var aPNG = func() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}()

const aMP4 = "\x00\x00\x00\x18ftypmp42 a film"

// files writes a folder of content.
func files(t *testing.T, dir string, all map[string]string) {
	t.Helper()
	for name, text := range all {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestACustomerGetsTheFilesOfTheContent: uploaded ahead, in every kind of attachment, and again when the platform has forgotten one
// or the content changes.
func TestACustomerGetsTheFilesOfTheContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files(t, dir, map[string]string{
		"pictures/hello.png": aPNG, "film.mp4": aMP4, "leaflet.pdf": "%PDF-1.7 leaflet",
		"welcome.yaml": `kind: welcome
rules:
- reply:
  - text: 您好
  - file: pictures/hello.png
  - cards: [{title: 文章, description: 读一读, url: 'https://example.com/a', picture_file: pictures/hello.png}]
  - mini_program: {title: 预约, app_id: wx1, page: pages/book.html, thumb_file: pictures/hello.png}
  - {file: film.mp4, title: 片}
  - file: leaflet.pdf
`,
	})
	c := openCorp(t, "BOT_CONTENT_DIR="+dir)
	metrics := func() string {
		resp, err := http.Get("http://" + c.app.InternalAddr().String() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	all := func(n int) func() bool {
		return func() bool {
			return strings.Contains(metrics(), fmt.Sprintf(`guanjia_media_uploads_total{account="assistant",outcome="uploaded"} %d`, n)) &&
				strings.Contains(metrics(), `guanjia_media_missing{account="assistant"} 0`)
		}
	}
	eventually(t, "everything is uploaded", all(4))
	if d := cmp.Diff([]string{"video film.mp4", "file leaflet.pdf", "image hello.png", "hello.png"}, c.uploads()); d != "" {
		t.Errorf("uploads (-want +got):\n%s", d)
	}
	add := func(i int) string {
		c.customer("add_external_contact", fmt.Sprintf("wm%d", i), fmt.Sprintf("<WelcomeCode>CODE%d</WelcomeCode>", i))
		got := c.welcomes()
		return got[len(got)-1]
	}
	const attachments = `"attachments":[{"msgtype":"image","image":{"media_id":"media-%d"}},` +
		`{"msgtype":"link","link":{"title":"文章","picurl":"https://wework.qpic.cn/%d","desc":"读一读","url":"https://example.com/a"}},` +
		`{"msgtype":"miniprogram","miniprogram":{"title":"预约","pic_media_id":"media-%d","appid":"wx1","page":"pages/book.html"}},` +
		`{"msgtype":"video","video":{"media_id":"media-1"}},{"msgtype":"file","file":{"media_id":"media-2"}}]`
	has(t, add(1), `"text":{"content":"您好"}`, fmt.Sprintf(attachments, 3, 4, 3))

	c.forget("media-3") // all of the message's are uploaded again: the platform does not say which it was
	has(t, add(2), `"text":{"content":"您好"}`, `{"msgtype":"image","image":{"media_id":"media-`)
	if n := len(c.uploads()); n != 7 {
		t.Errorf("%d uploads, want 3 more than 4", n)
	}
	if got := add(3); strings.Contains(got, "media-3") {
		t.Errorf("the dead id is used again: %s", got)
	}

	files(t, dir, map[string]string{"pictures/hello.png": aPNG + " of today"})
	eventually(t, "the new picture is uploaded", all(9))
	has(t, add(4), `{"msgtype":"image","image":{"media_id":"media-`)
}

// TestFilesAreNotTakenFromElsewhere: a link out of the content folder is a problem, one within is not.
func TestFilesAreNotTakenFromElsewhere(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	files(t, outside, map[string]string{"secret.png": aPNG, "deep/secret.png": aPNG})
	dir := t.TempDir()
	files(t, dir, map[string]string{"..data/real.png": aPNG})
	for from, to := range map[string]string{
		"kubernetes.png": "..data/real.png", "out.png": filepath.Join(outside, "secret.png"), "folder": filepath.Join(outside, "deep"),
		"up.png": "../" + filepath.Base(outside) + "/secret.png",
	} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	for file, fine := range map[string]bool{"kubernetes.png": true, "out.png": false, "folder/secret.png": false, "up.png": false} {
		files(t, dir, map[string]string{"welcome.yaml": "kind: welcome\nrules:\n- reply:\n  - {kind: image, file: " + file + "}\n"})
		_, problems := ReadContent(Source{Environ: environ(t, "BOT_CONTENT_DIR="+dir)}.Read().Settings)
		switch {
		case fine && problems != nil:
			t.Errorf("%s: %v", file, problems)
		case !fine && (len(problems) != 1 || !strings.Contains(problems.Error(), "link that leads out")):
			t.Errorf("%s: %v", file, problems)
		}
	}
}
