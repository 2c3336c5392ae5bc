package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap = cumSum{}
	_ graph.Describer = cumSum{}
)

func init() {
	graph.Register("CumSum", 1, func(a *graph.Args) graph.Op { return cumSum{a.Int(), a.Flag(), a.Flag()} })
}

// CumSum is the sum of the entries up to each along an axis, or, if backwards is set, from
// each on; if exclusive is set, without the entry itself, so that the first one is 0. A negative
// axis counts from the end.
//
//	d(ξ) = CumSum(ξ)     r(ζ) = CumSum(ζ) in the other direction
func CumSum(x *Node, axis int, exclusive, backwards bool) *Node {
	if a, err := x.Shape().Axis(axis); err == nil {
		axis = a
	}
	return graph.Apply(cumSum{axis, exclusive, backwards}, x)
}

type cumSum struct {
	axis                 int
	exclusive, backwards bool
}

func (cumSum) String() string { return "cumsum" }

// Describe gives the flags as 0 and 1.
func (op cumSum) Describe() graph.Description {
	return named("CumSum", op.axis, oneIf(op.exclusive), oneIf(op.backwards))
}

func (op cumSum) Shape(s ...Shape) (Shape, error) {
	if a, err := s[0].Axis(op.axis); err != nil || a != op.axis {
		return Shape{}, fmt.Errorf("%w: axis %d of shape %v", graph.ErrAxis, op.axis, s[0])
	}
	return s[0], nil
}

func (op cumSum) Reverse(_, ζ *Node) []*Node {
	return []*Node{CumSum(ζ, op.axis, op.exclusive, !op.backwards)}
}

func (cumSum) Linear() []int { return nil }

func (op cumSum) Kernel() compute.Kernel {
	return compute.Bound(op, accumulate[float32], accumulate[float64])
}

func accumulate[T compute.Float](op cumSum, y *tensor.Dense, x ...*tensor.Dense) func() {
	before, n, after := around(y, op.axis)
	out, in := compute.Data[T](y), compute.Data[T](x[0])
	first, step := 0, after
	if op.backwards {
		first, step = (n-1)*after, -after
	}
	return func() {
		for b := range before {
			at := b*n*after + first
			for k := range n {
				for i := at; i < at+after; i++ {
					var sum T
					if k > 0 {
						sum = out[i-step]
					}
					switch {
					case !op.exclusive:
						sum += in[i]
					case k > 0:
						sum += in[i-step]
					}
					out[i] = sum
				}
				at += step
			}
		}
	}
}

// oneIf is how a Description says that something is so.
func oneIf(so bool) int {
	if so {
		return 1
	}
	return 0
}
