package content_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"guanjia/content"
)

// party is a file as a handler would declare it.
type party struct {
	Title  string         `yaml:"title"`
	Size   int            `yaml:"size"`
	Loud   bool           `yaml:"loud"`
	Starts content.Moment `yaml:"starts"`
	Lasts  content.Span   `yaml:"lasts"`
	Guests []guest        `yaml:"guests"`
	Food   food           `yaml:"food"`
}

type guest struct {
	Name string `yaml:"name"`
	Age  int    `yaml:"age"`
}

type food struct {
	Cake string `yaml:"cake"`
}

// TestWrongFilesNameLineAndRemedy keeps the promise that whatever is wrong with a file is said with its line and what to do.
func TestWrongFilesNameLineAndRemedy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "f.yaml:1: holds no settings; start it with a line such as 'kind: quiz'"},
		{"comments only", "# later\n", "f.yaml:1: holds no settings; start it with a line such as 'kind: quiz'"},
		{"a list", "- a\n- b\n", "f.yaml:1: holds no settings; start it with a line such as 'kind: quiz'"},
		{"no kind", "title: x\n", "f.yaml:1: has no kind; start it with a line such as 'kind: quiz'"},
		{"unknown kind", "title: x\nkind: qiuz\n", `f.yaml:2: kind "qiuz" is not known; use one of party, quiz`},
		{"kind is a list", "kind: [party]\n", `f.yaml:1: kind "" is not known; use one of party, quiz`},
		{"two documents", "kind: party\n---\nkind: quiz\n", "f.yaml:2: holds a second document after '---'; put it into a file of its own"},
		{"broken second document", "kind: party\n---\na: b: c\n", "f.yaml:3: mapping values are not allowed in this context; check the indentation, and put texts that hold a colon and a space between quotes"},
		{"GBK", "kind: party\ntitle: \xb9\xd8\xd7\xa2\n", "f.yaml: is not UTF-8; save the file as UTF-8 (it may be GBK now)"},
		{"tab", "kind: party\nfood:\n\tcake: x\n", "f.yaml:3: found character that cannot start any token; indent with spaces, not tabs, and put texts that begin with @, ` or % between quotes"},
		{"open bracket", "kind: party\nguests: [a\n", "f.yaml:2: did not find expected ',' or ']'; check the indentation, brackets and quotes from this line on"},
		{"open quote", "kind: party\ntitle: \"abc\n", "f.yaml:2: found unexpected end of stream; close the quote or bracket that is open"},
		{"crooked indentation", "kind: party\nfood:\n   cake: x\n  drink: y\n", "f.yaml:4: did not find expected key; check the indentation, brackets and quotes from this line on"},
		{"unknown key", "# a party\n\nkind: party\ntitel: x\n", `f.yaml:4: key "titel" is not known here; correct its spelling or remove it (docs/reference/content lists the keys)`},
		{"unknown key, deep", "kind: party\n\n# who comes\nguests:\n\n  - name: a\n  - name: b\n    aeg: 1\n", `f.yaml:8: key "aeg" is not known here; correct its spelling or remove it (docs/reference/content lists the keys)`},
		{"key written twice", "kind: party\ntitle: a\n\ntitle: b\n", `f.yaml:4: mapping key "title" already defined at line 2; keep one of the two`},
		{"kind written twice", "kind: party\nkind: quiz\n", `f.yaml:2: mapping key "kind" already defined at line 1; keep one of the two`},
		{"word for a number", "kind: party\nsize: many\n", `f.yaml:2: "many" stands where a whole number belongs; write a whole number here`},
		{"number out of range", "kind: party\nsize: 99999999999999999999\n", `f.yaml:2: "9999999..." stands where a whole number belongs; write a whole number here`},
		{"word for a switch", "kind: party\nloud: very\n", `f.yaml:2: "very" stands where true or false belongs; write true or false here`},
		{"block for a word", "kind: party\ntitle:\n  a: b\n", `f.yaml:3: a block of keys stands where a single value belongs; write a single value here`},
		{"word for a list", "kind: party\nguests: all\n", `f.yaml:2: "all" stands where a list belongs; write a list here`},
		{"list for a block", "kind: party\nfood:\n- x\n", `f.yaml:3: a list stands where a single value belongs; write a single value here`},
		{"word for a block", "kind: party\nfood: x\n", `f.yaml:2: "x" stands where a block of keys belongs; write a block of keys here`},
		{"no such date", "kind: party\nstarts: 2026-02-30\n", `f.yaml:2: "2026-02-30" is not a date; write 2026-01-31 or 2026-01-31 08:30`},
		{"no such span", "kind: party\nlasts: 3 days\n", `f.yaml:2: "3 days" is not a span of time; write 30d, 72h or 10m`},
		{"unknown anchor", "kind: party\ntitle: *nobody\n", "f.yaml: unknown anchor 'nobody' referenced; correct the YAML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, ps := content.Parse("f.yaml", []byte(c.file), []string{"party", "quiz"})
			if ps == nil {
				ps = d.Decode(&party{})
			}
			if got := ps.Error(); got != c.want {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestEveryProblemIsToldAtOnce spares operators the round of one mistake per try.
func TestEveryProblemIsToldAtOnce(t *testing.T) {
	t.Parallel()
	d, _ := content.Parse("f.yaml", []byte("kind: party\nsize: x\nguests:\n  - age: old\n    nick: a\nstarts: soon\n"), nil)
	var lines []int
	for _, p := range d.Decode(&party{}) {
		lines = append(lines, p.Line)
	}
	if diff := cmp.Diff([]int{2, 4, 5, 6}, lines); diff != "" {
		t.Errorf("lines of the problems (-want +got):\n%s", diff)
	}
}

// TestDecodeReadsTheFileOverDefaults: what the file does not mention keeps its value, with a byte-order mark or without.
func TestDecodeReadsTheFileOverDefaults(t *testing.T) {
	t.Parallel()
	d, ps := content.Parse("f.yaml", []byte("\xef\xbb\xbftitle: &t 茶会\nkind: party\nguests:\n- &a {name: 甲, age: 30}\n- <<: *a\n  name: *t\n"), []string{"party"})
	if ps != nil {
		t.Fatal(ps)
	}
	got := party{Title: "?", Size: 7}
	if ps := d.Decode(&got); ps != nil {
		t.Fatal(ps)
	}
	want := party{Title: "茶会", Size: 7, Guests: []guest{{"甲", 30}, {"茶会", 30}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(content.Moment{})); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
	if d.Kind != "party" || d.Line("guests", 1, "name") != 6 || d.Line("guests", 9) != 4 || d.Line("nobody") != 1 {
		t.Errorf("kind %q, lines %d %d %d", d.Kind, d.Line("guests", 1, "name"), d.Line("guests", 9), d.Line("nobody"))
	}
}

// TestLoadKeepsGoodFilesBesideBadOnes: one bad file is told and takes no other away.
func TestLoadKeepsGoodFilesBesideBadOnes(t *testing.T) {
	t.Parallel()
	docs, ps := content.Load(fstest.MapFS{
		"z.yaml":         {Data: []byte("kind: party\n")},
		"sub/a.yml":      {Data: []byte("kind: quiz\n")},
		"bad.yaml":       {Data: []byte("kind: [\n")},
		"big.yaml":       {Data: []byte("kind: party\n#" + strings.Repeat("x", content.MaxFileSize))},
		".hidden.yaml":   {Data: []byte("kind: [\n")},
		"notes.txt":      {Data: []byte("not content")},
		"closed.yaml":    {Data: []byte("kind: party\n"), Mode: 0},
		"pictures/a.png": {Data: []byte{0}},
	}, []string{"party", "quiz"})
	var files, told []string
	for _, d := range docs {
		files = append(files, d.File)
	}
	for _, p := range ps {
		told = append(told, p.File)
	}
	if diff := cmp.Diff([]string{"closed.yaml", "sub/a.yml", "z.yaml"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bad.yaml", "big.yaml"}, told); diff != "" {
		t.Errorf("problems in (-want +got):\n%s", diff)
	}
}

// TestUnreadableFoldersAreTold: a folder that is missing, or a file that can't be opened, is a problem, not a silence.
func TestUnreadableFoldersAreTold(t *testing.T) {
	t.Parallel()
	if _, ps := content.Load(noFolder{}, nil); len(ps) != 1 || !strings.Contains(ps[0].What, "can't be read") {
		t.Errorf("missing folder: %v", ps)
	}
	closed := closedFile{fstest.MapFS{"a.yaml": {Data: []byte("kind: party\n")}}}
	if _, ps := content.Load(closed, nil); len(ps) != 1 || ps[0].String() != "a.yaml: can't be opened: permission denied; check the file's permissions" {
		t.Errorf("closed file: %v", ps)
	}
}

type noFolder struct{}

func (noFolder) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

type closedFile struct{ fstest.MapFS }

func (f closedFile) Open(name string) (fs.File, error) {
	if name == "a.yaml" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("permission denied")}
	}
	return f.MapFS.Open(name)
}

// TestProblemsAreAnErrorOnlyWhenThereAreSome guards against the nil that is not nil.
func TestProblemsAreAnErrorOnlyWhenThereAreSome(t *testing.T) {
	t.Parallel()
	var ps content.Problems
	if ps.Err() != nil {
		t.Error("no problems are an error")
	}
	ps.Add(content.Doc{File: "a.yaml"}, 3, "do this", "%d things", 2)
	if err := ps.Err(); err == nil || err.Error() != "a.yaml:3: 2 things; do this" {
		t.Errorf("got %v", err)
	}
	if s := (content.Problem{What: "it broke"}).String(); s != "it broke" {
		t.Errorf("without place or remedy: %q", s)
	}
}
