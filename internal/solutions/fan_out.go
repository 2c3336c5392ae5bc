package exercises

import "adjoint/ops"

// ReverseDiagonal is ζ₁ + ζ₂.
func ReverseDiagonal(zeta1, zeta2 *Node) *Node { return ops.Add(zeta1, zeta2) }

// ReverseResidual is ζ + wᵀ((1 − a²)⊙ζ).
func ReverseResidual(w, x, a, zeta *Node) *Node {
	return ops.Add(zeta, ops.MatMul(ops.T(w), ops.Mul(ops.OneMinus(ops.Square(a)), zeta)))
}
