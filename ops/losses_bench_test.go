package ops_test

import (
	"fmt"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// The losses and softmax at the sizes of a small net and of a large batch.
func BenchmarkLosses(b *testing.B) {
	for _, shape := range [][]int{{10, 32}, {10, 4096}, {4096, 10}} {
		for _, c := range []struct {
			name string
			f    func(z, y *node) *node
		}{
			{"Softmax/axis0", func(z, _ *node) *node { return ops.Softmax(z, 0) }},
			{"Softmax/axis1", func(z, _ *node) *node { return ops.Softmax(z, 1) }},
			{"LogSoftmax/axis0", func(z, _ *node) *node { return ops.LogSoftmax(z, 0) }},
			{"CrossEntropyFromLogits", ops.CrossEntropyFromLogits},
			{"LogLossFromLogits", ops.LogLossFromLogits},
			{"LogLoss", ops.LogLoss},
			{"SquaredError", ops.SquaredError},
		} {
			b.Run(fmt.Sprintf("%s/%dx%d", c.name, shape[0], shape[1]), func(b *testing.B) {
				g := graph.New()
				data := make([]float64, shape[0]*shape[1])
				for i := range data {
					data[i] = float64(i%17)/17 + 1e-3
				}
				z, y := g.Param("z", dense(g.Dtype(), data, shape...)), g.Param("y", dense(g.Dtype(), data, shape...))
				p, err := graph.Compile(c.f(z, y))
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					_ = p.Run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(data)), "ns/entry")
			})
		}
	}
}
