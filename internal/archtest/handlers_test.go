package archtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryHandlerIsRegisteredAndDocumented keeps CONTRIBUTING.md's promise about adding a handler: a folder below handlers
// needs a line in app/handlers.go, a reference page for its content and a place in ARCHITECTURE.md.
func TestEveryHandlerIsRegisteredAndDocumented(t *testing.T) {
	root := filepath.Join("..", "..")
	list := read(t, filepath.Join(root, "app", "handlers.go"))
	house := read(t, filepath.Join(root, "ARCHITECTURE.md"))
	folders, err := os.ReadDir(filepath.Join(root, "handlers"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		name := f.Name()
		if !strings.Contains(list, `"`+module+`/handlers/`+name+`"`) {
			t.Errorf("handlers/%s is not registered: add it to app/handlers.go", name)
		}
		if _, err := os.Stat(filepath.Join(root, "docs", "reference", "content", name+".md")); err != nil {
			t.Errorf("handlers/%s has no reference page: write docs/reference/content/%s.md", name, name)
		}
		if !strings.Contains(house, name+"/") {
			t.Errorf("handlers/%s is missing in the tree of ARCHITECTURE.md", name)
		}
		if matches, _ := filepath.Glob(filepath.Join(root, "handlers", name, "*_test.go")); len(matches) == 0 {
			t.Errorf("handlers/%s has no test", name)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
