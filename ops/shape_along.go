package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap = gatherAlong{}
	_ graph.Validator = gatherAlong{}
	_ graph.Describer = gatherAlong{}
	_ graph.LinearMap = scatterAlong{}
	_ graph.Validator = scatterAlong{}
	_ graph.Describer = scatterAlong{}
)

func init() {
	graph.Register("GatherAlong", 2, func(a *graph.Args) graph.Op { return gatherAlong{a.Int()} })
	graph.Register("ScatterAlong", 2, func(a *graph.Args) graph.Op { return scatterAlong{a.Int(), a.Extent()} })
}

// GatherAlong takes along an axis of x what index names, each line of the axis by itself, as
// NumPy's take_along_axis: x and index have the same extents but for that axis, and
// y[b…, i, a…] = x[b…, index[b…, i, a…], a…]. A negative axis counts from the end, a negative
// index does not. The error of an axis that is not there wraps graph.ErrAxis, of other shapes
// graph.ErrShape.
//
//	d(ξ) = GatherAlong(ξ, index)     r(ζ) = ScatterAlong(ζ, index)
func GatherAlong(x *Node, axis int, index *Node) *Node {
	if a, err := x.Shape().Axis(axis); err == nil {
		axis = a
	}
	return graph.Apply(gatherAlong{axis}, x, index)
}

type gatherAlong struct{ axis int }

func (gatherAlong) String() string                 { return "gatherAlong" }
func (op gatherAlong) Describe() graph.Description { return named("GatherAlong", op.axis) }

func (op gatherAlong) Shape(s ...Shape) (Shape, error) {
	if err := alike(op.axis, s[0], s[1]); err != nil {
		return Shape{}, err
	}
	return s[1], nil
}

// alike reports shapes that differ elsewhere than in one axis.
func alike(axis int, x, index Shape) error {
	if axis < 0 || axis >= x.Rank() {
		return fmt.Errorf("%w: axis %d of shape %v", graph.ErrAxis, axis, x)
	}
	if index.Rank() != x.Rank() || resized(index, axis, x.Dim(axis)) != x {
		return fmt.Errorf("%w: %v and an index of %v differ in more than axis %d", graph.ErrShape, x, index, axis)
	}
	return nil
}

func (gatherAlong) Judges() []int { return []int{1} }

func (op gatherAlong) Valid(x ...*tensor.Dense) error {
	return validIndex(x[1], x[0].Shape()[op.axis])
}

func (op gatherAlong) Reverse(y, ζ *Node) []*Node {
	x, index := y.In(0), y.In(1)
	return []*Node{ScatterAlong(ζ, op.axis, index, x.Shape().Dim(op.axis)), nil}
}

func (gatherAlong) Linear() []int { return []int{0} }

func (op gatherAlong) Kernel() compute.Kernel {
	return compute.Bound(op, takeAlong[float32], takeAlong[float64])
}

func takeAlong[T compute.Float](op gatherAlong, y *tensor.Dense, x ...*tensor.Dense) func() {
	before, m, after := around(y, op.axis)
	n := x[0].Shape()[op.axis]
	out, in, index := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	return func() {
		for b := range before {
			to, from := b*m*after, b*n*after
			for i := range m * after {
				out[to+i] = in[from+int(index[to+i])*after+i%after]
			}
		}
	}
}

// ScatterAlong adds each entry of x to zeros where GatherAlong would take it from: the axis,
// which index names places of, gets the extent n.
//
//	d(ξ) = ScatterAlong(ξ, index)     r(ζ) = GatherAlong(ζ, index)
func ScatterAlong(x *Node, axis int, index *Node, n int) *Node {
	if a, err := x.Shape().Axis(axis); err == nil {
		axis = a
	}
	return graph.Apply(scatterAlong{axis, n}, x, index)
}

type scatterAlong struct{ axis, n int }

func (scatterAlong) String() string                 { return "scatterAlong" }
func (op scatterAlong) Describe() graph.Description { return named("ScatterAlong", op.axis, op.n) }

func (op scatterAlong) Shape(s ...Shape) (Shape, error) {
	if err := alike(op.axis, s[0], s[1]); err != nil {
		return Shape{}, err
	}
	if s[0] != s[1] {
		return Shape{}, fmt.Errorf("%w: %v for an index of %v", graph.ErrShape, s[0], s[1])
	}
	return resized(s[0], op.axis, op.n), nil
}

func (scatterAlong) Judges() []int { return []int{1} }

// Valid reports places that the result has not; how many it has where that is a symbol, the
// kernel sees.
func (op scatterAlong) Valid(x ...*tensor.Dense) error {
	if graph.Symbolic(op.n) {
		return nil
	}
	return validIndex(x[1], op.n)
}

func (op scatterAlong) Reverse(y, ζ *Node) []*Node {
	return []*Node{GatherAlong(ζ, op.axis, y.In(1)), nil}
}

func (scatterAlong) Linear() []int { return []int{0} }

func (op scatterAlong) Kernel() compute.Kernel {
	return compute.Bound(op, giveAlong[float32], giveAlong[float64])
}

func giveAlong[T compute.Float](op scatterAlong, y *tensor.Dense, x ...*tensor.Dense) func() {
	before, n, after := around(y, op.axis)
	m := x[0].Shape()[op.axis]
	out, in, index := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	return func() {
		clear(out)
		for b := range before {
			from, to := b*m*after, b*n*after
			for i := range m * after {
				if k := int(index[from+i]); uint(k) < uint(n) {
					out[to+k*after+i%after] += in[from+i]
				}
			}
		}
	}
}
