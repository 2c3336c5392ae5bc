package ops_test

import (
	"adjoint/graph"
	"adjoint/ops"
)

// A state remembers half of what it was, s = ws + x. The sum of the four is 4 + 3w + 2w² + w³, and
// its derivative by w is a Scan backwards in time.
func ExampleScan() {
	g := graph.New()
	w := g.Param("w", graph.Tensor([]float64{0.5}, 1, 1))
	x := g.Param("x", graph.Tensor([]float64{1, 1, 1, 1}, 1, 4, 1))
	states := ops.Scan(func(s *graph.Node, x ...*graph.Node) *graph.Node {
		return ops.Add(ops.MatMul(w, s), x[0])
	}, g.Const(0, 1, 1), x)
	printImage(states)
	printImage(graph.Gradient(ops.Sum(states), w)[0])
	// Output:
	// (1, 4, 1) [1 1.5 1.75 1.875]
	// (1, 1) [5.75]
}
