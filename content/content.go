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
	"path"
	"regexp"
	"slices"
	"strconv"
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
}

// Problem is one thing wrong with the content or the settings, and what to do about it.
type Problem struct {
	File   string
	Line   int // from 1; 0: the whole file
	What   string
	Remedy string
}

func (p Problem) String() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(p.File)
		if p.Line > 0 {
			fmt.Fprintf(&b, ":%d", p.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.What)
	if p.Remedy != "" {
		b.WriteString("; ")
		b.WriteString(p.Remedy)
	}
	return b.String()
}

// Problems is a list of them; it is an error when it is not empty.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Err is nil for no problems.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// Add notes a problem at a line of d.
func (ps *Problems) Add(d Doc, line int, remedy, format string, args ...any) {
	*ps = append(*ps, Problem{File: d.File, Line: line, What: fmt.Sprintf(format, args...), Remedy: remedy})
}

// Load reads every *.yaml and *.yml file below fsys, in name order. Files whose kind is not among kinds are problems.
func Load(fsys fs.FS, kinds []string) ([]Doc, Problems) {
	var docs []Doc
	var problems Problems
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			problems = append(problems, Problem{File: name, What: "can't be read: " + reason(err), Remedy: "check that the folder exists and may be read"})
			return nil
		}
		if e.IsDir() || !isYAML(name) {
			return nil
		}
		doc, ps := read(fsys, name, kinds)
		problems = append(problems, ps...)
		if doc.root != nil {
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
	var file yaml.Node
	if err := yaml.Unmarshal(b, &file); err != nil {
		return Doc{}, yamlProblems(name, err)
	}
	if len(file.Content) == 0 || file.Content[0].Kind != yaml.MappingNode {
		return Doc{}, Problems{{File: name, Line: 1, What: "holds no settings", Remedy: "start it with a line such as 'kind: quiz'"}}
	}
	root := file.Content[0]
	doc := Doc{File: name}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "kind" {
			continue
		}
		doc.Kind = root.Content[i+1].Value
		if kinds != nil && !slices.Contains(kinds, doc.Kind) {
			return Doc{}, Problems{{File: name, Line: root.Content[i+1].Line, What: fmt.Sprintf("kind %q is not known", doc.Kind), Remedy: "use one of " + strings.Join(kinds, ", ")}}
		}
		rest := *root
		rest.Content = slices.Delete(slices.Clone(root.Content), i, i+2)
		doc.root = &rest
		return doc, nil
	}
	return Doc{}, Problems{{File: name, Line: 1, What: "has no kind", Remedy: "start it with a line such as 'kind: quiz'"}}
}

// Decode reads the file into v; unknown keys and wrong types are problems with their lines.
func (d Doc) Decode(v any) Problems {
	// yaml.Node.Decode has no KnownFields, so the node is written and read again; the lines are restored from the node.
	b, err := yaml.Marshal(d.root)
	if err != nil {
		return yamlProblems(d.File, err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	err = dec.Decode(v)
	if err == nil {
		err = d.root.Decode(v) // again from the node, so that Line fields are those of the file
		if err == nil {
			return nil
		}
		return yamlProblems(d.File, err)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return d.relocate(b, err)
}

// relocate maps the line numbers of the rewritten text back to the file's, by walking both trees in step.
func (d Doc) relocate(rewritten []byte, err error) Problems {
	var again yaml.Node
	lines := map[int]int{}
	if yaml.Unmarshal(rewritten, &again) == nil && len(again.Content) == 1 {
		var walk func(a, b *yaml.Node)
		walk = func(a, b *yaml.Node) {
			if _, ok := lines[a.Line]; !ok {
				lines[a.Line] = b.Line
			}
			for i := range a.Content {
				if i < len(b.Content) {
					walk(a.Content[i], b.Content[i])
				}
			}
		}
		walk(again.Content[0], d.root)
	}
	ps := yamlProblems(d.File, err)
	for i := range ps {
		if l, ok := lines[ps[i].Line]; ok {
			ps[i].Line = l
		}
	}
	return ps
}

var (
	lineNumber   = regexp.MustCompile(`^line (\d+): (.*)$`)
	unknownField = regexp.MustCompile(`^field (\S+) not found in type`)
)

func yamlProblems(file string, err error) Problems {
	var te *yaml.TypeError
	if !errors.As(err, &te) {
		return Problems{yamlProblem(file, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	ps := make(Problems, len(te.Errors))
	for i, e := range te.Errors {
		ps[i] = yamlProblem(file, e)
	}
	return ps
}

func yamlProblem(file, text string) Problem {
	p := Problem{File: file, What: text, Remedy: "correct the YAML"}
	if m := lineNumber.FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.What = m[2]
	}
	if m := unknownField.FindStringSubmatch(p.What); m != nil {
		p.What = fmt.Sprintf("key %q is not known here", m[1])
		p.Remedy = "correct its spelling or remove it (docs/reference/content.md lists the keys)"
	}
	return p
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
