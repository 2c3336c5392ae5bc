package ops_test

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

func grid(rows, columns int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(v))
}

// The reverse derivative of φ(w, x) = wx is (ζxᵀ, wᵀζ).
func ExampleMatMul() {
	g := graph.New()
	w, x, ζ := g.Input("w", 4, 3), g.Input("x", 3, graph.Batch), g.Input("ζ", 4, graph.Batch)
	r := graph.VJP(ops.MatMul(w, x), ζ, w, x)
	fmt.Println(r[0], r[0].Shape())
	fmt.Println(r[1], r[1].Shape())
	// Output:
	// φ(ζ, ᵀ(x)) (4, 3)
	// φ(ᵀ(w), ζ) (3, N)
}

// ψ adds b to every column, so its reverse sums over the columns.
func ExampleBias() {
	g := graph.New()
	b, u := g.Param("b", column(10, 20)), g.Param("u", grid(2, 3, 1, 2, 3, 4, 5, 6))
	z := ops.Bias(b, u)
	show(z, graph.VJP(z, u, b)[0])
	// Output:
	// [11.0000 12.0000 13.0000 24.0000 25.0000 26.0000]
	// [6.0000 15.0000]
}

// Axes are taken away, and a negative one counts from the end.
func ExampleSum() {
	g := graph.New()
	x := g.Param("x", grid(2, 3, 1, 2, 3, 4, 5, 6))
	show(ops.Sum(x), ops.Sum(x, 0), ops.Sum(x, -1))
	// Output:
	// 21.0000
	// [5.0000 7.0000 9.0000]
	// [6.0000 15.0000]
}

// The mean over the examples divides by N, whatever N is when the graph runs.
func ExampleMean() {
	g := graph.New()
	l := g.Input("L", 1, graph.Batch)
	fmt.Println(graph.Gradient(ops.Mean(l), l)[0])
	// Output: broadcast(1/(N))
}

// One row is added to every row of a matrix, as NumPy does.
func ExampleBroadcastTo() {
	g := graph.New()
	row := g.Param("row", grid(1, 3, 1, 2, 3))
	show(ops.BroadcastTo(row, graph.ShapeOf(2, 3)))
	// Output: [1.0000 2.0000 3.0000 1.0000 2.0000 3.0000]
}

// A quadratic form, contracted from the left to the right; and a matrix product.
func ExampleEinsum() {
	g := graph.New()
	x, a := g.Input("x", 3), g.Input("A", 3, 3)
	y := ops.Einsum("i,ij,j->", x, a, x)
	fmt.Println(y, y.Shape())
	show(ops.Einsum("ij,jk->ik", g.Param("w", grid(1, 2, 3, 4)), g.Param("x", grid(2, 2, 1, 0, 0, 1))))
	// Output:
	// einsum(j,j->)(einsum(i,ij->j)(x, A), x) ()
	// [3.0000 4.0000]
}

// Labels become columns of a matrix.
func ExampleOneHot() {
	g := graph.New()
	y := g.Param("labels", grid(1, 3, 2, 0, 1))
	show(ops.OneHot(y, 3))
	// Output: [0.0000 1.0000 0.0000 0.0000 0.0000 1.0000 1.0000 0.0000 0.0000]
}

// Row 2 is taken twice, so its cotangents are added.
func ExampleGather() {
	g := graph.New()
	x, rows := g.Param("x", column(10, 20, 30)), g.Param("rows", column(2, 2, 0))
	y := ops.Gather(x, 0, ops.Squeeze(rows))
	show(y, graph.Gradient(ops.Sum(y), x)[0])
	// Output:
	// [30.0000 30.0000 10.0000]
	// [1.0000 0.0000 2.0000]
}

// A product with a zero in it has a derivative: the product of the others.
func ExampleProd() {
	g := graph.New()
	x := g.Param("x", column(2, 0, 5))
	y := ops.Prod(x)
	show(y, graph.Gradient(y, x)[0])
	// Output:
	// 0.0000
	// [0.0000 10.0000 0.0000]
}
