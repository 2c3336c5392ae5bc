package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap = slice{}
	_ graph.Describer = slice{}
	_ mover           = slice{}
	_ graph.LinearMap = padded{}
	_ graph.Describer = padded{}
)

// Slice is the part of x whose index on an axis is from ≤ i < to; the axis stays. A
// negative axis counts from the end; from and to do not. The whole of x is x. The
// error of an axis that is not there wraps graph.ErrAxis, that of a range past the
// ends, and of any range of Batch, graph.ErrShape; an empty range is
// graph.ErrEmpty.
//
//	d(ξ) = Slice(ξ)     r(ζ) = ζ among zeros, of the shape of x
func Slice(x *Node, axis, from, to int) *Node {
	if a, err := x.Shape().Axis(axis); err == nil {
		if axis = a; from == 0 && to == x.Shape().Dim(a) && to != graph.Batch {
			return x
		}
	}
	return graph.Apply(slice{axis, from, to}, x)
}

type slice struct{ axis, from, to int }

func (op slice) String() string              { return fmt.Sprintf("slice[%d:%d]", op.from, op.to) }
func (op slice) Describe() graph.Description { return named("Slice", op.axis, op.from, op.to) }

func (op slice) Shape(s ...Shape) (Shape, error) {
	axis, err := s[0].Axis(op.axis)
	if err != nil {
		return Shape{}, err
	}
	d := s[0].Dims()
	switch {
	case d[axis] == graph.Batch:
		return Shape{}, fmt.Errorf("%w: a part of axis %d, which is N", graph.ErrShape, axis)
	case op.from < 0 || op.to < op.from || op.to > d[axis]:
		return Shape{}, fmt.Errorf("%w: [%d:%d] of axis %d", graph.ErrShape, op.from, op.to, axis)
	}
	d[axis] = op.to - op.from
	return graph.ShapeOf(d...), nil
}

func (op slice) Reverse(y, ζ *Node) []*Node {
	return []*Node{pad(ζ, op.axis, op.from, y.In(0).Shape().Dim(op.axis))}
}

func (slice) Linear() []int { return nil }
func (slice) moves()        {}

func (op slice) Kernel() compute.Kernel {
	return compute.Bound(op, cut[float32], cut[float64])
}

func cut[T compute.Float](op slice, y *tensor.Dense, x ...*tensor.Dense) func() {
	_, n, after := around(x[0], op.axis)
	out, in := compute.Data[T](y), compute.Data[T](x[0])[op.from*after:]
	return func() { copyRuns(out, in, (op.to-op.from)*after, n*after) }
}

// pad is a tensor of zeros but for x, which starts at index from of an axis whose
// extent is n.
//
//	d(ξ) = pad(ξ)     r(ζ) = the part of ζ where x was
func pad(x *Node, axis, from, n int) *Node { return graph.Apply(padded{axis, from, n}, x) }

type padded struct{ axis, from, n int }

func (padded) String() string { return "pad" }

// Pad is the reverse of Slice: the input from an index of an axis on, whose extent
// becomes the last argument, and zeros elsewhere. ScatterAdd is that of Gather.
func (op padded) Describe() graph.Description { return named("Pad", op.axis, op.from, op.n) }

func (op padded) Shape(s ...Shape) (Shape, error) {
	d := s[0].Dims()
	d[op.axis] = op.n
	return graph.ShapeOf(d...), nil
}

func (op padded) Reverse(y, ζ *Node) []*Node {
	return []*Node{Slice(ζ, op.axis, op.from, op.from+y.In(0).Shape().Dim(op.axis))}
}

func (padded) Linear() []int { return nil }

func (op padded) Kernel() compute.Kernel {
	return compute.Bound(op, paste[float32], paste[float64])
}

func paste[T compute.Float](op padded, y *tensor.Dense, x ...*tensor.Dense) func() {
	_, n, after := around(x[0], op.axis)
	out, in := compute.Data[T](y), compute.Data[T](x[0])
	return func() {
		clear(out)
		copyRuns(out[op.from*after:], in, op.n*after, n*after)
	}
}

// copyRuns copies from runs of one length to runs of another, as many as there are
// and as much of each as both have.
func copyRuns[T compute.Float](out, in []T, outRun, inRun int) {
	n := min(outRun, inRun)
	for o, i := 0, 0; o < len(out) && i < len(in); o, i = o+outRun, i+inRun {
		copy(out[o:o+n], in[i:i+n])
	}
}
