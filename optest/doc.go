// Package optest checks ops and gradients.
//
// Check asserts of an op, or of any function of nodes, the laws that every
// differentiable map obeys. Above all, the definition of the reverse derivative,
//
//	⟨rF_x(ζ), ξ⟩ = ⟨ζ, dF_x(ξ)⟩,
//
// with d and r held against finite differences entry by entry, and the same
// again of (x, ζ) ↦ rF_x(ζ), so that gradients of gradients are right too. But
// also what an engine takes for granted: that an op changes no input and keeps
// no state, that its kernels agree with each other, that it propagates NaN,
// refuses shapes that do not compose, allocates nothing. Law lists them all.
//
//	func TestCube(t *testing.T) {
//		optest.Check(t, optest.Op{
//			Name:  "Cube",
//			F:     optest.Unary(Cube),
//			Entry: func(x ...float64) float64 { return x[0] * x[0] * x[0] },
//		})
//	}
//
// Its messages are written for the author of the op: which law, which entry of
// which input, both numbers, and what the mistake usually is.
//
// # Tolerances
//
// Sums of large terms may cancel to a small result, whose rounding error is
// relative to the terms. So Check measures their size: it draws the signs of the
// cotangents and tangents again, and sees what relative errors of the inputs do.
// Relative to that, float64 agrees to 1e-12, float32 to 1e-5. Finite differences
// are central, extrapolated to step zero; first derivatives agree with them to
// 1e-9 of each entry, derivatives of derivatives to 1e-7.
//
// # Domains
//
// A Domain is a union of open intervals on which the op is smooth: Between(-2,
// 0, 0, 2) for one with a kink at 0. What it does at the kink is a convention,
// which a Point states. Inputs without derivative, such as labels, have a domain
// of Values.
//
// # Gradients
//
// Gradient compares a gradient that was derived by hand with the automatic one,
// with finite differences, and with a second opinion such as another library's. The
// hand-derived one is a formula, numbers or a Go function:
//
//	optest.Gradient(t, j, w, ops.MatMul(ops.Sub(a, y), ops.T(x)))
//	optest.Gradient(t, j, w, []float64{0.25, -0.5})
//	optest.Gradient(t, j, w, func(at optest.At) any { … at(a).At(0, j) … })
//
// Its message is a tutor's: see the Example. A hint is a hypothesis that was tested.
// Gradient repeats the backpropagation in numbers, edge by edge, each time with one
// mistake, and names the one that gives what was derived by hand: a sign, a factor 2
// or N, a transpose, swapped operands, a lost derivative of an activation, a for z, a
// lost path or penalty, one node for another.
package optest
