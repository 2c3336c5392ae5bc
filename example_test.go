package adjoint_test

import (
	"fmt"
	"log"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

func Example() {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", matrix(1, 2, 0.5, -0.25)), g.Param("b", matrix(1, 1, 0))

	a := ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x))) // a = σ(ψ(b, φ(w, x)))
	j := ops.Mean(ops.LogLoss(a, y))                // J = (1/N) Σ L(a, y)
	dw := graph.Gradient(j, w)[0]                   // rJ(1), a graph itself
	p, err := graph.Compile(j, dw)
	check(err)
	check(p.Feed(x, matrix(2, 3, 1, 2, 3, 2, 0, 1))) // three examples, as columns
	check(p.Feed(y, matrix(1, 3, 0, 1, 1)))
	check(p.Run())
	fmt.Printf("J = %.4f  dJ/dw = %.4f\n", read(p, j), read(p, dw))
	fmt.Println(graph.Composition(j, w)) // r₁φ∘rψ∘rσ∘rL∘rmean
	// Output:
	// J = [0.4194]  dJ/dw = [-0.2353 0.2591]
	// r₁φ∘rψ∘rσ∘rL∘rmean
}

func matrix(rows, columns int, v ...float64) *tensor.Dense {
	return graph.Tensor(v, rows, columns)
}

func read(p *graph.Program, n *graph.Node) []float64 {
	v, err := p.Value(n)
	check(err)
	return graph.Values[float64](v)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
