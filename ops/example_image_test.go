package ops_test

import (
	"fmt"
	"log"

	"adjoint/graph"
	"adjoint/ops"
)

// pixels is an image of one channel with the pixels 0, 1, 2, …, and one example.
func pixels(g *graph.Graph, rows, columns int) *graph.Node {
	v := make([]float64, rows*columns)
	for i := range v {
		v[i] = float64(i)
	}
	return g.Param("x", graph.Tensor(v, 1, rows, columns, 1))
}

func printImage(y *graph.Node) {
	p, err := graph.Compile(y)
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Run(); err != nil {
		log.Fatal(err)
	}
	v, err := p.Value(y)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v %.4g\n", y.Shape(), v.Float64s())
}

func ExampleConv() {
	g := graph.New()
	x := pixels(g, 3, 3)
	w := g.Param("w", graph.Tensor([]float64{1, 0, 0, -1}, 1, 1, 2, 2))
	printImage(ops.Conv(w, x, ops.Window{}))
	printImage(ops.Conv(w, x, ops.Window{Stride: ops.Both(2), Same: true}))
	// Output:
	// (1, 2, 2, 1) [-4 -4 -4 -4]
	// (1, 2, 2, 1) [-4 2 6 8]
}

func ExampleMaxPool() {
	x := pixels(graph.New(), 3, 4)
	y := ops.MaxPool(x, ops.Window{Size: ops.Both(2)})
	printImage(y)
	printImage(graph.Gradient(ops.Sum(y), x)[0])
	// Output:
	// (1, 1, 2, 1) [5 7]
	// (1, 3, 4, 1) [0 0 0 0 0 1 0 1 0 0 0 0]
}

func ExampleConvTranspose() {
	g := graph.New()
	x := pixels(g, 2, 2)
	w := g.Param("w", graph.Tensor([]float64{1, 2}, 1, 1, 1, 2))
	printImage(ops.ConvTranspose(w, x, ops.Window{Stride: [2]int{1, 2}}))
	// Output: (1, 2, 4, 1) [0 0 1 2 2 4 3 6]
}

func ExampleStandardize() {
	x := pixels(graph.New(), 1, 3)
	printImage(ops.Standardize(x, 0, 1, 2))
	// Output: (1, 1, 3, 1) [-1.225 0 1.225]
}
