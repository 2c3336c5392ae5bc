package optim_test

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A step of a tiny net costs little more than its program: what is measured is
// what an Optimizer adds.
func BenchmarkStep(b *testing.B) {
	for _, r := range rules {
		b.Run(r.name, func(b *testing.B) {
			n := newNet(b, tensor.Float32, r.rule)
			n.train(b, 6)
			for b.Loop() {
				check(b, n.Step())
			}
		})
	}
	b.Run("gradient alone", func(b *testing.B) {
		n := newNet(b, tensor.Float32, rules[0].rule)
		n.train(b, 6)
		for b.Loop() {
			_, err := n.Gradient()
			check(b, err)
		}
	})
	b.Run("feed", func(b *testing.B) {
		n := newNet(b, tensor.Float32, rules[0].rule)
		b.ReportAllocs()
		for b.Loop() {
			n.feed(b, 0)
		}
	})
}

// A step of a table of 50 000 rows of 64 numbers of which 512 are read, by rows and as a whole.
func BenchmarkTable(b *testing.B) {
	for name, rule := range map[string]optim.Rule{
		"SGD": optim.SGD{Rate: 0.1}, "SGD of all rows": whole{optim.SGD{Rate: 0.1}},
		"LazyAdam": optim.LazyAdam{Rate: 0.1}, "Adam": optim.Adam{Rate: 0.1},
	} {
		b.Run(name, func(b *testing.B) {
			g := graph.NewOf(tensor.Float32)
			table, index := g.Param("table", dense(narrow(normal(1, 50000*64)), 50000, 64)), g.Input("index", graph.Batch)
			o := minimize(b, ops.Mean(ops.Square(ops.Gather(table, 0, index))), rule)
			rows := make([]float32, 512)
			for i := range rows {
				rows[i] = float32(i * i * 31 % 50000)
			}
			check(b, o.Feed(index, dense(rows, len(rows))))
			check(b, o.Step())
			for b.Loop() {
				check(b, o.Step())
			}
		})
	}
}

func BenchmarkLogistic(b *testing.B) {
	for name, m := range map[string]minimizer{"LBFGS": optim.LBFGS{}, "FISTA": optim.FISTA{L1: 0.01}} {
		b.Run(name, func(b *testing.B) {
			p := breastCancer(b, 1)
			o := objective(b, p.j)
			p.feed(b, o)
			for b.Loop() {
				p.w.Value().Zero()
				p.b.Value().Zero()
				r, err := m.Minimize(b.Context(), o)
				check(b, err)
				b.ReportMetric(float64(r.Evaluations), "evaluations")
			}
		})
	}
}
