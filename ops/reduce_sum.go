package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = sum{}
	_ graph.Examplewise = sum{}
	_ graph.Describer   = sum{}
	_ graph.LinearMap   = mean{}
	_ graph.Examplewise = mean{}
	_ graph.Describer   = mean{}
)

func init() {
	graph.Register("Sum", 1, func(a *graph.Args) graph.Op { return sum{graph.IntsOf(a.Ints()...)} })
	graph.Register("Mean", 1, func(a *graph.Args) graph.Op { return mean{graph.IntsOf(a.Ints()...)} })
}

// A reduction takes the axes it reduces away. A negative axis counts from the
// end; with no axis named, all are reduced, to a scalar. The error of an axis
// that is not there, or named twice, wraps graph.ErrAxis. Any axis may be Batch, or another symbol. Keep keeps them.

// Sum is the sum of the entries of x over axes.
//
//	dΣ(ξ) = Σξ     rΣ(ζ) = ζ, repeated along the axes
//
// The order of the additions depends on the shape only, and their error grows
// with the logarithm of the number of entries that lie in one piece.
func Sum(x *Node, axes ...int) *Node { return graph.Apply(sum{axesOf(x, axes)}, x) }

type sum struct{ axes graph.Ints }

func (sum) String() string                 { return "Σ" }
func (op sum) Describe() graph.Description { return named("Sum", op.axes.All()) }

func (op sum) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Summed, symbol, x[0], op.axes.All()...)
}

func (op sum) Shape(s ...Shape) (Shape, error) { return reduced(s[0], op.axes) }

func (op sum) Reverse(y, ζ *Node) []*Node { return []*Node{spread(ζ, y.In(0).Shape(), op.axes)} }

func (sum) Linear() []int { return nil }

func (op sum) Kernel() compute.Kernel { return compute.Bound(op, total[float32], total[float64]) }

func total[T compute.Float](op sum, y *tensor.Dense, x ...*tensor.Dense) func() {
	return bindReduce(op.axes.All(), addUp[T], y, x[0])
}

// Mean is the mean of the entries of x over axes: J = Mean(L) divides by the
// number N of examples, and by nothing else (1).
//
//	d(ξ) = mean(ξ)     r(ζ) = ζ/n, repeated along the axes, n = Count(x, axes…)
func Mean(x *Node, axes ...int) *Node { return graph.Apply(mean{axesOf(x, axes)}, x) }

type mean struct{ axes graph.Ints }

func (mean) String() string                 { return "mean" }
func (op mean) Describe() graph.Description { return named("Mean", op.axes.All()) }

func (op mean) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Averaged, symbol, x[0], op.axes.All()...)
}

func (op mean) Shape(s ...Shape) (Shape, error) { return reduced(s[0], op.axes) }

func (op mean) Reverse(y, ζ *Node) []*Node {
	x := y.In(0)
	return []*Node{spread(Div(ζ, Count(x, op.axes.All()...)), x.Shape(), op.axes)}
}

func (mean) Linear() []int { return nil }

func (op mean) Kernel() compute.Kernel {
	return compute.Bound(op, average[float32], average[float64])
}

func average[T compute.Float](op mean, y *tensor.Dense, x ...*tensor.Dense) func() {
	add, out := total[T](sum(op), y, x...), compute.Data[T](y)
	n := T(len(compute.Data[T](x[0])) / len(out))
	return func() {
		add()
		for i := range out {
			out[i] /= n
		}
	}
}

// Count is the number of entries that a reduction of x over axes takes together, as a
// scalar: graph.Size of the product of their extents. The value of x is not computed for it.
// It has no derivative, being constant.
func Count(x *Node, axes ...int) *Node {
	list, err := resolve(x.Shape(), axes)
	if err != nil || x.Err() != nil {
		return refuse("count", err, x)
	}
	extents := make([]int, len(list))
	for i, a := range list {
		extents[i] = x.Shape().Dim(a)
	}
	return x.Graph().Size(graph.Times(extents...))
}

// Keep is a reduction of x, such as Sum, with the axes that it takes away as axes of extent
// 1: Keep(Sum, x, 1) is what NumPy calls x.sum(1, keepdims=True).
func Keep(reduce func(x *Node, axes ...int) *Node, x *Node, axes ...int) *Node {
	y := reduce(x, axes...)
	list, err := resolve(x.Shape(), axes)
	if err != nil || y.Err() != nil {
		return y
	}
	return Reshape(y, kept(x.Shape(), graph.IntsOf(list...))...)
}

// reduced is the shape s without the given axes, which axesOf has put in order.
func reduced(s Shape, axes graph.Ints) (Shape, error) {
	list, err := resolve(s, axes.All())
	if err == nil && graph.IntsOf(list...) != axes {
		err = fmt.Errorf("%w: axes %v: want them in order, from the front", graph.ErrAxis, axes)
	}
	if err != nil {
		return Shape{}, err
	}
	d := s.Dims()
	for _, a := range slices.Backward(list) {
		d = slices.Delete(d, a, a+1)
	}
	return graph.ShapeOf(d...), nil
}

// spread is the adjoint of a sum over axes: y, repeated along the axes that were
// taken away from a tensor of shape s.
func spread(y *Node, s Shape, axes graph.Ints) *Node {
	if !leads(axes) {
		y = Reshape(y, kept(s, axes)...)
	}
	return BroadcastTo(y, s)
}

// leads reports whether axes are the first ones of their shape, those that
// broadcasting adds by itself.
func leads(axes graph.Ints) bool {
	for i, a := range axes.All() {
		if i != a {
			return false
		}
	}
	return true
}

// kept returns the extents of s with 1 for each of the axes.
func kept(s Shape, axes graph.Ints) []int {
	d := s.Dims()
	for _, a := range axes.All() {
		d[a] = 1
	}
	return d
}
