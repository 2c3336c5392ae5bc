package examples_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// overlay returns a file for the flag -overlay, in a folder of its own. With it the examples compile, minimise,
// trace and fit what package kept has sent through a file before, and those of a list are packages, whose Main
// is called by one program, in the folder all: linking each takes longer than all the rest.
func overlay(joined []string) (path string, err error) {
	folder, err := os.MkdirTemp("", "kept")
	if err != nil {
		return "", err
	}
	var replaced struct{ Replace map[string]string }
	replaced.Replace = map[string]string{}
	replace := func(file string, text []byte) error {
		path, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		replaced.Replace[path] = filepath.Join(folder, strings.ReplaceAll(file, string(filepath.Separator), "_"))
		return os.WriteFile(replaced.Replace[path], text, 0o644)
	}
	for _, pattern := range []string{"*/*.go", "internal/example/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			with := text
			if !strings.HasSuffix(file, "_test.go") {
				if with, err = withKept(file, text); err != nil {
					return "", err
				}
			}
			if name := filepath.Dir(file); slices.Contains(joined, name) {
				with = asPackage(with, name)
			}
			if bytes.Equal(with, text) {
				continue
			}
			if err := replace(file, with); err != nil {
				return "", err
			}
		}
	}
	if err := replace(filepath.Join("all", "main.go"), callerOf(joined)); err != nil {
		return "", err
	}
	text, err := json.Marshal(replaced)
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, "overlay.json")
	return path, os.WriteFile(path, text, 0o644)
}

// asPackage returns the text of a file of a program that is package name instead, which has Main.
func asPackage(text []byte, name string) []byte {
	text = bytes.Replace(text, []byte("\npackage main\n"), []byte("\npackage "+name+"\n"), 1)
	if rest, first := bytes.CutPrefix(text, []byte("package main\n")); first {
		text = append([]byte("package "+name+"\n"), rest...)
	}
	return bytes.Replace(text, []byte("\nfunc main() {"), []byte("\nfunc Main() {"), 1)
}

// callerOf returns the program that is the example whose name it is called by.
func callerOf(names []string) []byte {
	var imports, cases strings.Builder
	for _, name := range names {
		fmt.Fprintf(&imports, "\t_%s %q\n", name, "adjoint/examples/"+name)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\t_%s.Main()\n", name, name)
	}
	return fmt.Appendf(nil, `package main

import (
	"os"
	"path/filepath"
	"strings"

%s)

func main() {
	switch name := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"); name {
%s	default:
		panic(name)
	}
}
`, &imports, &cases)
}

// withKept returns the text of a file in which graph.Compile(y, z) is graph.Compile(kept.Nodes(y, z)...),
// and the like, and m.Fit(ctx, d, o) is kept.Fit(m, ctx, d, o).
func withKept(file string, text []byte) ([]byte, error) {
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
		return text, nil
	}
	imports := parsed.Decls[0].(*ast.GenDecl)
	edits = append(edits, edit{imports.Rparen, imports.Rparen, "\"adjoint/examples/internal/kept\"\n"})
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(b.from, a.from) })
	for _, e := range edits { // the last one first
		text = slices.Concat(text[:e.from-parsed.FileStart], []byte(e.with), text[e.to-parsed.FileStart:])
	}
	return text, nil
}
