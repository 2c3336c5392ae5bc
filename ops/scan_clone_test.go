package ops_test

import (
	"regexp"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// A clone of loops has steps of its own, and is the same Program of the same values. So are the
// derivatives that are built of the clone and of the original.
func TestClonesOfLoops(t *testing.T) {
	x, outputs := lstmOutputs(graph.New())
	_, of, err := graph.Clone(append(outputs, x)...)
	if err != nil {
		t.Fatal(err)
	}
	var copies []*node
	for _, y := range outputs {
		copies = append(copies, of(y))
	}
	seen := map[*node]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		if step := stepOf(n); step != nil && stepOf(of(n)) == step {
			t.Errorf("%s shares its step with its copy", n.Label())
		}
		for _, x := range n.Inputs() {
			walk(x)
		}
	}
	for _, y := range outputs {
		walk(y)
	}
	further := func(x *node, y []*node) []*node { return append(y, graph.Gradient(ops.Sum(ops.Square(y[1])), x)...) }
	wantText, want := runLoops(t, x, further(x, outputs))
	gotText, got := runLoops(t, of(x), further(of(x), copies))
	if gotText != wantText {
		t.Errorf("a clone is compiled to %d bytes of text, the original to %d, or to others", len(gotText), len(wantText))
	}
	if !slices.EqualFunc(got, want, slices.Equal[[]float64]) {
		t.Error("a clone has other values")
	}
}

// stepOf returns the step that an op describes, or nil.
func stepOf(n *node) *graph.Body {
	if op, ok := n.Op().(graph.Describer); ok {
		for _, a := range op.Describe().Args {
			if b, ok := a.(*graph.Body); ok {
				return b
			}
		}
	}
	return nil
}

// runLoops compiles outputs of x and runs them. The text of the Program has no numbers of nodes.
func runLoops(t *testing.T, x *node, outputs []*node) (program string, values [][]float64) {
	t.Helper()
	p, err := graph.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Feed(x, sines(5, features, 6, 4)); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	for _, y := range outputs {
		v, err := p.Value(y)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, slices.Clone(v.Data().([]float64)))
	}
	return regexp.MustCompile(`[%#]\d+`).ReplaceAllString(p.String(), "%"), values
}
