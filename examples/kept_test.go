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
)

// keptOverlay returns a file for the flag -overlay, with which the examples compile, minimise,
// trace and fit what package kept has sent through a file before. It is in a folder of its own.
func keptOverlay() (path string, err error) {
	folder, err := os.MkdirTemp("", "kept")
	if err != nil {
		return "", err
	}
	var overlay struct{ Replace map[string]string }
	overlay.Replace = map[string]string{}
	for _, pattern := range []string{"*/*.go", "internal/example/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, file := range files {
			text, err := withKept(file)
			if err != nil {
				return "", err
			}
			if text == nil || strings.HasSuffix(file, "_test.go") {
				continue
			}
			path, err := filepath.Abs(file)
			if err != nil {
				return "", err
			}
			overlay.Replace[path] = filepath.Join(folder, strings.ReplaceAll(file, string(filepath.Separator), "_"))
			if err := os.WriteFile(overlay.Replace[path], text, 0o644); err != nil {
				return "", err
			}
		}
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, "overlay.json")
	return path, os.WriteFile(path, text, 0o644)
}

// withKept returns the text of a file in which graph.Compile(y, z) is graph.Compile(kept.Nodes(y, z)...),
// and the like, and m.Fit(ctx, d, o) is kept.Fit(m, ctx, d, o); nil if there is none.
func withKept(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, file, text, 0)
	if err != nil {
		return nil, err
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
		return nil, nil
	}
	imports := parsed.Decls[0].(*ast.GenDecl)
	edits = append(edits, edit{imports.Rparen, imports.Rparen, "\"adjoint/examples/internal/kept\"\n"})
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(b.from, a.from) })
	for _, e := range edits { // the last one first
		text = slices.Concat(text[:e.from-parsed.FileStart], []byte(e.with), text[e.to-parsed.FileStart:])
	}
	return text, nil
}
