package graph_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// logistic is logistic regression as the document has it.
func logistic() (g *graph.Graph, w, b, a, j *graph.Node) {
	g = graph.New()
	x, y := g.Input("x", 3, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b = g.Param("w", dense([]int{1, 3}, 1, 2, 3)), g.Param("b", dense([]int{1, 1}, 0))
	a = ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x).Named("u")).Named("z")).Named("a")
	return g, w, b, a, ops.Mean(ops.LogLoss(a, y)).Named("J")
}

// deep is a net of one hidden layer, with its parameters.
func deep() (params []*graph.Node, j *graph.Node) {
	g := graph.New()
	a := g.Input("x", 2, graph.Batch)
	y := g.Input("y", 1, graph.Batch)
	layer := func(m, n int, name string, activate func(*graph.Node) *graph.Node) {
		w := g.Param("w"+name, dense([]int{m, n}, make([]float64, m*n)...))
		b := g.Param("b"+name, dense([]int{m, 1}, make([]float64, m)...))
		params = append(params, w, b)
		a = activate(ops.Bias(b, ops.MatMul(w, a)))
	}
	layer(4, 2, "1", ops.Tanh)
	layer(1, 4, "2", ops.Sigmoid)
	return params, ops.Mean(ops.LogLoss(a, y))
}

func TestGolden(t *testing.T) {
	g, w, b, _, j := logistic()
	grad := graph.Gradient(j, w, b)
	p := compile(t, j, grad[0], grad[1])
	golden(t, "logistic.graph", g.String())
	golden(t, "logistic.program", p.String())
}

func TestNodeString(t *testing.T) {
	_, w, _, a, j := logistic()
	for _, c := range []struct {
		n    *graph.Node
		want string
	}{
		{w, "w"},
		{j, "mean(L(σ(ψ(b, φ(w, x))), y))"},
		{ops.Mul(a, a), "⊙(%6, %6) where %6 = σ(ψ(b, φ(w, x)))"},
		{graph.Add(w, ops.T(w)), "⊥("},
		{nil, "⊥(nil node"},
	} {
		if got := c.n.String(); !strings.HasPrefix(got, c.want) || len(got) > len(c.want) && !strings.HasPrefix(c.want, "⊥") {
			t.Errorf("printed as %s, want %s", got, c.want)
		}
	}
}

func TestComposition(t *testing.T) {
	g, w, b, a, j := logistic()
	params, deepJ := deep()
	x := g.Input("x", 3)
	many := x
	for range 60 {
		many = graph.Add(many, many)
	}
	for _, c := range []struct{ got, want string }{
		{graph.Composition(j, w), "r₁φ∘rψ∘rσ∘rL∘rmean"},
		{graph.Composition(j, b), "r₁ψ∘rσ∘rL∘rmean"},
		{graph.Composition(j, a), "r₁L∘rmean"},
		{graph.Composition(j, j), "1"},
		{graph.Composition(w, j), "0"},
		{graph.Composition(j, x), "0"},
		{graph.Composition(deepJ, params[0]), "r₁φ[1]∘rψ[1]∘rtanh∘rφ[2]∘rψ[2]∘rσ∘rL∘rmean"},
		{graph.Composition(deepJ, params[1]), "r₁ψ[1]∘rtanh∘rφ[2]∘rψ[2]∘rσ∘rL∘rmean"},
		{graph.Composition(deepJ, params[2]), "r₁φ[2]∘rψ[2]∘rσ∘rL∘rmean"},
		{graph.Composition(ops.Mul(x, ops.Tanh(x)), x), "r₁⊙ + rtanh∘r₂⊙"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if got := graph.Composition(many, x); strings.Count(got, " + ") != 8 || !strings.HasSuffix(got, "(1152921504606846976 more)") && !strings.HasSuffix(got, "(1152921504606846968 more)") {
		t.Errorf("2⁶⁰ paths: …%s", got[max(0, len(got)-60):])
	}
	if got := graph.Composition(graph.Add(w, ops.T(w)), w); !strings.HasPrefix(got, "⊥(") {
		t.Errorf("of a failed node: %s", got)
	}
}
