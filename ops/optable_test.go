package ops_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/optest"
)

// A row of the op table says what optest.Check needs to know of an op: every
// exported op has at least one. Rows are in the files table_*_test.go, by
// subject.
type row = optest.Op

type node = graph.Node

const batch = graph.Batch

var (
	unary   = optest.Unary
	binary  = optest.Binary
	ternary = optest.Ternary
	between = optest.Between
	values  = optest.Values
	apart   = optest.Apart
)

type (
	domains = []optest.Domain
	array   = optest.Array
)

// table returns all rows.
func table() []row {
	return slices.Concat(
		rowsBias,
		rowsBroadcast,
		rowsMatMul,
		rowsLinear,
		rowsConv,
		rowsPool,
		rowsPad,
		rowsNorm,
		rowsReduce,
		rowsShape,
		rowsActivation,
		rowsElementary,
		rowsArith,
		rowsSoftmax,
		rowsLosses,
		rowsEntropy,
		rowsLarge,
		rowsTrigonometry,
		rowsAlong, rowsSparse,
		rowsScan,
	)
}

// Every op obeys the laws.
func TestOpTable(t *testing.T) {
	var total optest.Report
	for _, r := range table() {
		t.Run(r.Name, func(t *testing.T) { total.Add(optest.Check(t, r)) })
	}
	t.Log(total)
}

// Every exported op is in the table, and what is in the table is an exported op.
func TestEveryOpHasARow(t *testing.T) {
	exported := exportedOps(t)
	rows := map[string]bool{}
	for _, r := range table() {
		name := regexp.MustCompile(`^\w*`).FindString(r.Name)
		rows[name] = true
		if !exported[name] {
			t.Errorf("row %q: ops.%s is no exported op", r.Name, name)
		}
	}
	for name := range exported {
		if !rows[name] {
			t.Errorf("ops.%s has no row in the op table: add one to the table_*_test.go of its subject, with F, its Shapes and, as Entry or Value, a plain reference", name)
		}
	}
}

// The package doc names every exported op.
func TestPackageDocIsAMap(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for name := range exportedOps(t) {
		if !strings.Contains(string(doc), "["+name+"]") {
			t.Errorf("ops/doc.go does not name [%s]: add it to its subject", name)
		}
	}
}

// exportedOps returns the exported functions of package ops whose result is a
// node, and the exported types that have such a method besides those that the
// engine calls.
func exportedOps(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && returnsNode(f.Type) {
				names[opName(f)] = true
			}
		}
	}
	delete(names, "")
	return names
}

// opName returns the name by which users call the op that f makes, or "".
func opName(f *ast.FuncDecl) string {
	name := f.Name.Name
	if f.Recv != nil {
		if slices.Contains([]string{"Reverse", "Differential", "Expand", "Stable"}, name) {
			return ""
		}
		of := f.Recv.List[0].Type
		if p, ok := of.(*ast.StarExpr); ok {
			of = p.X
		}
		name = of.(*ast.Ident).Name
	}
	if !ast.IsExported(name) {
		return ""
	}
	return name
}

// returnsNode reports whether the only result of a function is a *Node.
func returnsNode(f *ast.FuncType) bool {
	if f.Results == nil || len(f.Results.List) != 1 || len(f.Results.List[0].Names) > 1 {
		return false
	}
	p, ok := f.Results.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	switch of := p.X.(type) {
	case *ast.Ident:
		return of.Name == "Node"
	case *ast.SelectorExpr:
		return of.Sel.Name == "Node"
	}
	return false
}
