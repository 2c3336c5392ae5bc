package ops

import (
	"fmt"
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = addBelow{}
	_ graph.Expander       = addBelow{}
	_ graph.Examplewise    = addBelow{}
	_ graph.Describer      = addBelow{}
)

func init() {
	graph.Register("AddBelow", 2, func(a *graph.Args) graph.Op { return addBelow{a.Float()} })
}

// AddBelow is x with c added below a diagonal of each matrix of its last two axes: to the entries of row
// i and column j with i > j + k. k is a number, without a derivative; where it is NaN nothing is added.
// With a large negative c it hides, from each query j of scores, the keys i that come after it. The
// error of an x of fewer than two axes, or a k of another shape than (), wraps graph.ErrShape.
//
//	d(ξ) = ξ     r(ζ) = ζ
func AddBelow(x, k *Node, c float64) *Node { return graph.Apply(addBelow{c}, x, k) }

type addBelow struct{ c float64 }

func (op addBelow) String() string                      { return fmt.Sprintf("+%g below", op.c) }
func (op addBelow) Describe() graph.Description         { return named("AddBelow", op.c) }
func (addBelow) Reverse(_, ζ *Node) []*Node             { return []*Node{ζ, nil} }
func (addBelow) Differential(_ *Node, ξ ...*Node) *Node { return ξ[0] }

func (addBelow) Shape(x ...Shape) (Shape, error) {
	if x[0].Rank() < 2 || x[1] != (Shape{}) {
		return Shape{}, fmt.Errorf("%w: want matrices (…, S, T) and a number of shape ()", graph.ErrShape)
	}
	return x[0], nil
}

// Examples are kept apart where they are whole matrices.
func (addBelow) Examples(symbol int, x ...Shape) graph.Treatment {
	for _, d := range x[0].Dims()[:x[0].Rank()-2] {
		if graph.Holds(d, symbol) {
			return graph.Independent
		}
	}
	return graph.Mixed
}

func (op addBelow) Expand(x ...*Node) *Node {
	d, zero := x[0].Shape().Dims(), x[0].Graph().Const(0)
	s, t := d[len(d)-2], d[len(d)-1]
	below := Greater(Reshape(Range(zero, s), s, 1), Reshape(Range(x[1], t), 1, t))
	return Add(x[0], BroadcastTo(Scale(op.c, below), x[0].Shape()))
}

func (op addBelow) Kernel() compute.Kernel {
	return compute.Bound(op, lower[float32], lower[float64])
}

func lower[T compute.Float](op addBelow, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, in, k := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	d := y.Shape()
	rows, columns := d[len(d)-2], d[len(d)-1]
	return func() {
		for at := 0; at < len(out); at += columns {
			row := at / columns % rows
			n := ceil(float64(row)-float64(k[0]), columns)
			kernel.Shift(out[at:at+n], in[at:at+n], T(op.c))
			copy(out[at+n:at+columns], in[at+n:at+columns])
		}
	}
}

// ceil is ⌈x⌉, but most for what is more, and 0 for what is less and NaN.
func ceil(x float64, most int) int {
	if !(x > 0) {
		return 0
	}
	return int(min(math.Ceil(x), float64(most)))
}
