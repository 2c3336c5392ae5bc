package ops_test

import (
	"testing"

	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Powers in which math.Pow loses digits, which squares again and again and takes the logarithm
// of a subnormal number to be that of a larger one. The first is the worst case of ARM's
// vector routines (sv_pow_1u5.c); the values are of mpmath, to 600 digits.
func TestPowerHard(t *testing.T) {
	for _, c := range []struct{ a, b, want float64 }{
		{0x1.3d2d45bc848acp+63, -0x1.a48a38b40cd43p-12, 0x1.f7116284221fdp-1},
		{1 - 0x1p-53, 0x1p53, 0.3678794411714423},
		{5e-324, 1e-8, 0.9999925556269903},
		{1e-310, 0.25, 3.162277660168377e-78},
		{1.0000001, 1e9, 2.6881038582144647e+43},
		{0.99, -70000, 3.4385723885447473e+305},
	} {
		got := evaluate(t, tensor.Float64, []float64{c.a, c.b}, func(x *node) []*node {
			a, b := ops.Slice(x, 0, 0, 1), ops.Slice(x, 0, 1, 2)
			return []*node{ops.Pow(a, c.b), ops.Power(a, b), ops.Power(a, x.Graph().Const(c.b))}
		})
		for i := range got {
			if got[i][0] != c.want {
				t.Errorf("%d: %v^%v = %v, want %v", i, c.a, c.b, got[i][0], c.want)
			}
		}
	}
}
