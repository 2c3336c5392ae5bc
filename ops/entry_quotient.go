package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
)

var _ graph.Describer = ratio{}

func init() {
	graph.Register("DivPower", 2, func(a *graph.Args) graph.Op { return ratio{a.Int()} })
}

// quotient is y/aᵏ, entry by entry, with 0/0 = 0: what the y/a of a loss has to be
// where a label and a prediction are 0 together. The powers keep its derivatives
// of every order in a finite there too.
//
//	r(ζ) = (ζ/aᵏ, −k(y/aᵏ⁺¹)⊙ζ)
//
// y and a have one shape.
func quotient(y, a *Node, k int) *Node { return graph.Apply(ratio{k}, y, a) }

type ratio struct{ k int }

func (op ratio) String() string {
	if op.k == 1 {
		return "⊘"
	}
	return fmt.Sprintf("⊘^%d", op.k)
}

// DivPower is a/bᵏ with 0/0 = 0, where k is the argument; DivOrZero is a/b, and 0
// where b is 0.
func (op ratio) Describe() graph.Description { return named("DivPower", op.k) }

// The power is as high as the order of a derivative.
const highest = 1 << 10

func (op ratio) Shape(x ...Shape) (Shape, error) {
	if op.k < 1 || op.k > highest {
		return Shape{}, fmt.Errorf("%w: power %d, want 1 to %d", graph.ErrValue, op.k, highest)
	}
	return entrywise(2, x)
}

func (op ratio) Kernel() compute.Kernel {
	return binary(
		func(q, y, a []float32) { ratios(op.k, q, y, a) },
		func(q, y, a []float64) { ratios(op.k, q, y, a) })
}

func (op ratio) Reverse(q, ζ *Node) []*Node {
	y, a := q.In(0), q.In(1)
	return []*Node{quotient(ζ, a, op.k), Mul(Scale(-float64(op.k), quotient(y, a, op.k+1)), ζ)}
}

func ratios[T compute.Float](k int, q, y, a []T) {
	for i, y := range y {
		a := a[i]
		for range k {
			if y != 0 || a != 0 {
				y /= a
			}
		}
		q[i] = y
	}
}
