package optim_test

import (
	"math/rand/v2"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// dense returns a tensor of []float64 or []float32 entries.
func dense(entries any, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(entries))
}

// normal returns n normal numbers.
func normal(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func narrow(x []float64) []float32 {
	y := make([]float32, len(x))
	for i := range x {
		y[i] = float32(x[i])
	}
	return y
}

func widen(x []float32) []float64 {
	y := make([]float64, len(x))
	for i := range x {
		y[i] = float64(x[i])
	}
	return y
}

// entries returns a copy of the entries of a tensor.
func entries(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float32 {
		return widen(v.Float32s())
	}
	return append([]float64(nil), v.Float64s()...)
}

// check ends the test if there is an error.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// minimize is optim.Minimize, or ends the test.
func minimize(t testing.TB, j *graph.Node, rule optim.Rule, params ...*graph.Node) *optim.Optimizer {
	t.Helper()
	o, err := optim.Minimize(j, rule, params...)
	check(t, err)
	return o
}

// objective is optim.NewObjective, or ends the test.
func objective(t testing.TB, j *graph.Node, params ...*graph.Node) *optim.Objective {
	t.Helper()
	o, err := optim.NewObjective(j, params...)
	check(t, err)
	return o
}

// inner is ⟨a, b⟩, whose gradient in a is b.
func inner(a, b *graph.Node) *graph.Node { return ops.Sum(ops.Mul(a, b)) }

// A problem is logistic regression on the standardised breast-cancer data: the
// mean log-loss of softmax or sigmoid, with the penalty λ/(2N)·‖w‖².
type problem struct {
	w, b, j *graph.Node
	x, y    *graph.Node
	xs, ys  *tensor.Dense
}

func breastCancer(t testing.TB, λ float64) problem { return breastCancerOf(t, tensor.Float64, λ) }

func breastCancerOf(t testing.TB, dtype tensor.Dtype, λ float64) problem {
	t.Helper()
	as := func(x []float64, shape ...int) *tensor.Dense {
		if dtype == tensor.Float32 {
			return dense(narrow(x), shape...)
		}
		return dense(x, shape...)
	}
	d := data.BreastCancer()
	s, err := data.FitScaler(d)
	check(t, err)
	d, err = s.Transform(d)
	check(t, err)
	n, rows := len(d.Features), d.Rows()
	all := make([]int, rows)
	for i := range all {
		all[i] = i
	}
	x := make([]float64, n*rows)
	check(t, d.Gather(x, all))

	g := graph.NewOf(dtype)
	p := problem{
		w:  g.Param("w", as(make([]float64, n), 1, n)),
		b:  g.Param("b", as(make([]float64, 1), 1, 1)),
		x:  g.Input("x", n, graph.Batch),
		y:  g.Input("y", 1, graph.Batch),
		xs: as(x, n, rows),
		ys: as(d.Y, 1, rows),
	}
	z := ops.Bias(p.b, ops.MatMul(p.w, p.x))
	p.j = ops.Mean(ops.LogLossFromLogits(z, p.y))
	if λ > 0 {
		p.j = ops.Add(p.j, ops.Scale(λ/(2*float64(rows)), ops.Sum(ops.Square(p.w))))
	}
	return p
}

func (p problem) feed(t testing.TB, o interface {
	Feed(*graph.Node, *tensor.Dense) error
}) {
	t.Helper()
	check(t, o.Feed(p.x, p.xs))
	check(t, o.Feed(p.y, p.ys))
}
