package app

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guanjia/bot"
	"guanjia/content"
	"guanjia/content/sample"
	"guanjia/handlers/handoff"
	"guanjia/store"
)

// kindTexts is the kind of the files that hold the engine's own sentences.
const kindTexts = "texts"

// handler is one line of the list: it reads the content of a handler and gives the book, and the way to the handler.
type handler struct {
	kind string // of its content files, the handler's name; empty: it has none
	load func([]content.Doc, *time.Location) (loaded, content.Problems)
}

// loaded is the validated content of one handler.
type loaded struct {
	book  any
	build func(*store.Store) bot.Handler
}

// of makes a line of the list.
func of[B any](name bot.HandlerName, load func([]content.Doc, *time.Location) (*B, content.Problems), build func(*B, *store.Store) bot.Handler) handler {
	return handler{kind: string(name), load: func(docs []content.Doc, zone *time.Location) (loaded, content.Problems) {
		book, problems := load(docs, zone)
		return loaded{book: book, build: func(s *store.Store) bot.Handler { return build(book, s) }}, problems
	}}
}

// withoutContent makes a line for a handler that operators have no word in.
func withoutContent(build func(*store.Store) bot.Handler) handler {
	return handler{load: func([]content.Doc, *time.Location) (loaded, content.Problems) { return loaded{build: build}, nil }}
}

// onlyContent makes a line for content that no event is answered with.
func onlyContent[B any](kind string, load func([]content.Doc, *time.Location) (*B, content.Problems)) handler {
	return handler{kind: kind, load: func(docs []content.Doc, zone *time.Location) (loaded, content.Problems) {
		book, problems := load(docs, zone)
		return loaded{book: book}, problems
	}}
}

// Content is all that a content folder says, validated.
type Content struct {
	Files int

	handlers []loaded
	texts    bot.Texts
	attached []content.File // what messages carry
}

// ContentFS is the folder that the settings name, or the sample.
func ContentFS(s ContentSettings) fs.FS {
	if s.ContentDir == "" {
		return sample.FS
	}
	return contentFolder{os.DirFS(s.ContentDir), s.ContentDir}
}

// contentFolder is a folder on disk. Operators may link the content files to wherever they like; what is sent to customers must lie
// within.
type contentFolder struct {
	fs.FS
	dir string
}

// OpenInside opens a file unless a link on its way leads out of the folder.
func (f contentFolder) OpenInside(name string) (fs.File, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // the file stays open
	return root.Open(filepath.FromSlash(name))
}

// ReadContent reads the content that the settings name. Problems name files by their path from here.
func ReadContent(s Settings) (*Content, content.Problems) {
	c, problems := LoadContent(ContentFS(s.Content), s.Content.Timezone.Location)
	problems = append(withFolder(problems, s.Content.ContentDir), checkStaff(BookOf[handoff.Book](c), s)...)
	return c, problems
}

// LoadContent reads and checks a content folder. With problems the content can't be used.
func LoadContent(fsys fs.FS, zone *time.Location) (*Content, content.Problems) {
	list := handlers()
	docs, problems := content.Load(fsys, kinds(list))
	c := &Content{Files: len(docs)}
	for _, h := range list {
		l, ps := h.load(docs, zone)
		problems = append(problems, ps...)
		c.handlers = append(c.handlers, l)
	}
	problems = append(problems, c.checkTriggers()...)
	for _, d := range docs {
		if d.Kind == kindTexts {
			problems = append(problems, d.Decode(&c.texts)...)
		}
	}
	c.attached = content.Attached(docs)
	slices.SortStableFunc(problems, func(a, b content.Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	if len(docs) == 0 && len(problems) == 0 {
		problems = content.Problems{{What: "the content folder holds no content", Remedy: "put *.yaml files into it; the sample is in content/sample of the source"}}
	}
	return c, problems
}

func kinds(list []handler) []string {
	names := []string{kindTexts}
	for _, h := range list {
		if h.kind != "" {
			names = append(names, h.kind)
		}
	}
	return names
}

// BookOf finds the book of a type: BookOf[quiz.Book](c).
func BookOf[B any](c *Content) *B {
	for _, l := range c.handlers {
		if b, ok := l.book.(*B); ok {
			return b
		}
	}
	return nil
}

// router builds the handlers over the records and the routes to them.
func (c *Content) router(s *store.Store) (*bot.Router, error) {
	var list []bot.Handler
	for _, l := range c.handlers {
		if l.build != nil {
			list = append(list, l.build(s))
		}
	}
	return bot.NewRouter(list...)
}

// withFolder gives problems of a folder their path from here, so that editors can jump to them.
func withFolder(ps content.Problems, dir string) content.Problems {
	for i := range ps {
		if dir != "" && ps[i].File != "" {
			ps[i].File = filepath.Join(dir, ps[i].File)
		}
	}
	return ps
}
