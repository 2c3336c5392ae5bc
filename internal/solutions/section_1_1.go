package exercises

import "adjoint/ops"

// ReversePhiW is ζxᵀ.
func ReversePhiW(w, x, zeta *Node) *Node { return ops.MatMul(zeta, ops.T(x)) }

// ReversePsi is (ζ, ζ).
func ReversePsi(b, u, zeta *Node) (byB, byU *Node) { return zeta, zeta }

// ReverseSigma is a(1−a)ζ.
func ReverseSigma(z, a, zeta *Node) *Node { return ops.Mul(ops.Mul(a, ops.OneMinus(a)), zeta) }

// ReverseLogLoss is (−y/a + (1−y)/(1−a))ζ.
func ReverseLogLoss(a, y, zeta *Node) *Node {
	return ops.Mul(ops.Sub(ops.Div(ops.OneMinus(y), ops.OneMinus(a)), ops.Div(y, a)), zeta)
}

// GradientW is (1/N)(a − y)xᵀ.
func GradientW(x, y, a *Node, n float64) *Node {
	return ops.Scale(1/n, ops.MatMul(ops.Sub(a, y), ops.T(x)))
}

// GradientB is (1/N) Σⱼ (aⱼ − yⱼ).
func GradientB(b, y, a *Node, n float64) *Node {
	return ops.Scale(1/n, ops.SumTo(ops.Sub(a, y), b.Shape()))
}
