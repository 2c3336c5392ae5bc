package graph_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// The case of the issue: h = σ(10), J = L(σ(100·h), 0), ∂J/∂h = 100σ(100h) = 100 to
// rounding, whatever was made of h before.
func TestUnrelatedFormulas(t *testing.T) {
	for name, unrelated := range map[string]func(z, h *graph.Node) *graph.Node{
		"none":    func(z, _ *graph.Node) *graph.Node { return z },
		"log h":   func(_, h *graph.Node) *graph.Node { return ops.Log(h) },
		"L(h, h)": func(_, h *graph.Node) *graph.Node { return ops.LogLoss(h, h) },
		"∂ log h": func(z, h *graph.Node) *graph.Node { return graph.Gradient(ops.Sum(ops.Log(h)), z)[0] },
	} {
		g := graph.New()
		z := g.Param("z", dense([]int{1, 1}, 10))
		h := ops.Sigmoid(z)
		compile(t, unrelated(z, h))
		j := ops.Sum(ops.LogLoss(ops.Sigmoid(ops.Scale(100, h)), g.Const(0, 1, 1)))
		if got := eval(t, graph.Gradient(j, h)[0])[0][0]; math.Abs(got-100) > 1e-12 {
			t.Errorf("after %s: ∂J/∂h = %g, want 100", name, got)
		}
	}
}

// Where the stable form of something else is h itself, that is no use of h:
// with h = σ(z) and b = ½(tanh(z/2)+1) = h, ∂(h²b)/∂h is 2hb, not 3h².
func TestEqualValuesAreNotTheVariable(t *testing.T) {
	g := graph.New()
	z := g.Param("z", dense([]int{1, 1}, 0.7))
	h := ops.Sigmoid(z)
	b := ops.Scale(0.5, ops.Shift(ops.Tanh(ops.Scale(0.5, z)), 1))
	j := ops.Sum(ops.Mul(ops.Square(h), b))
	s := 1 / (1 + math.Exp(-0.7))
	for range 2 {
		n := g.Len()
		d := graph.Gradient(j, h, b, z)
		got := eval(t, d...)
		for i, want := range []float64{2 * s * s, s * s, 3 * s * s * s * (1 - s)} {
			if math.Abs(got[i][0]-want) > 1e-15 {
				t.Errorf("derivative %d is %g, want %g", i, got[i][0], want)
			}
		}
		if again := graph.Gradient(j, h, b, z); !slices.Equal(again, d) {
			t.Error("the same derivative is another formula the second time")
		}
		if d[0].Op() == nil || h.Op() == nil || ops.Sigmoid(z) != h {
			t.Errorf("h is no longer σ(z), of %d nodes", n)
		}
	}
}

// A node that is the stable form of another keeps its name.
func TestStableFormsRenameNothing(t *testing.T) {
	g := graph.New()
	z := g.Param("z", dense([]int{1, 1}, 0.7))
	σ := ops.Sigmoid(z)
	l := ops.LogLossFromLogits(z, σ)
	other := ops.Sin(σ)
	a := ops.Scale(0.5, ops.Shift(ops.Tanh(ops.Scale(0.5, z)), 1)).Named("a")
	j := ops.Add(ops.Sum(ops.LogLoss(ops.Sigmoid(z), a).Named("l")), ops.Sum(ops.Sin(a).Named("sin")))
	graph.Gradient(j, z)
	if σ.Name()+l.Name()+other.Name() != "" || a.Name() != "a" {
		t.Errorf("named %q, %q, %q and %q, want none and a", σ.Name(), l.Name(), other.Name(), a.Name())
	}
}

// A recipe is a random formula: each of its steps makes a 2×2 value of earlier ones.
type recipe []step

type step struct{ op, a, b int }

var recipeOps = []func(a, b *graph.Node) *graph.Node{
	func(a, _ *graph.Node) *graph.Node { return ops.Sigmoid(a) },
	func(a, _ *graph.Node) *graph.Node { return ops.Softmax(a, 0) },
	func(a, _ *graph.Node) *graph.Node { return ops.Tanh(a) },
	func(a, _ *graph.Node) *graph.Node { return ops.OneMinus(a) },
	func(a, _ *graph.Node) *graph.Node { return ops.Square(a) },
	func(a, _ *graph.Node) *graph.Node { return ops.Log(ops.Shift(ops.Square(a), 0.5)) },
	func(a, _ *graph.Node) *graph.Node { return ops.Log(ops.Sigmoid(ops.Scale(2, a))) },
	func(a, _ *graph.Node) *graph.Node { return ops.Reciprocal(ops.Shift(ops.Exp(ops.Neg(a)), 1)) },
	func(a, _ *graph.Node) *graph.Node { return ops.Scale(0.5, ops.Shift(ops.Tanh(ops.Scale(0.5, a)), 1)) },
	func(a, b *graph.Node) *graph.Node { return ops.Mul(a, b) },
	func(a, b *graph.Node) *graph.Node { return ops.Sub(a, b) },
	func(a, b *graph.Node) *graph.Node {
		return ops.BroadcastTo(ops.LogLoss(ops.Sigmoid(ops.Scale(2, a)), ops.Sigmoid(ops.Scale(3, b))), a.Shape())
	},
	func(a, b *graph.Node) *graph.Node {
		return ops.BroadcastTo(ops.CrossEntropy(ops.Softmax(ops.Scale(2, a), 0), ops.Sigmoid(ops.Scale(3, b))), a.Shape())
	},
	func(a, b *graph.Node) *graph.Node {
		return ops.BroadcastTo(ops.KL(ops.Softmax(ops.Scale(2, a), 0), ops.Softmax(ops.Scale(3, b), 0)), a.Shape())
	},
}

func newRecipe(r *rand.Rand) recipe {
	var steps recipe
	for len(steps) < 8 {
		a := max(0, len(steps)-r.IntN(3))
		s := step{r.IntN(len(recipeOps)), a, r.IntN(len(steps) + 1)}
		if !slices.Contains(steps, s) {
			steps = append(steps, s)
		}
	}
	return steps
}

// newZ returns the leaf of recipes.
func newZ(g *graph.Graph) *graph.Node {
	return g.Param("z", dense([]int{2, 2}, 0.3, -1.2, 2.5, 0.1))
}

// build returns z and the values of the steps. The value of step at, if it is not 0, is
// a leaf, with the numbers in value.
func (steps recipe) build(z *graph.Node, at int, value []float64) []*graph.Node {
	nodes := []*graph.Node{z}
	for i, s := range steps {
		if i+1 == at {
			nodes = append(nodes, z.Graph().Param("h", dense([]int{2, 2}, value...)))
			continue
		}
		nodes = append(nodes, recipeOps[s.op](nodes[s.a], nodes[s.b]))
	}
	return nodes
}

// cost is of all values with a path from z that is long enough to matter.
func cost(nodes []*graph.Node) *graph.Node {
	last := nodes[len(nodes)-1]
	return ops.Sum(ops.Mul(last, ops.Sin(nodes[len(nodes)-2])))
}

// clutter does in the graph of z what has nothing to do with the gradient of a recipe, in
// another order.
func clutter(t *testing.T, z *graph.Node, steps recipe) {
	ops.LogSoftmax(ops.Neg(z), 0)
	ops.Softplus(z)
	nodes := []*graph.Node{z}
	for _, s := range steps {
		h := recipeOps[s.op](nodes[s.a], nodes[s.b])
		compile(t, ops.Log(h), ops.OneMinus(h), ops.LogLoss(h, h))
		graph.Gradient(ops.Sum(ops.Log(ops.OneMinus(h))), append(nodes, h)...)
		nodes = append(nodes, h)
	}
}

// canonical prints a formula whole, with the terms of sums in order, and a digest for
// what is long.
func canonical(n *graph.Node, known map[*graph.Node]string) string {
	if s, ok := known[n]; ok {
		return s
	}
	var in []string
	for _, x := range n.Inputs() {
		in = append(in, canonical(x, known))
	}
	var s string
	switch {
	case n.Op() == nil:
		s = n.Name()
	case n.Op().String() == "+":
		in = strings.Split(strings.Join(in, " + "), " + ")
		slices.Sort(in)
		s = strings.Join(in, " + ")
	default:
		s = fmt.Sprintf("%v%v%v", n.Op(), n.Shape(), in)
		if len(s) > 200 {
			s = fmt.Sprintf("%v[#%x]", n.Op(), sha256.Sum256([]byte(s)))
		}
	}
	known[n] = s
	return s
}

// A gradient with respect to any value of a random formula is what it is in a graph of its
// own, whatever else was built, compiled or differentiated before, after, or in the same
// call: the same formula, but for the order of sums, and the same numbers. And it is what
// it is where that value is a leaf.
func TestGradientsOfRandomFormulas(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 10))
		steps := newRecipe(r)
		at := 1 + r.IntN(len(steps)-2)
		where := fmt.Sprintf("seed %d, step %d of %v: ", seed, at, steps)
		nodes := steps.build(newZ(graph.New()), 0, nil)
		h := nodes[at]
		pure := graph.Gradient(cost(nodes), h)[0]
		want := eval(t, pure, h)
		expect := func(what string, d *graph.Node, tolerance float64) {
			t.Helper()
			for i, got := range eval(t, d)[0] {
				if w := want[0][i]; math.Abs(got-w) > tolerance*(1+math.Abs(w)) || math.IsNaN(got) != math.IsNaN(w) {
					t.Errorf("%s%s: entry %d is %.17g, want %.17g", where, what, i, got, w)
				}
			}
		}
		together := graph.Gradient(cost(nodes), append(nodes, h)...)
		clutter(t, nodes[0], steps)
		expect("after other formulas", graph.Gradient(cost(nodes), h)[0], 0)
		expect("together with all", together[at], 1e-12)
		expect("the last of many", together[len(nodes)], 1e-12)
		if d := graph.Gradient(cost(nodes), h)[0]; d != pure {
			t.Errorf("%s%v, and after other formulas %v", where, pure, d)
		}

		z := newZ(graph.New())
		clutter(t, z, steps)
		nodes = steps.build(z, 0, nil)
		used := graph.Gradient(cost(nodes), nodes[at])[0]
		expect("in a used graph", used, 1e-12)
		if f, p := canonical(used, map[*graph.Node]string{}), canonical(pure, map[*graph.Node]string{}); f != p {
			t.Errorf("%s%s, and in a used graph %s", where, p, f)
		}

		nodes = steps.build(newZ(graph.New()), at, want[1])
		expect("with a leaf in its place", graph.Gradient(cost(nodes), nodes[at])[0], 1e-10)
	}
}
