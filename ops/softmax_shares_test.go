package ops_test

import (
	"fmt"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// The gradient of LogSumExp has limits where z is infinite, and HVP is that of the
// softmax which the gradient is: S⊙(v − ⟨S, v⟩). By hand, from the limits of
// 1/(1+e^(z₂−z₁)) with z₂ − z₁ = ±∞ and, for entries that go there together, 0.
func TestLogSumExpOfInfinity(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		z        []float64
		y        float64
		gradient []float64
		hv       []float64 // v = (1, 2, 3)
	}{
		{[]float64{inf, 1, 2}, inf, []float64{1, 0, 0}, []float64{0, 0, 0}},
		{[]float64{inf, 1, inf}, inf, []float64{0.5, 0, 0.5}, []float64{-0.5, 0, 0.5}},
		{[]float64{inf, -inf, 7}, inf, []float64{1, 0, 0}, []float64{0, 0, 0}},
		{[]float64{-inf, 0, -inf}, 0, []float64{0, 1, 0}, []float64{0, 0, 0}},
		{[]float64{-inf, 0, 0}, math.Ln2, []float64{0, 0.5, 0.5}, []float64{0, -0.25, 0.25}},
		{[]float64{-inf, -inf, -inf}, -inf, []float64{1. / 3, 1. / 3, 1. / 3}, []float64{-1. / 3, 0, 1. / 3}},
		{[]float64{inf, nan, 1}, nan, []float64{nan, nan, nan}, []float64{nan, nan, nan}},
	} {
		for _, dtype := range floatTypes {
			for axis := range 2 {
				g := graph.NewOf(dtype)
				rows := [][]float64{c.z, {1, 2, 3}} // a finite line beside it
				z, v := matrix(g, "z", rows...), matrix(g, "v", []float64{1, 2, 3}, []float64{0, 0, 0})
				if axis == 0 {
					z, v = ops.T(z), ops.T(v)
				}
				y := ops.LogSumExp(z, axis)
				j := ops.Sum(y)
				back := func(n *node) *node {
					if axis == 0 {
						return ops.T(n)
					}
					return n
				}
				got := computed(t, y, back(graph.Gradient(j, z)[0]), back(graph.HVP(j, []*node{z}, []*node{v})[0]))
				at := fmt.Sprintf("%v, axis %d, z = %v: ", dtype, axis, c.z)
				expect(t, at+"value", got[0][0], c.y, dtype)
				for i := range c.z {
					expect(t, at+"gradient", got[1][i], c.gradient[i], dtype)
					expect(t, at+"HVP", got[2][i], c.hv[i], dtype)
					expect(t, at+"gradient of the line beside it", got[1][3+i], math.Exp(float64(i-2))/(1+math.Exp(-1)+math.Exp(-2)), dtype)
				}
			}
		}
	}
}

// The definition that other systems are given has the same limits.
func TestSharesByDefinition(t *testing.T) {
	inf := math.Inf(1)
	g := graph.New()
	z := matrix(g, "z", []float64{inf, 1, inf}, []float64{-inf, -inf, -inf}, []float64{1, 2, -inf}, []float64{inf, -inf, 0})
	s := graph.Gradient(ops.Sum(ops.LogSumExp(z, 1)), z)[0]
	for s.Op() == nil || s.Op().String() != "∂logΣexp" {
		s = s.In(0)
	}
	expanded := s.Op().(graph.Expander).Expand(z)
	got := computed(t, s, expanded)
	for i, want := range got[0] {
		expect(t, fmt.Sprintf("entry %d", i), got[1][i], want, g.Dtype())
	}
}
