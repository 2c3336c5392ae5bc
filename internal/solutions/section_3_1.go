package exercises

import "adjoint/ops"

// OutputDelta is dL⊙g'(z).
func OutputDelta(dLoss, prime *Node) *Node { return ops.Mul(dLoss, prime) }

// HiddenDelta is wᵀδ⊙g'(z).
func HiddenDelta(nextDelta, nextW, prime *Node) *Node {
	return ops.Mul(ops.MatMul(ops.T(nextW), nextDelta), prime)
}

// WeightGradient is (1/N)δaᵀ.
func WeightGradient(delta, a *Node, n float64) *Node {
	return ops.Scale(1/n, ops.MatMul(delta, ops.T(a)))
}

// BiasGradient is (1/N) Σⱼ δⱼ.
func BiasGradient(delta, b *Node, n float64) *Node {
	return ops.Scale(1/n, ops.SumTo(delta, b.Shape()))
}

// PenaltyGradient is λp/(2N) |w|ᵖ⁻¹ sign w.
func PenaltyGradient(w *Node, lambda, n, p float64) *Node {
	return ops.Scale(lambda*p/(2*n), ops.Mul(ops.Pow(ops.Abs(w), p-1), ops.Sign(w)))
}
