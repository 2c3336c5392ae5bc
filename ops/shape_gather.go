package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = gather{}
	_ graph.Examplewise = gather{}
	_ graph.Validator   = gather{}
	_ graph.Describer   = gather{}
	_ mover             = gather{}
	_ graph.LinearMap   = scatter{}
	_ graph.Examplewise = scatter{}
	_ graph.Validator   = scatter{}
	_ graph.Describer   = scatter{}
	_ graph.Examplewise = oneHot{}
	_ graph.Validator   = oneHot{}
	_ graph.Describer   = oneHot{}
)

func init() {
	graph.Register("Gather", 2, func(a *graph.Args) graph.Op { return gather{a.Axis()} })
	graph.Register("ScatterAdd", 2, func(a *graph.Args) graph.Op { return scatter{a.Axis(), a.Int()} })
	graph.Register("OneHot", 1, func(a *graph.Args) graph.Op { return oneHot{a.Int()} })
}

// Indices and labels are whole numbers in tensors of the graph's float type. One
// that is no whole number, negative or too large is an error of Run that wraps
// graph.ErrValue. They have no derivative: r is nil for them.

// Gather is the entries of x at the places that index names on an axis, as NumPy's
// take: that axis of x, of shape (b…, n, a…), is replaced by the shape of index, and
// y[b…, i…, a…] = x[b…, index[i…], a…]. A negative axis counts from the end, a
// negative index does not. The error of an axis that is not there wraps
// graph.ErrAxis, of one that is a symbol, or of examples in both x and index, graph.ErrShape.
//
//	d(ξ) = Gather(ξ, index)     r(ζ) = ζ added up where its entries come from
func Gather(x *Node, axis int, index *Node) *Node {
	if a, err := x.Shape().Axis(axis); err == nil {
		axis = a
	}
	return graph.Apply(gather{axis}, x, index)
}

type gather struct{ axis int }

func (gather) String() string                 { return "gather" }
func (op gather) Describe() graph.Description { return named("Gather", op.axis) }

func (op gather) Shape(s ...Shape) (Shape, error) {
	axis, err := s[0].Axis(op.axis)
	switch {
	case err != nil:
		return Shape{}, err
	case graph.Symbolic(s[0].Dim(axis)):
		return Shape{}, fmt.Errorf("%w: entries of axis %d, which is %s", graph.ErrShape, axis, graph.ExtentString(s[0].Dim(axis)))
	case s[0].HasBatch() && s[1].HasBatch():
		return Shape{}, fmt.Errorf("%w: the entries of each example for the indices of every other: multiply by OneHot and sum to take its own", graph.ErrShape)
	}
	return graph.ShapeOf(slices.Replace(s[0].Dims(), axis, axis+1, s[1].Dims()...)...), nil
}

func (gather) Judges() []int { return []int{1} }

func (op gather) Valid(x ...*tensor.Dense) error { return validIndex(x[1], x[0].Shape()[op.axis]) }

func (op gather) Reverse(y, ζ *Node) []*Node {
	x, index := y.In(0), y.In(1)
	return []*Node{ScatterAdd(ζ, op.axis, index, x.Shape().Dim(op.axis)), nil}
}

func (gather) Examples(int, ...Shape) graph.Treatment { return graph.Independent }

func (gather) Linear() []int { return []int{0} }
func (gather) moves()        {}

func (op gather) Kernel() compute.Kernel {
	return compute.Bound(op, take[float32], take[float64])
}

func take[T compute.Float](op gather, y *tensor.Dense, x ...*tensor.Dense) func() {
	before, n, after := around(x[0], op.axis)
	out, in, index := compute.Data[T](y), compute.Data[T](x[0]), newPlaces[T](x[1])
	return func() {
		index.read()
		for b := range before {
			from, to := in[b*n*after:][:n*after], out[b*len(index.at)*after:][:len(index.at)*after]
			if after == 1 {
				for k, i := range index.at {
					to[k] = from[i]
				}
				continue
			}
			for k := 0; k < len(index.at); {
				rows := index.inARow(k)
				copy(to[k*after:][:rows*after], from[index.at[k]*after:])
				k += rows
			}
		}
	}
}

// places are the numbers of an index.
type places[T compute.Float] struct {
	index []T
	at    []int
}

func newPlaces[T compute.Float](index *tensor.Dense) places[T] {
	v := compute.Data[T](index)
	return places[T]{v, make([]int, len(v))}
}

// read takes the numbers as they are now.
func (p places[T]) read() {
	for k, i := range p.index {
		p.at[k] = int(i)
	}
}

// inARow returns how many numbers from the one at k on follow each other.
func (p places[T]) inARow(k int) int {
	n := 1
	for k+n < len(p.at) && p.at[k+n] == p.at[k]+n {
		n++
	}
	return n
}

// ScatterAdd adds each entry of x where Gather would take it from, to zeros: the
// axes of index, which start at axis, are replaced by one of extent n. The error of other
// shapes wraps graph.ErrShape.
//
//	d(ξ) = ScatterAdd(ξ, index)     r(ζ) = Gather(ζ, index)
func ScatterAdd(x *Node, axis int, index *Node, n int) *Node {
	return graph.Apply(scatter{axis, n}, x, index)
}

type scatter struct{ axis, n int }

func (scatter) String() string                 { return "scatterAdd" }
func (op scatter) Describe() graph.Description { return named("ScatterAdd", op.axis, op.n) }

func (op scatter) Shape(s ...Shape) (Shape, error) {
	x, index := s[0].Dims(), s[1].Dims()
	if op.axis < 0 || op.n < 1 || op.axis > len(x)-len(index) || !slices.Equal(x[op.axis:op.axis+len(index)], index) {
		return Shape{}, fmt.Errorf("%w: %v has not the axes %v of the index from axis %d on, or goes to %d places", graph.ErrShape, s[0], s[1], op.axis, op.n)
	}
	y := graph.ShapeOf(slices.Replace(x, op.axis, op.axis+len(index), op.n)...)
	if y.HasBatch() && s[1].HasBatch() {
		return Shape{}, fmt.Errorf("%w: the entries of each example for the indices of every other", graph.ErrShape)
	}
	return y, nil
}

func (scatter) Judges() []int { return []int{1} }

func (op scatter) Valid(x ...*tensor.Dense) error { return validIndex(x[1], op.n) }

func (op scatter) Reverse(y, ζ *Node) []*Node { return []*Node{Gather(ζ, op.axis, y.In(1)), nil} }

// Examples are added up where they are those of the index.
func (scatter) Examples(symbol int, x ...Shape) graph.Treatment {
	if x[1].Holds(symbol) {
		return graph.Summed
	}
	return graph.Independent
}

func (scatter) Linear() []int { return []int{0} }

func (op scatter) Kernel() compute.Kernel {
	return compute.Bound(op, give[float32], give[float64])
}

func give[T compute.Float](op scatter, y *tensor.Dense, x ...*tensor.Dense) func() {
	before, n, after := around(y, op.axis)
	out, in, index := compute.Data[T](y), compute.Data[T](x[0]), newPlaces[T](x[1])
	return func() {
		clear(out)
		index.read()
		for b := range before {
			to, from := out[b*n*after:][:n*after], in[b*len(index.at)*after:][:len(index.at)*after]
			if after == 1 {
				for k, i := range index.at {
					to[i] += from[k]
				}
				continue
			}
			for k := 0; k < len(index.at); {
				rows := index.inARow(k)
				run := to[index.at[k]*after:][:rows*after]
				kernel.Add(run, run, from[k*after:][:rows*after])
				k += rows
			}
		}
	}
}

// OneHot is the matrix of shape (classes, N) whose column j is the basis vector of
// label j, of a row of labels of shape (1, N): entry (i, j) is 1 if label j is i, else
// 0. Labels run from 0 to classes−1. It has no derivative: r is nil. The error of
// other labels' shape, and of fewer than one class, wraps graph.ErrShape.
func OneHot(labels *Node, classes int) *Node { return graph.Apply(oneHot{classes}, labels) }

type oneHot struct{ classes int }

func (oneHot) String() string                         { return "oneHot" }
func (op oneHot) Describe() graph.Description         { return named("OneHot", op.classes) }
func (oneHot) Examples(int, ...Shape) graph.Treatment { return graph.Independent }

func (op oneHot) Shape(s ...Shape) (Shape, error) {
	if s[0].Rank() != 2 || s[0].Dim(0) != 1 || op.classes < 1 {
		return Shape{}, fmt.Errorf("%w: %d classes: want a row (1, N), and a class", graph.ErrShape, op.classes)
	}
	return resized(s[0], 0, op.classes), nil
}

func (oneHot) Judges() []int { return []int{0} }

func (op oneHot) Valid(x ...*tensor.Dense) error { return validIndex(x[0], op.classes) }

func (oneHot) Kernel() compute.Kernel { return compute.Loop(mark[float32], mark[float64]) }

func (oneHot) Reverse(_, _ *Node) []*Node { return nil }

func mark[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	out, labels := compute.Data[T](y), compute.Data[T](x[0])
	clear(out)
	for j, class := range labels {
		out[int(class)*len(labels)+j] = 1
	}
}

// validIndex reports an entry of index that is no whole number from 0 to n−1.
func validIndex(index *tensor.Dense, n int) error {
	return judge(index, n, validIndices[float32], validIndices[float64])
}

func validIndices[T compute.Float](index []T, n int) error {
	for at, v := range index {
		if v < 0 || v >= T(n) || v != T(int(v)) { // also NaN
			return fmt.Errorf("%w: %g at position %d is no whole number from 0 to %d", graph.ErrValue, v, at, n-1)
		}
	}
	return nil
}
