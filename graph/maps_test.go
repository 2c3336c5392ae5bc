package graph_test

import (
	"math"
	"testing"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A few maps for the tests of the engine, which knows no op.

// pointwise gives an op of one shape everything but its name and rules.
type pointwise struct{}

func (pointwise) Shape(s ...graph.Shape) (graph.Shape, error) {
	for _, x := range s {
		if x != s[0] {
			return graph.Shape{}, graph.ErrShape
		}
	}
	return s[0], nil
}

// product is (a, b) ↦ a ⊙ b. It may run in place.
type product struct{ pointwise }

func (product) String() string { return "⊙" }
func (product) Kernel() compute.Kernel {
	return compute.Entrywise(multiply[float32], multiply[float64])
}
func (product) Reverse(y, ζ *graph.Node) []*graph.Node {
	return []*graph.Node{mul(y.In(1), ζ), mul(y.In(0), ζ)}
}

func multiply[T compute.Float](y []T, x ...[]T) {
	for i := range y {
		y[i] = x[0][i] * x[1][i]
	}
}

func mul(a, b *graph.Node) *graph.Node { return graph.Apply(product{}, a, b) }

// hyperbolic is tanh. Its kernel is a plain loop, and counts the calls of its r.
type hyperbolic struct {
	pointwise
	reversed *int
}

func (hyperbolic) String() string { return "tanh" }
func (hyperbolic) Kernel() compute.Kernel {
	return compute.Loop(tanhOf[float32], tanhOf[float64])
}
func (op hyperbolic) Reverse(y, ζ *graph.Node) []*graph.Node {
	if op.reversed != nil {
		*op.reversed++
	}
	one := y.Graph().Const(1, y.Shape().Dims()...)
	minus := y.Graph().Const(-1, y.Shape().Dims()...)
	return []*graph.Node{mul(graph.Add(one, mul(minus, mul(y, y))), ζ)}
}

func tanhOf[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	out := compute.Data[T](y)
	for i, v := range compute.Data[T](x[0]) {
		out[i] = T(math.Tanh(float64(v)))
	}
}

func tanh(x *graph.Node) *graph.Node { return graph.Apply(hyperbolic{}, x) }

// total is the sum of all entries; spread is its adjoint.
type total struct{}

func (total) String() string                            { return "total" }
func (total) Shape(...graph.Shape) (graph.Shape, error) { return graph.Shape{}, nil }
func (total) Kernel() compute.Kernel {
	return compute.Loop(totalOf[float32], totalOf[float64])
}
func (total) Reverse(y, ζ *graph.Node) []*graph.Node {
	return []*graph.Node{graph.Apply(spread{y.In(0).Shape()}, ζ)}
}

func totalOf[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	var sum T
	for _, v := range compute.Data[T](x[0]) {
		sum += v
	}
	compute.Data[T](y)[0] = sum
}

func sum(x *graph.Node) *graph.Node { return graph.Apply(total{}, x) }

type spread struct{ to graph.Shape }

func (spread) String() string                               { return "spread" }
func (op spread) Shape(...graph.Shape) (graph.Shape, error) { return op.to, nil }
func (spread) Kernel() compute.Kernel {
	return compute.Loop(spreadOf[float32], spreadOf[float64])
}
func (spread) Reverse(_, ζ *graph.Node) []*graph.Node { return []*graph.Node{sum(ζ)} }

func spreadOf[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	out := compute.Data[T](y)
	for i := range out {
		out[i] = compute.Data[T](x[0])[0]
	}
}

// dense returns a float64 tensor with the given entries.
func dense(shape []int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
}

func scalar(v float64) *tensor.Dense { return dense(nil, v) }

// compile returns a program, or ends the test.
func compile(t testing.TB, outputs ...*graph.Node) *graph.Program {
	t.Helper()
	p, err := graph.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// values runs p and returns copies of the values of nodes.
func values(t testing.TB, p *graph.Program, nodes ...*graph.Node) [][]float64 {
	t.Helper()
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	v := make([][]float64, len(nodes))
	for i, n := range nodes {
		d, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		v[i] = append([]float64(nil), d.Float64s()...)
	}
	return v
}

// eval compiles and runs nodes that need no input.
func eval(t testing.TB, nodes ...*graph.Node) [][]float64 {
	t.Helper()
	return values(t, compile(t, nodes...), nodes...)
}

func feed(t testing.TB, p *graph.Program, x *graph.Node, v *tensor.Dense) {
	t.Helper()
	if err := p.Feed(x, v); err != nil {
		t.Fatal(err)
	}
}
