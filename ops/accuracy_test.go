package ops_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// dense returns a tensor of a float type.
func dense(dtype tensor.Dtype, data []float64, shape ...int) *tensor.Dense {
	if dtype == tensor.Float64 {
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), data...)))
	}
	single := make([]float32, len(data))
	for i, v := range data {
		single[i] = float32(v)
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(single))
}

// entries returns the entries of a tensor as float64.
func entries(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float64 {
		return append([]float64(nil), v.Float64s()...)
	}
	double := make([]float64, len(v.Float32s()))
	for i, v := range v.Float32s() {
		double[i] = float64(v)
	}
	return double
}

// evaluate returns the values of the nodes that build makes from the vector x.
func evaluate(t *testing.T, dtype tensor.Dtype, x []float64, build func(x *node) []*node) [][]float64 {
	t.Helper()
	g := graph.NewOf(dtype)
	in := g.Input("x", len(x))
	nodes := build(in)
	p, err := graph.Compile(nodes...)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Feed(in, dense(dtype, x, len(x))); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	values := make([][]float64, len(nodes))
	for i, n := range nodes {
		v, err := p.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		values[i] = entries(v)
	}
	return values
}

// derivatives returns f(x), f'(x), f”(x), … up to an order.
func derivatives(f func(z *node) *node, order int) func(x *node) []*node {
	return func(x *node) []*node {
		nodes := []*node{f(x)}
		for i := range order {
			one := x.Graph().Const(1, x.Shape().Dims()...)
			nodes = append(nodes, graph.VJP(nodes[i], one, x)[0])
		}
		return nodes
	}
}

var floatTypes = []tensor.Dtype{tensor.Float64, tensor.Float32}

// Values and derivatives are within a few units in the last place of the right
// ones, from the smallest arguments to where functions overflow or vanish.
func TestAccuracy(t *testing.T) {
	tail := []float64{1e-310, 1e-30, 1e-9, 0.001, 0.3, 0.5, 1, 2, 3.7, 8, 17, 30, 36, 40, 88, 100, 350, 700, 745, 1000}
	gates := []float64{1e-310, 1e-30, 1e-9, 0.001, 0.3, 0.5, 1, 2, 3.7, 8, 17, 30, 36, 40, 88, 100, 350, 700}
	gauss := []float64{1e-310, 1e-30, 1e-9, 0.001, 0.3, 0.5, 1, 1.5, 2, 3, 4}
	half, two := num(0.5), num(2)
	for _, c := range []struct {
		name   string
		f      func(z *node) *node
		at     []float64
		signed bool
		want   []func(z real) real // the function, its derivative, …
		ulps   []float64
	}{
		{"exp", ops.Exp, tail, true, []func(z real) real{bigExp, bigExp}, []float64{1, 1}},
		{"log", ops.Log, tail, false, []func(z real) real{
			bigLog,
			func(z real) real { return over(num(1), z) },
		}, []float64{1, 1}},
		{"expm1", ops.Expm1, tail, true, []func(z real) real{
			func(z real) real { return minus(bigExp(z), num(1)) }, bigExp,
		}, []float64{1, 1}},
		{"log1p", ops.Log1p, tail, false, []func(z real) real{
			func(z real) real { return bigLog(plus(num(1), z)) },
			func(z real) real { return over(num(1), plus(num(1), z)) },
		}, []float64{1, 1.5}},
		{"σ", ops.Sigmoid, tail, true, []func(z real) real{
			bigSigmoid,
			func(z real) real { return mul(bigSigmoid(z), bigSigmoid(neg(z))) },
			func(z real) real {
				return neg(mul(mul(bigSigmoid(z), bigSigmoid(neg(z))), bigTanh(mul(half, z))))
			},
		}, []float64{2, 3, 5}},
		{"1−σ", func(z *node) *node { return ops.Sigmoid(ops.Neg(z)) }, tail, true, []func(z real) real{
			func(z real) real { return bigSigmoid(neg(z)) },
		}, []float64{2}},
		{"tanh", ops.Tanh, tail, true, []func(z real) real{
			bigTanh,
			func(z real) real { return mul(num(4), mul(bigSigmoid(mul(two, z)), bigSigmoid(mul(num(-2), z)))) },
		}, []float64{2.5, 3}},
		{"softplus", ops.Softplus, tail, true, []func(z real) real{bigSoftplus, bigSigmoid}, []float64{2, 2}},
		{"log cosh", ops.LogCosh, []float64{1e-9, 0.001, 0.3, 0.5, 0.99, 1, 2, 3.7, 8, 40, 700}, true, []func(z real) real{
			func(z real) real { return bigLog(over(plus(bigExp(z), bigExp(neg(z))), two)) }, bigTanh,
		}, []float64{4, 2.5}},
		{"SiLU", ops.SiLU, gates, true, []func(z real) real{
			func(z real) real { return mul(z, bigSigmoid(z)) },
		}, []float64{2.5}},
		{"mish", ops.Mish, gates, true, []func(z real) real{
			func(z real) real { return mul(z, bigTanh(bigSoftplus(z))) },
		}, []float64{4}},
		{"softsign", ops.Softsign, tail, false, []func(z real) real{
			func(z real) real { return over(z, plus(num(1), z)) },
			func(z real) real { return over(num(1), mul(plus(num(1), z), plus(num(1), z))) },
		}, []float64{1.5, 3}},
		{"erf", ops.Erf, gauss, true, []func(z real) real{
			bigErf,
			func(z real) real { return over(mul(two, bigExp(neg(mul(z, z)))), num(0).Sqrt(pi)) },
		}, []float64{1, 2}},
		{"GELU", ops.GELU, gauss, true, []func(z real) real{
			func(z real) real { return mul(z, bigNormal(z)) },
		}, []float64{20}}, // erfc(x) magnifies the rounding of x = z/√2 by 2x²
		{"GELU for z > 0", ops.GELU, gauss, false, []func(z real) real{
			func(z real) real { return mul(z, bigNormal(z)) },
			func(z real) real { return plus(bigNormal(z), mul(z, bigDensity(z))) },
		}, []float64{2, 2.5}},
	} {
		at := c.at
		if c.signed {
			for _, z := range c.at {
				at = append(at[:len(at):len(at)], -z)
			}
		}
		rng := rand.New(rand.NewPCG(1, 2))
		for range 30 {
			at = append(at, (2*rng.Float64()-truth(c.signed))*[]float64{1, 4}[rng.IntN(2)])
		}
		for _, dtype := range floatTypes {
			single := dtype == tensor.Float32
			x := entries(dense(dtype, at, len(at)))
			got := evaluate(t, dtype, x, derivatives(c.f, len(c.want)-1))
			for order, want := range c.want {
				worst, where := 0.0, 0.0
				for i, z := range x {
					if z == 0 {
						continue
					}
					if off := ulps(got[order][i], want(num(z)), single); off > worst {
						worst, where = off, z
					}
				}
				name := fmt.Sprintf("%s, derivative %d, %v", c.name, order, dtype)
				if t.Logf("%s: %.2f units", name, worst); worst > c.ulps[order] || math.IsNaN(worst) {
					t.Errorf("%s: at %g off by %.3g units in the last place, want at most %g", name, where, worst, c.ulps[order])
				}
			}
		}
	}
}
