package graph_test

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// What lies in a buffer that is larger is not written over while its rows are read again.
func TestRowsInALargerBuffer(t *testing.T) {
	const N = 5000 // several tiles
	entries := make([]float64, 2*N)
	for i := range N {
		entries[i], entries[N+i] = 1, 2
	}
	g := graph.New()
	x := g.Input("x", 2, N)
	w := g.Param("w", dense([]int{1, 1}, 3))
	s := ops.SumTo(ops.MatMul(g.Param("v", dense([]int{2, 2}, 1, 0, 0, 1)), x), graph.ShapeOf(1, N)) // 3
	v := ops.MatMul(w, s)                                                                            // 9, where the product was
	y := ops.Sub(x, ops.BroadcastTo(v, graph.ShapeOf(2, N)))
	p := compile(t, y)
	feed(t, p, x, dense([]int{2, N}, entries...))
	for i, got := range valuesOf(t, p, []*graph.Node{y})[0] {
		if want := entries[i] - 9; got != want {
			t.Fatalf("entry %d is %g, should be %g\n%s", i, got, want, p)
		}
	}
}
