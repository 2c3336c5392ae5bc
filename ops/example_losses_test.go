package ops_test

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Logistic regression as section 1 of the document writes it. The gradient is its
// (a − y)xᵀ/N, without a division by a or by 1 − a.
func ExampleLogLoss() {
	g := graph.New()
	x, y := g.Input("x", 3, graph.Batch), g.Input("y", 1, graph.Batch)
	w := g.Param("w", tensor.New(tensor.WithShape(1, 3), tensor.WithBacking(make([]float64, 3))))

	a := ops.Sigmoid(ops.MatMul(w, x))
	J := ops.Mean(ops.LogLoss(a, y))

	fmt.Println(J)
	fmt.Println(graph.Gradient(J, w)[0])
	// Output:
	// mean(L(σ(φ(w, x)), y))
	// φ(⊙(−(σ(φ(w, x)), y), broadcast(1/(N))), ᵀ(x))
}

// Every column becomes a probability distribution.
func ExampleSoftmax() {
	g := graph.New()
	z := g.Param("z", tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{
		1, 1000,
		2, 0,
		3, 1000,
	})))
	s := ops.Softmax(z, 0)

	p, err := graph.Compile(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := p.Run(); err != nil {
		fmt.Println(err)
		return
	}
	v, _ := p.Value(s)
	fmt.Printf("%.3f\n", v)
	// Output:
	// ⎡0.090  0.500⎤
	// ⎢0.245  0.000⎥
	// ⎣0.665  0.500⎦
}

// The loss of class labels: example 0 is of class 2, example 1 of class 0.
func ExampleSparseCrossEntropyFromLogits() {
	g := graph.New()
	z, labels := g.Input("z", 3, graph.Batch), g.Input("labels", 1, graph.Batch)
	loss := ops.SparseCrossEntropyFromLogits(z, labels)

	p, err := graph.Compile(loss)
	if err != nil {
		fmt.Println(err)
		return
	}
	run := func(classes ...float64) {
		_ = p.Feed(z, tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{0, 9, 0, 0, 0, 0})))
		_ = p.Feed(labels, tensor.New(tensor.WithShape(1, 2), tensor.WithBacking(classes)))
		if err := p.Run(); err != nil {
			fmt.Println(err)
			return
		}
		v, _ := p.Value(loss)
		fmt.Printf("%.4f\n", v.Data())
	}
	run(2, 0)
	run(2, 3)
	// Output:
	// [1.0986 0.0002]
	// sparseCrossEntropy∘softmax(z (3, N), labels (1, N)): labels of 3 classes: value outside the domain: 3 at position 1 is no whole number from 0 to 2
}

// A cost with the L² penalty of section 1.2, for 569 training examples.
func ExampleL2Penalty() {
	g := graph.New()
	x, y := g.Input("x", 3, graph.Batch), g.Input("y", 1, graph.Batch)
	w := g.Param("w", tensor.New(tensor.WithShape(1, 3), tensor.WithBacking(make([]float64, 3))))

	J := ops.Mean(ops.LogLoss(ops.Sigmoid(ops.MatMul(w, x)), y))
	J = ops.Add(J, ops.L2Penalty(0.1, 569, w))

	fmt.Println(J)
	// Output:
	// +(mean(L(σ(φ(w, x)), y)), 0.1/(2·569)‖·‖²(w))
}
