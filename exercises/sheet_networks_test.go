package exercises

import (
	"exercises/grade"

	"adjoint/ops"
)

var section22 = []grade.Exercise{
	{Name: "ReversePhiX", Points: 1, Mark: func(m *grade.Marker) {
		w, x, zeta := m.Matrix("w", 3, 3), m.Matrix("x", 3, 4), m.Matrix("zeta", 3, 4)
		m.Reverse(ops.MatMul(w, x), x, zeta, ReversePhiX(w, x, zeta),
			grade.Mistake{Answer: ops.MatMul(w, zeta), Hint: "wζ is dφ, the way forward. ⟨ζ, wξ⟩ = ⟨?, ξ⟩"})
	}},
	{Name: "ReverseFromDifferential", Points: 2, Mark: func(m *grade.Marker) {
		w, x, zeta := m.Matrix("w", 2, 3), m.Matrix("x", 3, 1), m.Matrix("zeta", 2, 1)
		y := ops.Tanh(ops.MatMul(w, x))
		m.Reverse(y, x, zeta, ReverseFromDifferential(m.Differential(y, x), 3, zeta.Value().Float64s()))
	}},
	{Name: "GradientB2", Points: 1, Mark: func(m *grade.Marker) {
		n, j := newNetwork(m)
		m.Gradient(j, n.B2, n.GradientB2())
	}},
	{Name: "GradientW2", Points: 1, Mark: func(m *grade.Marker) {
		n, j := newNetwork(m)
		m.Gradient(j, n.W2, n.GradientW2(),
			grade.Mistake{Answer: ops.Scale(0.25, ops.MatMul(ops.Sub(n.A2, n.Y), ops.T(n.Z1))), Hint: "The second layer takes a¹, not z¹."})
	}},
	{Name: "GradientB1", Points: 2, Mark: func(m *grade.Marker) {
		n, j := newNetwork(m)
		m.Gradient(j, n.B1, n.GradientB1())
	}},
	{Name: "GradientW1", Points: 2, Mark: func(m *grade.Marker) {
		n, j := newNetwork(m)
		m.Gradient(j, n.W1, n.GradientW1())
	}},
}

// newNetwork returns a network of 3, 2 and 1 nodes with four examples, and its J.
func newNetwork(m *grade.Marker) (n Network, j *Node) {
	n = Network{X: m.Matrix("x", 3, 4), Y: m.Of("y", 1, 4, 1, 0, 0, 1), N: 4,
		W1: m.Matrix("w1", 2, 3), B1: m.Matrix("b1", 2, 1), W2: m.Matrix("w2", 1, 2), B2: m.Matrix("b2", 1, 1)}
	n.Z1 = ops.Bias(n.B1, ops.MatMul(n.W1, n.X))
	n.A1 = ops.Tanh(n.Z1)
	n.Z2 = ops.Bias(n.B2, ops.MatMul(n.W2, n.A1))
	n.A2 = ops.Sigmoid(n.Z2)
	return n, ops.Mean(ops.LogLoss(n.A2, n.Y))
}

var section31 = []grade.Exercise{
	{Name: "OutputDelta", Points: 1, Mark: func(m *grade.Marker) {
		z, y := m.Matrix("z", 3, 4), m.Matrix("y", 3, 4)
		dLoss := ops.Scale(2, ops.Sub(ops.Sin(z), y))
		m.Gradient(ops.Sum(ops.Square(ops.Sub(ops.Sin(z), y))), z, OutputDelta(dLoss, ops.Cos(z)))
	}},
	{Name: "HiddenDelta", Points: 1, Mark: func(m *grade.Marker) {
		w, z, delta := m.Matrix("w", 3, 3), m.Matrix("z", 3, 4), m.Matrix("delta", 3, 4)
		m.Reverse(ops.MatMul(w, ops.Sin(z)), z, delta, HiddenDelta(delta, w, ops.Cos(z)))
	}},
	{Name: "WeightGradient", Points: 1, Mark: func(m *grade.Marker) {
		w, a, delta := m.Matrix("w", 3, 3), m.Matrix("a", 3, 4), m.Matrix("delta", 3, 4)
		j := ops.Mean(ops.Sum(ops.Mul(delta, ops.MatMul(w, a)), 0))
		m.Gradient(j, w, WeightGradient(delta, a, 4))
	}},
	{Name: "BiasGradient", Points: 1, Mark: func(m *grade.Marker) {
		b, u, delta := m.Matrix("b", 3, 1), m.Matrix("u", 3, 4), m.Matrix("delta", 3, 4)
		j := ops.Mean(ops.Sum(ops.Mul(delta, ops.Bias(b, u)), 0))
		m.Gradient(j, b, BiasGradient(delta, b, 4))
	}},
	{Name: "PenaltyGradient", Points: 2, Mark: func(m *grade.Marker) {
		const lambda, n = 0.5, 4
		w := m.Of("w", 2, 3, -1.5, 0.5, -0.25, 2, -3, 1)
		for _, p := range []float64{2, 3} {
			j := ops.Scale(lambda/(2*n), ops.Sum(ops.Pow(ops.Abs(w), p)))
			m.Gradient(j, w, PenaltyGradient(w, lambda, n, p),
				grade.Mistake{Answer: ops.Scale(lambda*p/(2*n), ops.Pow(ops.Abs(w), p-1)), Hint: "|w| falls where w is negative: its derivative is not 1 there."},
				grade.Mistake{Answer: ops.Scale(lambda/n, w), Hint: "That is the gradient for p = 2."})
		}
	}},
}
