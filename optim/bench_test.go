package optim_test

import (
	"testing"

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
