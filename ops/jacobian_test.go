package ops_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// valuesFor runs outputs with these inputs.
func valuesFor(t *testing.T, feeds map[*node]*tensor.Dense, outputs ...*node) [][]float64 {
	t.Helper()
	p, err := graph.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	for x, v := range feeds {
		if err := p.Feed(x, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	var all [][]float64
	for _, y := range outputs {
		v, err := p.Value(y)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, graph.Values[float64](v))
	}
	return all
}

func near(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(a, b float64) bool { return math.Abs(a-b) <= 1e-12*(1+math.Abs(b)) })
}

func numbersOf(dims []int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(v))
}

// By hand: y = (x₁x₂, sin x₁), for x = (2, 3), whose Jacobian is ((3, 2), (cos 2, 0)); the
// Hessian of x₁x₂² is ((0, 2x₂), (2x₂, 2x₁)).
func TestJacobianAndHessian(t *testing.T) {
	f := func(x *node) *node {
		a, b := ops.Slice(x, 0, 0, 1), ops.Slice(x, 0, 1, 2)
		return ops.Concat(0, ops.Mul(a, b), ops.Sin(a))
	}
	g := graph.New()
	x := g.Input("x", 2)
	a, b := ops.Index(x, 0, 0), ops.Index(x, 0, -1)
	h := ops.Hessian(ops.Mul(a, ops.Square(b)), x)
	jac := ops.Jacobian(f(x), x)
	got := valuesFor(t, map[*node]*tensor.Dense{x: numbersOf([]int{2}, 2, 3)}, jac, h)
	if want := [][]float64{{3, 2, math.Cos(2), 0}, {0, 6, 6, 4}}; !near(got[0], want[0]) || !near(got[1], want[1]) {
		t.Errorf("%v, should be %v", got, want)
	}
	if jac.Shape() != graph.ShapeOf(2, 2) || h.Shape() != graph.ShapeOf(2, 2) {
		t.Errorf("shapes %v and %v", jac.Shape(), h.Shape())
	}
}

// A Jacobian of examples is that of each: of y = (w₁·σ(x), w₂·σ(x)), with w by rows, entry
// (i, k) is wᵢₖσ'(xₖ).
func TestJacobianOfExamples(t *testing.T) {
	g := graph.New()
	x, w := g.Input("x", 3, graph.Batch), g.Param("w", numbersOf([]int{2, 3}, 1, 2, 3, -1, 0, 5))
	jac := ops.Jacobian(ops.MatMul(w, ops.Sigmoid(x)), x)
	if jac.Shape() != graph.ShapeOf(2, 3, graph.Batch) {
		t.Fatalf("%v, %v", jac.Shape(), jac.Err())
	}
	for _, n := range []int{1, 4} {
		v, want := make([]float64, 3*n), make([]float64, 6*n)
		for k := range v {
			v[k] = math.Sin(float64(5 * k))
		}
		for i := range 2 {
			for k := range v {
				s := 1 / (1 + math.Exp(-v[k]))
				want[i*3*n+k] = w.Value().Float64s()[i*3+k/n] * s * (1 - s)
			}
		}
		if got := valuesFor(t, map[*node]*tensor.Dense{x: numbersOf([]int{3, n}, v...)}, jac)[0]; !near(got, want) {
			t.Errorf("N = %d: %v, should be %v", n, got, want)
		}
	}
	for what, n := range map[string]*node{
		"mixed":          ops.Jacobian(ops.Softmax(x, 1), x),
		"centred":        ops.Jacobian(ops.Sub(x, ops.Keep(ops.Mean, x, 1)), x),
		"of a parameter": ops.Jacobian(ops.MatMul(w, x), w),
		"rank 1":         ops.Jacobian(ops.Sum(x, 0), x),
	} {
		if !errors.Is(n.Err(), graph.ErrShape) {
			t.Errorf("%s: %v", what, n.Err())
		}
	}
	bad := g.Input("bad", 0)
	if n := ops.Jacobian(bad, x); !errors.Is(n.Err(), graph.ErrEmpty) {
		t.Errorf("of a failed node: %v", n.Err())
	}
}

// What an example adds to the gradient is the gradient of that example alone, over N for a
// mean.
func TestPerExample(t *testing.T) {
	const N = 5
	r := rand.New(rand.NewPCG(1, 2))
	normal := func(dims ...int) *tensor.Dense {
		v := make([]float64, graph.ShapeOf(dims...).At(1).Dim(0)*dims[1])
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return numbersOf(dims, v...)
	}
	for name, cost := range map[string]struct {
		j    func(l *node) *node
		over float64
	}{"mean": {func(l *node) *node { return ops.Mean(l) }, N}, "sum": {func(l *node) *node { return ops.Sum(l) }, 1}} {
		g := graph.New()
		x, y := g.Input("x", 3, graph.Batch), g.Input("y", 1, graph.Batch)
		w := []*node{g.Param("w", normal(4, 3)), g.Param("b", normal(4, 1)), g.Param("v", normal(1, 4)), g.Param("c", normal(1, 1))}
		l := ops.LogLoss(ops.Sigmoid(ops.Bias(w[3], ops.MatMul(w[2], ops.Tanh(ops.Bias(w[1], ops.MatMul(w[0], x)))))), y)
		j := cost.j(l)
		per, grad := ops.PerExample(j, w...), graph.Gradient(j, w...)
		features, labels := normal(3, N), numbersOf([]int{1, N}, 0, 1, 1, 0, 1)
		got := valuesFor(t, map[*node]*tensor.Dense{x: features, y: labels}, per...)
		for e := range N {
			column := make([]float64, 3)
			for k := range column {
				column[k] = features.Float64s()[k*N+e]
			}
			want := valuesFor(t, map[*node]*tensor.Dense{x: numbersOf([]int{3, 1}, column...), y: numbersOf([]int{1, 1}, labels.Float64s()[e])}, grad...)
			for i := range w {
				for k, v := range want[i] {
					if g := got[i][k*N+e]; math.Abs(g-v/cost.over) > 1e-12 {
						t.Fatalf("%s: example %d, parameter %d[%d]: %g, should be %g", name, e, i, k, g, v/cost.over)
					}
				}
			}
		}
		for what, j := range map[string]*node{
			"a penalty":   ops.Add(j, ops.Sum(ops.Square(w[0]))),
			"a square":    ops.Square(j),
			"a batchnorm": ops.Sum(ops.Square(ops.MatMul(w[0], ops.Sub(x, ops.Keep(ops.Mean, x, 1))))),
		} {
			if n := ops.PerExample(j, w[0])[0]; !errors.Is(n.Err(), graph.ErrShape) {
				t.Errorf("%s: %v of shape %v", what, n, n.Shape())
			}
		}
	}
}
