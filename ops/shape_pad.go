package ops

import (
	"fmt"

	"adjoint/graph"
)

// Pad is x with so many entries of value v before and after it on an axis. A negative axis
// counts from the end. The error of an axis that is not there wraps graph.ErrAxis, that of a
// negative number of entries graph.ErrShape.
//
//	d(ξ) = Pad(ξ) with 0 for v     r(ζ) = ζ without what was added
func Pad(x *Node, axis, before, after int, v float64) *Node {
	axis, failed := paddable("pad", x, axis, before, after)
	if failed != nil {
		return failed
	}
	d := x.Shape().Dims()
	filled := func(n int) []*Node {
		if n == 0 {
			return nil
		}
		d[axis] = n
		return []*Node{x.Graph().Const(v, d...)}
	}
	return Concat(axis, append(append(filled(before), x), filled(after)...)...)
}

// PadReflect is x with so many entries before and after it on an axis that mirror it about its
// first and its last, which are not repeated: (2, 1 | 0, 1, 2 | 1). NumPy's mode reflect. It
// can mirror as many as lie beyond those, and the axis may be no symbol: else the error wraps
// graph.ErrShape.
//
//	d(ξ) = PadReflect(ξ)     r(ζ) = ζ added up where its entries come from
func PadReflect(x *Node, axis, before, after int) *Node {
	return padFrom("reflect", x, axis, before, after, func(i, n int) int {
		if i < 0 {
			return -i
		}
		return min(i, 2*(n-1)-i)
	})
}

// PadEdge is x with its first entry repeated so many times before it on an axis, and its last
// after it. NumPy's mode edge. The axis may be no symbol: else the error wraps graph.ErrShape.
//
//	d(ξ) = PadEdge(ξ)     r(ζ) = ζ added up where its entries come from
func PadEdge(x *Node, axis, before, after int) *Node {
	return padFrom("edge", x, axis, before, after, func(i, n int) int { return min(max(i, 0), n-1) })
}

// paddable returns the axis, or what is refused.
func paddable(op string, x *Node, axis, before, after int) (int, *Node) {
	if x.Err() != nil {
		return 0, refuse(op, x.Err(), x)
	}
	axis, err := x.Shape().Axis(axis)
	if err == nil && (min(before, after) < 0 || max(before, after) > mostPad) {
		err = fmt.Errorf("%w: %d entries before and %d after, want 0 to %d", graph.ErrShape, before, after, mostPad)
	}
	if err != nil {
		return 0, refuse(op, err, x)
	}
	return axis, nil
}

// padFrom takes what is added from entries of x: at −1, −2, … and n, n+1, …, that at the
// index which from returns.
func padFrom(op string, x *Node, axis, before, after int, from func(i, n int) int) *Node {
	axis, failed := paddable(op, x, axis, before, after)
	if failed != nil {
		return failed
	}
	n := x.Shape().Dim(axis)
	if graph.Symbolic(n) {
		return refuse(op, fmt.Errorf("%w: axis %d is %s: which entries are repeated depends on the number", graph.ErrShape, axis, graph.ExtentString(n)), x)
	}
	index := make([]float64, 0, n+before+after)
	for i := -before; i < n+after; i++ {
		at := from(i, n)
		if at < 0 || at >= n {
			return refuse(op, fmt.Errorf("%w: %d entries before and %d after of an axis of %d", graph.ErrShape, before, after, n), x)
		}
		index = append(index, float64(at))
	}
	return Gather(x, axis, x.Graph().Constant("", tensorOf(x.Graph().Dtype(), index, len(index))))
}
