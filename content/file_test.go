package content_test

import (
	"bytes"
	"errors"
	"image"
	imagegif "image/gif"
	imagejpeg "image/jpeg"
	imagepng "image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"guanjia/bot"
	"guanjia/content"
)

// What is in files, whatever they are called.
var (
	jpeg = drawn(func(w io.Writer, m image.Image) error { return imagejpeg.Encode(w, m, nil) })
	png  = drawn(imagepng.Encode)
	gif  = drawn(func(w io.Writer, m image.Image) error { return imagegif.Encode(w, m, nil) })
)

const mp4 = "\x00\x00\x00\x18ftypmp42 a film"

// drawn is a small picture as a file of its type.
func drawn(encode func(io.Writer, image.Image) error) string {
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}

// amr is a voice of so many frames of 20 ms.
func amr(frames int) string {
	return "#!AMR\n" + strings.Repeat("\x3c"+strings.Repeat("x", 31), frames)
}

// reply reads one file of content that says one message, among other files.
func reply(t *testing.T, message string, beside map[string]string) ([]bot.Message, []content.Doc, content.Problems) {
	t.Helper()
	fsys := fstest.MapFS{"sub/f.yaml": {Data: []byte("kind: party\nreply:\n- " + message + "\n")}}
	for name, text := range beside {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	docs, ps := content.Load(fsys, []string{"party"})
	var v struct {
		Reply []bot.Message `yaml:"reply"`
	}
	for _, d := range docs {
		ps = append(ps, d.Decode(&v)...)
		content.CheckReply(d, &ps, v.Reply, "reply")
	}
	return v.Reply, docs, ps
}

// TestFilesOfMessagesAreLookedAt: a file that the platform would refuse is a problem before anybody is to see it.
func TestFilesOfMessagesAreLookedAt(t *testing.T) {
	t.Parallel()
	beside := map[string]string{
		"hello.png": png, "photo.jpg": jpeg, "strip.gif": gif, "film.mp4": mp4, "voice.amr": amr(3000), "long.amr": amr(3001), "leaflet.pdf": "%PDF-1.7 leaflet",
		"fake.png": "<html>404</html>", "fake.amr": "ID3 mp3", "clip.mp4": "\x00\x00\x00\x14ftypqt   mov", "empty.txt": "12345", "six.txt": "123456",
		"big.jpg": jpeg + strings.Repeat("x", content.MaxImageBytes), "poster.jpg": jpeg + strings.Repeat("x", content.MaxPictureBytes),
		"cover.jpg": jpeg + strings.Repeat("x", content.MaxThumbBytes), "huge.bin": strings.Repeat("x", content.MaxFileBytes+1), "fits.bin": strings.Repeat("x", content.MaxFileBytes),
		"deep/er/hello.png": png, "torn.png": png[:20],
	}
	const mini, music, card = "mini_program: {title: 甲, app_id: wx1, page: p, ", "{music_url: 'https://a.cn/b.mp3', ", "cards: [{title: 甲, url: 'https://a.cn', "
	for _, c := range []struct {
		name, message, told string
		kind                bot.MessageKind
	}{
		{"picture", "file: hello.png", "", bot.MessageImage},
		{"picture further down", "file: deep/er/hello.png", "", bot.MessageImage},
		{"moving picture", "file: strip.gif", "", bot.MessageImage},
		{"voice of a minute", "file: voice.amr", "", bot.MessageVoice},
		{"film", "{file: film.mp4, title: 片}", "", bot.MessageVideo},
		{"leaflet", "file: leaflet.pdf", "", bot.MessageFile},
		{"a picture as a file", "{kind: file, file: hello.png}", "", bot.MessageFile},
		{"six bytes", "file: six.txt", "", bot.MessageFile},
		{"as large as can be", "file: fits.bin", "", bot.MessageFile},
		{"mini program with a cover", mini + "thumb_file: photo.jpg}", "", bot.MessageMiniProgram},
		{"music with a cover", music + "thumb_file: photo.jpg}", "", bot.MessageMusic},
		{"card with a picture", card + "picture_file: hello.png}]", "", bot.MessageCards},

		{"not there", "{kind: image, file: helo.png}", `file "helo.png" is not there; put it into the content folder, or correct the path from there`, bot.MessageImage},
		{"from the file's own folder", "{kind: image, file: ../hello.png}", `file "../hello.png" is not a path within the content folder; write the path from the content folder, with / and without .., such as pictures/hello.png`, bot.MessageImage},
		{"from the root", "{kind: image, file: /etc/passwd}", `file "/etc/passwd" is not a path within the content folder; write the path from the content folder, with / and without .., such as pictures/hello.png`, bot.MessageImage},
		{"a folder", "{kind: image, file: deep}", `"deep" is not a file; name a file`, bot.MessageImage},
		{"a page that says it is a picture", "{kind: image, file: fake.png}", `file "fake.png" is not JPEG or PNG or GIF, whatever its name says; save it as JPEG or PNG (official accounts take GIF as well)`, bot.MessageImage},
		{"a picture that is torn", "{kind: image, file: torn.png}", `file "torn.png" begins like a PNG and can't be read as one; save the picture again`, bot.MessageImage},
		{"MP3 that says it is AMR", "{kind: voice, file: fake.amr}", `file "fake.amr" is not AMR, whatever its name says; convert it to AMR: ffmpeg -i in.mp3 -ar 8000 -ac 1 out.amr`, bot.MessageVoice},
		{"QuickTime that says it is MP4", "{kind: video, file: clip.mp4}", `file "clip.mp4" is not MP4, whatever its name says; convert it to MP4`, bot.MessageVideo},
		{"voice of more than a minute", "file: long.amr", `file "long.amr" lasts longer than the platform's 60 seconds; shorten it`, bot.MessageVoice},
		{"nearly nothing", "file: empty.txt", `file "empty.txt" is empty, or nearly so; put something into it`, bot.MessageFile},
		{"large picture", "file: big.jpg", `file "big.jpg" has ` + strconv.Itoa(content.MaxImageBytes+len(jpeg)) + ` bytes, and as image the platform takes 10485760; make it smaller`, bot.MessageImage},
		{"large file", "{kind: file, file: huge.bin}", `file "huge.bin" is larger than 20 MB; no account takes such a file: make it smaller, or link to it`, bot.MessageFile},
		{"large picture of a card", card + "picture_file: poster.jpg}]", `file "poster.jpg" has ` + strconv.Itoa(content.MaxPictureBytes+len(jpeg)) + ` bytes, and as picture the platform takes 1048576; make it smaller`, bot.MessageCards},
		{"large cover of music", music + "thumb_file: cover.jpg}", `file "cover.jpg" has ` + strconv.Itoa(content.MaxThumbBytes+len(jpeg)) + ` bytes, and as thumb the platform takes 65536; make it smaller`, bot.MessageMusic},
		{"cover of music in PNG", music + "thumb_file: hello.png}", `file "hello.png" is not JPEG, whatever its name says; save it as JPEG`, bot.MessageMusic},
		{"file and id", "{file: hello.png, media_id: x}", "a message of kind image has a file and a media id; keep one of file: and media_id:", bot.MessageImage},
		{"two covers", mini + "thumb_file: photo.jpg, thumb_id: x}", "a mini-program card has two covers; keep one of thumb_file: and thumb_id:", bot.MessageMiniProgram},
		{"two covers of music", music + "thumb_file: photo.jpg, thumb_id: x}", "music has two covers; keep one of thumb_file: and thumb_id:", bot.MessageMusic},
		{"two pictures", card + "picture_file: hello.png, picture_url: 'https://a.cn/b.png'}]", "a card has two pictures; keep picture_file:, or remove it", bot.MessageCards},
		{"text with a file", "{kind: text, text: a, file: hello.png}", "a message of kind text holds something else too; write two messages, or remove what does not belong", bot.MessageText},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			said, _, ps := reply(t, c.message, beside)
			var told []string
			for _, p := range ps {
				if p.File != "sub/f.yaml" || p.Line != 3 {
					t.Errorf("no place: %s", p)
				}
				told = append(told, p.What+"; "+p.Remedy)
			}
			if got := strings.Join(told, "\n"); got != c.told {
				t.Errorf("told %q, want %q", got, c.told)
			}
			if said[0].Kind != c.kind {
				t.Errorf("kind %q, want %q", said[0].Kind, c.kind)
			}
		})
	}
}

// TestFilesOfMessagesAreListed: who uploads them gets each path and form once, with what is in it.
func TestFilesOfMessagesAreListed(t *testing.T) {
	t.Parallel()
	said, docs, ps := reply(t, "file: leaflet.pdf\n- cards: [{title: 甲, url: 'https://a.cn', picture_file: hello.png}]\n- file: hello.png\n- file: hello.png", map[string]string{"hello.png": png, "leaflet.pdf": "%PDF-1.7", "other.png": png})
	if ps != nil {
		t.Fatal(ps)
	}
	if said[0].Title != "leaflet.pdf" {
		t.Errorf("the file is called %q", said[0].Title)
	}
	var listed []string
	for _, f := range content.Attached(docs) {
		b, err := f.Read()
		if err != nil || int64(len(b)) != f.Size || len(f.Sum) != 64 {
			t.Errorf("%s: %d bytes, sum %q, %v", f.Path, len(b), f.Sum, err)
		}
		listed = append(listed, strings.Join([]string{f.Path, string(f.Form), string(f.Type)}, " "))
	}
	if d := cmp.Diff([]string{"hello.png image PNG", "hello.png picture PNG", "leaflet.pdf file other"}, listed); d != "" {
		t.Error(d)
	}
}

// TestAFileThatChangedIsNotUploadedForTheOld: the content is read again then, and says what it is now.
func TestAFileThatChangedIsNotUploadedForTheOld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "f.yaml"), "kind: party\nreply:\n- file: hello.png\n")
	write(t, filepath.Join(dir, "hello.png"), png)
	docs, ps := content.Load(os.DirFS(dir), []string{"party"})
	content.CheckReply(docs[0], &ps, []bot.Message{{File: "hello.png"}}, "reply")
	if ps != nil {
		t.Fatal(ps)
	}
	write(t, filepath.Join(dir, "hello.png"), png+" of today")
	if _, err := content.Attached(docs)[0].Read(); !errors.Is(err, content.ErrFileChanged) {
		t.Errorf("read it: %v", err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
