package ops_test

import (
	"fmt"
	"math"
	"testing"

	"adjoint/ops"

	"gorgonia.org/tensor"
)

// An edge states a function and its first three derivatives where formulas break: at
// ±∞, at 0 and right and left of it. They are limits and Taylor coefficients, by hand.
type edge struct {
	name              string
	f                 func(z *node) *node
	inf, minusInf     []float64
	zero, right, left []float64 // right and left may be nil: as at 0
	large, largeMinus []float64 // at ±1e30; may be nil: as at ±∞, of functions that grow like z·f'(∞)
}

var edges = func() []edge {
	inf, nan := math.Inf(1), math.NaN()
	none, flat := []float64{nan, nan, nan, nan}, []float64{0, 0, 0, 0}
	up, down, linear := []float64{1, 0, 0, 0}, []float64{-1, 0, 0, 0}, []float64{inf, 1, 0, 0}
	const gelu = 0.79788456080286535588 // √(2/π)
	const erf = 2 / math.SqrtPi
	const λ, λα = 1.0507009873554804934, 1.7580993408473768599
	fall := []float64{1e-30, -1e-60, 2e-90, -6e-120}
	return []edge{
		{name: "σ", f: ops.Sigmoid, inf: up, minusInf: flat, zero: []float64{0.5, 0.25, 0, -0.125}},
		{name: "tanh", f: ops.Tanh, inf: up, minusInf: down, zero: []float64{0, 1, 0, -2}},
		{name: "ReLU", f: ops.ReLU, inf: linear, minusInf: flat, zero: []float64{0, 1, 0, 0}, left: flat},
		{name: "ReLU(0.1)", f: func(z *node) *node { return ops.LeakyReLU(z, 0.1) }, inf: linear,
			minusInf: []float64{-inf, 0.1, 0, 0}, zero: []float64{0, 1, 0, 0}, left: []float64{0, 0.1, 0, 0}},
		{name: "ELU", f: func(z *node) *node { return ops.ELU(z, 1.5) }, inf: linear, minusInf: []float64{-1.5, 0, 0, 0},
			zero: []float64{0, 1.5, 1.5, 1.5}, right: []float64{0, 1, 0, 0}},
		{name: "SELU", f: ops.SELU, inf: []float64{inf, λ, 0, 0}, minusInf: []float64{-λα, 0, 0, 0},
			zero: []float64{0, λα, λα, λα}, right: []float64{0, λ, 0, 0}},
		{name: "softplus", f: ops.Softplus, inf: linear, minusInf: flat, zero: []float64{math.Ln2, 0.5, 0.25, 0}},
		{name: "SiLU", f: ops.SiLU, inf: linear, minusInf: flat, zero: []float64{0, 0.5, 0.5, 0}},
		{name: "GELU", f: ops.GELU, inf: linear, minusInf: flat, zero: []float64{0, 0.5, gelu, 0}},
		{name: "GELUTanh", f: ops.GELUTanh, inf: linear, minusInf: flat, zero: []float64{0, 0.5, gelu, 0}},
		{name: "mish", f: ops.Mish, inf: linear, minusInf: flat, zero: []float64{0, 0.6, 0.64, -0.096}},
		{name: "softsign", f: ops.Softsign, inf: up, minusInf: down, zero: []float64{0, 1, 0, 0}, // sign(0) = 0
			right: []float64{0, 1, -2, 6}, left: []float64{0, 1, 2, 6},
			large: []float64{1, 1e-60, -2e-90, 6e-120}, largeMinus: []float64{-1, 1e-60, 2e-90, 6e-120}},
		{name: "hardσ", f: ops.HardSigmoid, inf: up, minusInf: flat, zero: []float64{0.5, 1. / 6, 0, 0}},
		{name: "erf", f: ops.Erf, inf: up, minusInf: down, zero: []float64{0, erf, 0, -2 * erf}},
		{name: "exp", f: ops.Exp, inf: []float64{inf, inf, inf, inf}, minusInf: flat, zero: []float64{1, 1, 1, 1},
			large: []float64{inf, inf, inf, inf}},
		{name: "expm1", f: ops.Expm1, inf: []float64{inf, inf, inf, inf}, minusInf: down, zero: []float64{0, 1, 1, 1},
			large: []float64{inf, inf, inf, inf}},
		{name: "log", f: ops.Log, inf: []float64{inf, 0, 0, 0}, minusInf: none, zero: []float64{-inf, inf, -inf, inf},
			right: none, left: none, large: append([]float64{math.Log(1e30)}, fall[:3]...), largeMinus: none},
		{name: "log1p", f: ops.Log1p, inf: []float64{inf, 0, 0, 0}, minusInf: none, zero: []float64{0, 1, -1, 2},
			large: append([]float64{math.Log(1e30)}, fall[:3]...), largeMinus: none},
		{name: "√", f: ops.Sqrt, inf: []float64{inf, 0, 0, 0}, minusInf: none, zero: []float64{0, inf, -inf, inf},
			right: none, left: none, large: []float64{1e15, 0.5e-15, -0.25e-45, 0.375e-75}, largeMinus: none},
		{name: "1/z", f: ops.Reciprocal, inf: flat, minusInf: flat, zero: []float64{inf, -inf, inf, -inf}, right: none, left: none,
			large: fall, largeMinus: []float64{-1e-30, -1e-60, -2e-90, -6e-120}},
		{name: "z²", f: ops.Square, inf: []float64{inf, inf, 2, 0}, minusInf: []float64{inf, -inf, 2, 0}, zero: []float64{0, 0, 2, 0},
			large: []float64{1e60, 2e30, 2, 0}, largeMinus: []float64{1e60, -2e30, 2, 0}},
		{name: "z³", f: func(z *node) *node { return ops.Pow(z, 3) }, inf: []float64{inf, inf, inf, 6}, minusInf: []float64{-inf, inf, -inf, 6},
			zero: []float64{0, 0, 0, 6}, large: []float64{1e90, 3e60, 6e30, 6}, largeMinus: []float64{-1e90, 3e60, -6e30, 6}},
		{name: "z^½", f: func(z *node) *node { return ops.Pow(z, 0.5) }, inf: []float64{inf, 0, 0, 0}, minusInf: none, zero: []float64{0, inf, -inf, inf},
			right: none, left: none, large: []float64{1e15, 0.5e-15, -0.25e-45, 0.375e-75}, largeMinus: none},
		{name: "|z|", f: ops.Abs, inf: linear, minusInf: []float64{inf, -1, 0, 0}, zero: flat,
			right: []float64{0, 1, 0, 0}, left: []float64{0, -1, 0, 0}},
		{name: "sign", f: ops.Sign, inf: up, minusInf: down, zero: flat, right: up, left: down},
		{name: "clip", f: func(z *node) *node { return ops.Clip(z, -1, 0.5) }, inf: []float64{0.5, 0, 0, 0}, minusInf: down, zero: []float64{0, 1, 0, 0}},
		{name: "3−2z", f: func(z *node) *node { return ops.Affine(z, -2, 3) }, inf: []float64{-inf, -2, 0, 0}, minusInf: []float64{inf, -2, 0, 0}, zero: []float64{3, -2, 0, 0}},
		{name: "arctan", f: ops.Atan, inf: []float64{math.Pi / 2, 0, 0, 0}, minusInf: []float64{-math.Pi / 2, 0, 0, 0}, zero: []float64{0, 1, 0, -2},
			large: []float64{math.Pi / 2, 1e-60, -2e-90, 6e-120}, largeMinus: []float64{-math.Pi / 2, 1e-60, 2e-90, 6e-120}},
		{name: "arsinh", f: ops.Asinh, inf: []float64{inf, 0, 0, 0}, minusInf: []float64{-inf, 0, 0, 0}, zero: []float64{0, 1, 0, -1},
			large: append([]float64{math.Log(2e30)}, fall[:3]...), largeMinus: []float64{-math.Log(2e30), 1e-30, 1e-60, 2e-90}},
		{name: "arcosh", f: ops.Acosh, inf: []float64{inf, 0, 0, 0}, minusInf: none, zero: none,
			large: append([]float64{math.Log(2e30)}, fall[:3]...), largeMinus: none},
		{name: "log cosh", f: ops.LogCosh, inf: linear, minusInf: []float64{inf, -1, 0, 0}, zero: []float64{0, 0, 1, 0}},
		{name: "focal", f: func(z *node) *node {
			return ops.Reshape(ops.FocalLossFromLogits(ops.Reshape(z, 1, 1), z.Graph().Const(1, 1, 1), 2), 1)
		}, inf: flat, minusInf: []float64{inf, -1, 0, 0}, zero: []float64{math.Ln2 / 4, -math.Ln2/4 - 1./8, math.Ln2/8 + 5./16, math.Ln2/8 - 3./8}},
		{name: "sin", f: ops.Sin, inf: none, minusInf: none, zero: []float64{0, 1, 0, -1}, large: none, largeMinus: none},
		{name: "cos", f: ops.Cos, inf: none, minusInf: none, zero: []float64{1, 0, -1, 0}, large: none, largeMinus: none},
	}
}()

// Every function of one number, and its first three derivatives, are their limits at
// ±∞, right at ±1e30 and ±0, and next to 0 what they are there.
func TestEdges(t *testing.T) {
	for _, dtype := range floatTypes {
		tiny := math.SmallestNonzeroFloat64
		if dtype == tensor.Float32 {
			tiny = math.SmallestNonzeroFloat32
		}
		for _, e := range edges {
			for _, at := range []struct {
				z    float64
				want []float64
			}{
				{math.Inf(1), e.inf}, {math.Inf(-1), e.minusInf},
				{1e30, e.at(1e30)}, {-1e30, e.at(-1e30)},
				{0, e.zero}, {math.Copysign(0, -1), e.minusZero()}, {tiny, first(e.right, e.zero)}, {-tiny, first(e.left, e.zero)},
			} {
				for order, v := range evaluate(t, dtype, []float64{at.z}, derivatives(e.f, 3)) {
					what := fmt.Sprintf("%s, %v: derivative %d at %g", e.name, dtype, order, at.z)
					expectEdge(t, what, v[0], at.want[order], dtype)
				}
			}
		}
	}
}

// at is what e is at a large z.
func (e edge) at(z float64) []float64 {
	want, limit := first(e.large, e.inf), e.inf
	if z < 0 {
		want, limit = first(e.largeMinus, e.minusInf), e.minusInf
	}
	if math.IsInf(want[0], 0) && !math.IsInf(limit[1], 0) {
		return append([]float64{z * limit[1]}, limit[1:]...)
	}
	return want
}

// minusZero is what e is at −0: as at 0, unless it has a pole there.
func (e edge) minusZero() []float64 {
	if math.IsInf(e.zero[1], 0) {
		return []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	}
	return e.zero
}

func first(a, b []float64) []float64 {
	if a != nil {
		return a
	}
	return b
}

// expectEdge allows for rounding, and for anything where NaN is wanted: there are no limits.
func expectEdge(t *testing.T, what string, got, want float64, dtype tensor.Dtype) {
	t.Helper()
	allowed, tiny := 1e-14, 1e-322
	if dtype == tensor.Float32 {
		want, allowed, tiny = float64(float32(want)), 2e-6, 1e-44
	}
	switch {
	case math.IsNaN(want) || got == want:
	case math.Abs(got-want) <= allowed*math.Abs(want)+tiny && !math.IsInf(want, 0):
	default:
		t.Errorf("%s is %g, want %g", what, got, want)
	}
}

// A slope that is 0 in float32 is that of ReLU, not 0·∞.
func TestSlopeThatRoundsToZero(t *testing.T) {
	got := evaluate(t, tensor.Float32, []float64{math.Inf(-1), -2, 3}, func(z *node) []*node {
		return []*node{ops.LeakyReLU(z, 1e-60)}
	})
	for i, want := range []float64{0, 0, 3} {
		if got[0][i] != want {
			t.Errorf("entry %d is %g, want %g", i, got[0][i], want)
		}
	}
}
