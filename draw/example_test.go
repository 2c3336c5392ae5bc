package draw_test

import (
	"fmt"
	"log"
	"strings"

	"adjoint/draw"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// The diagram of logistic regression. WriteSVG draws it; as DOT and Mermaid it is
// text.
func Example() {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", zeros(1, 2)), g.Param("b", zeros(1, 1))
	j := ops.Mean(ops.LogLoss(ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x))), y))
	d, err := draw.Of(j, draw.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var picture strings.Builder // or a file
	if err := d.WriteSVG(&picture); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Join(d.Caption, "\n"))
	// Output:
	// ∂J/∂w = r₁φ∘rψ∘rσ∘rL∘rmean
	// ∂J/∂b = r₁ψ∘rσ∘rL∘rmean
}

// One example through a formula, forwards and backwards, with the formula of each r.
// The same numbers are in the picture, trace.Diagram.
func ExampleTrace() {
	g := graph.New()
	x, y := g.Input("x", 2, 1), g.Input("y", 1, 1)
	w := g.Param("w", matrix(1, 2, 0.5, -0.25))
	a := ops.Sigmoid(ops.MatMul(w, x)).Named("a")
	j := ops.Sum(ops.Square(ops.Sub(a, y).Named("e")))
	trace, err := draw.Trace(j, map[*graph.Node]*tensor.Dense{x: matrix(2, 1, 1, 2), y: matrix(1, 1, 1)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(trace)
	// Output:
	// forward
	//   x                                  ⎡1.0000⎤
	//                                      ⎣2.0000⎦
	//   y                                  [1.0000]
	//   w                                  [0.5000 -0.2500]
	//   φ = φ(w, x)                        [0.0000]
	//   a = σ(φ)                           [0.5000]
	//   e = a − y                          [-0.5000]
	//   square = square(e)                 [0.2500]
	//   J = Σ(square)                      0.2500
	//
	// backward, from ζ of a map's value to those of its inputs
	//   ∂J/∂J = 1                          1.0000
	//   ∂J/∂square = rΣ(ζ) = broadcast(ζ)  [1.0000]
	//   ∂J/∂e = rsquare(ζ) = 2·e⊙ζ         [-1.0000]
	//   ∂J/∂a = r−(ζ) = ζ                  [-1.0000]
	//   ∂J/∂φ = rσ(ζ) = σ'(φ)⊙ζ            [-0.2500]
	//   ∂J/∂w = r₁φ(ζ) = ζ·xᵀ              [-0.2500 -0.5000]
	//
	// ∂J/∂w = r₁φ∘rσ∘r−∘rsquare∘rΣ
}
