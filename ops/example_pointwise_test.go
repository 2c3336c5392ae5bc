package ops_test

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// show computes nodes that depend on no input and prints their values.
func show(nodes ...*graph.Node) {
	p, err := graph.Compile(nodes...)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Run(); err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range nodes {
		v, err := p.Value(n)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.4f\n", v.Data())
	}
}

func column(v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(v), 1), tensor.WithBacking(v))
}

func ExampleSigmoid() {
	g := graph.New()
	z := g.Param("z", column(-1, 0, 1000))
	a := ops.Sigmoid(z)
	show(a, graph.Gradient(ops.Sum(a), z)[0])
	// Output:
	// [0.2689 0.5000 1.0000]
	// [0.1966 0.2500 0.0000]
}

// The logarithm of a saturated activation is computed from z.
func ExampleLog() {
	g := graph.New()
	z := g.Param("z", column(-1000, 0, 1000))
	y := ops.Log(ops.Sigmoid(z))
	show(y, graph.Gradient(ops.Sum(y), z)[0])
	// Output:
	// [-1000.0000 -0.6931 -0.0000]
	// [1.0000 0.5000 0.0000]
}

// An activation of one's own is its name, its function and its derivative.
func ExamplePointwise() {
	var gaussian = (&ops.Pointwise{
		Name:  "gaussian",
		G:     func(z float64) float64 { return math.Exp(-z * z) },
		Prime: func(z, a *ops.Node) *ops.Node { return ops.Scale(-2, ops.Mul(z, a)) },
	}).Of

	g := graph.New()
	z := g.Param("z", column(-1, 0, 0.5))
	a := gaussian(z)
	fmt.Println(a)
	show(a, graph.Gradient(ops.Sum(a), z)[0])
	// Output:
	// gaussian(z)
	// [0.3679 1.0000 0.7788]
	// [0.7358 -0.0000 -0.7788]
}

// A branch that is not taken can still spoil the gradient: guard its argument.
func ExampleWhere() {
	g := graph.New()
	x := g.Param("x", column(0, 4))
	zero, one := g.Const(0), g.Const(1)
	positive := ops.Greater(x, zero)

	plain := ops.Where(positive, ops.Sqrt(x), zero)
	guarded := ops.Where(positive, ops.Sqrt(ops.Where(positive, x, one)), zero)
	show(graph.Gradient(ops.Sum(plain), x)[0], graph.Gradient(ops.Sum(guarded), x)[0])
	// Output:
	// [NaN 0.2500]
	// [0.0000 0.2500]
}

func ExampleMul() {
	g := graph.New()
	a := g.Param("a", column(1, 2))
	b := g.Param("b", tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float64{1, 10, 100})))
	y := ops.Mul(a, b)
	fmt.Println(y.Shape())
	show(y, graph.Gradient(ops.Sum(y), a)[0])
	// Output:
	// (2, 3)
	// [1.0000 10.0000 100.0000 2.0000 20.0000 200.0000]
	// [111.0000 111.0000]
}
