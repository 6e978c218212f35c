package kf_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"slices"
	"strconv"
	"testing"

	"guanjia/bot"
)

// TestNoKindIsForgotten: a type that the code knows has its row in TestEveryKindOfMessageGoesInAndOut.
func TestNoKindIsForgotten(t *testing.T) {
	t.Parallel()
	var tried []string
	for _, in := range everyKindIn(t) {
		tried = append(tried, in.msgType)
	}
	known := casesOf(t, "decode.go", "decodeMessage")
	if len(known) == 0 {
		t.Fatal("decodeMessage knows no types")
	}
	for _, msgType := range known {
		if !slices.Contains(tried, msgType) {
			t.Errorf("a customer's message of type %s is not tried", msgType)
		}
	}
	declared := constantsOf(t, "../../bot/message.go", "MessageKind")
	if len(declared) == 0 {
		t.Fatal("bot declares no kinds of message")
	}
	for _, kind := range declared {
		if !slices.Contains(bot.MessageKinds(), bot.MessageKind(kind)) {
			t.Errorf("bot.MessageKinds leaves out %s", kind)
		}
	}
}

func parsed(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// casesOf are the strings that a function's switches have cases for.
func casesOf(t *testing.T, file, function string) []string {
	t.Helper()
	var all []string
	for _, d := range parsed(t, file).Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != function {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if c, ok := n.(*ast.CaseClause); ok {
				all = append(all, stringsOf(c.List)...)
			}
			return true
		})
	}
	return all
}

// constantsOf are the values of the string constants of a type.
func constantsOf(t *testing.T, file, typ string) []string {
	t.Helper()
	var all []string
	ast.Inspect(parsed(t, file), func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if name, ok := v.Type.(*ast.Ident); ok && name.Name == typ {
				all = append(all, stringsOf(v.Values)...)
			}
		}
		return true
	})
	return all
}

func stringsOf(all []ast.Expr) []string {
	var words []string
	for _, e := range all {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				words = append(words, s)
			}
		}
	}
	return words
}
