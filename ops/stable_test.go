package ops_test

import (
	"fmt"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// saturated are logits at which σ and softmax round to 0 or 1, and some at which
// they do not.
var saturated = []float64{-1e5, -1000, -90, -3, 0, 0.5, 40, 1000, 1e5}

// However a loss of a = σ(z) or softmax(z) is written, and whoever else uses a, the
// cost, its gradient, Hessian·v and the gradient of that are finite, in both float
// types, with logits of any size.
func TestSaturatedLosses(t *testing.T) {
	var z, z2, y []float64
	for i, v := range saturated {
		for k := range 2 {
			z, z2 = append(z, v), append(z2, saturated[(i+k)%len(saturated)])
			y = append(y, float64(k))
		}
	}
	for name, f := range map[string]func(z, y *node) *node{
		"L(σ(z), y)": func(z, y *node) *node { return ops.LogLoss(ops.Sigmoid(z), y) },
		"L(σ(z), y) + a²": func(z, y *node) *node {
			a := ops.Sigmoid(z)
			return ops.Add(ops.LogLoss(a, y), ops.Sum(ops.Square(a), 0))
		},
		"L(1−σ(z), y)": func(z, y *node) *node { return ops.LogLoss(ops.OneMinus(ops.Sigmoid(z)), y) },
		"L(a, a)":      func(z, _ *node) *node { a := ops.Sigmoid(z); return ops.LogLoss(a, a) },
		"section 1":    func(z, y *node) *node { return sectionOne(ops.Sigmoid(z), y) },
		"L∘σ":          ops.LogLossFromLogits,
		"crossEntropy(softmax(z), y)": func(z, y *node) *node {
			return ops.CrossEntropy(ops.Softmax(z, 0), y)
		},
		"crossEntropy(softmax(z), y) + a²": func(z, y *node) *node {
			a := ops.Softmax(z, 0)
			return ops.Add(ops.CrossEntropy(a, y), ops.Sum(ops.Square(a), 0))
		},
		"−Σ y log softmax(z)": func(z, y *node) *node { return ops.Neg(ops.Sum(ops.Mul(y, ops.Log(ops.Softmax(z, 0))), 0)) },
		"crossEntropy(σ(z), y)": func(z, y *node) *node {
			return ops.CrossEntropy(ops.Sigmoid(z), y)
		},
		"crossEntropy∘softmax": ops.CrossEntropyFromLogits,
		"sparse":               func(z, y *node) *node { return ops.SparseCrossEntropyFromLogits(z, ops.Slice(y, 0, 0, 1)) },
		"KL(y, softmax(z))":    func(z, y *node) *node { return ops.KL(y, ops.Softmax(z, 0)) },
		"KL(y, σ(z))":          func(z, y *node) *node { return ops.KL(y, ops.Sigmoid(z)) },
		"logΣexp":              func(z, _ *node) *node { return ops.LogSumExp(z, 0) },
		"log∘softmax":          func(z, _ *node) *node { return ops.LogSoftmax(z, 0) },
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			z, y := matrix(g, "z", z, z2), g.Constant("y", dense(dtype, append(y, y...), 2, len(y)))
			j := ops.Mean(f(z, y))
			v := g.Const(1, z.Shape().Dims()...)
			gradient := graph.Gradient(j, z)[0]
			hv := graph.HVP(j, []*node{z}, []*node{v})[0]
			third := graph.Gradient(ops.Sum(ops.Mul(hv, z)), z)[0]
			for order, values := range computed(t, j, gradient, hv, third) {
				for i, v := range values {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("%s, %v: entry %d of derivative %d is %g", name, dtype, i, order, v)
					}
				}
			}
		}
	}
}

// sectionOne is the log-loss of one component as section 1 writes it, out of logs.
func sectionOne(a, y *node) *node {
	return ops.Neg(ops.Add(ops.Mul(y, ops.Log(a)), ops.Mul(ops.OneMinus(y), ops.Log(ops.OneMinus(a)))))
}

// At saturated logits the value of J = mean(L) + mean(a²) is the right one, its
// gradient (σ(z) − y + 2aσ'(z))/N, and Hessian·v is (σ'(z) + 2(aσ'(z))')v/N.
func TestSaturatedValues(t *testing.T) {
	for _, dtype := range floatTypes {
		for _, y := range []float64{0, 1} {
			g := graph.NewOf(dtype)
			z := matrix(g, "z", saturated)
			a := ops.Sigmoid(z)
			l := ops.LogLoss(a, g.Const(y, 1, len(saturated)))
			j := ops.Add(ops.Mean(l), ops.Mean(ops.Square(a)))
			v := g.Const(3, 1, len(saturated))
			got := computed(t, l, graph.Gradient(j, z)[0], graph.HVP(j, []*node{z}, []*node{v})[0])
			for i, z := range saturated {
				at := fmt.Sprintf("at z = %g, y = %g, %v: ", z, y, dtype)
				σ, N := logistic(z), float64(len(saturated))
				prime := σ * logistic(-z)
				loss := math.Max(z, 0) - y*z + math.Log1p(math.Exp(-math.Abs(z)))
				expect(t, at+"L", got[0][i], loss, dtype)
				expect(t, at+"∇J", got[1][i], (σ-y+2*σ*prime)/N, dtype)
				expect(t, at+"∇²J·v", got[2][i], 3*(prime+2*prime*prime+2*σ*prime*(1-2*σ))/N, dtype)
			}
		}
	}
}

// Where a prediction is exactly its label, 0 or 1, derivatives of every order are
// finite, and those of L are the one-sided ones of −log a and −log(1−a).
func TestPerfectFit(t *testing.T) {
	labels := []float64{0, 1, 1, 0}
	for name, f := range map[string]func(a, y *node) *node{
		"LogLoss": ops.LogLoss, "CrossEntropy": ops.CrossEntropy,
		"KL": func(a, y *node) *node { return ops.KL(y, a) },
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			a, y := matrix(g, "a", labels), g.Constant("y", dense(dtype, labels, 1, 4))
			d := []*node{ops.Sum(f(a, y))}
			for range 4 {
				d = append(d, graph.Gradient(ops.Sum(d[len(d)-1]), a)[0])
			}
			got := computed(t, d...)
			for i, y := range labels {
				want := []float64{0, -y, y, -2 * y, 6 * y}
				if name == "LogLoss" && y == 0 {
					want = []float64{0, 1, 1, 2, 6}
				}
				for order := range want {
					expect(t, fmt.Sprintf("%s, %v: derivative %d at a = y = %g", name, dtype, order, y), got[order][i%len(got[order])], want[order], dtype)
				}
			}
		}
	}
}

// A net that fits its labels exactly, by an activation that reaches 0 and 1, has
// no gradient left.
func TestPerfectlyFittedNet(t *testing.T) {
	for _, dtype := range floatTypes {
		g := graph.NewOf(dtype)
		w, x := matrix(g, "w", []float64{1}), g.Constant("x", dense(dtype, []float64{-40, -5, 5, 40}, 1, 4))
		y := g.Constant("y", dense(dtype, []float64{0, 0, 1, 1}, 1, 4))
		z := ops.MatMul(w, x)
		for _, a := range []*node{ops.HardSigmoid(z), ops.Clip(z, 0, 1)} {
			j := ops.Mean(ops.LogLoss(a, y))
			got := computed(t, j, graph.Gradient(j, w)[0])
			if got[0][0] != 0 || got[1][0] != 0 {
				t.Errorf("%v, %v: J = %g and ∂J/∂w = %g, want 0 and 0", a.Op(), dtype, got[0][0], got[1][0])
			}
		}
	}
}

// Gradient descent on separable examples drives every a to its label. It goes on
// for 10 000 steps without a NaN, in float32 too, with the loss as section 1 has it.
func TestDescentToPerfectFit(t *testing.T) {
	for _, dtype := range floatTypes {
		g := graph.NewOf(dtype)
		w := matrix(g, "w", []float64{0})
		x := g.Constant("x", dense(dtype, []float64{-40, -1, 1, 40}, 1, 4))
		y := g.Constant("y", dense(dtype, []float64{0, 0, 1, 1}, 1, 4))
		j := ops.Mean(ops.LogLoss(ops.Sigmoid(ops.MatMul(w, x)), y))
		next := ops.Sub(w, ops.Scale(10, graph.Gradient(j, w)[0]))
		p, err := graph.Compile(j, next)
		if err != nil {
			t.Fatal(err)
		}
		for step := range 10000 {
			if err := p.Run(); err != nil {
				t.Fatal(err)
			}
			v, _ := p.Value(next)
			if x := entries(v)[0]; math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%v: w is %g after %d steps", dtype, x, step+1)
			}
			if dtype == tensor.Float32 {
				copy(w.Value().Float32s(), v.Float32s())
			} else {
				copy(w.Value().Float64s(), v.Float64s())
			}
		}
		v, _ := p.Value(j)
		if cost := entries(v)[0]; !(cost >= 0 && cost < 1e-4) {
			t.Errorf("%v: the cost ends at %g", dtype, cost)
		}
	}
}
