package examples_test

import (
	"cmp"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// keptOverlay returns a file for the flag -overlay, with which the examples compile, minimise,
// trace and fit what package kept has sent through a file before.
func keptOverlay(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for _, pattern := range []string{"*/*.go", "internal/example/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			text, changed := withKept(t, file)
			if !changed || strings.HasSuffix(file, "_test.go") {
				continue
			}
			path, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			overlay.Replace[path] = filepath.Join(folder, strings.ReplaceAll(file, string(filepath.Separator), "_"))
			if err := os.WriteFile(overlay.Replace[path], text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// withKept returns the text of a file in which graph.Compile(y, z) is graph.Compile(kept.Nodes(y, z)...),
// and the like, and m.Fit(ctx, d, o) is kept.Fit(m, ctx, d, o); and whether there is any.
func withKept(t *testing.T, file string) ([]byte, bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, file, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	type edit struct {
		from, to token.Pos
		with     string
	}
	var edits []edit
	ast.Inspect(parsed, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		called, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		of := string(text[called.X.Pos()-parsed.FileStart : called.X.End()-parsed.FileStart])
		first := call.Args[0]
		switch name := of + "." + called.Sel.Name; {
		case name == "graph.Compile":
			edits = append(edits, edit{first.Pos(), first.Pos(), "kept.Nodes("}, edit{call.Rparen, call.Rparen, ")..."})
		case name == "optim.Minimize" || name == "draw.Trace":
			edits = append(edits, edit{first.Pos(), first.Pos(), "kept.Node("}, edit{first.End(), first.End(), ")"})
		case called.Sel.Name == "Fit" && len(call.Args) == 3:
			edits = append(edits, edit{called.Pos(), first.Pos(), "kept.Fit(" + of + ", "})
		}
		return true
	})
	if len(edits) == 0 {
		return nil, false
	}
	imports := parsed.Decls[0].(*ast.GenDecl)
	edits = append(edits, edit{imports.Rparen, imports.Rparen, "\"adjoint/examples/internal/kept\"\n"})
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(b.from, a.from) })
	for _, e := range edits { // the last one first
		text = slices.Concat(text[:e.from-parsed.FileStart], []byte(e.with), text[e.to-parsed.FileStart:])
	}
	return text, true
}
