package ops

import (
	"fmt"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// Broadcasting is two linear maps, each the other's adjoint. Every binary op
// applies BroadcastTo to its operands and then works on one shape, so that the
// reverse of broadcasting is written here and nowhere else.

// BroadcastTo is the stretching of x to a shape by NumPy's rule: axes are
// matched from the last to the first, and an extent of 1, or an axis that is not
// there, is repeated. To x's own shape it is x.
//
//	d(ξ) = BroadcastTo(ξ)     r(ζ) = SumTo(ζ, x)
func BroadcastTo(x *Node, to Shape) *Node {
	if x.Err() == nil && x.Shape() == to {
		return x
	}
	return graph.Apply(broadcast{to}, x)
}

type broadcast struct{ to Shape }

func (broadcast) String() string { return "broadcast" }

func (op broadcast) Shape(s ...Shape) (Shape, error) { return op.to, stretches(s[0], op.to) }

func (op broadcast) Forward(y *tensor.Dense, x ...*tensor.Dense) {
	graph.Dispatch(stretch[float32], stretch[float64], y, x...)
}

func (op broadcast) Reverse(y, ζ *Node) []*Node { return []*Node{SumTo(ζ, y.In(0).Shape())} }

func (op broadcast) Differential(_ *Node, ξ ...*Node) *Node { return BroadcastTo(ξ[0], op.to) }

func stretch[T graph.Float](y *tensor.Dense, x ...*tensor.Dense) {
	out, in := data[T](y), data[T](x[0])
	forEachStretched(x[0].Shape(), y.Shape(), func(small, large int) { out[large] = in[small] })
}

// SumTo is the sum of x over the axes that BroadcastTo would repeat to make x's
// shape from the given one; it has that shape. To x's own shape it is x.
//
//	d(ξ) = SumTo(ξ)     r(ζ) = BroadcastTo(ζ, x)
func SumTo(x *Node, to Shape) *Node {
	if x.Err() == nil && x.Shape() == to {
		return x
	}
	return graph.Apply(sumTo{to}, x)
}

type sumTo struct{ to Shape }

func (sumTo) String() string { return "sumTo" }

func (op sumTo) Shape(s ...Shape) (Shape, error) { return op.to, stretches(op.to, s[0]) }

func (op sumTo) Forward(y *tensor.Dense, x ...*tensor.Dense) {
	graph.Dispatch(gather[float32], gather[float64], y, x...)
}

func (op sumTo) Reverse(y, ζ *Node) []*Node { return []*Node{BroadcastTo(ζ, y.In(0).Shape())} }

func (op sumTo) Differential(_ *Node, ξ ...*Node) *Node { return SumTo(ξ[0], op.to) }

func gather[T graph.Float](y *tensor.Dense, x ...*tensor.Dense) {
	out, in := data[T](y), data[T](x[0])
	clear(out)
	forEachStretched(y.Shape(), x[0].Shape(), func(small, large int) { out[small] += in[large] })
}

// stretches reports whether a tensor of shape small broadcasts to shape large.
func stretches(small, large Shape) error {
	if s, err := graph.BroadcastShapes(small, large); err != nil || s != large {
		return fmt.Errorf("%w: %v does not broadcast to %v", graph.ErrShape, small, large)
	}
	return nil
}

// broadcastPair stretches a and b to their common shape. Where there is none it
// returns them as they are, for the op to refuse.
func broadcastPair(a, b *Node) (*Node, *Node) {
	s, err := graph.BroadcastShapes(a.Shape(), b.Shape())
	if err != nil || a.Err() != nil || b.Err() != nil {
		return a, b
	}
	return BroadcastTo(a, s), BroadcastTo(b, s)
}
