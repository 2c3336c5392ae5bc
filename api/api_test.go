package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "adjoint/cluster"
	_ "adjoint/compute"
	_ "adjoint/data"
	_ "adjoint/draw"
	_ "adjoint/graph"
	_ "adjoint/graphio"
	_ "adjoint/interop"
	_ "adjoint/models"
	_ "adjoint/onnx"
	_ "adjoint/ops"
	_ "adjoint/optest"
	_ "adjoint/optim"
	_ "adjoint/plot"
	_ "adjoint/prepare"
	_ "adjoint/progress"
	_ "adjoint/report"
	_ "adjoint/sequence"
	_ "adjoint/serve"
	_ "adjoint/store"
)

var update = flag.Bool("update", false, "write the files again")

// A listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Export string
	GoFiles, TestImports     []string
}

func TestExportedNames(t *testing.T) {
	if math.MaxInt < math.MaxInt64 {
		t.Skip("graph.End is the largest int, which has 64 bits in the list")
	}
	public := publicPackages(t)
	exports := map[string]string{}
	for _, p := range list(t, append([]string{"-export", "-deps", "-json=ImportPath,Export"}, public...)...) {
		exports[p.ImportPath] = p.Export
	}
	from := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	stability, err := os.ReadFile("../docs/stability.md")
	check(t, err)
	files := map[string]bool{}
	for _, importPath := range public {
		pkg, err := from.Import(importPath)
		check(t, err)
		names := exported(pkg)
		if names == nil {
			continue
		}
		_, path, _ := strings.Cut(importPath, "/")
		file := strings.ReplaceAll(path, "/", "-") + ".txt"
		files[file] = true
		compare(t, file, strings.Join(names, "\n")+"\n")
		if row := fmt.Sprintf("| [%s](../api/%s) |", path, file); !strings.Contains(string(stability), row) {
			t.Errorf("docs/stability.md has no row %q", row)
		}
	}
	for _, name := range glob(t, "*.txt") {
		if files[name] {
			continue
		}
		if *update {
			check(t, os.Remove(name))
		} else {
			t.Errorf("%s is of no package", name)
		}
	}
	if len(files) < 15 {
		t.Errorf("only %d packages were found", len(files))
	}
}

// publicPackages returns the packages of this module that others can import. The tests of this one
// import them, so that go test has compiled them before it runs these.
func publicPackages(t *testing.T) (paths []string) {
	t.Helper()
	packages := list(t, "-json=ImportPath,Name,GoFiles,TestImports", "./...")
	here := slices.IndexFunc(packages, func(p listed) bool { return p.Name == "api" })
	for _, p := range packages {
		_, _, inside := strings.Cut(p.ImportPath, "/")
		if !inside || p.GoFiles == nil || p.Name == "main" || p.Name == "api" || strings.Contains(p.ImportPath, "internal") {
			continue
		}
		paths = append(paths, p.ImportPath)
		if !slices.Contains(packages[here].TestImports, p.ImportPath) {
			t.Errorf("api_test.go does not import %s", p.ImportPath)
		}
	}
	return paths
}

// list returns what go list says of packages.
func list(t *testing.T, args ...string) (packages []listed) {
	t.Helper()
	c := exec.Command("go", append([]string{"list"}, args...)...)
	c.Dir, c.Stderr = "..", os.Stderr
	out, err := c.Output()
	check(t, err)
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// compare holds a file to a text, or writes it.
func compare(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		check(t, os.WriteFile(file, []byte(text), 0o644))
		return
	}
	old, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v; go test ./api -update writes it", err)
		return
	}
	before, after := strings.Split(string(old), "\n"), strings.Split(text, "\n")
	for _, line := range before {
		if !slices.Contains(after, line) {
			t.Errorf("api/%s: gone: %s", file, line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			t.Errorf("api/%s: new: %s", file, line)
		}
	}
	if !slices.Equal(before, after) {
		t.Log("if that is meant: go test ./api -update")
	}
}

// exported returns a line for each name that a package exports, in order.
func exported(pkg *types.Package) (lines []string) {
	short := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		named, ok := object.Type().(*types.Named)
		switch declared := object.(type) {
		case *types.Const:
			add("%s = %s", types.ObjectString(object, short), declared.Val())
		case *types.TypeName:
			if declared.IsAlias() || !ok {
				add("%s", types.ObjectString(object, short))
				break
			}
			add("type %s%s %s", name, parameters(named, short), head(named.Underlying(), short))
			for _, f := range fields(named.Underlying()) {
				add("type %s, %s %s", name, f.Name(), types.TypeString(f.Type(), short))
			}
			for _, m := range methods(named) {
				add("type %s%s, %s%s", pointer(named, m), name, m.Name(), strings.TrimPrefix(types.TypeString(m.Type(), short), "func"))
			}
		default:
			add("%s", types.ObjectString(object, short))
		}
	}
	slices.Sort(lines)
	return lines
}

// parameters returns the type parameters of a type, or "".
func parameters(named *types.Named, short types.Qualifier) string {
	var list []string
	for p := range named.TypeParams().TypeParams() {
		list = append(list, p.Obj().Name()+" "+types.TypeString(p.Constraint(), short))
	}
	if list == nil {
		return ""
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// head is what is said of a type besides its fields and methods.
func head(t types.Type, short types.Qualifier) string {
	switch t := t.(type) {
	case *types.Struct:
		return "struct"
	case *types.Interface:
		for m := range t.Methods() {
			if !m.Exported() {
				return "interface of this package only"
			}
		}
		if t.IsMethodSet() {
			return "interface"
		}
	}
	return types.TypeString(t, short)
}

// fields returns those that users of a struct can name, also of what is embedded in it
// under a name of the package.
func fields(t types.Type) (list []*types.Var) {
	s, ok := t.(*types.Struct)
	if !ok {
		return nil
	}
	for f := range s.Fields() {
		switch {
		case f.Exported():
			list = append(list, f)
		case f.Embedded():
			list = append(list, fields(f.Type().Underlying())...)
		}
	}
	return list
}

// methods returns the exported ones of a type and of its pointers.
func methods(named *types.Named) (list []types.Object) {
	var t types.Type = named
	if !types.IsInterface(named) {
		t = types.NewPointer(named)
	}
	for m := range types.NewMethodSet(t).Methods() {
		if m.Obj().Exported() {
			list = append(list, m.Obj())
		}
	}
	return list
}

// pointer is "*" if a value of the type has not the method, and only its pointers have.
func pointer(named *types.Named, m types.Object) string {
	if types.NewMethodSet(named).Lookup(m.Pkg(), m.Name()) == nil {
		return "*"
	}
	return ""
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	check(t, err)
	return names
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
