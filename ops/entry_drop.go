package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
)

var (
	_ graph.LinearMap = drop{}
	_ graph.Expander  = drop{}
	_ graph.Describer = drop{}
)

func init() {
	graph.Register("Drop", 2, func(a *graph.Args) graph.Op { return drop{a.Float()} })
}

// Dropout sets each entry of x to 0 with probability rate in training, and divides the
// others by 1 − rate, so that their mean stays; in prediction it is x (N. Srivastava et al.
// 2014, in the inverted form of Keras and PyTorch). The numbers that decide are a leaf of the
// kind graph.Random, which training draws for each step and example.
//
//	graph.Phase(Drop(x, u, rate), x)
//
// The error of a rate that is not in [0, 1) wraps graph.ErrValue. Rate 0 is x.
func Dropout(x *Node, rate float64) *Node {
	if x.Err() != nil || rate == 0 {
		return x
	}
	u := x.Graph().Random("u", x.Shape().Dims()...)
	return graph.Phase(Drop(x, u, rate), x)
}

// Drop is x/(1 − rate) where u ≥ rate, and 0 where it is not, entry by entry; x and u have
// one shape. Where u is NaN so is the result. It is what [Dropout] does in training.
//
//	d(ξ, η) = Drop(ξ, u)     r(ζ) = (Drop(ζ, u), none)
func Drop(x, u *Node, rate float64) *Node { return graph.Apply(drop{rate}, x, u) }

type drop struct{ rate float64 }

func (f drop) String() string              { return fmt.Sprintf("drop(%g)", f.rate) }
func (drop) Linear() []int                 { return []int{0} }
func (f drop) Describe() graph.Description { return named("Drop", f.rate) }

func (f drop) Shape(x ...Shape) (Shape, error) {
	switch {
	case !(0 <= f.rate && f.rate < 1):
		return Shape{}, fmt.Errorf("rate %g, want 0 ≤ rate < 1: %w", f.rate, graph.ErrValue)
	case x[0] != x[1]:
		return Shape{}, fmt.Errorf("%v dropped by numbers of shape %v: %w", x[0], x[1], graph.ErrShape)
	}
	return x[0], nil
}

func (f drop) Kernel() compute.Kernel {
	return compute.Entrywise(dropBy[float32](f.rate), dropBy[float64](f.rate))
}

func (f drop) Expand(x ...*Node) *Node {
	return Where(GreaterEqual(x[1], x[1].Graph().Const(f.rate)), Scale(1/(1-f.rate), x[0]), x[0].Graph().Const(0))
}

func (f drop) Reverse(y, ζ *Node) []*Node { return []*Node{graph.Apply(f, ζ, y.In(1)), nil} }

func dropBy[T compute.Float](rate float64) func(y []T, x ...[]T) {
	limit, scale := T(rate), T(1/(1-rate))
	return func(y []T, x ...[]T) {
		for i, u := range x[1] {
			switch {
			case u >= limit:
				y[i] = x[0][i] * scale
			case u < limit:
				y[i] = 0
			default:
				y[i] = u
			}
		}
	}
}
