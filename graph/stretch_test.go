package graph_test

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// Where an LSTM computes its steps once more, the memory of Σh² with its gradient, the input and all,
// is at most twice that of its trajectory, the states, and where it does not, a third more than that
// of the states and of what the adjoint reads beside them. What is computed on the way to them is as
// large as a stretch, and so are cotangents.
func TestMemoryOfLongSequences(t *testing.T) {
	const units, features, n, times = 64, 32, 32, 8192
	at := func(recompute bool, times int) int {
		g := graph.NewOf(tensor.Float32)
		param := func(rows, columns int) *graph.Node {
			return g.Param("p", tensor.New(tensor.WithShape(rows, columns), tensor.Of(tensor.Float32)))
		}
		w, u, b := param(4*units, features), param(4*units, units), param(4*units, 1)
		x := g.Input("x", features, graph.Extent("T"), n)
		c := sequence.LSTM(w, u, b)
		j := ops.Sum(ops.Square(c.Hidden(c.Over(x, sequence.Options{Recompute: recompute}))))
		p, err := graph.Compile(append([]*graph.Node{j}, graph.Gradient(j, w, u, b, x)...)...)
		if err != nil {
			t.Fatal(err)
		}
		bytes, err := graph.BytesAt(p, map[int]int{graph.Extent("T"): times})
		if err != nil {
			t.Fatal(err)
		}
		return int(bytes)
	}
	const state = 2 * units * n * 4 // bytes, at one time
	for _, c := range []struct {
		recompute bool
		most      int // bytes at each time
	}{{true, 2 * state}, {false, 4 * state}} {
		got := at(c.recompute, times)
		t.Logf("recompute %v: %d bytes, %.2f times the states", c.recompute, got, float64(got)/state/times)
		if got > c.most*times {
			t.Errorf("want at most %.2f times the states", float64(c.most)/state)
		}
	}
}
