package ops_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// The centre of one column and of several side by side: 0·∞ is 0, and where a class is sure it
// keeps what the others leave it, σ(−40)·10¹⁷.
func TestCentre(t *testing.T) {
	for _, c := range []struct{ z, ξ, want []float64 }{
		{[]float64{0, 800, math.Inf(-1)}, []float64{math.Inf(1), 2, 5}, []float64{math.Inf(1), 0, 3}},
		{[]float64{0, 40}, []float64{0, 1e17}, []float64{-1e17, 0.42483542552915889}},
	} {
		for _, n := range []int{1, 4} {
			var z, ξ []float64
			for i := range c.z {
				for range n {
					z, ξ = append(z, c.z[i]), append(ξ, c.ξ[i])
				}
			}
			g := graph.New()
			in, tangent := g.Input("z", len(c.z), n), g.Input("ξ", len(c.z), n)
			p, err := graph.Compile(graph.JVP(ops.LogSoftmax(in, 0), []*node{in}, []*node{tangent}))
			if err != nil {
				t.Fatal(err)
			}
			for x, v := range map[*node][]float64{in: z, tangent: ξ} {
				if err := p.Feed(x, dense(tensor.Float64, v, len(c.z), n)); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			values, err := p.Values()
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range values[0].Float64s() {
				if want := c.want[i/n]; got != want && !(math.Abs(got-want) <= 1e-14*math.Abs(want)) {
					t.Errorf("%d columns: dlog softmax(%v)·%v has %v at %d, want %v", n, c.z, c.ξ, got, i, want)
				}
			}
		}
	}
}
