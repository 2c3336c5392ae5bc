package optest_test

import (
	"fmt"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// A planted case is a hand-derived gradient with one mistake.
type planted struct {
	name string
	net  func(tensor.Dtype) *net
	hand func(m *net) (j, w, hand *node)
	hint string
}

var plantedMistakes = []planted{
	{"1/N is lost", logisticNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[1], ops.MatMul(ops.Sub(m.a[1], m.y), ops.T(m.a[0]))
	}, "1/N is lost (N = 5)"},
	{"1/N and a 2 are lost", logisticNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[1], ops.Scale(0.5, ops.MatMul(ops.Sub(m.a[1], m.y), ops.T(m.a[0])))
	}, "1/N and a factor 2 are lost (N = 5)"},
	{"1/N is lost in b", deepNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(m.sigmoidPrimes, transposeTimes)
		return m.j, m.b[2], ops.Mul(m.g.BatchSize(), ops.SumTo(δ[2], m.b[2].Shape()))
	}, "1/N is lost (N = 5)"},
	{"1/N twice", logisticNet, func(m *net) (j, w, hand *node) {
		return m.j, m.b[1], ops.Div(ops.SumTo(m.residual(), m.b[1].Shape()), m.g.BatchSize())
	}, "1/N is there once too often (N = 5)"},
	{"1/N twice in w", logisticNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[1], ops.Div(ops.MatMul(m.residual(), ops.T(m.a[0])), m.g.BatchSize())
	}, "1/N is there once too often (N = 5)"},
	{"sign", logisticNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[1], ops.MatMul(ops.Div(ops.Sub(m.y, m.a[1]), m.g.BatchSize()), ops.T(m.a[0]))
	}, "the sign is wrong"},
	{"sign and 1/N", logisticNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[1], ops.MatMul(ops.Sub(m.y, m.a[1]), ops.T(m.a[0]))
	}, "1/N is lost (N = 5), and the sign is wrong"},
	{"2 of a square", squaresNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[2], ops.MatMul(ops.Mul(m.residual(), sigmoidPrime(m.a[2])), ops.T(m.a[1]))
	}, "a factor 2 is lost"},
	{"transposed", hiddenNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(func(int) *node { return tanhPrime(m.a[1]) }, transposeTimes)
		return m.j, m.w[1], ops.MatMul(m.a[0], ops.T(δ[1]))
	}, "hand is the transpose"},
	{"W for Wᵀ", deepNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(m.sigmoidPrimes, func(l int, w, δ *node) *node {
			if l == 1 {
				return ops.MatMul(w, δ)
			}
			return ops.MatMul(ops.T(w), δ)
		})
		return m.j, m.w[1], ops.MatMul(δ[1], ops.T(m.a[0]))
	}, "rφ[2] takes w2 for its transpose"},
	{"σ' of the output is lost", squaresNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[2], ops.MatMul(ops.Scale(2, m.residual()), ops.T(m.a[1]))
	}, "the derivative of σ is lost"},
	{"tanh' is lost", hiddenNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[1], ops.MatMul(ops.MatMul(ops.T(m.w[2]), m.residual()), ops.T(m.a[0]))
	}, "the derivative of tanh is lost"},
	{"σ' of a layer is lost", deepNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(func(l int) *node {
			if l == 2 {
				return m.g.Const(1, 4, graph.Batch)
			}
			return sigmoidPrime(m.a[l])
		}, transposeTimes)
		return m.j, m.w[1], ops.MatMul(δ[1], ops.T(m.a[0]))
	}, "the derivative of σ[2] is lost"},
	{"σ' twice", logisticNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[1], ops.MatMul(ops.Mul(m.residual(), sigmoidPrime(m.a[1])), ops.T(m.a[0]))
	}, "the derivative of σ is there twice"},
	{"a for z in tanh'", hiddenNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(func(int) *node { return tanhPrime(ops.Tanh(m.a[1])) }, transposeTimes)
		return m.j, m.w[1], ops.MatMul(δ[1], ops.T(m.a[0]))
	}, "the derivative of tanh is taken at its value a in place of its argument"},
	{"z for a in σ'", deepNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(func(l int) *node {
			if l == 3 {
				return sigmoidPrime(m.z[3])
			}
			return sigmoidPrime(m.a[l])
		}, transposeTimes)
		return m.j, m.w[2], ops.MatMul(δ[2], ops.T(m.a[1]))
	}, "the derivative of σ[3] is written by its value a, but is given its argument"},
	{"z for a in tanh'", hiddenNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(func(int) *node { return tanhPrime(m.z[1]) }, transposeTimes)
		return m.j, m.w[1], ops.MatMul(δ[1], ops.T(m.a[0]))
	}, "the derivative of tanh is written by its value a, but is given its argument"},
	{"z for a in a product", hiddenNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[2], ops.MatMul(m.residual(), ops.T(m.z[1]))
	}, "which goes into tanh, for what comes out of it: z for a"},
	{"a path is lost", deepNet, func(m *net) (j, w, hand *node) {
		skip := ops.Mean(ops.Square(m.a[2]))
		δ := m.deltas(m.sigmoidPrimes, transposeTimes)
		return ops.Add(m.j, skip), m.w[1], ops.MatMul(δ[1], ops.T(m.a[0]))
	}, "a path is lost: the cost depends on w1 through mean[2](square("},
	{"the other path is lost", logisticNet, func(m *net) (j, w, hand *node) {
		// J + mean(z²), of which only the second has been differentiated.
		d := ops.Scale(2, ops.Div(m.z[1], m.g.BatchSize()))
		return ops.Add(m.j, ops.Mean(ops.Square(m.z[1]))), m.w[1], ops.MatMul(d, ops.T(m.a[0]))
	}, "a path is lost: the cost depends on w1 through mean[1](L("},
	{"L² is forgotten", logisticNet, func(m *net) (j, w, hand *node) {
		return ops.Add(m.j, ops.L2Penalty(0.7, 5, m.w[1])), m.w[1], ops.MatMul(m.residual(), ops.T(m.a[0]))
	}, "the penalty is forgotten"},
	{"L¹ of all layers is forgotten", deepNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(m.sigmoidPrimes, transposeTimes)
		return ops.Add(m.j, ops.L1Penalty(0.7, 5, m.w[1:]...)), m.w[3], ops.MatMul(δ[3], ops.T(m.a[2]))
	}, "the penalty is forgotten"},
	{"a penalty written out has lost its 2", logisticNet, func(m *net) (j, w, hand *node) {
		penalty := ops.Scale(0.3, ops.Sum(ops.Square(m.w[1])))
		return ops.Add(m.j, penalty), m.w[1], ops.Add(ops.MatMul(m.residual(), ops.T(m.a[0])), ops.Scale(0.3, m.w[1]))
	}, "in the gradient of the penalty 0.3·(Σ(square(w1))), a factor 2 is lost"},
	{"the sign of a penalty", squareNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(m.sigmoidPrimes, transposeTimes)
		data := ops.MatMul(δ[2], ops.T(m.a[1]))
		return ops.Add(m.j, ops.L2Penalty(0.7, 5, m.w[1:]...)), m.w[2], ops.Sub(data, ops.Scale(0.7/5, m.w[2]))
	}, "in the gradient of the penalty 0.7/(2·5)‖·‖²[2](w2), the sign is wrong"},
	{"1/N in one term", logisticNet, func(m *net) (j, w, hand *node) {
		data := ops.MatMul(ops.Sub(m.a[1], m.y), ops.T(m.a[0]))
		return ops.Add(m.j, ops.L2Penalty(0.7, 5, m.w[1])), m.w[1], ops.Add(data, ops.Scale(0.7/5, m.w[1]))
	}, "along the path through mean(L(σ(ψ(b1, φ(w1, x))), y)), argument 1 of +, 1/N is lost (N = 5)"},
	{"x for a[1]", squareNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(m.sigmoidPrimes, transposeTimes)
		return m.j, m.w[2], ops.MatMul(δ[2], ops.T(m.a[0]))
	}, "r₁φ[2] takes x for σ[1](ψ[1](b1, φ[1](w1, x)))"},
	{"w1 for w2", squareNet, func(m *net) (j, w, hand *node) {
		δ := m.deltas(m.sigmoidPrimes, func(l int, w, δ *node) *node {
			if l == 1 {
				w = m.w[1]
			}
			return ops.MatMul(ops.T(w), δ)
		})
		return m.j, m.w[1], ops.MatMul(δ[1], ops.T(m.a[0]))
	}, "rφ[2] takes w1 for w2"},
	{"softmax' is lost", func(dtype tensor.Dtype) *net {
		m := newNet(dtype, []int{3, 3, 3}, ops.Tanh, ops.SquaredError)
		m.a[2] = ops.Softmax(m.z[2], 0)
		m.j = ops.Mean(ops.CrossEntropy(m.a[2], m.y))
		return m
	}, func(m *net) (j, w, hand *node) {
		return m.j, m.z[2].Named("z2"), ops.Neg(ops.Div(ops.Div(m.y, m.a[2]), m.g.BatchSize()))
	}, "the derivative of softmax is lost"},
	{"times a learning rate", hiddenNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[2], ops.Scale(0.1, ops.MatMul(m.residual(), ops.T(m.a[1])))
	}, "hand is 0.1 times what it should be, everywhere"},
	{"terms are missing", hiddenNet, func(m *net) (j, w, hand *node) {
		mask := m.g.Constant("m", matrix(m.g.Dtype(), 1, 3, 1, 0, 1))
		return m.j, m.w[2], ops.Mul(mask, ops.MatMul(m.residual(), ops.T(m.a[1])))
	}, "hand is right where it is not 0"},
	{"a column is wrong", hiddenNet, func(m *net) (j, w, hand *node) {
		off := m.g.Constant("o", matrix(m.g.Dtype(), 3, 3, 0, 0, 1, 0, 0, 0.7, 0, 0, -2))
		δ := m.deltas(func(int) *node { return tanhPrime(m.a[1]) }, transposeTimes)
		return m.j, m.w[1], ops.Add(off, ops.MatMul(δ[1], ops.T(m.a[0])))
	}, "column 2 is wrong, and no other"},
	{"rounded numbers", hiddenNet, func(m *net) (j, w, hand *node) {
		return m.j, m.w[2], ops.Add(m.g.Const(1e-4, 1, 3), ops.MatMul(m.residual(), ops.T(m.a[1])))
	}, "are its numbers rounded? GradientOptions.Tolerance"},
	{"factors of a square product", logisticNet, func(m *net) (j, w, hand *node) {
		v := func(name string, v ...float64) *node { return m.g.Param(name, matrix(m.g.Dtype(), 2, 2, v...)) }
		A, B := v("A", 1, 2, -3, 0.5), v("B", 0.7, -1, 2, 1.5)
		AB := ops.MatMul(A, B)
		return ops.Sum(ops.Square(AB)), A, ops.Scale(2, ops.MatMul(ops.T(B), AB)) // for 2ABBᵀ
	}, "the operands of φ are swapped in r₁φ"},
	{"factors of a square product, on the right", logisticNet, func(m *net) (j, w, hand *node) {
		v := func(name string, v ...float64) *node { return m.g.Param(name, matrix(m.g.Dtype(), 2, 2, v...)) }
		A, B := v("A", 1, 2, -3, 0.5), v("B", 0.7, -1, 2, 1.5)
		AB := ops.MatMul(A, B)
		return ops.Sum(ops.Square(AB)), B, ops.Scale(2, ops.MatMul(AB, ops.T(A))) // for 2AᵀAB
	}, "the operands of φ are swapped in rφ"},
	{"operands of a product", logisticNet, func(m *net) (j, w, hand *node) {
		v := m.g.Constant("v", matrix(m.g.Dtype(), 1, 3, 1, -2, 0.5))
		return ops.Sum(ops.Square(ops.Mul(m.w[1], v))), m.w[1], ops.Scale(2, ops.Mul(ops.Square(m.w[1]), v))
	}, "the operands of ⊙ are swapped"},
}

// Every planted mistake is named, in both float types, as a formula and as numbers,
// in one message of a summary, a verdict, a hint and a short table. Most of these
// formulas share a − y, and some of them more, with the engine's gradient.
func TestPlantedMistakes(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for _, c := range plantedMistakes {
			for _, numbers := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %v, numbers %v", c.name, dtype, numbers), func(t *testing.T) {
					m := c.net(dtype)
					j, w, hand := c.hand(m)
					var given any = hand
					if numbers {
						given = func(at optest.At) any { return at(hand) }
					}
					message := gradientOf(j, w, given, optest.GradientOptions{Feeds: m.feeds})
					lines := strings.Split(message, "\n")
					if len(lines) > 15 || !strings.HasPrefix(lines[0], "∂J/∂"+w.Name()+": ") || lines[1] != "Finite differences confirm the engine." {
						t.Errorf("%d lines:\n%s", len(lines), message)
					}
					if hints := strings.Count(message, "Hint: "); hints != 1 || !strings.Contains(lines[2], c.hint) {
						t.Errorf("%d hints, want %q in\n%s", hints, c.hint, message)
					}
				})
			}
		}
	}
}

// Right gradients of the same nets have no message, and so no hint.
func TestRightGradientsOfNets(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		m := deepNet(dtype)
		δ := m.deltas(m.sigmoidPrimes, transposeTimes)
		for l := 1; l < len(m.w); l++ {
			for _, c := range []struct{ w, hand *node }{
				{m.w[l], ops.MatMul(δ[l], ops.T(m.a[l-1]))},
				{m.b[l], ops.SumTo(δ[l], m.b[l].Shape())},
				{m.z[l], δ[l]},
			} {
				if got := gradientOf(m.j, c.w, c.hand, optest.GradientOptions{Feeds: m.feeds}); got != "" {
					t.Errorf("%v: %s", dtype, got)
				}
			}
		}
	}
}

// A cost made of gradients has a gradient like any other: of J = Σw⁴ with ∇J = 4w³
// it is 96w⁵ for ‖∇J‖², by hand.
func TestGradientOfAGradient(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		g := graph.NewOf(dtype)
		w := g.Param("w", matrix(dtype, 1, 3, 0.5, -1, 2))
		gradient := graph.Gradient(ops.Sum(ops.Square(ops.Square(w))), w)[0]
		j := ops.Sum(ops.Square(gradient)).Named("‖∇J‖²")
		if got := gradientOf(j, w, []float64{3, -96, 3072}, optest.GradientOptions{}); got != "" {
			t.Errorf("%v: %s", dtype, got)
		}
		got := gradientOf(j, w, []float64{1.5, -48, 1536}, optest.GradientOptions{})
		for _, want := range []string{"∂‖∇J‖²/∂w: 3 of 3 entries differ", "confirm the engine", "a factor 2 is lost"} {
			if !strings.Contains(got, want) {
				t.Errorf("%v: no %q in\n%s", dtype, want, got)
			}
		}
	}
}
