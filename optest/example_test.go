package optest_test

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// A printer stands for the *testing.T of a test.
type printer struct{}

func (printer) Helper()                           {}
func (printer) Logf(format string, args ...any)   {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func ExampleCheck() {
	var t printer // in a test, its *testing.T
	cube := func(x *graph.Node) *graph.Node { return ops.Mul(x, ops.Square(x)) }
	report := optest.Check(t, optest.Op{
		Name:   "Cube",
		F:      optest.Unary(cube),
		Shapes: [][][]int{{{}}, {{2, 3}}},
		Entry:  func(x ...float64) float64 { return x[0] * x[0] * x[0] },
	})
	fmt.Println(report.Ops(), "op,", report.Failures, "failures")
	// Output: 1 op, 0 failures
}

// The gradient of logistic regression, derived by hand but for the 1/N of the mean.
func ExampleGradient() {
	g := graph.New()
	matrix := func(rows, cols int, v ...float64) *tensor.Dense {
		return graph.Tensor(v, rows, cols)
	}
	w := g.Param("w", matrix(1, 2, 0.5, -0.25))
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	a := ops.Sigmoid(ops.MatMul(w, x))
	j := ops.Mean(ops.LogLoss(a, y))
	hand := ops.MatMul(ops.Sub(a, y), ops.T(x)) // (a − y)xᵀ

	var t printer // in a test, its *testing.T
	optest.Gradient(t, j, w, hand, optest.GradientOptions{Feeds: map[*graph.Node]*tensor.Dense{
		x: matrix(2, 4, 1, 2, 3, -1, 2, 0, 1, 1),
		y: matrix(1, 4, 0, 1, 1, 0),
	}})
	// Output:
	// ∂J/∂w: 2 of 2 entries differ, worst at (0, 1): hand 1.09812, engine 0.27453, differences 0.27453
	// Finite differences confirm the engine.
	// Hint: hand is 4 times what it should be: 1/N is lost (N = 4).
	//    entry     hand     engine  differences
	//   (0, 0)  -1.0268  -0.256701    -0.256701
	//   (0, 1)  1.09812    0.27453      0.27453
}

// A gradient may be a Go function too, here ∂J/∂wᵢ = (1/N) Σⱼ (aⱼ − yⱼ)xᵢⱼ with the
// wrong sign.
func ExampleGradient_function() {
	g := graph.New()
	matrix := func(rows, cols int, v ...float64) *tensor.Dense {
		return graph.Tensor(v, rows, cols)
	}
	w := g.Param("w", matrix(1, 2, 0.5, -0.25))
	x, y := g.Constant("x", matrix(2, 4, 1, 2, 3, -1, 2, 0, 1, 1)), g.Constant("y", matrix(1, 4, 0, 1, 1, 0))
	a := ops.Sigmoid(ops.MatMul(w, x))
	j := ops.Mean(ops.LogLoss(a, y))
	hand := func(at optest.At) any {
		x, y, a := at(x), at(y), at(a)
		dw := make([]float64, 2)
		for i := range dw {
			for j := range 4 {
				dw[i] += (y.At(0, j) - a.At(0, j)) * x.At(i, j) / 4
			}
		}
		return dw
	}

	var t printer // in a test, its *testing.T
	optest.Gradient(t, j, w, hand)
	// Output:
	// ∂J/∂w: 2 of 2 entries differ, worst at (0, 1): hand -0.27453, engine 0.27453, differences 0.27453
	// Finite differences confirm the engine.
	// Hint: hand is -1 times what it should be: the sign is wrong.
	//    entry      hand     engine  differences
	//   (0, 0)  0.256701  -0.256701    -0.256701
	//   (0, 1)  -0.27453    0.27453      0.27453
}
