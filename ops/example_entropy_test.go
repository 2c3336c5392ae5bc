package ops_test

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A fair coin has one bit of entropy, log 2 = 0.6931 nats; a sure thing has none.
func ExampleEntropy() {
	g := graph.New()
	p := g.Param("p", tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{
		0.5, 1,
		0.5, 0,
	})))
	show(ops.Entropy(p, 0))
	// Output:
	// [0.6931 0.0000]
}

// The entropy of a softmax is computed from its logits, however sure it is.
func ExampleEntropyFromLogits() {
	g := graph.New()
	z := g.Param("z", tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{
		1, 100,
		1, 0,
	})))
	h := ops.EntropyFromLogits(z, 0)
	show(h, ops.Log(h))
	fmt.Println(graph.StableForm(ops.Entropy(ops.Softmax(z, 0), 0)) == h)
	// Output:
	// [0.6931 0.0000]
	// [-0.3665 -95.3849]
	// true
}

// With γ = 2 an example that is predicted with a = 0.9 counts a hundredth of its
// log-loss, one with a = 0.1 most of it.
func ExampleFocalLoss() {
	g := graph.New()
	a := g.Param("a", tensor.New(tensor.WithShape(1, 2), tensor.WithBacking([]float64{0.9, 0.1})))
	y := g.Const(1, 1, 2)
	show(ops.LogLoss(a, y))
	show(ops.FocalLoss(a, y, 2))
	// Output:
	// [0.1054 2.3026]
	// [0.0011 1.8651]
}

// Of logits the focal loss keeps its digits in the tail, and so does its gradient.
func ExampleFocalLossFromLogits() {
	g := graph.New()
	z := g.Param("z", tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float64{20})))
	l := ops.FocalLossFromLogits(z, g.Const(1, 1, 1), 0.5)
	show(ops.Scale(1e13, l), ops.Scale(1e13, graph.Gradient(ops.Sum(l), z)[0]))
	// Output:
	// [0.9358]
	// [-1.4036]
}

// Three to one are odds of log 3 = 1.0986. The logit of a σ is what σ was taken of.
func ExampleLogit() {
	g := graph.New()
	p := g.Param("p", tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{0.75})))
	show(ops.Logit(p))
	fmt.Println(graph.StableForm(ops.Logit(ops.Sigmoid(p))))
	// Output:
	// [1.0986]
	// p
}

// The logarithm of 1 − tanh², as the density of a squashed normal variable has it, has
// its digits where tanh rounds to 1.
func ExampleLogCosh() {
	g := graph.New()
	z := g.Param("z", tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{0, 100})))
	y := ops.Log(ops.OneMinus(ops.Square(ops.Tanh(z))))
	show(y)
	fmt.Println(graph.StableForm(y))
	// Output:
	// [-0.0000 -198.6137]
	// -2·(log∘cosh(z))
}
