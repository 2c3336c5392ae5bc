package ops_test

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"pgregory.net/rapid"
)

// Transposes of transposes are one, and that to the old order is none.
func TestTransposeCancels(t *testing.T) {
	g := graph.New()
	x, v := g.Input("x", 2, 3, batch), g.Input("v", 3)
	for name, pair := range map[string][2]*node{
		"T(T(x))":            {ops.T(ops.T(x)), x},
		"Transpose twice":    {ops.Transpose(ops.Transpose(x)), x},
		"a cycle":            {ops.Transpose(ops.Transpose(x, 1, 2, 0), 2, 0, 1), x},
		"a cycle, twice":     {ops.Transpose(ops.Transpose(x, 1, 2, 0), 1, 2, 0), ops.Transpose(x, 2, 0, 1)},
		"the same order":     {ops.Transpose(x, 0, -2, 2), x},
		"of a vector":        {ops.Transpose(v), v},
		"T is a Transpose":   {ops.T(x), ops.Transpose(x, 0, 2, 1)},
		"from the end":       {ops.Transpose(x, -1, -2, -3), ops.Transpose(x)},
		"reverse of T":       {graph.VJP(ops.T(x), ops.T(x), x)[0], x},
		"reverse of a cycle": {graph.VJP(ops.Transpose(x, 1, 2, 0), ops.Transpose(x, 1, 2, 0), x)[0], x},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %v is not the node %v", name, pair[0], pair[1])
		}
	}
	if s := ops.T(x).Op().String(); s != "ᵀ" {
		t.Errorf("T prints as %q", s)
	}
}

func TestTransposeRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rank := rapid.IntRange(1, 5).Draw(t, "rank")
		perm := rapid.Permutation(count(rank)).Draw(t, "perm")
		x := arrayOf(t, "x", dimsOf(t, "dims", rank))
		again := rapid.Permutation(count(rank)).Draw(t, "again")
		y := ops.Transpose(leaf(graphOf(t), "x", x), perm...)
		got := valuesAt(t, y, ops.Transpose(y, again...))
		same(t, "y", got[0], transpose(x, perm), 0)
		same(t, "y, again", got[1], transpose(got[0], again), 0)
	})
}

// Matrices larger than a tile, of odd sizes.
func TestTransposeLarge(t *testing.T) {
	for _, dims := range [][]int{{37, 61}, {1, 100}, {100, 1}, {3, 17, 33}, {64, 16}} {
		x := optest.ArrayOf(dims, func(i []int) float64 { return float64(1000*i[len(i)-2] + i[len(i)-1]) })
		k := len(dims)
		g := graph.New()
		same(t, "xᵀ", valuesAt(t, ops.T(leaf(g, "x", x)))[0], transpose(x, append(count(k-2), k-1, k-2)), 0)
	}
}
