// Package content reads what operators write: YAML files that say which campaigns run, when, where and with which words.
//
// A content folder holds *.yaml files. Each file names its kind at the top (kind: quiz) and belongs to the handler of that
// name, which decodes the rest with Doc.Decode. A file that is wrong yields Problems with file, line and remedy; one bad file
// never takes the running content away: the caller keeps what it had.
//
// The package imports bot only.
package content

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxFileSize bounds one content file, in bytes.
const MaxFileSize = 4 << 20

// Doc is one content file.
type Doc struct {
	File string // path within the folder
	Kind string // "welcome", "coupon", "quiz" ... or "texts"
	root *yaml.Node
	text []byte

	folder *folder // nil: the file stands alone
}

// Load reads every *.yaml and *.yml file below fsys, in name order. Files whose kind is not among kinds are problems.
func Load(fsys fs.FS, kinds []string) ([]Doc, Problems) {
	var docs []Doc
	var problems Problems
	beside := newFolder(fsys)
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			problems = append(problems, Problem{File: name, What: "can't be read: " + reason(err), Remedy: "check that the folder exists and may be read"})
			return nil
		}
		if e.IsDir() && name != "." && strings.HasPrefix(e.Name(), ".") {
			return fs.SkipDir // Kubernetes keeps the files that its links point to in such folders
		}
		if e.IsDir() || !isYAML(name) {
			return nil
		}
		doc, ps := read(fsys, name, kinds)
		problems = append(problems, ps...)
		if doc.root != nil {
			doc.folder = beside
			docs = append(docs, doc)
		}
		return nil
	})
	if err != nil {
		problems = append(problems, Problem{What: "content folder: " + reason(err), Remedy: "check BOT_CONTENT_DIR"})
	}
	slices.SortFunc(docs, func(a, b Doc) int { return cmp.Compare(a.File, b.File) })
	return docs, problems
}

func isYAML(name string) bool {
	ext := path.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(path.Base(name), ".")
}

func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

func read(fsys fs.FS, name string, kinds []string) (Doc, Problems) {
	f, err := fsys.Open(name)
	if err != nil {
		return Doc{}, Problems{{File: name, What: "can't be opened: " + reason(err), Remedy: "check the file's permissions"}}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	if err != nil {
		return Doc{}, Problems{{File: name, What: "can't be read: " + reason(err), Remedy: "check the file"}}
	}
	if len(b) > MaxFileSize {
		return Doc{}, Problems{{File: name, What: fmt.Sprintf("is larger than %d MiB", MaxFileSize>>20), Remedy: "split it into several files of the same kind"}}
	}
	return Parse(name, b, kinds)
}

// Parse reads one file's bytes. A nil kinds accepts every kind.
func Parse(name string, b []byte, kinds []string) (Doc, Problems) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(b) {
		return Doc{}, Problems{{File: name, What: "is not UTF-8", Remedy: "save the file as UTF-8 (it may be GBK now)"}}
	}
	root, problems := parseRoot(name, b)
	if problems != nil {
		return Doc{}, problems
	}
	kind := child(root, "kind")
	switch {
	case kind == nil:
		return Doc{}, Problems{{File: name, Line: root.Line, What: "has no kind", Remedy: "start it with a line such as 'kind: quiz'"}}
	case kind.Kind != yaml.ScalarNode || kinds != nil && !slices.Contains(kinds, kind.Value):
		return Doc{}, Problems{{File: name, Line: kind.Line, What: fmt.Sprintf("kind %q is not known", kind.Value), Remedy: "use one of " + strings.Join(kinds, ", ")}}
	}
	return Doc{File: name, Kind: kind.Value, root: root, text: b}, nil
}

// parseRoot reads the one document of a file, which must be a mapping.
func parseRoot(name string, b []byte) (*yaml.Node, Problems) {
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var file, second yaml.Node
	if err := dec.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, yamlProblems(name, err)
	}
	if len(file.Content) == 0 || file.Content[0].Kind != yaml.MappingNode {
		return nil, Problems{{File: name, Line: 1, What: "holds no settings", Remedy: "start it with a line such as 'kind: quiz'"}}
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		return nil, Problems{{File: name, Line: second.Line, What: "holds a second document after '---'", Remedy: "put it into a file of its own"}}
	case !errors.Is(err, io.EOF):
		return nil, yamlProblems(name, err)
	}
	return file.Content[0], nil
}

// Decode reads the file into v, a pointer to a struct without a "kind"; what the file does not mention keeps its value.
// Unknown keys and wrong types are problems with their lines.
func (d Doc) Decode(v any) Problems {
	// The decoder knows unknown keys only when it reads the whole file, and there "kind" is one: v is read as its neighbour.
	body := reflect.ValueOf(v).Elem()
	file := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Kind", Type: reflect.TypeFor[string](), Tag: `yaml:"kind"`},
		{Name: "Body", Type: body.Type(), Tag: `yaml:",inline"`},
	}))
	file.Elem().Field(1).Set(body)
	dec := yaml.NewDecoder(bytes.NewReader(d.text))
	dec.KnownFields(true)
	err := dec.Decode(file.Interface())
	body.Set(file.Elem().Field(1))
	if err != nil {
		return yamlProblems(d.File, err)
	}
	return nil
}

// Files yields the files of a kind, read as T; those that can't be are noted in ps.
func Files[T any](docs []Doc, kind string, ps *Problems) iter.Seq2[Doc, T] {
	return func(yield func(Doc, T) bool) {
		for _, d := range docs {
			if d.Kind != kind {
				continue
			}
			var file T
			if wrong := d.Decode(&file); wrong != nil {
				*ps = append(*ps, wrong...)
				continue
			}
			if !yield(d, file) {
				return
			}
		}
	}
}

// Line finds where a value stands in the file: Line("campaigns", 2, "questions") is the line of the questions of the third
// campaign. It is the nearest enclosing line when the value is absent.
func (d Doc) Line(path ...any) int {
	n := d.root
	line := n.Line
	for _, step := range path {
		n = child(n, step)
		if n == nil {
			return line
		}
		line = n.Line
	}
	return line
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch s := step.(type) {
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == s {
				return n.Content[i+1]
			}
		}
	case int:
		if n.Kind == yaml.SequenceNode && s >= 0 && s < len(n.Content) {
			return n.Content[s]
		}
	}
	return nil
}
