package exercises

import (
	"testing"

	"exercises/grade"

	"adjoint/ops"
)

// TestSheet marks the sheet. It holds each answer against the automatic derivative;
// it has no solution to copy.
func TestSheet(t *testing.T) {
	grade.Run(t, []grade.Section{
		{Title: "1.1 Logistic regression", Exercises: section11},
		{Title: "2.1 Activations", Exercises: section21},
		{Title: "2.2 One hidden layer", Exercises: section22},
		{Title: "3.1 Deep networks", Exercises: section31},
		{Title: "Fan-out", Exercises: fanOut},
		{Title: "Broadcasting", Exercises: broadcast},
		{Title: "Losses of logits", Exercises: logits},
		{Title: "Convolution", Exercises: convolution},
		{Title: "Recurrence", Exercises: recurrence},
	})
}

// The functions may use ops, not the engine that differentiates.
func TestImports(t *testing.T) { grade.Imports(t, "adjoint/ops", "math", "slices") }

var section11 = []grade.Exercise{
	{Name: "ReversePhiW", Points: 1, Mark: func(m *grade.Marker) {
		w, x, zeta := m.Matrix("w", 1, 3), m.Matrix("x", 3, 4), m.Matrix("zeta", 1, 4)
		m.Reverse(ops.MatMul(w, x), w, zeta, ReversePhiW(w, x, zeta))
	}},
	{Name: "ReversePsi", Points: 1, Mark: func(m *grade.Marker) {
		b, u, zeta := m.Matrix("b", 1, 1), m.Matrix("u", 1, 1), m.Matrix("zeta", 1, 1)
		byB, byU := ReversePsi(b, u, zeta)
		m.Reverse(ops.Add(u, b), b, zeta, byB)
		m.Reverse(ops.Add(u, b), u, zeta, byU)
	}},
	{Name: "ReverseSigma", Points: 1, Mark: func(m *grade.Marker) {
		z, zeta := m.Matrix("z", 2, 3), m.Matrix("zeta", 2, 3)
		a := ops.Sigmoid(z)
		m.Reverse(a, z, zeta, ReverseSigma(z, a, zeta),
			grade.Mistake{Answer: ops.Mul(a, ops.OneMinus(a)), Hint: "That is σ'(z). rσ is a linear map: what does it do to ζ?"})
	}},
	{Name: "ReverseLogLoss", Points: 2, Mark: func(m *grade.Marker) {
		a, y, zeta := m.Between("a", 0.1, 0.9, 1, 4), m.Of("y", 1, 4, 1, 0, 0, 1), m.Matrix("zeta", 1, 4)
		m.Reverse(ops.LogLoss(a, y), a, zeta, ReverseLogLoss(a, y, zeta),
			grade.Mistake{Answer: ops.Mul(zeta, ops.Sub(a, y)), Hint: "a − y is rσ∘rL: the derivative by z. Here a is the variable, whatever it was computed from."})
	}},
	{Name: "GradientW", Points: 2, Mark: func(m *grade.Marker) {
		l := newLogistic(m)
		m.Gradient(l.j, l.w, GradientW(l.x, l.y, l.a, 4))
	}},
	{Name: "GradientB", Points: 1, Mark: func(m *grade.Marker) {
		l := newLogistic(m)
		m.Gradient(l.j, l.b, GradientB(l.b, l.y, l.a, 4))
	}},
}

// logistic is J of section 1.1 over four examples of three features.
type logistic struct{ w, b, x, y, a, j *Node }

func newLogistic(m *grade.Marker) logistic {
	l := logistic{w: m.Matrix("w", 1, 3), b: m.Matrix("b", 1, 1), x: m.Matrix("x", 3, 4), y: m.Of("y", 1, 4, 1, 0, 0, 1)}
	l.a = ops.Sigmoid(ops.Bias(l.b, ops.MatMul(l.w, l.x)))
	l.j = ops.Mean(ops.LogLoss(l.a, l.y))
	return l
}

var section21 = []grade.Exercise{
	{Name: "ReverseG", Points: 1, Mark: func(m *grade.Marker) {
		z, zeta := m.Matrix("z", 3, 4), m.Matrix("zeta", 3, 4)
		m.Reverse(ops.Sin(z), z, zeta, ReverseG(ops.Cos(z), zeta),
			grade.Mistake{Answer: ops.MatMul(ops.T(ops.Cos(z)), zeta), Hint: "dG is diagonal: no entry of G(z) depends on another entry of z. Is a product of matrices right?"})
	}},
	{Name: "TanhPrime", Points: 1, Mark: func(m *grade.Marker) {
		z := m.Matrix("z", 2, 3)
		a := ops.Tanh(z)
		m.Gradient(ops.Sum(a), z, TanhPrime(z, a),
			grade.Mistake{Answer: ops.Mul(a, ops.OneMinus(a)), Hint: "a(1 − a) is the derivative of σ, not that of tanh."},
			grade.Mistake{Answer: ops.OneMinus(ops.Square(z)), Hint: "Squared is tanh(z), not z."})
	}},
	{Name: "LeakyReLUPrime", Points: 1, Mark: func(m *grade.Marker) {
		z := m.Of("z", 2, 3, -1.5, 0.5, -0.25, 2, -3, 1)
		zero := ops.Scale(0, z)
		m.Gradient(ops.Sum(ops.LeakyReLU(z, 0.1)), z, LeakyReLUPrime(z, 0.1),
			grade.Mistake{Answer: ops.GreaterEqual(z, zero), Hint: "That is ReLU' for β = 0. What is the slope left of 0?"},
			grade.Mistake{Answer: ops.LeakyReLU(z, 0.1), Hint: "That is ReLU(z; β) itself. Its slope is asked for."})
	}},
	{Name: "ReverseSoftmax", Points: 2, Mark: func(m *grade.Marker) {
		z, zeta := m.Matrix("z", 3, 4), m.Matrix("zeta", 3, 4)
		a := ops.Softmax(z, 0)
		m.Reverse(a, z, zeta, ReverseSoftmax(a, zeta),
			grade.Mistake{Answer: ops.Mul(zeta, ops.Mul(a, ops.OneMinus(a))), Hint: "That is the diagonal of dS alone. Every entry of softmax depends on every entry of its column."},
			grade.Mistake{Answer: ops.Mul(a, ops.Sub(zeta, ops.Sum(ops.Mul(a, zeta)))), Hint: "The sum goes over the entries of one example, not over all examples."})
	}},
}
