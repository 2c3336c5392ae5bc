package ops_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// exactForms are the forms that docs/stable-forms.md says are exact: of z, or of a multiple
// of it, they keep at least half the digits of their value, their gradient and their
// Hessian·v.
var exactForms = []string{
	"log(σ(z))", "log(1−(σ(z)))", "log(softmax(z))", "log(1−(pow(2, tanh(z))))", "log(×(σ(z), 1−(σ(z))))",
	"1−(σ(z))", "1−(softmax(z))", "1−(pow(2, tanh(z)))", "1−(×(tanh(z), tanh(z)))", "1−(tanh(z))",
	"×(σ(z), 1−(σ(z)))", "−(σ(z), y)", "−(y, σ(z))", "−(softmax(z), y)", "−(y, softmax(z))",
	"L(σ(z), y)", "L(1−(σ(z)), y)", "crossEntropy(softmax(z), y)", "KL(y, softmax(z))",
	"pow(0.5, σ(z))", "pow(0.5, softmax(z))", "pow(-0.5, 1−(σ(z)))", "pow(1.5, 1−(σ(z)))",
	"entropy(softmax(z))", "focal(0.5, σ(z), y)", "focal(2, σ(z), y)", "·(3, focal(0.5, σ(·(-0.5, z)), y))",
	"×(pow(0.5, 1−(σ(z))), log(σ(z)))", "×(pow(2, 1−(σ(z))), log(σ(z)))",
	"×(softmax(z), log(softmax(z)))", "×(y, log(softmax(z)))", "×(1−(softmax(z)), softmax(z))",
	"×(1−(σ(z)), tanh(z))", "σ(z)", "tanh(z)", "softmax(z)",
}

// None of them loses more than half its digits for |z| ≤ 100 in float64, nor in float32
// while what it is made of are normal numbers.
func TestExactForms(t *testing.T) {
	for _, dtype := range floatTypes {
		limit := 100.0
		if dtype == tensor.Float32 {
			limit = 40
		}
		var off, on tally
		for _, s := range exactForms {
			e := parse(s)
			r := rand.New(rand.NewPCG(10, uint64(len(s))))
			for range 3 {
				z, v := drawLogits(r, limit), drawLogits(r, 4)
				y := make([]float64, len(z))
				y[r.IntN(len(y))] = 1
				want, ok := e.orders(z, y, v)
				if !ok {
					t.Fatalf("%v has no value at %v", e, z)
				}
				off.add(e.computed(t, dtype, false, z, y, v), want, dtype)
				if got := e.computed(t, dtype, true, z, y, v); on.add(got, want, dtype) {
					t.Errorf("%v at z = %v, y = %v, v = %v, %v:\n got %.6g\nwant %.6g", e, z, y, v, dtype, got, want)
				}
			}
		}
		t.Logf("%v, of forms that are exact: tried, lost in value, gradient, Hessian·v\n  as written %v\n  stable     %v", dtype, off, on)
	}
}

// Random expressions of depth 4: how many lose more than half their digits as they are
// written, and in stable form. No form is promised for all of them, but in stable form
// half as many lose digits, or fewer.
func TestRandomExpressions(t *testing.T) {
	off, on := map[tensor.Dtype]*tally{}, map[tensor.Dtype]*tally{}
	for _, dtype := range floatTypes {
		off[dtype], on[dtype] = &tally{}, &tally{}
	}
	r := rand.New(rand.NewPCG(10, 4))
	for range 140 {
		e := randomExpression(r)
		z, v := drawLogits(r, 100), drawLogits(r, 4)
		y := make([]float64, len(z))
		y[r.IntN(len(y))] = 1
		want, ok := e.orders(z, y, v)
		if !ok {
			continue
		}
		for _, dtype := range floatTypes {
			off[dtype].add(e.computed(t, dtype, false, z, y, v), want, dtype)
			on[dtype].add(e.computed(t, dtype, true, z, y, v), want, dtype)
		}
	}
	for _, dtype := range floatTypes {
		off, on := off[dtype], on[dtype]
		t.Logf("%v, random expressions: tried, lost in value, gradient, Hessian·v\n  as written %v\n  stable     %v", dtype, off, on)
		if on.value > off.value/2 || on.gradient > off.gradient/2 || on.hv > off.hv/2 {
			t.Errorf("%v: more than half as many lose digits in stable form", dtype)
		}
	}
}

// randomExpression draws a loss, or a combination, of expressions.
func randomExpression(r *rand.Rand) *expression {
	inner := func() *expression { return randomPart(r, 3) }
	probability := func() *expression { return &expression{op: []string{"σ", "softmax"}[r.IntN(2)], a: randomPart(r, 2)} }
	target := &expression{op: "y"}
	switch r.IntN(6) {
	case 0:
		return &expression{op: "L", a: &expression{op: "σ", a: randomPart(r, 2)}, b: target}
	case 1:
		return &expression{op: "crossEntropy", a: probability(), b: target}
	case 2:
		return &expression{op: "KL", a: probability(), b: probability()}
	case 3:
		return &expression{op: "×", a: inner(), b: inner()}
	case 4:
		return &expression{op: "÷", a: inner(), b: inner()}
	}
	return &expression{op: "1−", a: inner()}
}

func randomPart(r *rand.Rand, depth int) *expression {
	if depth == 0 {
		return &expression{op: "z"}
	}
	a := randomPart(r, depth-1)
	switch op := []string{"σ", "σ", "tanh", "tanh", "softmax", "softmax", "log", "pow", "1−", "1−", "×", "÷"}[r.IntN(12)]; op {
	case "pow":
		return &expression{op: op, p: []float64{0.5, 2, 3, 1.5, -1}[r.IntN(5)], a: a}
	case "×", "÷":
		return &expression{op: op, a: a, b: randomPart(r, depth-1)}
	default:
		return &expression{op: op, a: a}
	}
}

// The derivative of L(σ(z), 1) is −σ(−z), to all its digits, also through a broadcast or a
// reshape, and written out; so is that of the cross-entropy for the right class. Values by
// math/big, as in the issue.
func TestResidualsInTheTail(t *testing.T) {
	wide := func(a *node) *node { return ops.BroadcastTo(a, graph.ShapeOf(2, 1)) }
	ones := func(z *node) *node { return z.Graph().Constant("1", dense(z.Graph().Dtype(), []float64{1, 1}, 2, 1)) }
	for name, f := range map[string]func(z *node) *node{
		"L":            func(z *node) *node { return ops.LogLoss(ops.Sigmoid(z), z.Graph().Const(1, 1, 1)) },
		"L, broadcast": func(z *node) *node { return ops.Scale(0.5, ops.LogLoss(wide(ops.Sigmoid(z)), ones(z))) },
		"L, reshaped": func(z *node) *node {
			return ops.LogLoss(ops.Reshape(ops.Sigmoid(ops.Reshape(z, 1)), 1, 1), z.Graph().Const(1, 1, 1))
		},
		"−log a": func(z *node) *node { return ops.Neg(ops.Log(ops.Sigmoid(z))) },
		"L of a quotient": func(z *node) *node {
			return ops.LogLoss(ops.Reciprocal(ops.Shift(ops.Exp(ops.Neg(z)), 1)), z.Graph().Const(1, 1, 1))
		},
		"cross-entropy": func(z *node) *node {
			y := z.Graph().Constant("y", dense(z.Graph().Dtype(), []float64{1, 0}, 2, 1))
			return ops.CrossEntropy(ops.Softmax(ops.Concat(0, z, z.Graph().Const(0, 1, 1)), 0), y)
		},
		"sparse cross-entropy": func(z *node) *node {
			return ops.SparseCrossEntropyFromLogits(ops.Concat(0, z, z.Graph().Const(0, 1, 1)), z.Graph().Const(0, 1, 1))
		},
	} {
		for _, dtype := range floatTypes {
			for z, want := range map[float64]float64{20: -2.0611536181902e-9, 37: -8.533047625744066e-17, 60: -8.756510762696521e-27, 80: -1.8048513878454153e-35, 100: -3.720075976e-44} {
				if z > 69 && dtype == tensor.Float32 {
					continue // a residual of labels is 0 there
				}
				g := graph.NewOf(dtype)
				leaf := g.Param("z", dense(dtype, []float64{z}, 1, 1))
				got := computed(t, graph.Gradient(ops.Sum(f(leaf)), leaf)[0])[0][0]
				if tolerance := map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 1e-6}[dtype]; math.Abs(got/want-1) > tolerance {
					t.Errorf("%s, %v: at %g the derivative is %.15g, want %.15g", name, dtype, z, got, want)
				}
			}
		}
	}
}

// The focal loss −(1−p)^½·log p of p = σ(z), written out and as an op, has at z = 20 in
// float32 the derivative −1.40e-13: −σ(−z)^½(½σ(z)softplus(−z) + σ(−z)) = −1.5·e^−1.5z.
func TestFocalLossInTheTail(t *testing.T) {
	for name, f := range map[string]func(z *node) *node{
		"pow": func(z *node) *node {
			p := ops.Sigmoid(z)
			return ops.Neg(ops.Mul(ops.Pow(ops.OneMinus(p), 0.5), ops.Log(p)))
		},
		"sqrt": func(z *node) *node {
			p := ops.Sigmoid(z)
			return ops.Neg(ops.Mul(ops.Sqrt(ops.OneMinus(p)), ops.Log(p)))
		},
		"FocalLoss": func(z *node) *node { return ops.FocalLoss(ops.Sigmoid(z), z.Graph().Const(1, 1, 1), 0.5) },
	} {
		for _, dtype := range floatTypes {
			for _, z := range []float64{20, 37, 50} {
				g := graph.NewOf(dtype)
				leaf := g.Param("z", dense(dtype, []float64{z}, 1, 1))
				want := -1.5 * math.Exp(-1.5*z)
				if got := computed(t, graph.Gradient(ops.Sum(f(leaf)), leaf)[0])[0][0]; math.Abs(got/want-1) > 1e-5 {
					t.Errorf("%s, %v: at %g the derivative is %g, want %g", name, dtype, z, got, want)
				}
			}
		}
	}
}

// Near p = ½ the log-odds are 2·artanh(2p−1) = 2(x + x³/3 + …), x = 2p−1.
func TestLogitNearHalf(t *testing.T) {
	for _, x := range []float64{0x1p-40, -0x1p-20, 0x1p-10} {
		g := graph.New()
		got := computed(t, ops.Logit(g.Param("p", dense(g.Dtype(), []float64{0.5 + x/2}, 1))))[0][0]
		if want := 2 * (x + x*x*x/3 + x*x*x*x*x/5); math.Abs(got/want-1) > 1e-15 {
			t.Errorf("logit(½ + %g) is %.17g, want %.17g", x/2, got, want)
		}
	}
}
