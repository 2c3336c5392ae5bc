package ops_test

import (
	"fmt"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// However log σ(z), log(1−σ(z)) and log(1+eᶻ) are written, they are computed and
// differentiated as functions of z: finite, and right, where the literal form is
// not. The gradients of −softplus(−z), −softplus(z) and softplus(z) are 1−σ(z),
// −σ(z) and σ(z).
func TestStableLogarithms(t *testing.T) {
	one := func(z *node) *node { return z.Graph().Const(1, z.Shape().Dims()...) }
	number := func(z *node) *node { return z.Graph().Const(1) }
	softplus := func(z float64) float64 { return math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }
	logσ := func(z float64) (y, prime float64) { return -softplus(-z), logistic(-z) }
	log1mσ := func(z float64) (y, prime float64) { return -softplus(z), -logistic(z) }
	log1pe := func(z float64) (y, prime float64) { return softplus(z), logistic(z) }
	for name, c := range map[string]struct {
		f    func(z *node) *node
		want func(z float64) (y, prime float64)
	}{
		"log σ(z)":            {func(z *node) *node { return ops.Log(ops.Sigmoid(z)) }, logσ},
		"log(1−σ(−z))":        {func(z *node) *node { return ops.Log(ops.OneMinus(ops.Sigmoid(ops.Neg(z)))) }, logσ},
		"log(1−(1−σ))":        {func(z *node) *node { return ops.Log(ops.OneMinus(ops.OneMinus(ops.Sigmoid(z)))) }, logσ},
		"log 1/(1+e⁻ᶻ)":       {func(z *node) *node { return ops.Log(quotientSigmoid(z)) }, logσ},
		"log(1−σ)":            {func(z *node) *node { return ops.Log(ops.OneMinus(ops.Sigmoid(z))) }, log1mσ},
		"log(1−σ), tensor":    {func(z *node) *node { return ops.Log(ops.Sub(one(z), ops.Sigmoid(z))) }, log1mσ},
		"log(1−σ), number":    {func(z *node) *node { return ops.Log(ops.Sub(number(z), ops.Sigmoid(z))) }, log1mσ},
		"log(1+(−σ))":         {func(z *node) *node { return ops.Log(ops.Add(number(z), ops.Neg(ops.Sigmoid(z)))) }, log1mσ},
		"log(−1·σ+1)":         {func(z *node) *node { return ops.Log(ops.Affine(ops.Sigmoid(z), -1, 1)) }, log1mσ},
		"log1p(−σ)":           {func(z *node) *node { return ops.Log1p(ops.Neg(ops.Sigmoid(z))) }, log1mσ},
		"log(1+eᶻ)":           {func(z *node) *node { return ops.Log(ops.Shift(ops.Exp(z), 1)) }, log1pe},
		"log1p(eᶻ)":           {func(z *node) *node { return ops.Log1p(ops.Exp(z)) }, log1pe},
		"log eᶻ":              {func(z *node) *node { return ops.Log(ops.Exp(z)) }, func(z float64) (y, prime float64) { return z, 1 }},
		"1/(1+e⁻ᶻ)":           {quotientSigmoid, func(z float64) (y, prime float64) { return logistic(z), logistic(z) * logistic(-z) }},
		"log σ, σ used twice": {func(z *node) *node { a := ops.Sigmoid(z); return ops.Add(ops.Log(a), ops.Sub(a, a)) }, logσ},
		"log(2−σ) is as it is": {func(z *node) *node { return ops.Log(ops.Affine(ops.Sigmoid(z), -1, 2)) }, func(z float64) (y, prime float64) {
			return math.Log(2 - logistic(z)), -logistic(z) * logistic(-z) / (2 - logistic(z))
		}},
	} {
		for _, dtype := range floatTypes {
			x := []float64{-1000, -50, -3, 0, 0.5, 50, 1000}
			got := evaluate(t, dtype, x, derivatives(c.f, 2))
			for i, z := range x {
				y, prime := c.want(z)
				expect(t, fmt.Sprintf("%s at %g, %v", name, z, dtype), got[0][i], y, dtype)
				expect(t, fmt.Sprintf("derivative of %s at %g, %v", name, z, dtype), got[1][i], prime, dtype)
				if second := got[2][i]; math.IsNaN(second) || math.Abs(second) > 1 {
					t.Errorf("second derivative of %s at %g, %v, is %g", name, z, dtype, second)
				}
			}
		}
	}
}

// quotientSigmoid is the document's σ written out.
func quotientSigmoid(z *node) *node {
	one := z.Graph().Const(1)
	return ops.Div(one, ops.Add(one, ops.Exp(ops.Neg(z))))
}

// With respect to a itself, log a has the derivative 1/a, also where a is σ(z).
func TestLogarithmOfAnActivation(t *testing.T) {
	got := evaluate(t, tensor.Float64, []float64{-2, 0, 3}, func(z *node) []*node {
		a := ops.Sigmoid(z)
		one := z.Graph().Const(1, 3)
		return append(graph.VJP(ops.Log(a), one, a, z), graph.VJP(ops.Log(ops.OneMinus(a)), one, a)...)
	})
	for i, z := range []float64{-2, 0, 3} {
		expect(t, "∂ log a/∂a", got[0][i], 1/logistic(z), tensor.Float64)
		expect(t, "∂ log a/∂z", got[1][i], logistic(-z), tensor.Float64)
		expect(t, "∂ log(1−a)/∂a", got[2][i], -1/logistic(-z), tensor.Float64)
	}
}

// The log of a softmax is taken from z.
func TestLogarithmOfSoftmax(t *testing.T) {
	got := evaluate(t, tensor.Float64, []float64{0, 1000, -1000}, func(z *node) []*node {
		y := ops.Log(ops.Softmax(z, 0))
		return []*node{y, graph.VJP(y, z.Graph().Const(1, 3), z)[0]}
	})
	for i, want := range []float64{-1000, 0, -2000} {
		expect(t, "log softmax", got[0][i], want, tensor.Float64)
	}
	for i, want := range []float64{1, -2, 1} { // ζ − S·Σζ
		expect(t, "its r", got[1][i], want, tensor.Float64)
	}
}

// The entries of an activation may have been moved before the log is taken.
func TestLogarithmOfMovedValues(t *testing.T) {
	whole := []float64{0, 1, 2, 3}
	for name, c := range map[string]struct {
		move func(a *node) *node
		to   []float64 // where each entry comes from
	}{
		"reshape":   {func(a *node) *node { return ops.Reshape(a, 2, 2) }, whole},
		"transpose": {func(a *node) *node { return ops.T(ops.Reshape(a, 2, 2)) }, []float64{0, 2, 1, 3}},
		"slice":     {func(a *node) *node { return ops.Slice(a, 0, 1, 3) }, []float64{1, 2}},
		"broadcast": {func(a *node) *node { return ops.BroadcastTo(a, graph.ShapeOf(2, 4)) }, append(whole, whole...)},
		"gather": {func(a *node) *node {
			return ops.Gather(a, 0, a.Graph().Constant("index", dense(tensor.Float64, []float64{3, 0}, 2)))
		}, []float64{3, 0}},
	} {
		z := []float64{-1000, -1, 2, 800}
		got := evaluate(t, tensor.Float64, z, func(z *node) []*node {
			y := ops.Log(ops.OneMinus(c.move(ops.Sigmoid(z))))
			one := z.Graph().Const(1, y.Shape().Dims()...)
			return []*node{y, graph.VJP(y, one, z)[0]}
		})
		prime := make([]float64, len(z))
		for i, from := range c.to {
			v := z[int(from)]
			expect(t, name, got[0][i], -math.Max(v, 0)-math.Log1p(math.Exp(-math.Abs(v))), tensor.Float64)
			prime[int(from)] -= logistic(v)
		}
		for i, want := range prime {
			expect(t, "r of "+name, got[1][i], want, tensor.Float64)
		}
	}
}

// A product of products that share their factors has the logarithm of its powers, however many
// ways there are to a factor: with fₖ = fₖ₋₁⊙fₖ₋₂, from σ(z) and σ(z) on, log fₖ is Fₖ·log σ(z), of the
// Fibonacci number Fₖ, and its derivative Fₖ·σ(−z).
func TestLogarithmOfSharedFactors(t *testing.T) {
	product := func(z *node, depth int) *node {
		f, before := ops.Sigmoid(z), ops.Sigmoid(z)
		for range depth {
			f, before = ops.Mul(f, before), f
		}
		return ops.Log(f)
	}
	few := product(vector(t, 1), 25) // Fₖ is 196 418
	if n := testing.AllocsPerRun(1, func() { graph.StableForm(few) }); n > 5000 {
		t.Fatalf("%g objects are made on the way to a logarithm of 25 products", n)
	}
	const depth = 300
	number, before := 1.0, 1.0
	for range depth {
		number, before = number+before, number
	}
	z := []float64{-3, 0.5, 40}
	got := evaluate(t, tensor.Float64, z, func(z *node) []*node {
		y := product(z, depth)
		return []*node{y, graph.VJP(y, z.Graph().Const(1, 3), z)[0]}
	})
	for i, z := range z {
		expect(t, "log ∏σ(z)", got[0][i]/number, -math.Log1p(math.Exp(-z)), tensor.Float64)
		expect(t, "its derivative", got[1][i]/number, logistic(-z), tensor.Float64)
	}
}
