package ops_test

import (
	"math"
	"testing"

	"adjoint/graph"
)

// Where one probability is all but 1, ξ − ⟨S, ξ⟩ keeps the digits of its entry, in whichever place that
// is; and an infinite ξ of probability 0 counts nothing. Lines lie side by side, or one after the other.
func TestCentreOfASureClass(t *testing.T) {
	inf := math.Inf(-1)
	for axis, c := range []struct{ s, ξ, want []float64 }{
		{[]float64{1, 1e-20, 1e-20, 1, 0, 0}, []float64{1e8, 1e8 + 1, 1e8 + 1, 1e8, inf, inf}, []float64{-1e-20, 1, 1, -1e-20, inf, inf}},
		{[]float64{1, 1e-20, 0, 1e-20, 1, 0}, []float64{1e8, 1e8 + 1, inf, 1e8 + 1, 1e8, inf}, []float64{-1e-20, 1, inf, 1, -1e-20, inf}},
	} {
		op, err := graph.Make(graph.Description{Name: "Centre", Args: []any{axis}}, 2)
		if err != nil {
			t.Fatal(err)
		}
		shape := []int{3, 2}
		if axis == 1 {
			shape = []int{2, 3}
		}
		g := graph.New()
		y := graph.Apply(op, g.Param("S", graph.Tensor(c.s, shape...)), g.Param("ξ", graph.Tensor(c.ξ, shape...)))
		p, err := graph.Compile(y)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		v, err := p.Value(y)
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range v.Float64s() {
			if want := c.want[i]; got != want && !(math.Abs(got-want) <= 1e-15*math.Abs(want)) {
				t.Errorf("axis %d: entry %d is %v, want %v", axis, i, got, want)
			}
		}
	}
}
