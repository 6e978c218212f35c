package content

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// Form is what a file is uploaded as.
type Form string

// The forms.
const (
	FormImage   Form = "image"
	FormVoice   Form = "voice"
	FormVideo   Form = "video"
	FormFile    Form = "file"
	FormThumb   Form = "thumb"   // the cover of music
	FormPicture Form = "picture" // the picture of a link card: it gets an address, not an id
	FormMoment  Form = "moment"  // a picture of moments (朋友圈), which are uploaded apart
)

// Limits of what the platforms take, in bytes (official account docs, 新增临时素材 and 上传图文消息图片; WeCom docs, 上传临时素材 and
// 上传图片). Where the platforms differ, the smaller one counts.
const (
	MinFileBytes    = 6        // WeCom: more than 5
	MaxImageBytes   = 10 << 20 // pictures
	MaxVoiceBytes   = 2 << 20
	MaxVideoBytes   = 10 << 20
	MaxFileBytes    = 20 << 20
	MaxThumbBytes   = 64 << 10
	MaxPictureBytes = 1 << 20 // official accounts; WeCom takes 2 MB
	// MaxVoiceSeconds is how long a voice message may last.
	MaxVoiceSeconds = 60
)

// File is a file of the content folder that a message carries.
type File struct {
	Path string // from the content folder, with slashes
	Form Form
	Type Type
	Sum  string // SHA-256, hex
	Size int64  // bytes

	folder *folder
}

// ErrFileChanged says that a file is not any more what it was when the content was read; the content is about to be read again.
var ErrFileChanged = errors.New("the file has changed since the content was read")

// Read gives what is in the file.
func (f File) Read() ([]byte, error) {
	b, err := f.folder.read(f.Path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Path, err)
	}
	if sumOf(b) != f.Sum {
		return nil, fmt.Errorf("read %s: %w", f.Path, ErrFileChanged)
	}
	return b, nil
}

// Attached lists the files that messages in the docs carry, as far as they have been checked: one for each path and form.
func Attached(docs []Doc) []File {
	used := map[File]bool{}
	for _, d := range docs {
		if d.folder != nil {
			maps.Copy(used, d.folder.used)
		}
	}
	return slices.SortedFunc(maps.Keys(used), func(a, b File) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Form, b.Form))
	})
}

// folder gives the files beside the content files. What was looked at once is not looked at again: it is of one reading.
type folder struct {
	fsys fs.FS
	seen map[string]look
	used map[File]bool
}

// look is what a file was found to be.
type look struct {
	typ     Type
	sum     string
	size    int64
	seconds float64 // of a voice
	what    string  // is wrong with it; empty: nothing
	remedy  string
}

// insider opens files without following links that lead out of the folder.
type insider interface {
	OpenInside(name string) (fs.File, error)
}

func newFolder(fsys fs.FS) *folder {
	return &folder{fsys: fsys, seen: map[string]look{}, used: map[File]bool{}}
}

// look finds out what a file is, by what is in it.
func (f *folder) look(name string) look {
	if f == nil {
		return look{what: "names a file, and there is no folder to look for it in", remedy: "put the content into a folder"}
	}
	l, ok := f.seen[name]
	if !ok {
		l = f.examine(name)
		f.seen[name] = l
	}
	return l
}

func (f *folder) examine(name string) look {
	if !fs.ValidPath(name) || name == "." {
		return look{what: fmt.Sprintf("file %q is not a path within the content folder", name), remedy: "write the path from the content folder, with / and without .., such as pictures/hello.png"}
	}
	b, err := f.read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return look{what: fmt.Sprintf("file %q is not there", name), remedy: "put it into the content folder, or correct the path from there"}
	case errors.Is(err, errNoFile):
		return look{what: fmt.Sprintf("%q is not a file", name), remedy: "name a file"}
	case errors.Is(err, errTooLarge):
		return look{what: fmt.Sprintf("file %q is larger than %d MB", name, MaxFileBytes>>20), remedy: "no account takes such a file: make it smaller, or link to it"}
	case err != nil:
		return look{what: fmt.Sprintf("file %q can't be read: %s", name, reason(err)), remedy: "check that it may be read and is no link that leads out of the content folder"}
	}
	typ := typeOf(b)
	if damaged(typ, b) {
		return look{what: fmt.Sprintf("file %q begins like a %s and can't be read as one", name, typ), remedy: "save the picture again"}
	}
	l := look{typ: typ, sum: sumOf(b), size: int64(len(b))}
	if typ == TypeAMR {
		l.seconds = amrSeconds(b)
	}
	return l
}

var (
	errNoFile   = errors.New("not a file")
	errTooLarge = errors.New("too large")
)

// read gives what is in a file of at most MaxFileBytes.
func (f *folder) read(name string) ([]byte, error) {
	info, err := fs.Stat(f.fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNoFile // a pipe would be waited for
	}
	open := f.fsys.Open
	if in, ok := f.fsys.(insider); ok {
		open = in.OpenInside
	}
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(file, MaxFileBytes+1)); err != nil {
		return nil, err
	}
	if b.Len() > MaxFileBytes {
		return nil, errTooLarge
	}
	return b.Bytes(), nil
}

// use notes that a message carries a file.
func (f *folder) use(name string, as Form, l look) {
	f.used[File{Path: name, Form: as, Type: l.typ, Sum: l.sum, Size: l.size, folder: f}] = true
}

// Named is the name that people see of a file.
func Named(file string) string { return path.Base(file) }

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
