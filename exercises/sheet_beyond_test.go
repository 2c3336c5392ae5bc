package exercises

import (
	"exercises/grade"

	"adjoint/graph"
	"adjoint/ops"
)

var fanOut = []grade.Exercise{
	{Name: "ReverseDiagonal", Points: 1, Mark: func(m *grade.Marker) {
		x, zeta1, zeta2 := m.Matrix("x", 2, 3), m.Matrix("zeta1", 2, 3), m.Matrix("zeta2", 2, 3)
		j := ops.Add(ops.Sum(ops.Mul(zeta1, x)), ops.Sum(ops.Mul(zeta2, x)))
		m.Gradient(j, x, ReverseDiagonal(zeta1, zeta2),
			grade.Mistake{Answer: ops.Mul(zeta1, zeta2), Hint: "⟨ζ₁, ξ⟩ + ⟨ζ₂, ξ⟩ = ⟨?, ξ⟩: no product of cotangents is linear in both at once."})
	}},
	{Name: "ReverseResidual", Points: 1, Mark: func(m *grade.Marker) {
		w, x, zeta := m.Matrix("w", 3, 3), m.Matrix("x", 3, 4), m.Matrix("zeta", 3, 4)
		a := ops.Tanh(ops.MatMul(w, x))
		m.Reverse(ops.Add(x, a), x, zeta, ReverseResidual(w, x, a, zeta))
	}},
}

var broadcast = []grade.Exercise{
	{Name: "ReverseBias", Points: 1, Mark: func(m *grade.Marker) {
		b, u, zeta := m.Matrix("b", 3, 1), m.Matrix("u", 3, 4), m.Matrix("zeta", 3, 4)
		m.Reverse(ops.Bias(b, u), b, zeta, ReverseBias(b, u, zeta))
	}},
	{Name: "ReverseGain", Points: 2, Mark: func(m *grade.Marker) {
		s, x, zeta := m.Matrix("s", 1, 4), m.Matrix("x", 3, 4), m.Matrix("zeta", 3, 4)
		m.Reverse(ops.Mul(s, x), s, zeta, ReverseGain(s, x, zeta),
			grade.Mistake{Answer: ops.SumTo(zeta, s.Shape()), Hint: "The sum over the rows is right, but s is multiplied, not added: what multiplies it?"})
	}},
}

var logits = []grade.Exercise{
	{Name: "LogLossGradient", Points: 1, Mark: func(m *grade.Marker) {
		z, y := m.Of("z", 1, 5, -800, -1, 0.5, 2, 800), m.Of("y", 1, 5, 1, 0, 1, 0, 0)
		m.Gradient(ops.Sum(ops.LogLossFromLogits(z, y)), z, LogLossGradient(z, y))
	}},
	{Name: "CrossEntropyGradient", Points: 1, Mark: func(m *grade.Marker) {
		z, y := m.Of("z", 3, 2, 0.5, 800, 1, -800, -2, 2), m.Of("y", 3, 2, 0, 0, 1, 1, 0, 0)
		m.Gradient(ops.Sum(ops.CrossEntropyFromLogits(z, y)), z, CrossEntropyGradient(z, y),
			grade.Mistake{Answer: ops.Sub(ops.Sigmoid(z), y), Hint: "σ acts on each logit alone. What makes the probabilities of a column sum to 1?"})
	}},
}

var convolution = []grade.Exercise{
	{Name: "Patches", Points: 1, Mark: func(m *grade.Marker) {
		x, zeta := m.Matrix("x", 5, 1), m.Matrix("zeta", 3, 3) // ⟨ζ, P(x)⟩ has the gradient P(x) by ζ
		m.Reverse(patches(x, 3), zeta, zeta, Patches(x.Value().Float64s(), 3))
	}},
	{Name: "Fold", Points: 2, Mark: func(m *grade.Marker) {
		x, zeta := m.Matrix("x", 6, 1), m.Matrix("zeta", 3, 4)
		v := zeta.Value().Float64s()
		const hint = "An entry of x is in several windows. It takes a cotangent from each: add them up."
		m.Reverse(patches(x, 3), x, zeta, Fold([][]float64{v[:4], v[4:8], v[8:]}, 6),
			grade.Mistake{Answer: []float64{v[0], v[1], v[2], v[3], v[7], v[11]}, Hint: hint},  // the last window alone
			grade.Mistake{Answer: []float64{v[0], v[4], v[8], v[9], v[10], v[11]}, Hint: hint}) // the first
	}},
	{Name: "ReverseConvolutionW", Points: 1, Mark: func(m *grade.Marker) {
		w, x, zeta := m.Matrix("w", 1, 3), m.Matrix("x", 6, 1), m.Matrix("zeta", 1, 4)
		m.Reverse(ops.MatMul(w, patches(x, 3)), w, zeta, ReverseConvolutionW(x.Value().Float64s(), zeta.Value().Float64s(), 3))
	}},
	{Name: "ReverseConvolutionX", Points: 2, Mark: func(m *grade.Marker) {
		w, x, zeta := m.Matrix("w", 1, 3), m.Matrix("x", 6, 1), m.Matrix("zeta", 1, 4)
		flipped := ops.Concat(1, ops.Slice(w, 1, 2, 3), ops.Slice(w, 1, 1, 2), ops.Slice(w, 1, 0, 1))
		m.Reverse(ops.MatMul(w, patches(x, 3)), x, zeta, ReverseConvolutionX(w.Value().Float64s(), zeta.Value().Float64s(), 6),
			grade.Mistake{Answer: graph.VJP(ops.MatMul(flipped, patches(x, 3)), zeta, x)[0], Hint: "w is the wrong way round: which i and j have i+j = the entry of x?"})
	}},
}

// patches is P(x) for windows of length k, as a formula: row i holds x[i], x[i+1], ….
func patches(x *Node, k int) *Node {
	rows := make([]*Node, k)
	for i := range rows {
		rows[i] = ops.T(ops.Slice(x, 0, i, x.Shape().Dims()[0]-k+1+i))
	}
	return ops.Concat(0, rows...)
}

var recurrence = []grade.Exercise{
	{Name: "ReverseInputs", Points: 2, Mark: func(m *grade.Marker) {
		r := newRecurrence(m)
		w, steps := r.w.Value().Float64s()[0], len(r.zeta)
		local, linear, next := make([]float64, steps), make([]float64, steps), 0.
		for t := steps - 1; t >= 0; t-- {
			local[t] = r.zeta[t] * (1 - r.states[t+1]*r.states[t+1])
			next = r.zeta[t] + w*next
			linear[t] = next
		}
		m.Gradient(r.j, r.x, ReverseInputs(w, r.states, r.zeta),
			grade.Mistake{Answer: linear, Hint: "That would be right for s[t] = w s[t−1] + x[t−1]. Where is the derivative of tanh?"},
			grade.Mistake{Answer: local, Hint: "That is what each s[t] has of its own ζ. It acts on s[t+1] too."})
	}},
	{Name: "ReverseWeight", Points: 1, Mark: func(m *grade.Marker) {
		r := newRecurrence(m)
		shifted := 0.
		for t, v := range r.byX {
			shifted += v * r.states[t+1]
		}
		m.Gradient(r.j, r.w, ReverseWeight(r.byX, r.states),
			grade.Mistake{Answer: []float64{shifted}, Hint: "w multiplies the state before, s[t−1], not s[t]."})
	}},
}

// A recurrent is s[t] = tanh(w s[t−1] + x[t−1]) over four steps, and j = ⟨ζ, s⟩.
type recurrent struct {
	w, x, j           *Node
	states, zeta, byX []float64
}

func newRecurrence(m *grade.Marker) recurrent {
	const steps = 4
	w, x, s, zeta := m.Matrix("w", 1, 1), m.Matrix("x", 1, steps), m.Matrix("s", 1, 1), m.Matrix("zeta", 1, steps)
	states := []*Node{s}
	for t := range steps {
		s = ops.Tanh(ops.Add(ops.Mul(w, s), ops.Slice(x, 1, t, t+1)))
		states = append(states, s)
	}
	r := recurrent{w: w, x: x, j: ops.Sum(ops.Mul(zeta, ops.Concat(1, states[1:]...)))}
	r.states, r.zeta = m.Values(ops.Concat(1, states...)), m.Values(zeta)
	r.byX = m.Values(graph.Gradient(r.j, x)[0])
	return r
}
