package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = broadcast{}
	_ graph.Examplewise = broadcast{}
	_ graph.Describer   = broadcast{}
	_ mover             = broadcast{}
	_ graph.LinearMap   = sumTo{}
	_ graph.Examplewise = sumTo{}
	_ graph.Describer   = sumTo{}
)

func init() {
	graph.Register("BroadcastTo", 1, func(a *graph.Args) graph.Op { return broadcast{a.Shape()} })
	graph.Register("SumTo", 1, func(a *graph.Args) graph.Op { return sumTo{a.Shape()} })
}

// Broadcasting is two linear maps, each the other's adjoint. Every binary op
// applies BroadcastTo to its operands and then works on one shape, so that the
// reverse of broadcasting is written here and nowhere else.

// BroadcastTo is the stretching of x to a shape by NumPy's rule: axes are
// matched from the last to the first, and an extent of 1, or an axis that is not
// there, is repeated. To x's own shape it is x. The error of a shape that x does
// not stretch to wraps graph.ErrShape.
//
// Other ops refuse operands with examples on different axes, (1, N) and (N, 1). Who
// means every example with every other stretches one of them to (N, N) first.
//
//	d(ξ) = BroadcastTo(ξ)     r(ζ) = SumTo(ζ, x)
func BroadcastTo(x *Node, to Shape) *Node {
	if x.Err() == nil && x.Shape() == to {
		return x
	}
	return graph.Apply(broadcast{to}, x)
}

type broadcast struct{ to Shape }

func (broadcast) String() string                         { return "broadcast" }
func (op broadcast) Describe() graph.Description         { return named("BroadcastTo", op.to) }
func (broadcast) Examples(int, ...Shape) graph.Treatment { return graph.Independent }

func (op broadcast) Shape(s ...Shape) (Shape, error) { return op.to, stretches(s[0], op.to) }

func (op broadcast) Reverse(y, ζ *Node) []*Node { return []*Node{SumTo(ζ, y.In(0).Shape())} }

func (broadcast) Linear() []int { return nil }
func (broadcast) moves()        {}

func (op broadcast) Kernel() compute.Kernel {
	return compute.Bound(op, repeat[float32], repeat[float64]).AsPart(op.lies).AsRows(repeatedRows)
}

// lies reports whether nothing is repeated: there are more axes, of extent 1.
func (op broadcast) lies(x []int) (from int, ok bool) {
	to := op.to.Dims()
	added := len(to) - len(x)
	return 0, allOnes(to[:added]) && slices.Equal(to[added:], x)
}

func repeat[T compute.Float](_ broadcast, y *tensor.Dense, x ...*tensor.Dense) func() {
	_, strides := repeatedRows(y.Shape(), x[0].Shape())
	return walkOver[T](strides, y, x[0])
}

// repeatedRows returns the strides of x that broadcasts to y: 0 where it is repeated.
func repeatedRows(y, x []int) (from int, strides []int) {
	strides = rowMajor(aligned(x, y))
	for _, a := range repeated(x, y) {
		strides[a] = 0
	}
	return 0, strides
}

// SumTo is the sum of x over the axes that BroadcastTo would repeat to make x's
// shape from the given one; it has that shape. To x's own shape it is x. The
// error of a shape that does not stretch to x's wraps graph.ErrShape.
//
//	d(ξ) = SumTo(ξ)     r(ζ) = BroadcastTo(ζ, x)
func SumTo(x *Node, to Shape) *Node {
	if x.Err() == nil && x.Shape() == to {
		return x
	}
	return graph.Apply(sumTo{to}, x)
}

type sumTo struct{ to Shape }

func (sumTo) String() string                 { return "sumTo" }
func (op sumTo) Describe() graph.Description { return named("SumTo", op.to) }

func (op sumTo) Examples(symbol int, _ ...Shape) graph.Treatment {
	if op.to.Holds(symbol) {
		return graph.Independent
	}
	return graph.Summed
}

func (op sumTo) Shape(s ...Shape) (Shape, error) { return op.to, stretches(op.to, s[0]) }

func (op sumTo) Reverse(y, ζ *Node) []*Node { return []*Node{BroadcastTo(ζ, y.In(0).Shape())} }

func (sumTo) Linear() []int { return nil }

func (op sumTo) Kernel() compute.Kernel {
	return compute.Bound(op, sumRepeated[float32], sumRepeated[float64])
}

func sumRepeated[T compute.Float](_ sumTo, y *tensor.Dense, x ...*tensor.Dense) func() {
	return bindReduce(repeated(y.Shape(), x[0].Shape()), addUp[T], y, x[0])
}

// stretches reports whether a tensor of shape small broadcasts to shape large.
func stretches(small, large Shape) error {
	if s, err := graph.BroadcastShapes(small, large); err != nil || s != large {
		return fmt.Errorf("%w: %v does not broadcast to %v", graph.ErrShape, small, large)
	}
	return nil
}

// aligned returns the extents of small with as many axes as large has.
func aligned(small, large []int) []int {
	d := make([]int, len(large))
	missing := len(d) - len(small)
	for i := range d {
		d[i] = 1
		if i >= missing {
			d[i] = small[i-missing]
		}
	}
	return d
}

// repeated returns the axes of large along which small is repeated.
func repeated(small, large []int) []int {
	var axes []int
	for i, d := range aligned(small, large) {
		if d != large[i] {
			axes = append(axes, i)
		}
	}
	return axes
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
