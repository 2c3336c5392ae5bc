package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Needer    = top{}
	_ graph.Describer = top{}
)

func init() {
	graph.Register("TopIndices", 1, func(a *graph.Args) graph.Op { return top{a.Int(), a.Int()} })
}

// ArgMax is the place of the largest entry along an axis, which it takes away: the first of
// several, and that of a NaN if there is one. A negative axis counts from the end. It has no
// derivative: r is nil.
func ArgMax(x *Node, axis int) *Node {
	a, err := x.Shape().Axis(axis)
	if err != nil {
		return refuse("argmax", err, x)
	}
	return Squeeze(TopIndices(x, a, 1), a)
}

// ArgMin is ArgMax of −x.
func ArgMin(x *Node, axis int) *Node { return ArgMax(Neg(x), axis) }

// TopIndices are the places of the k largest entries along an axis, the largest first; of
// equal ones the first comes first, and NaN is larger than any number. The axis stays, with
// extent k: GatherAlong takes the entries. It has no derivative: r is nil. The error of an axis
// that is not there wraps graph.ErrAxis, of a k that is not from 1 to its extent
// graph.ErrShape.
func TopIndices(x *Node, axis, k int) *Node {
	if a, err := x.Shape().Axis(axis); err == nil {
		axis = a
	}
	return graph.Apply(top{axis, k}, x)
}

type top struct{ axis, k int }

func (op top) String() string              { return fmt.Sprintf("top(%d)", op.k) }
func (op top) Describe() graph.Description { return named("TopIndices", op.axis, op.k) }
func (top) Reverse(_, _ *Node) []*Node     { return []*Node{nil} }

func (op top) Shape(s ...Shape) (Shape, error) {
	if op.axis < 0 || op.axis >= s[0].Rank() {
		return Shape{}, fmt.Errorf("%w: axis %d of shape %v", graph.ErrAxis, op.axis, s[0])
	}
	if n := s[0].Dim(op.axis); op.k < 1 || !graph.Symbolic(n) && op.k > n {
		return Shape{}, fmt.Errorf("%w: the %d largest of %s entries", graph.ErrShape, op.k, graph.ExtentString(n))
	}
	return resized(s[0], op.axis, op.k), nil
}

// Needs returns what the extent of the axis is more than.
func (op top) Needs(s ...Shape) []int {
	if d := s[0].Dim(op.axis); graph.Symbolic(d) && op.k > 1 {
		return []int{graph.Shift(d, 1-op.k)}
	}
	return nil
}

func (op top) Kernel() compute.Kernel { return compute.Bound(op, rank[float32], rank[float64]) }

func rank[T compute.Float](op top, y *tensor.Dense, x ...*tensor.Dense) func() {
	before, n, after := around(x[0], op.axis)
	out, in := compute.Data[T](y), compute.Data[T](x[0])
	order := make([]int, n)
	var line []T // the entries of a line are line[i·after]
	larger := func(i, j int) int {
		a, b := line[i*after], line[j*after]
		switch {
		case a != a && b == b || a > b:
			return -1
		case b != b && a == a || a < b:
			return 1
		}
		return i - j
	}
	if op.k == 1 {
		order = order[:1]
	}
	return func() {
		for b := range before {
			for a := range after {
				line = in[b*n*after+a:]
				if op.k == 1 {
					order[0] = largestOf(line, n, after)
				} else {
					for i := range order {
						order[i] = i
					}
					slices.SortFunc(order, larger)
				}
				for i := range op.k {
					out[(b*op.k+i)*after+a] = T(order[i])
				}
			}
		}
	}
}

// largestOf is the place of the largest of n entries of a line.
func largestOf[T compute.Float](line []T, n, step int) int {
	best := 0
	for i := range n {
		v, most := line[i*step], line[best*step]
		if v > most || v != v && most == most {
			best = i
		}
	}
	return best
}
