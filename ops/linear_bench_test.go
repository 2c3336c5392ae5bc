package ops_test

import (
	"math/rand/v2"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Each op on a million entries; the numbers are those of one Run.
func BenchmarkLinear(b *testing.B) {
	for _, c := range []struct {
		name string
		dims []int
		op   func(x *node) *node
	}{
		{"T", []int{1000, 1000}, ops.T},
		{"Transpose", []int{100, 100, 100}, func(x *node) *node { return ops.Transpose(x, 1, 0, 2) }},
		{"BroadcastTo/rows", []int{1, 1000}, func(x *node) *node { return ops.BroadcastTo(x, graph.ShapeOf(1000, 1000)) }},
		{"BroadcastTo/columns", []int{1000, 1}, func(x *node) *node { return ops.BroadcastTo(x, graph.ShapeOf(1000, 1000)) }},
		{"Sum/all", []int{1000, 1000}, func(x *node) *node { return ops.Sum(x) }},
		{"Sum/rows", []int{1000, 1000}, func(x *node) *node { return ops.Sum(x, 1) }},
		{"Sum/columns", []int{1000, 1000}, func(x *node) *node { return ops.Sum(x, 0) }},
		{"Sum/outer", []int{100, 100, 100}, func(x *node) *node { return ops.Sum(x, 0, 2) }},
		{"Sum/narrow", []int{250000, 4}, func(x *node) *node { return ops.Sum(x, 0) }},
		{"Max/columns", []int{1000, 1000}, func(x *node) *node { return ops.Max(x, 0) }},
		{"Norm2", []int{1000, 1000}, func(x *node) *node { return ops.Norm2(x) }},
		{"Prod/columns", []int{1000, 1000}, func(x *node) *node { return ops.Prod(x, 0) }},
		{"Slice", []int{1000, 1000}, func(x *node) *node { return ops.Slice(x, 1, 1, 1000) }},
		{"Concat", []int{500, 1000}, func(x *node) *node { return ops.Concat(1, x, x) }},
		{"Einsum", []int{100, 100, 100}, func(x *node) *node { return ops.Einsum("bij,bjk->bik", x, x) }},
		{"MatMul", []int{100, 100, 100}, func(x *node) *node { return ops.MatMul(x, x) }},
	} {
		for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			b.Run(c.name+"/"+dtype.String(), func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 1))
				n := 1
				for _, d := range c.dims {
					n *= d
				}
				x := array{Dims: c.dims, Data: make([]float64, n)}
				for i := range x.Data {
					x.Data[i] = rng.Float64()
				}
				p, err := graph.Compile(c.op(leaf(graph.NewOf(dtype), "x", x)))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := p.Run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
