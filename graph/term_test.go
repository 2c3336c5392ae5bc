package graph_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A product that only a sum reads is added to the other term at once, with the bits of both, whatever
// that is and however it lies. It is not where rows of the other are read where they lie, where others
// read it, or where it adds up over examples, which may be cut into blocks.
func TestSumWithAProduct(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g := graph.NewOf(dtype)
		param := func(d ...int) *graph.Node { return g.Param("p", normals(r, dtype, d...)) }
		w, x, s, z := param(20, 7), param(7, 33), param(2, 3, 5, 4), param(2, 3, 4, 33)
		h := g.Input("h", 7, graph.Batch)
		φ := ops.MatMul
		for name, c := range map[string]struct {
			y     *graph.Node
			fused bool
		}{
			"matrices": {ops.Add(param(20, 33), φ(w, x)), true},
			"first":    {ops.Add(φ(w, x), param(20, 33)), true},
			"turned":   {ops.Add(ops.T(param(33, 20)), φ(w, x)), true},
			"column":   {ops.Add(param(20, 1), φ(w, param(7, 1))), true},
			"stack":    {ops.Add(param(2, 3, 5, 33), φ(s, z)), true},
			"turns":    {ops.Add(ops.Transpose(param(3, 5, 33, 2), 3, 0, 1, 2), φ(s, z)), true},
			"deep":     {ops.Add(param(9, 5), φ(param(9, 1000), param(1000, 5))), true},
			"dots":     {ops.Add(param(9, 5), φ(param(9, 2000), ops.T(param(5, 2000)))), true},
			"examples": {ops.Add(φ(param(7, 7), h), φ(param(7, 7), h)), true},
			"rows":     {ops.Add(ops.BroadcastTo(param(20, 1), graph.ShapeOf(20, 33)), φ(w, x)), false},
			"read":     {twice(φ(w, x)), false},
			"sums":     {ops.Add(param(7, 7), φ(h, ops.T(h))), false},
		} {
			p := compile(t, c.y)
			plain, err := graph.Options{NoFuse: true}.Compile(c.y)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range []*graph.Program{p, plain} {
				if slices.Contains(graph.Cone(c.y), h) {
					feed(t, q, h, normals(rand.New(rand.NewPCG(5, 6)), dtype, 7, 9))
				}
			}
			if fused := strings.Contains(p.String(), "+∘φ("); fused != c.fused {
				t.Errorf("%s: fused is %v:\n%v", name, fused, p)
			}
			got, want := valuesOf(t, p, []*graph.Node{c.y}), valuesOf(t, plain, []*graph.Node{c.y})
			if !slices.Equal(got[0], want[0]) {
				t.Errorf("%s: %v together, %v apart", name, got, want)
			}
		}
	}
}

// twice is x + sin(x).
func twice(x *graph.Node) *graph.Node { return ops.Add(x, ops.Sin(x)) }
