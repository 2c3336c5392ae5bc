package ops_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The compiler finds the optional readings of an op by type assertion, which passes over a
// method with a wrong signature in silence. So the file of a type asserts what that is, and
// go build refuses a wrong one; and an op has no exported method that is none of its readings.
func TestFilesAssertWhatTheirTypesAre(t *testing.T) {
	readings := readingsIn(t, "../graph/readings.go", "graph.")
	if names := slices.Compact(slices.Sorted(maps.Values(readings))); len(names) > 10 {
		t.Errorf("package graph has %d optional readings, want ten at most: %v", len(names), names)
	}
	files := sources(t)
	for file := range files {
		for method, reading := range readingsIn(t, file, "") {
			readings[method] = reading
		}
	}
	for file, f := range files {
		asserted := assertions(f)
		for typ, list := range methods(f) {
			isOp := slices.Contains(list, "Kernel")
			if !isOp && !slices.Contains(list, "partials") { // of the components of a loss
				continue
			}
			for _, method := range list {
				reading, known := readings[method]
				switch {
				case known && !isOp && method == "Describe": // components have it, or lossOf does not compile
				case known && !slices.Contains(asserted, reading+" "+typ):
					t.Errorf("ops/%s: %s has a method %s; add\n\t_ %s = %s{}\nto the assertions at the top of the file, so that go build refuses a wrong signature", file, typ, method, reading, typ)
				case !known && ast.IsExported(method) && !slices.Contains([]string{"String", "Shape", "Kernel", "Reverse", "Of"}, method):
					t.Errorf("ops/%s: method %s of %s is no reading of an op: the engine never calls it. Those it calls are in graph/readings.go", file, method, typ)
				}
			}
		}
	}
}

// sources returns the files of package ops, without tests, by name.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			files[name] = parsed(t, name)
		}
	}
	return files
}

func parsed(t *testing.T, name string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// readingsIn returns the interfaces of a file that have one method of their own, by that.
func readingsIn(t *testing.T, file, prefix string) map[string]string {
	t.Helper()
	readings := map[string]string{}
	for _, d := range parsed(t, file).Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		for _, s := range g.Specs {
			s := s.(*ast.TypeSpec)
			i, ok := s.Type.(*ast.InterfaceType)
			if !ok {
				continue
			}
			var own []string
			for _, m := range i.Methods.List {
				for _, name := range m.Names {
					own = append(own, name.Name)
				}
			}
			if len(own) > 1 && prefix == "" || slices.Contains(own, "Pointwise") {
				continue // no reading
			}
			for _, name := range own {
				readings[name] = prefix + s.Name.Name
			}
		}
	}
	return readings
}

// methods returns the methods of every type of a file.
func methods(f *ast.File) map[string][]string {
	of := map[string][]string{}
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv != nil {
			typ := strings.TrimPrefix(written(d.Recv.List[0].Type), "*")
			of[typ] = append(of[typ], d.Name.Name)
		}
	}
	return of
}

// assertions returns the lines "interface type" of the declarations var _ interface = type.
func assertions(f *ast.File) []string {
	var list []string
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			s := s.(*ast.ValueSpec)
			if s.Names[0].Name != "_" || len(s.Values) != 1 {
				continue
			}
			typ := s.Values[0]
			switch v := typ.(type) {
			case *ast.CompositeLit:
				typ = v.Type
			case *ast.CallExpr: // (*T)(nil)
				typ = v.Fun.(*ast.ParenExpr).X
			}
			list = append(list, written(s.Type)+" "+strings.TrimPrefix(written(typ), "*"))
		}
	}
	return list
}

// written returns a name as it is written: "T", "*T", "p.T", and "T" of T[P].
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + written(e.X)
	case *ast.SelectorExpr:
		return written(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return written(e.X)
	}
	return ""
}
