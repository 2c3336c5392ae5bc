package exercises

// Section 2.2: backpropagation through one hidden layer.

// ReversePhiX returns rφ(ζ), the reverse derivative of φ(w, x) = wx by x.
func ReversePhiX(w, x, zeta *Node) *Node { return nil }

// ReverseFromDifferential returns rf(ζ) of a map f: ℝⁿ → ℝᵏ that you know by its
// differential alone: df(ξ) takes n numbers and returns k. Lemma 2.4 says what the
// entries of rf are.
func ReverseFromDifferential(df func(xi []float64) []float64, n int, zeta []float64) []float64 {
	return nil
}

// A Network has one hidden layer: z¹ = w¹x + b¹, a¹ = tanh(z¹), z² = w²a¹ + b²,
// a² = σ(z²), J = (1/N) Σⱼ L(a²ⱼ, yⱼ) with the log-loss L. Examples are columns.
type Network struct {
	X, Y           *Node
	W1, B1, Z1, A1 *Node
	W2, B2, Z2, A2 *Node
	N              float64
}

// The four gradients. Those of b are columns: ops.SumTo(v, b.Shape()) adds up over
// the examples. One may use another, and what you have derived before.

// GradientB2 returns ∂J/∂b².
func (n Network) GradientB2() *Node { return nil }

// GradientW2 returns ∂J/∂w².
func (n Network) GradientW2() *Node { return nil }

// GradientB1 returns ∂J/∂b¹.
func (n Network) GradientB1() *Node { return nil }

// GradientW1 returns ∂J/∂w¹.
func (n Network) GradientW1() *Node { return nil }
