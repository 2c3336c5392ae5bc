package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = concat{}
	_ graph.Examplewise = concat{}
	_ graph.Describer   = concat{}
)

func init() {
	graph.Register("Concat", graph.Any, func(a *graph.Args) graph.Op { return concat{a.Axis()} })
}

// Concat is the tensors x one after the other along an axis; a negative one counts
// from the end. On the other axes their extents agree. On the axis, one of them may be a
// symbol: T after 3 is T+3. Of one tensor it is that tensor. The error of an axis that is not
// there wraps graph.ErrAxis, of other extents, and of two that are symbols, graph.ErrShape;
// of no x at all, graph.ErrGraph.
//
//	d(ξ₁, …, ξₖ) = Concat(ξ₁, …, ξₖ)     r(ζ) = the parts of ζ
func Concat(axis int, x ...*Node) *Node {
	if len(x) == 0 {
		return refuse("concat", nil, nil)
	}
	a, err := x[0].Shape().Axis(axis)
	switch {
	case err == nil && len(x) == 1:
		return x[0]
	case err == nil:
		axis = a
	}
	return graph.Apply(concat{axis}, x...)
}

type concat struct{ axis int }

func (concat) String() string                 { return "concat" }
func (op concat) Describe() graph.Description { return named("Concat", op.axis) }

func (op concat) Shape(s ...Shape) (Shape, error) {
	axis, err := s[0].Axis(op.axis)
	if err != nil {
		return Shape{}, err
	}
	total := 0
	for _, s := range s {
		if s.Rank() <= axis {
			return Shape{}, fmt.Errorf("%w: %v along axis %d", graph.ErrShape, s, axis)
		}
		sum := extentSum(total, s.Dim(axis))
		if sum == noEntries {
			return Shape{}, fmt.Errorf("%w: %s + %s, along axis %d, is no extent: one of them at most may be a symbol; Stack and Reshape join equal ones", graph.ErrShape, graph.ExtentString(total), graph.ExtentString(s.Dim(axis)), axis)
		}
		total = sum
	}
	want := resized(s[0], axis, total)
	for _, s := range s[1:] {
		if resized(s, axis, total) != want {
			return Shape{}, fmt.Errorf("%w: they differ on other axes than %d", graph.ErrShape, axis)
		}
	}
	return want, nil
}

// extentSum is the extent a+b, or noEntries if both are symbols.
func extentSum(a, b int) int {
	switch {
	case a >= 0 && b >= 0:
		return a + b
	case a < 0 && b < 0:
		return noEntries
	}
	return graph.Shift(min(a, b), max(a, b))
}

// resized is s with another extent on one axis.
func resized(s Shape, axis, extent int) Shape {
	d := s.Dims()
	d[axis] = extent
	return graph.ShapeOf(d...)
}

func (op concat) Reverse(y, ζ *Node) []*Node {
	parts := make([]*Node, len(y.Inputs()))
	from := 0
	for i, x := range y.Inputs() {
		to := extentSum(from, x.Shape().Dim(op.axis))
		parts[i] = Slice(ζ, op.axis, from, to)
		from = to
	}
	return parts
}

func (op concat) Examples(symbol int, x ...Shape) graph.Treatment {
	for _, x := range x {
		if graph.Holds(x.Dim(op.axis), symbol) {
			return graph.Mixed
		}
	}
	return graph.Independent
}

func (concat) Linear() []int { return nil }

func (op concat) Kernel() compute.Kernel {
	return compute.Bound(op, joinAlong[float32], joinAlong[float64])
}

func joinAlong[T compute.Float](op concat, y *tensor.Dense, x ...*tensor.Dense) func() {
	type part struct {
		out, in []T
		run     int
	}
	_, n, after := around(y, op.axis)
	parts, out := make([]part, len(x)), compute.Data[T](y)
	for i := range x {
		run := x[i].Shape()[op.axis] * after
		parts[i] = part{out, compute.Data[T](x[i]), run}
		out = out[run:]
	}
	return func() {
		for _, p := range parts {
			copyRuns(p.out, p.in, n*after, p.run)
		}
	}
}

// Stack is the tensors x, all of one shape, along a new axis, whose extent is their
// number; a negative axis counts from the end of the result. The errors are those
// of ExpandDims and Concat.
//
//	d(ξ₁, …, ξₖ) = Stack(ξ₁, …, ξₖ)     r(ζ) = the parts of ζ
func Stack(axis int, x ...*Node) *Node {
	rows := make([]*Node, len(x))
	for i := range x {
		rows[i] = ExpandDims(x[i], axis)
	}
	return Concat(axis, rows...)
}
