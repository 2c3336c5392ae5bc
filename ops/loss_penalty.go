package ops

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = penalty{}
	_ graph.Stabler        = penalty{}
	_ graph.Describer      = penalty{}
)

func init() {
	graph.Register("L1Penalty", 1, func(a *graph.Args) graph.Op { return penalty{1, a.Float(), a.Float()} })
	graph.Register("L2Penalty", 1, func(a *graph.Args) graph.Op { return penalty{2, a.Float(), a.Float()} })
}

// L1Penalty is λ/(2n)·Σ|w| over the entries of all w, of any shapes, as a scalar:
// the penalty R of the listing in 1.2 with p = 1, which a cost adds to J. n is
// the number of training examples, not of those in a batch. The error of a λ or n
// that is not a number, of λ < 0, and of n ≤ 0, wraps graph.ErrValue.
//
//	dR(ξ) = λ/(2n)·⟨sign(w), ξ⟩     rR(ζ) = λ/(2n)·sign(w)ζ
//
// sign(0) = 0.
func L1Penalty(λ, n float64, w ...*Node) *Node { return penaltyOf(penalty{1, λ, n}, w) }

// L2Penalty is λ/(2n)·Σw² over the entries of all w, of any shapes, as a scalar:
// the penalty R of the listing in 1.2 with p = 2, which a cost adds to J. n and
// errors are as in L1Penalty.
//
//	dR(ξ) = λ/n·⟨w, ξ⟩     rR(ζ) = λ/n·wζ
func L2Penalty(λ, n float64, w ...*Node) *Node { return penaltyOf(penalty{2, λ, n}, w) }

// penaltyOf is Σ R(w). Of no w at all it is a failed node: it belongs to no graph.
func penaltyOf(op penalty, w []*Node) *Node {
	if len(w) == 0 {
		return graph.Apply(op, nil)
	}
	sum := graph.Apply(op, w[0])
	for _, w := range w[1:] {
		sum = Add(sum, graph.Apply(op, w))
	}
	return sum
}

// A penalty is R(w) = λ/(2n)·Σ|w|ᵖ for p = 1 or 2.
type penalty struct {
	p    int
	λ, n float64
}

func (op penalty) String() string {
	return fmt.Sprintf("%g/(2·%g)", op.λ, op.n) + map[int]string{1: "‖·‖₁", 2: "‖·‖²"}[op.p]
}

func (op penalty) Describe() graph.Description {
	if op.p == 1 {
		return named("L1Penalty", op.λ, op.n)
	}
	return named("L2Penalty", op.λ, op.n)
}

func (op penalty) Shape(...Shape) (Shape, error) {
	if !(0 <= op.λ && !math.IsInf(op.λ, 0) && 0 < op.n) {
		return Shape{}, fmt.Errorf("%w: λ = %g and n = %g, want λ ≥ 0 and n > 0", graph.ErrValue, op.λ, op.n)
	}
	return Shape{}, nil
}

func (op penalty) Kernel() compute.Kernel {
	return compute.Bound(op, penalise[float32], penalise[float64])
}

func penalise[T compute.Float](op penalty, r *tensor.Dense, w ...*tensor.Dense) func() {
	out, in := compute.Data[T](r), compute.Data[T](w[0])
	return func() { out[0] = T(op.λ / (2 * op.n) * powers(op.p, in)) }
}

func (op penalty) Reverse(r, ζ *Node) []*Node { return []*Node{Mul(op.prime(r.In(0)), ζ)} }

func (op penalty) Differential(r *Node, ξ ...*Node) *Node { return Sum(Mul(op.prime(r.In(0)), ξ[0])) }

func (op penalty) Stable(r *Node) *Node {
	if op.p != 2 {
		return nil
	}
	return maybe(squareOf(r.In(0)), func(s *Node) *Node { return Scale(op.λ/(2*op.n), Sum(s)) })
}

func (op penalty) prime(w *Node) *Node {
	if op.p == 1 {
		return Scale(op.λ/(2*op.n), Sign(w))
	}
	return Scale(op.λ/op.n, w)
}

// powers is Σ|w|ᵖ for p = 1 or 2.
func powers[T compute.Float](p int, w []T) float64 {
	if p == 2 {
		return float64(kernel.Dot(w, w))
	}
	return sumAbs(w)
}

// sumAbs is Σ|w|, taken by halves, so that rounding errors do not add up.
func sumAbs[T compute.Float](w []T) float64 {
	if len(w) > 64 {
		half := len(w) / 2
		return sumAbs(w[:half]) + sumAbs(w[half:])
	}
	sum := 0.0
	for _, v := range w {
		sum += math.Abs(float64(v))
	}
	return sum
}
