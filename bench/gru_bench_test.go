package main

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// BenchmarkGRU times the gradient of a gated recurrent unit (Cho and others 2014) of 32
// units, unrolled over 8 steps of 64 examples of 16 features:
//
//	z = σ(W₀x + U₀h)   r = σ(W₁x + U₁h)   n = tanh(W₂x + r⊙U₂h)   h := (1−z)⊙n + z⊙h
func BenchmarkGRU(b *testing.B) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		b.Run(dtype.String(), func(b *testing.B) {
			p := must(graph.Compile(gruGradient(dtype)...))(b)
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func gruGradient(dtype tensor.Dtype) []*graph.Node {
	const units, features, examples, steps = 32, 16, 64, 8
	g := graph.NewOf(dtype)
	var w, u [3]*graph.Node
	for i := range w {
		w[i] = g.Param("W", normals(dtype, units, features, 61+uint64(i), 0.2))
		u[i] = g.Param("U", normals(dtype, units, units, 71+uint64(i), 0.2))
	}
	h := g.Constant("h", normals(dtype, units, examples, 81, 1))
	for t := range steps {
		x := g.Constant("x", normals(dtype, features, examples, 91+uint64(t), 1))
		of := func(i int, h *graph.Node) (wx, uh *graph.Node) { return ops.MatMul(w[i], x), ops.MatMul(u[i], h) }
		z, r := ops.Sigmoid(ops.Add(of(0, h))), ops.Sigmoid(ops.Add(of(1, h)))
		wx, uh := of(2, h)
		n := ops.Tanh(ops.Add(wx, ops.Mul(r, uh)))
		h = ops.Add(ops.Mul(ops.OneMinus(z), n), ops.Mul(z, h))
	}
	j := ops.Mean(ops.Square(h))
	return append(graph.Gradient(j, append(w[:], u[:]...)...), j)
}
