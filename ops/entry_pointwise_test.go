package ops_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// gaussian is an activation as a user writes one.
var gaussian = (&ops.Pointwise{
	Name:  "gaussian",
	G:     func(z float64) float64 { return math.Exp(-z * z) },
	Prime: func(z, a *node) *node { return ops.Scale(-2, ops.Mul(z, a)) },
}).Of

func vector(t *testing.T, v ...float64) *node {
	t.Helper()
	return graph.New().Param("z", dense(tensor.Float64, v, len(v)))
}

// Both d and r are G'(z)⊙·, to every order: e^−z² has derivatives −2z, 4z²−2 and
// 12z−8z³ times e^−z².
func TestPointwise(t *testing.T) {
	z := []float64{-1.5, 0, 0.25, 2}
	for _, dtype := range floatTypes {
		got := evaluate(t, dtype, z, derivatives(gaussian, 3))
		tangents := evaluate(t, dtype, z, func(x *node) []*node {
			ξ := x.Graph().Const(10, 4)
			return []*node{graph.JVP(gaussian(x), []*node{x}, []*node{ξ})}
		})
		for i, z := range z {
			e := math.Exp(-z * z)
			for order, want := range []float64{e, -2 * z * e, (4*z*z - 2) * e, (12*z - 8*z*z*z) * e} {
				expect(t, fmt.Sprintf("derivative %d at %g, %v", order, z, dtype), got[order][i], want, dtype)
			}
			expect(t, fmt.Sprintf("d at %g, %v", z, dtype), tangents[0][i], -20*z*e, dtype)
		}
	}
}

// expect compares a number with what it should be, to rounding.
func expect(t *testing.T, what string, got, want float64, dtype tensor.Dtype) {
	t.Helper()
	allowed := 1e-14
	if dtype == tensor.Float32 {
		allowed = 1e-6
	}
	if !(got == want || math.Abs(got-want) <= allowed*(math.Abs(want)+0.01)) && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s is %.17g, want %.17g", what, got, want)
	}
}

// A kernel is used instead of G.
func TestPointwiseFast(t *testing.T) {
	f := &ops.Pointwise{
		Name: "f",
		G:    func(z float64) float64 { return z + 1 },
		Fast: compute.Entrywise(plusTwo[float32], plusTwo[float64]),
	}
	for _, dtype := range floatTypes {
		got := evaluate(t, dtype, []float64{5}, func(z *node) []*node { return []*node{f.Of(z)} })
		expect(t, "f(5)", got[0][0], 7, dtype)
	}
}

func plusTwo[T compute.Float](a []T, z ...[]T) {
	for i, z := range z[0] {
		a[i] = z + 2
	}
}

// What has no derivative says so when it is asked for, by r and by d.
func TestPointwiseWithoutPrime(t *testing.T) {
	z := vector(t, 1)
	y := (&ops.Pointwise{Name: "f", G: math.Floor}).Of(z)
	for _, n := range []*node{
		graph.VJP(y, z, z)[0],
		graph.JVP(y, []*node{z}, []*node{z}),
	} {
		if _, err := graph.Compile(n); !errors.Is(err, graph.ErrNoDerivative) {
			t.Errorf("got %v, want ErrNoDerivative", err)
		}
	}
}

// Equal parameters are one map, and so one node.
func TestSharedNodes(t *testing.T) {
	z := vector(t, 1, 2)
	for _, c := range []struct {
		what string
		a, b *node
		same bool
	}{
		{"σ twice", ops.Sigmoid(z), ops.Sigmoid(z), true},
		{"one β", ops.LeakyReLU(z, 0.2), ops.LeakyReLU(z, 0.2), true},
		{"two β", ops.LeakyReLU(z, 0.2), ops.LeakyReLU(z, 0.3), false},
		{"ReLU is leaky ReLU with β = 0", ops.ReLU(z), ops.LeakyReLU(z, 0), true},
		{"one family, one parameter", ops.Entrywise(swish{2}, z), ops.Entrywise(swish{2}, z), true},
		{"one family, two parameters", ops.Entrywise(swish{2}, z), ops.Entrywise(swish{3}, z), false},
		{"one Pointwise", gaussian(z), gaussian(z), true},
		{"Neg is Scale(−1)", ops.Neg(z), ops.Scale(-1, z), true},
		{"a constant operand is a number", ops.Mul(z.Graph().Const(3), z), ops.Scale(3, z), true},
		{"of any shape that broadcasts", ops.Sub(z.Graph().Const(1, 1), z), ops.OneMinus(z), true},
		{"z + 0 is z", ops.Shift(z, 0), z, true},
	} {
		if (c.a == c.b) != c.same {
			t.Errorf("%s: %v and %v", c.what, c.a, c.b)
		}
	}
}

// A parameter out of range is an error of the node.
func TestParameters(t *testing.T) {
	z, nan, inf := vector(t, 1), math.NaN(), math.Inf(1)
	for _, n := range []*node{
		ops.LeakyReLU(z, -0.1), ops.LeakyReLU(z, 1.5), ops.LeakyReLU(z, nan),
		ops.ELU(z, -1), ops.ELU(z, inf), ops.ELU(z, nan),
		ops.Pow(z, nan), ops.Pow(z, inf),
		ops.Clip(z, 1, 0), ops.Clip(z, nan, 0), ops.Clip(z, 0, nan),
		ops.Affine(z, nan, 0), ops.Scale(nan, z), ops.Shift(z, nan),
		(&ops.Pointwise{Name: "f"}).Of(z),
	} {
		if err := n.Err(); !errors.Is(err, graph.ErrValue) {
			t.Errorf("%v: %v, want ErrValue", n, err)
		}
	}
	for _, n := range []*node{ops.LeakyReLU(z, 1), ops.Clip(z, 2, 2), ops.Clip(z, math.Inf(-1), inf), ops.ELU(z, 0)} {
		if err := n.Err(); err != nil {
			t.Error(err)
		}
	}
}

// Operands that do not go together are errors, also where one is a constant.
func TestOperands(t *testing.T) {
	a, b := vector(t, 1, 2), vector(t, 1, 2, 3)
	for _, f := range []func(a, b *node) *node{ops.Add, ops.Sub, ops.Mul, ops.Div, ops.Maximum, ops.Less} {
		if err := f(a, a.Graph().Const(1, 3)).Err(); !errors.Is(err, graph.ErrShape) {
			t.Errorf("shapes (2) and (3): %v, want ErrShape", err)
		}
		for _, x := range []*node{b, b.Graph().Const(1)} {
			if err := f(a, x).Err(); !errors.Is(err, graph.ErrGraph) {
				t.Errorf("two graphs: %v, want ErrGraph", err)
			}
		}
		if err := f(a, nil).Err(); !errors.Is(err, graph.ErrGraph) {
			t.Errorf("nil: %v, want ErrGraph", err)
		}
	}
}

// Values that tables print: z, and the function there.
func TestPublishedValues(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(z *node) *node
		z, y float64
	}{
		{"σ", ops.Sigmoid, 1, 0.7310585786300049},
		{"tanh", ops.Tanh, 1, 0.7615941559557649},
		{"softplus", ops.Softplus, 1, 1.3132616875182228},
		{"SiLU", ops.SiLU, 1, 0.7310585786300049},
		{"mish", ops.Mish, 1, 0.8650983882673103},
		{"GELU", ops.GELU, 1, 0.8413447460685429},
		{"GELU", ops.GELU, -2, -0.04550026389635842},
		{"GELUtanh", ops.GELUTanh, 1, 0.8411919906082768},
		{"ELU", func(z *node) *node { return ops.ELU(z, 1) }, -1, -0.6321205588285577},
		{"SELU", ops.SELU, -1, -1.1113307378125625},
		{"SELU", ops.SELU, 2, 2.101401974710961},
		{"hardσ", ops.HardSigmoid, 1, 2. / 3},
		{"erf", ops.Erf, 1, 0.8427007929497149},
		{"log1p", ops.Log1p, 1, math.Ln2},
		{"expm1", ops.Expm1, 1, math.E - 1},
		{"sqrt", ops.Sqrt, 2, math.Sqrt2},
	} {
		for _, dtype := range floatTypes {
			got := evaluate(t, dtype, []float64{c.z}, derivatives(c.f, 0))
			expect(t, fmt.Sprintf("%s(%g), %v", c.name, c.z, dtype), got[0][0], c.y, dtype)
		}
	}
}

// What functions and their derivatives are at kinks, at 0, at ±∞ and at NaN.
func TestConventions(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	pow := func(p float64) func(z *node) *node {
		return func(z *node) *node { return ops.Pow(z, p) }
	}
	for _, c := range []struct {
		name        string
		f           func(z *node) *node
		z, y, prime float64
	}{
		{"ReLU", ops.ReLU, 0, 0, 1},
		{"ReLU", ops.ReLU, -inf, 0, 0},
		{"ReLU", ops.ReLU, nan, nan, nan},
		{"leaky", func(z *node) *node { return ops.LeakyReLU(z, 0.25) }, 0, 0, 1},
		{"leaky", func(z *node) *node { return ops.LeakyReLU(z, 0.25) }, -inf, -inf, 0.25},
		{"leaky", func(z *node) *node { return ops.LeakyReLU(z, 0.25) }, nan, nan, nan},
		{"leaky 1", func(z *node) *node { return ops.LeakyReLU(z, 1) }, -3, -3, 1},
		{"max", func(z *node) *node { return ops.Maximum(ops.Scale(0.25, z), z) }, 0, 0, 1},
		{"max", func(z *node) *node { return ops.Maximum(z, z.Graph().Const(0)) }, 0, 0, 0},
		{"max", func(z *node) *node { return ops.Maximum(z, z.Graph().Const(0)) }, nan, nan, 0},
		{"min", func(z *node) *node { return ops.Minimum(z.Graph().Const(0), z) }, 0, 0, 1},
		{"abs", ops.Abs, 0, 0, 0},
		{"abs", ops.Abs, -inf, inf, -1},
		{"sign", ops.Sign, nan, nan, 0},
		{"clip", func(z *node) *node { return ops.Clip(z, -1, 1) }, nan, nan, nan},
		{"clip", func(z *node) *node { return ops.Clip(z, -1, 1) }, inf, 1, 0},
		{"hardσ", ops.HardSigmoid, inf, 1, 0},
		{"hardσ", ops.HardSigmoid, nan, nan, nan},
		{"ELU", func(z *node) *node { return ops.ELU(z, 2) }, 0, 0, 2},
		{"ELU", func(z *node) *node { return ops.ELU(z, 2) }, -inf, -2, 0},
		{"ELU", func(z *node) *node { return ops.ELU(z, 2) }, nan, nan, nan},
		{"σ", ops.Sigmoid, inf, 1, 0},
		{"σ", ops.Sigmoid, -inf, 0, 0},
		{"σ", ops.Sigmoid, nan, nan, nan},
		{"tanh", ops.Tanh, -inf, -1, 0},
		{"tanh", ops.Tanh, nan, nan, nan},
		{"softplus", ops.Softplus, inf, inf, 1},
		{"softplus", ops.Softplus, -inf, 0, 0},
		{"SiLU", ops.SiLU, inf, inf, 1},
		{"SiLU", ops.SiLU, -inf, 0, 0},
		{"SiLU", ops.SiLU, nan, nan, nan},
		{"mish", ops.Mish, -inf, 0, 0},
		{"mish", ops.Mish, inf, inf, 1},
		{"GELU", ops.GELU, -inf, 0, 0},
		{"GELU", ops.GELU, inf, inf, 1},
		{"GELUtanh", ops.GELUTanh, -inf, 0, 0},
		{"GELUtanh", ops.GELUTanh, inf, inf, 1},
		{"softsign", ops.Softsign, -inf, -1, 0},
		{"exp", ops.Exp, -inf, 0, 0},
		{"exp", ops.Exp, 1000, inf, inf},
		{"log", ops.Log, -1, nan, -1},
		{"sqrt", ops.Sqrt, -1, nan, nan},
		{"1/z", ops.Reciprocal, 0, inf, -inf},
		{"erf", ops.Erf, inf, 1, 0},
		{"z⁰", pow(0), 0, 1, 0},
		{"z⁰", pow(0), nan, 1, 0},
		{"z¹", pow(1), 0, 0, 1},
		{"z²", pow(2), 0, 0, 0},
		{"z³", pow(3), -2, -8, 12},
		{"√z", pow(0.5), 0, 0, inf},
		{"z^½", pow(0.5), -1, nan, nan},
		{"z⁻¹", pow(-1), 2, 0.5, -0.25},
		{"stop", ops.StopGradient, 3, 3, 0},
		{"z⊙stop(z)", func(z *node) *node { return ops.Mul(z, ops.StopGradient(z)) }, 3, 9, 3},
		{"guarded √", func(z *node) *node {
			one, positive := z.Graph().Const(1), ops.Greater(z, z.Graph().Const(0))
			return ops.Where(positive, ops.Sqrt(ops.Where(positive, z, one)), z.Graph().Const(0))
		}, 0, 0, 0},
		{"where NaN", func(z *node) *node { return ops.Where(z, z.Graph().Const(1), z.Graph().Const(2)) }, nan, nan, 0},
	} {
		for _, dtype := range floatTypes {
			got := evaluate(t, dtype, []float64{c.z}, func(z *node) []*node {
				one := z.Graph().Const(1, 1)
				return append(derivatives(c.f, 1)(z), graph.JVP(c.f(z), []*node{z}, []*node{one}))
			})
			at := fmt.Sprintf("%s at %g, %v", c.name, c.z, dtype)
			expect(t, at, got[0][0], c.y, dtype)
			expect(t, "r "+at, got[1][0], c.prime, dtype)
			expect(t, "d "+at, got[2][0], c.prime, dtype)
		}
	}
}

// z = ±1000, and beyond, leaves values and two derivatives finite.
func TestSaturated(t *testing.T) {
	for name, f := range map[string]func(z *node) *node{
		"σ": ops.Sigmoid, "tanh": ops.Tanh, "softplus": ops.Softplus, "SiLU": ops.SiLU, "mish": ops.Mish,
		"GELU": ops.GELU, "GELUtanh": ops.GELUTanh, "softsign": ops.Softsign, "SELU": ops.SELU, "erf": ops.Erf,
		"hardσ": ops.HardSigmoid,
	} {
		for _, dtype := range floatTypes {
			x := []float64{-1e15, -1000, -100, 100, 1000, 1e15}
			for order, y := range evaluate(t, dtype, x, derivatives(f, 3)) {
				for i, y := range y {
					if math.IsNaN(y) || math.IsInf(y, 0) {
						t.Errorf("derivative %d of %s at %g, %v, is %g", order, name, x[i], dtype, y)
					}
				}
			}
		}
	}
}
