package graph_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"adjoint/compute"
	"adjoint/graph"

	"github.com/google/go-cmp/cmp"
	"gorgonia.org/tensor"
)

// x³ at 2 has derivatives 12, 12, 6, in every mix of forward and reverse mode.
func TestCube(t *testing.T) {
	g := graph.New()
	x, one := g.Param("x", scalar(2)), g.Const(1)
	y := mul(x, mul(x, x))
	modes := map[string]func(*graph.Node) *graph.Node{
		"r": func(y *graph.Node) *graph.Node { return graph.Gradient(y, x)[0] },
		"d": func(y *graph.Node) *graph.Node { return graph.JVP(y, []*graph.Node{x}, []*graph.Node{one}) },
	}
	want := [][]float64{{8}, {12}, {12}, {6}}
	for a, first := range modes {
		for b, second := range modes {
			for c, third := range modes {
				d1 := first(y)
				d2 := second(d1)
				d3 := third(d2)
				if diff := cmp.Diff(want, eval(t, y, d1, d2, d3)); diff != "" {
					t.Errorf("%s%s%s: %s", a, b, c, diff)
				}
			}
		}
	}
}

// With respect to w and to z = tanh(w) at once, each result is what it is alone:
// the full derivative.
func TestWithRespectToDependentNodes(t *testing.T) {
	g := graph.New()
	w := g.Param("w", dense([]int{2}, 0.3, -0.7))
	z := tanh(w)
	j := sum(mul(mul(z, w), z)) // Σ wz²
	both := graph.Gradient(j, w, z)
	alone := append(graph.Gradient(j, w), graph.Gradient(j, z)...)
	v := eval(t, both[0], both[1], alone[0], alone[1])
	if diff := cmp.Diff(v[:2], v[2:]); diff != "" {
		t.Error(diff)
	}
	for i, w := range []float64{0.3, -0.7} {
		z := math.Tanh(w)
		if want := z*z + 2*w*z*(1-z*z); math.Abs(v[0][i]-want) > 1e-15 {
			t.Errorf("∂J/∂w[%d] = %g, want %g", i, v[0][i], want)
		}
		if want := 2 * w * z; math.Abs(v[1][i]-want) > 1e-15 {
			t.Errorf("∂J/∂z[%d] = %g, want %g", i, v[1][i], want)
		}
	}
	// JVP along (ξ, η) is the adjoint of VJP for such lists too.
	ξ, η := g.Param("ξ", dense([]int{2}, 1, 2)), g.Param("η", dense([]int{2}, -3, 5))
	d := graph.JVP(j, []*graph.Node{w, z}, []*graph.Node{ξ, η})
	pair := graph.Add(sum(mul(both[0], ξ)), sum(mul(both[1], η)))
	if v := eval(t, d, pair); math.Abs(v[0][0]-v[1][0]) > 1e-14 {
		t.Errorf("dJ(ξ, η) = %g, ⟨rJ(1), (ξ, η)⟩ = %g", v[0][0], v[1][0])
	}
}

// tanhPlus is (a, b) ↦ tanh(a) + b, by its definition only.
type tanhPlus struct{ pointwise }

func (tanhPlus) String() string                      { return "tanh+" }
func (tanhPlus) Expand(x ...*graph.Node) *graph.Node { return graph.Add(tanh(x[0]), x[1]) }
func (op tanhPlus) Reverse(y, ζ *graph.Node) []*graph.Node {
	return graph.Through(op, y, ζ)
}
func (tanhPlus) Kernel() compute.Kernel {
	return compute.Loop(nil, func(y *tensor.Dense, x ...*tensor.Dense) {
		for i, b := range x[1].Float64s() {
			y.Float64s()[i] = math.Tanh(x[0].Float64s()[i]) + b
		}
	})
}

// Inside a rule the inputs are independent: even where one is given twice, or is
// the very node that the definition of the op would make of the other.
func TestInputsOfARuleAreIndependent(t *testing.T) {
	g := graph.New()
	x := g.Param("x", scalar(0.4))
	sech2 := 1 - math.Tanh(0.4)*math.Tanh(0.4)
	b := tanh(x)
	for _, c := range []struct {
		name string
		y    *graph.Node
		wrt  *graph.Node
		want float64
	}{
		{"f(x, x)", graph.Apply(tanhPlus{}, x, x), x, sech2 + 1},
		{"f(x, tanh x) in x", graph.Apply(tanhPlus{}, x, b), x, 2 * sech2},
		{"f(x, tanh x) in tanh x", graph.Apply(tanhPlus{}, x, b), b, 1},
	} {
		r := graph.Gradient(c.y, c.wrt)[0]
		d := graph.JVP(c.y, []*graph.Node{c.wrt}, []*graph.Node{g.Const(1)})
		for mode, v := range map[string]float64{"r": eval(t, r)[0][0], "d": eval(t, d)[0][0]} {
			if math.Abs(v-c.want) > 1e-15 {
				t.Errorf("%s by %s: %g, want %g", c.name, mode, v, c.want)
			}
		}
	}
}

func TestZeroDerivatives(t *testing.T) {
	g := graph.New()
	x, other := g.Param("x", dense([]int{2}, 1, 2)), g.Param("other", dense([]int{3}, 1, 2, 3))
	j := sum(tanh(x))
	r := graph.Gradient(j, other, x)
	d := graph.JVP(j, []*graph.Node{other}, []*graph.Node{g.Const(1, 3)})
	none := graph.JVP(j, []*graph.Node{x}, []*graph.Node{nil})
	older := graph.Gradient(j, tanh(tanh(x)))[0] // made after j
	want := [][]float64{{0, 0, 0}, {0}, {0}, {0, 0}}
	if diff := cmp.Diff(want, eval(t, r[0], d, none, older)); diff != "" {
		t.Error(diff)
	}
}

func TestJacobianAndHessian(t *testing.T) {
	g := graph.New()
	x := g.Param("x", dense([]int{3}, 0.1, -0.5, 2))
	y := mul(x, mul(x, x))
	rows := graph.Jacobian(y, x)
	want := [][]float64{{0.03, 0, 0}, {0, 0.75, 0}, {0, 0, 12}}
	opt := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-15*(1+math.Abs(a)) })
	if diff := cmp.Diff(want, eval(t, rows...), opt); diff != "" {
		t.Error(diff)
	}
	v := g.Param("v", dense([]int{3}, 1, 10, 100))
	hv := graph.HVP(sum(y), []*graph.Node{x}, []*graph.Node{v})
	if diff := cmp.Diff([][]float64{{0.6, -30, 1200}}, eval(t, hv...), opt); diff != "" {
		t.Error(diff)
	}
}

// chain is a deep net of one op, its parameter and its gradient.
func chain(length int, reversed *int) (g *graph.Graph, x, j *graph.Node) {
	g = graph.New()
	x = g.Param("x", dense([]int{4}, 0.1, 0.2, 0.3, 0.4))
	a := x
	for range length {
		a = graph.Apply(hyperbolic{reversed: reversed}, graph.Add(a, x))
	}
	return g, x, sum(a)
}

// Gradient, JVP and Hessian·v of a chain visit each node once, and append a
// number of nodes that is proportional to its length.
func TestDerivativesAreLinearInTheGraph(t *testing.T) {
	appended := map[string][]int{}
	for _, length := range []int{500, 1000} {
		var reversed int
		g, x, j := chain(length, &reversed)
		wrt, v := []*graph.Node{x}, []*graph.Node{g.Const(1, 4)}
		count := func(what string, build func() []*graph.Node, visits int) []*graph.Node {
			reversed = 0
			before := g.Len()
			made := build()
			appended[what] = append(appended[what], g.Len()-before)
			if reversed != visits {
				t.Errorf("%s of %d layers: r was asked for %d times, want %d", what, length, reversed, visits)
			}
			return made
		}
		grad := count("gradient", func() []*graph.Node { return graph.Gradient(j, x) }, length)
		jvp := count("JVP", func() []*graph.Node { return []*graph.Node{graph.JVP(j, wrt, v)} }, length)
		hv := count("Hessian·v", func() []*graph.Node { return graph.HVP(j, wrt, v) }, 2*length)
		p := compile(t, append(append(grad, jvp...), hv...)...)
		for _, n := range values(t, p, grad[0], jvp[0], hv[0]) {
			for _, v := range n {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%d layers: %v", length, n)
				}
			}
		}
		if again := compile(t, append(append(grad, jvp...), hv...)...); again.String() != p.String() {
			t.Error("a second compile differs from the first")
		}
		appended["String"] = append(appended["String"], len(hv[0].String()))
		appended["Program"] = append(appended["Program"], len(p.String()))
	}
	for what, n := range appended {
		if float64(n[1]) > 2.2*float64(n[0]) {
			t.Errorf("%s: %d at 500 layers, %d at 1000", what, n[0], n[1])
		}
	}
}

// blend is (a, b, w) ↦ w⊙(a − 2b), which is linear in a and b and takes w for a constant.
type blend struct{ pointwise }

func (blend) String() string { return "blend" }
func (blend) Linear() []int  { return []int{0, 1} }
func (blend) Kernel() compute.Kernel {
	return compute.Entrywise(nil, func(y []float64, x ...[]float64) {
		for i := range y {
			y[i] = x[2][i] * (x[0][i] - 2*x[1][i])
		}
	})
}
func (blend) Reverse(y, ζ *graph.Node) []*graph.Node {
	r := mul(y.In(2), ζ)
	return []*graph.Node{r, mul(ζ.Graph().Const(-2, 2), r), nil}
}

// A map that says where it is linear is its own differential there, a tangent that is not
// given is zero, and what is not linear has no part in it. The values are by hand, with
// w = (3, 5).
func TestLinearMap(t *testing.T) {
	g := graph.New()
	a, b, w := g.Param("a", dense([]int{2}, 1, 2)), g.Param("b", dense([]int{2}, 7, 8)), g.Param("w", dense([]int{2}, 3, 5))
	ξ, η := g.Const(1, 2), g.Const(10, 2)
	y := graph.Apply(blend{}, a, b, w)
	d := func(wrt []*graph.Node, tangents ...*graph.Node) *graph.Node { return graph.JVP(y, wrt, tangents) }
	both := d([]*graph.Node{a, b}, ξ, η)
	got := eval(t, both, d([]*graph.Node{a}, ξ), d([]*graph.Node{b}, η), d([]*graph.Node{a, b, w}, nil, nil, ξ), d([]*graph.Node{a, w}, ξ, η))
	want := [][]float64{{-57, -95}, {3, 5}, {-60, -100}, {0, 0}, {3, 5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if both.Op() != (blend{}) || both.In(0) != ξ || both.In(2) != w {
		t.Errorf("d(ξ, η) is %v", both)
	}
}

// square is x ↦ x² with an r that forgot what r is: it is not linear in ζ.
type square struct{ pointwise }

func (square) String() string         { return "square" }
func (square) Kernel() compute.Kernel { return compute.Kernel{} }
func (square) Reverse(y, ζ *graph.Node) []*graph.Node {
	return []*graph.Node{mul(ζ, mul(ζ, y.In(0)))}
}

// lopsided returns a cotangent of the wrong shape.
type lopsided struct{ pointwise }

func (lopsided) String() string                         { return "lopsided" }
func (lopsided) Kernel() compute.Kernel                 { return compute.Kernel{} }
func (lopsided) Reverse(y, ζ *graph.Node) []*graph.Node { return []*graph.Node{sum(ζ)} }

// opaque has no derivative.
type opaque struct{ pointwise }

func (opaque) String() string                         { return "opaque" }
func (opaque) Kernel() compute.Kernel                 { return compute.Kernel{} }
func (opaque) Reverse(y, _ *graph.Node) []*graph.Node { return graph.NoDerivative(y) }

func TestMistakesInRules(t *testing.T) {
	g := graph.New()
	x := g.Param("x", dense([]int{2}, 1, 2))
	one := []*graph.Node{g.Const(1, 2)}
	for _, c := range []struct {
		n    *graph.Node
		err  error
		text string
	}{
		{graph.JVP(graph.Apply(square{}, x), []*graph.Node{x}, one), graph.ErrNotLinear, "square"},
		{graph.VJP(graph.Apply(lopsided{}, x), one[0], x)[0], graph.ErrShape, "lopsided"},
		{graph.VJP(graph.Apply(opaque{}, x), one[0], x)[0], graph.ErrNoDerivative, "opaque"},
		{graph.JVP(graph.Apply(opaque{}, x), []*graph.Node{x}, one), graph.ErrNoDerivative, "opaque"},
		{graph.Gradient(tanh(x), x)[0], graph.ErrNotScalar, "(2), which no ops.Mean or ops.Sum made a number"},
		{graph.VJP(tanh(x), g.Const(1), x)[0], graph.ErrShape, "(2)"},
		{graph.JVP(tanh(x), []*graph.Node{x}, []*graph.Node{g.Const(1)}), graph.ErrShape, "(2)"},
		{graph.JVP(tanh(x), []*graph.Node{x}, nil), graph.ErrShape, "0 tangents"},
		{graph.VJP(tanh(x), one[0], graph.New().Const(1))[0], graph.ErrGraph, "tanh"},
		{graph.Gradient(sum(mul(x, one[0])), one[0])[0], graph.ErrNoDerivative, "constant 1"},
		{graph.JVP(mul(x, one[0]), one, one), graph.ErrNoDerivative, "constant 1"},
		{graph.Gradient(nil, x)[0], graph.ErrGraph, "nil"},
		{graph.Gradient(sum(x), nil)[0], graph.ErrGraph, "nil"},
		{graph.Jacobian(g.Input("u", graph.Batch), x)[0], graph.ErrShape, "(N)"},
	} {
		_, err := graph.Compile(c.n)
		if !errors.Is(err, c.err) || !containsAll(fmt.Sprint(err), c.text, "derivative_test.go:") && c.text != "nil" {
			t.Errorf("error %v, want %v with %q and the file", err, c.err, c.text)
		}
	}
}

// A keeper is an op whose rule keeps what it is given.
type keeper struct {
	graph.Op
	kept **graph.Node
}

func (k keeper) Reverse(y, ζ *graph.Node) []*graph.Node {
	*k.kept = ζ
	return k.Op.Reverse(y, ζ)
}

// An argument of a rule has no value: what is computed from one that a rule kept is refused.
func TestArgumentThatARuleKept(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	var ζ *graph.Node
	y := graph.Apply(keeper{tanhOp(t), &ζ}, x)
	if ξ := graph.JVP(y, []*graph.Node{x}, []*graph.Node{g.Const(1, 2)}); ξ.Err() != nil {
		t.Fatal(ξ.Err())
	}
	if _, err := graph.Compile(sum(ζ)); !errors.Is(err, graph.ErrGraph) || !containsAll(err.Error(), "an argument that a rule kept") {
		t.Errorf("Compile: %v", err)
	}
}
