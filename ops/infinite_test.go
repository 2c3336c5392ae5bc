package ops_test

import (
	"fmt"
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// With the logits [1, −∞, 0] the second class has the probability 0, exactly, and takes no
// part: the others have those of σ(1). With d = 1, the difference of their logits, the
// entropy is log(1+eᵈ) − dσ(d) = 0.58220311, its derivative in d −dσ'(d) = −0.19661193,
// and the next −σ'(d) − dσ”(d), however it is written.
func TestEntropyWithoutOneClass(t *testing.T) {
	inf := math.Inf(-1)
	softmax := func(z *node) *node { return ops.Softmax(z, 0) }
	logs := func(z *node) *node { return ops.LogSoftmax(z, 0) }
	flat := func(z *node) *node { return z.Graph().Const(1./3, 3, 1) }
	for name, f := range map[string]func(z *node) *node{
		"−Σ S⊙log S":        func(z *node) *node { s := softmax(z); return ops.Neg(ops.Sum(ops.Mul(s, ops.Log(s)))) },
		"−Σ log S⊙S":        func(z *node) *node { s := softmax(z); return ops.Neg(ops.Sum(ops.Mul(ops.Log(s), s))) },
		"Σ S⊙−log S":        func(z *node) *node { s := softmax(z); return ops.Sum(ops.Mul(s, ops.Neg(ops.Log(s)))) },
		"−Σ S⊙log∘softmax":  func(z *node) *node { return ops.Neg(ops.Sum(ops.Mul(softmax(z), logs(z)))) },
		"−⟨S, log S⟩":       func(z *node) *node { s := softmax(z); return ops.Neg(ops.Dot(s, ops.Log(s))) },
		"−SᵀlogS":           func(z *node) *node { s := softmax(z); return ops.Neg(ops.Sum(ops.MatMul(ops.T(s), ops.Log(s)))) },
		"−einsum(S, log S)": func(z *node) *node { s := softmax(z); return ops.Neg(ops.Sum(ops.Einsum("ij,ij->j", s, ops.Log(s)))) },
		"Σ S⊙log 1/S":       func(z *node) *node { s := softmax(z); return ops.Sum(ops.Mul(s, ops.Log(ops.Reciprocal(s)))) },
		"Σ S⊙log 3/S − log 3": func(z *node) *node {
			s := softmax(z)
			return ops.Shift(ops.Sum(ops.Mul(s, ops.Log(ops.Div(z.Graph().Const(3, 3, 1), s)))), -math.Log(3))
		},
		"−½Σ S⊙log S²": func(z *node) *node {
			s := softmax(z)
			return ops.Scale(-0.5, ops.Sum(ops.Mul(s, ops.Log(ops.Square(s)))))
		},
		"−½Σ S⊙log S·S": func(z *node) *node {
			s := softmax(z)
			return ops.Scale(-0.5, ops.Sum(ops.Mul(s, ops.Log(ops.Mul(s, s)))))
		},
		"−⅓Σ S⊙log S³": func(z *node) *node {
			s := softmax(z)
			return ops.Scale(-1./3, ops.Sum(ops.Mul(s, ops.Log(ops.Pow(s, 3)))))
		},
		"log 3 − Σ S⊙log S/⅓": func(z *node) *node {
			s := softmax(z)
			return ops.Sub(z.Graph().Const(math.Log(3)), ops.Sum(ops.Mul(s, ops.Log(ops.Div(s, flat(z))))))
		},
		"−Σ exp(log S)⊙log S":    func(z *node) *node { l := logs(z); return ops.Neg(ops.Sum(ops.Mul(ops.Exp(l), l))) },
		"crossEntropy(S, S)":     func(z *node) *node { return ops.Sum(ops.CrossEntropy(softmax(z), softmax(z))) },
		"crossEntropyFromLogits": func(z *node) *node { return ops.Sum(ops.CrossEntropyFromLogits(z, softmax(z))) },
		"entropy(S)":             func(z *node) *node { return ops.Sum(ops.Entropy(softmax(z), 0)) },
		"entropy(exp(log S))":    func(z *node) *node { return ops.Sum(ops.Entropy(ops.Exp(logs(z)), 0)) },
		"entropyFromLogits":      func(z *node) *node { return ops.Sum(ops.EntropyFromLogits(z, 0)) },
		"log 3 − KL(S, ⅓)": func(z *node) *node {
			return ops.Sub(z.Graph().Const(math.Log(3)), ops.Sum(ops.KL(softmax(z), flat(z))))
		},
		"KL(S, R) without log R": func(z *node) *node { return klWithoutCross(z, softmax(ops.Scale(2, z))) },
		"entropy of a transposed": func(z *node) *node {
			s := ops.Softmax(ops.Transpose(z), 1)
			return ops.Neg(ops.Sum(ops.Mul(s, ops.Log(s))))
		},
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			z := g.Param("z", dense(dtype, []float64{1, inf, 0}, 3, 1))
			v := g.Constant("v", dense(dtype, []float64{2, 1, -1}, 3, 1))
			j := f(z)
			got := computed(t, j, graph.Gradient(j, z)[0], graph.HVP(j, []*node{z}, []*node{v})[0],
				graph.JVP(j, []*node{z}, []*node{v}))
			const d = 1
			prime := logistic(d) * logistic(-d)
			slope := -d * prime
			bend := -prime - d*prime*(1-2*logistic(d))
			want := [][]float64{
				{math.Log(1+math.E) - logistic(d)}, {slope, 0, -slope}, {3 * bend, 0, -3 * bend}, {3 * slope},
			}
			for k := range want {
				for i := range want[k] {
					expect(t, fmt.Sprintf("%s, %v: entry %d of %s", name, dtype, i, []string{"H", "∇H", "∇²H·v", "dH(v)"}[k]), got[k][i], want[k][i], dtype)
				}
			}
		}
	}
}

// klWithoutCross is the entropy of S = softmax(z) as −KL(S, R) − Σ S⊙log R, where R is 0 in
// the same place.
func klWithoutCross(z, r *node) *node {
	s := ops.Softmax(z, 0)
	return ops.Neg(ops.Add(ops.Sum(ops.KL(s, r)), ops.Sum(ops.Mul(s, ops.Log(r)))))
}

// A label 0 of a class that cannot be adds nothing to a cross-entropy that is written out,
// nor to its derivative in the labels where those do not move.
func TestLabelsOfImpossibleClasses(t *testing.T) {
	for name, f := range map[string]func(z, y *node) *node{
		"−Σ y⊙log softmax(z)":  func(z, y *node) *node { return ops.Neg(ops.Sum(ops.Mul(y, ops.Log(ops.Softmax(z, 0))))) },
		"−Σ y⊙logSoftmax(z)":   func(z, y *node) *node { return ops.Neg(ops.Sum(ops.Mul(y, ops.LogSoftmax(z, 0)))) },
		"crossEntropy":         func(z, y *node) *node { return ops.Sum(ops.CrossEntropy(ops.Softmax(z, 0), y)) },
		"KL(y, softmax(z))":    func(z, y *node) *node { return ops.Sum(ops.KL(y, ops.Softmax(z, 0))) },
		"−⟨y, log softmax(z)⟩": func(z, y *node) *node { return ops.Neg(ops.Dot(y, ops.LogSoftmax(z, 0))) },
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			z := g.Param("z", dense(dtype, []float64{1, math.Inf(-1), 0}, 3, 1))
			y := g.Constant("y", dense(dtype, []float64{0, 0, 1}, 3, 1))
			j := f(z, y)
			got := computed(t, j, graph.Gradient(j, z)[0], graph.JVP(j, []*node{y}, []*node{g.Constant("η", dense(dtype, []float64{1, 0, 0}, 3, 1))}))
			s := logistic(1)
			expect(t, name+": value", got[0][0], math.Log(1+math.E), dtype)
			for i, want := range []float64{s, 0, -s} {
				expect(t, fmt.Sprintf("%s, %v: gradient %d", name, dtype, i), got[1][i], want, dtype)
			}
			if name != "KL(y, softmax(z))" { // its log y is −∞
				expect(t, fmt.Sprintf("%s, %v: d in y", name, dtype), got[2][0], math.Log(1+math.E)-1, dtype)
			}
		}
	}
}

// Σ S²⊙log S of the same logits: with s = σ(1) and q = σ(−1) it is s² log s + q² log q, and its
// derivative in the difference of the logits sq·(s(2 log s + 1) − q(2 log q + 1)).
func TestWeightedLogarithmsWithoutOneClass(t *testing.T) {
	s, q := logistic(1), logistic(-1)
	slope := s * q * (s*(2*math.Log(s)+1) - q*(2*math.Log(q)+1))
	for name, f := range map[string]func(s *node) *node{
		"S²⊙log S":    func(s *node) *node { return ops.Mul(ops.Square(s), ops.Log(s)) },
		"S⊙S⊙log S":   func(s *node) *node { return ops.Mul(s, ops.Mul(s, ops.Log(s))) },
		"½S²⊙log S²":  func(s *node) *node { p := ops.Square(s); return ops.Scale(0.5, ops.Mul(p, ops.Log(p))) },
		"−S²⊙log 1/S": func(s *node) *node { return ops.Neg(ops.Mul(ops.Square(s), ops.Log(ops.Reciprocal(s)))) },
	} {
		for _, dtype := range floatTypes {
			g := graph.NewOf(dtype)
			z := g.Param("z", dense(dtype, []float64{1, math.Inf(-1), 0}, 3, 1))
			j := ops.Sum(f(ops.Softmax(z, 0)))
			got := computed(t, j, graph.Gradient(j, z)[0])
			for i, want := range [][]float64{{s*s*math.Log(s) + q*q*math.Log(q)}, {slope, 0, -slope}} {
				for k := range want {
					expect(t, fmt.Sprintf("%s, %v: entry %d of %s", name, dtype, k, []string{"J", "∇J"}[i]), got[i][k], want[k], dtype)
				}
			}
		}
	}
}

// The logarithm of a square is that of |z|, and that of a product those of its factors where these are not
// negative, also where a factor of z has a logarithm in a better form.
func TestLogarithmWithNegativeFactors(t *testing.T) {
	g := graph.New()
	z := g.Param("z", dense(g.Dtype(), []float64{0.5}, 1))
	minus := g.Param("c", dense(g.Dtype(), []float64{-3}, 1))
	v, w := ops.Mul(minus, ops.Sigmoid(z)), ops.Div(minus, ops.Exp(z))
	for _, y := range []*node{
		ops.Square(v), ops.Pow(v, 2), ops.Square(w), ops.Pow(w, 2),
		ops.Mul(v, w), ops.Div(v, w), ops.Div(v, minus), ops.Square(ops.Reshape(v, 1, 1)),
	} {
		got := computed(t, y, ops.Log(y))
		if want := math.Log(got[0][0]); !(math.Abs(got[1][0]-want) <= 1e-15) {
			t.Errorf("log of %v is %g, want %g", y, got[1][0], want)
		}
	}
}
