package ops

import (
	"fmt"
	"math"

	"adjoint/graph"
)

var (
	_ parametric = huber{}
	_ labelled   = hinge{}
)

func init() {
	register("SquaredError", 2, loss{squaredError{}})
	register("AbsoluteError", 2, loss{absoluteError{}})
	graph.Register("Huber", 2, func(a *graph.Args) graph.Op { return loss{huber{a.Float()}} })
	register("Hinge", 2, loss{hinge{}})
}

// SquaredError is L(a, y) = Σᵢ (aⁱ − yⁱ)² for each example: a and y have shape (m, N), L has
// shape (1, N). So Mean(SquaredError(a, y)) divides by N only, as the document's J does (1);
// PyTorch, Keras and scikit-learn divide by mN.
//
//	dL(ξ, η) = 2Σᵢ (a − y)(ξ − η)     rL(ζ) = (2(a − y)ζ, −2(a − y)ζ)
func SquaredError(a, y *Node) *Node { return lossOf(squaredError{}, a, y) }

type squaredError struct{}

func (squaredError) String() string              { return "SquaredError" }
func (squaredError) Describe() graph.Description { return named("SquaredError") }

func (squaredError) each(l, a, y []float64) {
	eachPair(l, a, y, func(a, y float64) float64 { return (a - y) * (a - y) })
}

func (squaredError) partials(a, y *Node) (da, dy *Node) {
	return Scale(2, Sub(a, y)), Scale(-2, Sub(a, y))
}

// AbsoluteError is L(a, y) = Σᵢ |aⁱ − yⁱ| for each example: a and y have shape (m, N), L has
// shape (1, N). PyTorch, Keras and scikit-learn divide by m too.
//
//	dL(ξ, η) = Σᵢ sign(a − y)(ξ − η)     rL(ζ) = (sign(a − y)ζ, −sign(a − y)ζ)
//
// sign(0) = 0, as in PyTorch.
func AbsoluteError(a, y *Node) *Node { return lossOf(absoluteError{}, a, y) }

type absoluteError struct{}

func (absoluteError) String() string              { return "AbsoluteError" }
func (absoluteError) Describe() graph.Description { return named("AbsoluteError") }

func (absoluteError) each(l, a, y []float64) {
	eachPair(l, a, y, func(a, y float64) float64 { return math.Abs(a - y) })
}

func (absoluteError) partials(a, y *Node) (da, dy *Node) {
	return Sign(Sub(a, y)), Neg(Sign(Sub(a, y)))
}

// Huber is the loss of Huber (1964) for each example, L(a, y) = Σᵢ h(aⁱ − yⁱ) with
// h(e) = ½e² where |e| ≤ δ and δ(|e| − ½δ) elsewhere: a and y have shape (m, N), L
// has shape (1, N). Each term is that of PyTorch's HuberLoss; its SmoothL1Loss is
// this over δ. The error of a δ that is not positive wraps graph.ErrValue.
//
//	dL(ξ, η) = Σᵢ h'(a − y)(ξ − η)     rL(ζ) = (h'(a − y)ζ, −h'(a − y)ζ)
//	h'(e) = min{max{e, −δ}, δ}
func Huber(a, y *Node, δ float64) *Node { return lossOf(huber{δ}, a, y) }

type huber struct{ δ float64 }

func (h huber) String() string              { return fmt.Sprintf("Huber(%g)", h.δ) }
func (h huber) Describe() graph.Description { return named("Huber", h.δ) }

func (h huber) check() error {
	if !(h.δ > 0) {
		return fmt.Errorf("%w: δ = %g, want δ > 0", graph.ErrValue, h.δ)
	}
	return nil
}

func (h huber) each(l, a, y []float64) {
	eachPair(l, a, y, func(a, y float64) float64 {
		if e := math.Abs(a - y); e > h.δ {
			return h.δ * (e - h.δ/2)
		}
		return (a - y) * (a - y) / 2
	})
}

func (h huber) partials(a, y *Node) (da, dy *Node) {
	e := Clip(Sub(a, y), -h.δ, h.δ)
	return e, Neg(e)
}

// Hinge is L(a, y) = Σᵢ max{0, 1 − yⁱaⁱ} for each example, the loss of a support
// vector machine: a are scores, y labels that are −1 or 1 (not 0) or between, both of
// shape (m, N); L has shape (1, N). The error of Run for other labels wraps
// graph.ErrValue.
//
//	dL(ξ, η) = −Σᵢ χ(yξ + aη)     rL(ζ) = (−χyζ, −χaζ)     χ = [1 − ya ≥ 0]
//
// At the kink χ is 1, as ReLU' is at 0 (2.1.3).
func Hinge(a, y *Node) *Node { return lossOf(hinge{}, a, y) }

type hinge struct{}

func (hinge) String() string                       { return "hinge" }
func (hinge) labels() (i int, least, most float64) { return 1, -1, 1 }
func (hinge) Describe() graph.Description          { return named("Hinge") }

func (hinge) each(l, a, y []float64) {
	eachPair(l, a, y, func(a, y float64) float64 { return max(0, 1-y*a) })
}

func (hinge) partials(a, y *Node) (da, dy *Node) {
	χ := Entrywise(slope{left: 0, right: -1}, OneMinus(Mul(y, a)))
	return Mul(χ, y), Mul(χ, a)
}
