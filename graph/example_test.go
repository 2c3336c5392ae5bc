package graph_test

import (
	"fmt"
	"log"

	"adjoint/graph"
	"adjoint/ops"
)

// A formula, its derivative, which is a formula too, and their values for two examples.
func Example() {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", graph.Tensor([]float64{1, 10}, 1, 2))
	j := ops.Mean(ops.Square(ops.MatMul(w, x)))
	dw := graph.Gradient(j, w)[0]
	p, err := graph.Compile(j, dw)
	check(err)
	check(p.Feed(x, graph.Tensor([]float64{
		1, 2, // the first feature of both
		0, 3,
	}, 2, 2)))
	check(p.Run())
	cost, err := p.Number(j)
	check(err)
	gradient, err := p.Value(dw)
	check(err)
	fmt.Println(j, "=", cost)
	fmt.Println(dw, "=", gradient)
	// Output:
	// mean(square(φ(w, x))) = 512.5
	// φ(⊙(2·(φ(w, x)), broadcast(1/(N))), ᵀ(x)) = R[65  96]
}

// r₁φ is that of the first argument; of the maps that occur twice each has its number.
func ExampleComposition() {
	g := graph.New()
	x, y := g.Input("x", 3, graph.Batch), g.Input("y", 1, graph.Batch)
	v := g.Param("v", graph.Tensor(make([]float64, 6), 2, 3))
	w := g.Param("w", graph.Tensor(make([]float64, 2), 1, 2))
	j := ops.Mean(ops.LogLoss(ops.Sigmoid(ops.MatMul(w, ops.Tanh(ops.MatMul(v, x)))), y))
	fmt.Println(graph.Composition(j, w))
	fmt.Println(graph.Composition(j, v))
	// Output:
	// r₁φ[2]∘rσ∘rL∘rmean
	// r₁φ[1]∘rtanh∘rφ[2]∘rσ∘rL∘rmean
}

// The reverse derivative of φ(w, x) = wx by x, applied to ζ, is wᵀζ.
func ExampleVJP() {
	g := graph.New()
	w := g.Constant("w", graph.Tensor([]float64{1, 2, 3, 4}, 2, 2))
	x, ζ := g.Input("x", 2, 1), g.Input("ζ", 2, 1)
	fmt.Println(graph.VJP(ops.MatMul(w, x), ζ, x)[0])
	// Output: φ(ᵀ(w), ζ)
}

// The differential of σ at x, applied to ξ, and the Hessian of Σx³, applied to v.
func ExampleJVP() {
	g := graph.New()
	x, ξ := g.Input("x", 2), g.Input("ξ", 2)
	fmt.Println(graph.JVP(ops.Sigmoid(x), []*graph.Node{x}, []*graph.Node{ξ}))
	h := graph.HVP(ops.Sum(ops.Mul(ops.Square(x), x)), []*graph.Node{x}, []*graph.Node{ξ})[0]
	p, err := graph.Compile(h)
	check(err)
	check(p.Feed(x, graph.Tensor([]float64{1, 2}, 2)))
	check(p.Feed(ξ, graph.Tensor([]float64{1, 10}, 2)))
	check(p.Run())
	v, err := p.Value(h)
	fmt.Println(v, err) // 6xξ
	// Output:
	// ⊙(σ'(x), ξ)
	// [  6  120] <nil>
}

// Where the cost is not a number, RunChecked says where that began.
func ExampleProgram_RunChecked() {
	g := graph.New().NoteLines() // so that the line is named
	x := g.Input("x", 3)
	z := ops.Shift(x, -2).Named("z")
	j := ops.Sum(ops.Log(z))
	p, err := graph.Compile(j)
	check(err)
	check(p.Feed(x, graph.Tensor([]float64{4, 1, 3}, 3)))
	fmt.Println(p.RunChecked())
	// Output: example_test.go:82: log(z (3)) is NaN at (1), where z = -1 at (1): not finite
}

// One formula for sequences of any length T, and any number of examples.
func ExampleExtent() {
	T := graph.Extent("T")
	g := graph.New()
	x := g.Input("x", 2, T, graph.Batch)
	flat := ops.Reshape(x, 2, graph.Times(T, graph.Batch))
	mean := ops.Mean(x, 1)
	fmt.Println(flat.Shape(), mean.Shape())
	p, err := graph.Compile(mean)
	check(err)
	for _, length := range []int{1, 3} {
		check(p.Feed(x, graph.Tensor(make([]float64, 2*length*5), 2, length, 5)))
		check(p.Run())
		v, err := p.Value(mean)
		check(err)
		fmt.Println(v.Shape())
	}
	// Output:
	// (2, T·N) (2, N)
	// (2, 5)
	// (2, 5)
}

// Errors wait for Compile: they name the line, the op, its inputs and their shapes.
func ExampleNode_Err() {
	g := graph.New()
	x, w := g.Input("x", 2, graph.Batch), g.Param("w", graph.Tensor([]float64{1, 2}, 1, 2))
	z := ops.MatMul(x, w)
	_, err := graph.Compile(ops.Mean(ops.Sigmoid(z)))
	fmt.Println(err)
	// Output: example_test.go:117: φ(x (2, N), w (1, 2)): shapes do not compose: want (…, m, n) and (…, n, N); the other way round, φ(w (1, 2), x (2, N)), they compose
}

// Examples that lie in rows, as in a table, are taken where they lie.
func ExampleProgram_Lend() {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", graph.Tensor([]float64{1, 10}, 1, 2))
	z := ops.MatMul(w, x)
	p, err := graph.Compile(z)
	check(err)
	rows := graph.Tensor([]float64{1, 2, 3, 4, 5, 6}, 3, 2)
	check(rows.T()) // no entry moves
	check(p.Lend(x, rows))
	check(p.Run())
	v, err := p.Value(z)
	fmt.Println(v, err)
	// Output: R[21  43  65] <nil>
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
