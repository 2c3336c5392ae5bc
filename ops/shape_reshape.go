package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = reshape{}
	_ graph.Examplewise = reshape{}
	_ graph.Describer   = reshape{}
	_ mover             = reshape{}
)

func init() {
	graph.Register("Reshape", 1, func(a *graph.Args) graph.Op { return reshape{a.Shape()} })
}

// Reshape is x with other extents, its entries in the same order, row by row, whatever
// numbers symbols are: the product of the extents, in their order, is the same word. So
// (m, T, N) can become (m, T·N), graph.Times(T, graph.Batch), but not (m, N, T). (An extent
// of graph.Batch is not NumPy's −1, an extent to be found.) Any other shape is an error
// that wraps graph.ErrShape. To x's own shape it is x.
//
//	d(ξ) = Reshape(ξ)     r(ζ) = Reshape(ζ) to the shape of x
func Reshape(x *Node, shape ...int) *Node {
	to := graph.ShapeOf(shape...)
	if x.Err() == nil && x.Shape() == to {
		return x
	}
	return graph.Apply(reshape{to}, x)
}

type reshape struct{ to Shape }

func (reshape) String() string                 { return "reshape" }
func (op reshape) Describe() graph.Description { return named("Reshape", op.to) }

func (op reshape) Shape(s ...Shape) (Shape, error) {
	if !s[0].SameOrder(op.to) {
		return Shape{}, fmt.Errorf("%w: %v has other entries, or in another order, than %v", graph.ErrShape, s[0], op.to)
	}
	return op.to, nil
}

func (reshape) Kernel() compute.Kernel { return kernelOfReshape }

// kernelOfReshape is that of a value that is the whole of its input, in order.
var kernelOfReshape = compute.Loop(copyAll[float32], copyAll[float64]).AsPart(func([]int) (int, bool) { return 0, true })

func (reshape) Reverse(y, ζ *Node) []*Node {
	return []*Node{Reshape(ζ, y.In(0).Shape().Dims()...)}
}

func (reshape) Examples(int, ...Shape) graph.Treatment { return graph.Independent }

func (reshape) Linear() []int { return nil }
func (reshape) moves()        {}

func copyAll[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	copy(compute.Data[T](y), compute.Data[T](x[0]))
}

// ExpandDims is x with an axis of extent 1 more, which becomes the axis named; a
// negative one counts from the end of the result, as in NumPy. The error of any
// other axis wraps graph.ErrAxis.
func ExpandDims(x *Node, axis int) *Node {
	d := x.Shape().Dims()
	rank := len(d) + 1
	if axis < -rank || axis >= rank {
		return refuse("expand", fmt.Errorf("%w: axis %d of a result with axes 0 to %d", graph.ErrAxis, axis, rank-1), x)
	}
	if axis < 0 {
		axis += rank
	}
	return Reshape(x, slices.Insert(d, axis, 1)...)
}

// Squeeze is x without the axes named, each of extent 1; without all of that
// extent if none is named. A negative axis counts from the end. The error of an
// axis that is not there wraps graph.ErrAxis, of another extent graph.ErrShape.
func Squeeze(x *Node, axes ...int) *Node {
	s := x.Shape()
	list, err := resolve(s, axes)
	if err != nil {
		return refuse("squeeze", err, x)
	}
	d := s.Dims()
	for _, a := range slices.Backward(list) {
		switch {
		case d[a] == 1:
			d = slices.Delete(d, a, a+1)
		case len(axes) > 0:
			return refuse("squeeze", fmt.Errorf("%w: axis %d has not the extent 1", graph.ErrShape, a), x)
		}
	}
	return Reshape(x, d...)
}
