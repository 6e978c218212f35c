package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"guanjia/app"
	"guanjia/content/sample"
)

// TestReferencePagesOfContentAreRight: every example that names its kind loads, and every key of a handler's content stands
// on its page or on the common one.
func TestReferencePagesOfContentAreRight(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../docs/reference/content/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	block := regexp.MustCompile("(?s)```yaml\n(kind: .*?)```")
	key := regexp.MustCompile(`yaml:"([a-z_]+)`)
	common, err := os.ReadFile("../docs/reference/content/common.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.TrimSuffix(filepath.Base(page), ".md")
		for _, m := range block.FindAllSubmatch(text, -1) {
			if _, ps := app.LoadContent(example(t, kind, m[1]), time.UTC); ps != nil {
				t.Errorf("%s: the example is wrong: %v\n%s", page, ps, m[1])
			}
		}
		sources, _ := filepath.Glob("../handlers/" + kind + "/*.go")
		for _, source := range sources {
			code, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range key.FindAllStringSubmatch(string(code), -1) {
				if !regexp.MustCompile("`([a-z_]+\\.)?" + m[1] + "[:`]").Match(append(text, common...)) {
					t.Errorf("%s does not explain %s of %s", page, m[1], source)
				}
			}
		}
	}
}

// example is a folder with the example of a page. What is said by itself names the coupons, quizzes and pictures of other files: it
// stands among the sample's.
func example(t *testing.T, kind string, text []byte) fs.FS {
	t.Helper()
	folder := fstest.MapFS{"example.yaml": {Data: text}}
	if kind != "schedule" && kind != "moments" {
		return folder
	}
	err := fs.WalkDir(sample.FS, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path == kind+".yaml" {
			return err
		}
		data, err := fs.ReadFile(sample.FS, path)
		folder[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
