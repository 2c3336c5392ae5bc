package ops_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"os"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// fusionFormulas returns formulas whose stable forms have everything that is fused.
func fusionFormulas() []*node {
	g := graph.New()
	w, b, x := g.Input("w", 3, 4), g.Input("b", 3, 1), g.Input("x", 4, batch)
	z, y, labels, ζ := g.Input("z", 3, batch), g.Input("y", 3, batch), g.Input("labels", 1, batch), g.Input("ζ", 1, batch)
	z1, y1 := g.Input("z1", 1, batch), g.Input("y1", 1, batch)
	u := g.Input("u", 2, 4, 4, batch)
	pool := ops.MaxPool(ops.ReLU(u), ops.Window{Size: ops.Both(2)})
	filters, shift, images := g.Input("filters", 2, 1, 3, 3), g.Input("shift", 2, 1, 1, 1), g.Input("images", 1, 5, 5, batch)
	formulas := []*node{
		ops.Bias(b, ops.MatMul(w, x)),
		ops.ReLU(ops.Bias(shift, ops.Conv(filters, images, ops.Window{}))),
		graph.VJP(ops.ReLU(z1), ζ, z1)[0],
		graph.VJP(pool, g.Input("ζ2", 2, 2, 2, batch), u)[0],
		ops.LogLossFromLogits(z1, y1),
		recurrence(g, w),
		graph.VJP(ops.Sigmoid(z1), ops.Tanh(z1), z1)[0], graph.VJP(ops.Tanh(z1), ops.Sigmoid(z1), z1)[0],
	}
	for _, loss := range []*node{ops.CrossEntropyFromLogits(z, y), ops.SparseCrossEntropyFromLogits(z, labels)} {
		formulas = append(formulas, loss, graph.VJP(loss, ζ, z)[0])
	}
	return formulas
}

// recurrence is the reverse derivative of a Scan, whose adjoint reads what a loop beside it emits.
func recurrence(g *graph.Graph, w *node) *node {
	times := graph.Extent("T")
	start, xs, ζ := g.Input("start", 3, batch), g.Input("xs", 4, times, batch), g.Input("ζ", 3, times, batch)
	u := g.Input("u", 3, 3)
	s := ops.Scan(func(s *node, x ...*node) *node {
		return ops.Tanh(ops.Add(ops.MatMul(w, x[0]), ops.MatMul(u, s)))
	}, start, xs)
	return ops.Add(ops.Sum(s), ops.Sum(graph.VJP(s, ζ, u)[0]))
}

// fusionTable is what docs/performance.md says of fusions: each that some op begins, the
// pairs of values that one kernel computes, and the ops that read a transpose where it
// lies.
func fusionTable(t *testing.T) []string {
	t.Helper()
	fileOf := map[string]string{} // by constructor and by type
	for file, f := range sources(t) {
		for typ := range methods(f) {
			fileOf["ops."+typ] = file
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil {
				fileOf[d.Name.Name] = file
			}
		}
	}
	line := func(op graph.Op, from, to string) string {
		file := cmp.Or(fileOf[op.(graph.Describer).Describe().Name], fileOf[typeOf(op)])
		return fmt.Sprintf("| `%v` | %s | %s | [%s](../ops/%s) |", op, from, to, file, file)
	}
	var table []string
	var all []*node
	for _, y := range fusionFormulas() {
		for _, n := range graph.Cone(graph.StableForm(y)) {
			if n.Op() == nil {
				continue
			}
			all = append(all, n)
			if op, ok := n.Op().(graph.Fuser); ok {
				if f := op.Fuse(n, func(*node) bool { return true }); f != nil {
					all = append(all, f)
					table = append(table, line(op, code(n), fmt.Sprintf("%s, `%s`", code(f), typeOf(f.Op()))))
				}
			}
		}
	}
	for _, n := range all {
		if n.Op().Kernel().IsStrided() {
			table = append(table, line(n.Op(), "a transpose among its inputs", "the input of that, read by strides"))
		}
		op, ok := n.Op().(graph.Pairer)
		for _, m := range all {
			if ok && slices.Equal(n.Inputs(), m.Inputs()) && !op.PairedKernel(m.Op()).IsZero() {
				table = append(table, line(op, code(n)+" and "+code(m), "one kernel of both"))
			}
		}
	}
	slices.Sort(table)
	return slices.Compact(table)
}

func typeOf(op graph.Op) string { return fmt.Sprintf("%T", op) }

func code(n *node) string { return "`" + n.String() + "`" }

// The fusions are a list, and docs/performance.md shows it.
func TestFusions(t *testing.T) {
	const file, begin, end = "../docs/performance.md", "| op | formula | becomes | in |\n|---|---|---|---|\n", "\n\n"
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(doc), begin)
	got, _, _ := strings.Cut(after, end)
	if want := strings.Join(fusionTable(t), "\n"); got != want {
		t.Errorf("the table of fusions of %s is not what the ops do; it is\n%s%s", file, begin, want)
	}
}

// Every op that can begin a fusion is in the list.
func TestFusionsAreComplete(t *testing.T) {
	table := strings.Join(fusionTable(t), "\n")
	for file, f := range sources(t) {
		for typ, list := range methods(f) {
			if typ == "member" { // of which a function is listed where it is defined
				continue
			}
			begins := slices.Contains(list, "Fuse") && typ != "loss" || slices.Contains(list, "fuse") || slices.Contains(list, "PairedKernel")
			if begins && !strings.Contains(table, "("+"../ops/"+file+")") {
				t.Errorf("%s of ops/%s begins a fusion, of which fusionFormulas has no example: add one", typ, file)
			}
		}
	}
}
