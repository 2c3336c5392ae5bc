package ops_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// What a variance in one pass gets wrong: 4, 7, 13, 16 moved by 10⁹ have the
// variance 22.5 still, the published example; and numbers whose squares and
// products with the mean have no place in a float64.
func TestVarianceShifted(t *testing.T) {
	for _, c := range []struct {
		x, gradient []float64
		variance    float64
	}{
		{[]float64{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, []float64{-3, -1.5, 1.5, 3}, 22.5},
		{[]float64{4e15 + 5, 4e15 + 7, 4e15 + 13, 4e15 + 15}, []float64{-2.5, -1.5, 1.5, 2.5}, 17},
	} {
		g := graph.New()
		x := leaf(g, "x", array{Dims: []int{4}, Data: c.x})
		v := ops.Variance(x)
		got := valuesAt(t, v, graph.Gradient(v, x)[0])
		same(t, "variance", got[0], array{Data: []float64{c.variance}}, 0)
		same(t, "gradient", got[1], array{Dims: []int{4}, Data: c.gradient}, 0)
	}
}

// A norm neither overflows nor vanishes on the way, and its derivatives at 0 are 0.
func TestNorm2Extremes(t *testing.T) {
	for _, c := range []struct {
		x        []float64
		norm     float64
		gradient []float64
	}{
		{[]float64{3e200, 4e200}, 5e200, []float64{0.6, 0.8}},
		{[]float64{3e-160, 4e-160}, 5e-160, []float64{0.6, 0.8}},
		{[]float64{3e-200, -4e-200}, 5e-200, []float64{0.6, -0.8}},
		{[]float64{3e-320, 4e-320}, 5e-320, []float64{0.6, 0.8}},
		{[]float64{0, 0}, 0, []float64{0, 0}},
		{[]float64{math.Inf(-1), 1}, math.Inf(1), nil},
	} {
		g := graph.New()
		x := leaf(g, "x", array{Dims: []int{2}, Data: c.x})
		y := ops.Norm2(x)
		got := valuesAt(t, y, graph.Gradient(y, x)[0], graph.HVP(y, []*node{x}, []*node{x})[0])
		tolerance := 1e-14
		if c.norm < 1e-300 {
			tolerance = 1e-3 // such numbers have few digits
		}
		if v := got[0].Data[0]; v != c.norm && !(math.Abs(v/c.norm-1) < tolerance) {
			t.Errorf("‖%v‖ = %g, want %g", c.x, v, c.norm)
		}
		if c.gradient == nil {
			continue
		}
		same(t, "gradient", got[1], array{Dims: []int{2}, Data: c.gradient}, tolerance)
		same(t, "Hessian applied to x", got[2], array{Dims: []int{2}, Data: []float64{0, 0}}, 1e-12)
	}
}
