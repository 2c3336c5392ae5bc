package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = rangeOf{}
	_ graph.Describer      = rangeOf{}
)

func init() {
	graph.Register("Range", 1, func(a *graph.Args) graph.Op { return rangeOf{a.Extent()} })
}

// Range is (s, s+1, …, s+n−1) of a number s, as NumPy's arange: positions on an axis whose
// extent n may be a symbol. The error of an s of another shape than () wraps graph.ErrShape.
//
//	d(ξ) = (ξ, …, ξ)     r(ζ) = Σ ζ
func Range(s *Node, n int) *Node { return graph.Apply(rangeOf{n}, s) }

type rangeOf struct{ n int }

func (op rangeOf) String() string              { return "range" + graph.ExtentString(op.n) }
func (op rangeOf) Describe() graph.Description { return named("Range", op.n) }

func (op rangeOf) Shape(s ...Shape) (Shape, error) {
	if s[0] != (Shape{}) {
		return Shape{}, fmt.Errorf("%w: want a number of shape ()", graph.ErrShape)
	}
	return graph.ShapeOf(op.n), nil
}

func (rangeOf) Reverse(_, ζ *Node) []*Node { return []*Node{Sum(ζ)} }

func (rangeOf) Differential(y *Node, ξ ...*Node) *Node { return BroadcastTo(ξ[0], y.Shape()) }

func (op rangeOf) Kernel() compute.Kernel { return compute.Loop(count[float32], count[float64]) }

func count[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	s := compute.Data[T](x[0])[0]
	for i, out := 0, compute.Data[T](y); i < len(out); i++ {
		out[i] = s + T(i)
	}
}
