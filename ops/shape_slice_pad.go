package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = padded{}
	_ graph.Examplewise = padded{}
	_ graph.Describer   = padded{}
	_ graph.Needer      = padded{}
)

func init() {
	graph.Register("Pad", 1, func(a *graph.Args) graph.Op { return describedPad(a) })
}

// pad is a tensor of zeros but for x, which starts at index from of an axis whose
// extent is n, or, if back is set, so far before its end.
//
//	d(ξ) = pad(ξ)     r(ζ) = the part of ζ where x was
func pad(x *Node, axis, from int, back bool, n int) *Node {
	return graph.Apply(padded{axis, from, n, back}, x)
}

type padded struct {
	axis, from, n int
	back          bool
}

func (padded) String() string { return "pad" }

// Pad is the reverse of Slice: the input from an index of an axis on, whose extent
// becomes the last argument, and zeros elsewhere. ScatterAdd is that of Gather.
func (op padded) Describe() graph.Description {
	if op.back {
		return named("Pad", op.axis, -op.from, op.n)
	}
	return named("Pad", op.axis, op.from, op.n)
}

// describedPad returns the op of a description.
func describedPad(a *graph.Args) padded {
	op := padded{axis: a.Axis(), from: a.Int(), n: a.Extent()}
	if op.back = op.from < 0; op.back {
		op.from = -op.from
	}
	return op
}

func (op padded) Shape(s ...Shape) (Shape, error) {
	axis, err := s[0].Axis(op.axis)
	if err != nil {
		return Shape{}, err
	}
	if !op.slice(s[0]).within(op.n) {
		return Shape{}, fmt.Errorf("%w: axis %d of a result of %s", graph.ErrShape, axis, graph.ExtentString(op.n))
	}
	return resized(s[0], axis, op.n), nil
}

// slice is the part of the result that the operand is.
func (op padded) slice(s Shape) slice { return slice{op.axis, op.from, s.Dim(op.axis), op.back} }

// Needs returns what the extent of the axis is more than.
func (op padded) Needs(s ...Shape) []int { return op.slice(s[0]).needs(op.n) }

func (op padded) Reverse(y, ζ *Node) []*Node {
	return []*Node{graph.Apply(op.slice(y.In(0).Shape()), ζ)}
}

// Examples asks the extents of the axis before and after.
func (op padded) Examples(symbol int, x ...Shape) graph.Treatment {
	if graph.Holds(op.n, symbol) {
		return graph.Mixed
	}
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (padded) Linear() []int { return nil }

func (op padded) Kernel() compute.Kernel {
	return compute.Bound(op, paste[float32], paste[float64]).AsPad(op.axis, func(n int) int { return start(op.from, op.back, n) })
}

func paste[T compute.Float](op padded, y *tensor.Dense, x ...*tensor.Dense) func() {
	_, n, after := around(y, op.axis)
	out, in, run := compute.Data[T](y), compute.Data[T](x[0]), x[0].Shape()[op.axis]*after
	at := out[start(op.from, op.back, n)*after:]
	return func() {
		clear(out)
		copyRuns(at, in, n*after, run)
	}
}
