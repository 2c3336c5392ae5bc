package graph

import "adjoint/compute"

// An Op is a differentiable map F: X₁×…×Xₖ → Y between spaces of tensors.
//
// Its methods are readings of one formula: its name (String), where it lives
// (Shape), what it computes (Kernel) and its reverse derivative (Reverse),
// bound by the definition of r,
//
//	⟨rF_x(ζ), ξ⟩ = ⟨ζ, dF_x(ξ)⟩   for all tangents ξ at x and cotangents ζ at F(x),
//
// which optest.Check verifies.
//
// Op values are comparable: equal ops of the same inputs are one node. The
// parameters of a map (an axis, a slope β) are comparable fields of the op; a
// list of axes is an Ints.
type Op interface {
	// String is how the map is printed: "φ", "σ".
	String() string

	// Shape returns the shape of F(x), or an error that wraps ErrShape or
	// ErrAxis and says why the shapes of x do not compose. It does not keep x.
	Shape(x ...Shape) (Shape, error)

	// Kernel returns how y = F(x) is computed, see package compute.
	Kernel() compute.Kernel

	// Reverse appends rF_x(ζ) to the graph and returns one cotangent for each
	// input of y; nil is zero. It is linear in ζ. An op that has no derivative
	// returns NoDerivative(y).
	Reverse(y, ζ *Node) []*Node
}

// NoDerivative is what an op without a derivative returns from Reverse. The
// cotangents fail with ErrNoDerivative if somebody needs them.
func NoDerivative(y *Node) []*Node {
	r := make([]*Node, len(y.in))
	for i := range r {
		r[i] = fail(y.g, "%v: %w", y, ErrNoDerivative)
	}
	return r
}
