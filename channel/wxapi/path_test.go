package wxapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestEveryPathThatAChannelCallsIsKnown keeps what an Observer hears complete: a path in a channel's source that is missing
// in paths would be heard as "other".
func TestEveryPathThatAChannelCallsIsKnown(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir("..", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if path, _ := strconv.Unquote(literal.Value); strings.HasPrefix(path, "/cgi-bin/") && !paths[withoutQuery(path)] {
					t.Errorf("%s calls %s: add it to paths in path.go", file, withoutQuery(path))
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnUnknownPathHasNoNameOfItsOwn(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{pathWeComGrant: pathWeComGrant, "/cgi-bin/kf/send_msg": "/cgi-bin/kf/send_msg", "/cgi-bin/kf/wk123": otherPaths, "": otherPaths} {
		if got := label(path); got != want {
			t.Errorf("%q is heard as %q", path, got)
		}
	}
}
