package graph_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// What is repeated along some axes, or cut from others, is read by rows where entrywise ops
// read it, with the values of a plain loop, for rows of all lengths and any number of threads.
func TestRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2, 17, 100, 1000, 5001} {
		g := graph.New()
		x, y := g.Input("x", 3, 5, graph.Batch), g.Input("y", 5, graph.Batch)
		u, v := g.Param("u", normals(r, tensor.Float64, 3, 5, 1)), g.Param("v", normals(r, tensor.Float64, 3, 1, 1))
		w := g.Input("w", 3, graph.Extent("K"), graph.Batch)
		z := ops.Add(ops.Mul(ops.Sub(x, y), u), ops.Mul(ops.Tanh(v), ops.Slice(w, 1, graph.Shift(graph.Extent("K"), -6), graph.Shift(graph.Extent("K"), -1))))
		z = ops.Mul(z, ops.Slice(ops.Concat(1, x, x), 1, 3, 8))
		p := compile(t, z)
		for node, dims := range map[*graph.Node][]int{x: {3, 5, n}, y: {5, n}, w: {3, 7, n}} {
			feed(t, p, node, normals(r, tensor.Float64, dims...))
		}
		value := func(node *graph.Node) []float64 {
			v, err := p.Value(node)
			if err != nil {
				t.Fatal(err)
			}
			return v.Float64s()
		}
		for threads := 1; threads <= 3; threads++ {
			withThreads(threads, func() {
				got := valuesOf(t, p, []*graph.Node{z})[0]
				for i := range 3 {
					for k := range 5 {
						for j := range n {
							at := func(k int) float64 { return value(x)[(i*5+k)*n+j] }
							want := ((at(k)-value(y)[k*n+j])*value(u)[i*5+k] + math.Tanh(value(v)[i])*value(w)[(i*7+k+1)*n+j]) * at((k+3)%5)
							if d := got[(i*5+k)*n+j] - want; math.Abs(d) > 1e-13 || math.IsNaN(d) {
								t.Fatalf("N = %d, %d threads: entry (%d, %d, %d) is off by %g", n, threads, i, k, j, d)
							}
						}
					}
				}
			})
		}
		for _, line := range strings.Split(p.String(), "\n") {
			if strings.Contains(line, " = broadcast(") || strings.Contains(line, " = slice[") {
				t.Errorf("N = %d: computed: %s", n, line)
			}
		}
	}
}

// Rows of a value of the size of what reads them are those of before: nobody writes over them
// a tile at a time.
func TestRowsOfOneSize(t *testing.T) {
	const n = 3000
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	a := ops.Scale(3, x)
	y := ops.Add(ops.Square(a), ops.Slice(a, 0, 0, 1))
	p := compile(t, y)
	v := normals(rand.New(rand.NewPCG(5, 6)), tensor.Float64, 2, n)
	feed(t, p, x, v)
	for i, got := range values(t, p, y)[0] {
		b, first := 3*v.Float64s()[i], 3*v.Float64s()[i%n]
		if want := b*b + first; math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
			t.Fatalf("entry %d is %v, want %v", i, got, want)
		}
	}
}
