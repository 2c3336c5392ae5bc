package exercises

import "adjoint/ops"

// ReversePhiX is wᵀζ.
func ReversePhiX(w, x, zeta *Node) *Node { return ops.MatMul(ops.T(w), zeta) }

// ReverseFromDifferential has the entries ⟨ζ, df(eᵢ)⟩.
func ReverseFromDifferential(df func(xi []float64) []float64, n int, zeta []float64) []float64 {
	r := make([]float64, n)
	for i := range r {
		basis := make([]float64, n)
		basis[i] = 1
		for j, v := range df(basis) {
			r[i] += zeta[j] * v
		}
	}
	return r
}

// A Network has one hidden layer.
type Network struct {
	X, Y           *Node
	W1, B1, Z1, A1 *Node
	W2, B2, Z2, A2 *Node
	N              float64
}

func (n Network) delta2() *Node { return ops.Scale(1/n.N, ops.Sub(n.A2, n.Y)) }

func (n Network) delta1() *Node {
	return ops.Mul(ops.OneMinus(ops.Square(n.A1)), ops.MatMul(ops.T(n.W2), n.delta2()))
}

// GradientB2 is the sum of rG²∘rL over the examples, divided by N.
func (n Network) GradientB2() *Node { return ops.SumTo(n.delta2(), n.B2.Shape()) }

// GradientW2 is that times the activations of the hidden layer.
func (n Network) GradientW2() *Node { return ops.MatMul(n.delta2(), ops.T(n.A1)) }

// GradientB1 is the sum of rG¹∘rφ²∘rG²∘rL.
func (n Network) GradientB1() *Node { return ops.SumTo(n.delta1(), n.B1.Shape()) }

// GradientW1 is that times x.
func (n Network) GradientW1() *Node { return ops.MatMul(n.delta1(), ops.T(n.X)) }
