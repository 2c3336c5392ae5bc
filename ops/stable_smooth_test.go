package ops_test

import (
	"fmt"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// A composition that is smooth where its parts are not has the derivatives that it has:
// at 0, J, ∇J, ∇²J·v and, of Σv·∇²J·v, the gradient, by hand from J as a polynomial.
func TestSmoothCompositions(t *testing.T) {
	n2 := func(x *node) *node { return ops.Norm2(x) }
	polynomials := []struct {
		why    string
		second float64 // ∇²J = second·1 at 0, and all else is 0
		forms  map[string]func(x *node) *node
	}{
		{"Σx²", 2, map[string]func(x *node) *node{
			"‖x‖²":         func(x *node) *node { return ops.Square(n2(x)) },
			"‖x‖·‖x‖":      func(x *node) *node { return ops.Mul(n2(x), n2(x)) },
			"pow(‖x‖, 2)":  func(x *node) *node { return ops.Pow(n2(x), 2) },
			"(√Σx²)²":      func(x *node) *node { return ops.Square(ops.Sqrt(ops.Sum(ops.Square(x)))) },
			"(Σxx)^½^2":    func(x *node) *node { return ops.Pow(ops.Pow(ops.Sum(ops.Mul(x, x)), 0.5), 2) },
			"Σ|x|²":        func(x *node) *node { return ops.Sum(ops.Square(ops.Abs(x))) },
			"Σ|x|·|x|":     func(x *node) *node { return ops.Sum(ops.Mul(ops.Abs(x), ops.Abs(x))) },
			"Σpow(|x|, 2)": func(x *node) *node { return ops.Sum(ops.Pow(ops.Abs(x), 2)) },
			"Σ(√x²)²":      func(x *node) *node { return ops.Sum(ops.Square(ops.Sqrt(ops.Square(x)))) },
			"⟨|x|, |x|⟩":   func(x *node) *node { return ops.Dot(ops.Abs(x), ops.Abs(x)) },
			"¼Σ(2|x|)²":    func(x *node) *node { return ops.Scale(0.25, ops.Sum(ops.Square(ops.Scale(2, ops.Abs(x))))) },
			"−‖x‖·(−‖x‖)":  func(x *node) *node { return ops.Mul(ops.Neg(n2(x)), ops.Neg(n2(x))) },
			"‖ |x| ‖²":     func(x *node) *node { return ops.Square(n2(ops.Abs(x))) },
			"‖ ‖x‖₀ ‖²":    func(x *node) *node { return ops.Square(n2(ops.Norm2(x, 0))) },
			"Σ‖x‖₀²":       func(x *node) *node { return ops.Sum(ops.Square(ops.Norm2(x, 0))) },
			"¼Σ(2cos x·|x|)²": func(x *node) *node {
				return ops.Scale(0.25, ops.Sum(ops.Square(ops.Mul(ops.Scale(2, ops.Cos(x)), ops.Abs(x)))))
			}, // x² − x⁴ + …
			"reshaped":     func(x *node) *node { return ops.Sum(ops.Square(ops.Reshape(n2(x), 1, 1))) },
			"transposed":   func(x *node) *node { return ops.Sum(ops.Square(ops.T(ops.Abs(x)))) },
			"L2":           func(x *node) *node { return ops.L2Penalty(2, 1, ops.Abs(x)) },
			"L2 of a norm": func(x *node) *node { return ops.L2Penalty(2, 1, n2(x)) },
			"2‖x‖²/2":      func(x *node) *node { return ops.Mul(ops.Scale(2, n2(x)), ops.Scale(0.5, n2(x))) },
			"6·rms²":       func(x *node) *node { return ops.Scale(6, ops.Square(ops.Sqrt(ops.Mean(ops.Square(x))))) },
			"(‖x‖/√6)²·6":  func(x *node) *node { return ops.Scale(6, ops.Square(ops.Div(n2(x), ops.Sqrt(ops.Count(x))))) },
			"(3·½√(4Σx²/9))²": func(x *node) *node {
				return ops.Square(ops.Scale(1.5, ops.Sqrt(ops.Scale(4./9, ops.Sum(ops.Square(x))))))
			},
		}},
		{"−cos", 1, map[string]func(x *node) *node{
			"−Σcos|x|":     func(x *node) *node { return ops.Neg(ops.Sum(ops.Cos(ops.Abs(x)))) },
			"−Σcos(−|x|)":  func(x *node) *node { return ops.Neg(ops.Sum(ops.Cos(ops.Neg(ops.Abs(x))))) },
			"−¼Σcos(√4x²)": func(x *node) *node { return ops.Scale(-0.25, ops.Sum(ops.Cos(ops.Sqrt(ops.Scale(4, ops.Square(x)))))) },
		}},
		{"a power above 2", 0, map[string]func(x *node) *node{
			"‖x‖⁴":       func(x *node) *node { return ops.Pow(n2(x), 4) },
			"‖x‖³":       func(x *node) *node { return ops.Pow(n2(x), 3) },
			"‖x‖²·‖x‖":   func(x *node) *node { return ops.Mul(ops.Square(n2(x)), n2(x)) },
			"(‖x‖²)²":    func(x *node) *node { return ops.Square(ops.Square(n2(x))) },
			"Σ|x|³":      func(x *node) *node { return ops.Sum(ops.Pow(ops.Abs(x), 3)) },
			"Σx|x|²":     func(x *node) *node { return ops.Sum(ops.Mul(x, ops.Square(ops.Abs(x)))) },
			"Σx|x|":      func(x *node) *node { return ops.Sum(ops.Mul(x, ops.Abs(x))) }, // by sign(0) = 0, between −2 and 2
			"‖x‖ itself": n2,                                                             // by convention, as PyTorch
		}},
	}
	v := []float64{1, -2, 3, 4, 5, -6}
	for _, p := range polynomials {
		for name, f := range p.forms {
			for _, dtype := range floatTypes {
				g := graph.NewOf(dtype)
				x, ξ := matrix(g, "x", make([]float64, 3), make([]float64, 3)), matrix(g, "v", v[:3], v[3:])
				j := f(x)
				hv := graph.HVP(j, []*node{x}, []*node{ξ})[0]
				third := graph.Gradient(ops.Sum(ops.Mul(hv, ξ)), x)[0]
				got := computed(t, graph.Gradient(j, x)[0], hv, third)
				for i := range v {
					at := fmt.Sprintf("%s = %s, %v: ", name, p.why, dtype)
					expect(t, at+"gradient", got[0][i], 0, dtype)
					expect(t, at+"HVP", got[1][i], p.second*v[i], dtype)
					if name != "Σx|x|²" {
						expect(t, at+"third derivative", got[2][i], 0, dtype)
					} else {
						expect(t, at+"third derivative", got[2][i], 6*v[i]*v[i], dtype)
					}
				}
			}
		}
	}
}

// A norm with an entry or a column that is 0, and others that are not, is smooth: at
// x = (3, 0), the Hessian of ‖x‖ is (1 − xxᵀ/‖x‖²)/‖x‖ = diag(0, ⅓).
func TestSmoothWhereSomeAreZero(t *testing.T) {
	for name, f := range map[string]func(x *node) *node{
		"‖x‖":      func(x *node) *node { return ops.Norm2(x) },
		"‖ |x| ‖":  func(x *node) *node { return ops.Norm2(ops.Abs(x)) },
		"‖ −|x| ‖": func(x *node) *node { return ops.Norm2(ops.Neg(ops.Abs(x))) },
		"‖ ‖x‖₀ ‖": func(x *node) *node { return ops.Norm2(ops.Norm2(x, 0)) },
		"√Σ|x|²":   func(x *node) *node { return ops.Sqrt(ops.Sum(ops.Square(ops.Abs(x)))) },
		"√Σ‖x‖₀²":  func(x *node) *node { return ops.Sqrt(ops.Sum(ops.Square(ops.Norm2(x, 0)))) },
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			x, v := matrix(g, "x", []float64{3, 0}), matrix(g, "v", []float64{5, 7})
			got := computed(t, graph.HVP(f(x), []*node{x}, []*node{v})[0])
			expect(t, name+", entry 0", got[0][0], 0, dtype)
			expect(t, name+", entry 1", got[0][1], 7./3, dtype)
		}
	}
}

// Away from 0, at x = (3, −4), they have the values and the gradients that they have, by hand.
func TestSmoothAwayFromZero(t *testing.T) {
	n2 := func(x *node) *node { return ops.Norm2(x) }
	for name, c := range map[string]struct {
		f        func(x *node) *node
		value    float64
		gradient []float64
	}{
		"Σ√x²":      {func(x *node) *node { return ops.Sum(ops.Sqrt(ops.Square(x))) }, 7, []float64{1, -1}},
		"Σ(x‖x‖)²":  {func(x *node) *node { return ops.Sum(ops.Square(ops.Mul(x, n2(x)))) }, 625, []float64{300, -400}},
		"Σ(‖x‖x)²":  {func(x *node) *node { return ops.Sum(ops.Square(ops.Mul(n2(x), x))) }, 625, []float64{300, -400}},
		"Σ(x/‖x‖)²": {func(x *node) *node { return ops.Sum(ops.Square(ops.Div(x, n2(x)))) }, 1, []float64{0, 0}},
		"Σ(|x|x)²":  {func(x *node) *node { return ops.Sum(ops.Square(ops.Mul(ops.Abs(x), x))) }, 337, []float64{108, -256}},
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			x := matrix(g, "x", []float64{3, -4})
			j := c.f(x)
			got := computed(t, j, graph.Gradient(j, x)[0])
			expect(t, name, got[0][0], c.value, dtype)
			for i, want := range c.gradient {
				expect(t, fmt.Sprintf("%s, gradient %d", name, i), got[1][i], want, dtype)
			}
		}
	}
}

// The root of a sum of squares is a norm: no square overflows, and at 0 its gradient is
// 0. Other roots are left as they are, and so is a norm that is in wrt.
func TestRootsOfSquares(t *testing.T) {
	g := graph.New()
	x := matrix(g, "x", []float64{3e200, 4e200})
	root := ops.Sqrt(ops.Sum(ops.Square(x)))
	n := ops.Norm2(x)
	got := computed(t, root, graph.Gradient(root, x)[0], graph.Gradient(ops.Square(n), n)[0])
	for i, want := range []float64{5e200, 0.6, 0.8, 1e201} {
		expect(t, fmt.Sprintf("value %d at (3, 4)e200", i), slices.Concat(got...)[i], want, g.Dtype())
	}
	y := matrix(g, "y", []float64{-4})
	if v := computed(t, ops.Sqrt(ops.Div(ops.Square(matrix(g, "0", []float64{0})), y)))[0][0]; v != 0 {
		t.Errorf("√(0²/−4) is %g, want −0", v)
	}
	negative := computed(t, ops.Sqrt(ops.Scale(-1, ops.Square(y))), ops.Sqrt(ops.Mul(y, ops.Abs(y))), ops.Square(ops.Sqrt(y)))
	for i, v := range negative {
		if v[0] == v[0] {
			t.Errorf("root %d of a negative number is %g, want NaN", i, v[0])
		}
	}
}
