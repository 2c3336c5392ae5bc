package exercises

// Section 1.1: logistic regression. w is 1×n, x is n×N: an example each column.

// ReversePhiW returns r₁φ(ζ), the reverse derivative of φ(w, x) = wx by w.
//
// d₁φ(η) = ηx, so which matrix has ⟨r₁φ(ζ), η⟩ = ⟨ζ, ηx⟩ for every η?
func ReversePhiW(w, x, zeta *Node) *Node { return nil }

// ReversePsi returns the reverse derivatives of ψ(b, u) = u + b by b and by u, for
// one example: both are as large as ζ.
func ReversePsi(b, u, zeta *Node) (byB, byU *Node) { return nil, nil }

// ReverseSigma returns rσ(ζ), where a = σ(z) is known already.
func ReverseSigma(z, a, zeta *Node) *Node { return nil }

// ReverseLogLoss returns rL(ζ) by a, where L(a, y) = −[y log a + (1−y) log(1−a)].
func ReverseLogLoss(a, y, zeta *Node) *Node { return nil }

// GradientW returns ∂J/∂w, where J = (1/N) Σⱼ L(aⱼ, yⱼ) and a = σ(wx + b).
func GradientW(x, y, a *Node, n float64) *Node { return nil }

// GradientB returns ∂J/∂b of the same J. b is 1×1.
func GradientB(b, y, a *Node, n float64) *Node { return nil }
